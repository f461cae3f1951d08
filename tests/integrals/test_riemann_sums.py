"""Riemann sums: identities that hold path by path, and the same sums by every way of asking for
them.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from evidence import assert_law, assert_mean, assert_same_bits, must_reject
from scipy import stats

import stochcalc as sc

w_itself = lambda t, w: w
smooth = lambda t, w: np.sin(w) + t * w
LAMBDAS = (0.0, 0.25, 0.5, 0.75, 1.0)


@pytest.fixture
def W(rng_seed):
    return sc.brownian(partition=sc.Partition.graded(2.0, 40, 1.5), paths=500, rng=rng_seed)


def near(found, due, scale=1.0):
    np.testing.assert_allclose(found, due, rtol=1e-12 * scale, atol=1e-12 * scale)


def test_left_right_and_middle_sums_of_w_follow_from_the_quadratic_variation_path_by_path(W):
    end, Q = W.values[:, -1], np.sum(W.increments**2, axis=1)
    near(sc.ito(w_itself, W), (end**2 - Q) / 2)
    near(sc.backward(w_itself, W), (end**2 + Q) / 2)
    near(sc.stratonovich(w_itself, W), end**2 / 2)
    for lam in LAMBDAS:
        near(sc.riemann_sum(w_itself, W, lam, at="value"), end**2 / 2 + (lam - 0.5) * Q)
    with pytest.raises(AssertionError):
        near(sc.ito(w_itself, W), (end**2 + Q) / 2)


@pytest.mark.parametrize("lam", [0.0, 0.25, 0.3, 0.5, 1.0])
def test_the_sum_at_the_time_point_takes_the_integrand_there(W, lam):
    tau = W.t[:-1] + lam * W.partition.steps
    # 0.3 is no node: a time off by its last bit moves W by 1e-12
    near(sc.riemann_sum(smooth, W, lam), np.sum(smooth(tau, W.at(tau)) * W.increments, axis=1), 1e3)


@pytest.mark.parametrize("lam", [0.0, 0.3, 1.0])
def test_the_sum_of_values_blends_the_integrand(W, lam):
    f = smooth(W.t, W.values)
    due = np.sum(((1 - lam) * f[:, :-1] + lam * f[:, 1:]) * W.increments, axis=1)
    near(sc.riemann_sum(smooth, W, lam, at="value"), due)
    near(sc.riemann_sum(f, W, lam, at="value"), due)


def test_the_names_of_the_calculi_are_their_lambdas(W):
    assert_same_bits(
        sc.ito(smooth, W), sc.riemann_sum(smooth, W), sc.riemann_sum(smooth, W, 0.0, at="value")
    )
    assert_same_bits(
        sc.backward(smooth, W),
        sc.riemann_sum(smooth, W, 1.0),
        sc.riemann_sum(smooth, W, 1.0, at="value"),
    )
    assert_same_bits(sc.stratonovich(smooth, W), sc.riemann_sum(smooth, W, 0.5, at="value"))
    assert_same_bits(sc.stratonovich(smooth, W, at="time"), sc.riemann_sum(smooth, W, 0.5))


@pytest.mark.parametrize("lam, at", [(0.0, "time"), (0.5, "time"), (0.3, "value")])
def test_a_streamed_sum_is_the_stored_sum_to_the_bit(W, lam, at):
    S = sc.brownian(partition=W.partition, paths=W.paths, key=W.key, store=False)
    stored = sc.riemann_sum(smooth, W, lam, at=at)
    assert_same_bits(
        stored,
        sc.riemann_sum(smooth, S, lam, at=at),
        sc.riemann_sum(smooth, S, lam, at=at, workers=1),
    )
    m = sc.riemann_sum(smooth, S, lam, at=at, save="stats")
    assert m.count == 500
    near(
        [m.mean, m.var, m.min, m.max],
        [stored.mean(), stored.var(ddof=1), stored.min(), stored.max()],
    )


@pytest.mark.parametrize("lam, at", [(0.0, "time"), (0.5, "time"), (1.0, "value")])
def test_a_running_sum_starts_at_zero_and_ends_with_the_sum(W, lam, at):
    running = sc.riemann_sum(smooth, W, lam, at=at, running=True)
    assert running.shape == W.values.shape and np.all(running[:, 0] == 0.0)
    assert_same_bits(running[:, -1].copy(), sc.riemann_sum(smooth, W, lam, at=at))
    tau = W.t[:-1] + lam * W.partition.steps
    near(np.diff(running, axis=1), smooth(tau, W.at(tau)) * W.increments, 10.0)
    m = sc.riemann_sum(smooth, W, lam, at=at, running=True, save="stats")
    near(m.mean, running.mean(axis=0))
    values = smooth(W.t, W.values)
    if lam in (0.0, 1.0):
        near(sc.riemann_sum(values, W, lam, running=True), running, 10.0)


def test_another_path_may_be_the_integrator(W, rng_seed):
    V = sc.brownian(partition=W.partition, paths=W.paths, rng=rng_seed ^ 1)
    for lam in (0.0, 0.5, 1.0):
        tau = W.t[:-1] + lam * W.partition.steps
        near(
            sc.riemann_sum(smooth, W, lam, against=V),
            np.sum(smooth(tau, W.at(tau)) * V.increments, axis=1),
        )
    f = smooth(W.t, W.values)
    near(
        sc.riemann_sum(f, W, 0.5, at="value", against=V),
        np.sum((f[:, 1:] + f[:, :-1]) / 2 * V.increments, axis=1),
    )
    near(sc.riemann_sum(smooth, W, 0.0, against=W), sc.ito(smooth, W))


def test_refined_and_coarsened_motions_can_be_integrated(W):
    for V in (W.refine(2), W.coarsen(4), W.refine(3).coarsen(6)):
        near(sc.ito(smooth, V), np.sum(smooth(V.t[:-1], V.values[:, :-1]) * V.increments, axis=1))
        near(sc.stratonovich(w_itself, V), V.values[:, -1] ** 2 / 2)


@pytest.mark.parametrize("lam", [1 / 16, 0.5, 0.7])
@pytest.mark.parametrize("kind", ["coarsened", "refined", "coarsened twice", "component"])
def test_at_the_time_point_a_view_of_a_motion_reads_the_motion(kind, lam, rng_seed):
    """The points lie inside the steps of the view, where `at` knows the path."""
    W = sc.brownian(n=48, paths=20, dim=2, rng=rng_seed)
    views = {
        "coarsened": W[0].coarsen(4),
        "refined": W[0].refine(96),
        "coarsened twice": W[0].coarsen(2).coarsen(4),
        "component": W.coarsen(3)[1],
    }
    view = views[kind]
    t = view.t
    tau = (1 - lam) * t[:-1] + lam * t[1:]
    expected = np.sum(np.cos(tau + view.at(tau)) * view.increments, axis=1)
    found = sc.riemann_sum(lambda t, w: np.cos(t + w), view, lam, at="time")
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10)
    blend = sc.riemann_sum(lambda t, w: np.cos(t + w), view, lam, at="value")
    assert np.abs(blend - expected).min() > 1e-6  # the other reading is another number


def test_integrands_may_use_math_numpy_branches_and_closures(W):
    shift = 0.25

    def f(t, w):
        return math.exp(-w * w) if w > shift else np.cos(w) ** 2 + abs(w)

    left = W.values[:, :-1]
    due = np.where(left > shift, np.exp(-left * left), np.cos(left) ** 2 + np.abs(left))
    near(sc.ito(f, W), np.sum(due * W.increments, axis=1))


@pytest.mark.parametrize("lam", [0.0, 0.5, 1.0])
def test_the_limit_is_ordinary_calculus_plus_a_time_integral(W, lam):
    F, df = lambda w: -np.cos(w), lambda w: np.cos(w)
    x = W.values
    due = -np.cos(x[:, -1]) + 1.0 + (lam - 0.5) * np.trapezoid(np.cos(x), W.t, axis=1)
    near(sc.riemann_limit(F, df, W, lam), due)
    S = sc.brownian(partition=W.partition, paths=W.paths, key=W.key, store=False)
    assert_same_bits(sc.riemann_limit(F, df, W, lam), sc.riemann_limit(F, df, S, lam))


def test_sums_approach_their_limit_and_not_the_one_with_the_other_sign(rng_seed):
    W = sc.brownian(1.0, 4000, paths=2000, store=False, rng=rng_seed)
    sine, F, df = lambda t, w: np.sin(w), lambda w: -np.cos(w), lambda w: np.cos(w)
    for lam in (0.0, 0.5, 1.0):
        error = sc.riemann_sum(sine, W, lam) - sc.riemann_limit(F, df, W, lam)
        assert_mean(error, 0.0, detects=0.01)
        assert np.max(np.abs(error)) < 0.1
    with must_reject("lambda + 1/2"):
        assert_mean(sc.riemann_sum(sine, W, 0.0) - sc.riemann_limit(F, df, W, 1.0), 0.0)


def test_the_left_sum_of_w_has_the_variance_of_the_isometry(rng_seed):
    W = sc.brownian(1.0, 8, paths=100_000, store=False, rng=rng_seed)
    integral = sc.ito(w_itself, W)
    assert_mean(integral, 0.0, detects=0.05)
    assert_mean(integral**2, 0.5 * (1 - 1 / 8), detects=0.1)
    with must_reject("the variance of the limit", min_z=8):
        assert_mean(integral**2, 0.5)


def test_a_step_process_integrates_its_values_against_increments(W):
    times = np.array([0.0, 0.3, 1.1, 2.0])
    G = sc.StepProcess(times, [1.0, -2.0, 0.5])
    near(G.integrate(W), np.diff(W.at(times), axis=1) @ np.array([1.0, -2.0, 0.5]))
    rows = np.random.default_rng(0).standard_normal((W.paths, 3))
    near(
        sc.StepProcess(times, rows).integrate(W),
        np.sum(rows * np.diff(W.at(times), axis=1), axis=1),
    )


def test_step_processes_satisfy_the_ito_isometry(rng_seed):
    W = sc.brownian(1.0, 4, paths=200_000, rng=rng_seed)
    times = np.array([0.0, 0.2, 0.5, 1.0])
    D = np.diff(times)
    integral = sc.StepProcess(times, [1.0, -2.0, 0.5]).integrate(W)
    variance = np.sum(np.array([1.0, 4.0, 0.25]) * D)
    assert_mean(integral, 0.0)
    assert_mean(integral**2, variance, detects=0.08)
    assert_law(integral / np.sqrt(variance), stats.norm, detects=0.02)
    # G_k = W(t_k) is known at t_k: mean 0 and variance sum t_k D_k
    integral = sc.StepProcess(times, W.at(times[:-1])).integrate(W)
    assert_mean(integral, 0.0, detects=0.02)
    assert_mean(integral**2, np.sum(times[:-1] * D), detects=0.03)
    with must_reject("G_k = W(t_{k+1}), which looks ahead"):
        assert_mean(sc.StepProcess(times, W.at(times[1:])).integrate(W), 0.0)


def test_by_parts_is_the_trapezoid_of_the_definition(rng_seed):
    W = sc.brownian(partition=sc.Partition.graded(2.0, 30, 1.4), paths=20, rng=rng_seed)
    g, dg = lambda t: t * math.exp(-t), lambda t: (1 - t) * math.exp(-t)
    slopes = (1 - W.t) * np.exp(-W.t)
    due = g(2.0) * W.values[:, -1] - np.trapezoid(slopes * W.values, W.t, axis=1)
    near(sc.paley_wiener_zygmund(g, dg, W), due, 10.0)
    S = sc.brownian(partition=W.partition, paths=20, key=W.key, store=False)
    assert_same_bits(sc.paley_wiener_zygmund(g, dg, W), sc.paley_wiener_zygmund(g, dg, S))


def test_by_parts_has_the_moments_of_the_catalogue():
    """sin(pi t) on 400 steps: variance 0.500003, distance 0.002777 from Ito's sum."""
    from stochcalc.claims.theorems.g12_by_parts import exact_moments

    variance, distance = exact_moments(sc.Partition.uniform(1.0, 400).times)
    assert variance == pytest.approx(0.500003, abs=5e-7) and math.sqrt(distance) == pytest.approx(
        0.002777, abs=5e-7
    )


def test_the_integral_by_parts_is_normal_with_its_finite_variance(rng_seed):
    from stochcalc.claims.theorems.g12_by_parts import dg, exact_moments, g

    W = sc.brownian(1.0, 10, paths=50_000, rng=rng_seed)
    P, (variance, _) = sc.paley_wiener_zygmund(g, dg, W), exact_moments(W.t)
    assert_law(P / math.sqrt(variance), stats.norm, detects=0.03)
    with must_reject("half the variance"):
        assert_law(P / math.sqrt(variance / 2), stats.norm)


def test_ito_s_formula_leaves_what_the_definition_says(W):
    F, f, df = (
        lambda w: np.exp(0.5 * w),
        lambda w: 0.5 * np.exp(0.5 * w),
        lambda w: 0.25 * np.exp(0.5 * w),
    )
    w = W.values[:, :-1]
    due = (
        F(W.values[:, -1])
        - 1.0
        - np.sum(f(w) * W.increments, axis=1)
        - 0.5 * np.sum(df(w) * W.partition.steps, axis=1)
    )
    near(sc.ito_residual(F, f, df, W), due, 10.0)
    S = sc.brownian(partition=W.partition, paths=W.paths, key=W.key, store=False)
    assert_same_bits(sc.ito_residual(F, f, df, W), sc.ito_residual(F, f, df, S))


def test_the_residual_for_the_square_has_its_exact_variance(rng_seed):
    from stochcalc.claims.theorems.g15_ito_formula import cube, square, twice, uncorrected, variance

    assert variance(64) == pytest.approx(0.015788, abs=5e-7)
    n = 16
    W = sc.brownian(1.0, n, paths=300_000, store=False, rng=rng_seed)
    r = sc.ito_residual(cube, square, twice, W)
    assert_mean(r, 0.0, detects=0.01)
    assert_mean(r**2, variance(n), detects=0.03)
    with must_reject("without 1/2 sum F'' dt"):
        assert_mean(r**2, uncorrected(n))
    without = sc.expectation(
        lambda w: (w[:, -1] ** 3 / 3 - np.sum(w[:, :-1] ** 2 * np.diff(w, axis=1), axis=1)) ** 2, W
    )
    assert_mean(without.estimate(), uncorrected(n), detects=0.05)


def test_right_derivatives_of_fast_and_of_constant_functions_are_accepted(W):
    fast = (
        lambda t: math.sin(1000 * math.pi * t),
        lambda t: 1000 * math.pi * math.cos(1000 * math.pi * t),
    )
    constant = lambda t: math.cos(t) ** 2 + math.sin(t) ** 2, lambda t: 0.0
    assert np.isfinite(sc.paley_wiener_zygmund(*fast, W)).all()
    near(sc.paley_wiener_zygmund(*constant, W), W.values[:, -1])
