"""Streams of 32-bit words for a battery: the package's random numbers in the orders that users see.

A defect of a generator shows in some orders of its words and not in others: a counter that wraps,
in names that are far apart; a weak mixing of the key, in words of neighbouring keys; an error of
the transform, in normals mapped back to uniforms by their exact distribution function. Each stream
here is a function of (key, number), which returns chunk `number` of `CHUNK` words, so that chunks
can be drawn in any order and none has to be stored.

As a program it writes one stream to its standard output without end, for batteries that read a
pipe:

    PYTHONPATH=.:tests/helpers python tests/helpers/streams.py step_major 7 | dieharder -a -g 200
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from philox_reference import words_of
from scipy import special

from stochcalc.engine.loop.numpy_march import draw_block
from stochcalc.engine.random.drivers import Driven
from stochcalc.engine.random.fills import pack_fills
from stochcalc.engine.random.layout import Layout
from stochcalc.engine.random.philox import COMPONENTS
from stochcalc.engine.random.sources import KeyedNoise, Source
from stochcalc.engine.statistics import LANES
from stochcalc.motion.brownian import brownian

CHUNK = 1 << 20
BLOCKS = CHUNK // 4  # a block of the generator has four words

Words: TypeAlias = NDArray[np.uint32]
Names: TypeAlias = NDArray[np.uint64]
Stream: TypeAlias = Callable[[int, int], Words]
# What turns names (path, pair, component, purpose, key), shape (n, 5), into words (n, 4).
Generator: TypeAlias = Callable[[Names], NDArray[np.uint64]]


def build_names(
    key: Any, path: Any = 0, pair: Any = 0, component: Any = 0, purpose: Any = 0
) -> Names:
    """Return names, shape (..., 5), from integers or from arrays of uint64 that broadcast."""
    fields = [np.asarray(field, np.uint64) for field in (path, pair, component, purpose, key)]
    return np.stack(np.broadcast_arrays(*fields), axis=-1)


def count_up(first: int, count: int) -> Any:
    """Return first, first + 1, ... as uint64, modulo 2^64."""
    return np.uint64(first % (1 << 64)) + np.arange(count, dtype=np.uint64)


def words_in_order(names: Names, generate: Generator) -> Words:
    """Return the four words of a name one after the other, then those of the next name."""
    return generate(names.reshape(-1, 5)).astype(np.uint32).reshape(-1)


def words_in_turn(names: Names, generate: Generator) -> Words:
    """Return the first words of a row of names, then their second words, and so on.

    The names have the shape (rows, names in a row, 5).
    """
    words = generate(names.reshape(-1, 5)).astype(np.uint32)
    return words.reshape(*names.shape[:2], 4).swapaxes(1, 2).reshape(-1)


# ---- raw words


def path_major(key: int, number: int, generate: Generator = words_of) -> Words:
    """All words of a path, 1024 pairs of steps, then those of the next path."""
    paths = count_up(256 * number, 256)
    return words_in_order(build_names(key, paths[:, None], count_up(0, 1024)), generate)


def step_major(key: int, number: int, generate: Generator = words_of) -> Words:
    """The words of 2^16 paths at one pair of steps, then those at the next."""
    pairs = count_up(4 * number, 4)
    return words_in_order(build_names(key, count_up(0, 1 << 16), pairs[:, None]), generate)


def neighbouring_paths(key: int, number: int, generate: Generator = words_of) -> Words:
    """The first words of 2^16 neighbouring paths, then their second words, and so on."""
    pairs = count_up(4 * number, 4)
    return words_in_turn(build_names(key, count_up(0, 1 << 16), pairs[:, None]), generate)


def neighbouring_keys(key: int, number: int, generate: Generator = words_of) -> Words:
    """The first words of 2^16 neighbouring keys at one name, then their second words."""
    paths = count_up(4 * number, 4)
    return words_in_turn(build_names(count_up(key, 1 << 16), paths[:, None]), generate)


def keys_one_bit_apart(key: int, number: int, generate: Generator = words_of) -> Words:
    """Words of a key in turn with those of the 63 keys that differ from it in one bit."""
    flips = np.uint64(1) << np.arange(64, dtype=np.uint64)
    flips[0] = 0
    paths = count_up(BLOCKS // 64 * number, BLOCKS // 64)
    return words_in_turn(build_names(np.uint64(key) ^ flips, paths[:, None]), generate)


def far_names(key: int, number: int, generate: Generator = words_of) -> Words:
    """Words of eight names in turn that differ in the upper parts of their fields alone."""
    far_path = np.array([0, 1, 0, 0, 1, 1, 0, 1 << 15], dtype=np.uint64) << np.uint64(32)
    far_pair = np.array([0, 0, 1 << 16, 1 << 32, 1 << 16, 1 << 32, 3 << 31, 0], dtype=np.uint64)
    paths = count_up(BLOCKS // 8 * number, BLOCKS // 8)
    return words_in_turn(build_names(key, paths[:, None] + far_path, far_pair), generate)


def components(key: int, number: int, generate: Generator = words_of) -> Words:
    """Words of the first eight components and the last eight, in turn."""
    chosen = np.concatenate([count_up(0, 8), count_up(COMPONENTS - 8, 8)])
    paths = count_up(BLOCKS // 16 * number, BLOCKS // 16)
    return words_in_turn(build_names(key, paths[:, None], component=chosen), generate)


def purposes(key: int, number: int, generate: Generator = words_of) -> Words:
    """Words of the first sixteen purposes of one name, in turn."""
    paths = count_up(BLOCKS // 16 * number, BLOCKS // 16)
    return words_in_turn(build_names(key, paths[:, None], purpose=count_up(0, 16)), generate)


def low_bytes(key: int, number: int, generate: Generator = words_of) -> Words:
    """The low bytes of the four words of a block, as one word."""
    paths = count_up(1024 * number, 1024)
    names = build_names(key, paths[:, None], count_up(0, 1024))
    words = words_in_order(names, generate)
    return words.astype(np.uint8).view(np.uint32)


def reversed_bits(key: int, number: int, generate: Generator = words_of) -> Words:
    """The words of `path_major` with their bits in the opposite order."""
    words = path_major(key, number, generate).byteswap()
    for shift, mask in ((4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        kept = np.uint32(mask)
        words = (words >> np.uint32(shift)) & kept | (words & kept) << np.uint32(shift)
    return words


# ---- normals, mapped back


def as_words(uniforms: Any) -> Words:
    """Return the upper 32 bits of numbers in [0, 1]."""
    words = np.minimum(np.asarray(uniforms) * 2.0**32, 2.0**32 - 1.0)
    return words.astype(np.uint32).reshape(-1)


def draw(source: Source, first: int, paths: int, steps: int) -> Any:
    """Return what a source writes for steps 0, 1, ... of some paths, (steps, rows, paths)."""
    fills = source.open(first, first + paths)  # the table below points to their arrays
    table = pack_fills(fills)
    noise = np.empty((steps, max(source.size, 1), paths))
    buffer = np.empty((steps, max(source.size, 1), LANES))
    for lane in range(0, paths, LANES):
        draw_block()(table, first + lane, 0, steps, buffer)
        noise[:, :, lane : lane + LANES] = buffer
    return noise


def draw_normals(key: int, number: int) -> Any:
    """Return normals (1024 paths, 1024 steps): increments over steps of length one."""
    source = KeyedNoise(key, np.ones(1024))
    return draw(source, 1024 * number, 1024, 1024)[:, 0].T


def normals(key: int, number: int) -> Words:
    """Increments of paths, by the exact distribution function of the normal law."""
    return as_words(special.ndtr(draw_normals(key, number)))


def radius_and_angle(key: int, number: int) -> Words:
    """The radius and the angle of each pair of normals, both of which are uniform when mapped.

    The square of the radius is exponential of mean 2.
    """
    return map_pairs(draw_normals(key, number))


def map_pairs(z: Any) -> Words:
    """Return the words of radius and angle, in turn, of pairs of normals along the last axis."""
    cosine, sine = z[..., 0::2], z[..., 1::2]
    radius = np.exp(-0.5 * (cosine**2 + sine**2))
    angle = np.arctan2(sine, cosine) / (2.0 * np.pi) % 1.0
    return as_words(np.stack([radius, angle], axis=-1))


LEVELS = 16


def bridge_levels(key: int, number: int) -> Words:
    """The normals of the bridge tree on the way to the left end of a step, one for each level.

    They are solved for from the path's values in the middles, which a user asks for by `at`.
    """
    W = brownian(T=64.0, n=64, paths=1024, key=(key + number) % (1 << 64))
    widths = 0.5 ** np.arange(LEVELS + 1)  # of the interval whose middle a level is
    ends = W.at((W.t[:-1, None] + widths[1:]).reshape(-1)).reshape(1024, 64, LEVELS)
    return as_words(special.ndtr(solve_midpoints(W.values, ends, widths)))


def solve_midpoints(values: Any, middles: Any, widths: Any) -> Any:
    """Return the normals of the middles (paths, steps, levels) of ever smaller intervals.

    The middle of (left, right) of length w is (left + right)/2 + sqrt(w) z/2, and becomes the right
    end of the next interval.
    """
    left = values[:, :-1, None]
    right = np.concatenate([values[:, 1:, None], middles[..., :-1]], axis=-1)
    return (middles - 0.5 * (left + right)) / (0.5 * np.sqrt(widths[:-1]))


def drivers(key: int, number: int) -> Words:
    """Eight drivers of a step in turn: two increments, two for I(1,0), one for areas, three more.

    On a step of length h = 1, I(1,0) is (dW + z/sqrt(3))/2, and a loose area is V/2.
    """
    layout = Layout(size=2, second=True, loose=True, rest=3)
    steps = np.ones(128)
    source = Driven(KeyedNoise(key, steps, 2), layout, key, steps)
    rows = draw(source, 1024 * number, 1024, 128)
    rows[:, 2:4] = (2.0 * rows[:, 2:4] - rows[:, 0:2]) * np.sqrt(3.0)
    rows[:, 4] *= 2.0
    return as_words(special.ndtr(rows.transpose(2, 0, 1)))


RAW: tuple[Any, ...] = (
    path_major,
    step_major,
    neighbouring_paths,
    neighbouring_keys,
    keys_one_bit_apart,
    far_names,
    components,
    purposes,
    low_bytes,
    reversed_bits,
)
MAPPED: tuple[Any, ...] = (normals, radius_and_angle, bridge_levels, drivers)
STREAMS: dict[str, Stream] = {stream.__name__: stream for stream in (*RAW, *MAPPED)}


def main(name: str, key: str) -> None:
    """Write a stream to the standard output until nobody reads it any more."""
    number = 0
    while True:
        try:
            os.write(1, memoryview(STREAMS[name](int(key), number)).cast("B"))
        except BrokenPipeError:
            return
        number += 1


if __name__ == "__main__":
    main(*sys.argv[1:])
