"""A job in words: one short text for each of its fields, equal if and only if the field is.

A run that goes on from a checkpoint must be the run that made it. Each is described field by field,
so that two that differ can say in which field.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from types import FunctionType
from typing import Any

import numpy as np
from numba.core.registry import CPUDispatcher

from stochcalc.engine.compiler.fingerprint import fingerprint, is_named

LONGEST_ARRAY = 4  # numbers of an array that are written out
# How a job is run, which changes no number of its result.
FREE = ("workers",)


def describe(job: object) -> dict[str, str]:
    """Return the fields of a job and of the records inside it, each with its value as text.

    Raises
    ------
    TypeError
        For a field that holds an object which another process could not recognise.
    """
    return dict(_walk("", job))


def _walk(name: str, value: object) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of everything in a value."""
    if is_dataclass(value) and not isinstance(value, type):
        yield name or "job", f"{type(value).__module__}.{type(value).__qualname__}"
        for item in fields(value):
            if item.name not in FREE:
                yield from _walk(_join(name, item.name), getattr(value, item.name))
    elif isinstance(value, tuple | list):
        yield _join(name, "length"), str(len(value))
        for i, part in enumerate(value):
            yield from _walk(f"{name}[{i}]", part)
    elif isinstance(value, functools.partial):
        yield from _walk(name, (value.func, value.args, value.keywords))
    elif isinstance(value, dict):
        yield _join(name, "names"), ", ".join(sorted(map(str, value)))
        for key, part in value.items():
            yield from _walk(_join(name, str(key)), part)
    else:
        yield name, _describe_leaf(name, value)


def _join(name: str, field: str) -> str:
    """Return the name of a field of a field."""
    return f"{name}.{field}" if name else field


def _describe_leaf(name: str, value: Any) -> str:
    """Return the text of a value that has no fields."""
    if value is None or isinstance(value, bool | int | str):
        return repr(value)
    if isinstance(value, float | np.floating):
        return f"{float(value)!r}"
    if isinstance(value, np.generic):
        return repr(value.item())
    if isinstance(value, range):
        return repr(value)
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        return _describe_array(value)
    if isinstance(value, type):
        return f"{value.__module__}.{value.__qualname__}"
    return _describe_function(name, value)


def _describe_array(array: np.ndarray[Any, Any]) -> str:
    """Return the numbers of a short array, or the shape and the SHA-256 of a long one."""
    if array.size <= LONGEST_ARRAY:
        return f"{array.dtype} {array.tolist()!r}"
    content = hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()
    return f"{array.dtype} array of shape {array.shape}, SHA-256 {content[:16]}"


def _describe_function(name: str, value: object) -> str:
    """Return the name of a function and the hash of its code and of what it refers to."""
    print_of_value = fingerprint(value)
    if not is_named(print_of_value):
        raise TypeError(
            f"checkpoint= cannot tell whether {name or 'the job'} is the same in another process: "
            f"it is or refers to an object without a name, {value!r:.80}; use functions of numbers "
            "and arrays"
        )
    content = hashlib.sha256(repr(print_of_value).encode()).hexdigest()
    if isinstance(value, FunctionType | CPUDispatcher):
        return f"function {value.__name__}, SHA-256 {content[:16]}"
    return f"{type(value).__qualname__}, SHA-256 {content[:16]}"


def find_difference(ours: dict[str, str], theirs: dict[str, str]) -> tuple[str, str, str] | None:
    """Return the first field that differs with both texts, or None if the two are equal."""
    for name in {**ours, **theirs}:
        here = ours.get(name, "nothing")
        there = theirs.get(name, "nothing")
        if here != there:
            return name, here, there
    return None
