"""Where the noise of the lane loop comes from: made from integers, or read from a stored array.

A *source* says which fills a problem needs, for a range of paths. The time loop knows nothing else
about randomness, so a streamed path, a stored path, a bridge node and a chain's noise all reach a
scheme in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from stochcalc.engine.random.fills import (
    TREE_SIZE,
    Fill,
    Ids,
    fill_bridge_nodes,
    fill_component,
    fill_correlated,
    fill_normals,
    fill_stored,
)
from stochcalc.engine.random.philox import COMPONENTS, INCREMENTS, INDICES, PATHS, check_index
from stochcalc.engine.statistics import LANES
from stochcalc.typing import Array

# What a fill gets in the place of data that it does not need.
NO_IDS = np.zeros(1, np.uint64)
NO_FLOATS = np.zeros(1)
NO_TABLE = np.zeros((1, 1, 1))


class Source(Protocol):
    """What a march gets its noise from."""

    @property
    def size(self) -> int:
        """The rows of noise that a step sees; 0 means one row, seen as a plain float."""

    def open(self, first: int, last: int) -> tuple[Fill, ...]:
        """Return the fills for paths first .. last - 1, each with its data and its first row."""


def as_ids(*integers: int) -> Ids:
    """Return integers as the array of ids that a fill takes."""
    return np.array(integers, dtype=np.uint64)


@dataclass(frozen=True, eq=False)
class KeyedNoise:
    """Increments made on the spot from a key: the noise of a streamed path.

    A stored path of the same key has the same bits.

    Attributes
    ----------
    key : int
        The key of the normals.
    steps : array (n,)
        The step sizes, in units of time.
    size : int
        Components of the motion; 0 for one component as a plain float.
    factor : array (size, size), optional
        The lower triangular matrix L of correlated increments L z sqrt(h).
    purpose : int
        What the normals are for, one of the constants of `engine.random.philox`.
    """

    key: int
    steps: Array
    size: int = 0
    factor: Array | None = None
    purpose: int = INCREMENTS

    def open(self, first: int, last: int) -> tuple[Fill, ...]:
        """Return the fills of the increments, after checking that their names fit the counter."""
        check_index("path", max(last - 1, 0), PATHS)
        check_index("step", len(self.steps), INDICES)
        check_index("component", max(self.size, 1) - 1, COMPONENTS)
        # dW_k = sqrt(dt_k) z_k: these are the roots, and the fill draws z_k and multiplies
        roots = np.append(np.sqrt(self.steps), 0.0)
        ids = as_ids(self.key, self.purpose, 0, max(self.size, 1))
        if self.factor is None:
            return ((0, fill_normals(), ids, roots, NO_TABLE),)
        return (
            (0, fill_normals(), ids, NO_FLOATS, NO_TABLE),
            (0, fill_correlated(), NO_IDS, roots, self.factor[None]),
        )


@dataclass(frozen=True, eq=False)
class KeyedComponent:
    """One component of the increments of a key, with the bits that it has among the others.

    Attributes
    ----------
    key : int
        The key of the normals.
    steps : array (n,)
        The step sizes, in units of time.
    component : int
        The number of the component.
    size : int
        1, or 0 for a plain float.
    row : array (component + 1,), optional
        The row of the lower triangular matrix L of correlated increments L z sqrt(h).
    """

    key: int
    steps: Array
    component: int
    size: int = 0
    row: Array | None = None

    def open(self, first: int, last: int) -> tuple[Fill, ...]:
        """Return the fill of the component, after checking that its names fit the counter."""
        check_index("path", max(last - 1, 0), PATHS)
        check_index("step", len(self.steps), INDICES)
        roots = np.append(np.sqrt(self.steps), 0.0)
        if self.row is None:
            ids = as_ids(self.key, INCREMENTS, self.component, 1)
            return ((0, fill_normals(), ids, roots, NO_TABLE),)
        table = np.empty((3, len(self.row), LANES))
        table[0] = self.row[:, None]
        return ((0, fill_component(), as_ids(self.key, INCREMENTS), roots, table),)


@dataclass(frozen=True, eq=False)
class StoredNoise:
    """Increments read from an array.

    Attributes
    ----------
    increments : array (paths, n, dim)
        The increments of the motion over each step.
    size : int
        Components of the motion; 0 for one component as a plain float.
    offset : int
        The path of the array's first row.
    """

    increments: Array
    size: int = 0
    offset: int = 0

    def open(self, first: int, last: int) -> tuple[Fill, ...]:
        """Return the fill that reads the array."""
        table = np.ascontiguousarray(self.increments)
        return ((0, fill_stored(), as_ids(self.offset), NO_FLOATS, table),)

    def cut(self, first: int, last: int) -> StoredNoise:
        """Return the same noise with paths first .. last - 1 alone in the array."""
        rows = self.increments[first - self.offset : last - self.offset]
        return StoredNoise(rows, self.size, first)


@dataclass(frozen=True, eq=False)
class Nodes:
    """Normals of nodes of the bridge tree, the same nodes inside each of n steps.

    Attributes
    ----------
    key : int
        The key of the normals.
    n : int
        The number of steps.
    nodes : tuple of int
        The nodes in heap order: 1 is the middle of a step, 2 and 3 the middles of its halves.
    """

    key: int
    n: int
    nodes: tuple[int, ...]

    @property
    def size(self) -> int:
        """The rows of noise: one for each node."""
        return len(self.nodes)

    def open(self, first: int, last: int) -> tuple[Fill, ...]:
        """Return the fill of the nodes' normals, after checking that their names fit."""
        check_index("step", self.n, INDICES // TREE_SIZE)
        ids = as_ids(self.key, *self.nodes)
        return ((0, fill_bridge_nodes(), ids, NO_FLOATS, np.empty((1, 1, LANES))),)


@dataclass(frozen=True, eq=False)
class Extra:
    """One row of standard normals of another purpose than the increments, beside them.

    Attributes
    ----------
    key : int
        The key of the normals.
    purpose : int
        What they are for, one of the constants of `engine.random.philox`.
    component : int
        Their component.
    size : int
        The rows of noise: 1, or 0 for a plain float.
    """

    key: int
    purpose: int
    component: int = 0
    size: int = 1

    def open(self, first: int, last: int) -> tuple[Fill, ...]:
        """Return the fill of the normals."""
        ids = as_ids(self.key, self.purpose, self.component, 1)
        return ((0, fill_normals(), ids, NO_FLOATS, NO_TABLE),)


@dataclass(frozen=True, eq=False)
class Beside:
    """Two sources at once: the rows of the second follow those of the first."""

    first: Source
    second: Source

    @property
    def size(self) -> int:
        """The rows of noise of both."""
        return max(self.first.size, 1) + max(self.second.size, 1)

    def cut(self, first: int, last: int) -> Beside:
        """Return the same two sources, with paths first .. last - 1 alone in their arrays."""
        one = cut_source(self.first, first, last)
        two = cut_source(self.second, first, last)
        if one is self.first and two is self.second:
            return self
        return Beside(one, two)

    def open(self, first: int, last: int) -> tuple[Fill, ...]:
        """Return the fills of both; the rows of the second come after those of the first."""
        shift = max(self.first.size, 1)
        shifted = [
            (row + shift, fill, ids, roots, table)
            for row, fill, ids, roots, table in self.second.open(first, last)
        ]
        return (*self.first.open(first, last), *shifted)


def cut_source(source: Source, first: int, last: int) -> Source:
    """Return a source whose arrays, if it has any, hold paths first .. last - 1 alone."""
    if isinstance(source, StoredNoise | Beside):
        return source.cut(first, last)
    return source
