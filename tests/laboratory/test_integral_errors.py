"""Convergence studies: every level's error is the exact finite-step error, and the slope is the
slope of those.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from evidence import assert_mean, assert_order, assert_same_bits, must_reject, sample_size

import stochcalc as sc
from stochcalc.laboratory.exact_errors import strong_error

BATCHES = 32


def squares(study: sc.ConvergenceStudy, name: str) -> SimpleNamespace:
    """The mean squares of a study, over all its paths."""
    error = study.error[name]
    return SimpleNamespace(mean=error**2, stderr=2 * error * study.stderr[name], count=study.paths)


def slope(study: sc.ConvergenceStudy, name: str) -> SimpleNamespace:
    order = study.order[name]
    return SimpleNamespace(mean=order.value, stderr=order.stderr, count=BATCHES)


def euler_product(a: float, b: float, T: float, n: int, m: int) -> float:
    """E X_n X_m for Euler with n and m = r n steps on one path of dX = aX dt + bX dW, X_0 = 1: an
    n-th power.
    """
    r, h, g = m // n, T / n, T / m
    return ((1 + a * h) * (1 + a * g) ** r + b * b * h * (1 + a * g) ** (r - 1)) ** n


EULER = "euler_maruyama"
LEVELS = range(2, 10)


@pytest.mark.parametrize("a, b", [(0.5, 0.5), (0.05, 0.2)])
def test_eulers_error_on_gbm_is_the_closed_form_at_eight_levels(rng_seed, a, b):
    T, n = 1.0, 2.0 ** np.array(LEVELS)
    h, growth = T / n, np.exp((2 * a + b * b) * T)
    exact = (
        ((1 + a * h) ** 2 + b * b * h) ** n
        + growth
        - 2 * (np.exp(a * h) * (1 + a * h + b * b * h)) ** n
    )
    study = sc.strong_convergence(
        sc.models.gbm(a, b), 1.0, T, levels=LEVELS, paths=sample_size(400_000), rng=rng_seed
    )
    np.testing.assert_allclose(
        study.exact[EULER] ** 2, exact, rtol=1e-6
    )  # as written, the formula cancels
    assert_mean(squares(study, EULER), exact, sigmas=7, detects=0.3 * exact)
    assert_mean(slope(study, EULER), study.exact_order[EULER], detects=0.02)
    assert study.dt.tolist() == h.tolist() and study.exact_order[EULER] > 0.5
    if a == 0.5:  # with small coefficients the leading term is nearly everything
        with must_reject("the leading term alone", min_z=15):
            coarsest = SimpleNamespace(
                mean=study.error[EULER][0] ** 2, stderr=squares(study, EULER).stderr[0]
            )
            assert_mean(coarsest, growth * b**4 * h[0] * T / 2)
    with must_reject("the closed form without its cross term"):
        assert_mean(squares(study, EULER), ((1 + a * h) ** 2 + b * b * h) ** n + growth)


def test_eulers_error_on_ou_is_the_closed_form_at_eight_levels(rng_seed):
    paths = sample_size(200_000)
    study = sc.strong_convergence(
        sc.models.ou(2.0, 0.5, 0.5), 0.5, 1.0, levels=LEVELS, paths=paths, rng=rng_seed
    )
    exact = study.exact[EULER] ** 2
    normal = SimpleNamespace(
        mean=study.error[EULER] ** 2, stderr=exact * np.sqrt(2 / paths)
    )  # from x0 = mu: no bias
    assert_mean(normal, exact, sigmas=7, detects=0.05 * exact)
    assert_mean(squares(study, EULER), exact, sigmas=7)
    assert_mean(slope(study, EULER), study.exact_order[EULER], detects=0.02)
    assert study.exact_order[EULER] == pytest.approx(
        1.0, abs=0.1
    )  # additive noise: twice the order
    with must_reject("errors of order one half"):
        assert_mean(normal, exact[-1] * study.dt / study.dt[-1])


def test_against_its_own_finest_level_the_error_is_exact_too(rng_seed):
    a, b, T, levels = 0.5, 0.5, 1.0, range(2, 7)
    study = sc.strong_convergence(
        sc.models.gbm(a, b),
        2.0,
        T,
        levels=levels,
        paths=sample_size(100_000),
        reference="finest",
        rng=rng_seed,
    )
    assert not study.exact
    finest = 2 ** (levels[-1] + 2)
    exact = [
        4.0
        * (
            euler_product(a, b, T, n, n)
            + euler_product(a, b, T, finest, finest)
            - 2 * euler_product(a, b, T, n, finest)
        )
        for n in study_sizes(levels)
    ]
    assert_mean(squares(study, EULER), exact, sigmas=7, detects=0.3 * np.array(exact))
    with must_reject("the error against the exact solution", min_z=10):
        at_last = SimpleNamespace(
            mean=study.error[EULER][-1] ** 2, stderr=squares(study, EULER).stderr[-1]
        )
        assert_mean(
            at_last, strong_error(sc.models.gbm(a, b), sc.METHODS[EULER], 2.0, T, 2 ** levels[-1])
        )


def study_sizes(levels: range) -> list[int]:
    return [2**level for level in levels]


def test_a_system_errs_by_the_sum_over_its_components(rng_seed):
    sde = sc.SDE(lambda t, x: (0.5 * x[0], 0.2 * x[1]), lambda t, x: (0.5 * x[0], 0.3 * x[1]))
    study = sc.strong_convergence(
        sde, (1.0, 2.0), 1.0, levels=range(2, 6), paths=sample_size(60_000), rng=rng_seed
    )
    finest = 2**7
    exact = [
        sum(
            w
            * (
                euler_product(a, b, 1.0, n, n)
                + euler_product(a, b, 1.0, finest, finest)
                - 2 * euler_product(a, b, 1.0, n, finest)
            )
            for w, a, b in ((1.0, 0.5, 0.5), (4.0, 0.2, 0.3))
        )
        for n in study_sizes(range(2, 6))
    ]
    assert_mean(squares(study, EULER), exact, sigmas=7, detects=0.35 * np.array(exact))


@pytest.mark.parametrize("reference", ["exact", "finest"])
def test_all_levels_run_along_one_motion(rng_seed, reference):
    model, paths = sc.models.gbm(0.5, 0.5), 2500
    study = sc.strong_convergence(
        model, 1.0, 2.0, levels=(1, 3, 4), paths=paths, reference=reference, rng=rng_seed
    )
    W = sc.brownian(2.0, 16 if reference == "exact" else 64, paths=paths, key=study.key)
    due = (model.exact(W) if reference == "exact" else sc.solve(model, 1.0, noise=W).x)[:, -1]
    for i, n in enumerate((2, 8, 16)):
        e = (
            sc.solve(model, 1.0, noise=W.coarsen(W.partition.n // n), save="last").x[:, 0] - due
        ) ** 2
        assert study.error[EULER][i] == pytest.approx(np.sqrt(e.mean()), rel=1e-9)
        spread = e.std(ddof=1) / np.sqrt(paths)
        assert study.stderr[EULER][i] == pytest.approx(
            spread / (2 * study.error[EULER][i]), rel=1e-8
        )


def test_a_study_is_replayed_by_its_key_on_any_number_of_workers(rng_seed):
    options = {"levels": (2, 3, 4), "paths": 3000}
    model = sc.models.ou(2.0, 0.5, 0.5)
    first = sc.strong_convergence(model, 1.0, 1.0, rng=rng_seed, **options)
    for workers in (1, 2):
        again = sc.strong_convergence(model, 1.0, 1.0, key=first.key, workers=workers, **options)
        assert_same_bits(first.error[EULER], again.error[EULER])
        assert_same_bits(first.stderr[EULER], again.stderr[EULER])
    assert str(first).startswith("Strong error at T = 1 on ou, against the exact path (3000 paths")


def test_a_study_refuses_errors_without_a_mean():
    wild = sc.SDE(lambda t, x: -1e200 * x * x * x, lambda t, x: x)
    with pytest.raises(
        FloatingPointError, match=r"2500 of 2500 paths of euler_maruyama .*first path 0"
    ):
        sc.strong_convergence(wild, 1e3, 1.0, levels=(2, 3), paths=2500)


@pytest.mark.parametrize("at", ["time", "value"])
def test_lambda_sums_of_w_err_by_the_closed_form_at_every_level(rng_seed, at):
    T, levels = 2.0, range(1, 8)
    study = sc.integral_convergence(
        lambda t, w: w,
        T,
        lam=(0.0, 0.25, 0.5, 1.0),
        at=at,
        levels=levels,
        paths=sample_size(60_000),
        rng=rng_seed,
    )
    lams = (0.0, 0.25, 0.5, 1.0) if at == "time" else (0.0, 0.25, 1.0)
    assert list(study.error) == [f"lambda = {lam:g}" for lam in lams]
    for lam, name in zip(lams, study.error):
        factor = (lam**2 + (1 - lam) ** 2) / 2 if at == "time" else 2 * (lam - 0.5) ** 2
        exact = factor * T * study.dt
        np.testing.assert_allclose(study.exact[name] ** 2, exact, rtol=1e-13)
        assert_mean(squares(study, name), exact, sigmas=6.5, detects=0.45 * exact)
        assert_mean(slope(study, name), 0.5, detects=0.03)
        with must_reject("order one in the step", min_z=10):
            assert_mean(slope(study, name), 1.0)


def test_sums_of_other_functions_converge_to_the_given_limit(rng_seed):
    study = sc.integral_convergence(
        lambda t, w: np.sin(w),
        lam=(0.0, 1.0),
        levels=range(6, 10),
        paths=sample_size(20_000),
        limit=(lambda w: -np.cos(w), lambda w: np.cos(w)),
        rng=rng_seed,
    )
    assert not study.exact
    for name in study.error:
        assert_order(
            (study.order[name].value, study.order[name].stderr), 0.5, tolerance=0.01
        )  # 0.4964 at these steps
        # the error is sum f'(W) (dW^2 - dt)/2 and smaller: mean square dt/2 int E cos^2 W dt = dt/2
        # (1/2 + (1 - e^-2)/4)
        leading = 0.5 * study.dt * (0.5 + (1 - np.exp(-2.0)) / 4)
        assert_mean(
            squares(study, name), leading, exact_stderr=0.02 * leading, detects=0.4 * leading
        )


@pytest.mark.parametrize("p, limit", [(1.0, -0.5), (2.0, 0.5), (3.0, 0.5)])
def test_variations_follow_their_power_of_the_step_at_every_level(rng_seed, p, limit):
    study = sc.variation_convergence(
        2.0, p=p, levels=range(1, 9), paths=sample_size(60_000), rng=rng_seed
    )
    (name,) = study.error
    n = 2.0 / study.dt
    if p == 2.0:
        found, exact = squares(study, name), 8.0 / n
    else:
        moment = {1.0: np.sqrt(2 / np.pi), 3.0: 2 * np.sqrt(2 / np.pi)}[p]
        found = SimpleNamespace(mean=study.error[name], stderr=study.stderr[name], count=BATCHES)
        exact = moment * n ** (1 - p / 2) * 2.0 ** (p / 2)
    np.testing.assert_allclose(study.exact[name] ** (2 if p == 2.0 else 1), exact, rtol=1e-12)
    assert_mean(found, exact, sigmas=6.5, detects=0.25 * exact)
    assert_mean(slope(study, name), limit, detects=0.03)
    with must_reject("no convergence", min_z=10):
        assert_mean(slope(study, name), 0.0)
