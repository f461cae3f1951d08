"""A user's function: called once in Python, rewritten, and compiled into a block step.

Read `probe` first (what is checked before anything is compiled; `returned` has the checks of a
function's values, `derivatives` those of a claimed derivative). Then read `user_function` and
`operators` (how `math` and `np` become the package's own functions), and `assemble` with `bind`
(block steps of functions of numbers). Functions of arrays have files of their own:
`array_operations` and `array_assignments` (what NumPy has and Numba lacks), `array_results` and
`array_steps`. `refusals` puts what Numba cannot compile into one sentence.
"""
