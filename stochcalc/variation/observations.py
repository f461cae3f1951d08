"""The paths that the estimators of this chapter work on, with their times, and the checks of both.

A path is given as observations in an array, or as sampled paths, such as a Brownian motion or a
solution. What is not finite is found while the estimator runs, and an error then names its place.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import arrays, checks
from stochcalc.engine.loop import runner
from stochcalc.motion.functional_jobs import rows_of
from stochcalc.motion.partition import Partition
from stochcalc.motion.path_sources import Observations, PathSource
from stochcalc.motion.paths import BrownianPaths
from stochcalc.motion.processes.process import Process
from stochcalc.motion.sampled import is_sampled, read_paths
from stochcalc.typing import Array, Number, PathFunction, Paths
from stochcalc.variation.in_cache import NotFiniteError, apply_in_cache


@dataclass(frozen=True, eq=False)
class ObservedPaths:
    """Paths and the lengths of the steps between their times.

    Attributes
    ----------
    source : PathSource
        The source that hands out the paths by number.
    steps : ndarray, shape (n,), or None
        The lengths of the steps; None if all are equal.
    n : int
        Number of steps.
    single : bool
        Whether one path was given as a plain sequence, so that its results are floats.
    step : float
        The length of equal steps; 1 where the observations have no times.
    """

    source: PathSource
    steps: Array | None
    n: int
    single: bool
    step: float = 1.0

    def apply(
        self,
        function: PathFunction,
        kept: int,
        x: ArrayLike | Paths,
        means: runner.Means,
    ) -> Array:
        """Return `kept` numbers of each path, which `function` computes from rows of paths.

        Parameters
        ----------
        function : callable
            It takes values (rows, n + 1) and returns numbers (rows, kept).
        kept : int
            How many numbers of each path are returned.
        x : array_like or sampled paths
            The observations as the user gave them: if they are not finite, the error names the
            first of them that is not.
        means : Means
            By which means it is computed.

        Returns
        -------
        ndarray, shape (paths, kept)

        Raises
        ------
        ValueError
            If observations are not finite.
        """
        try:
            in_cache = functools.partial(apply_in_cache, function)
            return rows_of(in_cache, self.source, kept, **means)
        except NotFiniteError:
            if isinstance(self.source, Observations):
                checks.array("x", self.source.values[0] if self.single else self.source.values)
            raise


def check_paths(name: str, x: ArrayLike | Paths, t: ArrayLike | None = None) -> ObservedPaths:
    """Check observations or sampled paths, and return them as paths with steps.

    Whether observations are finite is left to `ObservedPaths.apply`.

    Parameters
    ----------
    name : str
        The name of the argument x in error messages.
    x : array_like, shape (times,) or (paths, times), or sampled paths of one component
        Brownian paths, a solution, a component of either, or a pair (t, values).
    t : array_like, shape (times,), optional
        Observation times; sampled paths have their own.

    Returns
    -------
    ObservedPaths

    Raises
    ------
    TypeError, ValueError
        For what is no path, for times that do not increase or do not belong to x.
    """
    if is_sampled(x):
        paths = read_paths(name, cast(Paths, x), dim=1)
        if t is not None:
            raise ValueError(f"t is given by the grid of {name} itself: leave it out")
        single = isinstance(x, tuple) and np.ndim(x[1]) == 1
        source: PathSource = paths
        if isinstance(paths, BrownianPaths | Process):
            grid = paths.partition
        else:
            grid = Partition.of(paths.t)
            source = Observations(paths.values)
        if grid.equal_step:
            return ObservedPaths(
                source=source, steps=None, n=grid.n, single=single, step=grid.equal_step
            )
        return ObservedPaths(source=source, steps=grid.steps, n=grid.n, single=single)
    values, steps = check_observations(name, cast(ArrayLike, x), t)
    return ObservedPaths(
        source=Observations(np.atleast_2d(values)),
        steps=steps,
        n=values.shape[-1] - 1,
        single=values.ndim == 1,
    )


def read_values(name: str, x: ArrayLike | Paths) -> tuple[Array, Array | None]:
    """Return observations or sampled paths as an array of finite numbers, with their times.

    Plain observations have no times: None. A pair (t, values) of one path is one path.
    """
    if not is_sampled(x):
        values, _ = check_observations(name, cast(ArrayLike, x), finite=True)
        return values, None
    paths = read_paths(name, cast(Paths, x), dim=1)
    values = checks.array(name, paths.values)
    if isinstance(x, tuple) and np.ndim(x[1]) == 1:
        values = values[0]
    return values, paths.t


def read_steps(name: str, x: ArrayLike | Paths, t: ArrayLike | None) -> tuple[Array, Array | None]:
    """Return observations or sampled paths as an array, with the lengths of the steps.

    Plain observations without times have no lengths: None.
    """
    if not is_sampled(x):
        return check_observations(name, cast(ArrayLike, x), t)
    if t is not None:
        raise ValueError(f"t is given by the grid of {name} itself: leave it out")
    values, times = read_values(name, x)
    if isinstance(x, BrownianPaths | Process):
        return values, x.partition.steps
    return values, Partition.of(cast(Array, times)).steps


def check_observations(
    name: str, x: ArrayLike, t: ArrayLike | None = None, *, finite: bool = False
) -> tuple[Array, Array | None]:
    """Check observations and their times, and return the observations as an array with the steps.

    Parameters
    ----------
    name : str
        The name of the argument x in error messages.
    x : array_like, shape (times,) or (paths, times)
    t : array_like, shape (times,), optional
        Observation times, increasing: numbers, or dates, which are counted in days.
    finite : bool
        Whether to check that all observations are finite.

    Returns
    -------
    values : ndarray
        The observations, in the shape of x. If float64 would round whole numbers among them, the
        lowest of each path is subtracted first.
    steps : ndarray, shape (times - 1,), or None
        The lengths of the steps; None without times.

    Raises
    ------
    TypeError, ValueError
        For what is no path, for times that do not increase or do not belong to x.
    """
    if arrays.count_axes(x) == 2 and hasattr(x, "columns"):
        raise ValueError(
            f"{name} is a DataFrame, whose rows are times: give one column, {name}[column], or "
            f"paths as rows, {name}.T.to_numpy()"
        )
    values = arrays.subtract_lowest(name, arrays.read_reals(name, x))
    if finite:
        values = checks.array(name, values)
    if values.ndim not in (1, 2) or values.shape[-1] < 2:
        raise ValueError(
            f"{name} has shape {values.shape}: give (times,) or (paths, times) with at least two "
            f"times"
        )
    if t is None:
        return values, None
    if isinstance(t, str):
        raise TypeError(f"t={t!r} must be times: an estimator is named by keyword, estimator={t!r}")
    times = arrays.read_reals("t", t, dates=True)
    if times.dtype.kind == "f":
        times = checks.array("t", times, ndim=1)
    if times.ndim != 1:
        raise ValueError(f"t has shape {times.shape}: give an array with 1 dimension")
    if len(times) != values.shape[-1]:
        raise ValueError(
            f"t has {len(times)} times and {name} has {values.shape[-1]}: give one per observation"
        )
    return values, arrays.exact_steps(checks.increasing("t", times))


def as_number(value: Number) -> Number:
    """Return a float for an array without dimensions, and any other array as it is."""
    if np.ndim(value) == 0:
        return float(value)
    return value
