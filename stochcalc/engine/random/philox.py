"""Philox4x32-10: random words as a pure function of integers.

A counter-based generator is a bijection of 128 bits, keyed by 64 more. Nothing is stored or
advanced, and any number of the stream can be asked for by its name. The name of a word here is
(path, index, component, purpose, key). The map from names to counters is injective, and
`STREAM_VERSION` fixes it for ever:

    c0 = path[0:32]
    c1 = path[32:48] | pair[0:16] << 16
    c2 = pair[16:48]
    c3 = component | purpose << 24

with pair = index // 2, because one block of four words makes two normals: the even index takes the
cosine, the odd one the sine (`engine.random.normal`). An index beyond its field is refused with a
ValueError before anything is drawn; it never wraps round.

Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011,
sections 3.3 and 4.3.
"""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np

from stochcalc.engine.compiler.jit import leaf

STREAM_VERSION = 1

# What a normal is for. Two uses never share a stream.
(
    INCREMENTS,
    BRIDGE_NODES,
    SPACE_TIME_AREA,
    LEVY_AREA,
    CHAIN_NOISE,
    ACCEPT_REJECT,
    INITIAL_STATES,
    DATA_NOISE,
) = range(8)
BRIDGE_EXTREMES = 8

PATHS, INDICES, COMPONENTS, PURPOSES = 1 << 48, 1 << 49, 1 << 24, 1 << 8

# Every constant is a uint64: uint64 with an int literal would become int64, and its shift
# arithmetic.
_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_LOW32, _LOW16 = np.uint64(0xFFFFFFFF), np.uint64(0xFFFF)
_16, _24, _32 = np.uint64(16), np.uint64(24), np.uint64(32)


@leaf
def philox4x32(c0, c1, c2, c3, k0, k1):
    """Ten rounds on four 32-bit words held in uint64, which is how vector units multiply 32 by 32
    to 64 bits.
    """
    for _ in range(10):
        p0, p1 = _M0 * c0, _M1 * c2
        c0, c1, c2, c3 = (p1 >> _32) ^ c1 ^ k0, p1 & _LOW32, (p0 >> _32) ^ c3 ^ k1, p0 & _LOW32
        k0, k1 = (k0 + _W0) & _LOW32, (k1 + _W1) & _LOW32
    return c0, c1, c2, c3


@leaf
def words(path, pair, component, purpose, key):
    """The four random words named by these integers (the counter map of this module)."""
    path, pair = np.uint64(path), np.uint64(pair)
    c0 = path & _LOW32
    c1 = ((path >> _32) & _LOW16) | ((pair & _LOW16) << _16)
    c2 = (pair >> _16) & _LOW32
    c3 = np.uint64(component) | (np.uint64(purpose) << _24)
    return philox4x32(c0, c1, c2, c3, key & _LOW32, key >> _32)


def check_index(name: str, value: int, size: int) -> int:
    """Return `value` if it fits its counter field of `size` values, else raise ValueError naming
    it.
    """
    if not 0 <= value < size:
        raise ValueError(
            f"{name}={value} is outside the counter field 0 <= {name} < {size}: split the work "
            f"over keys"
        )
    return value


def make_key(rng: Any = None, key: int | None = None) -> int:
    """The 64-bit key behind `rng=` (SPEC 7: None, int, SeedSequence, Generator), or `key=` as
    given.

    Raises
    ------
    TypeError, ValueError
        If both are given, if `key` is not an integer in [0, 2**64), or if NumPy refuses `rng` as a
        seed.
    """
    if key is not None:
        if rng is not None:
            raise ValueError(f"give rng= or key=, not both (got rng={rng!r} and key={key!r})")
        if isinstance(key, bool) or not isinstance(key, numbers.Integral):
            raise TypeError(f"key={key!r} must be an integer: the .key of an earlier result")
        if not 0 <= int(key) < 1 << 64:
            raise ValueError(
                f"key={key} must lie in [0, 2**64): pass the .key of an earlier result"
            )
        return int(key)
    return int(numpy_generator(rng).integers(2**64, dtype=np.uint64))


def numpy_generator(rng: Any) -> np.random.Generator:
    """NumPy's generator behind `rng=`, for what is drawn once and outside any kernel."""
    if isinstance(rng, bool | float | str):
        raise TypeError(f"rng={rng!r} must be None, an int, a SeedSequence or a Generator")
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError) as error:
        raise type(error)(
            f"rng={rng!r} is not a seed: give None, an int >= 0, a SeedSequence or a Generator"
        ) from error
