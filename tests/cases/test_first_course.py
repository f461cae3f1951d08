"""The exercises of a first course, each in a few lines of the public names.

The exact values are moments on the grid, by hand: E W_k^2 = t_k, and increments are independent of
the past.
"""

from __future__ import annotations

import numpy as np
from evidence import assert_mean, assert_order, must_reject, sample_size, seed

import stochcalc as sc

N, T = 100, 2.0
DT = T / N
TIMES = np.arange(N) * DT
HALF = [[1.0, 0.5], [0.5, 1.0]]


def plane(paths=20_000):
    return sc.brownian(T, N, paths=sample_size(paths), dim=2, correlation=HALF, rng=seed())


def test_the_integral_of_an_ornstein_uhlenbeck_path_against_itself():
    theta, sigma, start = 1.5, 0.8, 1.0
    X = sc.solve(
        sc.models.ou(theta, 0.0, sigma), start, T, n=N, paths=sample_size(20_000), rng=seed()
    )
    integral = sc.ito(X, X)
    squares = sc.quadratic_variation(X).value
    np.testing.assert_allclose(2 * integral + squares, X.end**2 - start**2, rtol=1e-9, atol=1e-9)

    # dX = -theta X dt + sigma dW, so that E X dX = -theta E X^2 dt; Euler's second moments by hand
    second = [start**2]
    for _ in range(N - 1):
        second.append((1 - theta * DT) ** 2 * second[-1] + sigma**2 * DT)
    exact = -theta * DT * np.sum(second)
    assert_mean(integral, exact, detects=0.1, sigmas=7)
    with must_reject("the rule of calculus, half of X_T^2 - X_0^2"):
        assert_mean((X.end**2 - start**2) / 2, exact)


def test_the_integral_of_one_motion_against_another_with_correlation_one_half():
    W = plane()
    forwards = sc.ito(W[0], W[1])
    # E (W_1 dW_2)^2 = t_k dt: the correlation does not enter
    variance = np.sum(TIMES) * DT
    assert abs(variance - T**2 / 2 * (1 - 1 / N)) < 1e-12
    assert_mean(forwards, 0.0, detects=0.15, sigmas=7)
    assert_mean(forwards**2, variance, detects=0.5, sigmas=7)
    assert_mean(sc.stratonovich(W[0], W[1]), 0.5 * T / 2, detects=0.15, sigmas=7)
    assert_mean(sc.backward(W[0], W[1]), 0.5 * T, detects=0.2, sigmas=7)
    with must_reject("Ito's mean for the backward integral"):
        assert_mean(sc.backward(W[0], W[1]), 0.0)
    with must_reject("a variance with the correlation in it"):
        assert_mean(forwards**2, variance * 1.5)


def test_the_product_rule_for_correlated_motions():
    W = plane(300)
    parts = sc.ito(W[0], W[1]) + sc.ito(W[1], W[0]) + sc.covariation(W[0], W[1]).value
    np.testing.assert_allclose(parts, W[0].at(T) * W[1].at(T), rtol=1e-10, atol=1e-12)


def test_the_integral_of_a_motion_against_geometric_brownian_motion():
    W = sc.brownian(T, N, paths=sample_size(20_000), rng=seed())
    X = sc.solve(sc.models.gbm(0.1, 0.5), 1.0, noise=W)
    integral = sc.ito(W, X)
    # E W_k dX_k = a dt E W_k X_k, and E W X = q_k with q_(k+1) = (1 + a dt) q_k + b dt (1 + a dt)^k
    growth = (1 + 0.1 * DT) ** np.arange(N)
    q = np.concatenate([[0.0], 0.5 * DT * np.arange(1, N) * growth[:-1]])
    assert_mean(integral, 0.1 * DT * np.sum(q), detects=0.5, sigmas=7)


def test_t_w_squared_by_itos_formula():
    W = sc.brownian(T, N, paths=sample_size(20_000), rng=seed())
    residual = sc.ito_residual(lambda t, w: t * w * w, W)
    assert_mean(residual, N * DT**2, detects=0.1, sigmas=7)  # a step leaves dt^2 in the mean

    # T W_T^2 = int W^2 dt + int 2 t W dW + T^2/2, and the last is what calculus forgets
    time = np.sum(W.values[:, :-1] ** 2, axis=1) * DT
    both = time + sc.ito(lambda t, w: 2 * t * w, W)
    forgotten = T * W.at(T) ** 2 - both
    exact = T**2 - np.sum(TIMES) * DT
    assert_mean(forgotten, exact, detects=0.1, sigmas=7)
    with must_reject("the formula without the last term"):
        assert_mean(forgotten, 0.0)


def test_ito_beside_stratonovich():
    W = sc.brownian(T, N, paths=sample_size(20_000), rng=seed())
    ito, stratonovich = sc.ito(W, W), sc.stratonovich(W, W)
    np.testing.assert_allclose(stratonovich, W.at(T) ** 2 / 2, rtol=1e-10, atol=1e-12)
    assert_mean(ito, 0.0, detects=0.2, sigmas=7)
    assert_mean(stratonovich - ito, T / 2, detects=0.02, sigmas=7)
    with must_reject("no difference"):
        assert_mean(stratonovich - ito, 0.0)


def test_the_integral_of_time_is_normal_and_converges_with_order_one():
    W = sc.brownian(T, N, paths=sample_size(20_000), rng=seed())
    assert_mean(sc.ito(lambda t, w: t, W) ** 2, np.sum(TIMES**2) * DT, detects=0.35, sigmas=7)
    study = sc.integral_convergence(
        lambda t, w: t, T, lam=0.0, levels=(3, 4, 5), paths=4096, rng=seed("study")
    )
    assert_order(study.order["lambda = 0"], 1.0, sigmas=7)


def test_the_exponential_martingale_integrates_to_itself():
    a = 0.2
    f = lambda t, w: a * np.exp(a * w - a * a * t / 2)
    W = sc.brownian(T, N, paths=sample_size(40_000), rng=seed())
    limit = sc.riemann_limit(f, W, 0.0)
    exact = np.exp(a * W.at(T) - a * a * T / 2) - 1.0
    assert_mean(limit, 0.0, detects=0.05, sigmas=7)
    variance = np.expm1(a * a * T)  # of the integral
    assert_mean(limit * exact, variance, detects=0.03, sigmas=7)
    with must_reject("Stratonovich's integral"):
        assert_mean(sc.riemann_limit(f, W, 0.5), 0.0)


def test_noise_of_ones_own_and_a_motion_reversed_in_time():
    model = sc.models.gbm(0.1, 0.5)
    W = sc.brownian(T, N, paths=20, rng=seed())
    own = sc.BrownianPaths.from_increments(W.increments, W.t)
    assert np.array_equal(sc.solve(model, 1.0, noise=own).x, sc.solve(model, 1.0, noise=W).x)
    back = W.reversed()
    np.testing.assert_allclose(back.values, W.values[:, -1:] - W.values[:, ::-1])
    np.testing.assert_allclose(sc.ito(back, back), sc.ito(W, W) + 0.0, rtol=1e-9, atol=1e-9)
