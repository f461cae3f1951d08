"""A scalar equation in the coordinate y, in which its interval is the whole line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochcalc.kolmogorov.coefficients import Coefficients
from stochcalc.kolmogorov.line import Line
from stochcalc.kolmogorov.panels import MOST_PANELS
from stochcalc.typing import Array


@dataclass(frozen=True, eq=False)
class Equation:
    """A scalar equation in the coordinate y.

    Attributes
    ----------
    coefficients : Coefficients
        Its drift and its diffusion.
    line : Line
        The interval, as the image of all y.
    """

    coefficients: Coefficients
    line: Line

    def diffusion(self, y: Array) -> Array:
        """Return the size of b, of the shape of y; a ValueError if it is 0 somewhere."""
        return self.coefficients.diffusion(self.line.x(y))

    def read(self, y: Array) -> Array:
        """Return 2 a/b^2 dx/dy and (2 lambda - 2) log b + log dx/dy, shape (2, ...)."""
        x = self.line.x(y)
        b = self.diffusion(y)
        log_slope = self.line.log_slope(y)
        push = 2.0 * self.coefficients.drift(x) / b / b * np.exp(log_slope)
        if not np.isfinite(push).all():
            at = x.ravel()[np.flatnonzero(~np.isfinite(push))[0]]
            raise ValueError(
                f"drift/diffusion^2 is beyond the range of floats at x={at:g}: give low= and high= "
                "between which it is not"
            )
        rest = (2.0 * self.coefficients.lam - 2.0) * np.log(b) + log_slope
        return np.stack([push, rest])

    def refuse_fast(self, y: float) -> ValueError:
        """Return the error of functions that change too quickly at a point and beyond."""
        x = float(self.line.x(np.array([y]))[0])
        return ValueError(
            f"drift/diffusion^2 changes too quickly around x={x:.3g} for {MOST_PANELS} panels, of "
            "which the density may need more: give finite low= and high= close to where paths are, "
            "or shift and scale the equation"
        )
