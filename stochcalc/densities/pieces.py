"""Points in pieces: what is computed for many of them takes the memory of a few.

A score of a mixture of K components takes K arrays like the points. They are made for some points
at a time, and every point has the same bits as on its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from stochcalc.engine import memory
from stochcalc.typing import Array

CELLS = 1 << 17  # numbers of one array of a piece
ARRAYS = 6  # of this size that exist at a time


def pieces_of(points: int, each: int) -> Iterator[slice]:
    """Yield the rows of one piece after another, for points that take so many numbers each."""
    together = count_piece(points, each)
    for first in range(0, points, together):
        yield slice(first, min(first + together, points))


def count_piece(points: int, each: int) -> int:
    """Return how many points one piece has."""
    return min(points, max(1, CELLS // each))


def evaluate_in_pieces(
    function: Callable[[Array], Array], points: Array, columns: int, each: int
) -> Array:
    """Return function(points), shape (n, columns), for some points at a time.

    Parameters
    ----------
    function : callable
        It takes points (n, d) and returns an array (n, columns) of numbers for each point alone.
    points : ndarray, shape (n, d)
        The points.
    columns : int
        How many numbers it returns for a point.
    each : int
        How many numbers its largest array has for a point.
    """
    n = len(points)
    together = count_piece(n, each)
    remedy = "use fewer points at a time"
    memory.budget("the result", n * columns, remedy, beside=ARRAYS * together * each)
    if together == n:
        return function(points)
    result = np.empty((n, columns))
    for rows in pieces_of(n, each):
        result[rows] = function(points[rows])
    return result


def budget_sample(n: int, dim: int, beside: int = 0) -> None:
    """Refuse a sample of n points that does not fit into memory."""
    memory.budget("the sample", n * dim, "draw fewer points at a time", beside=beside)
