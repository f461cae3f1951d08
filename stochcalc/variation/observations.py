"""What the estimators measure: paths, their times, and the checks at the door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.functionals import Observations, PathSource, rows_of
from stochcalc.motion.paths import BrownianPaths
from stochcalc.typing import PathFunction
from stochcalc.variation.in_cache import NotFiniteError, in_cache
from stochcalc.variation.windows import Array


@dataclass(frozen=True, eq=False)
class Observed:
    """Paths with the lengths of the steps between their times, or None for equal ones of length
    `step`.

    `single` says that one path was given as a plain sequence.
    """

    source: PathSource
    steps: Array | None
    n: int
    single: bool
    step: float = 1.0

    def rows(self, function: PathFunction, kept: int, x: Any, workers: int | None) -> Array:
        """`kept` numbers of each path; what is not finite in `x` is found on the way and named."""
        try:
            return rows_of(in_cache(function), self.source, kept, workers=workers)
        except NotFiniteError:
            if not isinstance(x, BrownianPaths):
                checks.array("x", x)
            raise


def observed(name: str, x: ArrayLike | BrownianPaths, t: ArrayLike | None = None) -> Observed:
    """What was given as `x` and `t`, checked but for being finite."""
    if isinstance(x, BrownianPaths):
        check_motion(name, x, 1)
        if t is not None:
            raise ValueError("t is given by the motion's own grid: leave it out")
        step = x.partition.equal_step
        return Observed(x, None if step else x.partition.steps, x.partition.n, False, step or 1.0)
    values, steps = values_at(name, x, t)
    return Observed(
        Observations(np.atleast_2d(values)), steps, values.shape[-1] - 1, values.ndim == 1
    )


def values_at(
    name: str, x: ArrayLike, t: ArrayLike | None = None, *, finite: bool = False
) -> tuple[Array, Array | None]:
    """(values, steps or None) of observations at increasing times, or TypeError / ValueError."""
    values = checks.array(name, x, finite=finite)
    if values.ndim not in (1, 2) or values.shape[-1] < 2:
        raise ValueError(
            f"{name} has shape {values.shape}: give (times,) or (paths, times) with at least two "
            f"times"
        )
    if t is None:
        return values, None
    if isinstance(t, str):
        raise TypeError(f"t={t!r} must be times: an estimator is named by keyword, estimator={t!r}")
    if np.asarray(t).dtype.kind == "M":
        raise TypeError(
            "t holds dates: give numbers, such as days, (t - t[0]) / np.timedelta64(1, 'D')"
        )
    times = checks.increasing("t", checks.array("t", t, ndim=1))
    if len(times) != values.shape[-1]:
        raise ValueError(
            f"t has {len(times)} times and {name} has {values.shape[-1]}: give one per observation"
        )
    return values, np.diff(times)


def scalar(value: Any) -> Any:
    """A float for what has no dimension."""
    return float(value) if np.ndim(value) == 0 else value
