"""The report of a price series as a short table for a notebook, and as plain values for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stochcalc.display import Description, Table
from stochcalc.engine.shown_digits import show_error
from stochcalc.engine.words import count
from stochcalc.estimate import Estimate
from stochcalc.variation.csv_fields import escape_control_signs
from stochcalc.variation.report_lines import show_size

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
        f"{series.name}: {count(len(series.values), 'observation')}, {series.labels[0]} to "
        f"{series.labels[-1]}"
    )
    rows = []
    for name, whole in report.variation.items():
        year = report.annual[name]
        ends = f"{show_size(year.low, report.log)} to {show_size(year.high, report.log)}"
        sizes = (f"{whole.value:.5g}", show_error(whole.stderr), show_size(year.value, report.log))
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
        f"{count(len(report.jump_table), 'jump')} in {tested} returns (the whole report is what "
        f"print shows of this result)",
    )
    table = Table(title="", columns=columns, rows=tuple(rows))
    return Description(title=title, tables=(table,), remarks=remarks)


def list_prices(report: Volatility) -> dict[str, Any]:
    """Return the report as dicts, lists, strings and numbers; what is not known is nan.

    Parameters
    ----------
    report : Volatility
        The report.
    """
    test = None
    if report.test is not None:
        test = {
            "statistic": float(report.test.statistic),
            "pvalue": float(report.test.pvalue),
            "share": float(report.test.share),
        }
    return {
        "name": report.series.name,
        "observations": len(report.series.values),
        "first": report.series.labels[0],
        "last": report.series.labels[-1],
        "log": report.log,
        "per_year": report.per_year,
        "variation": {name: _list_estimate(e) for name, e in report.variation.items()},
        "annual": {name: _list_estimate(e) for name, e in report.annual.items()},
        "window": report.window,
        "rolling": np.asarray(report.rolling.value).tolist(),
        "jump_test": test,
        "jump_threshold": report.jumps.threshold,
        "jumps": [jump._asdict() for jump in report.jump_table],
    }


def _list_estimate(estimate: Estimate) -> dict[str, float]:
    """Return a number, its standard error and its interval."""
    return {
        "value": float(estimate.value),
        "stderr": float(estimate.stderr),
        "low": float(estimate.low),
        "high": float(estimate.high),
        "confidence": estimate.confidence,
    }
