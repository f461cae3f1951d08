"""Comparing what a compiled function returns with what Python returns, at one place.

A compiled function could differ from the Python function that it was made of: by an integer that
is too large, or by a fault in what compiles it. Each block step therefore hands on the values of
the user's functions inside it (see `pointers`), and they are compared where the functions were
tried before, at the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from stochcalc.engine.compiler.fingerprint import unwrap
from stochcalc.engine.compiler.numba_objects import Function, Kind
from stochcalc.engine.compiler.pointers import Pointer
from stochcalc.engine.compiler.words import kind_of, pack
from stochcalc.engine.functions.failures import describe_places, is_outside_domain
from stochcalc.engine.words import shorten
from stochcalc.typing import Array

# Elementary functions differ from Python's in the last bits, and differences of nearly equal
# numbers magnify that. What is wrong differs by more.
RELATIVE = 1e-8
ABSOLUTE = 1e-12
HUGE = 1e300  # larger numbers are marks, such as the time of a stop that has not come
SAFETY = 8.0  # of the noise that is seen, since a few roundings do not show the largest


@dataclass(frozen=True, eq=False)
class Trial:
    """A user's function and the arguments with which it is called.

    Attributes
    ----------
    function : callable
        What the user gave, or a function of the package around it.
    arguments : tuple
        Floats, tuples of floats, and arrays.
    """

    function: Function
    arguments: tuple[Any, ...]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The Numba types of the arguments."""
        return tuple(kind_of(argument) for argument in self.arguments)

    @property
    def watched(self) -> tuple[Function, tuple[Kind, ...]]:
        """What `find_or_compile` is told of it."""
        return unwrap(self.function), self.kinds

    def expect(self) -> Array | None:
        """Return the numbers that Python returns; None where the function has no value."""
        return self._evaluate(self.arguments)

    def _evaluate(self, arguments: tuple[Any, ...]) -> Array | None:
        """Return the numbers that Python returns for some arguments; None if it has none."""
        try:
            with np.errstate(all="ignore"):
                value = unwrap(self.function)(*arguments)
        except TypeError as error:
            if is_outside_domain(error):
                return None
            raise  # these are not the arguments of the function
        except Exception:
            return None  # the probe has refused what fails at the start
        try:
            return _flatten(value)
        except (TypeError, ValueError):
            return None  # it is no number here, such as the root of a negative one

    def check(self, expected: Array, found: Array) -> None:
        """Refuse numbers of the compiled function that are not Python's.

        Raises
        ------
        ValueError
            Names the function, the arguments and both values.
        """
        slack = ABSOLUTE * max(1.0, _find_largest(self.arguments))
        if _agree(expected, found, slack) or _agree(expected, found, slack + self._find_noise()):
            return
        name = describe_places([self.function], otherwise="a function")
        places = ", ".join(shorten(argument) for argument in self.arguments)
        raise ValueError(
            f"{name} at ({places}) returns {_show(expected)} in Python and {_show(found)} "
            "compiled, where integers have 64 bits: write floats (10.0 for 10), or write it for "
            "arrays and say vectorized=True"
        )

    def _find_noise(self) -> float:
        """Return by how much roundings of the arguments change the value.

        Differences of nearly equal numbers, such as a difference quotient, magnify them.
        """
        expected = self.expect()
        noise = 0.0
        for k in (-3, -2, -1, 1, 2, 3):
            moved = self._evaluate(_scale(self.arguments, 1.0 + k * 2.0**-52))
            if expected is not None and moved is not None and moved.shape == expected.shape:
                noise = max(noise, float(np.abs(moved - expected).max(initial=0.0)))
        if noise > HUGE:
            return 0.0  # the value is about to leave the range of floats
        return SAFETY * noise


def take_numbers(rows: Array, dim: int) -> float | tuple[float, ...]:
    """Return numbers as a user's function gets them: a float for dim 0, or a tuple.

    Parameters
    ----------
    rows : ndarray, shape (max(dim, 1),)
        The numbers.
    dim : int
        How many they are; 0 for a plain float.
    """
    if dim == 0:
        return float(rows[0])
    return tuple(map(float, rows))


def compare(pointer: Pointer, trials: Sequence[Trial]) -> None:
    """Refuse a compiled function whose value is not Python's.

    A function that raises an error in Python is left alone.

    Parameters
    ----------
    pointer : Pointer
        The code that holds the functions; its values are those of the trials, in their order.
    trials : sequence of Trial
        Where to compare.

    Raises
    ------
    ValueError
        Names the function, the arguments and both values.
    """
    for trial, entry in zip(trials, pointer.values, strict=True):
        if entry is None:
            continue
        expected = trial.expect()
        if expected is not None:
            trial.check(expected, _call(entry, trial, len(expected)))


def _show(numbers: Array) -> str:
    """Return numbers as text: a single one, or a list."""
    if len(numbers) == 1:
        return repr(float(numbers[0]))
    return shorten(numbers.tolist())


def _flatten(value: Any) -> Array:
    """Return the numbers of a value, those of the items of tuples in their order."""
    return np.array(value, dtype=float).ravel()


def _call(entry: Any, trial: Trial, count: int) -> Array:
    """Return the numbers that the compiled function returns; nan if it fails, or has others."""
    words = pack(trial.kinds, trial.arguments)
    buffer = np.concatenate([words, np.array([count]), np.zeros(count, np.int64)])
    status = entry(buffer.ctypes.data)
    if status != 0:
        return np.full(count, np.nan)
    return buffer[len(words) + 1 :].view(np.float64)


def _agree(expected: Array, found: Array, slack: float) -> bool:
    """Say whether two lists of numbers are the same up to rounding; nan equals nan."""
    return bool(np.allclose(found, expected, rtol=RELATIVE, atol=slack, equal_nan=True))


def _find_largest(value: Any) -> float:
    """Return the largest absolute number in a number, an array, or tuples of them; no mark."""
    if isinstance(value, tuple):
        return max((_find_largest(item) for item in value), default=0.0)
    numbers = np.abs(np.asarray(value, dtype=float))
    return float(numbers[numbers < HUGE].max(initial=0.0))


def _scale(value: Any, factor: float) -> Any:
    """Return floats times a factor, in tuples as well; arrays are tables, and stay as they are."""
    if isinstance(value, tuple):
        return tuple(_scale(item, factor) for item in value)
    if isinstance(value, float) and abs(value) < HUGE:
        return value * factor
    return value
