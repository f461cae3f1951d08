"""G05: with noise on prices, realized variance grows with the number of observations.

A price is observed at n + 1 equidistant times with independent errors, as between bid and ask:

    Y_k = sigma W(t_k) + eta eps_k,   eps_k independent N(0, 1)

Realized variance is RV = sum (Y_{k+1} - Y_k)^2, and is meant to measure sigma^2 T.

Mean. A return is sigma dW plus the difference of two errors, and these are independent:

    E (Y_{k+1} - Y_k)^2 = sigma^2 T/n + 2 eta^2
    E RV = sigma^2 T + 2 n eta^2

With sigma = T = 1 and eta = 0.05 this is 1.32 for n = 64, and 1.08 if only every 4th observation
is used. The plot of E RV against n is called the signature plot.

Mean-square error. Let s = 1/n, and let M be the n x n matrix with 2 on the diagonal and -1 beside
it. The returns are normal with covariance S = s I + eta^2 M. The sum of squares of such a vector
has the variance 2 tr S^2, where tr M = 2 n and tr M^2 = 4 n + 2 (n - 1) = 6 n - 2:

    E (RV - 1)^2 = 2 (n s^2 + 4 n s eta^2 + (6 n - 2) eta^4) + (2 n eta^2)^2

The first term falls with n and the last, the square of the bias, grows. The sum
2/n + 4 n^2 eta^4 is least at n = (4 eta^4)^(-1/3). That is 116 for the eta = 0.02 of the figure.

Estimators that see through noise are unbiased at every n, and so their exact number is 1. Two of
them, "two_scale" and "preaveraged", take weighted sums of neighbouring returns,

    a sum_i (sum_j g_j r_{i+j})^2 - b sum_i r_i^2

With A = sum g_j^2, B the sum of the squared steps of g (which is 0 beyond its ends) and N windows,
the first sum has the mean N (A s + B eta^2) and the second 1 + 2 n eta^2. The noise cancels and 1
is left for

    a N B = 2 n b,   a N A s - b = 1

The third, "realized_kernel", adds products of returns at a distance of h steps. Noise makes
neighbouring returns dependent, E r_i r_{i-1} = -eta^2, and no others:

    RV + 2 n/(n - 1) sum_h w_h sum_i r_i r_{i-h},   w_1 = 1

has the mean 1 + 2 n eta^2 - 2 n/(n - 1) (n - 1) eta^2 = 1.

Their twins are formulas in use, whose means follow in the same way:

    two_scale         the mean of RV over K subgrids less its share of RV, as first published: with
                      K steps to a return and m = (n - K + 1)/K of them on a subgrid, it has the
                      mean (n - K + 1)/n - m/n, without the factor that makes it 1
    preaveraged       a = 12/k and b = 6/k^2 for windows of k steps, as A is about k/12 for large k
                      and B = 1/k: it has the mean a N (A s + B eta^2) - b (1 + 2 n eta^2)
    realized_kernel   Bartlett's weights w_h = 1 - h/(H + 1) for H lags, as Newey and West take
                      them: 1 + 2 n eta^2 (1 - w_1) = 1 + 2 n eta^2/(H + 1)

Source: L. Zhang, P. A. Mykland and Y. Ait-Sahalia, J. Amer. Statist. Assoc. 100 (2005) 1394,
section 2 (the bias, two scales); J. Jacod, Y. Li, P. A. Mykland, M. Podolskij and M. Vetter, Stoch.
Proc. Appl. 119 (2009) 2249 (pre-averaging); O. E. Barndorff-Nielsen, P. R. Hansen, A. Lunde and N.
Shephard, Econometrica 76 (2008) 1481 (realized kernels).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.moments import Moments
from stochcalc.typing import Array, Axes
from stochcalc.variation.estimators import ESTIMATORS
from stochcalc.variation.measure import quadratic_variation
from stochcalc.variation.noisy_paths import NoisyPaths

STEPS = 64
ETA = 0.05
EVERY = (1, 4)  # all observations are used, and every 4th
ROBUST = ("two_scale", "preaveraged", "realized_kernel")


@dataclass(frozen=True, kw_only=True)
class Twin:
    """The mean of another formula for a robust estimate, and what the formula is."""

    mean: float
    statement: str


# The figure has more and smaller noise.
FIGURE_STEPS = 1024
FIGURE_ETA = 0.02
FIGURE_EVERY = (1, 2, 4, 8, 16, 32, 64, 128)
FIGURE_SIZES = [FIGURE_STEPS // every for every in FIGURE_EVERY]


def realized_variance(y: Array, every: int = 1) -> Array:
    """Return the realized variance of each path from every `every`-th observation."""
    returns = np.diff(y[:, ::every], axis=1)
    RV: Array = (returns * returns).sum(axis=1)
    return RV


def robust_variance(y: Array, estimator: str) -> Array:
    """Return the estimate of each path by an estimator that sees through noise."""
    estimate: Array = quadratic_variation(y, estimator=estimator, workers=1).value
    return estimate


def mean_realized_variance(n: int, eta: float) -> float:
    """Return E RV for n returns, with sigma = T = 1."""
    return 1 + 2 * n * eta**2


def mean_square_error(n: Array, eta: float) -> Array:
    """Return E (RV - 1)^2 for n returns, with sigma = T = 1."""
    s = 1.0 / n
    variance = 2.0 * (n * s * s + 4.0 * n * s * eta**2 + (6.0 * n - 2.0) * eta**4)
    bias = 2.0 * n * eta**2
    return variance + bias**2


def first_two_scales(K: int, n: int) -> float:
    """Return the mean of the two scales K and 1 without the factor of a finite n."""
    m = (n - K + 1) / K
    return (n - K + 1) / n - m / n


def limiting_preaverage(k: int, n: int, eta: float) -> float:
    """Return the mean of the pre-averaged estimate with the constants of large windows."""
    j = np.arange(k + 1) / k
    g = np.minimum(j, 1.0 - j)
    windows = n - k + 2
    A = float(g @ g)
    B = float(np.diff(g) @ np.diff(g))
    averages = 12.0 / k * windows * (A / n + B * eta**2)
    return averages - 6.0 / k**2 * mean_realized_variance(n, eta)


def bartlett_kernel(H: int, n: int, eta: float) -> float:
    """Return the mean of the realized kernel with the weights 1 - h/(H + 1)."""
    return 1 + 2 * n * eta**2 / (H + 1)


def find_twin(estimator: str, n: int, eta: float) -> Twin:
    """Return the twin of a robust estimator at its default bandwidth for n returns."""
    size = ESTIMATORS[estimator].bandwidth(n)
    assert size is not None  # each of the three has a bandwidth
    if estimator == "two_scale":
        return Twin(mean=first_two_scales(size, n), statement="without the factor of a finite n")
    if estimator == "preaveraged":
        mean = limiting_preaverage(size, n, eta)
        return Twin(mean=mean, statement="with the constants of large windows")
    return Twin(mean=bartlett_kernel(size, n, eta), statement="with Bartlett's weights")


def observe_estimates(y: Array) -> tuple[Array, ...]:
    """Return realized variance at both sampling rates, and the three robust estimates."""
    realized = [realized_variance(y, every) for every in EVERY]
    robust = [robust_variance(y, name) for name in ROBUST]
    return (*realized, *robust)


@claim(
    "G05",
    chapter="variation",
    title=(
        "With noise of variance eta^2 on prices, realized variance has mean sigma^2 T + 2 n eta^2"
    ),
    formula=r"E \sum_{k<n} (Y_{k+1} - Y_k)^2 = \sigma^2 T + 2 n \eta^2, \qquad"
    r" Y_k = \sigma W_{t_k} + \eta\, \varepsilon_k",
    sources=("zhang2005", "jacod2009", "barndorffnielsen2008"),
)
def signature(run: Run) -> Iterator[Row | str]:
    """Measure realized variance at two sampling rates, and three robust estimators."""
    paths = max(2048, run.paths // 4)
    Y = run.observe(run.brownian(STEPS, paths=paths), noise=ETA)
    moments = run.expectation(observe_estimates, Y)
    for i, every in enumerate(EVERY):
        n = STEPS // every
        yield Row(
            statement=f"E RV, n = {n}, eta = {ETA}",
            exact=mean_realized_variance(n, ETA),
            measured=moments[i].estimate(),
            twin=1 + n * ETA**2,
            twin_statement="sigma^2 T + n eta^2",
            paths=paths,
        )
    for i, name in enumerate(ROBUST, start=len(EVERY)):
        twin = find_twin(name, STEPS, ETA)
        yield Row(
            statement=f"E {name}, n = {STEPS}, eta = {ETA}",
            exact=1.0,
            measured=moments[i].estimate(),
            twin=twin.mean,
            twin_statement=twin.statement,
            paths=paths,
            limit=1.0,
        )


@signature.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw the signature plot, beside the mean-square error of realized variance."""
    from stochcalc.plot import panels

    left, right = panels(
        ax, 2, "Sampling faster shows the noise, not the price: the signature plot"
    )
    W = run.brownian(FIGURE_STEPS, paths=4096)
    Y = run.observe(W, noise=FIGURE_ETA)
    draw_means(left, run, Y)
    draw_errors(right, run, Y)
    return ax


def draw_means(ax: Axes, run: Run, Y: NoisyPaths) -> None:
    """Draw the means of realized variance and of the two scales by number of returns."""
    from stochcalc.plot import curve, limit_line, points

    few = FIGURE_EVERY[:-2]  # the two scales need more returns than the rest leaves
    realized = run.expectation(lambda y: tuple(realized_variance(y, k) for k in FIGURE_EVERY), Y)
    scales = run.expectation(lambda y: tuple(robust_variance(y[:, ::k], ROBUST[0]) for k in few), Y)
    n = np.geomspace(8, FIGURE_STEPS, 100)
    points(ax, FIGURE_SIZES, list_estimates(realized), "realized variance", 0)
    points(ax, FIGURE_SIZES[: len(few)], list_estimates(scales), "two scales", 1)
    curve(ax, n, 1 + 2 * n * FIGURE_ETA**2, "σ$^2$T + 2nη$^2$, exact", 0)
    limit_line(ax, 1.0, "σ$^2$T")
    ax.set(xscale="log", xlabel="number of returns n", ylabel="mean")
    ax.legend()


def draw_errors(ax: Axes, run: Run, Y: NoisyPaths) -> None:
    """Draw the mean-square error of realized variance by number of returns."""
    from stochcalc.plot import curve, points
    from stochcalc.plot.look import ink

    errors = run.expectation(
        lambda y: tuple((realized_variance(y, k) - 1) ** 2 for k in FIGURE_EVERY), Y
    )
    n = np.geomspace(8, FIGURE_STEPS, 100)
    points(ax, FIGURE_SIZES, list_estimates(errors), "measured ± 2 standard errors", 0)
    curve(ax, n, mean_square_error(n, FIGURE_ETA), "exact", 0)
    place = ax.get_xaxis_transform()  # x as the data has it, y as a share of the height
    best = (4 * FIGURE_ETA**4) ** (-1 / 3)
    ax.axvline(best, ymax=0.4, ls=":", color=ink(ax), alpha=0.75, lw=1.4)
    ax.annotate(
        f"least near n = {best:.0f}",
        (best, 0.4),
        xycoords=place,
        xytext=(0, 4),
        textcoords="offset points",
        ha="center",
    )
    ax.set(
        xscale="log",
        yscale="log",
        xlabel="number of returns n",
        ylabel="mean-square error of realized variance",
    )
    ax.legend()


def list_estimates(moments: Moments) -> list[Estimate]:
    """Return the mean of each number that was observed."""
    (count,) = moments.shape
    return [moments[i].estimate() for i in range(count)]
