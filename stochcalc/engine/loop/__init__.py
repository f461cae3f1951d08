"""The loops over time and levels, and what runs them over all blocks.

Read `time_loop` and `march`, `levels`, `bridge_tree`, `sinks`, `transpose`; then `job`, `runner`,
`tasks`, `ranges`, `progress` and `workers`; `numpy_march` is the loop in NumPy.
"""
