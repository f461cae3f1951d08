"""Chapter 12: Kolmogorov's equations, which give laws and means without a path.

For one component, what paths do in the mean solves an equation in one variable. Read with lambda,
dX = a dt + b dW has the generator

    L u = (w u_z)_z/(2 w),   dz = dx/b,   w = b^(2 lambda - 1) exp(int 2 a/b^2 dx)

and everything is in it. The density that a process settles in is w, as a density of z. The mean of
f(X_T) for a start at x is u(T, x), where u_t = L u from u(0, x) = f(x), and with L - V in its place
paths are killed at the rate V. Answers are right to many digits and take some hundredths of a
second: what is measured by paths is held against them.

Read `stationary_density` for the first, with `density` (what it returns), `settling` (the integral
in w), `marching` (how far it reaches), `equation` and `line` (the whole line as a coordinate),
`law` and `averages` (what is read off it) and `panels` (polynomials piece by piece). Read
`backward_equation` for the second, with `backward_arguments` (its walls and breaks),
`backward_solution` (what it returns), `cells` (the grid), `layers` (for which it may be too
coarse), `volumes` (the equation on it, and its exponential) and `extrapolation` (three grids).
`read_coefficients` and `coefficients` call the functions of the user for both.
"""
