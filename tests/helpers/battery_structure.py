"""The other half of the battery: what needs sorting, elimination or a transform of many words.

`battery` says what a test is, and lists the sources.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from battery import (
    Bits,
    Cells,
    Distances,
    Gaps,
    Maxima,
    Pairs,
    Triples,
    Weights,
    chi_square,
    two_sided,
)
from scipy import stats
from streams import Words


class Birthdays:
    """Spacings between 4096 birthdays in a year of 2^32 days repeat as often as they should.

    The year is a circle, so that the m spacings S_i of m birthdays are those of a Dirichlet law on
    n days: a pair is equal with probability (m - 1)/(2 n), three are equal with probability
    (m - 1)(m - 2)/(3 n^2). Spacings that repeat an earlier one are Poisson (Marsaglia and Tsang),
    and their mean is that of the equal pairs less that of the equal triples, which count two and
    not three.
    """

    BIRTHDAYS = 1 << 12
    DAYS = 1 << 32

    def __init__(self) -> None:
        self.years = 0
        self.repeats = 0

    def add(self, words: Words) -> None:
        birthdays = np.sort(words.reshape(-1, self.BIRTHDAYS), axis=1)
        # The last spacing goes round to the first birthday: uint32 counts modulo the year.
        spacings = np.roll(birthdays, -1, axis=1) - birthdays
        spacings.sort(axis=1)
        self.years += len(spacings)
        self.repeats += int(np.sum(spacings[:, 1:] == spacings[:, :-1]))

    def p_value(self) -> float:
        m, n = self.BIRTHDAYS, self.DAYS
        pairs = math.comb(m, 2) * (m - 1) / (2 * n)
        triples = math.comb(m, 3) * (m - 1) * (m - 2) / (3 * n**2)
        return two_sided(stats.poisson(self.years * (pairs - triples)), self.repeats)


class Ranks:
    """Matrices of 32 words have the ranks over two elements that random matrices have (NIST, 2.5).

    P(rank r) = 2^(r (64 - r) - 1024) prod_(i < r) (1 - 2^(i - 32))^2 / (1 - 2^(i - r)).
    """

    SIZE = 32

    def __init__(self) -> None:
        self.counts = np.zeros(4, dtype=np.int64)  # of rank 32, 31, 30 and less

    def add(self, words: Words) -> None:
        rows = words.reshape(-1, self.SIZE).T.copy()
        missing = np.minimum(self.SIZE - find_ranks(rows), 3)
        self.counts += np.bincount(missing, minlength=4)

    def probability(self, rank: int) -> float:
        """Return the probability that a random matrix has this rank."""
        power = 2.0 ** (rank * (2 * self.SIZE - rank) - self.SIZE**2)
        for i in range(rank):
            power *= (1.0 - 2.0 ** (i - self.SIZE)) ** 2 / (1.0 - 2.0 ** (i - rank))
        return power

    def p_value(self) -> float:
        law = [self.probability(self.SIZE - missing) for missing in range(3)]
        law.append(1.0 - sum(law))
        return chi_square(self.counts, self.counts.sum() * np.array(law), 3)


def find_ranks(rows: Any) -> Any:
    """Return the ranks of many matrices, whose rows are words: rows (32, matrices), used up.

    Each row in turn removes its lowest bit from all rows after it. A row that is left with no bit
    depends on those before it.
    """
    ranks = np.zeros(rows.shape[1], dtype=np.int64)
    for i in range(len(rows)):
        row = rows[i]
        lowest = row & (~row + np.uint32(1))
        ranks += row != 0
        rows[i + 1 :] ^= row * (rows[i + 1 :] & lowest != 0)
    return ranks


class Collisions:
    """Words thrown into 2^20 urns by their low bits collide as often as they should (Knuth, I).

    2^14 balls are thrown into empty urns again and again. The number of balls that hit a full urn
    has an exact mean and variance, and the sum over many throws is normal.
    """

    BALLS = 1 << 14
    URNS = 1 << 20

    def __init__(self) -> None:
        self.throws = 0
        self.collisions = 0

    def add(self, words: Words) -> None:
        urns = np.sort(words.reshape(-1, self.BALLS) & np.uint32(self.URNS - 1), axis=1)
        self.throws += len(urns)
        self.collisions += int(np.sum(urns[:, 1:] == urns[:, :-1]))

    def p_value(self) -> float:
        n, m = self.BALLS, self.URNS
        empty = n * math.log1p(-1.0 / m)  # the logarithm of the chance that an urn stays empty
        both = n * math.log1p(-2.0 / m)  # and of that for two urns
        mean = n + m * math.expm1(empty)
        covariance = math.exp(2.0 * empty) * math.expm1(both - 2.0 * empty)
        variance = m * (math.exp(empty) - math.exp(both)) + m**2 * covariance
        scale = math.sqrt(self.throws * variance)
        return two_sided(stats.norm, (self.collisions - self.throws * mean) / scale)


class Spectrum:
    """No period stands out among 2^15 of them: the periodogram of the words as uniforms.

    The power at a Fourier frequency of a block of 2^16 words is exponential, so that its sum over
    blocks is a chi-square, and the largest of the sums has the law of a maximum.
    """

    LENGTH = 1 << 16

    def __init__(self) -> None:
        self.blocks = 0
        self.power = np.zeros(self.LENGTH // 2 - 1)

    def add(self, words: Words) -> None:
        centred = (words.reshape(-1, self.LENGTH) + 0.5) / 2.0**32 - 0.5
        waves = np.fft.rfft(centred, axis=1)[:, 1:-1]
        self.blocks += len(waves)
        # The variance of a uniform is 1/12, and a chi-square of two degrees has the mean 2.
        self.power += np.sum(waves.real**2 + waves.imag**2, axis=0) * 2.0 * 12.0 / self.LENGTH

    def p_value(self) -> float:
        tail = stats.chi2.sf(self.power.max(), 2 * self.blocks)
        return float(-np.expm1(len(self.power) * np.log1p(-tail)))


BATTERY: dict[str, type] = {
    "bits": Bits,
    "cells": Cells,
    "pairs": Pairs,
    "triples": Triples,
    "distances": Distances,
    "gaps": Gaps,
    "weights": Weights,
    "maxima": Maxima,
    "birthdays": Birthdays,
    "ranks": Ranks,
    "collisions": Collisions,
    "spectrum": Spectrum,
}
