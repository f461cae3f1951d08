"""An answer from three grids, by Richardson's extrapolation, and how far it may be off.

The grids have cells of h, 2 h and 4 h, and errors that are a series in h^2. What the extrapolation
took out last is the error, if the grids converge as they should: the second change of cells changes
the solution by a quarter of the first. Where it does not, the series tells nothing yet, and the
change itself counts. Between nodes the answer is a cubic spline, whose error is found in the same
way, by leaving out nodes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stochcalc.kolmogorov.backward_solution import interpolate
from stochcalc.kolmogorov.cells import Piece
from stochcalc.typing import Array

ROUNDING = 1e-11  # of the largest value
AROUND = 2  # nodes on each side: a change may be 0 by chance at one
LEAST_RATIO = 2.0  # of two changes that are 4 to 1 for cells that are short enough
LEAST_SPLINE_RATIO = 6.0  # of two errors of splines that are 16 to 1
SPLINE_SHARE = 0.125  # of the second of them, twice what is left of it


def extrapolate(
    pieces: Sequence[Piece], fine: Array, medium: Array, coarse: Array
) -> tuple[Array, Array]:
    """Return the answer at all nodes, and its errors at every second node.

    Parameters
    ----------
    pieces : sequence of Piece
        The pieces of the interval.
    fine, medium, coarse : ndarray
        The solution at every node, at every second and at every fourth.
    """
    better = fine + interpolate(pieces, 2, (fine[::2] - medium) / 3.0)
    worse = medium + interpolate(pieces, 4, (medium[::2] - coarse) / 3.0, every=2)
    best = better + interpolate(pieces, 2, (better[::2] - worse) / 15.0)
    errors = _spread(np.abs(better[::2] - worse))
    first = np.abs(medium[::2] - coarse)
    second = np.abs(fine[::2] - medium)
    errors += _keep_slow(first, second, LEAST_RATIO, 0.0)
    skipped = np.abs(best[::2] - interpolate(pieces, 4, best[::4], every=2))
    between = np.abs(best - interpolate(pieces, 2, best[::2]))
    errors += _keep_slow(_take_odd(skipped), _take_odd(between), LEAST_SPLINE_RATIO, SPLINE_SHARE)
    errors += ROUNDING * np.abs(best).max()
    return best, errors


def _keep_slow(first: Array, second: Array, ratio: float, share: float) -> Array:
    """Return the second of two changes where it is not much smaller than the first, else a share.

    Parameters
    ----------
    first : ndarray, shape (n/2 + 1,)
        The first change, at every second of the points of the second one.
    second : ndarray, shape (n + 1,)
        The second change.
    ratio : float
        What the first must be, at least, in terms of the second.
    share : float
        What counts of the second where it is.
    """
    before = np.repeat(_spread(first, AROUND // 2), 2)[: len(second)]
    after = _spread(second)
    return np.asarray(np.where(before < ratio * after, after, share * after))


def _take_odd(values: Array) -> Array:
    """Return the larger of the values before and after every second point."""
    padded = np.concatenate([[0.0], values, [0.0]])
    return np.asarray(np.maximum(padded[:-2:2], padded[2::2]))


def _spread(values: Array, around: int = AROUND) -> Array:
    """Return the largest value among the neighbours of each."""
    padded = np.pad(values, around, mode="edge")
    shifts = range(2 * around + 1)
    return np.asarray(np.max([padded[j : j + len(values)] for j in shifts], axis=0))
