"""G48: the drift cannot be learned by looking faster, and the volatility can.

One path of dX = mu dt + sigma dW is looked at n times at equal distances h = T/n. Its increments
are independent and normal, with mean mu h and variance sigma^2 h.

The drift. The best estimator of mu is the mean increment over h, which is a telescoping sum,

    m = (1/T) sum dX_k = (X_T - X_0)/T

It looks at the two ends of the path and at nothing between them. It is normal with mean mu and
standard deviation sigma/sqrt(T), at every n. No other estimator without bias does better: by
Girsanov's theorem the likelihood of the whole path, looked at in every moment, is
exp((mu X_T - mu^2 T/2)/sigma^2) times what does not depend on mu, and so Fisher's information is
T/sigma^2. Only time tells of the drift.

The volatility. Around the mean increment, by Cochran's theorem, the sum of squares

    v = (1/T) (n/(n - 1)) sum (dX_k - mean)^2

is sigma^2/(n - 1) times a chi-squared number with n - 1 degrees of freedom, whatever mu is. That
number has the mean n - 1 and the variance 2 (n - 1), so that

    E v = sigma^2,   Var v = 2 sigma^4/(n - 1)

If mu is known, sum (dX_k - mu h)^2/T has all n degrees of freedom and the variance 2 sigma^4/n.
Both tend to 0 as n grows, however short T is.

If the drift is simply forgotten, then (1/T) sum dX_k^2 has the mean

    sigma^2 + mu^2 h

because the square of a mean increment is mu^2 h^2. The bias vanishes with the step. So whoever
looks often need not know the drift, and the quadratic variation is sigma^2 T with any drift.

The numbers here are for mu = 1/2, sigma = 1 and T = 1, with n = 4 and n = 64.

Source: R. C. Merton, J. Financial Economics 8 (1980) 323, for both; Yu. A. Kutoyants,
Statistical Inference for Ergodic Diffusion Processes (2004), chapter 1, for the likelihood;
W. G. Cochran, Proc. Camb. Phil. Soc. 30 (1934) 178.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator

import numpy as np

from stochcalc.claims.claim import Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.moments import Moments, take_root
from stochcalc.typing import Array, Axes

DRIFT = 0.5
VOLATILITY = 1.0
FEW = 4
MANY = 64


def deviation_of_drift(T: float = 1.0) -> float:
    """Return the standard deviation sigma/sqrt(T) of the estimator of the drift."""
    return VOLATILITY / math.sqrt(T)


def variance_of_square(freedom: int) -> float:
    """Return the variance 2 sigma^4/f of an estimator of sigma^2 with f degrees of freedom."""
    return 2.0 * VOLATILITY**4 / freedom


def estimate(w: Array, T: float = 1.0) -> tuple[Array, Array, Array, Array]:
    """Return estimators of paths of X = mu t + sigma W, seen at equal distances.

    They are those of the drift, and of sigma^2 with the drift estimated, known and forgotten.
    """
    n = w.shape[1] - 1
    h = T / n
    dX = DRIFT * h + VOLATILITY * np.diff(w, axis=1)
    mean = dX.mean(axis=1)
    around_mean = np.sum((dX - mean[:, None]) ** 2, axis=1) / T * n / (n - 1)
    around_drift = np.sum((dX - DRIFT * h) ** 2, axis=1) / T
    around_zero = np.sum(dX**2, axis=1) / T
    return mean / h, around_mean, around_drift, around_zero


def measure(run: Run, n: int, T: float = 1.0, paths: int | None = None) -> Moments:
    """Return the moments of the estimators over many paths."""
    look = functools.partial(estimate, T=T)
    return run.expectation(look, run.brownian(n, T, paths=paths))


def measure_deviation(moments: Moments) -> Estimate:
    """Return the root mean square error of the estimator of the drift."""
    return take_root(moments[0].mean_square(about=DRIFT))


@claim(
    "G48",
    chapter="variation",
    title="The drift cannot be learned by looking faster, and the volatility can",
    formula=r"\mathrm{d}X = \mu \, \mathrm{d}t + \sigma \, \mathrm{d}W: \quad"
    r" \mathrm{Var} \, \hat\mu = \frac{\sigma^2}{T} \ \text{for every} \ n, \qquad"
    r" \mathrm{Var} \, \hat\sigma^2 = \frac{2 \sigma^4}{n - 1}",
    sources=("merton1980", "kutoyants2004", "cochran1934"),
)
def drift_or_volatility(run: Run) -> Iterator[Row | str]:
    """Measure the spread of estimators of drift and volatility from few and many looks."""
    found = {n: measure(run, n) for n in (FEW, MANY)}
    for n in (FEW, MANY):
        yield Row(
            statement=f"standard deviation of the drift's estimator, n = {n}",
            exact=deviation_of_drift(),
            measured=measure_deviation(found[n]),
            twin=deviation_of_drift() / math.sqrt(n),
            twin_statement="sigma/sqrt(n T): n looks are n times as good",
            limit=deviation_of_drift(),
        )
    square = VOLATILITY**2
    for n, twin, twin_statement in (
        (FEW, variance_of_square(FEW), "2 sigma^4/n, as if the drift were known"),
        (MANY, variance_of_square(FEW - 1), "that of n = 4: looking faster does not help"),
    ):
        yield Row(
            statement=f"Var of sigma^2's estimator, n = {n}",
            exact=variance_of_square(n - 1),
            measured=found[n][1].mean_square(about=square),
            twin=twin,
            twin_statement=twin_statement,
            limit=0.0,
        )
    for n in (FEW, MANY):
        yield Row(
            statement=f"Var of sigma^2's estimator, known drift, n = {n}",
            exact=variance_of_square(n),
            measured=found[n][2].mean_square(about=square),
            twin=variance_of_square(1),
            twin_statement="2 sigma^4: looking faster does not help",
            limit=0.0,
        )
    yield Row(
        statement=f"E sum dX^2/T, forgotten drift, n = {FEW}",
        exact=square + DRIFT**2 / FEW,
        measured=found[FEW][3].estimate(),
        twin=square,
        twin_statement="sigma^2: the drift does not matter",
        limit=square,
    )


@drift_or_volatility.figure
def draw(ax: Axes, run: Run) -> Axes:
    """Draw the spread of both estimators by the number of looks, and by the time."""
    from stochcalc.plot import panels

    title = "Looking faster tells of the volatility, waiting tells of the drift"
    left, right = panels(ax, 2, title)
    draw_looks(left, run)
    draw_times(right, run)
    return ax


def draw_looks(ax: Axes, run: Run) -> None:
    """Draw the standard deviations by the number of looks in the time 1."""
    from stochcalc.plot import curve, points, tell_points_from_lines

    sizes = 2 ** np.arange(1, 9)
    found = [measure(run, int(n), paths=20_000) for n in sizes]
    points(ax, sizes, [measure_deviation(moments) for moments in found], "", 0)
    points(ax, sizes, [take_root(moments[1].mean_square(about=1.0)) for moments in found], "", 1)
    curve(ax, sizes, np.full(len(sizes), deviation_of_drift()), "drift: σ/√T", 0)
    curve(ax, sizes, np.sqrt(2.0 / (sizes - 1)), "σ$^2$: σ$^2$ √(2/(n − 1))", 1)
    curve(ax, sizes, deviation_of_drift() / np.sqrt(sizes), "twin: σ/√(nT)", 2)
    tell_points_from_lines(ax)
    ax.set(
        xscale="log",
        yscale="log",
        xlabel="looks n in the time T = 1",
        ylabel="standard deviation",
        ylim=(0.02, 3.0),
    )
    ax.legend(loc="lower left")


def draw_times(ax: Axes, run: Run) -> None:
    """Draw the standard deviations by the time, for as many looks."""
    from stochcalc.plot import curve, points, tell_points_from_lines

    times = 4.0 ** np.arange(5)
    found = [measure(run, MANY, float(T), paths=20_000) for T in times]
    points(ax, times, [measure_deviation(moments) for moments in found], "", 0)
    points(ax, times, [take_root(moments[1].mean_square(about=1.0)) for moments in found], "", 1)
    curve(ax, times, 1.0 / np.sqrt(times), "drift: σ/√T", 0)
    curve(ax, times, np.full(len(times), math.sqrt(2.0 / (MANY - 1))), "σ$^2$", 1)
    tell_points_from_lines(ax)
    ax.set(
        xscale="log",
        yscale="log",
        xlabel=f"time T, with n = {MANY} looks",
        ylabel="standard deviation",
        ylim=(0.02, 3.0),
    )
    ax.legend(loc="lower left")
