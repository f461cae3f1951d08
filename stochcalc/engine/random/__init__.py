"""Random numbers as pure functions of integers, and the noise that steps take.

Read `philox`, `normal`, `fills`, `sources`, then `drivers` and `driver_fills`.
"""
