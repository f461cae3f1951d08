"""Chapter 2: integrals against Brownian motion, and where in each step to evaluate the integrand.

A Riemann sum of f(W) dW, for a function f of the path's value, depends on the point tau = (1 -
lambda) t_k + lambda t_(k+1) at which f is evaluated, even in the limit. That is the main theorem:
for f = F' the sums tend in probability, and in mean square if f and f' grow no faster than exp(c
|w|), to F(W_T) - F(0) + (lambda - 1/2) int f'(W) dt. So lambda = 0 is Ito's integral, 1/2 is
Stratonovich's, and 1 is the backward integral. The integrand may depend on time as well, and the
path and the integrator may be any paths on one grid: components of a motion, or solutions.

Read `step_process` for the definition of the Ito integral and its isometry, then `riemann_sums` for
the sums, `riemann_steps` for the arithmetic of one step, `riemann_jobs` for its steps along paths
of any kind, and `named_integrals` for the sums that have names. `riemann_limits` has their limit
and `ito_formula` Ito's formula with its steps in `ito_steps`, both by the quotients of
`path_calculus`. `by_parts` integrates functions of time alone. `iterated` has the integrals of
integrals, which are Hermite polynomials of W. `path_areas` has Levy's area between two components,
and `levy_areas` the double integrals over every step, with `area_errors` for their accuracy.
Neither the area nor the double integral of two different components is a function of the end of the
path.
"""
