r"""Scalar equations whose solution is a function of time and W_t alone.

Each is Ito's formula read backwards: X = u(t, W_t) is chosen first, and its equation follows.
"""

from __future__ import annotations

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.portable import portable
from stochcalc.models.model import Model
from stochcalc.typing import Noise, Number, Parameters, State


@portable
def sinh(c: float = 1.0, sigma: float = 1.0) -> Model:
    r"""Return the equation of the hyperbolic sine of a Brownian motion with drift.

    Parameters
    ----------
    c : float
        The drift of arcsinh X.
    sigma : float
        The noise of arcsinh X, not negative.

    Returns
    -------
    Model
        With exact path, mean and variance.

    Raises
    ------
    TypeError, ValueError
        For parameters that are not finite numbers, and sigma below 0.

    Notes
    -----
    .. math:: \dd X = (c \sqrt{1 + X^2} + \tfrac12 \sigma^2 X) \, \dd t + \sigma \sqrt{1 + X^2}
        \, \dd W, \qquad X_t = \sinh(c t + \sigma W_t + \operatorname{arcsinh} x_0)

    With m = c t + arcsinh x0 and v = sigma^2 t, the mean is e^(v/2) sinh m, and the variance
    (e^v - 1) (e^v cosh 2m + 1)/2. The noise grows with `|X|`, so that the means of late times are
    determined by a few paths.

    References
    ----------
    Kloeden and Platen (1992), section 4.4 (c = sigma = 1); Karatzas and Shreve (1991), exercise
    5.2.27. [kloedenplaten1992] [karatzasshreve1991]

    Examples
    --------
    >>> round(sinh(1.0, 0.5).mean(1.0, 0.0), 6), round(sinh(1.0, 0.5).var(1.0, 0.0), 6)
    (1.331677, 0.828041)
    """
    c = checks.number("c", c)
    sigma = checks.number("sigma", sigma, least=0.0)

    def exact_step(t: float, x: State, dt: float, dW: Noise, args: Parameters) -> State:
        c, sigma = args
        return np.sinh(np.arcsinh(x) + c * dt + sigma * dW)

    def law(t: Number, x0: float) -> tuple[Number, Number]:
        m = c * t + np.arcsinh(x0)
        v = sigma * sigma * t
        mean = np.exp(0.5 * v) * np.sinh(m)
        variance = 0.5 * np.expm1(v) * (np.exp(v) * np.cosh(2.0 * m) + 1.0)
        return mean, variance

    return Model(
        name="sinh",
        drift=lambda t, x, c, sigma: c * np.sqrt(1.0 + x * x) + 0.5 * sigma * sigma * x,
        diffusion=lambda t, x, c, sigma: sigma * np.sqrt(1.0 + x * x),
        exact_step=exact_step,
        law=law,
        args=(c, sigma),
        drift_dx=lambda t, x, c, sigma: c * x / np.sqrt(1.0 + x * x) + 0.5 * sigma * sigma,
        diffusion_dx=lambda t, x, c, sigma: sigma * x / np.sqrt(1.0 + x * x),
    )


@portable
def arctan(sigma: float = 1.0) -> Model:
    r"""Return the equation of the arctangent of a Brownian motion, which is bounded by pi/2.

    Parameters
    ----------
    sigma : float
        The noise of tan X, not negative.

    Returns
    -------
    Model
        With exact path; its mean has no closed form.

    Raises
    ------
    TypeError, ValueError
        For a sigma that is not a finite number, or below 0.

    Notes
    -----
    .. math:: \dd X = -\sigma^2 \sin X \cos^3 X \, \dd t + \sigma \cos^2 X \, \dd W, \qquad
        X_t = \arctan(\sigma W_t + \tan x_0)

    This is for `|x0| < pi/2`; a path that starts elsewhere stays between the two neighbouring odd
    multiples of pi/2 that enclose it. tan X is N(tan x0, sigma^2 t). A scheme may step over the
    bound that the solution never reaches.

    References
    ----------
    Kloeden and Platen (1992), section 4.4 (sigma = 1). [kloedenplaten1992]

    Examples
    --------
    >>> model = arctan()
    >>> round(float(model.exact_step(0.0, 0.5, 1.0, 2.0, (1.0,))), 6)      # arctan(2 + tan 0.5)
    1.196576
    """
    sigma = checks.number("sigma", sigma, least=0.0)

    def exact_step(t: float, x: State, dt: float, dW: Noise, args: Parameters) -> State:
        return np.pi * np.floor(x / np.pi + 0.5) + np.arctan(np.tan(x) + args[0] * dW)

    return Model(
        name="arctan",
        drift=lambda t, x, sigma: -sigma * sigma * np.sin(x) * np.cos(x) ** 3,
        diffusion=lambda t, x, sigma: sigma * np.cos(x) ** 2,
        exact_step=exact_step,
        args=(sigma,),
        drift_dx=lambda t, x, sigma: sigma * sigma * np.cos(x) ** 2 * (3.0 - 4.0 * np.cos(x) ** 2),
        diffusion_dx=lambda t, x, sigma: -sigma * np.sin(2.0 * x),
    )
