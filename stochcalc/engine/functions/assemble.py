"""From a scheme, a sum or a sampler to its block step: what a problem compiles.

A *block step* takes 256 paths over one time step, `void(t, dt, x[rows, 256], noise[width, 256],
words)`. It is the loop over the lanes around a `Step`, with the user's functions inlined; the words
are lambda and the parameters. An *observer* maps the state to the numbers that are kept of it. Both
are called through pointers by the time loop, which does not know what they are. Observers are made
in `observing`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import float64, int64, types, void
from numba.extending import intrinsic

from stochcalc.engine.compiler.calls import build_reader
from stochcalc.engine.compiler.fingerprint import unwrap
from stochcalc.engine.compiler.jit import leaf
from stochcalc.engine.compiler.memoise import memoise
from stochcalc.engine.compiler.numba_objects import CompiledFunction, Function, Kind
from stochcalc.engine.compiler.pointers import Pointer, find_or_compile, pointer
from stochcalc.engine.compiler.words import kind_of
from stochcalc.engine.functions.bind import bind
from stochcalc.engine.functions.running import build_running_loop, compile_running
from stochcalc.engine.functions.trials import Trial, compare, take_numbers
from stochcalc.engine.functions.user_function import compile_on_numbers
from stochcalc.engine.portable import Portable
from stochcalc.engine.random.driver_values import kind_of_driver, read_driver
from stochcalc.engine.random.layout import Place
from stochcalc.engine.registers.corrections import tensor
from stochcalc.engine.registers.lane_columns import load, store_state
from stochcalc.engine.registers.vec import mat, vec
from stochcalc.engine.statistics import LANES
from stochcalc.typing import Array, Parameters, RunningFunction, State, StepFunction

BLOCK_STEP = void(float64, float64, float64[:, ::1], float64[:, ::1], int64[::1])

row_step = pointer(BLOCK_STEP)  # decorates a block step of the package that works on whole rows

AS_THEY_ARE = ("float", "function of t and w", "function of w", "lanes")
KINDS = ("scalar", "vector", "matrix", "tensor", *AS_THEY_ARE)


@dataclass(frozen=True, eq=False)
class Step(Portable):
    """A step of a state over time: a function, the user functions it is made of, and its drivers.

    Attributes
    ----------
    function : callable
        function(*functions, t, x, dt, *drivers, args) -> x at t + dt.
    functions : tuple of (function, kind)
        The user's functions; the kinds are those that `compile_coefficient` takes.
    drivers : tuple of str
        Names out of "dW", "I10", "A", "V", "rest": what the function takes of the noise. Without
        names it takes the noise as it comes.
    reading : bool
        Whether the function takes lambda, the interpretation of the equation, as a last argument.
    field : routine, optional
        field(t, x, args, noise) writes forces at the states x of all lanes into the last rows of
        the noise, before the function runs. It serves forces that are loops themselves, such as
        the score of a hundred Gaussians: inside the loop over lanes they would make it an outer
        loop, and LLVM does not vectorise outer loops.
    forces : int
        Number of rows that the field writes.
    arrays : bool
        Whether the functions take arrays of many paths instead of the numbers of one.
    running : callable, optional
        running(t, r, x, y, dt, *args) -> r at t + dt, for the states x and y at both ends of the
        step: a statistic of the path, such as its integral, which lies in the rows after the state.
    beside : int
        Components of that statistic; 0 for a plain float, or where there is none.
    inside : tuple of (function, kind)
        The user's functions that `function` holds already, in the place of those in `functions`.
    place : callable, optional
        place(x, args) -> (x, args): what the user's functions get of the state and the parameters,
        if it is not all of them.
    """

    function: StepFunction
    functions: tuple[tuple[Function, str], ...] = ()
    drivers: tuple[str, ...] = ()
    reading: bool = False
    field: CompiledFunction | None = None
    forces: int = 0
    arrays: bool = False
    running: RunningFunction | None = None
    beside: int = 0
    inside: tuple[tuple[Function, str], ...] = ()
    place: Callable[[Array, Parameters], tuple[Array, Parameters]] | None = None

    @property
    def rows_beside(self) -> int:
        """The rows of the running statistic, which follow those of the state."""
        if self.running is None:
            return 0
        return max(self.beside, 1)

    def trials(self, t: float, x: Array, dim: int, args: Parameters) -> tuple[Trial, ...]:
        """Return the user's functions with what they get at a time t and a state x, shape (rows,).

        Functions of arrays and those that are written for Vec are left out.
        """
        if self.arrays:
            return ()
        if self.place is not None:
            x, args = self.place(x, args)
        trials = [
            Trial(function, _arguments(kind, t, x[: max(dim, 1)], dim, args))
            for function, kind in (*self.functions, *self.inside)
            if kind != "lanes"
        ]
        if self.running is not None:
            state = take_numbers(x[: max(dim, 1)], dim)
            statistic = take_numbers(x[max(dim, 1) :], self.beside)
            parameters = _make_contiguous(args)
            trials.append(Trial(self.running, (t, statistic, state, state, 1.0, *parameters)))
        return tuple(trials)


def _arguments(kind: str, t: float, x: Array, dim: int, args: Parameters) -> tuple[Any, ...]:
    """Return the arguments of a user's function of this kind, at a time t and a state x."""
    if kind == "function of w":
        return (float(x[0]),)
    if kind == "function of t and w":
        return (t, float(x[0]))
    if kind in ("scalar", "float"):
        dim = 0
    return (t, take_numbers(x, dim), *_make_contiguous(args))


@memoise
def compile_coefficient(function: Function, kind: str) -> CompiledFunction:
    """Return a user's f(t, x, *args) as a leaf that takes and returns what schemes work with.

    The user sees a float or a plain tuple, the scheme a float, a Vec or a Mat.

    Parameters
    ----------
    function : callable
        What the user gave.
    kind : str
        What it returns: "scalar" (any number, which becomes a float), "vector" (a tuple, which
        becomes a Vec), "matrix" (rows, which become a Mat) or "tensor" (rows of rows, which become
        a Mat). Functions that return floats ("float", "function of t and w", "function of w") and
        those that are written for Vec ("lanes") are taken as they are.

    Raises
    ------
    ValueError
        For another kind.
    """
    inner = compile_on_numbers(unwrap(function))
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


def join_parameters(lam: float, args: Parameters) -> tuple[float, Parameters]:
    """Return what a block step finds in its words: lambda and the parameters."""
    return (float(lam), _make_contiguous(args))


def _make_contiguous(value: Any) -> Any:
    """Return a parameter with its arrays C-contiguous, as they are where they were so already."""
    if isinstance(value, tuple):
        return tuple(_make_contiguous(item) for item in value)
    if isinstance(value, np.ndarray):
        return np.ascontiguousarray(value)
    return value


def compile_block_step(
    step: Step, places: Sequence[Place], rows: int, dim: int, args: Parameters, start: Array
) -> Pointer:
    """Return the pointer of a step's loop over the lanes.

    Parameters
    ----------
    step : Step
        The step, with functions of numbers.
    places : sequence of tuples
        Where each of its drivers is found in the rows of the noise.
    rows : int
        For a step without drivers: the rows of noise it takes, 0 for one as a plain float.
    dim : int
        Components of the state, 0 for a plain float.
    args : tuple
        The parameters; what matters for the code is their kinds.
    start : ndarray
        Time and state of the start, (t, x[0], x[1], ...): where the compiled values of the user's
        functions are compared with Python's.

    Raises
    ------
    ValueError
        If they differ.
    """
    kind = kind_of(join_parameters(0.0, args))
    if step.drivers:
        taken = tuple(places)
    else:
        taken = (("rows", 0, rows),)
    field = (step.field, step.forces)
    beside = (step.running, step.beside)
    parts = (step.function, step.functions, taken, step.reading, field, beside, dim, str(kind))
    trials = step.trials(float(start[0]), start[1:], dim, args)
    made = find_or_compile(
        BLOCK_STEP,
        ("block step", *parts),
        lambda: build_lane_loop(step, taken, dim, kind),
        watched=tuple(trial.watched for trial in trials),
        find_leaf=compile_on_numbers,
    )
    compare(made, trials)
    return made


def build_lane_loop(step: Step, places: tuple[Place, ...], dim: int, kind: Kind) -> Function:
    """Return the loop over the lanes: what is compiled for a problem."""
    read = build_reader(kind)
    move = bind_step(step, len(places))
    gather = build_gatherer(places, step.reading)
    field = step.field
    if field is None:
        field = _no_field
    if step.running is not None:
        update = compile_running(step.running, step.beside, dim)
        return build_running_loop((read, gather, move, field, update), step.beside, dim)

    def block(t, dt, x, noise, words):
        lam, args = read(words)
        field(t, x, args, noise)
        for lane in range(LANES):
            before = load(x, lane, dim)
            given = gather(t, before, dt, noise, lane, args, lam)
            store_state(x, lane, vec(move(*given)), before)

    return block


def bind_step(step: Step, drivers: int) -> CompiledFunction:
    """Return a step of so many drivers as a leaf, with the user's functions in their places."""
    functions = [compile_coefficient(function, kind) for function, kind in step.functions]
    others = 3 + drivers + 1  # t, x, dt, the drivers, args
    if step.reading:
        others += 1  # lambda
    return bind(compile_on_numbers(step.function), functions, others)


@intrinsic
def _no_field(typingctx, t, x, args, noise):
    """Write no forces: the field of a step that has none."""
    return types.void(t, x, args, noise), lambda context, *rest: context.get_dummy_value()


def build_gatherer(places: tuple[Place, ...], reading: bool) -> CompiledFunction:
    """Return an intrinsic that gathers what a step takes into one tuple.

    The tuple is (t, x, dt, *drivers, args), with lambda at the end for a step that reads it.
    """
    drivers = [kind_of_driver(place) for place in places]

    @intrinsic
    def gather(typingctx, t, x, dt, noise, lane, args, lam):
        last = [args]
        if reading:
            last.append(lam)
        kinds = types.Tuple([t, x, dt, *drivers, *last])

        def codegen(context, builder, signature, given):
            array, column = given[3:5]
            taken = [read_driver(context, builder, place, noise, array, column) for place in places]
            values = [*given[:3], *taken, *given[5 : 5 + len(last)]]
            return context.make_tuple(builder, kinds, values)

        return kinds(t, x, dt, noise, types.intp, args, lam), codegen

    return gather


def observe_state(t: float, x: State, args: Parameters) -> State:
    """Observe the state itself."""
    return x
