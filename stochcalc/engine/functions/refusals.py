"""What Numba refuses: its pages of reasons as one sentence that names the function."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import FunctionType
from typing import TypeAlias

from numba.core.errors import NumbaError

from stochcalc.engine.compiler.fingerprint import is_of_package, read_cells, unwrap
from stochcalc.engine.compiler.numba_objects import Function
from stochcalc.engine.compiler.pointers import StoppedWithError

Functions: TypeAlias = tuple[tuple[Function, str], ...]  # the functions of a step, with their kinds

FOR_FLOATS = (
    "write it for floats with math or np, x[0], x[1], ... and tuples; no arrays, lists or objects "
    "inside"
)
FOR_ARRAYS = (
    "Numba compiles slices, np.roll, np.sum(x, axis=0), products of matrices, arithmetic and the "
    "elementary functions of math and np on arrays"
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
        return f"{self.reason} ... {self.remedy}"


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
        places = _describe_places(functions, otherwise="this problem")
        reason = f"cannot compile {places}: {' '.join(reasons)[:200]}"
        raise CannotCompile(reason, remedy) from error


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
        places = _describe_places(functions, otherwise="the functions")
        raise ValueError(
            f"one of {places} raised an error along a path, though not at the "
            "start: call it with later times and other states, or, if it takes arrays, see that "
            "what it returns and assigns has the shape of x for any number of paths"
        ) from error


def _describe_places(functions: Functions, otherwise: str) -> str:
    """Return the names of functions and where they are defined; `otherwise` if there are none."""
    if not functions:
        return otherwise
    return ", ".join(describe_place(unwrap(function)) for function, _ in functions)


def describe_place(function: FunctionType) -> str:
    """Return the name of a function and where it is defined.

    Of a function of the package around a user's it is the user's.
    """
    users = find_users_function(function)
    if users is not None:
        function = users
    code = function.__code__
    return f"{function.__name__} (line {code.co_firstlineno} of {code.co_filename})"


def find_users_function(function: object) -> FunctionType | None:
    """Return a function, or one that its closure holds, that is not of the package; or None."""
    python = unwrap(function)
    if not isinstance(python, FunctionType):
        return None
    if not is_of_package(python):
        return python
    for content in read_cells(python):
        found = find_users_function(content)
        if found is not None:
            return found
    return None
