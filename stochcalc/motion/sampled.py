"""Sampled paths: what is accepted wherever a function takes paths at the times of a grid.

Brownian paths, one component of them, another process, a solution, one component of it, any other
object with `t` and `values`, and a pair (t, values) are the same thing to an integral, a variation
or an expectation. Brownian paths and processes stay what they are, because they can be streamed;
everything else is read as `PathsOnGrid`.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from stochcalc.engine import arrays, checks
from stochcalc.engine.words import shorten, show
from stochcalc.motion.paths import BrownianPaths
from stochcalc.motion.processes.process import Process
from stochcalc.typing import Array, Paths

ACCEPTED = (
    "Brownian paths (brownian(...)), a process such as poisson(...), a Solution, or a pair "
    "(t, values)"
)


@dataclass(frozen=True, eq=False)
class PathsOnGrid:
    """Paths that lie in an array, with the times of their grid.

    Attributes
    ----------
    t : ndarray, shape (n + 1,)
        The grid times.
    values : ndarray, shape (paths, n + 1[, dim])
        The paths at these times.
    stop_times : ndarray, shape (paths,), or None
        The time from which on each path was kept where it was, inf for none; None for paths of
        which it is not known that they were stopped.
    """

    t: Array
    values: Array
    stop_times: Array | None = None

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> Array:
        return np.array(self.values, dtype=dtype, copy=copy)

    @property
    def paths(self) -> int:
        """The number of paths."""
        return len(self.values)

    @property
    def dim(self) -> int:
        """The number of components."""
        if self.values.ndim == 2:
            return 1
        return int(self.values.shape[2])

    @property
    def numbers(self) -> int:
        """How many numbers one path has: (n + 1) dim."""
        return len(self.t) * self.dim

    def block(self, first: int, last: int) -> Array:
        """Return the values of paths first .. last - 1."""
        return self.values[first:last]

    def component(self, i: int) -> PathsOnGrid:
        """Return component i as paths of one component, values of shape (paths, n + 1)."""
        i = checks.integer("i", i, 0)
        if i >= self.dim:
            raise ValueError(
                f"i={show(i)} and these paths have {self.dim} components: choose one from 0 to "
                f"{self.dim - 1}"
            )
        if self.values.ndim == 2:
            return self
        return PathsOnGrid(self.t, self.values[..., i], self.stop_times)

    def __repr__(self) -> str:
        return (
            f"PathsOnGrid(values {self.values.shape}, {len(self.t)} times from {self.t[0]:g} to "
            f"{self.t[-1]:g})"
        )


Sampled = BrownianPaths | Process | PathsOnGrid


def is_sampled(x: object) -> bool:
    """Tell whether something is sampled paths: an object with `t` and `values`, or a pair of them.

    A pair is a tuple of times and of values at these times. Two paths in an array are no pair, and
    neither is a list of two rows.
    """
    if isinstance(x, BrownianPaths | Process):
        return True
    if isinstance(x, tuple) and len(x) == 2:
        return arrays.count_axes(x[0]) == 1 and arrays.count_axes(x[1]) > 0
    # Neither attribute is read: `values` may be an array that is yet to be made.
    return all(_has_attribute(x, name) for name in ("t", "values"))


def read_paths(name: str, x: Paths, *, dim: int | None = None) -> Sampled:
    """Return sampled paths in one form: those with a key as they are, others as `PathsOnGrid`.

    Parameters
    ----------
    name : str
        Name of the argument, for the error.
    x : BrownianPaths, Process, Solution, pair (t, values), or any object with `t` and `values`
        The argument. Values of shape (n + 1,) are one path.
    dim : int, optional
        How many components are needed; 1 asks for exactly one.

    Returns
    -------
    BrownianPaths, Process or PathsOnGrid

    Raises
    ------
    TypeError, ValueError
        If x is no sampled paths, or its times and values do not fit; if it has another number of
        components.

    Examples
    --------
    >>> read_paths("X", ([0.0, 0.5, 1.0], [0.0, 2.0, 1.0])).values
    array([[0., 2., 1.]])
    """
    if isinstance(x, tuple) and len(x) == 2:
        paths = _read_pair(name, x[0], x[1])
    elif isinstance(x, BrownianPaths | Process):
        check_components(name, x, dim)
        return x
    elif is_sampled(x):
        paths = replace(
            _read_pair(name, x.t, x.values, finite=False), stop_times=find_stop_times(x)
        )
    else:
        raise TypeError(f"{name}={shorten(x)} must be {ACCEPTED}")
    check_components(name, paths, dim)
    return paths


def find_stop_times(x: object) -> Array | None:
    """Return the times at which the paths of a solution, or of one component of it, stopped."""
    if isinstance(x, PathsOnGrid):
        return x.stop_times
    return getattr(getattr(x, "stops", None), "time", None)


def check_components(name: str, paths: Sampled, dim: int | None) -> None:
    """Refuse paths with another number of components than `dim`, if it is given."""
    if dim is None or paths.dim == dim:
        return
    if dim == 1:
        remedy = f"{name}.component(0)"
        if isinstance(paths, BrownianPaths):
            remedy = f"{name}[0]"
        raise ValueError(f"{name} has dim={paths.dim}: one component is needed, such as {remedy}")
    raise ValueError(f"{name} has dim={paths.dim}: {dim} components are needed")


def check_same_grid(name: str, paths: Sampled, other: str, others: Sampled) -> None:
    """Refuse paths that are not on the grid of others, or are not as many, and name both."""
    check_same_times(name, paths.t, other, others.t)
    if paths.paths != others.paths:
        raise ValueError(
            f"{name} has {paths.paths} paths and {other} has {others.paths}: give as many of both"
        )


def check_same_times(name: str, t: Array, other: str, times: Array) -> None:
    """Refuse the times t of one argument that are not those of another, and name both."""
    if np.array_equal(t, times):
        return
    where = ""
    if len(t) == len(times):
        k = int(np.argmax(t != times))
        where = f" (t[{k}] is {t[k]:.17g} and {times[k]:.17g})"
    raise ValueError(
        f"{name} is on {len(t)} times from {t[0]:g} to {t[-1]:g} and {other} on {len(times)} times "
        f"from {times[0]:g} to {times[-1]:g}{where}: give both on one grid, such as "
        "solve(..., noise=W) and W itself"
    )


def _has_attribute(x: object, name: str) -> bool:
    """Tell whether an object has an attribute that is no method, without computing it."""
    missing = object()
    found = inspect.getattr_static(x, name, missing)
    return found is not missing and not inspect.isroutine(found)


def _read_pair(name: str, t: ArrayLike, values: ArrayLike, *, finite: bool = True) -> PathsOnGrid:
    """Return times and values as paths on a grid, or refuse them.

    `finite` is False for solutions, whose paths may have left the finite range: they are reported
    where they are used.
    """
    times = checks.increasing(f"{name}: t", checks.array(f"{name}: t", t, ndim=1))
    numbers = np.asarray(checks.array(f"{name}: values", values, finite=finite))
    if numbers.ndim == 1:
        numbers = numbers[None]
    if numbers.ndim not in (2, 3) or numbers.shape[1] != len(times) or len(times) < 2:
        raise ValueError(
            f"{name} has {len(times)} times and values of shape {numbers.shape}: give values "
            f"(paths, times) or (paths, times, dim) at two times or more"
        )
    if numbers.ndim == 3 and numbers.shape[2] == 1:
        numbers = numbers[..., 0]
    return PathsOnGrid(times, numbers)
