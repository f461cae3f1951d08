"""From a scheme, a sum or a sampler to its block step: what a problem compiles.

A *block step* takes 256 paths over one time step, `void(t, dt, x[rows, 256], noise[width, 256],
words)`. It is the loop over the lanes around a `Step`, with the user's functions inlined; the words
are lambda and the parameters. An *observer* maps the state to the numbers that are kept of it. Both
stand behind pointers, and the time loop calls them without knowing what they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import float64, int64, types, void
from numba.extending import intrinsic

from stochcalc.engine.compiler.fingerprint import plain
from stochcalc.engine.compiler.jit import leaf
from stochcalc.engine.compiler.memoise import memoise
from stochcalc.engine.compiler.pointers import Pointer, machine_code, pointer
from stochcalc.engine.compiler.words import kind_of, reader
from stochcalc.engine.functions.bind import bind
from stochcalc.engine.functions.user_function import compiled
from stochcalc.engine.random.driver_values import kind_of_driver, read_driver
from stochcalc.engine.random.drivers import Place
from stochcalc.engine.registers.corrections import tensor
from stochcalc.engine.registers.lane_columns import load, store, store_state
from stochcalc.engine.registers.vec import mat, vec
from stochcalc.engine.statistics import LANES

BLOCK_STEP = void(float64, float64, float64[:, ::1], float64[:, ::1], int64[::1])
OBSERVE = void(float64, float64[:, ::1], int64[::1], float64[:, ::1])
COMPARE = void(float64[:, ::1], float64[:, ::1], float64[::1])

row_step = pointer(BLOCK_STEP)  # decorates a block step of the package that works on whole rows

AS_THEY_ARE = ("float", "function of t and w", "function of w", "lanes")
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

    `kind` is "scalar" (any number to a float), "vector" (tuple to Vec), "matrix" (rows to Mat) or
    "tensor" (rows of rows to Mat). Functions that return floats ("float", "function of t and w",
    "function of w") and those that are written for Vec ("lanes") are taken as they are.
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
    gather = _gatherer(places, step.reading)
    field = step.field or _no_field

    def block(t, dt, x, noise, words):
        lam, args = read(words)
        field(t, x, args, noise)
        for lane in range(LANES):
            before = load(x, lane, dim)
            given = gather(t, before, dt, noise, lane, args, lam)
            store_state(x, lane, vec(move(*given)), before)

    return block


@intrinsic
def _no_field(typingctx, t, x, args, noise):
    """The field of a step that has none."""
    return types.void(t, x, args, noise), lambda context, *rest: context.get_dummy_value()


def _gatherer(places: tuple[Place, ...], reading: bool) -> Any:
    """Return an intrinsic: the tuple of what a step takes, (t, x, dt, *drivers, args), and lambda
    at the end for one that reads it.
    """
    drivers = [kind_of_driver(place) for place in places]

    @intrinsic
    def gather(typingctx, t, x, dt, noise, lane, args, lam):
        last = [args, lam] if reading else [args]
        kinds = types.Tuple([t, x, dt, *drivers, *last])

        def codegen(context, builder, signature, given):
            array, column = given[3:5]
            taken = [read_driver(context, builder, place, noise, array, column) for place in places]
            values = [*given[:3], *taken, *given[5 : 5 + len(last)]]
            return context.make_tuple(builder, kinds, values)

        return kinds(t, x, dt, noise, types.intp, args, lam), codegen

    return gather


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


def state(t: float, x: Any, args: Any) -> Any:
    """Observe the state itself."""
    return x
