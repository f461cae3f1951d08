"""Stale prices: a path that moves, and repeats its last value between its moves.

A product of neighbouring returns, a minimum or a median of them is 0, or too small, where a move
stands beside a return of 0. If every value occurs twice, bipower variation is 0 +- 0 whatever the
variance. No standard error says so: it is made of the same products. So such an estimate has nan
for its standard error and its interval.
"""

from __future__ import annotations

from typing import NamedTuple, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.engine import checks
from stochcalc.estimate import Estimate
from stochcalc.motion.sampled import is_sampled
from stochcalc.typing import Array, Paths
from stochcalc.variation.windows import Clock

MANY_REPEATS = 0.02  # the share of pairs with one return of 0 from which a user is warned


class Repeats(NamedTuple):
    """How often paths repeat a value beside a move.

    Attributes
    ----------
    apart : int
        The pairs of neighbouring returns of which one is 0 and the other is not.
    moving : int
        The pairs of neighbouring returns that are not both 0.
    """

    apart: int
    moving: int

    @property
    def share(self) -> float:
        """The share of the pairs that move in which one return is 0; 0 if nothing moves."""
        return self.apart / max(1, self.moving)

    @classmethod
    def join(cls, counts: Array) -> Repeats:
        """Return the counts for all paths from those of each, shape (paths, 2)."""
        apart, moving = counts.sum(axis=0)
        return cls(int(apart), int(moving))


NO_PAIRS = Repeats(0, 0)  # of an estimator that does not compare neighbouring returns


def count_repeats(values: Array, compares_neighbours: bool) -> Array:
    """Count the repeats of paths (rows, n + 1), if the estimator compares neighbouring returns.

    Returns
    -------
    ndarray, shape (rows, 2)
        Of each path what `Repeats` counts, as floats; 0 for another estimator.
    """
    counts = np.zeros((len(values), 2))
    if not compares_neighbours:
        return counts
    still = values[:, 1:] == values[:, :-1]
    left = still[:, :-1]
    right = still[:, 1:]
    counts[:, 1] = left.shape[1]
    if still.any():
        counts[:, 0] = np.count_nonzero(left ^ right, axis=1)
        counts[:, 1] -= np.count_nonzero(left & right, axis=1)
    return counts


def find_stale(
    values: Array, clock: Clock, estimates: Array, compares_neighbours: bool
) -> NDArray[np.bool_]:
    """Find the estimates that say little about paths which move.

    An estimate from products of neighbours says little if of the pairs of neighbouring returns that
    are not both 0, at least half have one return of 0. Any estimate says little if it is 0.

    Parameters
    ----------
    values : ndarray, shape (rows, n + 1)
        The observations.
    clock : Clock
    estimates : ndarray, shape (rows, m)
        The estimates at the m ends of the clock.
    compares_neighbours : bool
        Whether the estimator multiplies or compares neighbouring returns.

    Returns
    -------
    ndarray of bool, shape (rows, m)
        Whether each estimate says little.
    """
    moves = values[:, 1:] != values[:, :-1]
    zero = estimates == 0.0
    stale: NDArray[np.bool_] = zero & (clock.sum_windows(moves.astype(np.float64), 1) > 0.0)
    if compares_neighbours:
        left = moves[:, :-1]
        right = moves[:, 1:]
        one = clock.sum_windows((left | right).astype(np.float64), 2)
        both = clock.sum_windows((left & right).astype(np.float64), 2)
        stale |= (one > 0.0) & (both <= 0.5 * one)
    return stale


def warn_of_repeats(x: ArrayLike | Paths, estimator: str, repeats: Repeats) -> None:
    """Warn if so many returns beside the moves of a path are 0 that the estimate reads too low.

    Estimators that multiply or compare neighbouring returns take a return of 0 for calm. With one
    stale price in twenty a jump test at the level 5 % finds jumps in 60 % of the paths without.
    Coarse ticks have the same effect, to a smaller degree.

    Parameters
    ----------
    x : array_like or sampled paths
        The observations, which were checked before.
    estimator : str
        The name of the estimator.
    repeats : Repeats
        What was counted in x.
    """
    if repeats.share > MANY_REPEATS:
        checks.warn_user(
            f"{100.0 * repeats.share:.1f} % of the pairs of neighbouring returns of x have one of "
            f"0, which {estimator!r} takes for calm: it reads too low, and a jump test finds jumps "
            f"where there are none; {leave_out(x)}, or use estimator='realized'"
        )


def leave_out(x: ArrayLike | Paths) -> str:
    """Return the remedy for stale prices x, (times,) or (paths, times), in the user's words."""
    if is_sampled(x):
        return "leave repeated values and their times out"
    path = "x"
    if np.ndim(cast(ArrayLike, x)) > 1:
        path = "x[i]"
    return f"leave repeated values out, {path}[np.diff({path}, prepend=np.nan) != 0]"


def warn_of_stale(x: ArrayLike | Paths, estimator: str, found: Estimate, repeats: Repeats) -> None:
    """Warn once if estimates for x have no standard error although they have a value.

    If they have one, warn of repeated values: each takes some of the estimate with it.
    """
    count = int(np.sum(np.isnan(found.stderr) & ~np.isnan(found.value)))
    if not count:
        warn_of_repeats(x, estimator, repeats)
        return
    number = int(np.sum(~np.isnan(found.value)))
    which = f"{count} of {number} estimates"
    if number == 1:
        which = "the estimate"
    checks.warn_user(
        f"x repeats its values so often that {which} by {estimator!r} may lie far below its "
        f"variation, and the interval is nan: {leave_out(x)}, or use estimator='realized'"
    )
