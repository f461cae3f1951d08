"""The one place that decides how code is compiled.

Three kinds of compiled function exist.

* A *leaf* is a scalar function that disappears into the loop over lanes. It must be inlined,
  because one call that LLVM refuses to inline turns the whole loop scalar.
* A *routine* holds a loop over lanes; LLVM decides whether to inline it.
* What is behind a *pointer* (see `pointers`) is compiled once and kept on disk: the time loop, what
  fills noise, what keeps results, and the block step of a problem.

Strict IEEE throughout: no reordering, no contraction. It costs a tenth of the speed and buys the
same bits on every CPU. `error_model="numpy"` because a Python-style check on each division is a
branch, and a branch ends vectorisation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numba
from numba.extending import overload

from stochcalc.engine.compiler.leaf_compiler import ArrayLeafCompiler, LeafCompiler

Decorator: TypeAlias = Callable[[Callable[..., Any]], Callable[..., Any]]

LEAF: dict[str, Any] = {"error_model": "numpy", "forceinline": True, "pipeline_class": LeafCompiler}
leaf: Decorator = numba.njit(**LEAF)
# A routine counts no references, which makes it a tenth cheaper to compile: it allocates nothing.
routine: Decorator = numba.njit(
    error_model="numpy", nogil=True, _nrt=False, pipeline_class=LeafCompiler
)
allocating_routine: Decorator = numba.njit(
    error_model="numpy", nogil=True, pipeline_class=LeafCompiler
)


# Code on arrays: what is small is inlined by LLVM where it is called.
def inline_through(pipeline: Any) -> Any:
    """Return the decorator for code on arrays with a compiler pipeline."""
    return numba.njit(error_model="numpy", nogil=True, pipeline_class=pipeline)


compile_inline = inline_through(ArrayLeafCompiler)


def leaf_through(pipeline: Any) -> Any:
    """The leaf decorator with another compiler pipeline."""
    return numba.njit(**{**LEAF, "pipeline_class": pipeline})


_with_bodies: dict[int, Any] = {}  # by identity; the functions stay alive, so no id is used again


def body_for(function: Any, *, prefer_literal: bool = False) -> Any:
    """Decorate the compiled body of an operation that has a plain one, chosen by the types of its
    arguments.
    """
    _with_bodies[id(function)] = function
    return overload(function, jit_options=LEAF, prefer_literal=prefer_literal)


def has_body(value: Any) -> bool:
    """Whether a function is an operation with a compiled body of its own."""
    return id(value) in _with_bodies
