"""Our elementary functions against mpmath: errors in ulp, and special values as in C99."""

from __future__ import annotations

import math

import numba
import numpy as np
import pytest
from elementary_points import (
    EXACT,
    INF,
    LARGEST,
    MP,
    NAN,
    ONE_ARGUMENT,
    PAIRS,
    TINY,
    domain,
)

from stochcalc.engine.elementary import OWN

ALLOWED = {"pow": 4.0}  # ulp; 2 for the others
SPECIAL = np.array(
    [0.0, TINY, 0.5, 1.0, 1.5, 2.0, 3.0, 2.0**52, 2.0**53 - 1, 2.0**53, 1e300, LARGEST, INF]
)
SPECIAL = np.concatenate([SPECIAL, -SPECIAL, [NAN]])


def table(leaf, *arrays: np.ndarray) -> np.ndarray:
    """The leaf's values, computed in a loop over the arrays as a kernel would."""
    out = np.empty_like(arrays[0])
    if len(arrays) == 1:
        loop = numba.njit(error_model="numpy")(_loop_of_one(leaf))
    else:
        loop = numba.njit(error_model="numpy")(_loop_of_two(leaf))
    loop(*arrays, out)
    return out


def _loop_of_one(leaf):
    def loop(x, out):
        for i in range(out.size):
            out[i] = leaf(x[i])

    return loop


def _loop_of_two(leaf):
    def loop(x, y, out):
        for i in range(out.size):
            out[i] = leaf(x[i], y[i])

    return loop


def ulps(value: float, exact) -> float:
    """|value - exact| in units of the last place of a float64 as large as `exact`.

    inf counts as 2^1024."""
    if math.isnan(value):
        return INF
    if math.isinf(value):
        if abs(exact) >= MP.mpf(2) ** 1024 and (value > 0) == (exact > 0):
            return 0.0
        value_ = MP.mpf(2) ** 1024 * (1 if value > 0 else -1)
    else:
        value_ = MP.mpf(value)
    if exact == 0:
        return abs(value) / TINY
    last_place = max(int(MP.mag(exact)) - 53, -1074)
    return float(MP.ldexp(abs(value_ - exact), -last_place))


def worst(leaf, exact, *arrays: np.ndarray) -> tuple[float, list[float]]:
    """The largest error in ulp and its arguments."""
    values = table(leaf, *arrays)
    errors = [
        ulps(float(value), exact(*map(MP.mpf, map(float, point))))
        for value, *point in zip(values, *arrays)
    ]
    where = int(np.argmax(errors))
    return errors[where], [float(array[where]) for array in arrays]


@pytest.mark.parametrize("name", ONE_ARGUMENT)
def test_the_error_is_below_two_units_in_the_last_place_over_the_whole_range(name):
    error, point = worst(OWN[name], EXACT[name], domain(name))
    assert error <= 2.0, f"{name}{tuple(point)}: {error:.3f} ulp"


@pytest.mark.parametrize("name", PAIRS)
def test_functions_of_two_arguments_stay_within_their_error(name):
    for x, y in PAIRS[name]:
        error, point = worst(OWN[name], EXACT[name], x, y)
        assert error <= ALLOWED.get(name, 2.0), f"{name}{tuple(point)}: {error:.3f} ulp"


def test_more_than_a_hundred_thousand_points_are_compared():
    alone = sum(domain(name).size for name in ONE_ARGUMENT)
    in_pairs = sum(x.size for points in PAIRS.values() for x, _ in points)
    assert alone + in_pairs >= 100_000


def test_a_perturbed_function_is_rejected():
    exp, sin = OWN["exp"], OWN["sin"]
    scaled = numba.njit(lambda x: exp(x) * (1 + 2.0**-50))
    shifted = numba.njit(lambda x: sin(x + 2.0**-49 * x))
    assert worst(scaled, MP.exp, domain("exp"))[0] > 2.0
    assert worst(shifted, MP.sin, domain("sin"))[0] > 2.0


def assert_special_values_agree(name: str, reference, *arrays: np.ndarray) -> None:
    """Where the C library says nan, inf, 0 or a whole number, so do we, with its sign."""
    with np.errstate(all="ignore"):
        expected = reference(*arrays)
    values = table(OWN[name], *arrays)
    exact = ~np.isfinite(expected) | (expected == np.round(expected)) & (abs(expected) < 10)
    for value, wanted, *point in zip(
        values[exact], expected[exact], *(array[exact] for array in arrays)
    ):
        same = math.isnan(value) if math.isnan(wanted) else value == wanted
        assert same, f"{name}{tuple(map(float, point))} = {value}, not {wanted}"
        assert math.isnan(wanted) or math.copysign(1, value) == math.copysign(1, wanted), (
            name,
            point,
            value,
            wanted,
        )


@pytest.mark.parametrize("name", ONE_ARGUMENT)
def test_special_values_and_signs_of_zero_are_those_of_the_c_library(name):
    alias = {
        "asin": "arcsin",
        "acos": "arccos",
        "atan": "arctan",
        "asinh": "arcsinh",
        "acosh": "arccosh",
        "atanh": "arctanh",
    }
    assert_special_values_agree(name, getattr(np, alias.get(name, name)), SPECIAL)


@pytest.mark.parametrize(
    "name, reference", [("pow", np.power), ("atan2", np.arctan2), ("hypot", np.hypot)]
)
def test_special_values_of_two_arguments_are_those_of_the_c_library(name, reference):
    x, y = (grid.ravel() for grid in np.meshgrid(SPECIAL, SPECIAL))
    assert_special_values_agree(name, reference, x, y)


def test_powers_of_small_integers_are_exact():
    x, y = (
        grid.ravel().astype(float) for grid in np.meshgrid(np.arange(-12, 13), np.arange(0, 15))
    )
    expected = [float(int(a) ** int(b)) for a, b in zip(x, y)]
    assert np.array_equal(table(OWN["pow"], x, y), expected)


@pytest.mark.parametrize("name", ["exp", "log", "sin", "tanh"])
def test_an_integer_argument_means_the_float_of_the_same_value(name):
    leaf = OWN[name]
    assert numba.njit(lambda: leaf(1))() == numba.njit(lambda: leaf(1.0))()
