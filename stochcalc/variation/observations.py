"""The paths that the estimators of this chapter work on, with their times, and the checks of both.

A path is given as observations in an array, or as a Brownian motion. What is not finite in an array
is found while the estimator runs, and an error then names its place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import arrays, checks
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.functionals import Observations, PathSource, rows_of
from stochcalc.motion.paths import BrownianPaths
from stochcalc.typing import Array, Number, PathFunction, Workers
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
        x: ArrayLike | BrownianPaths,
        workers: Workers = None,
    ) -> Array:
        """Return `kept` numbers of each path, which `function` computes from rows of paths.

        Parameters
        ----------
        function : callable
            It takes values (rows, n + 1) and returns numbers (rows, kept).
        kept : int
            How many numbers of each path are returned.
        x : array_like or BrownianPaths
            The observations as the user gave them: if they are not finite, the error names the
            first of them that is not.
        workers : int, optional
            Threads; all CPUs by default.

        Returns
        -------
        ndarray, shape (paths, kept)

        Raises
        ------
        ValueError
            If observations are not finite.
        """
        try:
            return rows_of(
                lambda rows: apply_in_cache(function, rows), self.source, kept, workers=workers
            )
        except NotFiniteError:
            if not isinstance(x, BrownianPaths):
                checks.array("x", x)
            raise


def check_paths(
    name: str, x: ArrayLike | BrownianPaths, t: ArrayLike | None = None
) -> ObservedPaths:
    """Check observations or a motion, and return them as paths with steps.

    Whether observations are finite is left to `ObservedPaths.apply`.

    Parameters
    ----------
    name : str
        The name of the argument x in error messages.
    x : array_like, shape (times,) or (paths, times), or BrownianPaths
    t : array_like, shape (times,), optional
        Observation times; a motion has its own.

    Returns
    -------
    ObservedPaths

    Raises
    ------
    TypeError, ValueError
        For what is no path, for times that do not increase or do not belong to x.
    """
    if not isinstance(x, BrownianPaths):
        values, steps = check_observations(name, x, t)
        return ObservedPaths(
            source=Observations(np.atleast_2d(values)),
            steps=steps,
            n=values.shape[-1] - 1,
            single=values.ndim == 1,
        )
    check_motion(name, x, 1)
    if t is not None:
        raise ValueError("t is given by the motion's own grid: leave it out")
    grid = x.partition
    if grid.equal_step:
        return ObservedPaths(source=x, steps=None, n=grid.n, single=False, step=grid.equal_step)
    return ObservedPaths(source=x, steps=grid.steps, n=grid.n, single=False)


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
