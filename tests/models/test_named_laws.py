"""The named equations beyond gbm and ou, in law: moments, invariant densities, and the noise that
each one takes.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from evidence import assert_law, assert_mean, assert_same_bits, must_reject
from scipy import integrate, special, stats

import stochcalc as sc

models = sc.models
GRID = sc.Partition([0.0, 0.3, 0.4, 0.9])
PATHS = 200_000
COMMUTING = models.linear_commuting(-0.5, 2.0, 0.3, -0.1, 0.2, 0.4)
NONCOMMUTING = models.linear_noncommuting(
    [[-1.0, 0.2], [0.0, -0.5]], [[0.5, 0.0], [0.0, -0.5]], [[0.0, 0.5], [0.3, 0.0]]
)


# ---- functions of the motion


def test_sinh_and_arctan_have_their_laws(rng_seed):
    W = sc.brownian(partition=GRID, paths=PATHS, rng=rng_seed)
    t = W.t[1:]
    model, X = models.sinh(0.7, 0.5), models.sinh(0.7, 0.5).exact(W, -0.4)[:, 1:]
    assert_mean(X, model.mean(t, -0.4), sigmas=7, detects=0.02)
    assert_mean((X - model.mean(t, -0.4)) ** 2, model.var(t, -0.4), sigmas=7, detects=0.05)
    with must_reject("the mean without Ito's correction"):
        assert_mean(X[:, -1], math.sinh(0.63 + math.asinh(-0.4)))
    Y = models.arctan(0.6).exact(W, 0.8)[:, -1]
    assert_law(np.tan(Y), stats.norm(math.tan(0.8), 0.6 * math.sqrt(0.9)), 1e-11, detects=0.02)
    with must_reject("noise of the angle itself"):
        assert_law(Y, stats.norm(0.8, 0.6 * math.cos(0.8) ** 2 * math.sqrt(0.9)))


# ---- invariant densities

SETTLED = {
    "double_well": models.double_well(0.6),
    "cubic": models.cubic(1.3),
    "cir": models.cir(2.0, 0.5, 1.2),
    "cold well": models.double_well(0.2),
    "cir at Feller's bound": models.cir(1.0, 0.5, 1.0),
}


@pytest.mark.parametrize("name", SETTLED)
def test_the_invariant_density_is_one_and_carries_no_flux(name):
    model = SETTLED[name]
    low, high = (0.0, 12.0) if name.startswith("cir") else (-4.0, 4.0)
    total, _ = integrate.quad(
        model.invariant, low, high, points=[-1.0, 0.0, 1.0], epsabs=1e-12, limit=400
    )
    assert total == pytest.approx(1.0, abs=1e-8)
    x, h = np.linspace(0.3, 1.4, 12), 1e-5
    drift = [model.drift(0.0, float(y), *model.args) for y in x]

    def half_square(points):
        return np.array(
            [0.5 * model.diffusion(0.0, float(y), *model.args) ** 2 for y in points]
        ) * model.invariant(points)

    flux = drift * model.invariant(x) - (half_square(x + h) - half_square(x - h)) / (2.0 * h)
    np.testing.assert_allclose(flux, 0.0, atol=1e-7)
    if name.startswith("cir"):
        np.testing.assert_array_equal(model.invariant([-1.0, -1e-9]), 0.0)


def test_the_invariant_density_of_the_cubic_drift_has_its_second_moment():
    for sigma in (1.0, 0.3):
        density = models.cubic(sigma).invariant
        square = 2.0 * integrate.quad(lambda x: x * x * density(x), 0.0, 5.0)[0]  # noqa: B023
        assert square == pytest.approx(
            math.sqrt(2.0) * sigma * special.gamma(0.75) / special.gamma(0.25), rel=1e-8
        )
        assert square == pytest.approx(0.47799 * sigma, rel=1e-5)


@pytest.mark.parametrize("name", ["double_well", "cubic"])
def test_paths_that_start_in_the_invariant_density_stay_in_it(rng_seed, name):
    model, x = SETTLED[name], np.linspace(-3.0, 3.0, 20_001)
    cdf = integrate.cumulative_simpson(model.invariant(x), x=x, initial=0.0)
    starts = np.interp(np.random.default_rng(rng_seed).random(PATHS), cdf / cdf[-1], x)
    X = sc.solve(
        model, starts, 1.0, n=64, paths=PATHS, starts=True, method="sra1", save="last", rng=rng_seed
    ).x[:, 0]
    assert np.mean(np.abs(X - starts)) > 0.2  # they have moved
    assert_law(X, lambda y: np.interp(y, x, cdf / cdf[-1]), 1e-11, detects=0.02)
    warmer = type(model)(
        name, model.drift, model.diffusion, args=(1.3 * model.args[0],), noise="additive"
    )
    hot = sc.solve(
        warmer,
        starts,
        1.0,
        n=64,
        paths=PATHS,
        starts=True,
        method="sra1",
        save="last",
        rng=rng_seed,
    ).x[:, 0]
    with must_reject("noise too strong by three tenths"):
        assert_law(hot, lambda y: np.interp(y, x, cdf / cdf[-1]), 1e-11)


# ---- the square-root process


@pytest.mark.parametrize("sigma, x0", [(0.6, 1.0), (1.5, 0.02), (2.5, 0.0)])
def test_cir_is_sampled_from_its_law(rng_seed, sigma, x0):
    kappa, theta, t = 2.0, 0.5, np.array([0.2, 0.7])
    model = models.cir(kappa, theta, sigma)
    X = model.sample([0.0, *t], PATHS, x0, rng_seed)
    assert X.shape == (PATHS, 3) and np.all(X[:, 0] == x0) and np.all(X >= 0.0)
    assert_same_bits(
        model.sample([0.2], PATHS, x0, rng_seed)[:, 0],
        model.sample(0.2, PATHS, x0, rng_seed),
        X[:, 1],
    )
    mean, var, decay = model.mean(t, x0), model.var(t, x0), np.exp(-kappa * t)
    np.testing.assert_allclose(mean, theta + (x0 - theta) * decay, rtol=1e-13)
    np.testing.assert_allclose(
        var, sigma**2 / kappa * (x0 * (decay - decay**2) + theta / 2 * (1 - decay) ** 2), rtol=1e-12
    )
    assert_mean(X[:, 1:], mean, sigmas=7, detects=0.05)
    assert_mean((X[:, 1:] - mean) ** 2, var, sigmas=7, detects=0.3)
    assert_mean(
        (X[:, 1] - mean[0]) * (X[:, 2] - mean[1]), math.exp(-kappa * 0.5) * var[0], sigmas=7
    )
    c = sigma**2 * (1 - decay[1]) / (4 * kappa)
    df, nc = 4 * kappa * theta / sigma**2, x0 * decay[1] / c
    assert_law(
        X[:, 2],
        lambda y: stats.ncx2.cdf(y / c, df, nc) if nc else stats.chi2.cdf(y / c, df),
        1e-11,
        detects=0.02,
    )
    with must_reject("chi-squared with one more degree of freedom"):
        assert_law(X[:, 2], lambda y: stats.chi2.cdf(y / c, df + 1.0))


def test_cir_settles_in_the_gamma_law(rng_seed):
    model = models.cir(2.0, 0.5, 1.5)
    X = model.sample(20.0, PATHS, 3.0, rng_seed)
    law = stats.gamma(2.0 / 2.25, scale=2.25 / 4.0)
    np.testing.assert_allclose(
        model.invariant([0.01, 0.5, 3.0]), law.pdf([0.01, 0.5, 3.0]), rtol=1e-12
    )
    assert_law(X, law, 1e-11, detects=0.02)
    with must_reject("the normal law of the same moments"):
        assert_law(X, stats.norm(law.mean(), law.std()))


def test_solving_cir_is_euler_with_full_truncation(rng_seed):
    kappa, theta, sigma, h = 1.0, 0.1, 1.5, 0.05  # far below Feller's condition
    W = sc.brownian(1.0, 20, paths=2000, rng=rng_seed)
    X, x = sc.solve(models.cir(kappa, theta, sigma), 0.1, noise=W).x, np.full(2000, 0.1)
    for k in range(20):
        np.testing.assert_allclose(X[:, k], x, rtol=1e-9, atol=1e-12)
        x = (
            x
            + kappa * (theta - np.maximum(x, 0.0)) * h
            + sigma * np.sqrt(np.maximum(x, 0.0)) * W.increments[:, k]
        )
    below = X[:, :-1] < 0.0
    assert 0.1 < below.mean() < 0.9
    np.testing.assert_allclose((X[:, 1:] - X[:, :-1])[below], kappa * theta * h, rtol=1e-9)
    assert sc.solve(models.cir(kappa, theta, sigma), 0.1, noise=W, method="milstein").nonfinite == 0


# ---- systems


def test_the_commuting_system_has_its_moments(rng_seed):
    W = sc.brownian(partition=GRID, paths=PATHS, dim=2, rng=rng_seed)
    X, t = COMMUTING.exact(W, (1.0, 0.5))[:, 1:], W.t[1:]
    mean, var = COMMUTING.mean(t, (1.0, 0.5)), COMMUTING.var(t, (1.0, 0.5))
    z = (1.0 + 0.5j) * np.exp((-0.5 + 2.0j) * t)
    np.testing.assert_allclose(mean, np.stack([z.real, z.imag], axis=1), rtol=1e-13)
    assert_mean(X, mean, sigmas=7, detects=0.02)
    assert_mean((X - mean) ** 2, var, sigmas=7, detects=0.02)
    squares = models.linear_noncommuting(
        [[-0.5, -2.0], [2.0, -0.5]], [[0.3, 0.1], [-0.1, 0.3]], [[0.2, -0.4], [0.4, 0.2]]
    )
    np.testing.assert_allclose(squares.var(t, (1.0, 0.5)), var, rtol=1e-12)
    wrong = z * np.exp(((0.3 - 0.1j) ** 2 + (0.2 + 0.4j) ** 2) / 2 * t)
    with must_reject("the mean of the Stratonovich reading"):
        assert_mean(X[:, -1, 1], wrong.imag[-1])


def test_the_noncommuting_system_has_its_moments(rng_seed):
    A, B1, B2 = NONCOMMUTING.matrices
    x0, t = np.array([1.0, -0.5]), np.array([0.3, 0.9])
    M, h = NONCOMMUTING.second_moment(t, x0), 1e-5
    slope = (NONCOMMUTING.second_moment(t + h, x0) - NONCOMMUTING.second_moment(t - h, x0)) / (
        2 * h
    )
    np.testing.assert_allclose(slope, A @ M + M @ A.T + B1 @ M @ B1.T + B2 @ M @ B2.T, rtol=1e-8)
    np.testing.assert_array_equal(NONCOMMUTING.second_moment(0.0, x0), np.outer(x0, x0))
    mean, var = NONCOMMUTING.mean(1.0, x0), NONCOMMUTING.var(1.0, x0)
    series = sum(np.linalg.matrix_power(A, k) @ x0 / math.factorial(k) for k in range(25))
    np.testing.assert_allclose(mean, series, rtol=1e-12)
    X = sc.solve(
        NONCOMMUTING, x0, 1.0, n=64, paths=PATHS, method="weak2", save="last", rng=rng_seed
    ).x[:, 0]
    assert_mean(
        X, mean, sigmas=7, detects=0.01
    )  # the weak error of 64 steps is a small part of a standard error
    assert_mean((X - mean) ** 2, var, sigmas=7, detects=0.01)
    with must_reject("a single noise"):
        assert_mean(
            (X - mean) ** 2, models.linear_noncommuting(A, B1, np.zeros((2, 2))).var(1.0, x0)
        )
    with pytest.raises(ValueError, match="do not commute"):
        sc.solve(
            sc.SDE(
                NONCOMMUTING.drift,
                NONCOMMUTING.diffusion,
                noise="commuting",
                args=NONCOMMUTING.args,
            ),
            x0,
            1.0,
            n=2,
        )


def test_clark_and_cameron_need_the_area(rng_seed):
    n, h, x0 = 16, 1.0 / 16, (0.6, -0.2)
    model, W = models.clark_cameron(), sc.brownian(1.0, 16, paths=PATHS, dim=2, rng=rng_seed)
    X = model.exact(W, x0)
    np.testing.assert_allclose(X[..., 0], 0.6 + W.values[..., 0], atol=1e-13)
    assert_mean(X[:, [4, -1]], np.array([x0, x0]), sigmas=7, detects=0.03)
    assert_mean((X[:, [4, -1]] - x0) ** 2, model.var([0.25, 1.0], x0), sigmas=7, detects=0.1)
    integral = (
        X[:, -1, 1] - x0[1] - x0[0] * W.values[:, -1, 1]
    )  # int W_1 dW_2, normal given W_1 with variance int W_1^2
    for u in (0.5, 2.0):
        assert_mean(np.cos(u * integral), math.cosh(u) ** -0.5, sigmas=7, detects=0.02)
    with must_reject("the area left out"):
        assert_mean((0.5 * W.values[:, -1, 0] * W.values[:, -1, 1]) ** 2, 0.5)
    by_area = sc.solve(model, x0, noise=W, method="sri2").x
    np.testing.assert_allclose(by_area, X, atol=1e-12)
    euler = sc.solve(model, x0, noise=W, save="last").x[:, 0]
    assert_mean((euler[:, 1] - X[:, -1, 1]) ** 2, n * h * h / 2, sigmas=7, detects=0.005)


def test_lorenz_is_the_equation_of_the_book_with_a_noise_of_its_own_in_each_component(rng_seed):
    x0 = (1.0, 2.0, 20.0)
    W = sc.brownian(0.01, 1, paths=PATHS, dim=3, rng=rng_seed)
    X = sc.solve(models.lorenz(), x0, noise=W, save="last").x[:, 0]
    x, y, z = x0
    after = np.array(x0) + 0.01 * np.array([10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z])
    np.testing.assert_allclose(X, after + 0.1 * np.array(x0) * W.values[:, 1], rtol=1e-13)
    off = (X - after) / (0.1 * np.array(x0) * 0.1)
    assert_mean(off**2, 1.0, sigmas=7, detects=0.05)
    assert_mean(off * off[:, [1, 2, 0]], 0.0, sigmas=7, detects=0.03)
    with must_reject("one motion for all components"):
        assert_mean(off * off[:, [0, 0, 0]], np.ones(3))
