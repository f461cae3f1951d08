r"""Motion in a potential V with constant noise, dX = -V'(X) dt + sigma dW.

No path is known exactly, but the density that the process settles in is: exp(-2 V(x)/sigma^2)/Z.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks
from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.engine.given_values import read_size
from stochcalc.engine.portable import portable
from stochcalc.models.model import Model
from stochcalc.typing import Array, DriftFunction, Number


@portable
def double_well(sigma: float = 1.0) -> Model:
    r"""Return the motion in a potential with two wells, at -1 and 1, and a saddle at 0.

    Parameters
    ----------
    sigma : float
        The noise, positive, per root of time.

    Returns
    -------
    Model
        With the invariant density.

    Raises
    ------
    TypeError, ValueError
        For a sigma that is not a finite number, or not above 0.

    Notes
    -----
    .. math:: \dd X = (X - X^3) \, \dd t + \sigma \, \dd W

    The potential is x^4/4 - x^2/2. With a = 1/(2 sigma^2) the invariant density is
    exp(-a (x^2 - 1)^2)/Z, where in Bessel functions Z = (pi/2) e^(-a/2) (I_(-1/4)(a/2) +
    I_(1/4)(a/2)). The temperature is sigma^2/2. For small sigma a path takes about pi sqrt(2)
    exp(1/(2 sigma^2)) to cross into the other well, and averages over a path take many crossings to
    settle.

    Schemes that take the drift at the start of the step are poor here: without noise a step of
    Euler-Maruyama grows beyond `|x| = sqrt(1 + 2/h)`, and the path explodes. Use tamed_euler or
    theta.

    References
    ----------
    Kramers, Physica 7 (1940) 284; Gardiner, Handbook of Stochastic Methods (2004), section 5.2.7.
    [kramers1940] [gardiner2004]

    Examples
    --------
    >>> [round(float(p), 6) for p in double_well(0.5).invariant([-1.0, 0.0, 1.0])]
    [0.70876, 0.09592, 0.70876]
    """
    with hold_interrupts_back():
        from scipy.special import ive

    sigma = read_size("sigma", sigma, zero=False)
    a = 0.5 / (sigma * sigma)
    total = 0.5 * math.pi * (ive(-0.25, 0.5 * a) + ive(0.25, 0.5 * a))
    return _make_model(
        name="double_well",
        sigma=sigma,
        drift=lambda t, x, sigma: x - x * x * x,
        drift_dx=lambda t, x, sigma: 1.0 - 3.0 * x * x,
        density=lambda x: np.exp(-a * (x**2 - 1.0) ** 2) / total,
    )


@portable
def cubic(sigma: float = 1.0) -> Model:
    r"""Return the motion in the potential x^4/4, with the simplest drift that grows faster than x.

    Parameters
    ----------
    sigma : float
        The noise, positive, per root of time.

    Returns
    -------
    Model
        With the invariant density.

    Raises
    ------
    TypeError, ValueError
        For a sigma that is not a finite number, or not above 0.

    Notes
    -----
    .. math:: \dd X = -X^3 \, \dd t + \sigma \, \dd W

    The invariant density is exp(-x^4/(2 sigma^2))/(2 Gamma(5/4) (2 sigma^2)^(1/4)). Its second
    moment is sqrt(2) sigma Gamma(3/4)/Gamma(1/4) = 0.47799 sigma.

    Schemes that take the drift at the start of the step are poor here: without noise a step of
    Euler-Maruyama grows beyond `|x| = sqrt(2/h)`. The moments of the scheme diverge as the step
    tends to 0, although those of the solution are finite. Use tamed_euler or theta.

    References
    ----------
    Hutzenthaler, Jentzen and Kloeden, Proc. R. Soc. A 467 (2011) 1563. [hutzenthaler2011]

    Examples
    --------
    >>> round(float(cubic(1.0).invariant(0.0)), 6)
    0.463865
    """
    with hold_interrupts_back():
        from scipy.special import gamma

    sigma = read_size("sigma", sigma, zero=False)
    a = 0.5 / (sigma * sigma)
    total = 2.0 * gamma(1.25) / a**0.25
    return _make_model(
        name="cubic",
        sigma=sigma,
        drift=lambda t, x, sigma: -x * x * x,
        drift_dx=lambda t, x, sigma: -3.0 * x * x,
        density=lambda x: np.exp(-a * x**4) / total,
    )


def _make_model(
    *,
    name: str,
    sigma: float,
    drift: DriftFunction,
    drift_dx: DriftFunction,
    density: Callable[[Array], Number],
) -> Model:
    """Return the model with a drift, its derivative, constant noise and an invariant density."""

    def invariant(x: ArrayLike) -> Number:
        return density(checks.array("x", x))

    return Model(
        name=name,
        drift=drift,
        diffusion=lambda t, x, sigma: sigma,
        noise="additive",
        args=(sigma,),
        invariant=invariant,
        drift_dx=drift_dx,
        diffusion_dx=lambda t, x, sigma: 0.0,
    )
