"""Noise that is not normal: uniform numbers, and the jumps of a compound Poisson process.

A block of four random words makes two uniform numbers of 52 bits, one for the even index and one
for the odd, as it makes two normals. The number of jumps in a step is the inverse of the Poisson
distribution function at such a number: the number of values k whose P(N <= k) it reaches. That is a
sum of comparisons, without a branch, so that several paths are counted at once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from stochcalc.engine.compiler.intrinsics import bits_of, float_of
from stochcalc.engine.compiler.jit import leaf
from stochcalc.engine.compiler.pointers import pointer
from stochcalc.engine.random.fills import FILL, Fill
from stochcalc.engine.random.normal import fill_pairs, fill_random_bits
from stochcalc.engine.random.philox import (
    INDICES,
    JUMP_COUNTS,
    JUMP_SIZES,
    PATHS,
    check_index,
)
from stochcalc.engine.random.sources import NO_FLOATS, NO_TABLE, as_ids
from stochcalc.engine.statistics import LANES
from stochcalc.typing import Array

_12 = np.uint64(12)
_ONE_BITS = np.uint64(0x3FF0000000000000)  # of the float 1
# Distribution functions are cut where a number of 52 bits cannot tell them from 0 and from 1.
LEAST = 2.0**-53


@leaf
def uniform(word):
    """Return the upper 52 bits of a word as a fraction in [0, 1)."""
    return float_of((word >> _12) | _ONE_BITS) - 1.0


@pointer(FILL)
def fill_uniforms(ids, roots, table, first, k, count, buffer, row):
    """Write one row of uniform numbers in [0, 1); ids is (key, purpose, component)."""
    for j in range(0, count, 2):
        even = buffer[j, row]
        odd = buffer[j + 1, row]
        fill_random_bits(first, (k + j) >> 1, ids[2], ids[1], ids[0], even, odd)
        for lane in range(len(even)):
            even[lane] = uniform(bits_of(even[lane]))
            odd[lane] = uniform(bits_of(odd[lane]))


@pointer(FILL)
def fill_counts(ids, roots, table, first, k, count, buffer, row):
    """Replace uniform numbers by Poisson counts, whose law in step k is number roots[k].

    table[1 + i, 0] holds the least count of law i, how many values of its distribution function
    follow, and these values from the least count on; table[0, 0] is a workspace.
    """
    numbers = table[0, 0, : buffer.shape[2]]
    for j in range(count):
        law = table[1 + np.int64(roots[k + j]), 0]
        counts = buffer[j, row]
        for lane in range(len(counts)):
            numbers[lane] = counts[lane]
            counts[lane] = law[0]
        for i in range(np.int64(law[1])):
            bound = law[2 + i]
            for lane in range(len(counts)):
                counts[lane] += 1.0 if numbers[lane] >= bound else 0.0


@pointer(FILL)
def fill_jumps(ids, roots, table, first, k, count, buffer, row):
    """Replace counts N by sums of N independent normal jumps: mean N + deviation sqrt(N) z.

    ids is (key, purpose), roots is (mean, deviation), and table (1, 2, lanes) a workspace.
    """
    even = table[0, 0, : buffer.shape[2]]
    odd = table[0, 1, : buffer.shape[2]]
    for j in range(0, count, 2):
        fill_pairs(first, (k + j) >> 1, 0, ids[1], ids[0], roots[1], roots[1], even, odd)
        for half in range(min(2, count - j)):
            sizes = even if half == 0 else odd
            jumps = buffer[j + half, row]
            for lane in range(len(jumps)):
                jumps[lane] = roots[0] * jumps[lane] + math.sqrt(jumps[lane]) * sizes[lane]


@dataclass(frozen=True, eq=False)
class KeyedUniforms:
    """A row of uniform numbers in [0, 1), one for each step.

    Attributes
    ----------
    key : int
        The key of the numbers.
    purpose : int
        What they are for, one of the constants of `engine.random.philox`.
    n : int
        The number of steps.
    size : int
        The rows of noise: 1, or 0 for a plain float.
    """

    key: int
    purpose: int
    n: int
    size: int = 1

    def open(self, first: int, last: int) -> tuple[Fill, ...]:
        """Return the fill of the numbers, after checking that their names fit the counter."""
        check_index("path", max(last - 1, 0), PATHS)
        check_index("step", self.n, INDICES)
        return ((0, fill_uniforms(), as_ids(self.key, self.purpose, 0), NO_FLOATS, NO_TABLE),)


@dataclass(frozen=True, eq=False)
class KeyedJumps:
    """Increments of a compound Poisson process with normal jumps, made from a key.

    Attributes
    ----------
    key : int
        The key of the counts and of the sizes.
    means : array (n,)
        The mean number of jumps in each step.
    jump : float
        The mean size of a jump.
    deviation : float
        The standard deviation of the sizes.
    size : int
        The rows of noise: 1, or 0 for a plain float.
    """

    key: int
    means: Array
    jump: float = 1.0
    deviation: float = 0.0
    size: int = 1

    def open(self, first: int, last: int) -> tuple[Fill, ...]:
        """Return the fills: uniform numbers, the counts, and the sums of their jumps."""
        uniforms = KeyedUniforms(self.key, JUMP_COUNTS, len(self.means)).open(first, last)
        means, laws = np.unique(self.means, return_inverse=True)
        table = tabulate_laws(means)
        fills = [*uniforms, (0, fill_counts(), as_ids(0), laws.astype(float), table)]
        if self.jump != 1.0 or self.deviation != 0.0:
            sizes = np.array([self.jump, self.deviation])
            ids = as_ids(self.key, JUMP_SIZES)
            fills.append((0, fill_jumps(), ids, sizes, np.empty((1, 2, LANES))))
        return tuple(fills)


def tabulate_laws(means: Array) -> Array:
    """Return the Poisson laws of some means as `fill_counts` reads them, after a workspace."""
    laws = [_cut_law(float(mean)) for mean in means]
    width = max(LANES, *(len(law) for law in laws))
    table = np.zeros((1 + len(laws), 1, width))
    for i, law in enumerate(laws):
        table[1 + i, 0, : len(law)] = law
    return table


def _cut_law(mean: float) -> Array:
    """Return the least count of a Poisson law, how many values follow, and P(N <= k) from it on.

    Neighbouring probabilities have the ratio mean/k. From 1 at the likeliest count on, products of
    these ratios and their sum give the law by the four operations alone, which have the same bits
    on every computer.
    """
    middle = math.floor(mean)
    spread = math.ceil(40.0 + 12.0 * math.sqrt(mean))
    least = max(0, middle - spread)
    above = np.cumprod(mean / np.arange(middle + 1.0, middle + spread + 1.0))
    under = np.cumprod(np.arange(float(middle), float(least), -1.0) / mean)
    weights = np.concatenate([under[::-1], [1.0], above])
    total = math.fsum(weights)
    below = np.cumsum(weights) / total
    beyond = np.append(np.cumsum(weights[:0:-1])[::-1] / total, 0.0)  # P(N > k)
    law = np.where(below < 0.5, below, 1.0 - beyond)
    kept = (below >= LEAST) & (beyond >= LEAST)
    first = least + np.count_nonzero(below < LEAST)
    return np.array([first, np.count_nonzero(kept), *law[kept]])
