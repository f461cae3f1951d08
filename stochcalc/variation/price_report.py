"""A price series in one report: its quadratic variation seven ways, its volatility through time,
its jumps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.engine import checks
from stochcalc.estimate import Estimate
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


@dataclass(frozen=True, eq=False)
class Volatility:
    """What `volatility` found; prints and plots itself. Volatilities are per root of a year, as
    fractions (0.2 is 20 %).

    Attributes
    ----------
    series : Series
    x : ndarray, shape (n + 1,)
        What was measured: logarithms of the values, or the values.
    variation : dict of name to Estimate
        Quadratic variation over the whole series, by every estimator.
    annual : dict of name to Estimate
        The same as an annualised volatility.
    rolling : Estimate
        Annualised volatility of the `window` returns up to each observation, arrays (n + 1,), nan
        before.
    test : JumpTest, or None where bipower variation is 0: every other return is zero
    jumps : Jumps
    """

    series: Series
    x: NDArray[np.float64]
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
    def jump_table(self) -> list[tuple[str, float, float]]:
        """(label, return, return over the volatility before it) of every jump."""
        return [
            (
                self.series.labels[i],
                float(self.x[i] - self.x[i - 1]),
                float(self.jumps.statistic[i]),
            )
            for i in self.jumps.index
        ]

    def plot(self, ax: Any = None) -> Any:
        """Draw the values with their jumps, and the rolling volatility with its interval, in the
        place of `ax`; return it.
        """
        from stochcalc.plot import plot_volatility

        return plot_volatility(self, ax=ax)

    def __str__(self) -> str:
        return "\n".join([*self._header(), *self._variation(), *self._rolling(), *self._jumps()])

    @property
    def dates_per_year(self) -> float | None:
        """Observations in a year as the dates have them, if the times are dates."""
        times = self.series.times
        if times is None or times.dtype.kind != "M":
            return None
        return (len(times) - 1) / float((times[-1] - times[0]) / np.timedelta64(31_556_952, "s"))

    def _header(self) -> list[str]:
        series, kind = self.series, "log returns" if self.log else "differences"
        dropped = (
            f", {_count(series.dropped, 'row')} without a value left out" if series.dropped else ""
        )
        lines = [
            f"{series.name}: {len(self.x)} observations, {series.labels[0]} to "
            f"{series.labels[-1]}{dropped}; {kind}, {self.per_year:g} a year"
        ]
        dated = self.dates_per_year
        if dated is not None and not 1 / 1.5 < dated / self.per_year < 1.5:
            rate = round(dated)
            lines.append(
                f"WARNING: the dates come {dated:.3g} a year; if so, give per_year={rate} "
                f"(--per-year {rate})"
            )
        return [*lines, ""]

    def _variation(self) -> list[str]:
        some = next(iter(self.variation.values()))
        sure = f"{100 * some.confidence:g} % interval"
        lines = [
            f"{'quadratic variation':<20} {'value':>11} {'std error':>10} {sure:>25} "
            f"{'volatility a year':>19} "
            f"{sure:>23}  withstands"
        ]
        for name, found in self.variation.items():
            year = self.annual[name]
            interval = f"{found.low:.5g} to {found.high:.5g}"
            lines.append(
                f"{name:<20} {found.value:11.5g} {found.stderr:10.2g} {interval:>25} "
                f"{self._size(year.value):>19} "
                f"{self._size(year.low) + ' to ' + self._size(year.high):>23}  "
                f"{ESTIMATORS[name].robust}"
            )
        return [
            *lines,
            "(std error: one; of daily prices compare realized with medrv, noise matters for "
            "seconds and ticks)",
        ]

    def _rolling(self) -> list[str]:
        roll, labels = self.rolling, self.series.labels
        low, high, last = (
            int(np.nanargmin(roll.value)),
            int(np.nanargmax(roll.value)),
            len(self.x) - 1,
        )
        parts = [
            f"{name} {self._size(roll.value[i])} ({self._size(roll.low[i])} to "
            f"{self._size(roll.high[i])}) at {labels[i]}"
            for name, i in (("lowest", low), ("highest", high), ("last", last))
        ]
        return ["", f"rolling volatility of {self.window} returns, per year: " + ", ".join(parts)]

    def _jumps(self) -> list[str]:
        found = self.jump_table
        tested = int(np.isfinite(self.jumps.statistic).sum())
        before, last = self.jump_window, self.series.labels[self.jump_window]
        head = (
            f"{_count(len(found), 'jump')} in {tested} returns, beyond {self.jumps.threshold:.2f} "
            f"times the volatility of the {before} before (without jumps one with probability "
            f"{self.level:g}); the first {before} returns, to {last}, are not tested "
            f"(--jump-window)"
        )
        width = max((len(label) for label, _, _ in found), default=0)
        test = (
            "no test: every other return is zero, so bipower variation is 0"
            if self.test is None
            else str(self.test)
        )
        columns = (
            [f"  {'':<{width}}  {'return':>9}  over the volatility before it"] if found else []
        )
        return (
            ["", f"realized against bipower: {test}", head]
            + columns
            + [
                f"  {label:<{width}}  {self._size(step, sign='+'):>9}  {ratio:+7.2f}"
                for label, step, ratio in found
            ]
        )

    def _size(self, value: float, sign: str = "") -> str:
        return f"{100 * value:{sign}.1f} %" if self.log else f"{value:{sign}.4g}"


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
    """Integrated variance, volatility through time and jumps of a series of prices at equal
    intervals.

    Parameters
    ----------
    series : Series, or array_like of shape (n + 1,)
        As `read_csv` returns it. Its times name the observations; the clock is one step per
        observation.
    log : bool
        Take logarithms; then all values must be positive.
    per_year : float
        Observations in a year: 252 for days of trading, 12 for months.
    window, jump_window : int
        Returns in the rolling volatility, and before each return that is tested for a jump (by
        default 60, or a third of a short series).
    level : float in (0, 1)
        Chance of a false jump in the whole series.
    confidence : float in (0, 1)

    Returns
    -------
    Volatility

    Raises
    ------
    TypeError, ValueError
        For a series that is none, too short for a window, or not positive with `log`.
    """
    if not isinstance(series, Series):
        given = checks.array("series", series, ndim=1)
        series = Series("series", given, None, tuple(f"observation {i}" for i in range(len(given))))
    per_year = checks.number("per_year", per_year, above=0.0)
    level = checks.number("level", level, above=0.0, below=1.0)
    confidence = checks.number("confidence", confidence, above=0.0, below=1.0)
    values, n = series.values, len(series.values) - 1
    if n < LEAST:
        raise ValueError(
            f"{series.name} has {n} returns: at least {LEAST} are needed for intervals that mean "
            f"something"
        )
    window = checks.integer("window", window, 2)
    jump_window = (
        min(60, n // 3) if jump_window is None else checks.integer("jump_window", jump_window, 10)
    )
    for name, width, most in (("window", window, n), ("jump_window", jump_window, n - 1)):
        if width > most:
            option = " (--window)" if name == "window" else ""
            raise ValueError(
                f"{name}={width} is too long for a series of {n} returns: choose a shorter "
                f"one{option}"
            )
    if checks.flag("log", log) and (values <= 0).any():
        i = int(np.flatnonzero(values <= 0)[0])
        raise ValueError(
            f"{series.name}={values[i]:g} at {series.labels[i]} is not positive: mend it, or "
            f"log=False (--no-log)"
        )
    x = np.log(values) if log else values
    variation = {
        name: quadratic_variation(x, estimator=name, confidence=confidence) for name in ESTIMATORS
    }
    annual = {name: _root(found, per_year / n) for name, found in variation.items()}
    rolling = _root(spot_variance(x, window=window, confidence=confidence), per_year)
    jumps = detect_jumps(x, window=jump_window, level=level)
    test = jump_test(x) if variation["bipower"].value > 0 else None
    return Volatility(
        series,
        x,
        log,
        per_year,
        window,
        jump_window,
        level,
        variation,
        annual,
        rolling,
        test,
        jumps,
    )


LEAST = 30  # returns


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _root(variance: Estimate, scale: float) -> Estimate:
    """The square root of scale times a variance; its interval carries over, and se(sqrt v) =
    se(v)/(2 sqrt v).
    """
    parts = variance.value, variance.low, variance.high
    value, low, high = (np.sqrt(np.maximum(scale * np.asarray(part), 0.0))[()] for part in parts)
    with np.errstate(divide="ignore", invalid="ignore"):
        stderr = 0.5 * scale * variance.stderr / value
    return Estimate(value, stderr, low, high, variance.confidence)
