"""Broken statistics: blocks of paths, how their records merge, and what is read off them."""

from __future__ import annotations

import math

import numpy as np
from broken import Defect, assert_near
from evidence import assert_same_bits

import stochcalc as sc
from stochcalc.engine.statistics import Tree, block_records

STATISTICS = "engine/statistics.py"
COUNT = 6 * 256 + 100  # six whole blocks, and one that is not


def draw(seed, shift=0.0):
    """Skewed samples: their third moment is not 0."""
    return shift + np.random.default_rng(seed).exponential(size=COUNT)


def check_moments(seed):
    """Count, mean, variance, skewness and kurtosis by exact sums, and the extremes."""
    x = draw(seed)
    mean = math.fsum(x) / COUNT
    second, third, fourth = (math.fsum((x - mean) ** k) / COUNT for k in (2, 3, 4))
    found = sc.Moments.of(x)
    variance = second * COUNT / (COUNT - 1)
    assert_near(
        [found.count / COUNT, found.mean, found.var, found.skewness, found.kurtosis],
        [1.0, mean, variance, third / second**1.5, fourth / second**2],
        1e-12,
    )
    assert_same_bits(np.array([found.min, found.max]), np.array([x.min(), x.max()]))


def check_far_from_zero(seed):
    """The variance of samples around ten millions does not cancel."""
    x = draw(seed, shift=1e7)
    away = x - 1e7
    mean = math.fsum(away) / COUNT
    variance = math.fsum((away - mean) ** 2) / (COUNT - 1)
    assert_near(sc.Moments.of(x).var, variance, 1e-7)


def check_standard_error(seed):
    """The standard error of a mean is the root of the variance over the count."""
    x = draw(seed)
    mean = math.fsum(x) / COUNT
    variance = math.fsum((x - mean) ** 2) / (COUNT - 1)
    assert_near(sc.Moments.of(x).stderr * math.sqrt(COUNT), math.sqrt(variance))


def check_order_of_blocks(seed):
    """Blocks that arrive from the last to the first give the same bits.

    Their means differ by large factors, so that the order of a merge shows in the last bit of one
    of eight columns."""
    x = np.exp(3.0 * np.random.default_rng(seed).standard_normal((128 * 256, 8)))
    records = block_records(x)
    in_order = Tree()
    in_order.add(0, records)
    backwards = Tree()
    for block in reversed(range(128)):
        backwards.add(block, records[block : block + 1])
    assert_same_bits(in_order.total(), backwards.total())


def check_streamed(seed):
    """A run that keeps no path has the bits of the moments of the kept paths.

    One thread takes sixteen blocks or more at a time, so that several of them are in one task."""
    count = 64 * 256 + 100
    how = {"n": 4, "paths": count, "rng": seed, "workers": 1}
    one = sc.solve(sc.models.gbm(0.1, 0.4), 1.0, 1.0, save="last", **how)
    other = sc.solve(sc.models.gbm(0.1, 0.4), 1.0, 1.0, save="stats", **how)
    counted, mean, squares = other.record[:3, -1]
    x = one.x[:, 0]
    with np.errstate(all="ignore"):  # what was not written may be any number, or none
        due = [1.0, x.mean(), x.var()]
        assert_near([counted / count, mean, squares / count], due, 1e-12)


DEFECTS = (
    Defect(
        name="last block dropped",
        what="The last of the waiting nodes does not reach the total.",
        file=STATISTICS,
        old="        for _, record in nodes[1:]:\n",
        new="        for _, record in nodes[1:-1]:\n",
        check=check_moments,
        by="bits",
        everyday=True,
    ),
    Defect(
        name="block counted twice",
        what="The first of the waiting nodes is merged with itself.",
        file=STATISTICS,
        old="        for _, record in nodes[1:]:\n",
        new="        for _, record in nodes:\n",
        check=check_moments,
        by="bits",
        everyday=True,
    ),
    Defect(
        name="merge without the cross term",
        what="Two samples merge as if their means were equal.",
        file=STATISTICS,
        old="a2 + b2 + cross\n",
        new="a2 + b2\n",
        check=check_moments,
        by="bits",
    ),
    Defect(
        name="sign in the third moment",
        what="The merge of third moments adds what it has to subtract.",
        file=STATISTICS,
        old="3.0 * dn * (na * b2 - nb * a2)",
        new="3.0 * dn * (na * b2 + nb * a2)",
        check=check_moments,
        by="bits",
    ),
    Defect(
        name="weight in the fourth moment",
        what="The merge of fourth moments takes 4 for the factor 6.",
        file=STATISTICS,
        old="+ 6.0 * square *",
        new="+ 4.0 * square *",
        check=check_moments,
        by="bits",
    ),
    Defect(
        name="squares in single precision",
        what="Squares of deviations are rounded to floats of 32 bits before they are added.",
        file=STATISTICS,
        old="            square = d * d\n",
        new="            square = np.float64(np.float32(d * d))\n",
        check=check_moments,
        by="bits",
    ),
    Defect(
        name="mean of the squares",
        what="The variance is E x^2 - (E x)^2, which cancels far from zero.",
        file=STATISTICS,
        old="            d = values[lane] - mean if lane < count else 0.0\n"
        "            square = d * d\n"
        "            term = square\n"
        "            if power == 3:\n"
        "                term = square * d\n"
        "            if power == 4:\n"
        "                term = square * square\n"
        "            buffer[lane] = term\n"
        "        record[power] = _fold(buffer)\n",
        new="            d = values[lane] - mean if lane < count else 0.0\n"
        "            square = d * d\n"
        "            term = values[lane] * values[lane] if lane < count else 0.0\n"
        "            if power == 3:\n"
        "                term = square * d\n"
        "            if power == 4:\n"
        "                term = square * square\n"
        "            buffer[lane] = term\n"
        "        record[power] = _fold(buffer)\n"
        "    record[2] -= count * mean * mean\n",
        check=check_far_from_zero,
        by="bits",
    ),
    Defect(
        name="lanes beyond the last path",
        what="What the lanes beyond the last path hold is added to the mean.",
        file=STATISTICS,
        old="        buffer[lane] = values[lane] if lane < count else 0.0\n    mean",
        new="        buffer[lane] = values[lane]\n    mean",
        check=check_moments,
        by="bits",
    ),
    Defect(
        name="variance of the population",
        what="The sample variance is divided by n instead of by n - 1.",
        file="moments.py",
        old="return self._field(2) / (self.count - 1)",
        new="return self._field(2) / self.count",
        check=check_moments,
        by="bits",
        everyday=True,
    ),
    Defect(
        name="root of the count",
        what="The standard error is divided by n instead of by its square root.",
        file="moments.py",
        old="return np.sqrt(self.var / self.count)",
        new="return np.sqrt(self.var) / self.count",
        check=check_standard_error,
        by="bits",
    ),
    Defect(
        name="merge in the order of arrival",
        what="A block is merged before or behind its neighbour as they happen to be ready.",
        file=STATISTICS,
        old="            if i & 1:\n                record = merge(sibling, record)",
        new="            if True:\n                record = merge(sibling, record)",
        check=check_order_of_blocks,
        by="bits",
        everyday=True,
    ),
    Defect(
        name="first block again",
        what="A run without kept paths writes every block over the first.",
        file="engine/loop/time_loop.py",
        old="                    row = place * LANES + part\n",
        new="                    row = part\n",
        check=check_streamed,
        by="bits",
    ),
)
