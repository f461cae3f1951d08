"""The integral of a deterministic function against Brownian motion, by parts.

Source: Paley, Wiener and Zygmund, Math. Z. 37 (1933) 647.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine.functions.derivatives import check_derivative, evaluate
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.functionals import rows_of
from stochcalc.motion.paths import BrownianPaths


def paley_wiener_zygmund(
    g: Callable[[float], float],
    dg: Callable[[float], float],
    W: BrownianPaths,
    *,
    workers: int | None = None,
) -> NDArray[np.float64]:
    """Integrate a deterministic g against dW by parts: g(T) W_T - int g'(t) W_t dt, one per path.

    Paley, Wiener and Zygmund take g(T) = 0 and define int g dW := -int g' W dt: no stochastic sum
    is needed. The time integral is the trapezoid on the grid of W, so the result is normal with
    mean 0, and tends to variance int g^2 dt. It agrees with Ito's sum in the limit, and no such
    definition reaches int W dW.

    Parameters
    ----------
    g, dg : callable
        g in C^1 and its derivative, functions of t; called in Python at the grid times.
    W : BrownianPaths
        One component.

    Returns
    -------
    ndarray, shape (paths,)

    Raises
    ------
    TypeError, ValueError
        If g or dg fails or is not finite at a grid time, or if dg is not the derivative of g.

    References
    ----------
    Paley, Wiener and Zygmund, Math. Z. 37 (1933) 647; Evans (2013), section 4.1.

    Examples
    --------
    >>> from stochcalc.integrals.riemann_sums import ito
    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(n=1000, paths=1, rng=1)
    >>> by_parts = paley_wiener_zygmund(lambda t: 1 - t, lambda t: -1.0, W)
    >>> sums = ito(lambda t, w: 1 - t, W)
    >>> bool(abs(by_parts - sums)[0] < 0.01)
    True
    """
    check_motion("W", W, 1)
    weights = pwz_weights(g, dg, W.t)
    return rows_of(lambda w: (w * weights).sum(axis=1), W, 1, workers=workers)[:, 0]


def pwz_weights(g: Any, dg: Any, t: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return weights c with g(T) W_T - trapezoid of g' W = sum_j c_j W(t_j).

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
