"""What Numba refuses: its pages of reasons as one sentence that names the function."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from numba.core.errors import NumbaError

from stochcalc.engine.compiler.fingerprint import plain
from stochcalc.engine.compiler.pointers import StoppedWithError


class CannotCompile(TypeError):
    """A user's function that Numba refuses: which and why, and what to do."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason, remedy)  # the arguments, so that it travels between processes
        self.reason, self.remedy = reason, remedy

    def __str__(self) -> str:
        return f"{self.reason} ... {self.remedy}"


def _raised_by_numba(error: BaseException) -> bool:
    """Whether an error that is not Numba's own kind came out of its compiler all the same."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and str(trace.tb_frame.f_globals.get("__name__", "")).startswith(
        "numba."
    )


FOR_FLOATS = (
    "write it for floats with math or np, x[0], x[1], ... and tuples; no arrays, lists or objects "
    "inside"
)
FOR_ARRAYS = (
    "Numba compiles slices, np.roll, np.sum(x, axis=0), products of matrices, arithmetic and the "
    "elementary functions of math and np on arrays"
)


@contextmanager
def explained(functions: tuple[tuple[Any, str], ...], remedy: str = FOR_FLOATS) -> Iterator[None]:
    """Turn Numba's pages about a function it cannot compile into a TypeError that names the
    function and the reason.
    """
    try:
        yield
    except Exception as error:
        if not (isinstance(error, NumbaError) or _raised_by_numba(error)):
            raise
        lines = [line.strip() for line in str(error).splitlines()]
        reasons = [line for line in lines if line and "nopython" not in line]
        places = ", ".join(_place_of(plain(function)) for function, _ in functions)
        reason = f"cannot compile {places or 'this problem'}: {' '.join(reasons)[:200]}"
        raise CannotCompile(reason, remedy) from error


def _place_of(function: Any) -> str:
    code = function.__code__
    return f"{function.__name__} (line {code.co_firstlineno} of {code.co_filename})"


@contextmanager
def errors_named(functions: tuple[tuple[Any, str], ...]) -> Iterator[None]:
    """Turn an error that was raised inside a compiled loop, of which no more is known, into a
    ValueError that names the functions that may have raised it.
    """
    try:
        yield
    except StoppedWithError as error:
        names = ", ".join(_place_of(plain(function)) for function, _ in functions)
        raise ValueError(
            f"one of {names or 'the functions'} raised an error along a path, though not at the "
            "start: call it with later times and other states, or, if it takes arrays, see that "
            "what it returns and assigns has the shape of x for any number of paths"
        ) from error
