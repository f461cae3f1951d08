"""Where the noise of the lane loop comes from: made from integers, or read from a stored array.

A *source* says which fills a problem needs, for a range of paths. The time loop knows nothing else
about randomness, so a streamed path, a stored path, a bridge node and a chain's noise all reach a
scheme in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine.random.fills import (
    TREE_SIZE,
    Fill,
    bridge_nodes,
    correlated,
    normals,
    stored,
)
from stochcalc.engine.random.philox import (
    COMPONENTS,
    INCREMENTS,
    INDICES,
    PATHS,
    check_index,
)
from stochcalc.engine.statistics import LANES

NO_IDS = np.zeros(1, np.uint64)
NO_FLOATS = np.zeros(1)
NO_TABLE = np.zeros((1, 1, 1))


class Source(Protocol):
    """Where a march gets its noise."""

    @property
    def size(self) -> int:
        """Rows of noise a step sees; 0 for a plain float."""

    def open(self, first: int, last: int) -> tuple[Fill, ...]:
        """The fills for paths first .. last - 1, each with its data and its first row."""


def as_ids(*integers: int) -> NDArray[np.uint64]:
    """Return integers as a fill takes them."""
    return np.array(integers, dtype=np.uint64)


@dataclass(frozen=True, eq=False)
class KeyedNoise:
    """Increments made on the spot from a key: the noise of a streamed path, bit for bit that of the
    stored one.
    """

    key: int
    steps: NDArray[np.float64]
    size: int = 0
    factor: NDArray[np.float64] | None = None
    purpose: int = INCREMENTS

    def open(self, first: int, last: int) -> tuple[Fill, ...]:
        check_index("path", max(last - 1, 0), PATHS)
        check_index("step", len(self.steps), INDICES)
        check_index("component", max(self.size, 1) - 1, COMPONENTS)
        roots = np.append(np.sqrt(self.steps), 0.0)
        ids = as_ids(self.key, self.purpose, 0, max(self.size, 1))
        if self.factor is None:
            return ((0, normals(), ids, roots, NO_TABLE),)
        return (
            (0, normals(), ids, NO_FLOATS, NO_TABLE),
            (0, correlated(), NO_IDS, roots, self.factor[None]),
        )


@dataclass(frozen=True, eq=False)
class StoredNoise:
    """Increments read from an array (paths, n, dim) whose first row is path `offset`."""

    increments: NDArray[np.float64]
    size: int = 0
    offset: int = 0

    def open(self, first: int, last: int) -> tuple[Fill, ...]:
        table = np.ascontiguousarray(self.increments)
        return ((0, stored(), as_ids(self.offset), NO_FLOATS, table),)


@dataclass(frozen=True, eq=False)
class Nodes:
    """Normals of bridge-tree nodes, the same heap indices inside each of n steps."""

    key: int
    n: int
    nodes: tuple[int, ...]

    @property
    def size(self) -> int:
        return len(self.nodes)

    def open(self, first: int, last: int) -> tuple[Fill, ...]:
        check_index("step", self.n, INDICES // TREE_SIZE)
        ids = as_ids(self.key, *self.nodes)
        return ((0, bridge_nodes(), ids, NO_FLOATS, np.empty((1, 1, LANES))),)


@dataclass(frozen=True, eq=False)
class Extra:
    """One row of standard normals of another purpose, beside the increments."""

    key: int
    purpose: int
    component: int = 0
    size: int = 1

    def open(self, first: int, last: int) -> tuple[Fill, ...]:
        ids = as_ids(self.key, self.purpose, self.component, 1)
        return ((0, normals(), ids, NO_FLOATS, NO_TABLE),)


@dataclass(frozen=True, eq=False)
class Beside:
    """Two sources at once: the rows of the second follow those of the first."""

    first: Source
    second: Source

    @property
    def size(self) -> int:
        return max(self.first.size, 1) + max(self.second.size, 1)

    def open(self, first: int, last: int) -> tuple[Fill, ...]:
        shift = max(self.first.size, 1)
        moved = [
            (row + shift, fill, ids, roots, table)
            for row, fill, ids, roots, table in self.second.open(first, last)
        ]
        return (*self.first.open(first, last), *moved)
