"""A user's function: called once in Python, rewritten, and compiled into a block step.

Read `probe` first (what is checked before anything is compiled; `returned` has the checks of a
function's values, `derivatives` those of a claimed derivative, `failures` says what is done about
errors of a user's function, and `remedies` what to write in its place). Then read `user_function`
and `operators` (how `math` and `np` become the package's own functions; `number_choices` has
np.where and np.clip), and `assemble` with `bind` (block steps of functions of numbers). Functions
of arrays have files of their own: `array_operations` and `array_assignments` (what NumPy has and
Numba lacks), `array_results` and `array_steps`, and `array_slopes` for their derivatives.
`refusals` puts what Numba cannot compile into one sentence.
"""
