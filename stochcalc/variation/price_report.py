"""A price series in one report: its quadratic variation, its volatility through time, its jumps.

`volatility` computes the report, and `report_lines` writes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.display.description import Description, Displayed
from stochcalc.engine import checks
from stochcalc.engine.habits import hint_names
from stochcalc.estimate import Estimate
from stochcalc.moments import take_root
from stochcalc.typing import Array, Axes
from stochcalc.variation import ESTIMATORS, Jumps, JumpTest, jump_test
from stochcalc.variation.csv_fields import escape_control_signs
from stochcalc.variation.csv_series import Series
from stochcalc.variation.jumps import find_jumps
from stochcalc.variation.measure import measure_spot, measure_variation
from stochcalc.variation.price_arguments import (
    check_series,
    check_window,
    choose_gaps,
    read_values,
    spread_estimate,
    spread_jumps,
    take_logarithms,
)
from stochcalc.variation.report_lines import (
    Jump,
    write_header,
    write_jumps,
    write_rolling,
    write_variation,
)
from stochcalc.variation.report_table import describe_prices, list_prices
from stochcalc.variation.session_lines import write_sessions
from stochcalc.variation.sessions import (
    Sessions,
    count_per_year,
    find_gaps,
    join_sessions,
    measure_sessions,
)

LEAST = 30  # returns in a series


@dataclass(frozen=True, eq=False, repr=False)
class Volatility(Displayed):
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
        The test that there are no jumps; None where prices are so stale that bipower variation says
        little.
    jumps : Jumps
        The single jumps.
    sessions : Sessions, or None
        The sessions of trading, if there are gaps between them. The returns over gaps then count
        in none of the other attributes.
    counted : (float, str), or None
        The number of observations in a year by the dates, and how it was counted; None without
        dates.

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
    sessions: Sessions | None = None
    counted: tuple[float, str] | None = None

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
        if self.counted is None:
            return None
        return self.counted[0]

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

    def to_dict(self) -> dict[str, Any]:
        """Return the report as dicts, lists, strings and numbers; what is not known is nan."""
        return list_prices(self)

    def _describe(self) -> Description:
        return describe_prices(self)

    def __str__(self) -> str:
        withstands = {name: ESTIMATORS[name].robust for name in self.variation}
        lines = [
            *write_header(self.series, self.log, self.per_year, self.counted),
            *write_sessions(self.sessions, self.series.labels, self.per_year, self.log),
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


@hint_names
def volatility(
    series: Series | ArrayLike,
    *,
    log: bool = True,
    per_year: float = 252.0,
    window: int = 21,
    jump_window: int | None = None,
    level: float = 0.05,
    confidence: float = 0.95,
    sessions: bool | None = None,
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
    sessions : bool, optional
        Whether to take out the returns over gaps between sessions of trading, such as nights, and
        to measure them apart. By default, if the times show gaps: steps longer than 8 times the
        usual one and than two hours, in series of more than two observations a day. Of times that
        are numbers, steps longer than 20 times four fifths of the others, if they stand apart.
        False takes a gap as one step; True makes it an error if there are none.

    Returns
    -------
    Volatility

    Raises
    ------
    TypeError, ValueError
        For what is no series, too short for a window, or not positive with `log`.

    References
    ----------
    O. E. Barndorff-Nielsen and N. Shephard, J. R. Statist. Soc. B 64 (2002) 253, for the variation;
    D. P. Foster and D. B. Nelson, Econometrica 64 (1996) 139, for the rolling window; X. Huang and
    G. Tauchen, J. Financial Econometrics 3 (2005) 456, and S. S. Lee and P. A. Mykland, Review of
    Financial Studies 21 (2008) 2535, for the jumps. [barndorffnielsenshephard2002]
    [fosternelson1996] [huangtauchen2005] [leemykland2008]

    Examples
    --------
    >>> prices = [100.0 + (i % 2) for i in range(61)]      # one up, one down
    >>> found = volatility(prices, per_year=60.0)
    >>> f"{found.annual['realized'].value:.4f}"      # sqrt(60) log(101/100)
    '0.0771'
    >>> len(found.jump_table)
    0
    """
    series = check_series(series)
    per_year = checks.number("per_year", per_year, above=0.0)
    level = checks.number("level", level, above=0.0, below=1.0)
    confidence = checks.number("confidence", confidence, above=0.0, below=1.0)
    gaps = choose_gaps(series, sessions)
    x = read_values(series)
    if checks.flag("log", log):
        x = take_logarithms(series)
    path = x
    place = np.arange(len(x))
    found_sessions = None
    if gaps.any():
        path, place = join_sessions(x, gaps)
        found_sessions = measure_sessions(x, gaps, confidence)
    n = len(path) - 1
    if n < LEAST:
        raise ValueError(
            f"{escape_control_signs(series.name)} has {n} returns: at least {LEAST} are needed for "
            f"intervals that mean something"
        )
    window = check_window("window", window, n, least=2, most=n, option=" (--window)")
    if jump_window is None:
        jump_window = min(60, n // 3)
    jump_window = check_window("jump_window", jump_window, n, least=10, most=n - 1)
    variation = {
        name: measure_variation(path, None, name, confidence=confidence).estimate
        for name in ESTIMATORS
    }
    test = None
    if variation["bipower"].value > 0 and np.isfinite(variation["bipower"].stderr):
        test = jump_test(path)
    spot = measure_spot(path, None, window, confidence=confidence).estimate
    jumps = find_jumps(path, window=jump_window, level=level, warn=False)
    return Volatility(
        series=series,
        x=x,
        log=log,
        per_year=per_year,
        window=window,
        jump_window=jump_window,
        level=level,
        variation=variation,
        annual={name: take_root(found, per_year / n) for name, found in variation.items()},
        rolling=take_root(spread_estimate(spot, place, len(x)), per_year),
        test=test,
        jumps=spread_jumps(jumps, place, len(x)),
        sessions=found_sessions,
        counted=count_per_year(series.times, find_gaps(series.times)),
    )
