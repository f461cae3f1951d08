"""The mean-square error of R(P, lambda) for f = w: a closed form on every partition, in both
readings.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from evidence import assert_mean, must_reject, sample_size

import stochcalc as sc

w_itself = lambda t, w: w
LAMBDAS = (0.0, 0.25, 0.5, 0.75, 1.0)
GRIDS = {
    "uniform": sc.Partition.uniform(1.0, 16),
    "graded": sc.Partition.graded(2.0, 12, 2.0),
    "random": sc.Partition.random(1.0, 10, rng=5),
}
PATHS = 100_000


def closed_form(at: str, lam: float, D: np.ndarray) -> tuple[float, float]:
    """Mean square of R - limit, and the variance of its square, 2 v^2 + kappa_4.

    The error is a sum of independent (U^2 - V^2)/2 - (lam - 1/2) D with Var U = lam D, Var V = (1 -
    lam) D at the time point, of (lam - 1/2)(dW^2 - D) for the blend; the fourth cumulant of Z^2 is
    48."""
    if at == "time":
        v = 0.5 * (lam**2 + (1 - lam) ** 2) * np.sum(D**2)
        fourth = 3 * (lam**4 + (1 - lam) ** 4) * np.sum(D**4)
    else:
        v, fourth = 2 * (lam - 0.5) ** 2 * np.sum(D**2), 48 * (lam - 0.5) ** 4 * np.sum(D**4)
    return v, 2 * v * v + fourth


def mean_with(mean: float, variance: float) -> SimpleNamespace:
    """A mean whose variance is known, as a record."""
    return SimpleNamespace(mean=mean, stderr=np.sqrt(variance))


def errors(W: sc.BrownianPaths, lam: float, at: str) -> np.ndarray:
    end = W.values[:, -1]
    return sc.riemann_sum(w_itself, W, lam, at=at) - 0.5 * end**2 - (lam - 0.5) * (W.t[-1] - W.t[0])


@pytest.mark.parametrize("grid", GRIDS)
@pytest.mark.parametrize("at", ["time", "value"])
def test_the_mean_square_error_is_the_closed_form(rng_seed, grid, at):
    W = sc.brownian(partition=GRIDS[grid], paths=PATHS, rng=rng_seed)
    for lam in LAMBDAS:
        e = errors(W, lam, at)
        v, spread = closed_form(at, lam, W.partition.steps)
        if v == 0.0:
            assert np.max(np.abs(e)) < 1e-13
            continue
        assert_mean(e, 0.0, sigmas=7)
        assert_mean(mean_with(np.mean(e**2), spread / PATHS), v, sigmas=7, detects=0.2 * v)
        other, _ = closed_form("value" if at == "time" else "time", lam, W.partition.steps)
        if other not in (0.0, v):
            with must_reject("the closed form of the other reading"):
                assert_mean(e**2, other)


@pytest.mark.parametrize("at, lam", [("time", 0.0), ("time", 0.5), ("value", 0.25)])
def test_the_streamed_error_at_every_level_is_the_closed_form(rng_seed, at, lam):
    paths = sample_size(300_000)
    study = sc.integral_convergence(
        w_itself, lam=lam, at=at, levels=(2, 3), paths=paths, rng=rng_seed
    )
    (name,) = study.error
    for i, n in enumerate((4, 8)):
        v, spread = closed_form(at, lam, np.full(n, 1 / n))
        assert study.exact[name][i] == pytest.approx(np.sqrt(v), rel=1e-14)
        assert_mean(mean_with(study.error[name][i] ** 2, spread / paths), v, detects=0.1 * v)


def test_an_increment_used_for_two_steps_is_rejected(rng_seed):
    W = sc.brownian(1.0, 16, paths=PATHS, rng=rng_seed)
    dW = np.repeat(W.increments[:, ::2], 2, axis=1)
    X = np.concatenate([np.zeros((PATHS, 1)), np.cumsum(dW, axis=1)], axis=1)
    e = np.sum(X[:, :-1] * dW, axis=1) - 0.5 * X[:, -1] ** 2 + 0.5
    v, _ = closed_form("time", 0.0, W.partition.steps)
    with must_reject("dW reused"):
        assert_mean(e**2, v)
    with must_reject("the sign of the correction"):
        assert_mean(errors(W, 0.0, "time") - 1.0, 0.0)
