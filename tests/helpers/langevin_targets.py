"""Targets of the samplers, and the names of the methods that are linear on a Gaussian."""

import numpy as np

SPLITTINGS = ("baoab", "aboba", "obabo", "oabao", "baoa")
LINEAR = ("ula", "lm", *SPLITTINGS)
PRECISION = np.array([[2.0, 0.5], [0.5, 1.0]])


def pair_score(x):
    return -2.0 * x[0] - 0.5 * x[1], -0.5 * x[0] - x[1]


def pair_log_density(x):
    return -x[0] * x[0] - 0.5 * x[0] * x[1] - 0.5 * x[1] * x[1]


def array_score(x):
    return -PRECISION @ x


def array_log_density(x):
    return -0.5 * (x * (PRECISION @ x)).sum(axis=0)
