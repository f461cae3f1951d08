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

import numpy as np

from stochcalc.engine.compiler.jit import leaf
from stochcalc.engine.words import show
from stochcalc.typing import Key, Seed

STREAM_VERSION = 1

# What a normal is for. Two uses never share a stream.
INCREMENTS = 0
BRIDGE_NODES = 1
SPACE_TIME_AREA = 2
LEVY_AREA = 3
CHAIN_NOISE = 4
ACCEPT_REJECT = 5
INITIAL_STATES = 6
DATA_NOISE = 7
BRIDGE_EXTREMES = 8
JUMP_COUNTS = 9
JUMP_SIZES = 10
COLOURED_NOISE = 11
TELEGRAPH_FLIPS = 12
SPECTRUM = 13

# How many values each field of the counter has.
PATHS = 1 << 48
INDICES = 1 << 49
COMPONENTS = 1 << 24
PURPOSES = 1 << 8

# Every constant is a uint64: uint64 with an int literal would become int64, and its shift
# arithmetic.
_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)
_LOW32 = np.uint64(0xFFFFFFFF)
_LOW16 = np.uint64(0xFFFF)
_16 = np.uint64(16)
_24 = np.uint64(24)
_32 = np.uint64(32)


@leaf
def philox4x32(c0, c1, c2, c3, k0, k1):
    """Return four random words of 32 bits: ten rounds on the counter (c0, ..., c3), key (k0, k1).

    Words of 32 bits are held in uint64, which is how vector units multiply 32 by 32 to 64 bits.
    """
    for _ in range(10):
        p0 = _M0 * c0
        p1 = _M1 * c2
        c0 = (p1 >> _32) ^ c1 ^ k0
        c1 = p1 & _LOW32
        c2 = (p0 >> _32) ^ c3 ^ k1
        c3 = p0 & _LOW32
        k0 = (k0 + _W0) & _LOW32
        k1 = (k1 + _W1) & _LOW32
    return c0, c1, c2, c3


@leaf
def words(path, pair, component, purpose, key):
    """Return the four random words of this name, by the map of this module's docstring."""
    path = np.uint64(path)
    pair = np.uint64(pair)
    c0 = path & _LOW32
    c1 = ((path >> _32) & _LOW16) | ((pair & _LOW16) << _16)
    c2 = (pair >> _16) & _LOW32
    c3 = np.uint64(component) | (np.uint64(purpose) << _24)
    return philox4x32(c0, c1, c2, c3, key & _LOW32, key >> _32)


def check_index(name: str, value: int, size: int) -> int:
    """Return `value`, after checking that it fits its counter field of `size` values.

    Raises
    ------
    ValueError
        If it does not fit; the message calls it `name`.
    """
    if not 0 <= value < size:
        raise ValueError(
            f"{name}={show(value)} is outside the counter field 0 <= {name} < {size}: split the "
            f"work over keys"
        )
    return value


def make_key(rng: Seed = None, key: Key = None) -> int:
    """Return the 64-bit key of a computation: `key` itself if it is given, else one from `rng`.

    Parameters
    ----------
    rng : None, int, SeedSequence or Generator
        What NumPy's `default_rng` takes (SPEC 7). A Generator is advanced by one draw.
    key : int, optional
        The `.key` of an earlier result, in [0, 2**64).

    Raises
    ------
    TypeError, ValueError
        If both are given, if `key` is not an integer in [0, 2**64), or if NumPy refuses `rng` as a
        seed.
    """
    if key is None:
        return int(numpy_generator(rng).integers(2**64, dtype=np.uint64))
    if rng is not None:
        raise ValueError(f"give rng= or key=, not both (got rng={show(rng)} and key={show(key)})")
    if isinstance(key, np.ndarray) and key.ndim == 0:
        key = key[()]  # as np.load gives it back
    if isinstance(key, bool | np.timedelta64) or not isinstance(key, numbers.Integral):
        raise TypeError(f"key={show(key)} must be an integer: the .key of an earlier result")
    if not 0 <= int(key) < 1 << 64:
        raise ValueError(
            f"key={show(key)} must lie in [0, 2**64): pass the .key of an earlier result"
        )
    return int(key)


def numpy_generator(rng: Seed) -> np.random.Generator:
    """Return NumPy's generator for `rng`, for what is drawn once and outside any kernel.

    Raises
    ------
    TypeError, ValueError
        If NumPy refuses `rng` as a seed, or if it is a bool, a float or a string, or an array of a
        subclass such as `np.matrix`, which ends Python itself in NumPy's hands.
    """
    _refuse_subclasses(rng)
    if isinstance(rng, bool | float | str | np.timedelta64):
        raise TypeError(f"rng={show(rng)} must be None, an int, a SeedSequence or a Generator")
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError) as error:
        raise type(error)(
            f"rng={show(rng)} is not a seed: give None, an int >= 0, a SeedSequence or a Generator"
        ) from error


def _refuse_subclasses(rng: object) -> None:
    """Refuse arrays of a subclass, alone or in a list: of `np.matrix` NumPy never finds the end."""
    if isinstance(rng, np.ndarray) and type(rng) is not np.ndarray:
        kind = type(rng).__name__
        raise TypeError(
            f"rng is of type {kind}: give an int, or integers as np.asarray(rng).ravel()"
        )
    if isinstance(rng, list | tuple):
        for item in rng:
            _refuse_subclasses(item)
