"""Integrals of any path against any path are the sums that NumPy makes of the same values."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from evidence import assert_same_bits, seed_of

import stochcalc as sc

PATHS = 300
SIXTEENTHS = np.array([0, 1, 2, 4, 8, 12, 16, 20, 24, 28, 30, 31, 32])
GRID = sc.Partition(SIXTEENTHS / 16)  # the same from its end, so that a reversal is on it as well
PLANE = sc.SDE(lambda t, x: (-x[0], x[0]), lambda t, x: (0.5, 0.2 * x[1]))
f = lambda t, x: np.sin(x) + t * x
identity = lambda t, x: x


def make_motion(store=True):
    return sc.brownian(
        partition=GRID,
        paths=PATHS,
        dim=2,
        correlation=[[1.0, 0.5], [0.5, 1.0]],
        store=store,
        rng=seed_of(__name__),
    )


W = make_motion()
STREAMED = make_motion(store=False)
SOLUTION = sc.solve(PLANE, (1.0, 2.0), noise=sc.brownian(partition=GRID, paths=PATHS, dim=2, rng=5))
PATHS_OF = {
    "component": (W[1], W.values[..., 1]),
    "streamed component": (STREAMED[1], W.values[..., 1]),
    "reversal": (W[0].reversed(), W.values[:, -1:, 0] - W.values[:, ::-1, 0]),
    "own increments": (
        sc.BrownianPaths.from_increments(W.increments[..., 0], GRID),
        W.values[..., 0],
    ),
    "solution": (SOLUTION.component(1), SOLUTION.x[..., 1]),
    "pair": ((GRID.times, SOLUTION.x[..., 0]), SOLUTION.x[..., 0]),
}
PAIRS = list(itertools.product(PATHS_OF, PATHS_OF))


def near(found, due):
    np.testing.assert_allclose(found, due, rtol=1e-12, atol=1e-12)


def sum_by_numpy(values, lam, integrator):
    """Return the running sums of the values blended with lam, times the integrator's increments."""
    blended = (1 - lam) * values[:, :-1] + lam * values[:, 1:]
    sums = np.cumsum(blended * np.diff(integrator, axis=1), axis=1)
    return np.concatenate([np.zeros((len(sums), 1)), sums], axis=1)


@pytest.mark.parametrize(("x", "y"), PAIRS)
def test_any_path_is_integrated_against_any_other(x, y):
    X, values = PATHS_OF[x]
    Y, integrator = PATHS_OF[y]
    for lam in (0.0, 0.3, 1.0):
        due = sum_by_numpy(f(GRID.times, values), lam, integrator)
        near(sc.riemann_sum(f, X, lam, at="value", against=Y, running=True), due)
        near(sc.riemann_sum(f(GRID.times, values), Y, lam, at="value"), due[:, -1])
    near(
        sc.ito(f, X, against=integrator),
        sum_by_numpy(f(GRID.times, values), 0.0, integrator)[:, -1],
    )
    near(sc.riemann_sum(X, Y, 0.3, at="value"), sum_by_numpy(values, 0.3, integrator)[:, -1])
    with pytest.raises(AssertionError):
        near(sc.ito(X, Y), sum_by_numpy(values, 1.0, integrator)[:, -1])


@pytest.mark.parametrize("x", PATHS_OF)
def test_a_path_is_its_own_integrator(x):
    X, values = PATHS_OF[x]
    due = sum_by_numpy(f(GRID.times, values), 0.5, values)[:, -1]
    near(sc.stratonovich(f, X), due)
    near(sc.stratonovich(f, X, against=X), due)
    left = sum_by_numpy(f(GRID.times, values), 0.0, values)[:, -1]
    near(sc.ito(f, X), left)
    near(sc.riemann_sum(f, X, 0.0, at="time"), left)
    near(sc.backward(f, X, at="time"), sum_by_numpy(f(GRID.times, values), 1.0, values)[:, -1])
    moments = sc.ito(f, X, save="stats")
    near([moments.mean, moments.var], [left.mean(), left.var(ddof=1)])
    squares = sc.ito(f, X, observe=lambda t, x, r: x + r * r)
    near(squares, values[:, -1] + left**2)


@pytest.mark.parametrize(("x", "y"), PAIRS)
def test_the_product_rule_holds_to_rounding(x, y):
    X, values = PATHS_OF[x]
    Y, others = PATHS_OF[y]
    total = values[:, -1] * others[:, -1] - values[:, 0] * others[:, 0]
    covariation = np.sum(np.diff(values, axis=1) * np.diff(others, axis=1), axis=1)
    near(sc.ito(X, Y) + sc.ito(Y, X) + covariation, total)
    near(sc.ito(X, Y) + sc.backward(Y, X), total)
    near(sc.stratonovich(X, Y) + sc.stratonovich(Y, X), total)


VIEWS = {
    "component": lambda W: W[1],
    "refined": lambda W: W[0].refine(2),
    "coarsened": lambda W: W[1].coarsen(3),
    "reversed": lambda W: W[0].reversed(),
    "component of the coarsened": lambda W: W.coarsen(4)[0],
}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("lam", [0.25, 0.5])
def test_the_time_point_is_found_in_every_view_of_a_drawn_motion(view, lam):
    w = VIEWS[view](W)
    tau = w.t[:-1] + lam * w.partition.steps
    found = sc.riemann_sum(f, w, lam)
    np.testing.assert_allclose(
        found, np.sum(f(tau, w.at(tau)) * w.increments, axis=1), rtol=1e-9, atol=1e-9
    )
    assert_same_bits(found, sc.riemann_sum(f, VIEWS[view](STREAMED), lam))
    against = sc.riemann_sum(f, w, lam, against=(w.t, w.values))
    np.testing.assert_allclose(found, against, rtol=1e-9, atol=1e-9)


def test_the_time_point_is_refused_where_the_path_is_not_known():
    for name in ("own increments", "solution", "pair"):
        X = PATHS_OF[name][0]
        with pytest.raises(ValueError, match=r"at='time' with lam=0\.5 .*: use at='value'"):
            sc.riemann_sum(f, X, 0.5)
        assert sc.riemann_sum(f, X, 0.5, at="value").shape == (PATHS,)


def test_paths_that_do_not_fit_are_refused_and_both_are_named():
    for call, message in {
        lambda: sc.ito(f, W[0], against=W[0].coarsen(2)): (
            "against is on 7 times from 0 to 2 and W on 13 times from 0 to 2"
        ),
        lambda: sc.ito(SOLUTION.component(0), W[0].coarsen(2)): "f is on 13 times .* W on 7 times",
        lambda: sc.ito(f, W[0], against=W.values): (
            r"against has shape \(300, 13, 2\): an array of values must have .*\(300, 13\)"
        ),
        lambda: sc.ito(f, W): r"W has dim=2: one component is needed, such as W\[0\]",
        lambda: sc.ito(f, W[0], against=SOLUTION): r"against\.component\(0\)",
        lambda: sc.ito(W, W[0]): r"f has dim=2: .* f\[0\]",
        lambda: sc.ito(f, (GRID.times, W.values[0, :, 0]), against=W[0]): (
            "against has 300 paths and W has 1"
        ),
    }.items():
        with pytest.raises(ValueError, match=message):
            call()


def test_paths_that_left_the_finite_range_are_reported():
    values = np.array(SOLUTION.x[..., 0])
    values[3, 5:] = np.inf
    broken = type("Broken", (), {"t": GRID.times, "values": values})()
    with pytest.warns(RuntimeWarning, match="1 of 300 sums"):
        sums = sc.ito(identity, broken)
    assert np.flatnonzero(~np.isfinite(sums)).tolist() == [3]
