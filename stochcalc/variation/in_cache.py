"""NumPy on the rows of a large array, a few at a time: what is worked on stays in the cache, and
memory does not grow.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

CACHED = 1 << 18  # numbers worked on at a time
Array = NDArray[np.float64]


class NotFiniteError(ValueError):
    """Observations that are not finite."""


def in_cache(function: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """`function` of rows of observations, applied to a few at a time.

    The rows are finite if all results are, and both ends of each row: for functions of differences
    that do not forget two neighbours that are not. Looking at the results is a fifth cheaper than
    looking at the rows, which is done in doubt.

    Raises
    ------
    NotFiniteError
        If a row is not finite.
    """

    def few(block: Array) -> Array:
        step, found = max(1, CACHED // block.shape[1]), []
        # Freed untouched. Until it has seen a larger block freed, glibc hands the pages of every
        # temporary array back to the system and faults them in anew for the next: measured, that
        # takes six times as long as the arithmetic.
        np.empty(1 << 21)
        for i in range(0, len(block), step):
            rows = block[i : i + step]
            with np.errstate(invalid="ignore", over="ignore"):
                found.append(function(rows))
            if (
                not (np.isfinite(found[-1]).all() and np.isfinite(rows[:, [0, -1]]).all())
                and not np.isfinite(rows).all()
            ):
                raise NotFiniteError("observations must be finite")
        return np.concatenate(found)

    return few
