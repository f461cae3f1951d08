"""Functions that are compiled once and called through a pointer.

`pointer(signature)` decorates a function of the package that carries no user code: the time loop,
fills, sinks. `find_or_compile` does the same for code that is made for a problem, its block step
and its observer, named by a fingerprint of what it is made of. Both look first in this process,
then on disk, and compile only if neither has the code.
"""

from __future__ import annotations

import ctypes
import functools
import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numba

from stochcalc.engine.compiler import store
from stochcalc.engine.compiler.fingerprint import Fingerprint, fingerprint, is_named
from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.engine.compiler.jit import allocating_routine, routine
from stochcalc.engine.compiler.machine_code import Entry, emit, link
from stochcalc.engine.compiler.numba_objects import CompiledFunction, Function, Kind, Signature
from stochcalc.engine.compiler.surroundings import digest
from stochcalc.engine.compiler.words import choose_converters, convert

Watched: TypeAlias = Sequence[tuple[Function, Sequence[Kind]]]  # with the kinds of the arguments

MOST_IN_MEMORY = 1024  # block steps whose addresses are remembered; the oldest are forgotten


class StoppedWithError(RuntimeError):
    """Compiled code raised an error, of which no more is known on this side of a pointer."""


class Pointer:
    """Compiled code at an address, with the signature it is called by.

    Parameters
    ----------
    signature : Numba signature
        The kinds of the arguments; nothing is returned.
    entry : callable
        What `link` returned.
    values : tuple of callables
        The entries of the leaves that are watched, None for a leaf that has none.
    """

    def __init__(
        self, signature: Signature, entry: Entry, values: tuple[Entry | None, ...] = ()
    ) -> None:
        self.signature = signature
        self.entry = entry
        self.values = values
        self.address = _address_of(entry)
        self._converters = choose_converters(signature.args)

    def __call__(self, *arguments: Any) -> None:
        """Call the code from Python; the interpreter's lock is released meanwhile.

        Raises
        ------
        StoppedWithError
            If the code raised an error.
        """
        words = convert(self._converters, arguments)
        if self.entry(words.ctypes.data) != 0:
            raise StoppedWithError("compiled code raised an error")


def _address_of(entry: Any) -> int:
    """Return the address of the code that a function made by ctypes calls."""
    address = ctypes.cast(entry, ctypes.c_void_p).value
    if address is None:
        return 0
    return address


_known: dict[Fingerprint, Pointer] = {}
_lock = threading.RLock()
_counts = {"compiled": 0, "loaded": 0}


def _as_it_is(function: Function) -> CompiledFunction:
    """Return a function that is compiled already."""
    return function


def find_or_compile(
    signature: Signature,
    parts: tuple[Any, ...],
    build: Callable[[], Function],
    *,
    allocates: bool = True,
    watched: Watched = (),
    find_leaf: Callable[[Function], CompiledFunction] = _as_it_is,
) -> Pointer:
    """Return the pointer of what `build` makes: a function that `parts` determine.

    Parameters
    ----------
    signature : Numba signature
        The kinds of the arguments that the function is called with; it returns nothing.
    parts : tuple
        Functions, numbers and strings that decide what is compiled.
    build : callable
        Makes the function; called only if its code is neither in memory nor on disk.
    allocates : bool
        Whether the function makes arrays of its own.
    watched : sequence of (function, kinds)
        Functions of numbers among the parts, with the kinds of their arguments: the pointer's
        `values` hand on what they return.
    find_leaf : callable
        Returns the leaf that such a function has become.

    Raises
    ------
    RuntimeError
        If the environment turns Numba's compiler off.
    """
    if numba.config.DISABLE_JIT:
        raise RuntimeError(
            "NUMBA_DISABLE_JIT=1 turns Numba's compiler off, and stochcalc needs it: unset "
            "NUMBA_DISABLE_JIT and start Python again; functions of your own can be called as they "
            "are to debug them"
        )
    name = (str(signature), fingerprint((parts, tuple(watched))))
    with _lock:  # tasks of a user's thread pool arrive here together
        if name not in _known:
            if len(_known) >= MOST_IN_MEMORY:
                _known.pop(next(iter(_known)))
            with hold_interrupts_back():
                _known[name] = _load_or_compile(
                    signature, name, build, allocates, watched, find_leaf
                )
        return _known[name]


def _load_or_compile(
    signature: Signature,
    name: Fingerprint,
    build: Callable[[], Function],
    allocates: bool,
    watched: Watched,
    find_leaf: Callable[[Function], CompiledFunction],
) -> Pointer:
    """Take the code from disk, or compile it and keep it on disk if another process may use it."""
    key = None
    if is_named(name):
        key = digest(name)
    if key is not None:
        code = store.read(key)
        if code is not None:
            _counts["loaded"] += 1
            return Pointer(signature, *link(code, "entry", watched=len(watched)))
    if allocates:
        dispatcher = allocating_routine(build())
    else:
        dispatcher = routine(build())
    leaves = [(find_leaf(function), kinds) for function, kinds in watched]
    made = emit(dispatcher, signature, "entry", leaves)
    _counts["compiled"] += 1
    if key is not None and made.portable:
        store.write(key, made.code)
    return Pointer(signature, *link(made.code, "entry", made.environments, len(watched)))


def pointer(signature: Signature) -> Callable[[Callable[..., None]], Callable[[], Pointer]]:
    """Replace the decorated function by a getter of the pointer of its compiled code.

    The function belongs to the package, and makes no arrays.

    Parameters
    ----------
    signature : Numba signature
        The kinds of the function's arguments; it returns nothing.
    """

    def decorate(function: Callable[..., None]) -> Callable[[], Pointer]:
        @functools.cache
        def get() -> Pointer:
            return find_or_compile(signature, (function,), lambda: function, allocates=False)

        functools.update_wrapper(get, function)
        return get

    return decorate


def compilations() -> int:
    """Return how many functions were compiled so far in this process."""
    return _counts["compiled"]


def loads() -> int:
    """Return how many functions were taken from disk so far in this process."""
    return _counts["loaded"]
