"""The Brownian bridge as an equation: pulled to its end with a force that grows without bound."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stochcalc.engine import checks
from stochcalc.models.model import Model

ROUNDING = 1e-14  # relative: t + dt is T up to a few roundings, for T and t of any size


def bridge(T: float = 1.0, end: float = 0.0, sigma: float = 1.0) -> Model:
    """Brownian bridge dX = (end - X)/(T - t) dt + sigma dW; X_t = x0 + (end - x0) t/T + sigma (T -
    t) int_0^t dW_s/(T - s).

    Mean x0 + (end - x0) t/T, variance sigma^2 t (1 - t/T), and X_T = end. Over a step h from t,
    with q = h/(T - t), the solution is end + (1 - q) (x - end) + sigma I with I = int (T - t -
    h)/(T - s) dW_s, whose weight is (1 - q)/(1 - q u) in u = (s - t)/h. As in `ou` the weight is p0
    + p1 P1 + rest in shifted Legendre polynomials, so that I = p0 dW + p1 (dW - 2 I10/h) + r z with
    a normal z of its own, where with L = -log(1 - q)

        p0 = (1 - q) L/q,   p1 = 3 (1 - q) ((2/q - 1) L - 2)/q,   r^2 = h (1 - q - p0^2 - p1^2/3)

    Where these cancel, p_n = (2n + 1) k Q_n(2/q - 1) with k = 2 (1 - q)/q and Legendre functions
    Q_n of the second kind, and r^2 = h sum_(n >= 2) p_n^2/(2n + 1). The last step, h = T - t, has
    weight 0: its value is `end`, exactly.

    From T on the drift is nan, so a scheme that looks at the end of its step (heun, theta) must
    stop before T; Euler-Maruyama arrives at end + sigma dW, with the noise of its last step. Use
    method="exact" there.

    Source: Karatzas and Shreve, Brownian Motion and Stochastic Calculus (1991), section 5.6.B.

    Parameters
    ----------
    T : float
        Time of the end, positive.
    end, sigma : float
        Value at T; noise, not negative.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range; `.mean` and `.var` for times beyond T.

    Examples
    --------
    >>> round(bridge(2.0, 1.0).mean(0.5, 3.0), 6), round(bridge(2.0, 1.0).var(0.5), 6)
    (2.5, 0.375)
    """
    T, end = checks.number("T", T, above=0.0), checks.number("end", end)
    sigma = checks.number("sigma", sigma, least=0.0)

    def exact_step(t: float, x: Any, dt: float, dW: Any, I10: Any, z: Any, args: Any) -> Any:
        T, end, sigma = args
        if abs(T - t - dt) <= ROUNDING * (T + abs(t)):
            return end + 0.0 * x
        q = dt / remaining(t, T)
        p0, p1, rest = fading(q)
        return (
            end
            + (1.0 - q) * (x - end)
            + sigma * ((p0 + p1) * dW - 2.0 * p1 / dt * I10 + np.sqrt(rest * dt) * z)
        )

    def law(t: Any, x0: float) -> tuple[Any, Any]:
        late = float(np.max(t))
        if late > T:
            raise ValueError(
                f"t={late:g} is beyond T={T:g}, where the bridge ends: ask for times up to T"
            )
        return x0 + (end - x0) * (t / T), sigma * sigma * t * (1.0 - t / T)

    return Model(
        "bridge",
        lambda t, x, T, end, sigma: (end - x) / remaining(t, T),
        lambda t, x, T, end, sigma: sigma,
        exact_step,
        law,
        drivers=("dW", "I10", "rest"),
        noise="additive",
        args=(T, end, sigma),
        drift_dx=lambda t, x, T, end, sigma: -1.0 / remaining(t, T),
        diffusion_dx=lambda t, x, T, end, sigma: 0.0,
    )


def remaining(t: float, T: float) -> float:
    """T - t; nan from T on, so that a path that was pulled there is reported."""
    return T - t if T - t > ROUNDING * (T + abs(t)) else math.nan


def fading(q: float) -> tuple[float, float, float]:
    """(p0, p1, r^2/h) of the weight (1 - q)/(1 - q u) on [0, 1], as `bridge` explains."""
    log = -np.log1p(-q)
    p0 = (1.0 - q) * log / q
    if q > 0.1:
        p1 = 3.0 * (1.0 - q) / q * ((2.0 / q - 1.0) * log - 2.0)
        return p0, p1, 1.0 - q - p0 * p0 - p1 * p1 / 3.0
    s, k = q / (2.0 - q), 2.0 * (1.0 - q) / q
    v = s * s
    Q1 = v * (1.0 / 3.0 + v * (1.0 / 5.0 + v * (1.0 / 7.0 + v * (1.0 / 9.0 + v / 11.0))))
    Q2 = (
        2.0 / 15.0 * s * v * (1.0 + 6.0 / 7.0 * v * (1.0 + 5.0 / 6.0 * v * (1.0 + 28.0 / 33.0 * v)))
    )
    Q3 = 2.0 / 35.0 * v * v * (1.0 + 10.0 / 9.0 * v * (1.0 + 21.0 / 22.0 * v))
    Q4 = 8.0 / 315.0 * s * v * v * (1.0 + 15.0 / 11.0 * v)
    Q5 = 8.0 / 693.0 * v * v * v
    return (
        p0,
        3.0 * k * Q1,
        k * k * (5.0 * Q2 * Q2 + 7.0 * Q3 * Q3 + 9.0 * Q4 * Q4 + 11.0 * Q5 * Q5),
    )
