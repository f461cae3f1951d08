"""The increments of paths that are a view of others, their blocks, and sums of increments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.random.fills import Fill
from stochcalc.engine.random.sources import StoredNoise
from stochcalc.engine.statistics import LANES
from stochcalc.typing import Array


class WithIncrements(Protocol):
    """Paths that hand out their increments in blocks."""

    def block_increments(self, first: int, last: int) -> Array:
        """Return the increments of paths first .. last - 1, shape (last - first, n, dim)."""


@dataclass(frozen=True, eq=False)
class DerivedNoise:
    """The increments of a motion that is a view of another, as a source for the time loop.

    Attributes
    ----------
    motion : BrownianPaths
        The motion.
    size : int
        Its number of components; 0 for one component as a plain float.
    """

    motion: WithIncrements
    size: int

    def open(self, first: int, last: int) -> tuple[Fill, ...]:
        """Return the fill that reads the increments of paths first .. last - 1."""
        increments = self.motion.block_increments(first, last)
        return StoredNoise(increments, self.size, first).open(first, last)


def check_block(first: int, last: int, paths: int) -> tuple[int, int]:
    """Return the first path of a block and the one after its last; refuse what is no block."""
    first = checks.integer("first", first, 0, paths)
    last = checks.integer("last", last, first, paths)
    if first % LANES:
        raise ValueError(f"first={first} must be a multiple of {LANES}: blocks begin there")
    return first, last


def join_increments(fine: Array) -> Array:
    """Return the increments over several steps each, as sums from left to right.

    Parameters
    ----------
    fine : ndarray, shape (paths, n, joined, dim)
        The increments of the `joined` short steps in each of n long ones.

    Returns
    -------
    ndarray, shape (paths, n, dim)
    """
    total: Array = fine[:, :, 0].copy()
    for j in range(1, fine.shape[2]):
        total += fine[:, :, j]
    return total


def sum_increments(increments: Array) -> Array:
    """Return the sums of increments from left to right, from 0.

    Parameters
    ----------
    increments : ndarray, shape (paths, n, dim)

    Returns
    -------
    ndarray, shape (paths, n + 1, dim)
    """
    paths, n, dim = increments.shape
    values = np.zeros((paths, n + 1, dim))
    np.cumsum(increments, axis=1, out=values[:, 1:])
    return values
