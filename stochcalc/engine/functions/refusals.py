"""What Numba refuses: its pages of reasons as one sentence that names the function."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

from numba.core.errors import NumbaError

from stochcalc.engine.compiler.numba_objects import Function
from stochcalc.engine.compiler.pointers import StoppedWithError
from stochcalc.engine.functions.failures import describe_places
from stochcalc.engine.words import shorten_text

Functions: TypeAlias = tuple[tuple[Function, str], ...]  # the functions of a step, with their kinds

FOR_FLOATS = (
    "write it for floats with math or np, x[0], x[1], ... and tuples; no arrays, lists or objects "
    "inside"
)
FOR_ARRAYS = (
    "Numba compiles slices, np.roll, np.sum(x, axis=0), products of matrices, arithmetic and the "
    "elementary functions of math and np on arrays"
)

# Numba's words for a function that it lacks: its name, and the kinds of its arguments.
_MISSING = re.compile(
    r"No implementation of function Function\(<(?:function|built-in function|class) '?([\w.]+)"
    r".*?found for signature:? (?:>>> )?\w+(\(.*?\)) (?:There are|$)"
)


class CannotCompile(TypeError):
    """A user's function that Numba refuses: which one, why, and what to do.

    Attributes
    ----------
    reason : str
        The function, its place in the source, and what Numba says about it.
    remedy : str
        How to write it instead.
    """

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason, remedy)  # the arguments, so that it travels between processes
        self.reason = reason
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.reason}; {self.remedy}"


@contextmanager
def explain_refusals(functions: Functions, remedy: str = FOR_FLOATS) -> Iterator[None]:
    """Turn Numba's pages about a function it cannot compile into one sentence.

    Parameters
    ----------
    functions : tuple of (function, kind)
        The functions that are compiled inside the block.
    remedy : str
        How to write them instead.

    Raises
    ------
    CannotCompile
        Names the functions and the reason.
    """
    try:
        yield
    except Exception as error:
        if not (isinstance(error, NumbaError) or _was_raised_by_numba(error)):
            raise
        lines = [line.strip() for line in str(error).splitlines()]
        reasons = [line for line in lines if line and "nopython" not in line]
        places = describe_places([own for own, _ in functions], otherwise="this problem")
        why = shorten_text(_say_plainly(" ".join(reasons)), 200)
        reason = f"cannot compile {places}: {why}"
        raise CannotCompile(reason, remedy) from error


def _say_plainly(reason: str) -> str:
    """Return a reason of Numba's without the parts that only its authors can read."""
    if "shape_like(list(" in reason:
        return "it returns a list, where a tuple is compiled"
    missing = _MISSING.search(reason)
    if missing is not None:
        return f"Numba has no {missing.group(1)} for {missing.group(2).replace('<iv=None>', '')}"
    return reason.partition(" File ")[0]


def _was_raised_by_numba(error: BaseException) -> bool:
    """Say whether an error of another kind than Numba's own came out of Numba's compiler."""
    trace = error.__traceback__
    if trace is None:
        return False
    while trace.tb_next is not None:
        trace = trace.tb_next
    return str(trace.tb_frame.f_globals.get("__name__", "")).startswith("numba.")


@contextmanager
def explain_errors(functions: Functions) -> Iterator[None]:
    """Turn an error that was raised inside a compiled loop into a ValueError that names functions.

    No more is known of such an error than that one of the functions raised it.
    """
    try:
        yield
    except StoppedWithError as error:
        places = describe_places([own for own, _ in functions], otherwise="the functions")
        raise ValueError(
            f"one of {places} raised an error along a path, though not at the "
            "start: call it with later times and other states, or, if it takes arrays, see that "
            "what it returns and assigns has the shape of x for any number of paths"
        ) from error
