"""The report of a price series as a table, for a notebook: the numbers that are asked for first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stochcalc.display import Description, Table
from stochcalc.variation.csv_fields import escape_control_signs
from stochcalc.variation.report_lines import count, show_size

if TYPE_CHECKING:
    from stochcalc.variation.price_report import Volatility


def describe_prices(report: Volatility) -> Description:
    """Return the variation by every estimator, the last rolling volatility and the jumps.

    Parameters
    ----------
    report : Volatility
        The report, which prints more than this.
    """
    series = report.series
    title = escape_control_signs(
        f"{series.name}: {len(series.values)} observations, {series.labels[0]} to "
        f"{series.labels[-1]}"
    )
    rows = []
    for name, whole in report.variation.items():
        year = report.annual[name]
        ends = f"{show_size(year.low, report.log)} to {show_size(year.high, report.log)}"
        sizes = (f"{whole.value:.5g}", f"{whole.stderr:.2g}", show_size(year.value, report.log))
        rows.append((name, *sizes, ends))
    first = next(iter(report.variation.values()))
    columns = {
        "estimator": -16,
        "quadratic variation": 11,
        "std error": 9,
        "volatility a year": 9,
        f"{100 * first.confidence:g} % interval": 18,
    }
    tested = int(np.isfinite(report.jumps.statistic).sum())
    last = show_size(report.rolling.value[-1], report.log)
    remarks = (
        f"rolling volatility of {report.window} returns, at the end: {last} a year; "
        f"{count(len(report.jump_table), 'jump')} in {tested} returns (print it for all of it)",
    )
    table = Table(title="", columns=columns, rows=tuple(rows))
    return Description(title=title, tables=(table,), remarks=remarks)
