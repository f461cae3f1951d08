r"""The Brownian bridge as an equation: pulled to its end with a force that grows without bound."""

from __future__ import annotations

import math

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.portable import portable
from stochcalc.engine.time_range import snap_to_ends
from stochcalc.models.model import Model
from stochcalc.typing import Noise, Number, Parameters, State

ROUNDING = 1e-14  # relative: t + dt is T up to a few roundings, for T and t of any size


@portable
def bridge(T: float = 1.0, end: float = 0.0, sigma: float = 1.0) -> Model:
    r"""Return the equation of the Brownian bridge, which is at `end` at time T.

    Parameters
    ----------
    T : float
        The time of the end, positive.
    end : float
        The value at T.
    sigma : float
        The noise, not negative, per root of time.

    Returns
    -------
    Model
        With exact path, mean and variance.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range; `.mean` and `.var` for times beyond T.

    Notes
    -----
    .. math:: \dd X = \frac{end - X}{T - t} \, \dd t + \sigma \, \dd W, \qquad
        X_t = x_0 + (end - x_0) \frac{t}{T} + \sigma (T - t) \int_0^t \frac{\dd W_s}{T - s}

    The mean is x0 + (end - x0) t/T, the variance sigma^2 t (1 - t/T), and X_T = end. Over a step h
    from t, with q = h/(T - t), the solution is

    .. math:: end + (1 - q) (x - end) + \sigma I, \qquad
        I = \int_t^{t + h} \frac{T - t - h}{T - s} \dd W_s

    where the weight is (1 - q)/(1 - q u) in u = (s - t)/h. As in `ou` the weight is p0 + p1 P1 +
    rest in shifted Legendre polynomials, so that I = p0 dW + p1 (dW - 2 I10/h) + r z with a normal
    z of its own, where with L = -log(1 - q)

    .. math:: p_0 = \frac{(1 - q) L}{q}, \qquad
        p_1 = \frac{3 (1 - q)}{q} \left( \left( \frac{2}{q} - 1 \right) L - 2 \right), \qquad
        r^2 = h \left( 1 - q - p_0^2 - \frac{p_1^2}{3} \right)

    For small q these differences cancel. There, with Legendre functions Q_n of the second kind,

    .. math:: p_n = (2n + 1) \frac{2 (1 - q)}{q} \, Q_n\left( \frac{2}{q} - 1 \right), \qquad
        r^2 = h \sum_{n \ge 2} \frac{p_n^2}{2n + 1}

    The last step, h = T - t, has weight 0: its value is `end`, exactly.

    From T on the drift is nan, so that a scheme that evaluates it at the end of its step (heun,
    theta) must stop before T; Euler-Maruyama arrives at end + sigma dW, with the noise of its last
    step. Use method="exact" there.

    References
    ----------
    Karatzas and Shreve, Brownian Motion and Stochastic Calculus (1991), section 5.6.B.
    [karatzasshreve1991]

    Examples
    --------
    >>> round(bridge(2.0, 1.0).mean(0.5, 3.0), 6), round(bridge(2.0, 1.0).var(0.5), 6)
    (2.5, 0.375)
    """
    T = checks.number("T", T, above=0.0)
    end = checks.number("end", end)
    sigma = checks.number("sigma", sigma, least=0.0)

    def exact_step(
        t: float, x: State, dt: float, dW: Noise, I10: Noise, z: Noise, args: Parameters
    ) -> State:
        T, end, sigma = args
        if abs(T - t - dt) <= ROUNDING * (T + abs(t)):
            return end + 0.0 * x  # of the form of x, and nan where x is
        q = dt / time_left(t, T)
        p0, p1, rest = bridge_coefficients(q)
        return (
            end
            + (1.0 - q) * (x - end)
            + sigma * ((p0 + p1) * dW - 2.0 * p1 / dt * I10 + np.sqrt(rest * dt) * z)
        )

    def law(t: Number, x0: float) -> tuple[Number, Number]:
        t = snap_to_ends("t", np.asarray(t, dtype=float), 0.0, T, "the bridge ends at T")[()]
        mean = x0 + (end - x0) * (t / T)
        variance = sigma * sigma * t * (1.0 - t / T)
        return mean, variance

    return Model(
        name="bridge",
        drift=lambda t, x, T, end, sigma: (end - x) / time_left(t, T),
        diffusion=lambda t, x, T, end, sigma: sigma,
        exact_step=exact_step,
        law=law,
        drivers=("dW", "I10", "rest"),
        noise="additive",
        args=(T, end, sigma),
        drift_dx=lambda t, x, T, end, sigma: -1.0 / time_left(t, T),
        diffusion_dx=lambda t, x, T, end, sigma: 0.0,
    )


def time_left(t: float, T: float) -> float:
    """Return T - t; nan from T on, so that a path that was pulled there is reported."""
    if T - t > ROUNDING * (T + abs(t)):
        return T - t
    return math.nan


def bridge_coefficients(q: float) -> tuple[float, float, float]:
    """Return (p0, p1, r^2/h) of the weight (1 - q)/(1 - q u) on [0, 1], as `bridge` explains."""
    log = -np.log1p(-q)
    p0 = (1.0 - q) * log / q
    if q > 0.1:
        p1 = 3.0 * (1.0 - q) / q * ((2.0 / q - 1.0) * log - 2.0)
        return p0, p1, 1.0 - q - p0 * p0 - p1 * p1 / 3.0
    # the series of the Legendre functions Q_n(2/q - 1) in powers of s
    s = q / (2.0 - q)
    k = 2.0 * (1.0 - q) / q
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
