"""Items that are taken out of a state by unpacking, `a, b = x`, and by loops over it."""

from __future__ import annotations

import numpy as np
import pytest

import stochcalc as sc

TABLE = np.array([0.5, 2.0])
PAIR = (0.5, 2.0)


def unpack(t, x):
    a, b = x
    return b, -a


def unpack_helper(t, x):
    a, b = unpack(t, x)
    return b, a


def unpack_table(t, x):
    k, m = TABLE
    return k * x[0], m * x[1]


def unpack_pair(t, x):
    k, m = PAIR
    return k * x[0], m * x[1]


def enumerate_items(t, x):
    total = 0.0
    for i, item in enumerate(x):
        total += i * item
    return total, -total


def zip_items(t, x):
    total = 0.0
    for item, factor in zip(x, PAIR):
        total += item * factor
    return total, x[0]


def swap(t, x):
    a, b = x[0], x[1]
    a, b = b, a
    return a, b


@pytest.mark.parametrize(
    "drift",
    [unpack, unpack_helper, unpack_table, unpack_pair, enumerate_items, zip_items, swap],
)
def test_a_function_that_unpacks_compiles_and_is_pythons(drift):
    sde = sc.SDE(drift, lambda t, x: (0.0, 0.0))
    sol = sc.solve(sde, (1.0, 2.0), 1.0, n=1, key=1)
    assert sol.info["route"] == "compiled"
    assert sol.x[0, 1] == pytest.approx(np.add((1.0, 2.0), drift(0.0, (1.0, 2.0))), rel=1e-15)


def test_items_that_do_not_fit_are_refused_as_in_python():
    def too_many(t, x):
        a, b, _ = x
        return a, b

    with pytest.raises(ValueError, match="not enough values to unpack"):
        sc.solve(sc.SDE(too_many, lambda t, x: (0.0, 0.0)), (1.0, 2.0), 1.0, n=1)
