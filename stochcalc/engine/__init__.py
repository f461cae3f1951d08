"""The machine room: random numbers, elementary functions, lanes, kernels, runner.

No file above it knows Numba's names.
"""
