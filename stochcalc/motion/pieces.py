"""Arrays of paths that are a view of others, made a few paths at a time.

The numbers of a view are read off those of its parent, which may have more components, or steps, or
paths that are made for this alone. For all paths at once these would take several times as much
memory as the result. What they take for one path is counted here, from the shape of the views
alone, and a piece has as many paths as fit into `PIECE` numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from stochcalc.engine import memory
from stochcalc.engine.statistics import LANES
from stochcalc.typing import Array

if TYPE_CHECKING:
    from stochcalc.motion.path_numbers import PathNumbers

PIECE = 1 << 22  # numbers that one piece may take


def count_piece(paths: int, each: int) -> int:
    """Return how many paths one piece has, if each takes so many numbers: whole blocks of 256."""
    if each == 0:
        return paths
    blocks = max(1, PIECE // (LANES * each))
    return min(blocks * LANES, paths)


def make_in_pieces(make: Callable[[int, int], Array], paths: int, columns: int, each: int) -> Array:
    """Return the numbers that `make(first, last)` makes of all paths, shape (paths, columns).

    Parameters
    ----------
    make : callable
        It returns the numbers of paths first .. last - 1, shape (last - first, columns).
    paths, columns : int
        The number of paths, and how many numbers each has.
    each : int
        How many numbers a path takes while it is made; 0 if they go to their place at once.
    """
    together = count_piece(paths, each)
    if together >= paths:
        return make(0, paths)
    rows = np.empty((paths, columns))
    for first in range(0, paths, together):
        last = min(first + together, paths)
        rows[first:last] = make(first, last)
    return rows


def store(
    motion: PathNumbers, what: str, make: Callable[[int, int], Array], columns: int, each: int
) -> Array:
    """Return numbers of all paths of a motion that may store them, shape (paths, columns).

    The arguments are those of `make_in_pieces`, and what the numbers are called.

    Raises
    ------
    ValueError
        If the motion streams, or memory cannot hold them.
    """
    needed = motion.paths * columns
    if not motion.store:
        raise ValueError(
            f"{what} need {memory.NUMBER * needed:,} bytes and this motion streams: make it with "
            "store=True"
        )
    beside = count_grid(motion.partition.n) + count_beside(motion.paths, each)
    memory.budget(what, needed, "use store=False", beside=beside)
    return make_in_pieces(make, motion.paths, columns, each)


def make_at(motion: PathNumbers, times: Array, make: Callable[[Array, int, int], Array]) -> Array:
    """Return the numbers that `make(times, first, last)` makes of all paths, flat over times."""
    columns = len(times) * motion.dim
    each = count_for_times(motion, len(times))
    memory.budget(
        "at(times)",
        motion.paths * columns,
        "ask for fewer times or paths",
        beside=4 * len(times) + count_beside(motion.paths, each),
    )
    return make_in_pieces(lambda first, last: make(times, first, last), motion.paths, columns, each)


def count_grid(n: int) -> int:
    """Return how many numbers a grid takes: points, steps, roots of these, and which to keep."""
    return 4 * (n + 1)


def count_beside(paths: int, each: int) -> int:
    """Return how many numbers `make_in_pieces` takes beside its result."""
    if each == 0:
        return 0
    return count_piece(paths, each) * each


def count_for_values(motion: PathNumbers) -> int:
    """Return how many numbers one path of a motion takes beside its values, while it is made."""
    parent = motion.parent
    if parent is None:
        return 0
    if motion.part is None:
        return count_for_times(motion, motion.partition.n + 1)
    if "values" in vars(parent):
        return motion.numbers
    return motion.numbers + parent.numbers + count_for_values(parent)


def count_for_increments(motion: PathNumbers) -> int:
    """Return how many numbers one path takes beside its increments, while they are made."""
    parent = motion.parent
    if parent is None:
        return 0
    if motion.part is None and not motion.backwards and not motion.joined:
        return 2 * motion.numbers + count_for_values(motion)
    if "increments" in vars(parent) and not motion.joined:
        return motion.numbers
    return motion.numbers + parent.numbers + count_for_increments(parent)


def count_for_times(motion: PathNumbers, times: int) -> int:
    """Return how many numbers one path takes beside its values at so many times."""
    parent = motion.parent
    asked = times * motion.dim
    if motion.given is not None:
        return motion.numbers + asked
    if parent is None and "values" in vars(motion):
        return 0
    if parent is None:
        return min(motion.numbers, 2 * asked)
    if motion.part is not None:
        return asked + times * parent.dim + count_for_times(parent, times)
    if motion.backwards:
        return 2 * asked + count_for_times(parent, times + 1)
    return count_for_times(parent, times)
