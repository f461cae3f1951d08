"""The loops over time and over levels of step sizes, and what runs them over all blocks.

First the loops: `time_loop` moves 256 paths along a grid, and `march` is the job around it;
`level_loop` moves all schemes of a study through all step sizes, and `levels` is its job;
`bridge_tree` finds paths between their grid points. `sinks` and `transpose` store what is observed.
`numpy_march` is the time loop in NumPy, `numpy_calls` has what it hands to a step, and
`numpy_weights` the weights of its paths.

Then the runner: `job` says what can be run, and `runner` runs it. `pools` has the threads that
compute, and `elsewhere` hands tasks to an executor, as `parcels` that its workers open; `executors`
says what may be one.
`tasks` cuts the job into pieces of work, `storage` takes what is stored of each path, and
`run_state` merges the rest; `ranges`, `progress` and `workers` serve them. When a path has left the
finite range, `fault_search` runs its block once more to find the place in a user's function where
that began.
"""
