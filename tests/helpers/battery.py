"""A battery of tests of 32-bit words: what can be said of independent, uniform words exactly.

Each test takes in words chunk by chunk, keeps what it counts and no word, and gives a p-value in
the end: two-sided, because counts that agree too well are as suspect as counts that do not. The
null law of each is named with its source; where it is a limit law, the sizes here are such that its
error is far below a standard deviation at 10^9 words.

Sources: Knuth, The Art of Computer Programming 2 (3rd edition, 1997), section 3.3.2; Good, Proc.
Camb. Phil. Soc. 49 (1953) 276; Marsaglia and Tsang, J. Stat. Software 7 (2002), issue 3; Rukhin et
al., NIST SP 800-22 (2010); L'Ecuyer and Simard, ACM Trans. Math. Software 33 (2007) 22.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

import numpy as np
from scipy import stats
from streams import Words


class Test(Protocol):
    """A test under way: it takes in words, and says at any time what it thinks of them."""

    def add(self, words: Words) -> None: ...

    def p_value(self) -> float: ...


def two_sided(law: Any, statistic: float) -> float:
    """Return twice the probability of the smaller tail beyond a statistic."""
    return float(min(1.0, 2.0 * min(law.cdf(statistic), law.sf(statistic))))


def chi_square(counts: Any, expected: Any, freedom: int) -> float:
    """Return the p-value of counts by Pearson's chi-square (Knuth 3.3.1)."""
    statistic = np.sum((np.asarray(counts) - expected) ** 2 / expected)
    return two_sided(stats.chi2(freedom), float(statistic))


def halves(words: Words) -> Any:
    """Return the 16-bit halves of words: the low half of each, then its high half."""
    return words.view(np.uint16).reshape(-1, 2)


class Bits:
    """Ones are as frequent as zeros at each of the 32 places (NIST's frequency test).

    The ones at a place are binomial, and the squares of the 32 standardised counts add up to a
    chi-square.
    """

    def __init__(self) -> None:
        self.n = 0
        self.counts = np.zeros((2, 1 << 16), dtype=np.int64)

    def add(self, words: Words) -> None:
        self.n += len(words)
        for half in range(2):
            self.counts[half] += np.bincount(halves(words)[:, half], minlength=1 << 16)

    def p_value(self) -> float:
        values = np.arange(1 << 16)
        places = values[:, None] >> np.arange(16) & 1
        ones = self.counts @ places
        z = (ones - 0.5 * self.n) / np.sqrt(0.25 * self.n)
        return two_sided(stats.chi2(32), float(np.sum(z**2)))


class Cells:
    """The 2^16 values of each half of a word are equally frequent (Knuth's equidistribution)."""

    def __init__(self) -> None:
        self.n = 0
        self.counts = np.zeros((2, 1 << 16), dtype=np.int64)

    def add(self, words: Words) -> None:
        self.n += len(words)
        for half in range(2):
            self.counts[half] += np.bincount(halves(words)[:, half], minlength=1 << 16)

    def p_value(self) -> float:
        return chi_square(self.counts, self.n / (1 << 16), 2 * ((1 << 16) - 1))


class Pairs:
    """The high bytes of two successive words take all 2^16 pairs equally often (Knuth's serial
    test).

    The pairs do not overlap.
    """

    def __init__(self) -> None:
        self.counts = np.zeros(1 << 16, dtype=np.int64)

    def add(self, words: Words) -> None:
        high = words >> np.uint32(24)
        self.counts += np.bincount(high[0::2] << np.uint32(8) | high[1::2], minlength=1 << 16)

    def p_value(self) -> float:
        return chi_square(self.counts, self.counts.sum() / (1 << 16), (1 << 16) - 1)


class Triples:
    """The top four bits of successive words, as overlapping triples on a circle (Good 1953).

    Let psi_m be the chi-square sum of overlapping m-tuples of 16 letters, which is no chi-square
    itself. psi_3 - psi_2 is one, with 16^3 - 16^2 degrees of freedom.
    """

    def __init__(self) -> None:
        self.counts = np.zeros(1 << 12, dtype=np.int64)
        self.start = np.zeros(0, dtype=np.uint32)
        self.end = np.zeros(0, dtype=np.uint32)

    def add(self, words: Words) -> None:
        letters = words >> np.uint32(28)
        if len(self.start) == 0:
            self.start = letters[:2]
        self.counts += self.count(np.concatenate([self.end, letters]))
        self.end = letters[-2:]

    @staticmethod
    def count(letters: Any) -> Any:
        """Return how often each triple occurs in a row of letters."""
        triples = letters[:-2] << np.uint32(8) | letters[1:-1] << np.uint32(4) | letters[2:]
        return np.bincount(triples, minlength=1 << 12)

    def p_value(self) -> float:
        closed = self.counts + self.count(np.concatenate([self.end, self.start]))
        pairs = closed.reshape(256, 16).sum(axis=1)
        n = closed.sum()
        three = np.sum((closed - n / 16**3) ** 2) * 16**3 / n
        two = np.sum((pairs - n / 16**2) ** 2) * 16**2 / n
        return two_sided(stats.chi2(16**3 - 16**2), float(three - two))


class Distances:
    """Words differ in half of their bits from words that come some places later.

    At one lag the number of differing bits is binomial, exactly; lag 1 is the runs test of NIST for
    all bits at once. Different lags are uncorrelated, so the squares add up to a chi-square. The
    lags are those at which the streams put names that differ little.
    """

    LAGS = (1, 2, 3, 4, 8, 16, 32, 64, 1024, 1 << 16)

    def __init__(self) -> None:
        self.bits = np.zeros(len(self.LAGS), dtype=np.int64)
        self.differing = np.zeros(len(self.LAGS), dtype=np.int64)

    def add(self, words: Words) -> None:
        for i, lag in enumerate(self.LAGS):
            apart = np.bitwise_count(words[lag:] ^ words[:-lag])
            self.bits[i] += 32 * len(apart)
            self.differing[i] += apart.sum(dtype=np.int64)

    def p_value(self) -> float:
        z = (self.differing - 0.5 * self.bits) / np.sqrt(0.25 * self.bits)
        return two_sided(stats.chi2(len(self.LAGS)), float(np.sum(z**2)))


class Gaps:
    """The gaps between words whose top six bits vanish are geometric (Knuth's gap test).

    Of each chunk the first gaps count, in a number fixed beforehand: nine tenths of those to be
    expected. That a chunk has fewer is a matter of 12 standard deviations, and a rejection.
    """

    CLASSES = 256  # gaps of 0, 1, ..., and the last class for all longer ones

    def __init__(self) -> None:
        self.gaps = 0
        self.counts = np.zeros(self.CLASSES, dtype=np.int64)

    def add(self, words: Words) -> None:
        wanted = 9 * len(words) // 640
        hits = np.flatnonzero(words >> np.uint32(26) == 0)[:wanted]
        gaps = np.diff(hits, prepend=-1) - 1
        self.gaps += wanted
        self.counts += np.bincount(np.minimum(gaps, self.CLASSES - 1), minlength=self.CLASSES)

    def p_value(self) -> float:
        hit = 1.0 / 64.0
        law = hit * (1.0 - hit) ** np.arange(self.CLASSES)
        law[-1] = (1.0 - hit) ** (self.CLASSES - 1)
        return chi_square(self.counts, self.gaps * law, self.CLASSES - 1)


class Weights:
    """The numbers of ones in two successive words are independent binomials (L'Ecuyer and Simard).

    The pairs do not overlap. Weights up to 12 are one class, and so are those from 20 on.
    """

    def __init__(self) -> None:
        self.counts = np.zeros(81, dtype=np.int64)

    def add(self, words: Words) -> None:
        classes = np.clip(np.bitwise_count(words).astype(np.int64), 12, 20) - 12
        self.counts += np.bincount(9 * classes[0::2] + classes[1::2], minlength=81)

    def p_value(self) -> float:
        law = stats.binom(32, 0.5)
        single = law.pmf(np.arange(12, 21))
        single[0] = law.cdf(12)
        single[-1] = law.sf(19)
        expected = self.counts.sum() * np.outer(single, single).reshape(-1)
        return chi_square(self.counts, expected, 80)


class Maxima:
    """The largest of eight words has a uniform eighth power (Knuth's maximum-of-t test)."""

    CLASSES = 256

    def __init__(self) -> None:
        self.counts = np.zeros(self.CLASSES, dtype=np.int64)

    def add(self, words: Words) -> None:
        largest = words.reshape(-1, 8).max(axis=1)
        uniform = ((largest + 0.5) / 2.0**32) ** 8
        classes = (self.CLASSES * uniform).astype(np.int64)
        self.counts += np.bincount(classes, minlength=self.CLASSES)

    def p_value(self) -> float:
        return chi_square(self.counts, self.counts.sum() / self.CLASSES, self.CLASSES - 1)


def run_battery(tests: dict[str, type], chunks: Iterable[Words]) -> dict[str, float]:
    """Return the p-value of each test for a stream of chunks."""
    under_way: dict[str, Test] = {name: test() for name, test in tests.items()}
    for words in chunks:
        for test in under_way.values():
            test.add(words)
    return {name: test.p_value() for name, test in under_way.items()}
