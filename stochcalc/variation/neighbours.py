"""Estimators from products of neighbouring returns: realized variance, and three that resist jumps.

Each is sum_i w_i s_i. The term s_i is a function of a few neighbouring returns, with mean sigma^2
if they are normal, and the weight w_i is about the step dt. A jump makes one return large, and a
product with a neighbour, a minimum or a median of sizes does not become as large with it. The
variance is factor * sum w_i^2 sigma_i^4, and it is estimated by fourth powers of the same kind.

Sources: Barndorff-Nielsen and Shephard, J. R. Stat. Soc. B 64 (2002) 253 (realized), J. Financial
Econometrics 2 (2004) 1 (bipower, quadpower); Andersen, Dobrev and Schaumburg, J. Econometrics 169
(2012) 75 (minRV, medRV and their quarticities).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from stochcalc.typing import Array
from stochcalc.variation.windows import Clock


class Measurement(NamedTuple):
    """What an estimator finds for the rows of an array of paths; each field has shape (rows, m).

    Attributes
    ----------
    value : ndarray
        The estimates at the m ends of the clock.
    variance : ndarray
        The estimated variances of these estimates.
    noise_share : ndarray
        The share of each variance that is due to market noise.
    """

    value: Array
    variance: Array
    noise_share: Array


@dataclass(frozen=True)
class NeighbourEstimator:
    """An estimator made of windows of neighbouring returns.

    Attributes
    ----------
    name : str
        The word by which `quadratic_variation` knows it.
    width : int
        Number of returns in a window.
    terms : callable
        It takes standardized returns u, shape (rows, n), and returns terms s, shape
        (rows, n - width + 1).
    gap : int
        The product s_i s_{i+gap} is the estimate of sigma^4. The gap is 0, or so large that the two
        windows share no return.
    mean, mean4 : float
        E s_i and E s_i s_{i+gap} for independent standard normal u.
    factor : float
        The variance over T^2 sigma^4/n: the sum of `covariances`, up to rounding.
    covariances : tuple of float
        Var s_i, 2 Cov(s_i, s_{i+1}), 2 Cov(s_i, s_{i+2}), ..., over (E s)^2, as long as the two
        windows share a return.
    robust : str
        What the estimator withstands.
    reference : str
        The paper that introduced it.
    sources : tuple of str
        Its key in `references.bib`.
    smallest : int
        The smallest bandwidth; of no use here, since there is no bandwidth to choose.
    even : bool
        Whether a bandwidth must be even; of no use here either.
    """

    name: str
    width: int
    terms: Callable[[Array], Array]
    gap: int
    mean: float
    mean4: float
    factor: float
    covariances: tuple[float, ...]
    robust: str
    reference: str
    sources: tuple[str, ...]
    smallest: int = 1
    even: bool = False

    def bandwidth(self, n: int) -> int | None:
        """Return None: there is no bandwidth to choose."""
        return None

    def least(self, n: int, bandwidth: int | None) -> int:
        """Return the number of returns that a first estimate needs."""
        return self.width + self.gap

    def measure(self, values: Array, clock: Clock, bandwidth: int | None) -> Measurement:
        r"""Estimate the quadratic variation of paths at every end of the clock.

        Parameters
        ----------
        values : ndarray, shape (rows, n + 1)
            The observations.
        clock : Clock
        bandwidth : None
            There is none to choose.

        Returns
        -------
        Measurement
            The variance is due to sigma alone, so the share of noise is 0.

        Notes
        -----
        The estimate of :math:`\sum \sigma_i^4 \dd t_i^2` is not let fall below a third of the value
        it has for constant sigma. Cauchy's inequality gives realized variance that bound, and the
        others need it where most returns are zero.
        """
        # Realized variance: sum_i dx_i^2 = sum_i dt_i (dx_i/sqrt(dt_i))^2.
        terms = self.terms(clock.standardize(np.diff(values, axis=-1)))
        value = clock.estimate_variation(terms, self.width) / self.mean
        fourth = clock.estimate_quarticity(
            terms[:, : terms.shape[1] - self.gap], terms[:, self.gap :], self.width + self.gap
        )
        squares = clock.sum_steps(2)
        quarticity = np.maximum(
            fourth / self.mean4, value**2 * (squares / clock.sum_steps() ** 2 / 3.0)
        )
        weight_squares = clock.sum_weight_products(self.width, 0)
        return Measurement(
            value=value,
            variance=quarticity * (self.factor * weight_squares / squares),
            noise_share=np.zeros_like(value),
        )


def square(u: Array) -> Array:
    """Return u_i^2."""
    return u * u


def multiply_two(u: Array) -> Array:
    """Return |u_i u_{i+1}|."""
    products = u[:, :-1] * u[:, 1:]
    return np.abs(products, out=products)


def square_smaller_of_two(u: Array) -> Array:
    """Return min(|u_i|, |u_{i+1}|)^2."""
    squares = u * u
    return np.minimum(squares[:, :-1], squares[:, 1:])


def square_median_of_three(u: Array) -> Array:
    """Return med(|u_i|, |u_{i+1}|, |u_{i+2}|)^2."""
    squares = u * u
    left = squares[:, :-2]
    middle = squares[:, 1:-1]
    right = squares[:, 2:]
    # med(a, b, c) = max(min(a, b), min(max(a, b), c)), each step in the array of the one before it
    smaller = np.minimum(left, middle)
    median = np.maximum(left, middle)
    np.minimum(median, right, out=median)
    return np.maximum(smaller, median, out=median)


PI = math.pi
ROOT3 = math.sqrt(3.0)
NEIGHBOUR_ESTIMATORS = (
    NeighbourEstimator(
        name="realized",
        width=1,
        terms=square,
        gap=0,
        mean=1.0,
        mean4=3.0,
        factor=2.0,
        covariances=(2.0,),
        robust="nothing",
        reference="Barndorff-Nielsen and Shephard (2002)",
        sources=("barndorffnielsenshephard2002",),
    ),
    NeighbourEstimator(
        name="bipower",
        width=2,
        terms=multiply_two,
        gap=2,
        mean=2.0 / PI,
        mean4=(2.0 / PI) ** 2,
        factor=PI**2 / 4.0 + PI - 3.0,
        covariances=(PI**2 / 4 - 1, PI - 2),
        robust="jumps",
        reference="Barndorff-Nielsen and Shephard (2004)",
        sources=("barndorffnielsenshephard2004",),
    ),
    # The covariances of neighbouring minima and medians are integrals in one and two dimensions:
    # 3.81 and 2.96 in the paper.
    NeighbourEstimator(
        name="minrv",
        width=2,
        terms=square_smaller_of_two,
        gap=0,
        mean=1.0 - 2.0 / PI,
        mean4=3.0 - 8.0 / PI,
        factor=3.809878101115854,
        covariances=(2.434588651802987, 1.375289449312867),
        robust="jumps",
        reference="Andersen, Dobrev and Schaumburg (2012)",
        sources=("andersen2012",),
    ),
    NeighbourEstimator(
        name="medrv",
        width=3,
        terms=square_median_of_three,
        gap=0,
        mean=(6.0 - 4.0 * ROOT3) / PI + 1.0,
        mean4=(24.0 - 52.0 * ROOT3 / 3.0) / PI + 3.0,
        factor=2.958964219273400,
        covariances=(1.181928474965562, 1.236697629280456, 0.5403381150273793),
        robust="jumps",
        reference="Andersen, Dobrev and Schaumburg (2012)",
        sources=("andersen2012",),
    ),
)
