"""The lines of the report of a price series, as text in columns.

Each function writes one part of the report from the numbers that belong to it. A volatility is
shown in percent where logarithms of prices were taken, and in units of the price where not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from stochcalc.engine.shown_digits import show_error
from stochcalc.engine.words import count
from stochcalc.estimate import Estimate
from stochcalc.variation.csv_fields import escape_control_signs
from stochcalc.variation.csv_series import Series
from stochcalc.variation.jump_tests import JumpTest
from stochcalc.variation.jumps import Jumps

TOLERATED = 1.25  # the factor by which dates and per_year may differ without a warning


class Jump(NamedTuple):
    """One jump: its label, the return, and the return over the volatility before it."""

    label: str
    size: float
    ratio: float


def write_header(
    series: Series, log: bool, per_year: float, counted: tuple[float, str] | None
) -> list[str]:
    """Write what was read and how it is measured, with a warning if the dates contradict per_year.

    Parameters
    ----------
    series : Series
    log : bool
        Whether returns are differences of logarithms.
    per_year : float
        The number of observations in a year as the user says.
    counted : (float, str), or None
        The number of observations in a year as the dates say, and how it was counted; None without
        dates.
    """
    kind = "log returns" if log else "differences"
    dropped = ""
    if series.dropped:
        dropped = f", {count(series.dropped, 'row')} without a value left out"
    if series.tied:
        dropped += f", {count(series.tied, 'row')} merged with others of the same time"
    lines = [
        escape_control_signs(
            f"{series.name}: {len(series.values)} observations, {series.labels[0]} to "
            f"{series.labels[-1]}{dropped}; {kind}, {per_year:g} a year"
        )
    ]
    if counted is None:
        return lines
    rate, how = counted
    if not 1 / TOLERATED < rate / per_year < TOLERATED:
        rounded = round(rate)
        lines.append(
            f"WARNING: the dates come {round(rate, 1):.10g} a year ({how}); if so, give "
            f"per_year={rounded} (--per-year {rounded})"
        )
    return lines


def write_variation(
    variation: Mapping[str, Estimate],
    annual: Mapping[str, Estimate],
    withstands: Mapping[str, str],
    log: bool,
) -> list[str]:
    """Write the table of quadratic variations: one line for each estimator.

    Parameters
    ----------
    variation, annual : dict of name to Estimate
        The variation over the whole series, and the volatility a year.
    withstands : dict of name to str
        What each estimator withstands.
    log : bool
        Whether volatilities are shown in percent.
    """
    first = next(iter(variation.values()))
    interval = f"{100 * first.confidence:g} % interval"
    lines = [
        f"{'quadratic variation':<20} {'value':>11} {'std error':>10} {interval:>25} "
        f"{'volatility a year':>19} {interval:>23}  withstands"
    ]
    for name, whole in variation.items():
        year = annual[name]
        ends = f"{whole.low:.5g} to {whole.high:.5g}"
        year_ends = f"{show_size(year.low, log)} to {show_size(year.high, log)}"
        lines.append(
            f"{name:<20} {whole.value:11.5g} {show_error(whole.stderr):>10} {ends:>25} "
            f"{show_size(year.value, log):>19} {year_ends:>23}  {withstands[name]}"
        )
    lines.append(
        "(std error: one; of daily prices compare realized with medrv, noise matters for "
        "seconds and ticks)"
    )
    if any(np.isnan(whole.stderr) for whole in variation.values()):
        lines.append(
            "(nan: prices are stale, they repeat so often between their moves that the estimate "
            "may lie far below the variation; leave the repeated rows out, or rely on realized)"
        )
    return lines


def write_rolling(rolling: Estimate, labels: Sequence[str], window: int, log: bool) -> list[str]:
    """Write the lowest, the highest and the last rolling volatility.

    Parameters
    ----------
    rolling : Estimate
        Arrays with one volatility for each observation.
    labels : sequence of str
        The names of the observations.
    window : int
        The number of returns in a rolling volatility.
    log : bool
        Whether volatilities are shown in percent.
    """
    places = {
        "lowest": int(np.nanargmin(rolling.value)),
        "highest": int(np.nanargmax(rolling.value)),
        "last": len(labels) - 1,
    }
    parts = [
        f"{name} {show_size(rolling.value[i], log)} ({show_size(rolling.low[i], log)} to "
        f"{show_size(rolling.high[i], log)}) at {escape_control_signs(labels[i])}"
        for name, i in places.items()
    ]
    return [f"rolling volatility of {window} returns, per year: {', '.join(parts)}"]


def write_jumps(
    test: JumpTest | None,
    jumps: Jumps,
    table: Sequence[Jump],
    labels: Sequence[str],
    level: float,
    log: bool,
) -> list[str]:
    """Write the test for jumps, how many single jumps were found, and each of them.

    Parameters
    ----------
    test : JumpTest, or None
        None if prices are so stale that bipower variation says little.
    jumps : Jumps
    table : sequence of Jump
    labels : sequence of str
        The names of the observations.
    level : float
        The chance of a false jump in the whole series.
    log : bool
        Whether returns are shown in percent.
    """
    outcome = "no test: prices repeat so often that bipower variation says little"
    if test is not None:
        outcome = str(test)
    tested = int(np.isfinite(jumps.statistic).sum())
    before = jumps.window
    # The first that is tested is behind the first full window, and the gaps within it.
    first = int(np.argmax(np.isfinite(jumps.statistic))) - 1
    if not tested:
        first = len(labels) - 1
    lines = [
        f"realized against bipower: {outcome}",
        f"{count(len(table), 'jump')} in {tested} returns, beyond {jumps.threshold:.2f} "
        f"times the volatility of the {before} before (without jumps one with probability "
        f"{level:g}); the first {before} returns, to {escape_control_signs(labels[first])}, are "
        f"not tested (--jump-window)",
    ]
    if table:
        width = max(len(escape_control_signs(jump.label)) for jump in table)
        lines.append(f"  {'':<{width}}  {'return':>9}  over the volatility before it")
        for jump in table:
            size = show_size(jump.size, log, sign="+")
            lines.append(
                f"  {escape_control_signs(jump.label):<{width}}  {size:>9}  {jump.ratio:+7.2f}"
            )
    return lines


def show_size(value: float, log: bool, sign: str = "") -> str:
    """Return a return or a volatility as text, in percent if it is one of logarithms."""
    if log:
        return f"{100 * value:{sign}.1f} %"
    return f"{value:{sign}.4g}"
