r"""The limit of Riemann sums of f(t, W) dW, on the grid of the path.

At the evaluation point lambda the sums of f(t, W) dW tend to

    int f(t, W) o dW + (lambda - 1/2) int f_w(t, W) dt

where the first integral is Stratonovich's. It obeys the rules of calculus: over a step it is the
ordinary integral of f over u from W_k to W_{k+1}, where f is the mean of f(t_k, u) and f(t_{k+1},
u), up to f_t times a number of size dt^(3/2) (see `add_limit`). With F(t, w) = int_0^w f(t, u) du
the limit is the same as

    F(T, W_T) - int F_t(t, W) dt + (lambda - 1/2) int f_w(t, W) dt

and for f(w) = F'(w) it is F(W_T) - F(0) + (lambda - 1/2) int f'(W) dt.

Source: Evans, An Introduction to Stochastic Differential Equations (AMS 2013), section 4.3.
"""

from __future__ import annotations

import math
from typing import cast

from stochcalc.engine import checks
from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.functions.derivatives import check_derivative
from stochcalc.engine.functions.probe import probe
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop import runner
from stochcalc.engine.portable import portable
from stochcalc.integrals.path_calculus import SHARE_OF_STEP, curvature, mean_between, slope
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.marching import march_along
from stochcalc.motion.paths import BrownianPaths
from stochcalc.typing import (
    Array,
    Executor,
    FunctionOfPath,
    FunctionOfValue,
    Noise,
    Number,
    Observer,
    Parameters,
    Progress,
    State,
    StepFunction,
    Workers,
)


@hint_names
def riemann_limit(
    f: FunctionOfPath | FunctionOfValue,
    df: FunctionOfValue | BrownianPaths | None = None,
    W: BrownianPaths | float | None = None,
    lam: float | None = None,
    *,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
) -> Array:
    r"""Return the limit of `riemann_sum` of f(t, W) dW, one per path.

    It is called in one of two forms::

        riemann_limit(f, W, lam)        with f(t, w)
        riemann_limit(F, df, W, lam)    with F(w) and df(w), where F' = f and df = f'


    Parameters
    ----------
    f : callable f(t, w)
        The integrand; it is compiled, and has a continuous derivative with respect to w.
    df : callable df(w), optional
        With F in the place of f: the derivative of f, which is F''; it is compiled.
    W : BrownianPaths
        One component. The integrals over time are sums on its grid.
    lam : float in [0, 1]
        The evaluation point: 0 Ito, 1/2 Stratonovich, 1 backward.
    workers, executor, progress
        The threads, what computes in their place, and a bar, as for `solve`.

    Returns
    -------
    ndarray, shape (paths,)

    Raises
    ------
    TypeError, ValueError
        For bad arguments; if df is not the second derivative of F.

    Notes
    -----
    .. math:: \int_0^T f(t, W_t) \circ \dd W_t + (\lambda - \tfrac12) \int_0^T f_w(t, W_t) \, \dd t

    On the grid the first integral is the sum of the integrals of (f(t_k, u) + f(t_{k+1}, u))/2 over
    u from W_k to W_{k+1}, by Gauss and Legendre's rule with five points. The second is the
    trapezoid rule, with f_w from a difference quotient of fourth order. Both are far more accurate
    than what the grid leaves open: given its values, the limit has the variance
    1/12 sum dt_k^3 (f_t - (lam - 1/2) f_ww)^2 to leading order.

    References
    ----------
    Evans (2013), section 4.3, Ito's chain rule. [evans2013]

    Examples
    --------
    >>> import numpy as np
    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(n=4, paths=2, rng=1)
    >>> limit = riemann_limit(lambda t, w: w, W, lam=0.0)
    >>> bool(np.allclose(limit, 0.5 * W.values[:, -1] ** 2 - 0.5))
    True

    The same from the antiderivative w^2/2 and the derivative 1.

    >>> both = riemann_limit(lambda w: 0.5 * w * w, lambda w: 1.0, W, lam=0.0)
    >>> bool(np.allclose(limit, both))
    True
    """
    means = runner.check_means(workers, executor, progress)
    if callable(df):
        return _from_antiderivative(cast(FunctionOfValue, f), df, W, lam, means)
    if df is not None:
        if W is not None and lam is not None:
            probe("df", df, 0.0, 0.0, called="(w)")
        lam = cast(float, W) if lam is None else lam
        W = df
    if lam is None:
        raise TypeError("lam is missing: give riemann_limit(f, W, lam), with lam=0.0 for Ito's")
    lam = checks.number("lam", lam, least=0.0, most=1.0)
    check_motion("W", W, 1)
    motion = cast(BrownianPaths, W)
    probe("f", f, float(motion.t[0]), 0.0, called="(t, w)")
    step = Step(choose_limit_step(lam), ((f, "function of t and w"),))
    args = (lam, float(motion.t[-1]))
    job = march_along(motion, step, dim=2, kept=1, args=args, observe=observe_integral)
    rows = runner.rows_or_warn(job, "limits", "f is not finite along them", **means)
    return rows[:, 0]


def _from_antiderivative(
    F: FunctionOfValue,
    df: FunctionOfValue,
    W: BrownianPaths | float | None,
    lam: float | None,
    means: runner.Means,
) -> Array:
    """Return F(W_T) - F(0) + (lam - 1/2) int df(W) dt, by the trapezoid rule."""
    if lam is None:
        raise TypeError("lam is missing: give riemann_limit(F, df, W, lam), with lam=0.0 for Ito's")
    lam = checks.number("lam", lam, least=0.0, most=1.0)
    check_motion("W", W, 1)
    motion = cast(BrownianPaths, W)
    probe("F", F, 0.0, 0.0, called="(w)")
    probe("df", df, 0.0, 0.0, called="(w)")
    check_derivative("df", df, "F", F, order=2)
    step = Step(add_trapezoid_rule, ((df, "function of w"),))
    job = march_along(motion, step, dim=2, kept=1, args=(lam,), observe=observe_limit(F))
    rows = runner.rows_or_warn(job, "integrals of df", "df is not finite along them", **means)
    return rows[:, 0]


def choose_limit_step(lam: float) -> StepFunction:
    """Return the step of the limit at lam; Stratonovich's asks for no derivative of f."""
    if lam == 0.5:
        return add_chord
    return add_chord_and_slope


def add_chord(
    f: FunctionOfPath, t: float, x: State, dt: float, noise: Noise, args: Parameters
) -> State:
    """Return (w, s) after a step of Stratonovich's integral s of f(t, W) along the chord."""
    w = x[0]
    dW = noise[0]
    after = w + dW
    end = min(t + dt, args[1])
    return after, x[1] + chord_integral(f, t, w, after, end)


def add_chord_and_slope(
    f: FunctionOfPath, t: float, x: State, dt: float, noise: Noise, args: Parameters
) -> State:
    """Return (w, s) after a step of the limit s: the chord, and (lambda - 1/2) f_w dt."""
    lam, T = args
    after, s = add_chord(f, t, x, dt, noise, args)
    return after, s + (lam - 0.5) * slope_integral(f, t, x[0], after, min(t + dt, T), dt)


def chord_integral(f: FunctionOfPath, t: float, w: Number, after: Number, end: float) -> Number:
    """Return the integral of (f(t, u) + f(end, u))/2 over u from w to `after`."""
    mean = 0.5 * (mean_between(f, t, w, after) + mean_between(f, end, w, after))
    return mean * (after - w)


def slope_integral(
    f: FunctionOfPath, t: float, w: Number, after: Number, end: float, dt: float
) -> Number:
    """Return the integral of f_w over the time of a step, by the trapezoid rule."""
    h = SHARE_OF_STEP * math.sqrt(dt)
    return 0.5 * dt * (slope(f, t, w, h) + slope(f, end, after, h))


@portable
def add_limit(step: StepFunction, row: int, *, slopes: bool) -> StepFunction:
    r"""Return the step of a sum with its limit beside it: the state is (w, r, s).

    Given W at both ends of a step, the integral over the step is still random. Its random part is
    drawn here, from one more standard normal z in a row of the noise: A = sqrt(dt^3/12) z is the
    integral of W over the step less the trapezoid rule, and is independent of W at the grid times.

    Parameters
    ----------
    step : callable
        The step of the sum, with args = (lambda, ..., T).
    row : int
        The row of z.
    slopes : bool
        Whether lambda is not 1/2, so that the limit has an integral of f_w.

    Notes
    -----
    With tbar the middle of the step, integration by parts gives

    .. math:: \int (s - \bar t) \dd W_s = \tfrac{h}{2} (W_k + W_{k+1}) - \int W_s \dd s = -A,

    and so to leading order

    .. math:: \int f \circ \dd W = \text{chord} - f_t A, \qquad
        \int f_w \dd s = \text{trapezoid} + f_{ww} A.
    """

    def both(
        f: FunctionOfPath, t: float, x: State, dt: float, noise: Noise, args: Parameters
    ) -> State:
        w = x[0]
        after, r = step(f, t, x, dt, noise, args)
        end = min(t + dt, args[-1])
        area = dt * math.sqrt(dt / 12.0) * noise[row]
        middle = 0.5 * (w + after)
        s = x[2] + chord_integral(f, t, w, after, end)
        s -= (f(end, middle) - f(t, middle)) / dt * area
        if slopes:
            h = SHARE_OF_STEP * math.sqrt(dt)
            bend = curvature(f, t, middle, h)
            s += (args[0] - 0.5) * (slope_integral(f, t, w, after, end, dt) + bend * area)
        return after, r, s

    return both


def observe_integral(t: float, x: State, args: Parameters) -> Number:
    """Return the integral s of the state (w, s)."""
    return x[1]


def add_trapezoid_rule(
    df: FunctionOfValue, t: float, x: State, dt: float, noise: Noise, args: Parameters
) -> State:
    """Return (w, integral) after a step of int df(W) dt by the trapezoid rule."""
    w = x[0]
    integral = x[1]
    dW = noise[0]
    after = w + dW
    return after, integral + 0.5 * dt * (df(w) + df(after))


@portable
def observe_limit(F: FunctionOfValue) -> Observer:
    """Return an observer of F(W) - F(0) + (lam - 1/2) integral on the state (w, integral)."""

    def observe(t: float, x: State, args: Parameters) -> Number:
        w = x[0]
        integral = x[1]
        lam = args[0]
        return F(w) - F(0.0) + (lam - 0.5) * integral

    return observe
