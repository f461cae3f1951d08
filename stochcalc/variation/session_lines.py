"""The lines of the report of a price series about its sessions of trading."""

from __future__ import annotations

import math
from collections.abc import Sequence

from stochcalc.engine.shown_digits import show_error
from stochcalc.variation.csv_fields import escape_control_signs
from stochcalc.variation.report_lines import show_size
from stochcalc.variation.sessions import Sessions

SHOWN = 10  # sessions that are written in a line each


def write_sessions(
    sessions: Sessions | None, labels: Sequence[str], per_year: float, log: bool
) -> list[str]:
    """Write how the realized variance is divided, and the realized variance of each session.

    Parameters
    ----------
    sessions : Sessions, or None
        None if there are no gaps between sessions, or if they are counted as steps.
    labels : sequence of str
        The names of the observations.
    per_year : float
        The number of observations in a year.
    log : bool
        Whether volatilities are shown in percent.
    """
    if sessions is None:
        return []
    return [
        "",
        f"{sessions.count} sessions are kept apart: all below is within them, without the returns "
        f"over the gaps (--no-sessions counts a gap as one step)",
        *_write_division(sessions, per_year, log),
        *_write_each(sessions, labels, log),
    ]


def _write_division(sessions: Sessions, per_year: float, log: bool) -> list[str]:
    """Write the realized variance within the sessions, over the gaps, and both together.

    A year has as many gaps as sessions, while the series has one gap less.
    """
    steps = int(sessions.returns.sum())
    gaps = sessions.count - 1
    sessions_a_year = per_year / steps * sessions.count
    within = sessions.within.value / sessions.count * sessions_a_year
    between = sessions.between.value / gaps * sessions_a_year
    lines = [
        f"{'realized variance':<26} {'returns':>8} {'value':>11} {'std error':>10} {'share':>6} "
        f"{'volatility a year':>18}"
    ]
    for name, part, returns, year, share in (
        ("within the sessions", sessions.within, steps, within, 1.0 - sessions.share_between),
        ("over the gaps between", sessions.between, gaps, between, sessions.share_between),
    ):
        lines.append(
            f"{name:<26} {returns:8d} {part.value:11.5g} {show_error(part.stderr):>10} "
            f"{100 * share:4.0f} % {show_size(math.sqrt(year), log):>18}"
        )
    total = sessions.within.value + sessions.between.value
    both = show_size(math.sqrt(within + between), log)
    lines.append(f"{'both':<26} {steps + gaps:8d} {total:11.5g} {both:>37}")
    return lines


def _write_each(sessions: Sessions, labels: Sequence[str], log: bool) -> list[str]:
    """Write a line for each of the first sessions."""
    rows = range(min(sessions.count, SHOWN))
    names = [escape_control_signs(labels[sessions.first[i]]) for i in rows]
    width = max(len("session from"), *map(len, names))
    lines = [
        f"  {'session from':<{width}} {'returns':>8} {'value':>11} {'std error':>10}  return over "
        f"the gap before"
    ]
    for i in rows:
        opening = ""
        if i > 0:
            opening = show_size(sessions.opening[i], log, sign="+")
        lines.append(
            f"  {names[i]:<{width}} {sessions.returns[i]:8d} {sessions.realized.value[i]:11.5g} "
            f"{show_error(sessions.realized.stderr[i]):>10}  {opening:>9}".rstrip()
        )
    if sessions.count > SHOWN:
        lines.append(f"  and {sessions.count - SHOWN} more: `sessions.realized` of the report")
    return lines
