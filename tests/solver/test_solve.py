"""solve: the textbook loop, whatever the noise; the moments of Euler's scheme at finite n; nothing
lost on the way out.
"""

from __future__ import annotations

import numpy as np
import pytest
from evidence import assert_mean, assert_same_bits, must_reject, sample_size

import stochcalc as sc

STARTS = {1: 1.0, 2: (1.0, -0.5)}


def drift2(t, x):
    return x[1] - t, 0.5 * x[1] - x[0]


# name: (noise kind, drift, diffusion, dimension, components of W)
PROBLEMS = {
    "one equation": ("diagonal", lambda t, x: -x * x + t, lambda t, x: 0.4 + 0.1 * x, 1, 1),
    "one equation, scalar": ("scalar", lambda t, x: 0.1 * x, lambda t, x: 0.4 * x, 1, 1),
    "one equation, additive": ("additive", lambda t, x: -2.0 * x, lambda t, x: 0.3 + t, 1, 1),
    "scalar": ("scalar", drift2, lambda t, x: (0.3 * x[1], 0.2 + x[0] * t), 2, 1),
    "diagonal": ("diagonal", drift2, lambda t, x: (0.3 * x[0], 0.2 + 0.1 * x[1] * t), 2, 2),
    "additive values": ("additive", drift2, lambda t, x: (0.3, 0.2 + t), 2, 2),
    "additive rows": ("additive", drift2, lambda t, x: ((0.3, 0.1, 0.0), (0.0, 0.2, t)), 2, 3),
    "general": (
        "general",
        drift2,
        lambda t, x: ((x[1], 0.2, x[0]), (0.1 * x[0], t, 0.3 * x[1])),
        2,
        3,
    ),
    "commuting": (
        "commuting",
        drift2,
        lambda t, x: ((0.3 * x[0], 0.1 * x[0]), (0.2 * x[1], 0.4 * x[1])),
        2,
        2,
    ),
}


def by_hand(problem: str, W: sc.BrownianPaths, starts=None) -> np.ndarray:
    """Euler's scheme as a NumPy loop over W.increments, shape (paths, n + 1[, dim])."""
    _, a, b, dim, _ = PROBLEMS[problem]
    x = np.broadcast_to(
        np.asarray(STARTS[dim] if starts is None else starts, dtype=float).T[..., None]
        if starts is None
        else np.asarray(starts).T,
        (W.paths,) if dim == 1 else (dim, W.paths),
    ).copy()
    dW = np.moveaxis(W.increments.reshape(W.paths, W.partition.n, -1), 0, -1)  # (n, m, paths)
    out = [x]
    for k, dt in enumerate(W.partition.steps):
        if dim == 1:
            x = x + a(W.t[k], x) * dt + b(W.t[k], x) * dW[k, 0]
        else:
            value = b(W.t[k], x)
            rows = isinstance(value[0], tuple)
            shocks = [
                sum(row[j] * dW[k, j] for j in range(len(row)))
                if rows
                else row * dW[k, min(i, len(dW[k]) - 1)]
                for i, row in enumerate(value)
            ]
            x = np.stack([x[i] + a(W.t[k], x)[i] * dt + shocks[i] for i in range(dim)])
        out.append(x)
    return np.moveaxis(np.array(out), -1, 0)


def equation(problem: str) -> sc.SDE:
    noise, a, b, *_ = PROBLEMS[problem]
    return sc.SDE(a, b, noise=noise)


@pytest.mark.parametrize("problem", PROBLEMS)
def test_every_noise_kind_is_the_textbook_loop(rng_seed, problem):
    *_, dim, m = PROBLEMS[problem]
    grid = sc.Partition.graded(1.0, 20, 1.5)
    W = sc.brownian(partition=grid, paths=300, dim=m, rng=rng_seed)
    sol = sc.solve(equation(problem), STARTS[dim], noise=W)
    assert sol.x.shape == (300, 21) + ((2,) if dim == 2 else ())
    np.testing.assert_allclose(sol.x, by_hand(problem, W), rtol=1e-12, atol=1e-13)
    assert_same_bits(sol.t, W.t)
    streamed = sc.brownian(partition=grid, paths=300, dim=m, key=W.key, store=False)
    assert_same_bits(sol.x, sc.solve(equation(problem), STARTS[dim], noise=streamed).x)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(
            sol.x, by_hand(problem, sc.brownian(partition=grid, paths=300, dim=m)), rtol=1e-3
        )


@pytest.mark.parametrize("problem", ["one equation", "diagonal", "general"])
def test_solving_on_a_seed_is_solving_along_its_motion(rng_seed, problem):
    *_, dim, m = PROBLEMS[problem]
    sol = sc.solve(equation(problem), STARTS[dim], 2.0, n=30, paths=300, rng=rng_seed)
    W = sc.brownian(2.0, 30, paths=300, dim=m, rng=rng_seed)
    assert sol.key == W.key
    assert_same_bits(
        sol.x,
        sc.solve(equation(problem), STARTS[dim], noise=W).x,
        sc.solve(equation(problem), STARTS[dim], 2.0, n=30, paths=300, key=sol.key, workers=1).x,
    )
    assert not np.any(
        sol.x[:, 1:] == sc.solve(equation(problem), STARTS[dim], 2.0, n=30, paths=300).x[:, 1:]
    )


@pytest.mark.parametrize("problem", ["one equation", "diagonal", "general"])
def test_refined_coarsened_and_correlated_motions_drive_the_same_loop(rng_seed, problem):
    *_, dim, m = PROBLEMS[problem]
    correlation = None if m == 1 else np.eye(m) + 0.3 * (1 - np.eye(m))
    W = sc.brownian(1.0, 12, paths=260, dim=m, correlation=correlation, rng=rng_seed)
    S = sc.brownian(1.0, 12, paths=260, dim=m, correlation=correlation, key=W.key, store=False)
    for V, U in (
        (W, S),
        (W.refine(2), S.refine(2)),
        (W.coarsen(3), S.coarsen(3)),
        (W.refine(3).coarsen(2), S.refine(3).coarsen(2)),
    ):
        sol = sc.solve(equation(problem), STARTS[dim], noise=V)
        np.testing.assert_allclose(sol.x, by_hand(problem, V), rtol=1e-12, atol=1e-13)
        assert_same_bits(sol.x, sc.solve(equation(problem), STARTS[dim], noise=U).x)


def test_every_path_may_have_its_own_start(rng_seed):
    starts = np.linspace(0.5, 1.5, 300)
    W = sc.brownian(1.0, 10, paths=300, rng=rng_seed)
    sol = sc.solve(equation("one equation"), starts, noise=W, starts=True)
    np.testing.assert_allclose(sol.x, by_hand("one equation", W, starts), rtol=1e-12)
    W = sc.brownian(1.0, 10, paths=300, dim=2, rng=rng_seed)
    both = np.stack([starts, -starts], axis=1)
    sol = sc.solve(equation("diagonal"), both, noise=W, starts=True)
    np.testing.assert_allclose(sol.x, by_hand("diagonal", W, both), rtol=1e-12, atol=1e-13)
    assert_same_bits(sol.x[:, 0], both)


def test_parameters_travel_in_args(rng_seed):
    W = sc.brownian(1.0, 10, paths=20, rng=rng_seed)
    weights = np.array([0.5, 0.25])
    for a in (0.5, -1.5):
        sde = sc.SDE(
            lambda t, x, a, w: a * x + w[1],
            lambda t, x, a, w: w[0],
            noise="additive",
            args=(a, weights),
        )
        x = np.ones(20)
        for k in range(10):
            x = x + (a * x + 0.25) * 0.1 + 0.5 * W.increments[:, k]
        np.testing.assert_allclose(sc.solve(sde, 1.0, noise=W, save="last").x[:, 0], x, rtol=1e-12)


def euler_moments_of_gbm(a, b, h, n):
    return (1 + a * h) ** n, ((1 + a * h) ** 2 + b * b * h) ** n


def test_euler_on_geometric_brownian_motion_has_its_finite_step_moments(rng_seed):
    a, b, n, k = 0.5, 0.5, 20, np.arange(1, 21)
    m = sc.solve(
        sc.models.gbm(a, b), 1.0, 1.0, n=n, paths=sample_size(1_000_000), save="stats", rng=rng_seed
    ).moments[1:]
    mean, square = euler_moments_of_gbm(a, b, 1 / n, k)
    assert_mean(m, mean, sigmas=7, detects=0.02)
    assert_mean(m.mean_square(), square, sigmas=7, detects=0.15)
    with must_reject("the moments of the exact solution", min_z=7):
        assert_mean(m[-1], np.exp(a))
    with must_reject("dt where dW belongs"):
        assert_mean(m.mean_square(), ((1 + a / n) ** 2 + (b / n) ** 2) ** k)


def test_euler_on_ornstein_uhlenbeck_has_its_finite_step_mean_and_variance(rng_seed):
    theta, mu, sigma, n = 2.0, 0.5, 0.5, 10
    sol = sc.solve(
        sc.models.ou(theta, mu, sigma),
        1.5,
        2.0,
        n=n,
        paths=sample_size(400_000),
        save="stats",
        rng=rng_seed,
    )
    h, mean, var = 2.0 / n, [1.5], [0.0]
    for _ in range(n):
        mean.append(mean[-1] + theta * (mu - mean[-1]) * h)
        var.append((1 - theta * h) ** 2 * var[-1] + sigma**2 * h)
    assert_mean(sol.moments, mean, sigmas=7, detects=0.01)
    assert_mean(sol.moments[1:].variance(), var[1:], sigmas=7, detects=0.003)
    with must_reject("the variance of the exact solution"):
        assert_mean(sol.moments[1:].variance(), sc.models.ou(theta, mu, sigma).var(sol.t[1:], 1.5))


@pytest.mark.parametrize("lam", [0.0, 0.5, 1.0])
def test_an_equation_read_with_lambda_grows_with_its_correction(rng_seed, lam):
    a, b, n = 0.2, 0.5, 16
    sde = sc.SDE(
        lambda t, x, a, b: a * x,
        lambda t, x, a, b: b * x,
        lam=lam,
        args=(a, b),
        diffusion_dx=lambda t, x, a, b: b,
    )
    m = sc.solve(
        sde, 1.0, 1.0, n=n, paths=sample_size(200_000), save="stats", rng=rng_seed
    ).moments[-1]
    assert_mean(m, (1 + (a + lam * b * b) / n) ** n, detects=0.03)
    with must_reject("another lambda"):
        assert_mean(m, (1 + (a + (lam + 0.5) * b * b) / n) ** n)


def test_a_system_is_converted_component_by_component(rng_seed):
    b, W = (0.5, -0.4), sc.brownian(1.0, 16, paths=100, dim=2, rng=rng_seed)
    sde = sc.SDE(
        lambda t, x: (x[1], -x[0]),
        lambda t, x: (0.5 * x[0], -0.4 * x[1]),
        lam=0.5,
        diffusion_dx=lambda t, x: b,
    )
    ito = sc.SDE(lambda t, x: (x[1] + 0.125 * x[0], -x[0] + 0.08 * x[1]), sde.diffusion)
    due = sc.solve(ito, (1.0, 0.5), noise=W).x
    np.testing.assert_allclose(sc.solve(sde, (1.0, 0.5), noise=W).x, due, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(
        sc.solve(sde.to_ito(), (1.0, 0.5), noise=W).x, due, rtol=1e-12, atol=1e-13
    )
    back = sde.to_ito().to_stratonovich()
    assert back.lam == 0.5
    np.testing.assert_allclose(back.drift(0.0, (1.0, 2.0)), sde.drift(0.0, (1.0, 2.0)), rtol=1e-14)
