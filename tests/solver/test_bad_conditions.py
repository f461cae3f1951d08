"""Conditions that `solve(stop=)` refuses, and conditions of arrays that it takes."""

from __future__ import annotations

import numpy as np
import pytest
from refusals import refused_before_anything_is_compiled, wrong_type, wrong_value
from small_equations import solve_number, solve_pair

import stochcalc as sc


def same(t, x):
    return x


def pair_rows(t, x):
    return np.stack((x[1], -x[0]))


def doubled(t, x):
    x *= 2.0
    return x[0] > 99.0


def mixing(stop):
    """A condition of arrays that looks at other paths."""
    return wrong_value(
        lambda: solve_pair(same, stop=stop, vectorized=True, a=pair_rows),
        r"stop gives another value for a path when it is called with others: .* along axis=0",
    )


BAD = {
    "no function": wrong_type(lambda: solve_number(stop=2.0), r"stop=2\.0 must be a Python func"),
    "a ufunc": wrong_type(lambda: solve_number(stop=np.isnan), r"stop=<ufunc 'isnan'>"),
    "an event function": wrong_value(
        lambda: solve_number(stop=lambda t, x: x - 2.0),
        r"stop\(0, 1\) returned -1: return True where .*x > 2\.0",
    ),
    "of one argument": wrong_type(
        lambda: solve_number(stop=lambda x: x > 2.0), r"stop\(x\) is called as stop\(t, x, \*args\)"
    ),
    "swapped": wrong_value(
        lambda: solve_number(stop=lambda x, t: x > 2.0), r"stop\(x, t\) has its arguments swapped"
    ),
    "true at the start": wrong_value(
        lambda: solve_number(stop=lambda t, x: x > 0.0), r"stop\(0, 1\) is True at the start"
    ),
    "a subscript": wrong_type(
        lambda: solve_number(stop=lambda t, x: x[0] > 2.0), r"stop\(0, 1.*fails: "
    ),
    "a component too many": (
        wrong_type(lambda: solve_pair(same, stop=lambda t, x: x > 2.0), r"stop\(0, \(1.*fails")
    ),
    "arrays: one for all": wrong_value(
        lambda: solve_pair(same, stop=lambda t, x: np.any(x > 9.0), vectorized=True, a=pair_rows),
        r"returned an array of shape \(\) and dtype bool: return one True or False for each",
    ),
    "arrays: the mean of all": mixing(lambda t, x: x[0] > x[0].mean()),
    "arrays: the mean of all, against a level": mixing(
        lambda t, x: np.full(x.shape[1], x.mean() > 9.0)
    ),
    "arrays: the largest": mixing(lambda t, x: x[1] + x[1].max() > 50.0),
    "arrays: the neighbour": mixing(lambda t, x: np.roll(x[0], 1) > 9.0),
    "arrays: x in place": wrong_value(
        lambda: solve_pair(same, stop=doubled, vectorized=True, a=pair_rows),
        r"stop changes x in place: work on a copy, x\.copy\(\)",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_condition_is_refused_before_anything_is_compiled(case):
    refused_before_anything_is_compiled(BAD[case])


def test_a_condition_of_arrays_that_sees_each_column_alone_is_taken(rng_seed):
    """Sums and rolls along axis 0, tables beside the state, and functions without a value."""
    sde = sc.SDE(pair_rows, lambda t, x, *args: 0.3 * x, vectorized=True)
    for stop in (
        lambda t, x: np.sum(x * x, axis=0) > 3.0,
        lambda t, x: np.roll(x, 1, axis=0)[0] > 1.5,
        lambda t, x: x[0] > np.array([[2.0]])[0],
        lambda t, x: np.sqrt(x[0]) > 1.5,
    ):
        sol = sc.solve(sde, (1.0, 0.5), 1.0, n=8, paths=50, rng=rng_seed, stop=stop)
        assert sol.info["route"] == "numpy" and sol.nonfinite == 0
    one = sc.SDE(lambda t, x: -x, lambda t, x: 0.3, vectorized=True)
    for stop in (lambda t, x: x > 1.5, lambda t, x: np.abs(x) > 1.5):
        assert sc.solve(one, 1.0, 1.0, n=8, paths=50, rng=rng_seed, stop=stop).nonfinite == 0
