"""Broken random numbers: words, names of words, and the normals made of them."""

from __future__ import annotations

import math

import numpy as np
from broken import SIGMAS, Defect, assert_near
from evidence import assert_mean, assert_same_bits
from philox_reference import reference_words, table, words_of

import stochcalc as sc

PHILOX = "engine/random/philox.py"
NORMAL = "engine/random/normal.py"

# Names whose every field has bits that no other name has: path, pair, component, purpose, key.
NAMES = [
    (0, 0, 0, 0, 0),
    (1, 0, 0, 0, 0),
    (0, 1, 0, 0, 0),
    (0, 0, 1, 0, 0),
    (0, 0, 0, 1, 0),
    (0, 0, 0, 0, 1),
    (4711, 17, 3, 4, 0x0123456789ABCDEF),
    ((1 << 32) + 4711, 17, 3, 4, 0x0123456789ABCDEF),
    (4711, (1 << 40) + 17, 3, 4, 0x0123456789ABCDEF),
    ((1 << 48) - 1, (1 << 48) - 1, (1 << 24) - 1, 255, (1 << 64) - 1),
]


def check_words(seed):
    """The words of every name are those of the paper's algorithm, in whole numbers of any size."""
    assert_same_bits(words_of(NAMES), table(reference_words, NAMES))


def box_muller(path, pair, key):
    """The two normals of one name, in double precision from the definition."""
    a, b, c, d = reference_words(path, pair, 0, 0, key)
    u = ((a << 32 | b) >> 12) / 2**52
    v = ((c << 32 | d) >> 12) / 2**52
    radius = math.sqrt(-2.0 * math.log1p(-u))
    return radius * math.cos(2.0 * math.pi * v), radius * math.sin(2.0 * math.pi * v)


def check_normals(seed):
    """Increments are the normals of their names, to rounding."""
    W = sc.brownian(8.0, 8, paths=300, rng=seed)
    due = [[z for pair in range(4) for z in box_muller(path, pair, W.key)] for path in range(300)]
    assert_near(W.increments, due, 1e-14)


def check_edge_words(seed):
    """The normals of the words of zeros and of ones are finite, and those of the definition."""
    from normal_words import over, run_radius, word_of

    numbers = np.array([0, 1, 2, (1 << 52) - 2, (1 << 52) - 1])
    due = [math.sqrt(-2.0 * math.log1p(-j / 2**52)) for j in numbers.tolist()]
    assert_near(over(run_radius, word_of(numbers)), due, 1e-15)


def check_law_of_normals(seed):
    """Increments over steps of length 1 have the moments 0, 1 and 3."""
    z = sc.brownian(64.0, 64, paths=1 << 13, rng=seed).increments.ravel()
    powers = np.stack([z, z**2, z**4], axis=1)
    assert_mean(powers, [0.0, 1.0, 3.0], sigmas=SIGMAS)


def check_key_of_a_seed(seed):
    """The key of a seed is what NumPy's generator draws first: neighbours share nothing."""
    seeds = [0, 1, 2, 3, (1 << 64) - 1, 1 << 64]
    keys = [sc.brownian(1.0, 1, rng=each).key for each in seeds]
    due = [int(np.random.default_rng(each).integers(2**64, dtype=np.uint64)) for each in seeds]
    assert_same_bits(np.array(keys, np.uint64), np.array(due, np.uint64))


DEFECTS = (
    Defect(
        name="seven rounds",
        what="Philox runs seven rounds instead of ten.",
        file=PHILOX,
        old="for _ in range(10):",
        new="for _ in range(7):",
        check=check_words,
        by="bits",
        everyday=True,
    ),
    Defect(
        name="nine rounds",
        what="Philox runs nine rounds instead of ten.",
        file=PHILOX,
        old="for _ in range(10):",
        new="for _ in range(9):",
        check=check_words,
        by="bits",
    ),
    Defect(
        name="order of words",
        what="The first two of the four words change places.",
        file=PHILOX,
        old="    return c0, c1, c2, c3\n",
        new="    return c1, c0, c2, c3\n",
        check=check_words,
        by="bits",
        everyday=True,
    ),
    Defect(
        name="key schedule",
        what="A constant that the key grows by in each round is off by one bit.",
        file=PHILOX,
        old="0x9E3779B9",
        new="0x9E3779B1",
        check=check_words,
        by="bits",
    ),
    Defect(
        name="path and step swapped",
        what="The path takes the field of the step in the counter, and the step that of the path.",
        file=PHILOX,
        old="    path = np.uint64(path)\n    pair = np.uint64(pair)\n",
        new="    path, pair = np.uint64(pair), np.uint64(path)\n",
        check=check_words,
        by="bits",
        everyday=True,
    ),
    Defect(
        name="path cut to 32 bits",
        what="The upper bits of the path's number do not reach the counter.",
        file=PHILOX,
        old="((path >> _32) & _LOW16) | ((pair & _LOW16) << _16)",
        new="((pair & _LOW16) << _16)",
        check=check_words,
        by="bits",
        everyday=True,
    ),
    Defect(
        name="step cut to 16 bits",
        what="The upper bits of the step's number do not reach the counter.",
        file=PHILOX,
        old="c2 = (pair >> _16) & _LOW32",
        new="c2 = pair & np.uint64(0)",
        check=check_words,
        by="bits",
        everyday=True,
    ),
    Defect(
        name="purposes share a stream",
        what="The purpose of a normal does not reach the counter.",
        file=PHILOX,
        old="np.uint64(component) | (np.uint64(purpose) << _24)",
        new="np.uint64(component)",
        check=check_words,
        by="bits",
    ),
    Defect(
        name="neighbouring keys",
        what="The lowest bit of the key is lost, so that two neighbouring keys give one stream.",
        file=PHILOX,
        old="philox4x32(c0, c1, c2, c3, key & _LOW32, key >> _32)",
        new="philox4x32(c0, c1, c2, c3, key & (_LOW32 - np.uint64(1)), key >> _32)",
        check=check_words,
        by="bits",
        everyday=True,
    ),
    Defect(
        name="seed taken as the key",
        what="A seed is not hashed: neighbouring seeds are neighbouring keys.",
        file=PHILOX,
        old="        return int(numpy_generator(rng).integers(2**64, dtype=np.uint64))",
        new="        return int(rng) % 2**64",
        check=check_key_of_a_seed,
        by="bits",
        everyday=True,
    ),
    Defect(
        name="logarithm of zero",
        what="The radius takes log U instead of log(1 - U), which is infinite for the word 0.",
        file=NORMAL,
        old="x = 2.0 - float_of((word >> _12) | _ONE_BITS)",
        new="x = float_of((word >> _12) | _ONE_BITS) - 1.0",
        check=check_edge_words,
        by="bits",
        everyday=True,
    ),
    Defect(
        name="cosine and sine swapped",
        what="The even normal takes the sine and the odd one the cosine.",
        file=NORMAL,
        old="return r * cos, r * sin",
        new="return r * sin, r * cos",
        check=check_normals,
        by="bits",
    ),
    Defect(
        name="radius in single precision",
        what="The radius is rounded to a float of 32 bits.",
        file=NORMAL,
        old="    r = radius(first)\n",
        new="    r = np.float64(np.float32(radius(first)))\n",
        check=check_normals,
        by="bits",
    ),
    Defect(
        name="factor 2 of the radius",
        what="The radius is sqrt(-log(1 - U)), without the factor 2.",
        file=NORMAL,
        old="    r = radius(first)\n",
        new="    r = math.sqrt(0.5) * radius(first)\n",
        check=check_law_of_normals,
        by="law",
    ),
    Defect(
        name="base of the logarithm",
        what="The exponent of 1 - U counts as if the logarithm had the base 2.",
        file=NORMAL,
        old="_LN4 = 1.3862943611198906",
        new="_LN4 = 2.0",
        check=check_law_of_normals,
        by="law",
    ),
    Defect(
        name="one word for radius and angle",
        what="The angle is made of the words of the radius, and is not independent of it.",
        file=NORMAL,
        old="two[lane] = float_of(join_halves(c, d))",
        new="two[lane] = float_of(join_halves(a, b))",
        check=check_law_of_normals,
        by="law",
    ),
)
