"""Leaves live inside compiled loops only: here is what calls them from Python."""

from __future__ import annotations

from typing import Any

import numba


def callable_leaf(leaf: Any) -> Any:
    """The leaf as a function that Python can call."""
    return numba.njit(error_model="numpy")(lambda *args: leaf(*args))


def kernel(function: Any) -> Any:
    """Compile a function around leaves so that Python can call it, without the lock."""
    return numba.njit(error_model="numpy", nogil=True)(function)
