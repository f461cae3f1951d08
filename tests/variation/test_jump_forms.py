"""The test for jumps by three estimators in three forms: its constants, its level, its power."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from evidence import assert_count, assert_law, assert_mean, must_reject
from scipy import stats

import stochcalc as sc
from stochcalc.variation import ESTIMATORS
from stochcalc.variation.windows import Clock

ROBUST = ["bipower", "minrv", "medrv"]
FORMS = ["ratio", "log", "linear"]
PATHS = 2000
STEPS = 2000
HALF = stats.halfnorm  # the law of |u|
NODES, WEIGHTS = np.polynomial.legendre.leggauss(40)


@pytest.fixture
def smooth(rng_seed):
    return sc.brownian(1.0, STEPS, paths=PATHS, rng=rng_seed).values


def integral(f, low=0.0, high=12.0):
    """int f(y) p(y) dy from low to high, with p the density of |u|, by Gauss's rule on 24 pieces.

    The ends may be arrays; f then has values of one more axis.
    """
    ends = np.linspace(low, high, 25)
    total = 0.0
    for left, right in itertools.pairwise(ends):
        half = 0.5 * (right - left)[..., None]
        y = left[..., None] + half * (1.0 + NODES)
        total = total + np.sum(WEIGHTS * half * f(y) * HALF.pdf(y), axis=-1)
    return total


def below(y):
    """E u^2 for |u| < y, which is F(y) - y p(y)."""
    return HALF.cdf(y) - y * HALF.pdf(y)


def smaller_given_one(y):
    """E min(|u|, y)^2."""
    return below(y) + y * y * HALF.sf(y)


def median_given_one(y):
    """E med(|u|, |v|, y)^2: both below y, both above it, or one on each side."""
    both_below = 2.0 * integral(lambda s: s * s * HALF.cdf(s), 0.0 * y, y)
    both_above = 2.0 * integral(lambda s: s * s * HALF.sf(s), y, y + 12.0)
    return both_below + both_above + 2.0 * y * y * HALF.cdf(y) * HALF.sf(y)


def median_given_two(y, z):
    """E med(|u|, y, z)^2 for y < z."""
    return y * y * HALF.cdf(y) + below(z) - below(y) + z * z * HALF.sf(z)


def relative(covariance, mean):
    return covariance / mean**2


def test_the_covariances_of_minima_are_integrals():
    mean = integral(smaller_given_one)
    fourth = 2.0 * integral(lambda y: y**4 * HALF.sf(y))
    lag = integral(lambda y: smaller_given_one(y) ** 2)
    np.testing.assert_allclose(
        ESTIMATORS["minrv"].covariances,
        [relative(fourth - mean**2, mean), 2.0 * relative(lag - mean**2, mean)],
        rtol=1e-9,
    )


def test_the_covariances_of_products_are_products_of_moments():
    size = integral(lambda y: y)
    np.testing.assert_allclose(
        ESTIMATORS["bipower"].covariances, [1.0 / size**4 - 1.0, 2.0 / size**2 - 2.0], rtol=1e-9
    )


def test_the_covariances_of_medians_are_integrals():
    mean = 6.0 * integral(lambda y: y * y * HALF.cdf(y) * HALF.sf(y))
    fourth = 6.0 * integral(lambda y: y**4 * HALF.cdf(y) * HALF.sf(y))

    def squared_given_first(y):
        return integral(lambda z: median_given_two(y[..., None], z) ** 2, y, y + 12.0)

    one_lag = 2.0 * integral(squared_given_first)
    two_lags = integral(lambda y: median_given_one(y) ** 2)
    np.testing.assert_allclose(
        ESTIMATORS["medrv"].covariances,
        [
            relative(fourth - mean**2, mean),
            2.0 * relative(one_lag - mean**2, mean),
            2.0 * relative(two_lags - mean**2, mean),
        ],
        rtol=1e-8,
    )


@pytest.mark.parametrize("estimator", ["realized", *ROBUST])
def test_the_covariances_sum_to_the_factor(estimator):
    kind = ESTIMATORS[estimator]
    assert sum(kind.covariances) == pytest.approx(kind.factor, rel=1e-12)
    equal = Clock(10**6, np.array([10**6])).gap_variance(kind.width, kind.covariances)
    assert float(equal[0]) / 10**6 == pytest.approx(kind.factor - 2.0, abs=1e-5)


@pytest.mark.parametrize("estimator", ROBUST)
def test_the_variance_of_the_gap_is_exact_on_unequal_steps(estimator, rng_seed):
    t = np.cumsum(np.r_[0.0, np.tile([1.0, 8.0], 6)])
    W = sc.brownian(partition=sc.Partition(t), paths=100_000, rng=rng_seed)
    gap = (
        sc.quadratic_variation(W.values).value
        - sc.quadratic_variation(W.values, t, estimator=estimator).value
    )
    kind = ESTIMATORS[estimator]
    clock = Clock(12, np.array([12]), np.diff(t))
    exact = float(np.squeeze(clock.gap_variance(kind.width, kind.covariances)))
    assert_mean(gap**2, exact, detects=0.1 * exact, sigmas=7)
    with must_reject("the two as if they were independent"):
        own = kind.factor * clock.sum_weight_products(kind.width, 0)
        assert_mean(gap**2, float(np.squeeze(own + 2.0 * clock.sum_steps(2))))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("estimator", ROBUST)
def test_without_jumps_each_form_keeps_its_level(smooth, estimator, form):
    found = sc.jump_test(smooth, estimator=estimator, form=form)
    assert (found.estimator, found.form) == (estimator, form)
    assert_count(np.sum(found.pvalue < 0.05), PATHS, 0.05, detects=0.07, alpha=1e-11)
    assert_law(found.statistic, stats.norm, detects=0.2, alpha=1e-11)
    with must_reject("the variance of realized variance beside it, as if independent", min_z=4):
        kind = ESTIMATORS[estimator]
        wrong = np.sqrt((kind.factor - 2.0) / (kind.factor + 2.0))
        assert_law(wrong * found.statistic, stats.norm)


def test_the_forms_are_functions_of_each_other(smooth):
    for estimator in ROBUST:
        tests = {form: sc.jump_test(smooth[:50], estimator=estimator, form=form) for form in FORMS}
        one = tests["ratio"]
        quotient = one.realized.value / one.continuous.value
        np.testing.assert_allclose(
            tests["log"].statistic * (1.0 - 1.0 / quotient),
            one.statistic * np.log(quotient),
            rtol=1e-9,
        )
        # The linear form divides by an error that has no lower bound.
        linear = np.abs(tests["linear"].statistic / one.statistic)
        assert (linear >= quotient * (1.0 - 1e-9)).all()
        for test in tests.values():
            np.testing.assert_array_equal(test.share, one.share)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("estimator", ROBUST)
def test_a_jump_is_noticed_in_every_form(smooth, estimator, form):
    x = smooth[:100].copy()
    x[:, 1000:] += 0.5  # some twenty standard deviations of a step, a fifth of the variation
    found = sc.jump_test(x, estimator=estimator, form=form)
    assert_count(np.sum(found.pvalue < 1e-3), 100, 1.0 - 1e-6, alpha=1e-11)


@pytest.mark.parametrize(
    "arguments, pattern",
    [
        ({"estimator": "realized"}, r"estimator='realized' must be one of 'bipower', 'minrv', 'me"),
        ({"estimator": "two_scale"}, r"estimator='two_scale' must be one of"),
        ({"form": "log10"}, r"form='log10' must be one of 'ratio', 'log', 'linear'"),
    ],
)
def test_another_estimator_or_form_is_refused_by_name(arguments, pattern):
    with pytest.raises(ValueError, match=pattern):
        sc.jump_test(np.arange(10.0), **arguments)
