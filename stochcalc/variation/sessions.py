"""Sessions of trading: the parts of a series between gaps that are many times the usual step.

Over a gap, such as a night, a price moves as well, but not at the pace of the session: a return
over it is neither one of many equal steps nor a jump. So the gaps are taken out of the path, their
squared returns are summed apart, and the path without them is measured.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine import arrays
from stochcalc.estimate import Estimate
from stochcalc.typing import Array, Integers
from stochcalc.variation.csv_fields import TimeArray
from stochcalc.variation.measure import measure_variation

DATED_RATIO = 8.0  # a gap is longer than so many usual steps, and than SHORTEST_GAP
SHORTEST_GAP = 2.0 / 24.0  # days
DAILY = 0.5  # days: where the usual step is longer, no gap ends a session
NUMBERED_RATIO = 20.0  # for times that are numbers, whose unit is not known
APART = 4.0  # a gap in such times is longer than so many of the longest other step
FEWEST_RETURNS = 5  # in the usual session
DAYS_A_YEAR = 365.2425
TRADING_DAYS = 252.0
SATURDAY = 5  # as the number of a weekday; Monday is 0


@dataclass(frozen=True, eq=False)
class Sessions:
    """The sessions of a series of n + 1 observations, and what moved within and between them.

    Attributes
    ----------
    first, last : ndarray of int, shape (sessions,)
        The numbers of the first and the last observation of each session.
    realized : Estimate
        The realized variance of each session, arrays (sessions,).
    opening : ndarray, shape (sessions,)
        The return over the gap before each session; nan for the first.
    within, between : Estimate
        The realized variance of all sessions together, and of all gaps together.

    Examples
    --------
    >>> import numpy as np
    >>> import stochcalc as sc
    >>> day = np.datetime64("2024-01-30T09:30") + np.arange(61) * np.timedelta64(5, "m")
    >>> times = np.concatenate([day, day + np.timedelta64(1, "D")])
    >>> prices = 100.0 + np.arange(122.0) % 2
    >>> prices[61:] += 5.0  # over night
    >>> labels = tuple(map(str, times))
    >>> report = sc.volatility(sc.Series("price", prices, times, labels), log=False)
    >>> report.sessions.count, report.sessions.opening
    (2, array([nan,  6.]))
    """

    first: Integers
    last: Integers
    realized: Estimate
    opening: Array
    within: Estimate
    between: Estimate

    @property
    def count(self) -> int:
        """The number of sessions."""
        return len(self.first)

    @property
    def returns(self) -> Integers:
        """The number of returns within each session, shape (sessions,)."""
        return self.last - self.first

    @property
    def share_between(self) -> float:
        """The part of the realized variance that came over the gaps; 0 if nothing moved."""
        total = float(self.within.value + self.between.value)
        if total == 0.0:
            return 0.0
        return float(self.between.value) / total


def find_gaps(times: TimeArray | None) -> NDArray[np.bool_]:
    """Return which steps between times are gaps between sessions, shape (n,).

    With dates a gap is longer than 8 usual steps (their median) and than two hours, and daily or
    rarer observations have none. With numbers it is longer than 20 times the step that four fifths
    of all steps do not exceed, and than 4 times every other step that is no gap. No gaps are found
    if they would leave fewer than five returns in the usual session.
    """
    if times is None or len(times) < 2:
        return np.zeros(0, dtype=bool)
    steps = arrays.exact_steps(times)
    if times.dtype.kind == "M":
        usual = float(np.median(steps))
        gaps = steps > max(DATED_RATIO * usual, SHORTEST_GAP)
        if usual >= DAILY:
            gaps[:] = False
    else:
        gaps = steps > NUMBERED_RATIO * float(np.quantile(steps, 0.8))
        # Ticks have steps of all lengths; gaps stand apart from them.
        if gaps.any() and steps[gaps].min() < APART * steps[~gaps].max():
            gaps[:] = False
    starts = np.flatnonzero(np.concatenate([[True], gaps, [True]]))
    if np.median(np.diff(starts) - 1) < FEWEST_RETURNS:
        gaps[:] = False
    return gaps


def join_sessions(x: Array, gaps: NDArray[np.bool_]) -> tuple[Array, Integers]:
    """Return the path without its returns over gaps, and which observation each value belongs to.

    Parameters
    ----------
    x : ndarray, shape (n + 1,)
    gaps : ndarray of bool, shape (n,)

    Returns
    -------
    path : ndarray, shape (m + 1,)
        The path that has the m returns within sessions, one after the other.
    place : ndarray of int, shape (m + 1,)
        The number of the observation that ends each return; 0 for the first value.
    """
    kept = np.flatnonzero(~gaps)
    jumps = np.where(gaps, np.diff(x), 0.0)
    shifted = x - np.concatenate([[0.0], np.cumsum(jumps)])
    place = np.concatenate([[0], kept + 1])
    return shifted[place], place


def measure_sessions(x: Array, gaps: NDArray[np.bool_], confidence: float) -> Sessions:
    """Return the sessions of a path (n + 1,) with the variances within and between them."""
    openings = np.flatnonzero(gaps) + 1
    first = np.concatenate([[0], openings])
    last = np.concatenate([openings - 1, [len(x) - 1]])
    returns = np.diff(x)
    squares = np.where(gaps, 0.0, returns**2)
    value = _sum_sessions(squares, first)
    # The variance of a sum of squares is 2/3 of the sum of fourth powers.
    stderr = np.sqrt(2.0 / 3.0 * _sum_sessions(squares**2, first))
    over_gaps = np.concatenate([[0.0], np.cumsum(returns[gaps])])
    path, _ = join_sessions(x, gaps)
    return Sessions(
        first=first,
        last=last,
        realized=Estimate.positive(value, stderr, confidence),
        opening=np.concatenate([[np.nan], returns[gaps]]),
        within=measure_variation(path, confidence=confidence).estimate,
        between=measure_variation(over_gaps, confidence=confidence).estimate,
    )


def _sum_sessions(terms: Array, first: Integers) -> Array:
    """Return the sum of terms (n,) within each session; session i begins at observation first[i].

    The step into observation k has the number k - 1, and that into a first observation is a gap.
    """
    padded = np.concatenate([[0.0], terms])
    sums: Array = np.add.reduceat(padded, first)
    return sums


def count_per_year(times: TimeArray | None, gaps: NDArray[np.bool_]) -> tuple[float, str] | None:
    """Return how many steps of the series are in a year by its dates, and how they were counted.

    Observations of a day or more count by the calendar, or 252 a year if they are daily, span less
    than a year and leave out weekends. Shorter steps count within sessions: 252 days a year of as
    many returns as the usual day of the series has. A series without a gap that covers more than 23
    hours, and one with sessions on Saturdays, is traded on all days. Sessions of days, such as
    weeks of foreign exchange, count by the calendar.

    Returns
    -------
    (rate, how), or None
        None if the times are no dates.
    """
    if times is None or times.dtype.kind != "M":
        return None
    steps = arrays.exact_steps(times)
    usual = float(np.median(steps))
    span = float(steps.sum())
    days = times.astype("datetime64[D]")
    weekdays = (days.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    if usual >= DAILY:
        if usual < 2.0 and span < DAYS_A_YEAR and (weekdays < SATURDAY).all():
            return TRADING_DAYS, "daily, without weekends"
        return len(steps) / span * DAYS_A_YEAR, "by the calendar"
    if not gaps.any() and span + usual > 23.0 / 24.0:
        return len(steps) / span * DAYS_A_YEAR, "without a gap by night"
    opening = np.concatenate([[0], np.flatnonzero(gaps) + 1])
    if len(steps) * usual > 23.0 / 24.0 * len(opening):
        # Sessions of days, such as weeks without weekends: as many as between two openings.
        weeks = float(steps[: opening[-1]].sum())
        return opening[-1] / weeks * DAYS_A_YEAR, "by the calendar"
    _, first = np.unique(days[opening], return_index=True)
    per_session = np.diff(np.append(opening, len(times))) - 1
    returns = float(np.median(np.add.reduceat(per_session, first)))
    if (weekdays[opening] == SATURDAY).any():
        return returns * DAYS_A_YEAR, f"{returns:g} a day, on all days"
    return returns * TRADING_DAYS, f"{returns:g} a day, on {TRADING_DAYS:g} days"
