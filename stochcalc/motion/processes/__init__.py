"""Paths that are not Brownian: jumps, fractional Brownian motion, and noise with a memory.

A lambda matters for these integrators, or not, as their quadratic variation decides: it is finite
and positive for Brownian motion, a count for a Poisson process, 0 for fractional Brownian motion of
H > 1/2 and for smooth noise, and infinite for H < 1/2.

Every path is a function of a key and of its number, as a Brownian path is, so it can be stored or
made again when it is needed, and taken wherever sampled paths are taken.

Read `process` for what can be done with all of them, `process_values` for how their values come to
be, `making` for how they are made and `shown_process` for what they show in a notebook. Then read
`poisson` for jumps, and `fractional` for fractional Brownian motion; `values_job` is the job of
those that take no steps in time. `coloured` and `telegraph` are noise with a memory, normal or of
two values, and `with_memory` has what they share. `joint` puts several motions and processes side
by side, to drive one equation.
"""
