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

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.densities.arguments import check_rows, check_smoothing
from stochcalc.densities.pieces import budget_sample
from stochcalc.engine import checks, memory
from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.engine.given_values import read_size
from stochcalc.engine.random.philox import numpy_generator
from stochcalc.typing import Array, Seed

REMEDY = "use fewer points at a time"
ARRAYS = 5  # of one number for each point that an evaluation takes
NO_DENSITY = "a circle is a curve, without a density in the plane"


@dataclass(frozen=True)
class Circle:
    r"""The uniform law on a circle about the origin of the plane, smoothed by sigma > 0.

    Parameters
    ----------
    radius : float
        Radius R of the circle, positive.

    Raises
    ------
    TypeError, ValueError
        For a radius that is not a positive number.

    Notes
    -----
    With the modified Bessel functions :math:`I_0`, :math:`I_1` and :math:`r = |x|` the smoothed
    density is

    .. math:: p_\sigma(x) = \frac{1}{2 \pi \sigma^2}
        e^{-(r^2 + R^2)/(2 \sigma^2)} I_0\!\left(\frac{r R}{\sigma^2}\right).

    The rounding error of the score is that of x: about 1e-16 radius / sigma^2.

    References
    ----------
    S. O. Rice, Bell System Technical Journal 24 (1945) 46. [rice1945]

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
        """The dimension of the space, 2: the circle lies in the plane."""
        return 2

    def score(self, x: ArrayLike, sigma: float = 0.0) -> Array:
        """Return the score grad log p_sigma at some points of the plane.

        Parameters
        ----------
        x : array_like, shape (n, 2)
            Points, one per row.
        sigma : float
            Standard deviation of the smoothing, positive.

        Returns
        -------
        ndarray, shape (n, 2)
            Vectors along the radius; 0 at the centre.

        Raises
        ------
        TypeError, ValueError
            For points of another shape, and for sigma = 0.

        Examples
        --------
        >>> Circle(2.0).score([[1.0, 0.0]], sigma=0.5).round(3)
        array([[3.482, 0.   ]])
        """
        with hold_interrupts_back():
            from scipy.special import i0e, i1e

        points = check_rows(x, 2)
        sigma = check_smoothing(sigma, NO_DENSITY)
        memory.budget("the score", points.size, REMEDY, beside=ARRAYS * len(points))
        r, k = self._polar(points, sigma)
        # The Bessel functions are scaled, because e^k would overflow.
        inward: Array = (self.radius * i1e(k) / i0e(k) - r) / (sigma * sigma)
        return points * (inward / np.where(r > 0, r, 1.0))[:, None]  # 0 at the centre

    def log_density(self, x: ArrayLike, sigma: float = 0.0) -> Array:
        """Return log p_sigma at some points of the plane.

        Parameters
        ----------
        x : array_like, shape (n, 2)
            Points, one per row.
        sigma : float
            Standard deviation of the smoothing, positive.

        Returns
        -------
        ndarray, shape (n,)

        Raises
        ------
        TypeError, ValueError
            For points of another shape, and for sigma = 0.

        Examples
        --------
        >>> Circle().log_density([[1.0, 0.0], [0.0, 0.0]], sigma=0.5).round(3)
        array([-2.027, -2.452])
        """
        with hold_interrupts_back():
            from scipy.special import i0e

        points = check_rows(x, 2)
        sigma = check_smoothing(sigma, NO_DENSITY)
        memory.budget("the density", len(points), REMEDY, beside=ARRAYS * len(points))
        r, k = self._polar(points, sigma)
        # i0e(k) = exp(-k) I_0(k), and -(r^2 + R^2) / (2 sigma^2) + k is a square.
        values: Array = (
            np.log(i0e(k))
            - 0.5 * ((r - self.radius) / sigma) ** 2
            - math.log(2.0 * math.pi * sigma * sigma)
        )
        return values

    def sample(self, n: int, *, rng: Seed = None, sigma: float = 0.0) -> Array:
        """Draw independent points of the circle and add sigma z, with z standard normal.

        Parameters
        ----------
        n : int
            Number of points.
        rng : None, int, SeedSequence or Generator
            Seed of NumPy's generator, which draws them.
        sigma : float
            Standard deviation of the smoothing; 0 leaves the points on the circle.

        Returns
        -------
        ndarray, shape (n, 2)

        Raises
        ------
        TypeError, ValueError
            For n below 1, a negative sigma, or what is no seed.

        Examples
        --------
        >>> Circle(2.0).sample(5, rng=1).shape
        (5, 2)
        """
        n = checks.integer("n", n)
        sigma = read_size("sigma", sigma)
        budget_sample(n, 2, beside=3 * n)
        generator = numpy_generator(rng)
        angle = generator.uniform(0.0, 2.0 * math.pi, n)
        points: Array = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        points *= self.radius
        if sigma > 0:
            noise = generator.standard_normal(points.shape)
            noise *= sigma
            points += noise
        return points

    def _polar(self, points: Array, sigma: float) -> tuple[Array, Array]:
        """Return r and k = r R / sigma^2."""
        r: Array = np.hypot(points[:, 0], points[:, 1])
        return r, r / sigma * (self.radius / sigma)
