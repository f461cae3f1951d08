"""Functions of arrays: NumPy's broadcasting, and refusals of what mixes paths or changes x."""

from __future__ import annotations

import numpy as np
import pytest
from nights import mostly_at_night

import stochcalc as sc

X0 = (3.0, 4.0, 12.0)
COLUMN = np.array([[0.5], [1.0], [2.0]])


def one_step(drift, x0=X0, paths=5, **options):
    """One Euler step without noise from states that differ: (start, drift's value along it)."""
    starts = np.array(x0) * (1.0 + 0.1 * np.arange(paths))[:, None]
    sde = sc.SDE(drift, lambda t, x, *args: 0.0, vectorized=True, **options)
    sol = sc.solve(sde, starts, 1.0, n=1, paths=paths, starts=True, key=1)
    assert sol.info["route"] == "compiled"
    return starts.T, (sol.x[:, 1] - sol.x[:, 0]).T


def shifted(x):
    out = x.copy()
    out[1:] = out[:-1]
    return out


def flipped(x):
    out = x.copy()
    out[:] = out[::-1]
    return out


def added(x):
    out = x.copy()
    out[1:] += x[:-1]
    out[:-1] *= out[1:]
    return out


def from_a_column(x):
    out = np.empty_like(x)
    out[:] = COLUMN
    return out


def from_one_number(x):
    out = x.copy()
    out[0] = COLUMN[0]
    return out


BROADCAST = [
    lambda t, x: np.hypot(x, x[:1]),
    lambda t, x: np.arctan2(x[:1], x),
    lambda t, x: np.hypot(x, COLUMN),
    lambda t, x: np.abs(x) ** COLUMN,
    lambda t, x: x * COLUMN + x[0],
    lambda t, x: x - np.sum(x, axis=0),
    lambda t, x: x - np.sum(x[1:], 0),
    lambda t, x: x - np.sum(x, axis=0, dtype=np.float64),
    lambda t, x: x * np.sum(COLUMN) + np.sum(COLUMN, axis=0),
    lambda t, x: x - np.mean(x, axis=0),
    lambda t, x: added(x),
    lambda t, x: np.hypot(x, x[0]),
    lambda t, x: shifted(x),
    lambda t, x: flipped(x),
    lambda t, x: from_a_column(x),
    lambda t, x: from_one_number(x),
    lambda t, x: COLUMN,
    lambda t, x: COLUMN[:, 0],
    lambda t, x: (COLUMN[0], x[0], 2.0),
    lambda t, x: np.roll(x, -1, axis=0),
]


@pytest.mark.parametrize(
    "drift", mostly_at_night(BROADCAST, lambda drift: BROADCAST.index(drift) % 6 == 0)
)
def test_shapes_are_broadcast_as_numpy_does_and_overlaps_are_copied(drift):
    x, value = one_step(drift)
    due = drift(0.0, x)
    if isinstance(due, tuple):
        due = np.stack([np.broadcast_to(row, x.shape[1:]) for row in due])
    elif due.ndim == 1:
        due = due[:, None]
    np.testing.assert_allclose(value, np.broadcast_to(due, x.shape), rtol=1e-13)


def test_a_scalar_problem_takes_functions_of_two_arrays():
    sde = sc.SDE(lambda t, x: np.arctan2(x, 1.0 + x * x), lambda t, x: 0.0 * x, vectorized=True)
    sol = sc.solve(sde, np.array([0.5, 2.0]), 1.0, n=1, paths=2, starts=True, key=1)
    assert sol.info["route"] == "compiled"
    due = np.arctan2([0.5, 2.0], [1.25, 5.0])
    np.testing.assert_allclose(sol.x[:, 1] - sol.x[:, 0], due, rtol=1e-13)


def changing(x):
    x *= 2.0
    return x


@pytest.mark.parametrize(
    "drift, options, pattern",
    [
        (lambda t, x: x - np.mean(x), {}, r"drift gives another value .* axis=0"),
        (lambda t, x: np.roll(x, 1), {}, r"drift gives another value"),
        (lambda t, x: x - x.max(), {}, r"drift gives another value"),
        (lambda t, x: np.cumsum(x, axis=1), {}, r"drift gives another value"),
        (lambda t, x: changing(x), {}, r"drift changes x in place: work on a copy"),
        (
            lambda t, x, c: changing(c)[:, None] * x,
            {"args": (np.ones(3),)},
            r"drift must be a pure function",
        ),
    ],
)
def test_what_mixes_paths_or_changes_its_arguments_is_refused(drift, options, pattern):
    sde = sc.SDE(drift, lambda t, x, *args: 0.1, vectorized=True, **options)
    with pytest.raises(ValueError, match=pattern):
        sc.solve(sde, X0, 1.0, n=4, paths=10, key=1)


def test_one_component_whose_value_is_a_row_is_refused_and_not_the_first_path_of_all():
    sde = sc.SDE(lambda t, x: -x[0], lambda t, x: 0.1, vectorized=True)
    with pytest.raises(ValueError, match=r"drift returned shape \(3,\) for x of shape \(1, 3\)"):
        sc.solve(sde, (1.0,), 1.0, n=4, paths=10, key=1)


def test_starts_and_parameters_of_the_caller_stay_as_they_are():
    starts = np.array([[1.0, 2.0], [3.0, 4.0]])
    rates = np.array([1.0, 2.0])
    sde = sc.SDE(
        lambda t, x, rates: -rates[:, None] * x,
        lambda t, x, rates: ((0.1, 0.2), (0.3, 0.4)),
        noise="general",
        args=(rates,),
        vectorized=True,
    )
    sc.solve(sde, starts, 1.0, n=4, paths=2, starts=True, key=1)
    assert starts.tolist() == [[1.0, 2.0], [3.0, 4.0]] and rates.tolist() == [1.0, 2.0]
    assert sde.args[0] is not rates


SPEEDS = np.array([1.0, -2.0, 0.5])


def test_an_array_of_one_number_for_each_component_is_spread_over_the_paths():
    sde = sc.SDE(lambda t, x: SPEEDS, lambda t, x: 0.0 * x, vectorized=True)
    sol = sc.solve(sde, (0.0, 0.0, 0.0), 1.0, n=4, paths=300, key=1)
    np.testing.assert_allclose(sol.x[:, -1], np.tile(SPEEDS, (300, 1)), rtol=1e-14)
    with pytest.raises(ValueError, match="drift"):
        sc.solve(sde, (0.0, 0.0), 1.0, n=4, paths=300, key=1)
