"""Scalar equations whose solution is a function of time and W_t alone: an Ito formula read
backwards.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from stochcalc.engine import checks
from stochcalc.models.model import Model


def sinh(c: float = 1.0, sigma: float = 1.0) -> Model:
    """dX = (c sqrt(1 + X^2) + sigma^2 X/2) dt + sigma sqrt(1 + X^2) dW; X = sinh(c t + sigma W +
    arcsinh x0).

    With m = c t + arcsinh x0 and v = sigma^2 t: mean e^(v/2) sinh m, variance (e^v - 1) (e^v cosh
    2m + 1)/2. The noise grows with |X|, so the means of late times hang on a few paths.

    Source: Kloeden and Platen (1992), section 4.4 (c = sigma = 1); Karatzas and Shreve (1991),
    exercise 5.2.27.

    Parameters
    ----------
    c, sigma : float
        Drift and noise of arcsinh X; sigma is not negative.

    Raises
    ------
    TypeError, ValueError
        For parameters that are not finite numbers, and sigma below 0.

    Examples
    --------
    >>> round(sinh(1.0, 0.5).mean(1.0, 0.0), 6), round(sinh(1.0, 0.5).var(1.0, 0.0), 6)
    (1.331677, 0.828041)
    """
    c, sigma = checks.number("c", c), checks.number("sigma", sigma, least=0.0)

    def exact_step(t: float, x: Any, dt: float, dW: Any, args: Any) -> Any:
        c, sigma = args
        return np.sinh(np.arcsinh(x) + c * dt + sigma * dW)

    def law(t: Any, x0: float) -> tuple[Any, Any]:
        m, v = c * t + np.arcsinh(x0), sigma * sigma * t
        return np.exp(0.5 * v) * np.sinh(m), 0.5 * np.expm1(v) * (
            np.exp(v) * np.cosh(2.0 * m) + 1.0
        )

    return Model(
        "sinh",
        lambda t, x, c, sigma: c * np.sqrt(1.0 + x * x) + 0.5 * sigma * sigma * x,
        lambda t, x, c, sigma: sigma * np.sqrt(1.0 + x * x),
        exact_step,
        law,
        args=(c, sigma),
        drift_dx=lambda t, x, c, sigma: c * x / np.sqrt(1.0 + x * x) + 0.5 * sigma * sigma,
        diffusion_dx=lambda t, x, c, sigma: sigma * x / np.sqrt(1.0 + x * x),
    )


def arctan(sigma: float = 1.0) -> Model:
    """dX = -sigma^2 sin X cos^3 X dt + sigma cos^2 X dW; X = arctan(sigma W + tan x0), bounded by
    pi/2.

    For |x0| < pi/2; a path from elsewhere stays between the multiples of pi, shifted by pi/2, that
    enclose it. No closed mean: tan X is N(tan x0, sigma^2 t). A scheme may step over the bound that
    the solution never reaches.

    Source: Kloeden and Platen (1992), section 4.4 (sigma = 1).

    Parameters
    ----------
    sigma : float
        Noise of tan X, not negative.

    Raises
    ------
    TypeError, ValueError
        For a sigma that is no finite number, or below 0.

    Examples
    --------
    >>> model = arctan()
    >>> round(float(model.exact_step(0.0, 0.5, 1.0, 2.0, (1.0,))), 6)      # arctan(2 + tan 0.5)
    1.196576
    """
    sigma = checks.number("sigma", sigma, least=0.0)

    def exact_step(t: float, x: Any, dt: float, dW: Any, args: Any) -> Any:
        return np.pi * np.floor(x / np.pi + 0.5) + np.arctan(np.tan(x) + args[0] * dW)

    return Model(
        "arctan",
        lambda t, x, sigma: -sigma * sigma * np.sin(x) * np.cos(x) ** 3,
        lambda t, x, sigma: sigma * np.cos(x) ** 2,
        exact_step,
        args=(sigma,),
        drift_dx=lambda t, x, sigma: sigma * sigma * np.cos(x) ** 2 * (3.0 - 4.0 * np.cos(x) ** 2),
        diffusion_dx=lambda t, x, sigma: -sigma * np.sin(2.0 * x),
    )
