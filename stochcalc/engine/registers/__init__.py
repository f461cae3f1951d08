"""Small vectors and matrices in registers, and the algebra that schemes write with them.

A step is written once, as the formula of the book, and moves one float, a system, or NumPy arrays
of many paths. Each operation it uses has two bodies under one name: a plain one on arrays whose
last axis runs over paths, and a compiled one that unrolls into scalar instructions on registers.

Read `vec` (vectors, matrices and their arithmetic), `lane_columns` (how they get in and out of the
lanes' arrays), `linear` and `matrix_columns` (what schemes for several noises need), `slopes` and
`corrections` (derivatives, and what they change in the drift), then the others: `choices` for one
of two states, `small_systems` for tamed and implicit schemes, `stacked_states` and
`parameter_arrays` for samplers, `plain_matrix` for NumPy.
"""
