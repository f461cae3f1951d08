"""The grids of a study of schemes: numbers of steps of which each divides the next.

A study takes exponents (`levels=`, n = 2**level steps) or the numbers themselves (`steps=`, such as
10, 100, 1000). All grids lie in the finest, on which the path is drawn. Between two neighbouring
grids the steps merge by prime factors, two by two where that is possible.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.given_values import read_entries
from stochcalc.engine.words import show
from stochcalc.laboratory.settings import check_levels
from stochcalc.typing import Array, Integers

MOST_STEPS = 2**40  # of the reference: they take an hour a path


@dataclass(frozen=True, eq=False)
class Grids:
    """The grids of a study.

    Attributes
    ----------
    t0, T : float
        First and last time.
    counts : tuple of int
        Numbers of steps, increasing; each divides the next.
    finer : int
        By how many halvings the grid of the reference is finer than the last of them.
    """

    t0: float
    T: float
    counts: tuple[int, ...]
    finer: int = 0

    @property
    def n(self) -> int:
        """The number of steps of the finest grid."""
        return self.counts[-1] << self.finer

    @property
    def dt(self) -> Array:
        """The step sizes, decreasing, shape (levels,)."""
        sizes: Array = np.divide(self.T - self.t0, np.array(self.counts, dtype=float))
        return sizes

    @property
    def ratios(self) -> Integers:
        """How many steps of each grid make one of the next coarser, from fine to coarse."""
        return np.array(self._find_ratios()[0], dtype=np.int64)

    @property
    def columns(self) -> Integers:
        """The place of each number of steps among the grids of `ratios`."""
        return np.array(self._find_ratios()[1])

    def check_size(self) -> None:
        """Refuse more than 2**40 steps, those of the reference included."""
        if self.n <= MOST_STEPS:
            return
        number = str(self.n)
        if self.n & (self.n - 1) == 0:
            number = f"2**{self.n.bit_length() - 1}"
        raise ValueError(
            f"the finest level is {number} steps, {self.finer} levels for the reference included: "
            "give levels= and finer= up to 40 in all, or up to 2**40 steps="
        )

    def _find_ratios(self) -> tuple[list[int], list[int]]:
        """Return the ratios of neighbouring grids, and the places of the numbers of steps."""
        ratios = [2] * self.finer
        places = [self.finer]
        for fine, coarse in zip(self.counts[:0:-1], self.counts[-2::-1]):
            ratios.extend(find_factors(fine // coarse))
            places.append(len(ratios))
        return ratios, places[::-1]


def find_factors(n: int) -> list[int]:
    """Return the prime factors of a number, increasing; 12 has 2, 2 and 3."""
    factors = []
    divisor = 2
    while divisor * divisor <= n:
        while n % divisor == 0:
            factors.append(divisor)
            n //= divisor
        divisor += 1
    if n > 1:
        factors.append(n)
    return factors


def choose_grids(
    T: float,
    t0: float,
    levels: Iterable[int] | None = None,
    steps: Iterable[int] | None = None,
    *,
    default: Iterable[int] = (0, 1),
    finer: int = 0,
) -> Grids:
    """Return the grids of a study.

    Parameters
    ----------
    T, t0 : float
        The end time, and the time of the start.
    levels : iterable of int, optional
        Exponents: n = 2**level steps.
    steps : iterable of int, optional
        The numbers of steps, in the place of `levels`.
    default : iterable of int
        The exponents if there are neither.
    finer : int
        By how many halvings the reference is finer than the finest of them.

    Raises
    ------
    TypeError, ValueError
        For an end that is not after the start, both `levels` and `steps`, numbers that do not
        increase or do not divide each other.
    """
    t0 = checks.number("t0", t0)
    T = checks.number("T", T)
    if T <= t0:
        raise ValueError(f"T={T:g} must be greater than t0={t0:g}: T is an end time, not a length")
    if not np.isfinite(T - t0):
        raise ValueError(f"T={T:g} is too far from t0={t0:g}: their difference must be finite")
    if steps is None:
        exponents = check_levels(default if levels is None else levels)
        counts = tuple(2 ** int(level) for level in exponents)
    elif levels is not None:
        raise ValueError(
            f"levels={show(levels)} and steps={show(steps)} both say how many steps: give one"
        )
    else:
        counts = _check_steps(steps)
    return Grids(t0=t0, T=T, counts=counts, finer=finer)


def _check_steps(steps: Iterable[int]) -> tuple[int, ...]:
    """Return the numbers of steps: at least two, increasing, each a multiple of the one before."""
    if not isinstance(steps, Iterable) or isinstance(steps, str):
        raise TypeError(f"steps={show(steps)} must be several numbers of steps, such as (10, 100)")
    counts = [checks.integer("steps", n, 1, MOST_STEPS) for n in read_entries("steps", steps)]
    if len(counts) < 2 or sorted(set(counts)) != counts:
        raise ValueError(
            f"steps={counts} must be at least two increasing numbers, such as (10, 100, 1000)"
        )
    for coarse, fine in pairwise(counts):
        if fine % coarse:
            raise ValueError(
                f"steps={counts} has {coarse} and then {fine}: each must be a multiple of the one "
                "before, such as (10, 20, 40), so that one path serves all"
            )
    return tuple(counts)
