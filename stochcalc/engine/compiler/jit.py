"""The one place that decides how code is compiled.

Four kinds of compiled function exist.

* A *leaf* is a scalar function that disappears into the loop over lanes: it must be inlined, because one call that LLVM
  refuses to inline turns the whole loop scalar.
* A *routine* holds a loop over lanes and is called by the other two; LLVM decides whether to inline it.
* A *callback* is called through a pointer, a few times per thousand path-steps: what fills noise and what keeps results.
  It is compiled once per process, whatever equation it serves.
* A *kernel* is what Python calls: the loops over blocks and time around one equation. It releases the GIL.

Kernels and callbacks are counted, because compiling is the only slow thing a user ever waits for.

Strict IEEE throughout: no reordering, no contraction. It costs a tenth of the speed and buys the
same bits on every CPU. `error_model="numpy"` because a Python-style check on each division is a
branch, and a branch ends vectorisation.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from weakref import WeakSet

import numba
from numba.extending import overload

from stochcalc.engine.compiler.leaf_compiler import LeafCompiler

LEAF: dict[str, Any] = {"error_model": "numpy", "forceinline": True, "pipeline_class": LeafCompiler}
leaf = numba.njit(**LEAF)
routine = numba.njit(error_model="numpy", nogil=True, pipeline_class=LeafCompiler)


def leaf_through(pipeline: Any) -> Any:
    """The leaf decorator with another compiler pipeline."""
    return numba.njit(**{**LEAF, "pipeline_class": pipeline})


def body_for(function: Any, *, prefer_literal: bool = False) -> Any:
    """Decorator: the compiled body of an operation that has a plain one, chosen by the types of its
    arguments.
    """
    return overload(function, jit_options=LEAF, prefer_literal=prefer_literal)


_kernels: WeakSet[Any] = WeakSet()
_callbacks: list[Any] = []


def kernel(function: Callable[..., Any]) -> Any:
    """Compile `function` on its first call as a block kernel: loops inside, GIL released,
    compilation counted.
    """
    dispatcher = numba.njit(error_model="numpy", nogil=True)(function)
    _kernels.add(dispatcher)
    return dispatcher


def callback(signature: Any) -> Callable[[Callable[..., Any]], Callable[[], Any]]:
    """Turn a function into a getter of its compiled form, a pointer of the given type, compiled
    when first asked for.
    """

    def decorate(function: Callable[..., Any]) -> Callable[[], Any]:
        @functools.cache
        def compiled() -> Any:
            pointer = numba.cfunc(signature, error_model="numpy")(function)
            _callbacks.append(pointer)
            return pointer

        return compiled

    return decorate


def compilations() -> int:
    """Number of kernel specialisations and callbacks compiled so far in this process, as far as
    they are still alive.
    """
    return sum(len(dispatcher.signatures) for dispatcher in _kernels) + len(_callbacks)
