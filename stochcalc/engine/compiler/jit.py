"""The one place that decides how code is compiled.

Three kinds of compiled function exist.

* A *leaf* is a scalar function that disappears into the loop over lanes. It must be inlined,
  because one call that LLVM refuses to inline turns the whole loop scalar.
* A *routine* holds a loop over lanes; LLVM decides whether to inline it.
* What is behind a *pointer* (see `pointers`) is compiled once and kept on disk: the time loop, what
  fills noise, what keeps results, and the block step of a problem.

Arithmetic is strict IEEE throughout: no reordering, no contraction. It costs a tenth of the speed
and buys the same bits on every CPU. With `error_model="numpy"` a division by zero gives inf or nan:
a Python-style check on each division is a branch, and a branch ends vectorisation.
"""

from __future__ import annotations

from typing import Any

import numba
from numba.extending import overload

from stochcalc.engine.compiler.leaf_compiler import (
    ArrayLeafCompiler,
    LeafCompiler,
    UserLeafCompiler,
)
from stochcalc.engine.compiler.numba_objects import Decorator, Function

LEAF: dict[str, Any] = {"error_model": "numpy", "forceinline": True, "pipeline_class": LeafCompiler}
leaf: Decorator = numba.njit(**LEAF)
# A routine counts no references, which makes it a tenth cheaper to compile: it allocates nothing.
routine: Decorator = numba.njit(
    error_model="numpy", nogil=True, _nrt=False, pipeline_class=LeafCompiler
)
allocating_routine: Decorator = numba.njit(
    error_model="numpy", nogil=True, pipeline_class=LeafCompiler
)


def inline_through(
    pipeline: type[UserLeafCompiler], *, boundscheck: bool | None = None
) -> Decorator:
    """Return the decorator for code on arrays with a compiler pipeline.

    LLVM inlines such code where it is called if it is small. With `boundscheck` a read outside an
    array is an error.
    """
    decorator: Decorator = numba.njit(
        error_model="numpy", nogil=True, pipeline_class=pipeline, boundscheck=boundscheck
    )
    return decorator


compile_inline = inline_through(ArrayLeafCompiler)


def leaf_through(pipeline: type[UserLeafCompiler], *, boundscheck: bool | None = None) -> Decorator:
    """Return the leaf decorator with another compiler pipeline.

    With `boundscheck` a read outside an array is an error.
    """
    options = {**LEAF, "pipeline_class": pipeline, "boundscheck": boundscheck}
    decorator: Decorator = numba.njit(**options)
    return decorator


# By identity. The functions stay alive, so no id is used again.
_with_bodies: dict[int, Function] = {}


def body_for(function: Function, *, prefer_literal: bool = False) -> Decorator:
    """Decorate a compiled body of an operation that Python code calls as a plain function.

    Parameters
    ----------
    function : callable
        The plain operation, which compiled code calls by its name.
    prefer_literal : bool
        Whether the decorated function sees a number that is written out as its value.

    Returns
    -------
    callable
        The decorator of a function of the arguments' kinds that returns the body for them.
    """
    _with_bodies[id(function)] = function
    decorator: Decorator = overload(function, jit_options=LEAF, prefer_literal=prefer_literal)
    return decorator


def has_body(value: object) -> bool:
    """Say whether a value is an operation with a compiled body of its own."""
    return id(value) in _with_bodies
