"""The squared distance of a Riemann sum from its limit, as a job, and its exact mean for W dW."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np

from stochcalc.engine import arrays, checks
from stochcalc.engine.functions.derivatives import check_derivative
from stochcalc.engine.functions.probe import probe
from stochcalc.engine.given_values import read_entries
from stochcalc.engine.loop.march import March
from stochcalc.engine.portable import portable
from stochcalc.engine.words import show
from stochcalc.integrals.riemann_jobs import RiemannSum
from stochcalc.motion.paths import BrownianPaths
from stochcalc.typing import FunctionOfPath, FunctionOfValue, Observer, Parameters, State

Limit: TypeAlias = tuple[FunctionOfValue, FunctionOfValue]  # (F, df) with F' = f and df = f'


def check_lams(lam: float | Sequence[float]) -> list[float]:
    """Return the evaluation points of a study as a list of different numbers in [0, 1]."""
    given = [lam]
    if isinstance(lam, Iterable) and not isinstance(lam, str) and arrays.count_axes(lam) > 0:
        given = read_entries("lam", lam)
    lams = [checks.number("lam", value, least=0.0, most=1.0) for value in given]
    if len(set(lams)) < len(lams):
        raise ValueError(f"lam={lams} names a value twice: each once")
    return lams


def check_limit(limit: Limit) -> None:
    """Check that a limit is a pair (F, df) of functions of w, and that df is F''."""
    if not isinstance(limit, tuple) or len(limit) != 2:
        raise TypeError(f"limit={show(limit)} must be a pair (F, df) of functions of w")
    F, df = limit
    probe("limit[0]", F, 0.0, 0.0, called="(w)")
    probe("limit[1]", df, 0.0, 0.0, called="(w)")
    check_derivative("limit[1]", df, "limit[0]", F, order=2)


def is_identity(f: FunctionOfPath) -> bool:
    """Tell whether f(t, w) returns w itself, whatever w is.

    The function is called with two objects that allow no arithmetic: a function that computes
    anything with them fails, and one that returns the second unchanged is f(t, w) = w.
    """
    t: Any = object()
    w: Any = object()
    try:
        return f(t, w) is w
    except TypeError:
        return False


def squared_error(t: float, x: State, args: Parameters) -> State:
    """Observe (R - W_T^2/2 - (lambda - 1/2) T)^2 on the state (W, R)."""
    error = x[1] - 0.5 * x[0] * x[0] - (args[0] - 0.5) * t
    return error * error


def squared_distance_from_limit(t: float, x: State, args: Parameters) -> State:
    """Observe (R - S)^2 on the state (W, R, S), where S is the limit."""
    error = x[1] - x[2]
    return error * error


@portable
def squared_distance_from_formula(F: FunctionOfValue) -> Observer:
    """Return an observer of (R - F(W) + F(0) - (lambda - 1/2) I)^2 on the state (W, R, I).

    I is the trapezoid sum of f'(W) dt, and lambda is the first of the args.
    """

    def squared_distance(t: float, x: State, args: Parameters) -> State:
        error = x[1] - (F(x[0]) - F(0.0) + (args[0] - 0.5) * x[2])
        return error * error

    return squared_distance


def error_factor(lam: float, at: str) -> float:
    """Return the mean square error of a Riemann sum of W dW, in units of T dt."""
    if at == "time":
        return (lam**2 + (1 - lam) ** 2) / 2
    return 2 * (lam - 0.5) ** 2


def error_job(
    f: FunctionOfPath,
    W: BrownianPaths,
    lam: float,
    at: str,
    limit: Limit | None,
    *,
    identity: bool,
) -> March:
    """Return the job that records the squared distance of a Riemann sum from its limit.

    Parameters
    ----------
    f : callable f(t, w)
        The integrand.
    W : BrownianPaths
        The motion.
    lam : float
        The evaluation point.
    at : {"time", "value"}
        Whether f is taken at a point of time, or blended from its values at the ends of the step.
    limit : (F, df), optional
        The antiderivative and the derivative of f, for a limit on the grid. Without it the limit is
        made from f alone, with what happens inside the steps.
    identity : bool
        Whether f is w: the limit is then W_T^2/2 + (lambda - 1/2) T.
    """
    end = np.array([W.partition.n])
    if limit is None and not identity:
        sums = RiemannSum(f=f, W=W, lam=lam, at=at, limit=True)
        return sums.job(squared_distance_from_limit, 1, end, save_rows=False)
    if limit is None:
        return RiemannSum(f=f, W=W, lam=lam, at=at).job(squared_error, 1, end, save_rows=False)
    F, df = limit
    sums = RiemannSum(f=f, W=W, lam=lam, at=at, df=df)
    return sums.job(squared_distance_from_formula(F), 1, end, save_rows=False)
