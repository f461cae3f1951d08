"""Seeds, numbers of threads and counts that are none, and would do harm: each refused by name."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import stochcalc as sc

x = np.arange(40.0)
with warnings.catch_warnings():
    warnings.simplefilter("ignore", PendingDeprecationWarning)
    MATRIX = np.matrix([1, 2])

REFUSED = {
    "a matrix for a seed": (lambda: sc.brownian(rng=MATRIX), TypeError, "rng is of type matrix"),
    "a matrix in a list": (lambda: sc.brownian(rng=[1, MATRIX]), TypeError, "rng is of type mat"),
    "a masked seed": (
        lambda: sc.brownian(rng=np.ma.array([1, 2])),
        TypeError,
        "rng is of type MaskedArray",
    ),
    "a matrix for random times": (
        lambda: sc.Partition.random(1.0, 4, rng=MATRIX),
        TypeError,
        "rng is of type matrix",
    ),
    "too many threads": (
        lambda: sc.quadratic_variation(x, workers=2**63),
        ValueError,
        r"workers=9223372036854775808 must be at most 4096",
    ),
    "threads as text": (
        lambda: sc.power_variation(x, 2.0, workers="no"),
        TypeError,
        "workers='no' must be an int",
    ),
    "paths that are a duration": (
        lambda: sc.brownian(paths=np.timedelta64(3)),
        TypeError,
        "paths=.*must be an integer",
    ),
    "a duration for T": (
        lambda: sc.brownian(np.timedelta64(3)),
        TypeError,
        "T=.*must be a real number",
    ),
    "threads that are a duration": (
        lambda: sc.quadratic_variation(x, workers=np.timedelta64(2)),
        TypeError,
        "workers=.*must be an int",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_argument_that_would_do_harm_is_refused_by_name(case):
    call, kind, pattern = REFUSED[case]
    with pytest.raises(kind, match=pattern):
        call()


def test_integers_in_an_array_are_a_seed():
    one = sc.brownian(n=2, rng=np.asarray(MATRIX).ravel()).values
    np.testing.assert_array_equal(one, sc.brownian(n=2, rng=[1, 2]).values)
