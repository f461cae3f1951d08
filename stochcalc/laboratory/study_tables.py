"""A study as tables to read, and as columns of numbers to go on with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from stochcalc.display.description import Description
from stochcalc.display.table import Table
from stochcalc.display.thumbnail import draw_errors
from stochcalc.engine.shown_digits import show_z
from stochcalc.engine.words import count
from stochcalc.estimate import Estimate

if TYPE_CHECKING:
    from stochcalc.laboratory.study import ConvergenceStudy


MOST_SIDE_BY_SIDE = 2  # methods whose errors have columns in one table


def write(study: ConvergenceStudy) -> str:
    """Return the whole study as text: a table for each method, of its errors by step size.

    Parameters
    ----------
    study : ConvergenceStudy
        The study.
    """
    tables = [_tabulate_method(study, name).text() for name in study.error]
    return "\n".join([write_title(study), *tables])


def write_title(study: ConvergenceStudy) -> str:
    """Return what was studied, with the number of paths and their key."""
    return f"{study.title} ({count(study.paths, 'path')}, key {study.key})"


def describe(study: ConvergenceStudy) -> Description:
    """Return a study in a table: of errors by step size, or by method where there are many.

    Parameters
    ----------
    study : ConvergenceStudy
        The study.
    """
    if len(study.error) == 1:
        tables = tuple(_tabulate_method(study, name) for name in study.error)
    elif len(study.error) <= MOST_SIDE_BY_SIDE:
        tables = (_tabulate_steps(study),)
    else:
        tables = (_tabulate_methods(study),)
    picture = draw_errors(
        study.dt,
        [np.abs(error) for error in study.error.values()],
        [study.exact.get(name) for name in study.error],
        f"{study.quantity} against the step size, with logarithmic axes.",
    )
    return Description(title=write_title(study), tables=tables, picture=picture)


def _tabulate_method(study: ConvergenceStudy, name: str) -> Table:
    """Return the table of one method: its errors by step size."""
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


def _tabulate_steps(study: ConvergenceStudy) -> Table:
    """Return the errors of a few methods by step size, with their exact values and z beside them.

    The last row has the slopes, and the slopes through the exact errors.
    """
    columns = [("dt", 10)]
    rows = [[f"{dt:.6g}"] for dt in study.dt]
    slopes = ["slope"]
    for name in study.error:
        columns.append((name, 14))
        slopes.append(f"{study.order[name]:S}")
        known = name in study.exact
        if known:
            columns += [("exact", 10), ("z", 6)]
            slopes += _show_exact_slope(study, name)
        for i, estimate in enumerate(study.estimates(name)):
            rows[i].append(f"{estimate:S}")
            if known:
                exact = study.exact[name][i]
                rows[i] += [f"{exact:.4e}", show_z(estimate.z(exact))]
    return Table(title=study.quantity, columns=columns, rows=tuple(map(tuple, [*rows, slopes])))


def _show_exact_slope(study: ConvergenceStudy, name: str) -> list[str]:
    """Return the slope through the exact errors, and z of the measured slope, where known."""
    if name not in study.exact_order:
        return ["", ""]
    exact = study.exact_order[name]
    return [f"{exact:.4f}", show_z(study.order[name].z(exact))]


def _tabulate_methods(study: ConvergenceStudy) -> Table:
    """Return the order of each method, and its error at the finest step."""
    finest = f"{study.quantity}, dt = {study.dt[-1]:.4g}"
    columns = {"method": -14, "slope": 12, "exact slope": 6, finest: 14, "exact": 10, "z": 6}
    rows = []
    for name in study.error:
        last = study.estimates(name)[-1]
        row = [name, f"{study.order[name]:S}", "", f"{last:S}", "", ""]
        if name in study.exact_order:
            row[2] = f"{study.exact_order[name]:.4f}"
        if name in study.exact:
            exact = study.exact[name][-1]
            row[4] = f"{exact:.4e}"
            row[5] = show_z(last.z(exact))
        rows.append(tuple(row))
    return Table(title="", columns=columns, rows=tuple(rows))


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
