"""A user's function: called once in Python, rewritten, and compiled into a block step.

First comes what happens in plain Python. Read `probe` for what is checked before anything is
compiled, with `returned` for the checks of a function's values and `derivatives` for those of a
claimed derivative. `failures` says what is done about errors of a user's function, and `remedies`
what to write in the place of a callable that is no Python function.

Then a function is rewritten. Read `user_function` for the way from a function to a leaf, and
`operators` for how `math` and `np` become the package's own functions; `number_choices` has
np.where and np.clip. Where Python would raise an error, compiled code must not return a number.
Read `faults` for how such a place is noted, then `integers`, `constant_integers`, `table_reads`,
`domains` and `orders` for the operations that need it. `checked_forms` says which statement is
replaced by which, `checking` has the passes that replace it, and `statements` writes the new ones.
`trials` compares what a compiled function returns with what Python returns, and `refusals` puts
what Numba cannot compile into one sentence.

Last, leaves become block steps. Read `assemble` and `bind` for steps of functions of numbers, and
`observing` for the loops around functions of the state. Four files change what a step does:
`exact_path` follows an exact solution, `comparisons` measures the distance of a scheme from it,
`running` carries a statistic of the path beside the state, and `watched` stops paths. Functions of
arrays have files of their own: read `array_operations` and `array_assignments` for what NumPy has
and Numba lacks, `array_results` and `array_steps` for their block steps, and `array_slopes` for
their derivatives.
"""
