"""A study as tables to read, and as columns of numbers to go on with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from stochcalc.display import Table
from stochcalc.estimate import Estimate

if TYPE_CHECKING:
    from stochcalc.laboratory.study import ConvergenceStudy


def describe(study: ConvergenceStudy) -> list[Table]:
    """Return one table for each method: its errors by step size, with exact values where known.

    Parameters
    ----------
    study : ConvergenceStudy
        The study.
    """
    return [_describe_method(study, name) for name in study.error]


def _describe_method(study: ConvergenceStudy, name: str) -> Table:
    """Return the table of one method."""
    title = f"{name}: order {study.order[name]}"
    if name in study.exact_order:
        title += f"; exact slope at these steps {study.exact_order[name]:.4f}"
    columns = {"dt": 12, study.quantity: 14, "stderr": 10}
    known = name in study.exact
    if known:
        columns.update({"exact": 14, "z": 6})
    rows = []
    for i, estimate in enumerate(study.estimates(name)):
        row = [f"{study.dt[i]:.6g}", f"{estimate.value:.6e}", f"{estimate.stderr:.2e}"]
        if known:
            exact = study.exact[name][i]
            row += [f"{exact:.6e}", f"{estimate.z(exact):+.2f}"]
        rows.append(tuple(row))
    return Table(title=title, columns=columns, rows=tuple(rows))


def list_columns(study: ConvergenceStudy) -> dict[str, list[Any]]:
    """Return the columns method, dt, error, stderr, exact and z, one row per method and step.

    `exact` and `z` are nan where the exact value is not known.

    Parameters
    ----------
    study : ConvergenceStudy
        The study.
    """
    columns: dict[str, list[Any]] = {
        name: [] for name in ("method", "dt", "error", "stderr", "exact", "z")
    }
    unknown = np.full(len(study.dt), np.nan)
    for name in study.error:
        exact = study.exact.get(name, unknown)
        columns["method"] += [name] * len(study.dt)
        columns["dt"] += study.dt.tolist()
        columns["error"] += study.error[name].tolist()
        columns["stderr"] += study.stderr[name].tolist()
        columns["exact"] += exact.tolist()
        columns["z"] += [e.z(x) for e, x in zip(study.estimates(name), exact)]
    return columns


def list_values(study: ConvergenceStudy) -> dict[str, Any]:
    """Return the study as dicts, lists, strings and numbers, which JSON can hold.

    Parameters
    ----------
    study : ConvergenceStudy
        The study.
    """
    return {
        "title": study.title,
        "quantity": study.quantity,
        "paths": study.paths,
        "key": study.key,
        "dt": study.dt.tolist(),
        "methods": {name: _list_method(study, name) for name in study.error},
    }


def _list_method(study: ConvergenceStudy, name: str) -> Mapping[str, Any]:
    """Return the numbers of one method; what is not known is missing."""
    values: dict[str, Any] = {
        "error": study.error[name].tolist(),
        "stderr": study.stderr[name].tolist(),
        "order": _list_estimate(study.order[name]),
    }
    if name in study.exact:
        exact = study.exact[name]
        values["exact"] = exact.tolist()
        values["z"] = [e.z(x) for e, x in zip(study.estimates(name), exact)]
    if name in study.exact_order:
        values["exact_order"] = float(study.exact_order[name])
    return values


def _list_estimate(estimate: Estimate) -> dict[str, float]:
    """Return a number, its standard error and its interval."""
    return {
        "value": float(estimate.value),
        "stderr": float(estimate.stderr),
        "low": float(estimate.low),
        "high": float(estimate.high),
        "confidence": estimate.confidence,
    }
