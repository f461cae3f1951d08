"""What every study is given: the levels, the number of paths, and the key of its random numbers."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.given_values import read_entries
from stochcalc.engine.random.philox import make_key
from stochcalc.engine.statistics import blocks_of
from stochcalc.engine.words import show
from stochcalc.typing import Array, Integers, Key, Seed

LARGEST_EXPONENT = 30
FEWEST_BATCHES = 8


def check_settings(
    levels: Iterable[int], paths: int, rng: Seed, key: Key
) -> tuple[Integers, list[range], int]:
    """Check the levels, the number of paths and the seed of a study.

    Parameters
    ----------
    levels : iterable of int
        Exponents: n = 2**level steps.
    paths : int
        Number of paths, at least 2048.
    rng, key
        The seed, or the key of an earlier result, as for `solve`.

    Returns
    -------
    exponents : ndarray of int, shape (levels,)
    batches : list of range
        The blocks of 256 paths in each independent batch.
    key : int

    Raises
    ------
    TypeError, ValueError
        For levels that do not increase, too few paths, a bad seed.
    """
    batches, key = check_paths(paths, rng, key)
    return check_levels(levels), batches, key


def check_paths(paths: int, rng: Seed, key: Key) -> tuple[list[range], int]:
    """Check the number of paths and the seed of a study.

    Parameters
    ----------
    paths : int
        Number of paths, at least 2048.
    rng, key
        The seed, or the key of an earlier result, as for `solve`.

    Returns
    -------
    batches : list of range
        The blocks of 256 paths in each independent batch.
    key : int

    Raises
    ------
    TypeError, ValueError
        For too few paths, a bad seed.
    """
    batches = split_blocks(blocks_of(checks.integer("paths", paths)))
    return batches, make_key(rng, key)


def step_sizes(T: float, exponents: Integers) -> Array:
    """Return the step sizes T/2**exponent."""
    sizes: Array = np.divide(T, 2.0**exponents)
    return sizes


def split_blocks(blocks: int, wanted: int = 32) -> list[range]:
    """Split the blocks of a study into consecutive ranges of nearly equal size.

    Each range is an independent batch: it gives one slope, and the spread of these slopes gives the
    standard error of the slope.

    Parameters
    ----------
    blocks : int
        Number of blocks of 256 paths.
    wanted : int
        Number of batches; fewer if there are fewer blocks, but at least 8.

    Raises
    ------
    ValueError
        If there are fewer than eight blocks.
    """
    if blocks < FEWEST_BATCHES:
        raise ValueError(
            f"paths fill {blocks} blocks of 256, too few for an interval: give at least 2048 paths"
        )
    number = min(wanted, blocks)
    edges = [blocks * i // number for i in range(number + 1)]
    return [range(first, last) for first, last in pairwise(edges)]


def check_levels(levels: Iterable[int]) -> Integers:
    """Return the exponents of a study: at least two, increasing, between 0 and 30."""
    if not isinstance(levels, Iterable) or isinstance(levels, str):
        raise TypeError(f"levels={show(levels)} must be several exponents, such as range(4, 10)")
    exponents = read_entries("levels", levels)
    for level in exponents:
        if isinstance(level, int | np.integer) and level > LARGEST_EXPONENT:
            raise ValueError(
                f"levels={exponents} has {level}, and n = 2**level: give exponents up to 30, 4 for "
                f"16 steps"
            )
        checks.integer("levels", level, 0, LARGEST_EXPONENT)
    if len(exponents) < 2 or sorted(set(exponents)) != exponents:
        raise ValueError(
            f"levels={exponents} must be at least two increasing exponents, such as range(4, 10)"
        )
    return np.array(exponents)
