"""Equations that are driven by jumps, by noise with a memory, and by several of them."""

from __future__ import annotations

import numpy as np
import pytest
from evidence import assert_mean, assert_same_bits, must_reject, sample_size, seed

import stochcalc as sc

A, B, G, RATE = 0.1, 0.2, -0.3, 3.0
JUMPING = sc.SDE(lambda t, x: (A * x[0],), lambda t, x: ((B * x[0], G * x[0]),), noise="general")
MULTIPLIED = sc.SDE(lambda t, x: -x, lambda t, x: x)


def pair(n=32, paths=600, **options):
    W = sc.brownian(n=n, paths=paths, key=1, store=False, **options)
    return W, sc.poisson(RATE, n=n, paths=paths, key=1, store=False, **options)


def test_several_drivers_take_the_steps_of_euler_s_scheme():
    W, N = pair()
    found = sc.solve(JUMPING, [1.0], noise=(W, N))
    dW = W.block_increments(0, 600)[..., 0]
    dN = N.block_increments(0, 600)[..., 0]
    x = np.ones(600)
    for k in range(32):
        x = x + A * x / 32 + (B * x * dW[:, k] + G * x * dN[:, k])
    np.testing.assert_allclose(found.x[:, -1, 0], x, rtol=1e-14)
    assert found.key == 1
    streamed = sc.solve(JUMPING, [1.0], noise=(W, N), save="stats", workers=1)
    assert streamed.mean[-1, 0] == pytest.approx(x.mean(), rel=1e-13)
    for workers in (1, 3):
        again = sc.solve(JUMPING, [1.0], noise=(W, N), workers=workers)
        assert_same_bits(found.x, again.x)
    assert_same_bits(found.replay(300).x[0], found.x[300])


def test_an_equation_with_jumps_has_the_moments_of_its_steps():
    n = 8
    paths = sample_size(100_000)
    W = sc.brownian(n=n, paths=paths, rng=seed("W"), store=False)
    N = sc.poisson(RATE, n=n, paths=paths, rng=seed("N"), store=False)
    found = sc.solve(JUMPING, [1.0], noise=(W, N), save="stats").moments[-1]
    h = 1.0 / n
    mean = 1 + (A + G * RATE) * h
    assert_mean(found.estimate(), [mean**n])
    assert_mean(found.mean_square(), [(mean**2 + (B**2 + G**2 * RATE) * h) ** n])
    with must_reject("a process that was compensated"):
        assert_mean(found.estimate(), [(1 + A * h) ** n])


@pytest.mark.parametrize("lam", [0.0, 0.3, 1.0])
def test_lambda_euler_reads_any_noise_where_lambda_says(lam):
    N = sc.poisson(RATE, n=16, paths=300, key=2)
    sde = sc.SDE(MULTIPLIED.drift, MULTIPLIED.diffusion, lam=lam)
    found = sc.solve(sde, 1.0, noise=N, method="lambda_euler")
    x = np.ones(300)
    for dN in N.increments.T:
        guess = x - x / 16 + x * dN
        x = x - x / 16 + (1 - lam) * (x * dN) + lam * (guess * dN)
    np.testing.assert_allclose(found.x[:, -1], x, rtol=1e-13)


def test_noise_of_finite_size_drives_by_its_integral():
    X = sc.telegraph_noise(0.2, n=16, paths=300, key=3, store=False)
    found = sc.solve(MULTIPLIED, 1.0, noise=X.integral())
    x = np.ones(300)
    for value in X.block(0, 300)[:, :-1].T:
        x = x - x / 16 + x * value / 16
    np.testing.assert_allclose(found.x[:, -1], x, rtol=1e-14)
    stored = sc.telegraph_noise(0.2, n=16, paths=300, key=3).integral()
    np.testing.assert_allclose(np.diff(stored.values, axis=1), stored.increments, atol=1e-15)


@pytest.mark.parametrize(
    "call, kind, match",
    [
        (
            lambda: sc.solve(MULTIPLIED, 1.0, noise=pair()[1], method="milstein"),
            ValueError,
            "method='milstein' needs the increments of Brownian motion.*'euler_maruyama'",
        ),
        (
            lambda: sc.solve(
                sc.SDE(lambda t, x: -x, lambda t, x: x, lam=0.5), 1.0, noise=pair()[1]
            ),
            ValueError,
            "the drift that leads there from lam=0.5 .*'lambda_euler'",
        ),
        (lambda: sc.solve(JUMPING, [1.0], noise=(pair()[0], 3)), TypeError, r"noise\[1\]=3"),
        (lambda: sc.solve(JUMPING, [1.0], noise=()), TypeError, r"noise=\(\)"),
        (lambda: sc.solve(JUMPING, [1.0], noise=[*pair()]), TypeError, r"noise=\["),
        (
            lambda: sc.solve(JUMPING, [1.0], noise=(pair()[0], pair(n=31)[1])),
            ValueError,
            r"noise\[1\] is on 32 times",
        ),
        (
            lambda: sc.solve(JUMPING, [1.0], noise=(pair()[0], pair(paths=500)[1])),
            ValueError,
            r"noise\[1\] has 500 paths",
        ),
        (lambda: sc.solve(JUMPING, [1.0], noise=pair()[1]), ValueError, "noise has dim=1"),
        (
            lambda: sc.solve(JUMPING, [1.0], noise=pair(), save=[0.33]),
            ValueError,
            r"save=0\.33 is no grid time",
        ),
        (lambda: sc.solve(JUMPING, [1.0], noise=pair(), n=4), ValueError, "n=4 out"),
        (lambda: sc.solve(JUMPING, [1.0], noise=pair(), rng=1), ValueError, "rng=1"),
    ],
)
def test_bad_drivers_are_refused_by_name(call, kind, match):
    with pytest.raises(kind, match=match):
        call()
