"""Words that matter to the transform from words to normals, and the transform over arrays."""

from __future__ import annotations

import math

import numpy as np
from evidence import seed
from leaf_calls import kernel

from stochcalc.engine.random.normal import box_muller, radius, sincos

ONE = 1 << 52  # uniforms are j / ONE
EIGHTHS = [ONE * k // 8 for k in range(8)]


# ---- the transform over arrays


@kernel
def run_radius(words, out):
    for i in range(len(words)):
        out[i] = radius(words[i])


@kernel
def run_sincos(words, sin, cos):
    for i in range(len(words)):
        sin[i], cos[i] = sincos(words[i])


@kernel
def run_box_muller(first, second, even, odd):
    low, half = np.uint64(0xFFFFFFFF), np.uint64(32)
    for i in range(len(first)):
        even[i], odd[i] = box_muller(
            first[i] >> half, first[i] & low, second[i] >> half, second[i] & low
        )


def word_of(j):
    """Words whose upper 52 bits are j."""
    return np.asarray(j).astype(np.uint64) << np.uint64(12)


def over(run, *inputs, outputs=1):
    out = [np.empty(len(inputs[0])) for _ in range(outputs)]
    run(*inputs, *out)
    return out if outputs > 1 else out[0]


# ---- the words that matter


def near(j, reach=3):
    return [k % ONE for k in range(j - reach, j + reach + 1)]


def edge_numbers():
    """j of every edge word: ends of the range, single bits, neighbours of each branch cut."""
    # 1 - u = sqrt(1/2) is where the logarithm changes its exponent.
    cut = ONE - int(ONE * math.sqrt(0.5))
    single = [1 << k for k in range(52)]
    cuts = [
        j
        for centre in [cut, *EIGHTHS, *(ONE - (ONE >> k) for k in range(1, 52))]
        for j in near(centre)
    ]
    return [0, ONE - 1, *single, *(ONE - 1 - j for j in single), *cuts]


def numbers(count):
    """At least `count` values of j, and words that begin with them.

    They are edges, small, log-spaced, and their mirror images."""
    rng = np.random.default_rng(seed("words"))
    small = np.arange(1, 1001)
    spaced = np.unique(np.exp2(np.linspace(0.0, 52.0, count // 4, endpoint=False)).astype(np.int64))
    ends = np.concatenate([small, spaced])
    fixed = np.unique(np.concatenate([np.array(edge_numbers()), ends, ONE - ends]))
    j = np.concatenate([fixed, rng.integers(ONE, size=max(count - len(fixed), 1000))])
    return j, (j.astype(np.uint64) << np.uint64(12)) | rng.integers(
        1 << 12, size=len(j), dtype=np.uint64
    )
