"""Running statistics: numbers of the path that are made beside the state, step by step.

The payoff of an Asian option depends on the average of the path, that of a lookback option on its
maximum, that of a barrier option on whether it went beyond. Each of these is a number r that a step
from X_t = x to X_(t+dt) = y moves on to r(t + dt) = update(t, r, x, y, dt).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stochcalc.engine import checks
from stochcalc.engine.functions.probe import check_function, probe
from stochcalc.engine.functions.returned import check_shape, is_number
from stochcalc.engine.words import shorten
from stochcalc.solver.examine import Examined
from stochcalc.typing import RunningFunction, State, TestFunction


def _is_finite(value: Any) -> bool:
    """Say whether a number is a finite float; a whole number may be too large for one."""
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _is_statistic(value: object) -> bool:
    """Say whether a value is a finite number or a tuple of finite numbers."""
    if isinstance(value, tuple):
        return len(value) > 0 and all(is_number(item) and _is_finite(item) for item in value)
    return is_number(value) and _is_finite(value)


def _as_floats(start: State) -> State:
    """Return a number as a float, and a tuple of numbers as a tuple of floats."""
    if isinstance(start, tuple):
        return tuple(float(value) for value in start)
    return float(start)


@dataclass(frozen=True)
class RunningStatistic:
    r"""A number of the path, or several, that is made step by step beside the state.

    Parameters
    ----------
    update : callable `update(t, r, x, y, dt, *args)`
        The statistic at t + dt, from that at t, r, and the states x at t and y at t + dt; with the
        args of the SDE. It is written for floats with `math` or `np`, and compiled. For a system, x
        and y are x[0], x[1], ...; several statistics are a tuple, as r is.
    start : float, tuple of floats, or callable start(x0)
        The statistic at the start, or a function of the state there.
    weak_order : float
        The order at which its expectation on a grid tends to that in continuous time, on the exact
        path. The maximum over grid times, or whether they are beyond a barrier, has 1/2; a
        trapezoid rule has 2. `mlmc` estimates its bias with the smaller of this order and that of
        the scheme.

    Raises
    ------
    TypeError, ValueError
        For an update that is no function of five arguments or more, a start that is neither numbers
        nor a function, an order that is not positive.

    Notes
    -----
    On a grid t_0 < ... < t_n with the states X_k, the statistic is R_n in

    .. math::

        R_0 = \text{start}(X_0), \qquad R_{k+1} = \text{update}(t_k, R_k, X_k, X_{k+1}, \dd t).

    References
    ----------
    S. Asmussen, P. Glynn and J. Pitman, Ann. Appl. Probab. 5 (1995) 875, for the maximum; E. Gobet,
    Stochastic Processes and their Applications 87 (2000) 167, for barriers.
    [asmussen1995] [gobet2000]

    Examples
    --------
    The share of time that a path spends above 1:

    >>> import stochcalc as sc
    >>> above = sc.RunningStatistic(lambda t, r, x, y, dt: r + dt * (x > 1.0), start=0.0)
    >>> above.update(0.0, 0.0, 1.2, 0.9, 0.25)
    0.25
    """

    update: RunningFunction
    start: float | tuple[float, ...] | Callable[..., Any] = 0.0
    weak_order: float = 0.5

    def __post_init__(self) -> None:
        check_function("update", self.update)
        if not callable(self.start) and not _is_statistic(self.start):
            raise TypeError(
                f"start={shorten(self.start)} must be a number, a tuple of numbers, or a function "
                "of x0, such as start=lambda x0: x0"
            )
        order = checks.number("weak_order", self.weak_order, above=0.0)
        object.__setattr__(self, "weak_order", order)
        if not callable(self.start):
            object.__setattr__(self, "start", _as_floats(self.start))


# What a name in `running=` stands for, for scalar problems.
RUNNING = {
    "integral": RunningStatistic(
        lambda t, r, x, y, dt, *args: r + 0.5 * dt * (x + y), start=0.0, weak_order=2.0
    ),
    "maximum": RunningStatistic(lambda t, r, x, y, dt, *args: max(r, y), start=lambda x0: x0),
    "minimum": RunningStatistic(lambda t, r, x, y, dt, *args: min(r, y), start=lambda x0: x0),
}


@dataclass(frozen=True, eq=False)
class Beside:
    """A running statistic that has been tried at the start of a problem.

    Attributes
    ----------
    update : callable
        What moves it.
    start : float or tuple of floats
        Its value at the start.
    weak_order : float
        The order of its expectation on a grid.
    name : str
        What titles call it.
    """

    update: RunningFunction
    start: State
    weak_order: float
    name: str

    @property
    def dim(self) -> int:
        """Its components; 0 for a plain float."""
        if isinstance(self.start, tuple):
            return len(self.start)
        return 0

    @property
    def row(self) -> tuple[float, ...]:
        """Its value at the start, as a row of numbers."""
        if isinstance(self.start, tuple):
            return self.start
        return (self.start,)


def choose_running(
    running: str | RunningStatistic | None, problem: Examined, dt: float
) -> Beside | None:
    """Return the running statistic of a study, tried once at the start.

    Parameters
    ----------
    running : str, RunningStatistic or None
        What the user gave.
    problem : Examined
        The equation and its start.
    dt : float
        A step to try it with.

    Raises
    ------
    TypeError, ValueError
        For an unknown name, a name for a system, an update that fails or returns another shape
        than the statistic at the start has.
    """
    if running is None:
        return None
    name = "running statistic"
    if isinstance(running, str):
        name = f"running {running}"
        running = RUNNING[checks.choice("running", running, RUNNING)]
        if problem.dim:
            raise ValueError(
                f"{name!r} is for scalar problems, and x0 has {problem.dim} numbers: give "
                "running=sc.RunningStatistic(lambda t, r, x, y, dt: r + 0.5*dt*(x[0] + y[0]))"
            )
    if not isinstance(running, RunningStatistic):
        raise TypeError(
            f"running={shorten(running)} must be one of {', '.join(map(repr, RUNNING))}, or a "
            "sc.RunningStatistic(update, start)"
        )
    start = _find_start(running, problem.x)
    _try_update(running, problem, start, dt)
    return Beside(running.update, start, float(running.weak_order), name)


def check_test(test: TestFunction, problem: Examined, beside: Beside | None) -> None:
    """Try a test at the start: test(x), or test(x, r) with a running statistic.

    Raises
    ------
    TypeError, ValueError
        In the cases of `probe`.
    """
    if beside is None:
        probe("test", test, 0.0, problem.x, called="(x)")
        return
    probe("test", test, 0.0, problem.x, (beside.start,), called="(x, r)")


def _find_start(running: RunningStatistic, x0: State) -> State:
    """Return the statistic at the start as a float or a tuple of floats."""
    start = running.start
    if callable(start):
        start = start(x0)
    if not _is_statistic(start):
        raise ValueError(
            f"start(x0) of running= returned {shorten(start)} for x0={shorten(x0)}: it must "
            "return a finite number, or a tuple of them"
        )
    return _as_floats(start)


def _try_update(running: RunningStatistic, problem: Examined, start: State, dt: float) -> None:
    """Call the update once in plain Python, and refuse what it returns if it has another shape."""
    arguments = (problem.t, start, problem.x, problem.x, dt, *problem.sde.args)
    update = check_function("update", running.update)
    try:
        value = update(*arguments)
    except TypeError as error:
        raise TypeError(
            f"update of running= is called as update(t, r, x, y, dt, *args) with {len(arguments)} "
            f"arguments: {error}"
        ) from error
    shape = () if not isinstance(start, tuple) else (len(start),)
    where = f"update({', '.join(shorten(argument) for argument in arguments)})"
    check_shape("update of running=", where, value, shape)
