"""Functions of arrays: compiled once for all dimensions, to the numbers of functions of floats."""

from __future__ import annotations

import math

import numpy as np
import pytest
from evidence import assert_mean, assert_same_bits, must_reject
from nights import mostly_at_night

import stochcalc as sc
from stochcalc.engine.compiler.pointers import compilations
from stochcalc.engine.functions import array_steps

METHODS = [name for name in sc.METHODS if name != "exact"]


def heat(t, x):
    """The Laplacian on a chain of points with free ends, and a cubic."""
    flow = np.empty_like(x)
    flow[1:-1] = x[2:] - 2.0 * x[1:-1] + x[:-2]
    flow[0] = x[1] - x[0]
    flow[-1] = x[-2] - x[-1]
    return 10.0 * flow - x**3


def heat_by_hand(t, x):
    """The same on five points, written for floats."""
    flows = (
        x[1] - x[0],
        x[2] - 2.0 * x[1] + x[0],
        x[3] - 2.0 * x[2] + x[1],
        x[4] - 2.0 * x[3] + x[2],
        x[3] - x[4],
    )
    return (
        10.0 * flows[0] - x[0] ** 3,
        10.0 * flows[1] - x[1] ** 3,
        10.0 * flows[2] - x[2] ** 3,
        10.0 * flows[3] - x[3] ** 3,
        10.0 * flows[4] - x[4] ** 3,
    )


HEAT = sc.SDE(heat, lambda t, x: 0.1, vectorized=True)


def coupled(t, x, strength):
    """Phase oscillators that feel the mean field of all."""
    s = np.sum(np.sin(x), axis=0) / len(x)
    c = np.sum(np.cos(x), axis=0) / len(x)
    return 1.0 + strength * (s * np.cos(x) - c * np.sin(x))


OSCILLATORS = sc.SDE(coupled, lambda t, x, strength: 0.3, args=(2.0,), vectorized=True)


def test_the_heat_equation_on_arrays_is_the_one_written_by_hand(rng_seed):
    x0 = np.linspace(0.0, 1.0, 5)
    whole = sc.solve(HEAT, x0, 0.1, n=10, paths=700, rng=rng_seed)
    by_hand = sc.SDE(heat_by_hand, lambda t, x: (0.1,) * 5)
    numbers = sc.solve(by_hand, x0, 0.1, n=10, paths=700, key=whole.key)
    assert whole.info["route"] == "compiled"
    np.testing.assert_allclose(whole.x, numbers.x, rtol=1e-13, atol=1e-15)
    with pytest.raises(AssertionError):  # of one step earlier: the comparison can fail
        np.testing.assert_allclose(whole.x[:, 1:], numbers.x[:, :-1], rtol=1e-13)


def test_one_compilation_serves_all_dimensions():
    x0 = np.linspace(0.0, 1.0, 7)
    sc.solve(HEAT, x0, 0.1, n=4, paths=300, key=1)
    sc.solve(OSCILLATORS, x0, 0.1, n=4, paths=300, key=1)
    before = compilations()
    for d in (3, 10, 129, 1000):
        x0 = np.linspace(0.0, 1.0, d)
        assert sc.solve(HEAT, x0, 0.01, n=4, paths=20, save="last", key=1).x.shape == (20, 1, d)
        assert sc.solve(OSCILLATORS, x0, 0.1, n=4, paths=20, save="last", key=1).nonfinite == 0
    assert compilations() == before


@pytest.mark.parametrize("d", [5, 200, 1000])
def test_how_many_paths_move_together_changes_no_bit(d, monkeypatch):
    x0 = np.linspace(0.0, 1.0, d)
    how = {"n": 3, "paths": 300, "key": 7}
    due = sc.solve(HEAT, x0, 0.01, save="last", **how)
    record = sc.solve(HEAT, x0, 0.01, save="stats", **how)
    assert_same_bits(due.mean[-1], record.mean[-1])
    assert_same_bits(sc.solve(HEAT, x0, 0.01, **how).x[:, -1], due.x[:, -1])
    assert_same_bits(
        sc.solve(HEAT, x0, 0.01, workers=2, **how).replay(299).x[0, -1], due.x[299, -1]
    )
    monkeypatch.setattr(array_steps, "STRIP_NUMBERS", 1)
    assert array_steps.choose_strip(d) == array_steps.NARROWEST
    assert_same_bits(sc.solve(HEAT, x0, 0.01, save="last", **how).x, due.x)


KINDS = {
    "number": (
        lambda t, x: np.sin(x) + 0.3 * t,
        lambda t, x: 0.5 + 0.2 * np.cos(x) * t,
        lambda t, x: -0.2 * np.sin(x) * t,
        lambda t, x: math.sin(x) + 0.3 * t,
        lambda t, x: 0.5 + 0.2 * math.cos(x) * t,
        lambda t, x: -0.2 * math.sin(x) * t,
        0.4,
    ),
    "diagonal": (
        lambda t, x: np.stack((np.sin(x[1]), -x[0])),
        lambda t, x: np.stack((0.5 + 0.2 * np.cos(x[0]), 0.3 * x[1])),
        lambda t, x: np.stack((-0.2 * np.sin(x[0]), 0.3 + 0.0 * x[1])),
        lambda t, x: (math.sin(x[1]), -x[0]),
        lambda t, x: (0.5 + 0.2 * math.cos(x[0]), 0.3 * x[1]),
        lambda t, x: (-0.2 * math.sin(x[0]), 0.3),
        (0.4, 1.2),
    ),
    "scalar": (
        lambda t, x: (np.sin(x[1]), -x[0]),
        lambda t, x: (0.5 + 0.2 * np.cos(x[1]), 0.3 * x[1] * x[0]),
        None,
        lambda t, x: (math.sin(x[1]), -x[0]),
        lambda t, x: (0.5 + 0.2 * math.cos(x[1]), 0.3 * x[1] * x[0]),
        None,
        (0.4, 1.2),
    ),
    "additive": (
        lambda t, x: np.stack((np.sin(x[1]), -x[0])),
        lambda t, x: (0.5, 0.3 * t + 0.1),
        None,
        lambda t, x: (math.sin(x[1]), -x[0]),
        lambda t, x: (0.5, 0.3 * t + 0.1),
        None,
        (0.4, 1.2),
    ),
}


def pair(kind):
    """The same equation for arrays and for floats, and its start."""
    a, b, db, a_floats, b_floats, db_floats, x0 = KINDS[kind]
    noise = "diagonal" if kind == "number" else kind
    whole = sc.SDE(a, b, noise=noise, diffusion_dx=db, vectorized=True)
    numbers = sc.SDE(a_floats, b_floats, noise=noise, diffusion_dx=db_floats)
    return whole, numbers, x0


def fits(kind, method):
    """Whether a scheme takes this kind of noise, with the derivatives that these equations give."""
    scheme = sc.METHODS[method]
    noise = "diagonal" if kind == "number" else kind
    derivative = kind in ("number", "diagonal")
    needs = "diffusion_dx" in scheme.functions or scheme.calculus not in ("any", 0.0)
    ok = derivative or noise == "additive" or not needs
    return noise in scheme.strong_order and "drift_dx" not in scheme.functions and ok


# Every scheme on a number; of the kinds of noise those schemes that treat them in their own way.
OF_KIND = {
    "number": METHODS,
    "diagonal": ["euler_maruyama", "milstein", "sriw1", "tamed_euler"],
    "scalar": ["euler_maruyama", "milstein_free"],
    "additive": ["sra1", "heun"],
}
CASES = [(kind, name) for kind, names in OF_KIND.items() for name in names if fits(kind, name)]
ALWAYS = (
    "euler_maruyama",
    "milstein",
    "sriw1",
    "milstein_free",
    "sra1",
)  # each compiles for seconds


@pytest.mark.parametrize("kind, method", mostly_at_night(CASES, lambda case: case[1] in ALWAYS))
def test_every_scheme_on_arrays_is_the_scheme_on_numbers(kind, method):
    whole, numbers, x0 = pair(kind)
    a = sc.solve(whole, x0, 0.5, n=5, paths=300, key=1, method=method)
    b = sc.solve(numbers, x0, 0.5, n=5, paths=300, key=1, method=method)
    assert a.info["route"] == "compiled"
    np.testing.assert_allclose(a.x, b.x, rtol=1e-13, atol=1e-15)


WRITTEN = {
    "roll": lambda t, x: np.roll(x, 1, axis=0) - 2.0 * x + np.roll(x, -1, axis=0),
    "rows in place": lambda t, x: in_place(x),
    "powers": lambda t, x: -(x**3) + np.abs(x) ** 1.5 - 2.0**x,
    "matrix product": lambda t, x: np.dot(COUPLING, x),
    "tuple of rows": lambda t, x: (x[1], x[2], -x[0]),
    "a number": lambda t, x: 0.5,
    "elementary": lambda t, x: np.exp(-x * x) + np.tanh(x) * np.log1p(x * x) - np.arctan2(x, 2.0),
    "reductions": lambda t, x: x - np.sum(x, axis=0) / 3.0,
    "mean field": lambda t, x: np.mean(x, axis=0) - x,
    "matmul": lambda t, x: np.matmul(COUPLING, x) + COUPLING @ x,
}
EVERY_DAY = {"rows in place", "matrix product", "reductions"}


@pytest.mark.parametrize(
    "name, drift", mostly_at_night(WRITTEN.items(), lambda case: case[0] in EVERY_DAY)
)
def test_what_people_write_with_arrays_is_compiled_and_is_numpys_value(name, drift):
    sde = sc.SDE(drift, lambda t, x: 0.2, vectorized=True)
    x0 = (0.3, -0.2, 0.5)
    sol = sc.solve(sde, x0, 0.1, n=1, paths=40, key=3)
    assert sol.info["route"] == "compiled"
    start = np.array(x0)[:, None]
    value = drift(0.0, np.repeat(start, 40, axis=1))
    rows = np.stack([np.broadcast_to(row, (40,)) for row in value]) if np.ndim(value) else value
    W = sc.brownian(0.1, 1, paths=40, dim=3, key=3)
    due = start + rows * 0.1 + 0.2 * W.increments[:, 0].T
    np.testing.assert_allclose(sol.x[:, 1].T, due, rtol=1e-12)


COUPLING = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.5], [0.2, 0.0, -0.3]])


def in_place(x):
    out = np.zeros_like(x)
    for i in range(1, len(x)):
        out[i] = x[i - 1] - x[i]
    out[0] = 1.0
    return out


def test_what_numba_refuses_runs_in_numpy_with_one_warning(rng_seed):
    sde = sc.SDE(
        lambda t, x: -np.apply_along_axis(np.copy, 0, x), lambda t, x: 0.3, vectorized=True
    )
    with pytest.warns(RuntimeWarning, match=r"cannot compile .*Python's NumPy") as caught:
        sol = sc.solve(sde, (0.1, 0.2), 1.0, n=8, paths=300, rng=rng_seed)
    assert len(caught) == 1 and caught[0].filename == __file__
    assert sol.info["route"] == "numpy"
    plain = sc.SDE(lambda t, x: (-x[0], -x[1]), lambda t, x: (0.3, 0.3))
    due = sc.solve(plain, (0.1, 0.2), 1.0, n=8, paths=300, key=sol.key)
    np.testing.assert_allclose(sol.x[:, 1], due.x[:, 1], rtol=1e-12)


def test_rows_of_another_shape_are_an_error_and_not_memory():
    short = sc.SDE(lambda t, x: wrong_rows(x), lambda t, x: 0.3, vectorized=True)
    with pytest.raises(ValueError, match=r"wrong_rows|lambda.*shape of x for any number of paths"):
        sc.solve(short, (0.1, 0.2, 0.3), 1.0, n=8, paths=300, key=1)


def wrong_rows(x):
    out = np.zeros_like(x)
    if x.shape[1] > 3:  # what the probe, which asks for one path, does not see
        out[0:2] = x
    return out


def test_the_mean_field_of_oscillators_has_its_finite_step_mean(rng_seed):
    """With no coupling each phase is t + 0.3 W, whose mean at T is T exactly."""
    free = sc.SDE(coupled, lambda t, x, strength: 0.3, args=(0.0,), vectorized=True)
    sol = sc.solve(free, np.zeros(50), 1.0, n=4, paths=4000, save="last", rng=rng_seed)
    mean = sol.x[:, 0].mean(axis=1)
    assert_mean(mean, 1.0, detects=0.01)
    with must_reject("a drift that is twice as large"):
        assert_mean(2.0 * mean, 1.0)
