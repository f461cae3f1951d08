r"""Ito's formula: the limit of Riemann sums, and what the formula leaves over on a grid.

For f(t, w) = F'(w), a function of w alone, the Riemann sums at the evaluation point lambda tend to

    F(W_T) - F(0) + (lambda - 1/2) int f'(W) dt

and at lambda = 0 this is Ito's formula: the integral of f dW is F(W_T) - F(0) - 1/2 int f'(W) dt.

Source: Evans, An Introduction to Stochastic Differential Equations (AMS 2013), section 4.3.
"""

from __future__ import annotations

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
from stochcalc.typing import (
    Array,
    ArrayOrMoments,
    FunctionOfValue,
    Noise,
    Number,
    Observer,
    Parameters,
    State,
    Workers,
)


def riemann_limit(
    F: FunctionOfValue,
    df: FunctionOfValue,
    W: BrownianPaths,
    lam: float,
    *,
    workers: Workers = None,
) -> Array:
    r"""Return the limit of `riemann_sum` of f = F', one per path.

    Parameters
    ----------
    F : callable F(w)
        The antiderivative of f, a function of w alone; it is compiled.
    df : callable df(w)
        The derivative of f, which is F''; it is compiled.
    W : BrownianPaths
        One component. The integral over time is the trapezoid rule on its grid.
    lam : float in [0, 1]
        The evaluation point: 0 Ito, 1/2 Stratonovich, 1 backward.
    workers : int, optional
        Number of threads; all CPUs by default.

    Returns
    -------
    ndarray, shape (paths,)

    Raises
    ------
    TypeError, ValueError
        For bad arguments; if df is not the second derivative of F.

    Notes
    -----
    .. math:: F(W_T) - F(0) + (\lambda - \tfrac12) \int_0^T f'(W_t) \, dt

    References
    ----------
    Evans (2013), section 4.3, Ito's chain rule.

    Examples
    --------
    >>> import numpy as np
    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(n=4, paths=2, rng=1)
    >>> limit = riemann_limit(lambda w: 0.5 * w * w, lambda w: 1.0, W, lam=0.0)
    >>> bool(np.allclose(limit, 0.5 * W.values[:, -1] ** 2 - 0.5))
    True
    """
    lam = checks.number("lam", lam, least=0.0, most=1.0)
    check_motion("W", W, 1)
    probe("F", F, 0.0, 0.0, called="(w)")
    probe("df", df, 0.0, 0.0, called="(w)")
    check_derivative("df", df, "F", F, order=2)
    step = Step(add_trapezoid_rule, ((df, "function of w"),))
    job = march_along(W, step, dim=2, kept=1, args=(lam,), observe=observe_limit(F))
    rows = runner.rows_or_warn(
        job, "integrals of df", "df is not finite along them", workers=workers
    )
    return rows[:, 0]


def ito_residual(
    F: FunctionOfValue,
    f: FunctionOfValue,
    df: FunctionOfValue,
    W: BrownianPaths,
    *,
    save: str = "all",
    workers: Workers = None,
) -> ArrayOrMoments:
    r"""Return what Ito's formula leaves over on a grid, one number per path.

    Parameters
    ----------
    F : callable F(w)
        A function of w alone; it is compiled, like f and df.
    f : callable f(w)
        Its derivative F'.
    df : callable df(w)
        Its second derivative F''.
    W : BrownianPaths
        One component.
    save : {"all", "stats"}
        "stats" returns Moments over the paths and stores nothing.
    workers : int, optional
        Number of threads; all CPUs by default.

    Returns
    -------
    ndarray, shape (paths,); or Moments

    Raises
    ------
    TypeError, ValueError
        For bad arguments; if f is not the derivative of F, or df not that of f.

    Notes
    -----
    .. math:: F(W_T) - F(0) - \sum_k f(W_k) \Delta W_k - \tfrac12 \sum_k f'(W_k) \Delta t_k

    It tends to 0 with mean square 1/2 sum dt_k^2 E f'(W_k)^2 to leading order; for f = w^2 the mean
    square is sum (2 t_k dt_k^2 + 5/3 dt_k^3) exactly. Without the last term the sums tend to
    1/2 int f'(W) dt instead, which is not 0 in general.

    References
    ----------
    Evans (2013), section 4.3, Ito's chain rule.

    Examples
    --------
    >>> import numpy as np
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
    job = make_ito_job(f, df, W, observe_residual(F), 1, save_rows=stored)
    rows, state = runner.run(job, workers=workers)
    runner.warn_nonfinite(state, W.paths, "residuals", "F, f or df is not finite along them")
    if rows is None:
        return Moments(state.record)
    return rows[:, 0]


def add_trapezoid_rule(
    df: FunctionOfValue, t: float, x: State, dt: float, noise: Noise, args: Parameters
) -> State:
    """Return (w, integral) after a step of int df(W) dt by the trapezoid rule."""
    w = x[0]
    integral = x[1]
    dW = noise[0]
    after = w + dW
    return after, integral + 0.5 * dt * (df(w) + df(after))


def observe_limit(F: FunctionOfValue) -> Observer:
    """Return an observer of F(W) - F(0) + (lam - 1/2) integral on the state (w, integral)."""

    def observe(t: float, x: State, args: Parameters) -> Number:
        w = x[0]
        integral = x[1]
        lam = args[0]
        return F(w) - F(0.0) + (lam - 0.5) * integral

    return observe


def add_ito_terms(
    f: FunctionOfValue,
    df: FunctionOfValue,
    t: float,
    x: State,
    dt: float,
    noise: Noise,
    args: Parameters,
) -> State:
    """Return (w, r) after a step of the sum r of f(W) dW + 1/2 f'(W) dt."""
    w = x[0]
    r = x[1]
    dW = noise[0]
    # dF = F'(W) dW + F''(W)/2 dt, with f = F' and df = F''
    return w + dW, r + f(w) * dW + 0.5 * df(w) * dt


def observe_residual(F: FunctionOfValue) -> Observer:
    """Return an observer of F(W) - F(0) - r on the state (w, r)."""

    def observe(t: float, x: State, args: Parameters) -> Number:
        w = x[0]
        r = x[1]
        return F(w) - F(0.0) - r

    return observe


def make_ito_job(
    f: FunctionOfValue,
    df: FunctionOfValue,
    W: BrownianPaths,
    observe: Observer,
    kept: int,
    *,
    save_rows: bool,
) -> March:
    """Return the march of sum f(W) dW + 1/2 sum f'(W) dt, observed at the end.

    Parameters
    ----------
    f, df : callable
        Functions of w alone: the integrand and its derivative.
    W : BrownianPaths
        One component.
    observe : callable observe(t, x, args)
        The observer of the state x = (w, r), where r is the sum.
    kept : int
        How many numbers it returns.
    save_rows : bool
        Whether to store what is observed; otherwise its statistics are kept.
    """
    functions = ((f, "function of w"), (df, "function of w"))
    return march_along(
        W,
        Step(add_ito_terms, functions),
        dim=2,
        kept=kept,
        observe=observe,
        save_rows=save_rows,
    )
