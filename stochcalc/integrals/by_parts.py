r"""The integral of a deterministic function against Brownian motion, by parts.

For g with a continuous derivative, int g dW = g(T) W_T - int g'(t) W_t dt: no stochastic sum is
needed.

Source: Paley, Wiener and Zygmund, Math. Z. 37 (1933) 647.
"""

from __future__ import annotations

import functools

import numpy as np

from stochcalc.engine.functions.derivatives import check_derivative, evaluate
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop import runner
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.functional_jobs import rows_of
from stochcalc.motion.paths import BrownianPaths
from stochcalc.typing import Array, Executor, FunctionOfValue, Progress, Workers


@hint_names
def paley_wiener_zygmund(
    g: FunctionOfValue,
    dg: FunctionOfValue,
    W: BrownianPaths,
    *,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
) -> Array:
    r"""Return the integral of a deterministic g against dW, made by parts, one per path.

    Parameters
    ----------
    g : callable g(t)
        A function of time with a continuous derivative; it is called in Python at the grid times.
    dg : callable dg(t)
        Its derivative, called in the same way.
    W : BrownianPaths
        One component.
    workers, executor, progress
        The threads, what computes in their place, and a bar, as for `solve`.

    Returns
    -------
    ndarray, shape (paths,)

    Raises
    ------
    TypeError, ValueError
        If g or dg fails or is not finite at a grid time, or if dg is not the derivative of g.

    Notes
    -----
    .. math:: \int g \, \dd W = g(T) W_T - \int_0^T g'(t) W_t \, \dd t

    Paley, Wiener and Zygmund take g(T) = 0 and define the integral by this formula. The integral
    over time is the trapezoid rule on the grid of W, so the result is normal with mean 0, and its
    variance tends to int g^2 dt. It agrees with Ito's sum in the limit; no such definition reaches
    int W dW.

    References
    ----------
    Paley, Wiener and Zygmund, Math. Z. 37 (1933) 647; Evans (2013), section 4.1.
    [paley1933] [evans2013]

    Examples
    --------
    >>> from stochcalc.integrals.named_integrals import ito
    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(n=1000, paths=1, rng=1)
    >>> by_parts = paley_wiener_zygmund(lambda t: 1 - t, lambda t: -1.0, W)
    >>> sums = ito(lambda t, w: 1 - t, W)
    >>> bool(abs(by_parts - sums)[0] < 0.01)
    True
    """
    means = runner.check_means(workers, executor, progress)
    check_motion("W", W, 1)
    weights = pwz_weights(g, dg, W.t)
    return rows_of(functools.partial(_sum_weighted, weights=weights), W, 1, **means)[:, 0]


def _sum_weighted(w: Array, weights: Array) -> Array:
    """Return the weighted sums of the values of paths w."""
    total: Array = (w * weights).sum(axis=1)
    return total


def pwz_weights(g: FunctionOfValue, dg: FunctionOfValue, t: Array) -> Array:
    """Return the weights c with g(T) W_T - (trapezoid of g' W) = sum_j c_j W(t_j).

    It is checked that dg is the derivative of g.
    """
    slopes = evaluate("dg", dg, t)
    reach = t[-1] - t[0]
    check_derivative("dg", dg, "g", g, t[0] + reach * np.linspace(0.07, 0.93, 7), reach)
    weights = np.zeros(len(t))
    half = 0.5 * np.diff(t)
    weights[:-1] -= half * slopes[:-1]
    weights[1:] -= half * slopes[1:]
    weights[-1] += evaluate("g", g, t[-1:])[0]
    return weights
