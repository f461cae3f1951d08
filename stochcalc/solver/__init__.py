"""Chapter 6: from an equation and a scheme to many paths.

`solve` takes an SDE, a scheme and a number of paths, and returns paths or their statistics. Block b
of 256 paths is a pure function of (problem, b), because every normal is a pure function of
integers. So the answer has the same bits for one thread or sixteen, with or without a stored
motion, and any path can be computed again alone.

Read `solve` for the function and `solution` for what it returns. Then follow an equation on its way
down. `grid` finds the times of the run. `examine` calls the functions of the equation once in plain
Python, and `declared_noise` tries what it claims about its noise, before anything is compiled.
`fit` puts a scheme on it, in the scheme's calculus and with the noise it needs. `jobs` hands the
result to the time loop, until the answer is precise enough.
"""
