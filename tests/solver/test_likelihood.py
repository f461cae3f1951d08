"""path_log_likelihood: the density of paths under an equation, step by step."""

from __future__ import annotations

import math

import numpy as np
import pytest
from evidence import assert_mean, must_reject
from refusals import refused, wrong_type, wrong_value
from scipy.stats import multivariate_normal, norm
from small_equations import pair

import stochcalc as sc


def cosine(t, x):
    return math.cos(x) - t


def bump(t, x):
    return 0.5 + 0.1 * x * x


def of_arrays(t, x):
    return np.stack((x[1], -x[0]))


def spread_of_arrays(t, x):
    return np.stack((0.3 + t + 0.0 * x[0], 0.2 + x[1] * x[1]))


@pytest.mark.parametrize("on_arrays", [False, True])
def test_the_likelihood_of_a_number_is_a_product_of_normal_densities(rng_seed, on_arrays):
    a = (lambda t, x: np.cos(x) - t) if on_arrays else cosine
    sde = sc.SDE(a, bump, vectorized=on_arrays)
    W = sc.brownian(partition=sc.Partition.random(2.0, 9, rng=rng_seed), paths=5, rng=rng_seed)
    sol = sc.solve(sde, 1.0, noise=W)
    h = np.diff(sol.t)
    x, y = sol.x[:, :-1], sol.x[:, 1:]
    due = norm.logpdf(y, x + (np.cos(x) - sol.t[:-1]) * h, bump(0, x) * np.sqrt(h)).sum(axis=1)
    np.testing.assert_allclose(sc.path_log_likelihood(sde, sol), due, rtol=1e-12)
    one = sc.path_log_likelihood(sde, (sol.t, sol.x[3]))
    np.testing.assert_allclose(one, due[3:4], rtol=1e-12)


SYSTEMS = {
    "diagonal": (pair, lambda t, x: (0.3 + t, 0.2 + x[1] ** 2), "diagonal", False),
    "additive rows": (pair, lambda t, x: ((0.3, 0.1), (0.0, 0.4)), "additive", False),
    "three noises": (
        pair,
        lambda t, x: ((0.3, 0.2 * x[0], 0.1), (0.1 * x[1], 0.5, 0.0)),
        "general",
        False,
    ),
    "arrays": (of_arrays, spread_of_arrays, "diagonal", True),
}


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_likelihood_of_a_system_is_a_product_of_normal_densities(rng_seed, name):
    a, b, noise, on_arrays = SYSTEMS[name]
    sde = sc.SDE(a, b, noise=noise, vectorized=on_arrays)
    sol = sc.solve(sde, (1.0, 0.5), n=7, paths=3, rng=rng_seed)
    due = np.zeros(3)
    for path in range(3):
        for k in range(7):
            x = sol.x[path, k]
            rows = np.array(b(sol.t[k], x))
            if rows.ndim == 1:
                rows = np.diag(rows)
            mean = x + np.array(pair(0.0, x)) / 7
            due[path] += multivariate_normal.logpdf(sol.x[path, k + 1], mean, rows @ rows.T / 7)
    np.testing.assert_allclose(sc.path_log_likelihood(sde, sol), due, rtol=1e-11)


def test_a_stratonovich_equation_has_the_likelihood_of_its_ito_form(rng_seed):
    slope = {"diffusion_dx": lambda t, x: 0.2 * x}
    strat = sc.SDE(cosine, bump, lam=0.5, **slope)
    ito = sc.SDE(lambda t, x: cosine(t, x) + 0.5 * bump(t, x) * 0.2 * x, bump)
    sol = sc.solve(ito, 1.0, n=9, paths=4, rng=rng_seed)
    due = sc.path_log_likelihood(ito, sol)
    np.testing.assert_allclose(sc.path_log_likelihood(strat, sol), due, rtol=1e-12)


def test_the_ratio_of_two_likelihoods_of_a_path_is_girsanovs_weight(rng_seed):
    pulled = sc.SDE(lambda t, x: -x, bump)
    sol = sc.solve(
        pulled,
        1.0,
        n=10,
        paths=200,
        rng=rng_seed,
        girsanov=lambda t, x: (math.cos(x) - t + x) / (0.5 + 0.1 * x * x),
    )
    ratio = sc.path_log_likelihood(sc.SDE(cosine, bump), sol) - sc.path_log_likelihood(pulled, sol)
    np.testing.assert_allclose(sol.log_weight[:, -1], ratio, rtol=1e-10, atol=1e-11)


def test_the_score_of_the_likelihood_has_mean_0_at_the_true_pull(rng_seed):
    """E d/dk log L = 0 at the k of the scheme, and not at another one."""
    k, eps = 1.5, 1e-4
    seen = sc.solve(sc.models.ou(k, 0.0, 1.0), 1.0, 4.0, n=40, paths=4000, rng=rng_seed)

    def slope(pull):
        above = sc.path_log_likelihood(sc.models.ou(pull + eps, 0.0, 1.0), seen)
        below = sc.path_log_likelihood(sc.models.ou(pull - eps, 0.0, 1.0), seen)
        return (above - below) / (2 * eps)

    assert_mean(slope(k), 0.0)
    with must_reject("another pull"):
        assert_mean(slope(2.5), 0.0)


SDE = sc.SDE(cosine, bump)
T = np.linspace(0.0, 1.0, 5)

BAD = {
    "no equation": wrong_type(
        lambda: sc.path_log_likelihood(cosine, (T, T)), r"sde=.*must be an SDE"
    ),
    "no paths": wrong_type(lambda: sc.path_log_likelihood(SDE, 3.0), r"x=3 must be .*pair"),
    "one time": wrong_value(lambda: sc.path_log_likelihood(SDE, ([0.0], [1.0])), r"x"),
    "not as many": wrong_value(lambda: sc.path_log_likelihood(SDE, (T, T[:3])), r"x"),
    "nan": wrong_value(
        lambda: sc.path_log_likelihood(SDE, (T, T * np.nan)), r"x: values\[0\]=nan must be finite"
    ),
    "times backwards": wrong_value(lambda: sc.path_log_likelihood(SDE, (T[::-1], T)), r"x"),
    "two components": wrong_type(
        lambda: sc.path_log_likelihood(SDE, (T, np.ones((3, 5, 2)))),
        r"drift\(0, \(1\.0, 1\.0\)\) fails: .*a system gets x\[0\]",
    ),
    "no noise at a point": wrong_value(
        lambda: sc.path_log_likelihood(sc.SDE(cosine, lambda t, x: x), (T, T)),
        r"the step from x=0\.0 at t=0 of path 0 has no finite density: the diffusion must not van",
    ),
    "one noise for two": wrong_value(
        lambda: sc.path_log_likelihood(
            sc.SDE(pair, lambda t, x: (0.3, 0.2), noise="scalar"), (T, np.ones((3, 5, 2)))
        ),
        r"x has 2 components and the equation 1 noise: .*give every component a noise of its own",
    ),
    "parallel noises": wrong_value(
        lambda: sc.path_log_likelihood(
            sc.SDE(pair, lambda t, x: ((0.3, 0.6), (0.1, 0.2)), noise="general"),
            (T, np.ones((3, 5, 2))),
        ),
        r"has no finite density",
    ),
    "no derivative": wrong_value(
        lambda: sc.path_log_likelihood(sc.SDE(cosine, bump, lam=0.5), (T, T)), r"diffusion_dx"
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_paths_without_a_likelihood_are_refused(name):
    refused(BAD[name])
