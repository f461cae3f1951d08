"""Named equations: their exact paths are the closed forms, and their laws are the laws of those
paths.
"""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from evidence import assert_law, assert_mean, assert_same_bits, must_reject
from scipy import stats

import stochcalc as sc
from stochcalc.laboratory.exact_errors import strong_error

GRID = sc.Partition([0.0, 0.3, 0.4, 1.5])
PATHS = 200_000


@pytest.mark.parametrize(
    "mu, sigma, x0", [(0.05, 0.2, 1.0), (-1.0, 0.8, 3.0), (0.5, 0.0, 1.0), (0.0, 1.0, -2.0)]
)
def test_the_exact_gbm_is_the_closed_form_of_w(rng_seed, mu, sigma, x0):
    W = sc.brownian(partition=GRID, paths=300, rng=rng_seed)
    due = x0 * np.exp((mu - sigma**2 / 2) * W.t + sigma * W.values)
    np.testing.assert_allclose(sc.models.gbm(mu, sigma).exact(W, x0), due, rtol=1e-13)
    S = sc.brownian(partition=GRID, paths=300, key=W.key, store=False)
    assert_same_bits(sc.models.gbm(mu, sigma).exact(W, x0), sc.models.gbm(mu, sigma).exact(S, x0))
    fine = sc.models.gbm(mu, sigma).exact(W.refine(2), x0)
    np.testing.assert_allclose(fine[:, ::2], due, rtol=1e-13)


def test_gbm_has_its_law(rng_seed):
    model = sc.models.gbm(0.3, 0.4)
    W = sc.brownian(partition=GRID, paths=PATHS, rng=rng_seed)
    X = model.exact(W, 2.0)
    assert_mean(X[:, 1:], model.mean(W.t[1:], 2.0), sigmas=7, detects=0.05)
    squares = (X[:, 1:] - model.mean(W.t[1:], 2.0)) ** 2
    assert_mean(squares, model.var(W.t[1:], 2.0), sigmas=7, detects=0.25)
    assert_law(
        np.log(X[:, -1] / 2.0), stats.norm((0.3 - 0.08) * 1.5, 0.4 * np.sqrt(1.5)), detects=0.02
    )
    with must_reject("growth without Ito's correction"):
        assert_mean(np.log(X[:, -1] / 2.0), 0.3 * 1.5)


THETA, MU, SIGMA, X0 = 2.0, 0.5, 0.7, -1.0


def test_the_exact_ou_path_has_its_law_jointly_with_the_motion(rng_seed):
    model = sc.models.ou(THETA, MU, SIGMA)
    W = sc.brownian(partition=GRID, paths=PATHS, rng=rng_seed)
    X, t = model.exact(W, X0), W.t[1:]
    assert np.all(X[:, 0] == X0)
    mean, var = (
        MU + (X0 - MU) * np.exp(-THETA * t),
        SIGMA**2 * (1 - np.exp(-2 * THETA * t)) / (2 * THETA),
    )
    assert_mean(X[:, 1:], mean, sigmas=7, detects=0.02)
    deviation = X[:, 1:] - mean
    assert_mean(deviation**2, var, sigmas=7, detects=0.01)
    assert_mean(
        deviation[:, -1] * W.values[:, -1], SIGMA * (1 - np.exp(-THETA * 1.5)) / THETA, detects=0.02
    )
    # X at the second time and W at the first: only the noise before 0.3, damped over 0.1 more
    assert_mean(
        deviation[:, 1] * W.values[:, 1],
        SIGMA * np.exp(-THETA * 0.1) * (1 - np.exp(-THETA * 0.3)) / THETA,
    )
    assert_mean(deviation[:, 0] * deviation[:, 2], var[0] * np.exp(-THETA * 1.2))
    assert_law(deviation[:, -1] / np.sqrt(var[-1]), stats.norm, detects=0.02)
    with must_reject("a driver of its own"):
        assert_mean(deviation[:, -1] * W.values[:, -1], 0.0)
    with must_reject("the whole spread from dW, no normal beside it"):
        assert_mean(
            (deviation[:, -1] / np.sqrt(var[-1]) - W.values[:, -1] / np.sqrt(1.5)) ** 2, 0.0
        )


def test_given_the_motion_the_exact_ou_step_has_only_the_spread_that_is_left(rng_seed):
    W = sc.brownian(partition=sc.Partition([0.0, 0.8]), paths=PATHS, rng=rng_seed)
    X = sc.models.ou(THETA, MU, SIGMA).exact(W, X0)[:, 1]
    c, v = (1 - np.exp(-THETA * 0.8)) / THETA, (1 - np.exp(-2 * THETA * 0.8)) / (2 * THETA)
    rest = X - MU - (X0 - MU) * np.exp(-THETA * 0.8) - SIGMA * c / 0.8 * W.values[:, 1]
    assert_law(rest / (SIGMA * np.sqrt(v - c * c / 0.8)), stats.norm, detects=0.02)
    assert_mean(rest * W.values[:, 1], 0.0)


@pytest.mark.parametrize("theta", [1e-9, 1e-4, 1e3])
def test_the_exact_ou_path_survives_slow_and_fast_reversion(rng_seed, theta):
    W = sc.brownian(1.0, 4, paths=2000, rng=rng_seed)
    X = sc.models.ou(theta, 0.0, 1.0).exact(W, 0.0)
    assert np.isfinite(X).all()
    if theta < 1e-3:
        np.testing.assert_allclose(X, W.values, atol=10 * theta + 1e-7)
    else:
        assert_mean(X[:, 1:] ** 2, 1 / (2 * theta), sigmas=7)


def test_laws_take_the_shape_of_time_and_start_from_the_start():
    for model in (sc.models.gbm(0.1, 0.2), sc.models.ou(2.0, 0.5, 1.0)):
        assert model.mean(0.0, 3.0) == 3.0 and model.var(0.0, 3.0) == 0.0
        assert isinstance(model.mean(1.0), float) and isinstance(model.var(1), float)
        assert model.mean([0.0, 1.0]).shape == (2,) and model.var(np.ones((2, 3))).shape == (2, 3)
    assert sc.models.gbm(0.1, 0.2).mean(2.0, 3.0) == pytest.approx(3.0 * np.exp(0.2), rel=1e-15)
    assert sc.models.gbm(0.1, 0.2).var(2.0, 3.0) == pytest.approx(
        9 * np.exp(0.4) * (np.exp(0.08) - 1), rel=1e-13
    )
    assert sc.models.ou(2.0, 0.5, 1.0).mean(0.5, 3.0) == pytest.approx(
        0.5 + 2.5 * np.exp(-1.0), rel=1e-15
    )
    assert sc.models.ou(2.0, 0.5, 1.0).var(50.0) == pytest.approx(0.25, rel=1e-15)


def test_a_model_is_an_sde_with_its_derivatives():
    for model, scale in ((sc.models.gbm(0.1, 0.2), 1.0), (sc.models.ou(2.0, 0.5, 1.0), 1.0)):
        assert isinstance(model, sc.SDE)
        for f, df in ((model.drift, model.drift_dx), (model.diffusion, model.diffusion_dx)):
            slope = (f(0.0, 1.5 + 1e-6, *model.args) - f(0.0, 1.5 - 1e-6, *model.args)) / 2e-6
            assert df(0.0, 1.5, *model.args) == pytest.approx(slope * scale, abs=1e-8)
    strat = sc.models.gbm(0.1, 0.2).to_stratonovich()
    assert strat.lam == 0.5 and strat.drift(0.0, 2.0, 0.1, 0.2) == pytest.approx(2.0 * (0.1 - 0.02))


@pytest.mark.parametrize("n", [1, 4, 64, 4096])
def test_the_mean_square_errors_of_euler_are_those_of_fifty_digits(n):
    with mpmath.workdps(50):
        a, b, T = mpmath.mpf("0.5"), mpmath.mpf("0.25"), mpmath.mpf(2)
        h = T / n
        due = (
            ((1 + a * h) ** 2 + b * b * h) ** n
            + mpmath.exp((2 * a + b * b) * T)
            - 2 * (mpmath.exp(a * h) * (1 + a * h + b * b * h)) ** n
        )
        found = strong_error(sc.models.gbm(0.5, 0.25), sc.METHODS["euler_maruyama"], 3.0, 2.0, n)
        assert found == pytest.approx(float(9 * due), rel=1e-7)
        theta, mu, sigma, x0 = mpmath.mpf(2), mpmath.mpf("0.5"), mpmath.mpf("0.75"), mpmath.mpf(1)
        rho, e = 1 - theta * h, mpmath.exp(-theta * h)
        first, second = (1 - e) / theta, (1 - e * e) / (2 * theta)
        due = ((x0 - mu) * (rho**n - e**n)) ** 2 + sigma**2 * sum(
            rho ** (2 * j) * h - 2 * (rho * e) ** j * first + e ** (2 * j) * second
            for j in range(n)
        )
        found = strong_error(
            sc.models.ou(2.0, 0.5, 0.75), sc.METHODS["euler_maruyama"], 1.0, 2.0, n
        )
        assert found == pytest.approx(float(due), rel=1e-7)
