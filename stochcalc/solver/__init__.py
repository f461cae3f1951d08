"""Chapter 6: from an equation and a scheme to many paths.

`solve` takes an SDE, a scheme and a number of paths, and returns paths or their statistics. Its
promise is that results can be reproduced: block number i of 256 paths is a pure function of
(problem, i), because every normal is a pure function of integers. So the answer has the same bits
for one thread or sixteen, with or without a stored motion, and any path can be computed again
alone.

Read `solve` for the function and `solution` for what it returns; `saved_paths` hands that on as an
array, a dictionary or a data frame. Then follow an equation on its way down. `grid` finds the times
of the run. `examine` calls the functions of the equation once in plain Python, before anything is
compiled: `declared_noise` tries what the equation claims about its noise, and `array_functions`
what functions of arrays must keep to. `fit` puts a scheme on the equation, in the interpretation
that the scheme converges to; `step_trial` tries one step of a scheme that the user wrote, and
`sources` finds the noise that drives it.

Something may stand beside an equation and look at every step of a path (`companions`): a condition
that stops it (`stopping`), a weight for another drift or for killing at a rate (`weighing`), or
walls that push it back (`walls`). Its functions may leave out the parameters of the equation
(`optional_parameters`) or take arrays (`array_companions`).

`jobs` makes what the time loop runs, and `precision` runs it until the answer is precise enough.
`stops` reads when and where paths stopped, `weights` what they weigh, `local_times` how far walls
have pushed them, and `companion_numbers` which of these a run has. `collect` makes the solution,
and `reporting` says which paths left the finite range. `solve_arguments` checks the arguments that
depend on each other. `likelihood` asks how likely observed paths are under an equation.
"""
