"""From functions to the two leaves of the time loop: advance(t, dt, x, noise, args) and observe(t,
x, args).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from typing import Any

from numba.core.errors import NumbaError

from stochcalc.engine.compiler.jit import leaf
from stochcalc.engine.functions.user_function import compiled, memoise, plain
from stochcalc.engine.random.drivers import Layout
from stochcalc.engine.registers.slopes import tensor
from stochcalc.engine.registers.vec import mat, vec


@dataclass(frozen=True, eq=False)
class Step:
    """What moves a state, as plain data: a function with the user functions it is made of and the
    drivers it takes.

    Attributes
    ----------
    function : callable
        function(*functions, t, x, dt, *drivers, args) -> x at t + dt.
    functions : tuple of (function, kind)
        Kinds as `coefficient` takes them.
    drivers : tuple of str
        Names out of "dW", "I10", "A", "rest", taken from noise of a layout; empty: the noise as it
        comes.
    reading : bool
        Whether args ends in lambda, which goes to the function as a last argument and not to the
        user's functions.
    """

    function: Any
    functions: tuple[tuple[Any, str], ...] = ()
    drivers: tuple[str, ...] = ()
    reading: bool = False


@memoise
def coefficient(function: Any, kind: str) -> Any:
    """f(t, x, *args) of a user as a leaf: the user sees a float or a plain tuple, the scheme a
    float, Vec or Mat.

    `kind` is "scalar" (float to float), "vector" (tuple to Vec), "matrix" (rows to Mat) or "tensor"
    (rows of rows to Mat). Functions that are written for floats of their own ("function of t and
    w", "function of w") or for Vec ("lanes") are taken as they are.
    """
    inner = compiled(plain(function))
    if kind in ("function of t and w", "function of w", "lanes"):
        return inner
    if kind == "scalar":
        return leaf(lambda t, x, *args: vec(inner(t, x, *args)))
    if kind == "vector":
        return leaf(lambda t, x, *args: vec(inner(t, x.items, *args)))
    if kind == "matrix":
        return leaf(lambda t, x, *args: mat(inner(t, x.items, *args)))
    return leaf(lambda t, x, *args: tensor(inner(t, x.items, *args)))


@memoise
def observer(observe: Any) -> Any:
    """The leaf observe(t, x, args) from a Python function that may return a tuple."""
    seen = compiled(observe)
    return leaf(lambda t, x, args: vec(seen(t, x, args)))


@memoise
def tester(test: Any, dim: int) -> Any:
    """The leaf test(state) -> float from a user's function of a float, or of a tuple for a system."""
    inner = compiled(plain(test))
    return leaf(lambda x: vec(inner(x))) if dim == 0 else leaf(lambda x: vec(inner(x.items)))


def advancer(step: Step, layout: Layout | None = None) -> Any:
    """The leaf advance(t, dt, x, noise, args) of a step."""
    return _advance(
        step.function, step.functions, step.drivers, step.reading, layout and astuple(layout)
    )


@memoise
def _advance(
    function: Any,
    functions: tuple[tuple[Any, str], ...],
    drivers: tuple[str, ...],
    reading: bool,
    rows: tuple[Any, ...] | None,
) -> Any:
    others = 3 + max(len(drivers), 1) + 1 + reading  # t, x, dt, the drivers, args, lambda
    inner = _given(
        compiled(function), [coefficient(user, kind) for user, kind in functions], others
    )
    if not drivers:
        return leaf(lambda t, dt, x, noise, args: vec(inner(t, x, dt, noise, args)))
    assert rows is not None
    driven = _tupled(Layout(*rows).pick(drivers))
    if reading:
        return leaf(
            lambda t, dt, x, noise, args: vec(
                inner(*((t, x, dt) + driven(noise) + (args[:-1], args[-1])))
            )
        )
    return leaf(
        lambda t, dt, x, noise, args: vec(inner(*((t, x, dt) + driven(noise) + (args[:-1],))))
    )


def _tupled(picks: tuple[Any, ...]) -> Any:
    """The leaf noise -> tuple of what the picks take from it."""
    first = picks[0]
    if len(picks) == 1:
        return leaf(lambda noise: (first(noise),))
    rest = _tupled(picks[1:])
    return leaf(lambda noise: (first(noise),) + rest(noise))


# Written out by the number of arguments that remain: through *args a function would sit in a tuple,
# which Numba has no settled type for.
_BOUND = {
    4: lambda f, g: leaf(lambda a, b, c, d: f(g, a, b, c, d)),
    5: lambda f, g: leaf(lambda a, b, c, d, e: f(g, a, b, c, d, e)),
    6: lambda f, g: leaf(lambda a, b, c, d, e, k: f(g, a, b, c, d, e, k)),
    7: lambda f, g: leaf(lambda a, b, c, d, e, k, m: f(g, a, b, c, d, e, k, m)),
    8: lambda f, g: leaf(lambda a, b, c, d, e, k, m, n: f(g, a, b, c, d, e, k, m, n)),
    9: lambda f, g: leaf(lambda a, b, c, d, e, k, m, n, p: f(g, a, b, c, d, e, k, m, n, p)),
}


def _given(step: Any, parts: list[Any], others: int) -> Any:
    """The leaf with its first arguments, functions, given; `others` follow them."""
    for i, part in enumerate(parts):
        step = _BOUND[others + len(parts) - i - 1](step, part)
    return step


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


@contextmanager
def explained(functions: tuple[tuple[Any, str], ...]) -> Iterator[None]:
    """Turn Numba's pages about a function it cannot compile into a TypeError that names the
    function and the reason.
    """
    try:
        yield
    except Exception as error:
        if not (isinstance(error, NumbaError) or _raised_by_numba(error)):
            raise
        reasons = [
            line.strip()
            for line in str(error).splitlines()
            if line.strip() and "nopython" not in line
        ]
        places = ", ".join(
            f"{plain(f).__name__} (line {plain(f).__code__.co_firstlineno} of "
            f"{plain(f).__code__.co_filename})"
            for f, _ in functions
        )
        raise CannotCompile(
            f"cannot compile {places or 'this problem'}: {' '.join(reasons)[:200]}",
            "write it for floats with math or np, x[0], x[1], ... and tuples; no arrays, lists or "
            "objects "
            "inside",
        ) from error


def state(t: float, x: Any, args: Any) -> Any:
    """Observe the state itself."""
    return x
