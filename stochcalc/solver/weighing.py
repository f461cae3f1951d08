r"""Weights of paths along a run: a change of measure, and killing at a rate.

Each path carries a weight Z = exp(L) that is 1 at the start. In the step from t_k to t_{k+1}, of
length h, with the increments dW of the motion,

    L += u(t_k, X_k) . dW - |u(t_k, X_k)|^2 h/2 - (V(t_k, X_k) + V(t_{k+1}, X_{k+1})) h/2

*A change of measure.* Given the path so far, dW is normal with mean 0 and variance h. A normal with
mean u h has a density that is exp(u . dW - |u|^2 h/2) times as large. So E Z f(X) is the mean of
f(Y), where Y is the same scheme driven by dW + u h, with u taken at the start of each step of Y.
For this scheme Girsanov's theorem is exact, at every number of steps; E Z is 1. The equation that
is driven by dW + u dt is approximated with the weak order 1, unless u is constant, because u is
frozen over a step.

*Killing.* A path that is killed at the rate V is alive at time t with the probability
exp(-int V ds), given the path. So E Z f(X) is the mean of f(X) over the paths that are alive. It is
the solution of an equation with a term -V u, by the formula of Feynman and Kac. The integral is the
sum of trapezoids.

`weights` reads the weights of a solution.

Sources: Karatzas and Shreve, Brownian Motion and Stochastic Calculus (1991), sections 3.5 and 5.7;
Kloeden and Platen (1992), section 16.2.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stochcalc.engine import checks
from stochcalc.engine.compiler.numba_objects import Function
from stochcalc.engine.functions.probe import check_function, probe
from stochcalc.engine.functions.returned import is_number
from stochcalc.engine.functions.trials import take_numbers
from stochcalc.engine.functions.watched import NEVER
from stochcalc.engine.loop.numpy_weights import LogWeight
from stochcalc.engine.portable import Portable
from stochcalc.engine.registers.choices import choose
from stochcalc.engine.registers.stacked_states import inner_product
from stochcalc.engine.registers.vec import vec
from stochcalc.engine.words import shorten, show
from stochcalc.solver.array_companions import check_columns_of_rows
from stochcalc.solver.fit import Fitted
from stochcalc.solver.optional_parameters import make_constant, take_parameters
from stochcalc.typing import (
    Array,
    Noise,
    Number,
    Observer,
    Parameters,
    State,
)


@dataclass(frozen=True, eq=False)
class Weight(Portable):
    """The watch of a weight; its mark is the logarithm of the weight.

    Attributes
    ----------
    girsanov : callable, or None
        u(t, x, *args): a number for one noise, or one for each component of dW.
    killing : callable, or None
        V(t, x, *args): the rate, a number.
    size : int
        Components of dW; 0 for a plain float.
    """

    girsanov: Function | None
    killing: Function | None
    size: int

    @property
    def parameters(self) -> tuple[float, ...]:
        """No parameters beside those of the equation."""
        return ()

    @property
    def marks(self) -> tuple[float, ...]:
        """The logarithm of the weight at the start."""
        return (0.0,)

    @property
    def stops(self) -> bool:
        """Whether it may stop a path: no."""
        return False

    @property
    def functions(self) -> tuple[tuple[Function, str], ...]:
        """The functions that were given."""
        given = (self.girsanov, self.killing)
        return tuple((function, "of the state") for function in given if function is not None)

    @property
    def noise(self) -> tuple[int, int]:
        """The rows of dW, which belong to the scheme as well."""
        return (0, self.size)

    def build(self, dim: int) -> Callable[..., Any]:
        """Return the function that looks at a step, see `Watch`."""
        gain = _gain_nothing
        if self.girsanov is not None:
            gain = _build_gain(self.girsanov, dim, self.size)
        loss = _lose_nothing
        if self.killing is not None:
            loss = _build_loss(self.killing, dim)

        def look(
            t: float, before: State, after: State, dt: float, marks: State, extra: Noise, args: Any
        ) -> tuple[State, State]:
            log = marks[0] + gain(t, before, dt, extra, args[0])
            log = log - loss(t, before, after, dt, args[0])
            # -inf is the weight 0 of a path that is surely dead, and no accident
            return after, (choose(log < -NEVER, -NEVER, log),)

        return look

    def build_observer(self, dim: int, rows: bool) -> Observer:
        """Return what observes the state and the logarithm, or statistics, see `Watch`."""
        if rows:
            return observe_state_and_log
        return _build_statistics_observer(dim)

    def count(self, dim: int, rows: bool) -> int:
        """Return how many numbers are observed: the state with log Z, or with Z and Z X."""
        size = max(dim, 1)
        if rows:
            return size + 1
        return size + 1 + size


# ---- the terms of a step


def _gain_nothing(t: float, x: State, dt: float, dW: Noise, own: Parameters) -> Number:
    """Return 0: the motion keeps its drift."""
    return 0.0


def _lose_nothing(t: float, x: State, y: State, dt: float, own: Parameters) -> Number:
    """Return 0: no path is killed."""
    return 0.0


def _build_gain(u: Function, dim: int, size: int) -> Callable[..., Any]:
    """Return gain(t, x, dt, dW, own) = u . dW - |u|^2 dt/2; `own` are the equation's parameters."""

    def of_number(t: float, x: State, dt: float, dW: Noise, own: Parameters) -> Number:
        value = 1.0 * u(t, x, *own)
        return value * dW - 0.5 * (value * value) * dt

    def of_one_noise(t: float, x: State, dt: float, dW: Noise, own: Parameters) -> Number:
        value = 1.0 * u(t, x.items, *own)
        return value * dW - 0.5 * (value * value) * dt

    def of_vector(t: float, x: State, dt: float, dW: Noise, own: Parameters) -> Number:
        values = vec(u(t, x.items, *own))
        return inner_product(values, dW) - 0.5 * inner_product(values, values) * dt

    if dim == 0:
        return of_number
    if size == 0:
        return of_one_noise
    return of_vector


def _build_loss(V: Function, dim: int) -> Callable[..., Any]:
    """Return loss(t, x, y, dt, own), the trapezoid of the rate V over a step from x to y."""

    def of_number(t: float, x: State, y: State, dt: float, own: Parameters) -> Number:
        return 0.5 * (V(t, x, *own) + V(t + dt, y, *own)) * dt

    def of_items(t: float, x: State, y: State, dt: float, own: Parameters) -> Number:
        return 0.5 * (V(t, x.items, *own) + V(t + dt, y.items, *own)) * dt

    if dim == 0:
        return of_number
    return of_items


# ---- what is observed


def observe_state_and_log(t: float, x: State, args: Parameters) -> State:
    """Observe the state with the logarithm of the weight below it."""
    return x


def _build_statistics_observer(dim: int) -> Observer:
    """Return the observer of the state, of the weight Z, and of Z times the state."""

    def observe_number(t: float, x: State, args: Parameters) -> State:
        z = math.exp(x[1])
        return x[0], z, z * x[0]

    def observe_items(t: float, x: State, args: Parameters) -> State:
        state = x.items[:dim]
        z = math.exp(x.items[dim])
        return state + (z,) + (z * vec(state)).items

    if dim == 0:
        return observe_number
    return observe_items


# ---- the functions, tried at the start


def check_weight(
    girsanov: object, killing: object, t: float, start: Array, problem: Fitted
) -> Weight | None:
    """Try the functions of a weight at the start, in plain Python; None if there are none.

    Parameters
    ----------
    girsanov, killing : callable, float, or None
        u(t, x, *args) and V(t, x, *args), functions of (t, x), or numbers.
    t : float
        The time of the start.
    start : ndarray, shape (max(dim, 1),)
        The first start.
    problem : Fitted
        The equation and its scheme.

    Raises
    ------
    TypeError, ValueError
        If one is no such function, fails or returns the wrong shape; if one of arrays gives a path
        another value when it is called with others.
    """
    if girsanov is None and killing is None:
        return None
    size = problem.layout.size
    shape: tuple[int, ...] = ()
    if size:
        shape = (size,)
    return Weight(
        girsanov=_try_function("girsanov", girsanov, t, start, shape, problem),
        killing=_try_function("killing", killing, t, start, (), problem),
        size=size,
    )


def _try_function(
    name: str, given: object, t: float, start: Array, shape: tuple[int, ...], problem: Fitted
) -> Function | None:
    """Return a function as one of (t, x, *args), after it was tried; None for none.

    A number, or a tuple of them for several noises, is the function with this value everywhere.
    """
    if given is None:
        return None
    if is_number(given) and not shape:
        return make_constant(checks.number(name, given))
    if shape and isinstance(given, tuple | list) and all(map(is_number, given)):
        if len(given) != shape[0]:
            raise ValueError(
                f"{name}={shorten(given)} has {len(given)} numbers, and the equation {shape[0]} "
                "components of dW: give one for each"
            )
        return make_constant(tuple(checks.number(f"{name}[{i}]", u) for i, u in enumerate(given)))
    _refuse_numbers(name, given, sum(shape))
    args = problem.args
    taken = take_parameters(name, check_function(name, given), args)
    if problem.sde.vectorized:
        check_columns_of_rows(name, taken, t, start, problem.dim > 0, args, sum(shape))
    else:
        probe(name, taken, t, take_numbers(start, problem.dim), args, shape=shape)
    return taken


def _refuse_numbers(name: str, given: object, components: int) -> None:
    """Refuse what is neither a function nor as many numbers as there are components of dW."""
    if callable(given):
        return
    wanted = "a number or a function of (t, x)"
    if components:
        wanted = f"a tuple of {components} numbers, one for each component of dW, or a function"
    raise TypeError(f"{name}={show(given)} must be {wanted}, such as {name}=lambda t, x: ...")


def make_log_weight(weight: Weight, how: str) -> LogWeight:
    """Return the weight for the loop in NumPy; `how` says how its functions are called."""
    return LogWeight(girsanov=weight.girsanov, killing=weight.killing, size=weight.size, how=how)
