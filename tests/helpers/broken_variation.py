"""Broken quadratic variation: estimators, their corrections and errors, and volatility."""

from __future__ import annotations

import math

import numpy as np
from broken import SIGMAS, Defect, assert_near
from evidence import assert_mean
from variation_theory import exact_variance, matrix

import stochcalc as sc

NEIGHBOURS = "variation/neighbours.py"
ROBUST = "variation/noise_robust.py"
POWER = "variation/power.py"


def draw_paths(seed, n, paths):
    """Brownian paths on [0, 1] from NumPy's generator, shape (paths, n + 1)."""
    steps = np.random.default_rng(seed).standard_normal((paths, n)) / math.sqrt(n)
    return np.concatenate([np.zeros((paths, 1)), np.cumsum(steps, axis=1)], axis=1)


def check_jump_robust(seed):
    """Every estimator that withstands jumps has the mean 1 on Brownian paths over [0, 1]."""
    x = draw_paths(seed, 100, 2000)
    names = ["bipower", "minrv", "medrv"]
    found = [sc.quadratic_variation(x, estimator=name).value for name in names]
    assert_mean(np.stack(found, axis=1), np.ones(3), sigmas=SIGMAS)


def check_noise_robust(seed):
    """Every estimator that withstands noise has the mean 1 on Brownian paths with noise."""
    x = draw_paths(seed, 200, 2000)
    x = x + 0.05 * np.random.default_rng([seed, 1]).standard_normal(x.shape)
    names = ["two_scale", "preaveraged"]
    found = [sc.quadratic_variation(x, estimator=name, bandwidth=8).value for name in names]
    assert_mean(np.stack(found, axis=1), np.ones(2), sigmas=SIGMAS)


def check_quadratic_forms(seed):
    """Estimators that withstand noise are the quadratic forms of their papers."""
    x = draw_paths(seed, 60, 5)
    returns = np.diff(x, axis=1)
    for name in ("two_scale", "preaveraged", "realized_kernel"):
        due = np.einsum("pi,ij,pj->p", returns, matrix(name, 60, 6), returns)
        found = sc.quadratic_variation(x, estimator=name, bandwidth=6).value
        assert_near(found, due, 1e-10)


def check_error_of_power_variation(seed):
    """The squared standard error of sum |dx|^2 over n steps of [0, 1] has the mean 2/n."""
    found = sc.power_variation(draw_paths(seed, 100, 2000), 2.0)
    assert_mean(np.square(found.stderr), 2.0 / 100, sigmas=SIGMAS)


def check_covariation(seed):
    """Two motions of correlation 0.6 have the covariation 0.6 over [0, 1]."""
    x = draw_paths(seed, 50, 4000)
    y = 0.6 * x + 0.8 * draw_paths([seed, 1], 50, 4000)
    assert_mean(sc.covariation(x, y).value, 0.6, sigmas=SIGMAS)


def check_spot_variance(seed):
    """The spot variance of a Brownian path is 1 in every window of 20 returns."""
    x = draw_paths(seed, 400, 2000)
    found = sc.spot_variance(x, np.linspace(0.0, 1.0, 401), window=20).value
    assert_mean(found[:, 20:].mean(axis=1), 1.0, sigmas=SIGMAS)


def check_jump_test(seed):
    """Share and statistic of the test for jumps are those of its definition.

    Returns of one size have so small a quarticity that the statistic's bound is attained. The
    variance of the gap is that of bipower less that of realized variance: the latter is the best
    unbiased estimate, and has no correlation with what another has beyond it."""
    n = 64
    x = np.cumsum(np.where(np.arange(n + 1) % 3 == 0, 0.1, -0.1))
    r = np.diff(x)
    realized = float(r @ r)
    bipower = math.pi / 2 * n / (n - 1) * float(np.abs(r[1:] * r[:-1]).sum())
    share = 1.0 - bipower / realized
    gap = exact_variance("bipower", n, 1.0) - 2.0 / n
    found = sc.jump_test(x)
    assert_near([found.share, found.statistic], [share, share / math.sqrt(gap)], 1e-9)


def check_volatility_of_a_year(seed):
    """The realized volatility of 60 returns is sqrt(252/60 sum r^2) a year."""
    r = 0.01 * np.random.default_rng(seed).standard_normal(60)
    x = np.append(0.0, np.cumsum(r))
    found = sc.volatility(100.0 * np.exp(x)).annual["realized"].value
    assert_near(found, math.sqrt(252.0 / 60.0 * float(r @ r)), 1e-10)


def check_jumps_found(seed):
    """A return is measured in units of the volatility of the window before it."""
    x = draw_paths(seed, 60, 1)[0]
    found = sc.detect_jumps(x, window=20, estimator="minrv")
    r = np.diff(x)
    squares = np.minimum(r[1:] ** 2, r[:-1] ** 2) / (1.0 - 2.0 / math.pi)
    due = [r[i] / math.sqrt(squares[i - 20 : i - 1].mean()) for i in range(20, 60)]
    assert_near(found.statistic[21:], due, 1e-10)


DEFECTS = (
    Defect(
        name="constant of bipower variation",
        what="Products of neighbouring returns are not divided by (E |Z|)^2 = 2/pi.",
        file=NEIGHBOURS,
        old="        mean=2.0 / PI,",
        new="        mean=1.0,",
        check=check_jump_robust,
        by="law",
        everyday=True,
    ),
    Defect(
        name="constant of the smaller of two",
        what="Squares of the smaller of two returns are divided by 2/pi instead of by 1 - 2/pi.",
        file=NEIGHBOURS,
        old="        mean=1.0 - 2.0 / PI,",
        new="        mean=2.0 / PI,",
        check=check_jump_robust,
        by="law",
    ),
    Defect(
        name="median of three",
        what="The median of three is taken to be the larger of the first two.",
        file=NEIGHBOURS,
        old="    np.minimum(median, right, out=median)\n",
        new="",
        check=check_jump_robust,
        by="law",
        everyday=True,
    ),
    Defect(
        name="noise left in",
        what="The estimate from sums over windows is not freed of what the noise adds to it.",
        file=ROBUST,
        old="beta = alpha * N * B / (2.0 * n)",
        new="beta = 0.0 * alpha",
        check=check_noise_robust,
        by="law",
        everyday=True,
    ),
    Defect(
        name="weights of the realized kernel",
        what="Parzen's weight function loses the factor 2 in its second half.",
        file=ROBUST,
        old="2.0 * (1.0 - x) ** 3",
        new="(1.0 - x) ** 3",
        check=check_quadratic_forms,
        by="bits",
    ),
    Defect(
        name="last window left out",
        what="The number of windows is counted one too small.",
        file=ROBUST,
        old="N = n - window.width + 1",
        new="N = n - window.width",
        check=check_quadratic_forms,
        by="bits",
        everyday=True,
    ),
    Defect(
        name="constant of the quarticity",
        what="The standard error takes the variance of |Z|^p over E |Z|^2p upside down.",
        file=POWER,
        old="ratio = -math.expm1(",
        new="ratio = math.exp(",
        check=check_error_of_power_variation,
        by="law",
        everyday=True,
    ),
    Defect(
        name="covariation with itself",
        what="The increments of x are multiplied by themselves instead of by those of y.",
        file=POWER,
        old="product = np.diff(left, axis=-1) * np.diff(right, axis=-1)",
        new="product = np.diff(left, axis=-1) * np.diff(left, axis=-1)",
        check=check_covariation,
        by="law",
        everyday=True,
    ),
    Defect(
        name="length of a window",
        what="A window of n returns is divided by the length of n + 1 steps.",
        file="variation/measure.py",
        old="duration = clock.sum_steps() * paths.step",
        new="duration = clock.sum_steps() * paths.step * (window + 1) / window",
        check=check_spot_variance,
        by="law",
        everyday=True,
    ),
    Defect(
        name="overlap of the window",
        what="The volatility before a return is taken from a window that contains the return.",
        file="variation/jumps.py",
        old="before = spot.value[..., :-1]",
        new="before = spot.value[..., 1:]",
        check=check_jumps_found,
        by="bits",
        everyday=True,
    ),
    Defect(
        name="constant of the jump test",
        what="The covariance of neighbouring products in bipower variation counts once, not twice.",
        file=NEIGHBOURS,
        old="covariances=(PI**2 / 4 - 1, PI - 2),",
        new="covariances=(PI**2 / 4 - 1, 0.5 * (PI - 2)),",
        check=check_jump_test,
        by="bits",
        everyday=True,
    ),
    Defect(
        name="share of the jumps",
        what="The share of the jumps is taken relative to the continuous part.",
        file="variation/jump_tests.py",
        old="share = 1.0 - continuous.value / realized.value",
        new="share = realized.value / continuous.value - 1.0",
        check=check_jump_test,
        by="bits",
    ),
    Defect(
        name="returns in a year",
        what="The variance of a year is counted from the observations, one more than the returns.",
        file="variation/price_report.py",
        old="annual={name: take_root(found, per_year / n)",
        new="annual={name: take_root(found, per_year / (n + 1))",
        check=check_volatility_of_a_year,
        by="bits",
        everyday=True,
    ),
    Defect(
        name="year upside down",
        what="A variance is divided by the number of returns in a year instead of multiplied.",
        file="variation/price_report.py",
        old="annual={name: take_root(found, per_year / n)",
        new="annual={name: take_root(found, n / per_year)",
        check=check_volatility_of_a_year,
        by="bits",
    ),
)
