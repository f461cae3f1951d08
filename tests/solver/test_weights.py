"""solve(girsanov=) and solve(killing=): weights of paths, along every route and save mode."""

from __future__ import annotations

import math
import pickle
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest
from evidence import assert_mean, assert_same_bits, must_reject, sample_size
from nights import mostly_at_night
from scipy.stats import norm
from small_equations import one, pair

import stochcalc as sc


def still(t, x):
    return 0.0


MOTION = sc.SDE(still, one)


def half(t, x):
    return 0.5


def back(t, x):
    return -x


def squared(t, x):
    return 0.5 * x * x


def weigh_by_hand(x, dW, h, u=None, V=None):
    """log Z at all grid times, from paths (paths, n + 1[, dim]) and values at them."""
    gain = np.zeros((len(x), len(h)))
    if u is not None:
        gain += (u[:, :-1] * dW).sum(axis=-1) - 0.5 * (u[:, :-1] ** 2).sum(axis=-1) * h
    if V is not None:
        gain -= 0.5 * (V[:, 1:] + V[:, :-1]) * h
    return np.hstack([np.zeros((len(x), 1)), np.cumsum(gain, axis=1)])


EQUATIONS = {
    "a number": (sc.SDE(lambda t, x: -x, half), 1.0, lambda t, x: math.sin(x) + t),
    "with parameters": (
        sc.models.ou(2.0, 0.5, 1.0),
        0.3,
        lambda t, x, theta, mu, sigma: theta * x - mu,
    ),
    "parameters left out": (sc.models.gbm(0.1, 0.5), 1.0, lambda t, x: 1.0 - x),
}


@pytest.mark.parametrize(
    ("name", "method"),
    mostly_at_night(
        [(name, method) for name in EQUATIONS for method in ("euler_maruyama", "sra1", "exact")],
        always=lambda case: case[1] == "euler_maruyama",
    ),
)
def test_the_weight_of_a_number_is_its_sum_along_the_path(rng_seed, name, method):
    sde, x0, u = EQUATIONS[name]
    if method != "euler_maruyama" and name != "with parameters":
        method = "heun" if sde.noise == "additive" else "tamed_euler"
    W = sc.brownian(partition=sc.Partition.random(2.0, 17, rng=rng_seed), paths=300, rng=rng_seed)
    sol = sc.solve(sde, x0, noise=W, method=method, girsanov=u, killing=squared)
    args = sde.args if name == "with parameters" else ()
    values = np.vectorize(lambda t, x: u(t, x, *args))(W.t, sol.x)[..., None]
    rates = 0.5 * sol.x**2
    due = weigh_by_hand(sol.x, W.increments[..., None], W.partition.steps, values, rates)
    np.testing.assert_allclose(sol.log_weight, due, rtol=1e-12, atol=1e-13)
    plain = sc.solve(sde, x0, noise=W, method=method)
    assert_same_bits(sol.x, plain.x)


SYSTEMS = {
    "diagonal": (lambda t, x: (0.3 * x[0], 0.2), "diagonal", "euler_maruyama", 2),
    "one noise": (lambda t, x: (0.3, 0.2 * x[1]), "scalar", "euler_maruyama", 0),
    "three noises": (
        lambda t, x: ((0.3, 0.2 * x[0], 0.1), (0.1 * x[1], 0.5, 0.0)),
        "general",
        "sri2",
        3,
    ),
    "additive": (lambda t, x: (0.3, 0.4), "additive", "sra1", 2),
}


def kernel(size):
    """u(t, x) of a system, for so many noises, and the same on arrays (paths, times, dim)."""
    if size == 0:
        return lambda t, x: x[0] - t, lambda t, x: (x[..., 0] - t)[..., None]
    if size == 2:
        return lambda t, x: (x[1], -t), lambda t, x: np.stack([x[..., 1], -t + 0 * x[..., 1]], -1)
    return (
        lambda t, x: (x[1], -t, 0.25),
        lambda t, x: np.stack([x[..., 1], -t + 0 * x[..., 1], 0.25 + 0 * x[..., 1]], -1),
    )


@pytest.mark.parametrize(
    "name", mostly_at_night(SYSTEMS, always=lambda name: name == "three noises")
)
def test_the_weight_of_a_system_is_its_sum_along_the_path(rng_seed, name):
    b, noise, method, size = SYSTEMS[name]
    sde = sc.SDE(pair, b, noise=noise)
    u, of_arrays = kernel(size)
    how = {"T": 1.0, "n": 12, "paths": 300, "method": method, "rng": rng_seed}
    sol = sc.solve(sde, (1.0, 0.5), girsanov=u, killing=lambda t, x: x[0] ** 2 + t, **how)
    W = sc.brownian(T=1.0, n=12, paths=300, dim=max(size, 1), rng=rng_seed)
    dW = W.increments.reshape(300, 12, -1)
    rates = sol.x[..., 0] ** 2 + sol.t
    due = weigh_by_hand(sol.x, dW, W.partition.steps, of_arrays(sol.t, sol.x), rates)
    np.testing.assert_allclose(sol.log_weight, due, rtol=1e-12, atol=1e-13)
    assert_same_bits(sol.x, sc.solve(sde, (1.0, 0.5), **how).x)


def test_functions_of_arrays_and_those_that_numba_refuses_have_the_same_weights(rng_seed):
    how = {"T": 1.0, "n": 9, "paths": 300, "rng": rng_seed}
    sde = sc.SDE(pair, lambda t, x: (0.3, 0.4))
    due = sc.solve(
        sde,
        (1.0, 0.5),
        girsanov=lambda t, x: (x[1], -0.5),
        killing=lambda t, x: x[0] * x[0],
        **how,
    )
    rows = sc.SDE(
        lambda t, x: np.stack([x[1], -x[0]]), lambda t, x: np.array([0.3, 0.4]), vectorized=True
    )
    arrays = sc.solve(
        rows, (1.0, 0.5), girsanov=lambda t, x: (x[1], -0.5), killing=lambda t, x: x[0] ** 2, **how
    )
    table = {"shift": -0.5}
    with pytest.warns(RuntimeWarning, match="slower than compiled"):
        plain = sc.solve(
            sde,
            (1.0, 0.5),
            girsanov=lambda t, x: (x[1], dict(table)["shift"]),
            killing=lambda t, x: x[0] * x[0],
            **how,
        )
    for other in (arrays, plain):
        np.testing.assert_allclose(other.log_weight, due.log_weight, rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(other.x, due.x, rtol=1e-12, atol=1e-13)
    assert arrays.info["route"] == plain.info["route"] == "numpy"
    stats = sc.solve(rows, (1.0, 0.5), girsanov=lambda t, x: (x[1], -0.5), save="stats", **how)
    kept = sc.solve(rows, (1.0, 0.5), girsanov=lambda t, x: (x[1], -0.5), **how)
    assert_same_bits(stats.weighted_moments.mean, kept.weighted_moments.mean)


def test_the_bits_do_not_depend_on_threads_processes_or_what_is_saved(rng_seed):
    how = {"T": 1.0, "n": 20, "paths": 3000, "rng": rng_seed, "girsanov": back, "killing": squared}
    sde = sc.SDE(still, half)
    sol = sc.solve(sde, 0.0, workers=1, **how)
    two = sc.solve(sde, 0.0, workers=2, **how)
    with ProcessPoolExecutor(1) as pool:
        elsewhere = sc.solve(sde, 0.0, executor=pool, **how)
    assert_same_bits(sol.log_weight, two.log_weight, elsewhere.log_weight)
    last = sc.solve(sde, 0.0, save="last", **how)
    some = sc.solve(sde, 0.0, save=[0.25, 0.5], **how)
    assert_same_bits(sol.log_weight[:, -1:], last.log_weight)
    assert_same_bits(sol.log_weight[:, [5, 10]], some.log_weight)
    again = pickle.loads(pickle.dumps(sol))
    assert_same_bits(again.log_weight, sol.log_weight)
    assert_same_bits(sol.replay(700).log_weight, sol.log_weight[700:701])
    stats = sc.solve(sde, 0.0, save="stats", **how)
    assert_same_bits(stats.mean, sol.mean)
    np.testing.assert_allclose(stats.weight_moments.mean, sol.weight_moments.mean, rtol=1e-13)
    np.testing.assert_allclose(stats.weighted_moments.var, sol.weighted_moments.var, rtol=1e-12)
    assert stats.effective_sample_size == pytest.approx(sol.effective_sample_size, rel=1e-12)
    z = np.exp(sol.log_weight[:, -1])
    assert sol.effective_sample_size == pytest.approx(z.sum() ** 2 / (z**2).sum(), rel=1e-12)


@pytest.mark.parametrize(
    "method",
    mostly_at_night(["euler_maruyama", "milstein", "heun"], always=lambda name: name == "heun"),
)
def test_weighted_paths_have_the_law_of_the_scheme_with_the_other_drift(rng_seed, method):
    """E Z f(X) is E f(Y) at four steps, for Y driven by dW + u dt; f(x) = x and f(x) = x^2.

    The mean of Y is found by Gauss-Hermite quadrature of each step, in a chain of polynomials:
    linear noise and a constant u keep moments of every order in a closed recursion."""
    a, b, u, h, n = 0.3, 0.5, 0.8, 0.25, 4
    lam = {"heun": 0.5}.get(method, 0.0)
    sde = sc.SDE(lambda t, x: 0.3 * x, lambda t, x: 0.5 * x, diffusion_dx=lambda t, x: 0.5, lam=lam)
    sol = sc.solve(
        sde,
        1.0,
        1.0,
        n=n,
        paths=sample_size(60_000),
        save="last",
        rng=rng_seed,
        method=method,
        girsanov=lambda t, x: 0.8,
    )
    z, weights = np.polynomial.hermite_e.hermegauss(20)
    weights = weights / weights.sum()
    dW = math.sqrt(h) * z + u * h
    factor = 1 + a * h + b * dW  # of Euler's step
    if method == "milstein":
        factor = factor + 0.5 * b * b * (dW * dW - h)
    if method == "heun":
        move = a * h + b * dW
        factor = 1 + move + 0.5 * move * move
    for power in (1, 2):
        due = (weights @ factor**power) ** n
        found = sol.weighted_mean(lambda x, power=power: x**power)
        assert_mean(found, due, what=f"E Z X^{power}")
        with must_reject("no weight"):
            assert_mean(sol.x[:, 0] ** power, due)


def test_a_constant_drift_and_a_constant_rate_have_their_closed_forms(rng_seed):
    sol = sc.solve(
        MOTION,
        0.0,
        2.0,
        n=5,
        paths=sample_size(100_000),
        save="stats",
        rng=rng_seed,
        girsanov=lambda t, x: 0.7,
        killing=lambda t, x: 0.3,
    )
    alive = math.exp(-0.6)
    assert_mean(sol.weight_moments[-1], alive)
    assert_mean(sol.weighted_moments[-1], alive * 0.7 * 2.0)
    # Z is log-normal: E Z^2 = (E Z)^2 exp(u^2 T)
    moments = sol.weight_moments[-1]
    assert_mean(moments.mean_square(about=0.0), alive**2 * math.exp(0.98))
    how = {"n": 5, "paths": 100_000, "save": "last", "rng": rng_seed}
    stored = sc.solve(MOTION, 0.0, 2.0, girsanov=lambda t, x: 0.7, **how)
    beyond = norm.sf(2.0, 1.4, math.sqrt(2.0))
    for normalized in (False, True):
        assert_mean(stored.weighted_mean(lambda x: x > 2.0, normalized=normalized), beyond)


def test_the_share_of_paths_that_live_is_the_determinant_of_the_trapezoids(rng_seed):
    n, c = 8, 2.0
    sol = sc.solve(
        MOTION,
        0.0,
        n=n,
        paths=sample_size(100_000),
        save="stats",
        rng=rng_seed,
        killing=lambda t, x: 2.0 * x * x,
    )
    t = np.arange(1, n + 1) / n
    steps = np.full(n, 1 / n)
    steps[-1] /= 2
    due = np.linalg.det(np.eye(n) + c * c * np.minimum(t[:, None], t) * steps) ** -0.5
    assert_mean(sol.weight_moments[-1], due)
    left = np.full(n, 1 / n)
    left[-1] = 0.0
    wrong = np.linalg.det(np.eye(n) + c * c * np.minimum(t[:, None], t) * left) ** -0.5
    with must_reject("left sums"):
        assert_mean(sol.weight_moments[-1], wrong)


def test_a_solution_shows_its_weights(rng_seed):
    sol = sc.solve(MOTION, 0.0, n=4, paths=500, rng=rng_seed, girsanov=lambda t, x: 0.5)
    assert "mean weight" in str(sol) and "effective sample size" in str(sol)
    assert "effective sample size" in sol._repr_html_()
    stats = sc.solve(
        MOTION, 0.0, n=4, paths=500, rng=rng_seed, save="stats", girsanov=lambda t, x: 0.5
    )
    assert str(stats.weighted_mean()) == str(stats.weighted_moments[-1].estimate())
