"""Where paths come from: what hands them out by number, 256 at a time.

Brownian paths and noisy observations of them make their numbers when they are asked; `Observations`
has them in an array.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from stochcalc.typing import Array


class PathSource(Protocol):
    """Paths that are handed out by number: Brownian paths, noisy observations of them, an array."""

    @property
    def paths(self) -> int:
        """The number of paths."""

    @property
    def numbers(self) -> int:
        """How many numbers one path has: times x components."""

    def block(self, first: int, last: int) -> Array:
        """Return the values of paths first .. last - 1, where first is a multiple of 256."""


@runtime_checkable
class StreamedPaths(PathSource, Protocol):
    """Paths that are made when they are needed, such as Brownian paths: they have a grid."""

    @property
    def t(self) -> Array:
        """The grid times, shape (n + 1,)."""

    @property
    def dim(self) -> int:
        """The number of components."""


@dataclass(frozen=True, eq=False)
class Observations:
    """Paths that lie in an array, or some of them.

    Attributes
    ----------
    values : ndarray, shape (paths, times[, dim])
        The paths that are here.
    start : int
        The number of the first of them.
    all_paths : int, optional
        The number of paths in all, if not all are here.
    """

    values: Array
    start: int = 0
    all_paths: int | None = None

    @property
    def paths(self) -> int:
        """The number of paths in all."""
        if self.all_paths is not None:
            return self.all_paths
        return len(self.values)

    @property
    def numbers(self) -> int:
        """How many numbers one path has."""
        return int(self.values[0].size)

    def block(self, first: int, last: int) -> Array:
        """Return the values of paths first .. last - 1."""
        return self.values[first - self.start : last - self.start]

    def cut(self, first: int, last: int) -> Observations:
        """Return the same paths with the values of paths first .. last - 1 alone."""
        return Observations(self.block(first, last), first, self.paths)
