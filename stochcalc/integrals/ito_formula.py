"""Ito's formula: the limit of Riemann sums, and what the formula leaves over on a grid.

For f = F' the Riemann sums at the evaluation point lambda tend to

    F(W_T) - F(0) + (lambda - 1/2) int f'(W) dt

and at lambda = 0 this is Ito's formula: the integral of f dW is F(W_T) - F(0) - 1/2 int f'(W) dt.

Source: Evans, An Introduction to Stochastic Differential Equations (AMS 2013), section 4.3.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine import checks
from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.functions.derivatives import check_derivative
from stochcalc.engine.functions.probe import probe
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.march import March
from stochcalc.moments import Moments
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.marching import march_along
from stochcalc.motion.paths import BrownianPaths
from stochcalc.typing import ArrayOrMoments, Workers


def riemann_limit(
    F: Callable[[float], float],
    df: Callable[[float], float],
    W: BrownianPaths,
    lam: float,
    *,
    workers: int | None = None,
) -> NDArray[np.float64]:
    """Return F(W_T) - F(W_0) + (lam - 1/2) int_0^T df(W_t) dt, one per path.

    That is what `riemann_sum` of f = F' converges to.

    Parameters
    ----------
    F, df : callable
        Functions of w alone: the antiderivative of f, and its derivative F''. The time integral is
        the trapezoid on the grid of W.
    lam : float in [0, 1]

    Returns
    -------
    ndarray, shape (paths,)

    Raises
    ------
    TypeError, ValueError
        For bad arguments; if df is not the second derivative of F.
    """
    lam = checks.number("lam", lam, least=0.0, most=1.0)
    check_motion("W", W, 1)
    probe("F", F, 0.0, 0.0, called="(w)")
    probe("df", df, 0.0, 0.0, called="(w)")
    check_derivative("df", df, "F", F, order=2)
    step = Step(trapezoid, ((df, "function of w"),))
    job = march_along(W, step, dim=2, kept=1, args=(lam,), observe=limit_of(F))
    rows, state = runner.run(job, workers=workers)
    assert rows is not None
    runner.warn_nonfinite(state, W.paths, "integrals of df", "df is not finite along them")
    return rows[:, 0]


def ito_residual(
    F: Callable[[float], float],
    f: Callable[[float], float],
    df: Callable[[float], float],
    W: BrownianPaths,
    *,
    save: str = "all",
    workers: Workers = None,
) -> ArrayOrMoments:
    """Return what Ito's formula leaves over on a grid, one number per path.

    That is F(W_T) - F(0) - sum f(W_k) dW_k - 1/2 sum f'(W_k) dt_k. It tends to 0 with
    mean square 1/2 sum dt_k^2 E f'(W_k)^2 to leading order; for f = w^2 the mean square is
    sum (2 t_k dt_k^2 + 5/3 dt_k^3) exactly. Without the last term of the formula nothing tends to
    0.

    Parameters
    ----------
    F, f, df : callable
        Functions of w alone: F, f = F' and df = F''. They are compiled.
    save : {"all", "stats"}
        "stats" returns Moments over the paths and stores nothing.

    Returns
    -------
    ndarray, shape (paths,); or Moments

    Raises
    ------
    TypeError, ValueError
        For bad arguments; if f is not the derivative of F, or df not that of f.

    References
    ----------
    Evans (2013), section 4.3, Ito's chain rule.

    Examples
    --------
    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(n=4, paths=1, rng=1)
    >>> r = ito_residual(lambda w: 0.5 * w * w, lambda w: w, lambda w: 1.0, W)

    It is (sum dW^2 - T)/2 for this F.

    >>> bool(abs(r[0] - 0.5 * (np.sum(W.increments**2) - 1.0)) < 1e-12)
    True
    """
    check_motion("W", W, 1)
    for name, function in (("F", F), ("f", f), ("df", df)):
        probe(name, function, 0.0, 0.0, called="(w)")
    check_derivative("f", f, "F", F)
    check_derivative("df", df, "f", f)
    stored = checks.choice("save", save, ("all", "stats")) == "all"
    job = ito_job(F, f, df, W, residual_of(F), 1, save_rows=stored)
    rows, state = runner.run(job, workers=workers)
    runner.warn_nonfinite(state, W.paths, "residuals", "F, f or df is not finite along them")
    if rows is None:
        return Moments(state.record)
    return rows[:, 0]


def trapezoid(df: Any, t: float, x: Any, dt: float, noise: Any, args: Any) -> Any:
    """One step of int df(W) dt by the trapezoid rule: state (W, integral)."""
    after = x[0] + noise[0]
    return after, x[1] + 0.5 * dt * (df(x[0]) + df(after))


def limit_of(F: Any) -> Any:
    """Observe F(W) - F(0) + (lam - 1/2) integral on the state (W, integral)."""

    def observe(t: float, x: Any, args: Any) -> float:
        return F(x[0]) - F(0.0) + (args[0] - 0.5) * x[1]

    return observe


def ito_step(f: Any, df: Any, t: float, x: Any, dt: float, noise: Any, args: Any) -> Any:
    """One step of sum f(W) dW + 1/2 sum f'(W) dt: state (W, sum)."""
    return x[0] + noise[0], x[1] + f(x[0]) * noise[0] + 0.5 * df(x[0]) * dt


def residual_of(F: Any) -> Any:
    """Observe F(W) - F(0) - sum on the state (W, sum)."""

    def observe(t: float, x: Any, args: Any) -> float:
        return F(x[0]) - F(0.0) - x[1]

    return observe


def ito_job(
    F: Any, f: Any, df: Any, W: BrownianPaths, observe: Any, kept: int, *, save_rows: bool
) -> March:
    """The march behind Ito's formula, observed at the end."""
    functions = ((f, "function of w"), (df, "function of w"))
    return march_along(
        W, Step(ito_step, functions), dim=2, kept=kept, observe=observe, save_rows=save_rows
    )
