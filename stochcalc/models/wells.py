"""Motion in a potential with constant noise: no exact path, but the density that it settles in."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.engine import checks
from stochcalc.engine.compiler.interrupts import interrupts_held_back
from stochcalc.models.model import Model


def double_well(sigma: float = 1.0) -> Model:
    """dX = (X - X^3) dt + sigma dW: down the potential x^4/4 - x^2/2, with wells at -1 and 1 and a
    saddle at 0.

    `invariant(x)` is its density exp((x^2 - x^4/2)/sigma^2)/Z = exp(-a (x^2 - 1)^2)/Z', a = 1/(2
    sigma^2), where in Bessel functions Z' = (pi/2) e^(-a/2) (I_(-1/4)(a/2) + I_(1/4)(a/2)). The
    temperature is sigma^2/2; for small sigma a path takes about pi sqrt(2) exp(1/(2 sigma^2)) to
    cross into the other well, and averages over a path take many crossings to settle.

    Poor for schemes that take the drift at the start of the step: beyond |x| = sqrt(2/h)
    Euler-Maruyama explodes. Use tamed_euler or theta.

    Source: Kramers, Physica 7 (1940) 284; Gardiner, Handbook of Stochastic Methods (2004), section
    5.2.7.

    Parameters
    ----------
    sigma : float
        Noise, positive.

    Raises
    ------
    TypeError, ValueError
        For a sigma that is no finite number, or not above 0.

    Examples
    --------
    >>> [round(float(p), 6) for p in double_well(0.5).invariant([-1.0, 0.0, 1.0])]
    [0.70876, 0.09592, 0.70876]
    """
    with interrupts_held_back():
        from scipy.special import ive

    sigma = checks.number("sigma", sigma, above=0.0)
    a = 0.5 / (sigma * sigma)
    total = 0.5 * math.pi * (ive(-0.25, 0.5 * a) + ive(0.25, 0.5 * a))

    def invariant(x: ArrayLike) -> Any:
        return np.exp(-a * (_points(x) ** 2 - 1.0) ** 2) / total

    return Model(
        "double_well",
        lambda t, x, sigma: x - x * x * x,
        lambda t, x, sigma: sigma,
        noise="additive",
        args=(sigma,),
        invariant=invariant,
        drift_dx=lambda t, x, sigma: 1.0 - 3.0 * x * x,
        diffusion_dx=lambda t, x, sigma: 0.0,
    )


def cubic(sigma: float = 1.0) -> Model:
    """dX = -X^3 dt + sigma dW: the simplest drift that grows faster than x.

    `invariant(x)` is its density exp(-x^4/(2 sigma^2))/(2 Gamma(5/4) (2 sigma^2)^(1/4)), whose
    second moment is sqrt(2) sigma Gamma(3/4)/Gamma(1/4) = 0.47799 sigma.

    Poor for schemes that take the drift at the start of the step: the moments of Euler-Maruyama
    diverge as the step tends to 0, although those of the solution are finite, for a path beyond
    sqrt(2/h) explodes. Use tamed_euler or theta.

    Source: Hutzenthaler, Jentzen and Kloeden, Proc. R. Soc. A 467 (2011) 1563.

    Parameters
    ----------
    sigma : float
        Noise, positive.

    Raises
    ------
    TypeError, ValueError
        For a sigma that is no finite number, or not above 0.

    Examples
    --------
    >>> round(float(cubic(1.0).invariant(0.0)), 6)
    0.463865
    """
    with interrupts_held_back():
        from scipy.special import gamma

    sigma = checks.number("sigma", sigma, above=0.0)
    a = 0.5 / (sigma * sigma)
    total = 2.0 * gamma(1.25) / a**0.25

    def invariant(x: ArrayLike) -> Any:
        return np.exp(-a * _points(x) ** 4) / total

    return Model(
        "cubic",
        lambda t, x, sigma: -x * x * x,
        lambda t, x, sigma: sigma,
        noise="additive",
        args=(sigma,),
        invariant=invariant,
        drift_dx=lambda t, x, sigma: -3.0 * x * x,
        diffusion_dx=lambda t, x, sigma: 0.0,
    )


def _points(x: ArrayLike) -> NDArray[np.float64]:
    return checks.array("x", x)
