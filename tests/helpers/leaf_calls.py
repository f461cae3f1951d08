"""Leaves live inside kernels only: here is one to call them from."""

from __future__ import annotations

from typing import Any

import numba


def callable_leaf(leaf: Any) -> Any:
    """The leaf as a function that Python can call."""
    return numba.njit(error_model="numpy")(lambda *args: leaf(*args))
