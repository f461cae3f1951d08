"""Broken twins of the streams: what is known to go wrong with counters, keys, words and normals.

Each is a function of nothing but a key, and returns one chunk of words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import streams
from philox_reference import M0, M1, W0, W1, words_of
from scipy import special
from streams import CHUNK, Names, Words

_LOW = np.uint64(0xFFFFFFFF)
_16 = np.uint64(16)
_24 = np.uint64(24)
_32 = np.uint64(32)


def philox_in_rounds(rounds: int) -> Callable[[Names], Any]:
    """Return a generator like the package's, of so many rounds."""

    def generate(names: Names) -> Any:
        path, pair, component, purpose, key = names.T
        a = path & _LOW
        b = path >> _32 | (pair << _16) & _LOW
        c = pair >> _16
        d = component | purpose << _24
        for done in range(rounds):
            first = np.uint64(M0) * a
            second = np.uint64(M1) * c
            k0 = (key & _LOW) + np.uint64(done * W0) & _LOW
            k1 = (key >> _32) + np.uint64(done * W1) & _LOW
            a, c = second >> _32 ^ b ^ k0, first >> _32 ^ d ^ k1
            b, d = second & _LOW, first & _LOW
        return np.stack([a, b, c, d], axis=-1)

    return generate


def keep_bits(field: int, mask: int) -> Callable[[Names], Any]:
    """Return a generator that sees a field of a name through a mask."""

    def generate(names: Names) -> Any:
        seen = names.copy()
        seen[:, field] &= np.uint64(mask)
        return words_of(seen)

    return generate


def overlap_paths(names: Names) -> Any:
    """Give each path the words of the path before it, one step later."""
    shifted = names.copy()
    shifted[:, 1] += names[:, 0]
    shifted[:, 0] = 0
    return words_of(shifted)


def set_low_bit(names: Names) -> Any:
    """Set the lowest bit of every word."""
    return words_of(names) | np.uint64(1)


def congruential(multiplier: int) -> Callable[[int], Words]:
    """Return a stream x -> multiplier * x modulo 2^32."""

    def stream(key: int) -> Words:
        factors = np.full(CHUNK, multiplier, dtype=np.uint32)
        factors[0] = np.uint32(key & 0xFFFFFFFF | 1)
        return np.cumprod(factors, dtype=np.uint32)

    return stream


def xorshift(key: int) -> Words:
    """Return 1024 stretches of words of a generator that is linear over two elements."""
    state = words_of(streams.build_names(key, streams.count_up(0, 1024)))[:, 0].astype(np.uint32)
    words = np.empty((1024, 1024), dtype=np.uint32)
    for i in range(1024):
        state ^= state << np.uint32(13)
        state ^= state >> np.uint32(17)
        state ^= state << np.uint32(5)
        words[:, i] = state
    return words.reshape(-1)


def add_wave(key: int) -> Words:
    """Return words whose law changes by some percent with 100 periods in 2^16 words."""
    turns = 100.0 * np.arange(CHUNK) / (1 << 16)
    uniforms = streams.path_major(key, 0) / 2.0**32
    return streams.as_words(uniforms ** (1.0 + 0.1 * np.sin(2.0 * np.pi * turns)))


# ---- normals


def same_word_twice(key: int) -> Words:
    """Return radius and angle of pairs of normals that were made of one word each."""
    u = streams.path_major(key, 0)[: CHUNK // 2] / 2.0**32
    radius = np.sqrt(-2.0 * np.log1p(-u))
    turn = 2.0 * np.pi * u
    pairs = np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=-1)
    return streams.map_pairs(pairs)


def cosine_for_sine(key: int) -> Words:
    """Return normals of which each odd one repeats the even one before it."""
    z = streams.draw_normals(key, 0)
    z[:, 1::2] = z[:, 0::2]
    return streams.as_words(special.ndtr(z))


def change_normals(change: Callable[[Any], Any]) -> Callable[[int], Words]:
    """Return a stream of normals that were changed, mapped back as if they were not."""
    return lambda key: streams.as_words(special.ndtr(change(streams.draw_normals(key, 0))))


def make_coarse(z: Any) -> Any:
    """Return normals with the 23 random bits that a uniform in single precision has."""
    cells = np.floor(special.ndtr(z) * 2.0**23)
    return special.ndtri((cells + 0.5) / 2.0**23)


def share_nodes(key: int) -> Words:
    """Return the levels of the bridge tree with one normal for two levels."""
    words = streams.bridge_levels(key, 0).reshape(-1, streams.LEVELS)
    words[:, 1] = words[:, 0]
    return words.reshape(-1)


def areas_from_increments(key: int) -> Words:
    """Return the drivers of a step with the normal of an increment in the place of an area's."""
    words = streams.drivers(key, 0).reshape(-1, 8)
    words[:, 4] = words[:, 0]
    return words.reshape(-1)


def with_generator(stream: Any, generate: Callable[[Names], Any]) -> Callable[[int], Words]:
    """Return the first chunk of a stream that takes its words from a broken generator."""
    return lambda key: stream(key, 0, generate)


# What is broken, and the tests that reject it by more than 20 standard errors.
TWINS: dict[str, tuple[Callable[[int], Words], str]] = {
    "two rounds": (
        with_generator(streams.path_major, philox_in_rounds(2)),
        "bits cells pairs triples distances gaps weights maxima birthdays ranks collisions",
    ),
    "four rounds, keys one bit apart": (
        with_generator(streams.keys_one_bit_apart, philox_in_rounds(4)),
        "cells pairs triples birthdays collisions",
    ),
    "four rounds, neighbouring components": (
        with_generator(streams.components, philox_in_rounds(4)),
        "cells pairs triples distances birthdays ranks collisions",
    ),
    "path cut to 32 bits": (
        with_generator(streams.far_names, keep_bits(0, 0xFFFFFFFF)),
        "distances birthdays ranks collisions",
    ),
    "pair cut to 16 bits": (
        with_generator(streams.far_names, keep_bits(1, 0xFFFF)),
        "distances birthdays ranks collisions",
    ),
    "component cut to 3 bits": (
        with_generator(streams.components, keep_bits(2, 7)),
        "distances birthdays ranks collisions",
    ),
    "purpose forgotten": (
        with_generator(streams.purposes, keep_bits(3, 0)),
        "distances gaps weights maxima birthdays ranks collisions",
    ),
    "low bits of the key ignored": (
        with_generator(streams.neighbouring_keys, keep_bits(4, (1 << 64) - 16)),
        "distances gaps weights maxima birthdays ranks collisions",
    ),
    "high word of the key ignored": (
        with_generator(streams.keys_one_bit_apart, keep_bits(4, 0xFFFFFFFF)),
        "distances gaps weights maxima birthdays ranks collisions",
    ),
    "paths that overlap": (
        with_generator(streams.path_major, overlap_paths),
        "cells pairs triples collisions spectrum",
    ),
    "low bit stuck": (
        with_generator(streams.low_bytes, set_low_bit),
        "bits cells pairs weights ranks",
    ),
    "RANDU": (congruential(65539), "bits cells distances birthdays ranks collisions"),
    "a better multiplier": (
        congruential(1664525),
        "bits cells distances birthdays ranks collisions",
    ),
    "linear over two elements": (xorshift, "ranks"),
    "a period": (add_wave, "spectrum"),
    "radius and angle of one word": (same_word_twice, "pairs triples distances weights"),
    "cosine for sine": (cosine_for_sine, "pairs triples distances weights collisions"),
    "normals of 23 random bits": (
        change_normals(make_coarse),
        "bits cells birthdays ranks collisions",
    ),
    "tails cut at three sigma": (change_normals(lambda z: np.clip(z, -3.0, 3.0)), "cells"),
    "one node for two levels": (share_nodes, "pairs triples distances weights birthdays ranks"),
    "areas driven by increments": (areas_from_increments, "distances birthdays ranks collisions"),
}
