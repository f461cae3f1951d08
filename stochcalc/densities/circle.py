"""The uniform law on a circle, smoothed: data on a curve, whose score exists at sigma > 0 only.

A point on the circle of radius R plus sigma z lies at distance r from the centre with the planar
density

    p_sigma(x) = exp(-(r^2 + R^2) / (2 sigma^2)) I_0(r R / sigma^2) / (2 pi sigma^2)

and its score points along the radius: (-r + R I_1(k) / I_0(k)) / sigma^2 with k = r R / sigma^2. As
sigma -> 0 it grows like (R - r) / sigma^2: the manifold difficulty of Song and Ermon (NeurIPS 2019,
section 3.1), in closed form.

Source: Rice, "Mathematical analysis of random noise", Bell System Technical Journal 24, 1945 (the
law of r).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.densities.empirical import points_of
from stochcalc.engine import checks
from stochcalc.engine.compiler.interrupts import interrupts_held_back
from stochcalc.engine.random.philox import numpy_generator


@dataclass(frozen=True)
class Circle:
    """Uniform on the circle of the given radius about the origin of the plane, smoothed by sigma >
    0.

    The rounding of the score is that of x: about 1e-16 radius / sigma^2.

    Parameters
    ----------
    radius : float
        Positive.

    Raises
    ------
    TypeError, ValueError
        For a radius that is not a positive number.

    Examples
    --------
    >>> Circle().score([[2.0, 0.0], [0.0, 0.0]], sigma=0.1).round(2)
    array([[-100.25,   -0.  ],
           [   0.  ,    0.  ]])
    """

    radius: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "radius", checks.number("radius", self.radius, above=0.0))

    @property
    def dim(self) -> int:
        """Dimension of the space: the plane."""
        return 2

    def score(self, x: ArrayLike, sigma: float = 0.0) -> NDArray[np.float64]:
        """grad log p_sigma at x of shape (n, 2); sigma, the standard deviation of the smoothing,
        must be positive.
        """
        with interrupts_held_back():
            from scipy.special import i0e, i1e

        points, sigma = points_of(x, 2), _positive(sigma)
        r, k = self._polar(points, sigma)
        # The Bessel functions are scaled, because e^k would overflow.
        inward = (self.radius * i1e(k) / i0e(k) - r) / (sigma * sigma)
        return points * (inward / np.where(r > 0, r, 1.0))[:, None]  # 0 at the centre

    def log_density(self, x: ArrayLike, sigma: float = 0.0) -> NDArray[np.float64]:
        """log p_sigma at x of shape (n, 2)."""
        with interrupts_held_back():
            from scipy.special import i0e

        points, sigma = points_of(x, 2), _positive(sigma)
        r, k = self._polar(points, sigma)
        # i0e(k) = exp(-k) I_0(k), and -(r^2 + R^2) / (2 sigma^2) + k is a square.
        return (
            np.log(i0e(k))
            - 0.5 * ((r - self.radius) / sigma) ** 2
            - math.log(2.0 * math.pi * sigma * sigma)
        )

    def sample(self, n: int, *, rng: Any = None, sigma: float = 0.0) -> NDArray[np.float64]:
        """n independent points of the circle, plus sigma z, shape (n, 2), drawn by NumPy's
        generator.
        """
        n, sigma, generator = (
            checks.integer("n", n),
            checks.number("sigma", sigma, least=0.0),
            numpy_generator(rng),
        )
        angle = generator.uniform(0.0, 2.0 * math.pi, n)
        points = self.radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        return points + sigma * generator.standard_normal(points.shape) if sigma > 0 else points

    def _polar(
        self, points: NDArray[np.float64], sigma: float
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """r and k = r R / sigma^2."""
        r = np.hypot(points[:, 0], points[:, 1])
        return r, r / sigma * (self.radius / sigma)


def _positive(sigma: float) -> float:
    if checks.number("sigma", sigma, least=0.0) == 0:
        raise ValueError(
            "sigma=0 has no score: a circle is a curve, without a density in the plane; smooth "
            "with sigma > 0"
        )
    return float(sigma)
