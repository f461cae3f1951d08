"""The study of what independent batches of paths left behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import reduce

from stochcalc.engine.statistics import merge
from stochcalc.laboratory.fitting import find_error, take_logs
from stochcalc.laboratory.study import ConvergenceStudy
from stochcalc.typing import Array


def make_study(
    title: str,
    quantity: str,
    dt: Array,
    batches: Mapping[str, Array],
    exact: Mapping[str, Array],
    *,
    root: bool,
    paths: int,
    key: int,
    signed: bool = False,
) -> ConvergenceStudy:
    """Return the study of records that independent batches of paths left behind.

    Errors and their standard errors come from all paths together, the standard error of a slope
    from the batches: levels may share paths, and a plain regression's interval would be wrong.

    Parameters
    ----------
    title, quantity, dt, exact, root, paths, key
        The attributes of the study.
    batches : dict of name to ndarray, shape (batches, 7, levels)
        The record of each batch: count, mean, and sums of powers of deviations, of the squared
        distance or of the difference that is the error.
    signed : bool
        Whether the mean has a sign, which is not shown. A batch may have the other sign, so its
        logarithm is taken to first order about the mean of all.
    """
    error = {}
    stderr = {}
    logs = {}
    for name, records in batches.items():
        pooled = reduce(merge, records)
        error[name], stderr[name] = find_error(pooled, root)
        logs[name] = take_logs(records[:, 1], pooled[1], error[name], root, signed)
    study = ConvergenceStudy(
        title=title,
        quantity=quantity,
        dt=dt,
        error=error,
        stderr=stderr,
        order={},
        exact=dict(exact),
        logs=logs,
        paths=paths,
        key=key,
        root=root,
    )
    return replace(
        study,
        order={name: study.slope(name) for name in error},
        exact_order={name: study.exact_slope(name) for name in exact if name in error},
    )
