"""A price series in one report: its quadratic variation, its volatility through time, its jumps.

`volatility` computes the report, and `report_lines` writes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks
from stochcalc.estimate import Estimate
from stochcalc.typing import Array, Axes
from stochcalc.variation import (
    ESTIMATORS,
    Jumps,
    JumpTest,
    detect_jumps,
    jump_test,
    quadratic_variation,
    spot_variance,
)
from stochcalc.variation.csv_series import Series
from stochcalc.variation.report_lines import (
    Jump,
    write_header,
    write_jumps,
    write_rolling,
    write_variation,
)

LEAST = 30  # returns in a series


@dataclass(frozen=True, eq=False)
class Volatility:
    """The report of `volatility`; it prints and plots itself.

    Volatilities are per root of a year, as fractions (0.2 is 20 %).

    Attributes
    ----------
    series : Series
        The series of prices.
    x : ndarray, shape (n + 1,)
        What was measured: logarithms of the values, or the values.
    log : bool
        Whether logarithms were taken.
    per_year : float
        The number of observations in a year.
    window : int
        The number of returns in the rolling volatility.
    jump_window : int
        The number of returns before each return that is tested for a jump.
    level : float
        The chance of a false jump in the whole series.
    variation : dict of name to Estimate
        Quadratic variation over the whole series, by every estimator.
    annual : dict of name to Estimate
        The square root of the variation in a year: an annualised volatility.
    rolling : Estimate
        Annualised volatility of the `window` returns up to each observation, arrays (n + 1,), nan
        before.
    test : JumpTest, or None
        The test that there are no jumps; None where bipower variation is 0, because every other
        return is zero.
    jumps : Jumps
        The single jumps.

    Examples
    --------
    >>> import numpy as np
    >>> import stochcalc as sc
    >>> W = sc.brownian(T=2.0, n=504, rng=1)
    >>> report = sc.volatility(100.0 * np.exp(0.2 * W.values[0]), per_year=252)
    >>> abs(report.annual["realized"].z(0.2)) < 5
    True
    """

    series: Series
    x: Array
    log: bool
    per_year: float
    window: int
    jump_window: int
    level: float
    variation: Mapping[str, Estimate]
    annual: Mapping[str, Estimate]
    rolling: Estimate
    test: JumpTest | None
    jumps: Jumps

    @property
    def jump_table(self) -> list[Jump]:
        """The label, the return, and the return over the volatility before it, of every jump."""
        return [
            Jump(
                label=self.series.labels[i],
                size=float(self.x[i] - self.x[i - 1]),
                ratio=float(self.jumps.statistic[i]),
            )
            for i in self.jumps.index
        ]

    @property
    def dates_per_year(self) -> float | None:
        """The number of observations in a year by the dates, if the times are dates."""
        times = self.series.times
        if times is None or times.dtype.kind != "M":
            return None
        return (len(times) - 1) / float((times[-1] - times[0]) / np.timedelta64(31_556_952, "s"))

    def plot(self, ax: Axes | None = None, **line: object) -> Axes:
        """Draw the values with their jumps, and the rolling volatility with its interval.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            The place of the figure that the two panels take; without it a new figure is made.
        **line
            What Matplotlib's `plot` takes, such as `color`, `label` and `alpha`.

        Returns
        -------
        matplotlib Axes
        """
        from stochcalc.plot import plot_volatility

        return plot_volatility(self, ax=ax, **line)

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        withstands = {name: ESTIMATORS[name].robust for name in self.variation}
        lines = [
            *write_header(self.series, self.log, self.per_year, self.dates_per_year),
            "",
            *write_variation(self.variation, self.annual, withstands, self.log),
            "",
            *write_rolling(self.rolling, self.series.labels, self.window, self.log),
            "",
            *write_jumps(
                self.test, self.jumps, self.jump_table, self.series.labels, self.level, self.log
            ),
        ]
        return "\n".join(lines)


def volatility(
    series: Series | ArrayLike,
    *,
    log: bool = True,
    per_year: float = 252.0,
    window: int = 21,
    jump_window: int | None = None,
    level: float = 0.05,
    confidence: float = 0.95,
) -> Volatility:
    """Return the report of a series of prices at equal intervals.

    It holds the integrated variance by every estimator, the volatility through time, and the jumps.

    Parameters
    ----------
    series : Series, or array_like of shape (n + 1,)
        The prices, as `read_csv` returns them. The times of a Series name its observations; the
        clock is one step per observation.
    log : bool
        Whether to take logarithms; then all values must be positive.
    per_year : float
        Observations in a year: 252 for days of trading, 12 for months.
    window : int
        Returns in the rolling volatility.
    jump_window : int, optional
        Returns before each return that is tested for a jump; by default 60, or a third of a short
        series.
    level : float in (0, 1)
        Chance of a false jump in the whole series.
    confidence : float in (0, 1)
        The probability with which an interval covers what it estimates.

    Returns
    -------
    Volatility

    Raises
    ------
    TypeError, ValueError
        For what is no series, too short for a window, or not positive with `log`.

    Examples
    --------
    >>> prices = [100.0 + (i % 2) for i in range(61)]      # one up, one down
    >>> found = volatility(prices, per_year=60.0)
    >>> f"{found.annual['realized'].value:.4f}"      # sqrt(60) log(101/100)
    '0.0771'
    >>> len(found.jump_table)
    0
    """
    if not isinstance(series, Series):
        series = _label_observations(series)
    per_year = checks.number("per_year", per_year, above=0.0)
    level = checks.number("level", level, above=0.0, below=1.0)
    confidence = checks.number("confidence", confidence, above=0.0, below=1.0)
    n = len(series.values) - 1
    if n < LEAST:
        raise ValueError(
            f"{series.name} has {n} returns: at least {LEAST} are needed for intervals that mean "
            f"something"
        )
    window = _check_window("window", window, n, least=2, most=n, option=" (--window)")
    if jump_window is None:
        jump_window = min(60, n // 3)
    jump_window = _check_window("jump_window", jump_window, n, least=10, most=n - 1)
    x = series.values
    if checks.flag("log", log):
        x = _take_logarithms(series)
    variation = {
        name: quadratic_variation(x, estimator=name, confidence=confidence) for name in ESTIMATORS
    }
    test = None
    if variation["bipower"].value > 0:
        test = jump_test(x)
    return Volatility(
        series=series,
        x=x,
        log=log,
        per_year=per_year,
        window=window,
        jump_window=jump_window,
        level=level,
        variation=variation,
        annual={name: _take_root(found, per_year / n) for name, found in variation.items()},
        rolling=_take_root(spot_variance(x, window=window, confidence=confidence), per_year),
        test=test,
        jumps=detect_jumps(x, window=jump_window, level=level),
    )


def _label_observations(values: ArrayLike) -> Series:
    """Return values as a series whose observations have numbers for names."""
    array = checks.array("series", values, ndim=1)
    labels = tuple(f"observation {i}" for i in range(len(array)))
    return Series(name="series", values=array, times=None, labels=labels)


def _check_window(name: str, width: int, n: int, *, least: int, most: int, option: str = "") -> int:
    """Return a number of returns in a window, checked for a series of n returns."""
    width = checks.integer(name, width, least)
    if width > most:
        raise ValueError(
            f"{name}={width} is too long for a series of {n} returns: choose a shorter one{option}"
        )
    return width


def _take_logarithms(series: Series) -> Array:
    """Return the logarithms of the values of a series, or fail at the first that has none."""
    values = series.values
    wrong = np.flatnonzero(values <= 0)
    if wrong.size:
        i = wrong[0]
        raise ValueError(
            f"{series.name}={values[i]:g} at {series.labels[i]} is not positive: fix it, or "
            f"log=False (--no-log)"
        )
    return np.log(values)


def _take_root(variance: Estimate, scale: float) -> Estimate:
    """Return the square root of scale times a variance.

    The ends of its interval are the roots of those of the variance, and se(sqrt v) = se(v)/(2 sqrt
    v).
    """
    value, low, high = (
        np.sqrt(np.maximum(scale * np.asarray(part), 0.0))[()]
        for part in (variance.value, variance.low, variance.high)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        stderr = 0.5 * scale * variance.stderr / value
    return Estimate(value=value, stderr=stderr, low=low, high=high, confidence=variance.confidence)
