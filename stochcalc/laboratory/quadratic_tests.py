"""Test functions of weak errors that are quadratic, recognized by their values."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from stochcalc.typing import TestFunction

Quadratic: TypeAlias = tuple[float, float, float]  # (c0, c1, c2) of c0 + c1 x + c2 x^2

# A function that agrees with a quadratic at three points may differ from it between them, beyond
# them, or on one side of 0. It is compared at 68 places that no grid shares, from near 0 to about a
# hundred times the scale, on both sides.
_PLACES = np.concatenate([-np.geomspace(0.013, 137.0, 31), np.geomspace(0.011, 151.0, 37)])


def recognize_quadratic(test: TestFunction, scale: float = 1.0) -> Quadratic | None:
    """Return (c0, c1, c2) if a function of one number is c0 + c1 x + c2 x^2, else None.

    The coefficients follow from three values; the verdict is that of the function's values up to a
    hundred times the scale, on both sides of 0.

    Parameters
    ----------
    test : callable
        A function of one float.
    scale : float
        The size of the numbers that it is called with.
    """
    size = max(1.0, abs(scale))
    places = _PLACES * size
    try:
        with np.errstate(all="ignore"):
            c0, plus, minus = (float(test(x)) for x in (0.0, size, -size))
            values = np.array([float(test(float(x))) for x in places])
    except Exception:  # no polynomial fails anywhere
        return None
    c1 = 0.5 * (plus - minus) / size
    c2 = (0.5 * (plus + minus) - c0) / size**2
    terms = np.array([np.full(len(places), abs(c0)), np.abs(c1 * places), np.abs(c2) * places**2])
    quadratic = c0 + c1 * places + c2 * places**2
    if (np.abs(values - quadratic) <= 1e-12 * terms.max(axis=0)).all():
        return c0, c1, c2
    return None
