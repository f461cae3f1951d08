"""From a scheme, a sum or a sampler to its block step: what a problem compiles.

A *block step* takes 256 paths over one time step, `void(t, dt, x[rows, 256], noise[width, 256],
words)`. It is the loop over the lanes around a `Step`, with the user's functions inlined; the words
are lambda and the parameters. An *observer* maps the state to the numbers that are kept of it. Both
stand behind pointers, and the time loop calls them without knowing what they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import float64, int64, void
from numba.core.errors import NumbaError

from stochcalc.engine.compiler.fingerprint import plain
from stochcalc.engine.compiler.jit import leaf
from stochcalc.engine.compiler.memoise import memoise
from stochcalc.engine.compiler.pointers import Pointer, machine_code, pointer
from stochcalc.engine.compiler.words import kind_of, reader
from stochcalc.engine.functions.user_function import compiled
from stochcalc.engine.random.drivers import Place, picker
from stochcalc.engine.registers.slopes import tensor
from stochcalc.engine.registers.vec import load, mat, store, vec
from stochcalc.engine.statistics import LANES

BLOCK_STEP = void(float64, float64, float64[:, ::1], float64[:, ::1], int64[::1])
OBSERVE = void(float64, float64[:, ::1], int64[::1], float64[:, ::1])
COMPARE = void(float64[:, ::1], float64[:, ::1], float64[::1])

row_step = pointer(BLOCK_STEP)  # decorates a block step of the package that works on whole rows

AS_THEY_ARE = ("function of t and w", "function of w", "lanes")
KINDS = ("scalar", "vector", "matrix", "tensor", *AS_THEY_ARE)


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
        Names out of "dW", "I10", "A", "V", "rest", taken from noise of a layout; empty: the noise
        as it comes.
    reading : bool
        Whether the function takes lambda as a last argument.
    field : routine, optional
        field(t, x, args, noise) writes forces at the states x of all lanes into the last rows of
        the noise, before the function runs: for a force that is itself a loop, such as the score of
        a hundred Gaussians, which would make the loop over lanes an outer one, and LLVM does not
        vectorise those.
    forces : int
        Rows that the field writes.
    arrays : bool
        Whether the functions take arrays of many paths instead of the numbers of one.
    """

    function: Any
    functions: tuple[tuple[Any, str], ...] = ()
    drivers: tuple[str, ...] = ()
    reading: bool = False
    field: Any = None
    forces: int = 0
    arrays: bool = False


@memoise
def coefficient(function: Any, kind: str) -> Any:
    """f(t, x, *args) of a user as a leaf: the user sees a float or a plain tuple, the scheme a
    float, Vec or Mat.

    `kind` is "scalar" (float to float), "vector" (tuple to Vec), "matrix" (rows to Mat) or "tensor"
    (rows of rows to Mat). Functions that are written for floats of their own ("function of t and
    w", "function of w") or for Vec ("lanes") are taken as they are.
    """
    inner = compiled(plain(function))
    if kind in AS_THEY_ARE:
        return inner
    if kind == "scalar":
        return leaf(lambda t, x, *args: vec(inner(t, x, *args)))
    if kind == "vector":
        return leaf(lambda t, x, *args: vec(inner(t, x.items, *args)))
    if kind == "matrix":
        return leaf(lambda t, x, *args: mat(inner(t, x.items, *args)))
    if kind == "tensor":
        return leaf(lambda t, x, *args: tensor(inner(t, x.items, *args)))
    raise ValueError(f"kind={kind!r} is none of {', '.join(KINDS)}")


def parameters(lam: float, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return what a block step finds in its words: lambda and the parameters."""
    return (float(lam), _contiguous(args))


def _contiguous(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_contiguous(item) for item in value)
    return np.ascontiguousarray(value) if isinstance(value, np.ndarray) else value


def block_step(step: Step, places: tuple[Place, ...], rows: int, dim: int, args: Any) -> Pointer:
    """Return the pointer of a step's loop over the lanes.

    Parameters
    ----------
    places
        Where its drivers stand in the noise.
    rows : int
        For a step without drivers: the rows of noise it takes, 0 for one as a plain float.
    dim : int
        Components of the state, 0 for a plain float.
    args : tuple
        The parameters; what matters here is their kinds.
    """
    kind = kind_of(parameters(0.0, args))
    taken = places if step.drivers else (("rows", 0, rows),)
    field = (step.field, step.forces)
    parts = (step.function, step.functions, taken, step.reading, field, dim, str(kind))
    return machine_code(
        BLOCK_STEP, ("block step", *parts), lambda: _lane_loop(step, taken, dim, kind)
    )


def _lane_loop(step: Step, places: tuple[Place, ...], dim: int, kind: Any) -> Any:
    """Return the loop over the lanes: what is compiled for a problem."""
    read = reader(kind)
    functions = [coefficient(function, kind) for function, kind in step.functions]
    others = 3 + len(places) + 1 + step.reading  # t, x, dt, the drivers, args, lambda
    move = bind(compiled(step.function), functions, others)
    drive = tuple_of([picker(place) for place in places])
    field = step.field or no_field
    if step.reading:

        def block_with_lambda(t, dt, x, noise, words):
            lam, args = read(words)
            field(t, x, args, noise)
            for lane in range(LANES):
                here = (t, load(x, lane, dim), dt)
                store(x, lane, vec(move(*(here + drive(noise, lane) + (args, lam)))))

        return block_with_lambda

    def block(t, dt, x, noise, words):
        _, args = read(words)
        field(t, x, args, noise)
        for lane in range(LANES):
            here = (t, load(x, lane, dim), dt)
            store(x, lane, vec(move(*(here + drive(noise, lane) + (args,)))))

    return block


@leaf
def no_field(t, x, args, noise):
    """The field of a step that has none."""


def tuple_of(picks: list[Any]) -> Any:
    """Return the leaf (noise, lane) -> tuple of what the picks take from the noise."""
    take = picks[0]
    if len(picks) == 1:
        return leaf(lambda noise, lane: (take(noise, lane),))
    rest = tuple_of(picks[1:])
    return leaf(lambda noise, lane: (take(noise, lane),) + rest(noise, lane))


def observer(observe: Any, dim: int, args: Any) -> Pointer:
    """Return the pointer of the loop over the lanes around observe(t, x, args)."""
    kind = kind_of(parameters(0.0, args))

    def build() -> Any:
        read = reader(kind)
        look = compiled(observe)

        def block(t, x, words, seen):
            _, values = read(words)
            for lane in range(LANES):
                store(seen, lane, vec(look(t, load(x, lane, dim), values)))

        return block

    return machine_code(OBSERVE, ("observer", observe, dim, str(kind)), build)


def comparison(test: Any, dim: int) -> Pointer:
    """Return the pointer of the loop over the lanes around test(x) - test(y), a user's test."""

    def build() -> Any:
        function = compiled(plain(test))
        if dim == 0:
            value = leaf(lambda x: vec(function(x)))
        else:
            value = leaf(lambda x: vec(function(x.items)))

        def block(x, y, error):
            for lane in range(LANES):
                error[lane] = value(load(x, lane, dim)) - value(load(y, lane, dim))

        return block

    return machine_code(COMPARE, ("comparison", test, dim), build)


# Written out by the number of arguments that remain: through *args a function would sit in a tuple,
# which Numba has no settled type for. Two functions at a time, since most schemes take two, and
# each leaf costs some milliseconds to compile.
_BIND_ONE = {
    4: lambda f, g: leaf(lambda a, b, c, d: f(g, a, b, c, d)),
    5: lambda f, g: leaf(lambda a, b, c, d, e: f(g, a, b, c, d, e)),
    6: lambda f, g: leaf(lambda a, b, c, d, e, k: f(g, a, b, c, d, e, k)),
    7: lambda f, g: leaf(lambda a, b, c, d, e, k, m: f(g, a, b, c, d, e, k, m)),
    8: lambda f, g: leaf(lambda a, b, c, d, e, k, m, n: f(g, a, b, c, d, e, k, m, n)),
    9: lambda f, g: leaf(lambda a, b, c, d, e, k, m, n, p: f(g, a, b, c, d, e, k, m, n, p)),
}
_BIND_TWO = {
    4: lambda f, g, h: leaf(lambda a, b, c, d: f(g, h, a, b, c, d)),
    5: lambda f, g, h: leaf(lambda a, b, c, d, e: f(g, h, a, b, c, d, e)),
    6: lambda f, g, h: leaf(lambda a, b, c, d, e, k: f(g, h, a, b, c, d, e, k)),
    7: lambda f, g, h: leaf(lambda a, b, c, d, e, k, m: f(g, h, a, b, c, d, e, k, m)),
    8: lambda f, g, h: leaf(lambda a, b, c, d, e, k, m, n: f(g, h, a, b, c, d, e, k, m, n)),
    9: lambda f, g, h: leaf(lambda a, b, c, d, e, k, m, n, p: f(g, h, a, b, c, d, e, k, m, n, p)),
}


def bind(step: Any, parts: list[Any], others: int) -> Any:
    """Return the leaf with its first arguments, functions, given; `others` follow them."""
    if len(parts) == 0:
        return step
    if len(parts) == 1:
        return _BIND_ONE[others](step, parts[0])
    remaining = others + len(parts) - 2
    return bind(_BIND_TWO[remaining](step, parts[0], parts[1]), parts[2:], others)


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


def state(t: float, x: Any, args: Any) -> Any:
    """Observe the state itself."""
    return x
