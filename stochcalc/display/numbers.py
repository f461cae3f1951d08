"""How numbers with a standard error are shown: an `Estimate`, and the `Moments` of a sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stochcalc.display.description import Description
from stochcalc.display.table import Table
from stochcalc.engine.shown_digits import (
    show_apart,
    show_beside,
    show_shorthand,
    show_with_error,
)
from stochcalc.engine.words import count

if TYPE_CHECKING:
    from stochcalc.estimate import Estimate
    from stochcalc.moments import Moments

SHOWN = 6  # numbers of an array that are printed


def write_estimate(estimate: Estimate, spec: str = "") -> str:
    """Return an estimate as text, as `format` asks for it.

    Parameters
    ----------
    estimate : Estimate
        One number, or an array of them, of which the first six are written.
    spec : str
        Empty for value +- standard error, with the digits that mean something; "S" for the
        shorthand 0.50012(21); else a format of floats, for both.
    """
    if np.ndim(estimate.value) == 0:
        return _write_one(float(estimate.value), float(estimate.stderr), spec)
    values = np.ravel(estimate.value)
    stderrs = np.ravel(estimate.stderr)
    texts = [_write_one(v, e, spec) for v, e in zip(values[:SHOWN], stderrs[:SHOWN])]
    if len(values) > SHOWN:
        texts.append("...")
    return f"{count(len(values), 'estimate')}: {', '.join(texts)}"


def _write_one(value: float, stderr: float, spec: str) -> str:
    """Return one number and its standard error in a format."""
    if not spec:
        return show_with_error(value, stderr)
    if spec == "S":
        return show_shorthand(value, stderr)
    return f"{value:{spec}} +- {stderr:{spec}}"


def describe_estimate(estimate: Estimate) -> Description:
    """Return an estimate as value ± standard error with its interval, or a table of several.

    Parameters
    ----------
    estimate : Estimate
        One number or an array of them.
    """
    percent = f"{100 * estimate.confidence:g} %"
    values, stderrs, lows, highs = (
        np.ravel(part) for part in (estimate.value, estimate.stderr, estimate.low, estimate.high)
    )
    rows = []
    for value, stderr, low, high in zip(values[:SHOWN], stderrs, lows, highs):
        ends = f"{show_beside(low, stderr)} to {show_beside(high, stderr)}"
        rows.append((*show_apart(value, stderr), ends))
    if np.ndim(estimate.value) == 0:
        number, error, interval = rows[0]
        line = f"Estimate({write_estimate(estimate)}, {percent}: {interval})"
        return Description(line=line, title=f"{number} ± {error} ({percent}: {interval})")
    title = count(len(values), "estimate")
    if len(values) > SHOWN:
        title += f", the first {SHOWN}"
    columns = {"value": 12, "standard error": 14, percent: 24}
    return Description(title=title, tables=(Table(title="", columns=columns, rows=tuple(rows)),))


def describe_moments(moments: Moments) -> Description:
    """Return the count, the mean, the variance and the extremes of a sample.

    Parameters
    ----------
    moments : Moments
        Those of one number, or of several, of which the first six are shown.
    """
    names = ("mean", "standard error", "variance", "min", "max")
    line = ""
    if moments.shape == ():
        number, error = show_apart(float(moments.mean), float(moments.stderr))
        spread, low, high = (f"{x:.4g}" for x in (moments.var, moments.min, moments.max))
        cells = [(number, error, spread, low, high)]
        line = (
            f"Moments(mean {number} +- {error}, variance {spread}, min {low}, max {high}, "
            f"{count(moments.count, 'observation')})"
        )
    else:
        flat = [np.ravel(x) for x in (moments.mean, moments.stderr, moments.var)]
        flat += [np.ravel(x) for x in (moments.min, moments.max)]
        cells = [
            (*show_apart(mean, error), f"{var:.4g}", f"{low:.4g}", f"{high:.4g}")
            for mean, error, var, low, high in zip(*(x[:SHOWN] for x in flat))
        ]
    title = count(moments.count, "observation")
    if moments.shape:
        title += f" of shape {moments.shape}"
        if np.prod(moments.shape) > SHOWN:
            title += f", the first {SHOWN} of {np.prod(moments.shape)} numbers"
    columns = dict.fromkeys(names, 10)
    return Description(
        line=line, title=title, tables=(Table(title="", columns=columns, rows=tuple(cells)),)
    )
