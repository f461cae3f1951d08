"""Functions that are compiled once and called through a pointer.

`pointer(signature)` decorates a function of the package that carries no user code: the time loop,
fills, sinks. `machine_code` does the same for code that is made for a problem, its block step and
its observer, named by a fingerprint of what it is made of. Both look first in this process, then
on disk, and compile at last.
"""

from __future__ import annotations

import ctypes
import functools
import threading
from collections.abc import Callable
from typing import Any

from stochcalc.engine.compiler import store
from stochcalc.engine.compiler.fingerprint import fingerprint, is_named
from stochcalc.engine.compiler.interrupts import interrupts_held_back
from stochcalc.engine.compiler.jit import allocating_routine, routine
from stochcalc.engine.compiler.machine_code import emit, link
from stochcalc.engine.compiler.surroundings import digest
from stochcalc.engine.compiler.words import pack

MOST_IN_MEMORY = 1024  # block steps whose addresses are remembered; the oldest are forgotten


class StoppedWithError(RuntimeError):
    """Compiled code that raised an error, which says no more than that across a pointer."""


class Pointer:
    """Compiled code at an address, with the signature it is called by."""

    def __init__(self, signature: Any, entry: Any) -> None:
        self.signature = signature
        self.entry = entry
        self.address: int = ctypes.cast(entry, ctypes.c_void_p).value or 0

    def __call__(self, *arguments: Any) -> None:
        """Call it from Python; the interpreter's lock is released meanwhile.

        Raises
        ------
        StoppedWithError
            If the code raised an error.
        """
        words = pack(self.signature.args, arguments)
        if self.entry(words.ctypes.data) != 0:
            raise StoppedWithError("compiled code raised an error")


_known: dict[Any, Pointer] = {}
_lock = threading.RLock()
_counts = {"compiled": 0, "loaded": 0}


def machine_code(
    signature: Any, parts: Any, build: Callable[[], Any], *, allocates: bool = True
) -> Pointer:
    """Return the pointer of what `build` makes: a function that `parts` determine.

    Parameters
    ----------
    signature : Numba signature
        With which it is called; it returns nothing.
    parts : tuple
        Functions, numbers and strings that decide what is compiled.
    build : callable
        Makes the function; called only if it is neither in memory nor on disk.
    allocates : bool
        Whether the function makes arrays of its own.
    """
    name = (str(signature), fingerprint(parts))
    with _lock:  # tasks of a user's thread pool arrive here together
        if name not in _known:
            if len(_known) >= MOST_IN_MEMORY:
                _known.pop(next(iter(_known)))
            with interrupts_held_back():
                _known[name] = _make(signature, name, build, allocates)
        return _known[name]


def _make(signature: Any, name: Any, build: Callable[[], Any], allocates: bool) -> Pointer:
    key = digest(name) if is_named(name) else None
    code = None if key is None else store.read(key)
    if code is not None:
        _counts["loaded"] += 1
        return Pointer(signature, link(code, "entry"))
    compile_it = allocating_routine if allocates else routine
    made = emit(compile_it(build()), signature, "entry")
    _counts["compiled"] += 1
    if key is not None and made.portable:
        store.write(key, made.code)
    return Pointer(signature, link(made.code, "entry", made.environments))


def pointer(signature: Any) -> Callable[[Callable[..., None]], Callable[[], Pointer]]:
    """Decorate a function of the package that makes no arrays: what remains is a getter of its
    pointer.
    """

    def decorate(function: Callable[..., None]) -> Callable[[], Pointer]:
        @functools.cache
        def get() -> Pointer:
            return machine_code(signature, (function,), lambda: function, allocates=False)

        functools.update_wrapper(get, function)
        return get

    return decorate


def compilations() -> int:
    """Return how many functions were compiled so far in this process."""
    return _counts["compiled"]


def loads() -> int:
    """Return how many functions were taken from disk so far in this process."""
    return _counts["loaded"]
