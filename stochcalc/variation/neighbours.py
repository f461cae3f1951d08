"""Estimators from products of neighbouring returns: realized variance, and three that a jump does
not reach.

Each is sum_i w_i s_i with s_i a function of a few neighbouring returns and E s_i = sigma^2 if they
are normal. A jump spoils one return among them, and a product, a minimum or a median of sizes does
not follow it. The variance is factor * sum w_i^2 sigma_i^4, estimated by fourth powers of the same
kind.

Sources: Barndorff-Nielsen and Shephard, J. R. Stat. Soc. B 64 (2002) 253 (realized), J. Financial
Econometrics 2 (2004) 1 (bipower, quadpower); Andersen, Dobrev and Schaumburg, J. Econometrics 169
(2012) 75 (minRV, medRV and their quarticities).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from stochcalc.variation.windows import Array, Clock

Measured = tuple[
    Array, Array, Array
]  # estimates, their variances, and the share of them that is due to noise


@dataclass(frozen=True)
class Local:
    """An estimator made of windows of neighbouring returns.

    Attributes
    ----------
    name : str
    width : int
        Returns in a window.
    terms : callable
        u (rows, n) -> s (rows, n - width + 1).
    gap : int
        s_i s_{i+gap} is the estimate of sigma^4: 0, or so far apart that the two windows share no
        return.
    mean, mean4 : float
        E s_i and E s_i s_{i+gap} for independent standard normal u.
    factor : float
        Variance over T^2 sigma^4/n: Var s plus twice the covariances of s with its neighbours, over
        (E s)^2.
    robust : str
        What it withstands.
    reference : str
    """

    name: str
    width: int
    terms: Callable[[Array], Array]
    gap: int
    mean: float
    mean4: float
    factor: float
    robust: str
    reference: str

    def bandwidth(self, n: int) -> int | None:
        """No window to choose."""
        return None

    def least(self, n: int, bandwidth: int | None) -> int:
        """Returns needed for a first estimate."""
        return self.width + self.gap

    def measure(self, values: Array, clock: Clock, bandwidth: int | None) -> Measured:
        """Estimates of paths (rows, n + 1), their variances, and that all of the variance is
        sigma's: each (rows, m).

        sum sigma^4 dt^2 is at least a third of its value for constant sigma. Cauchy's inequality
        gives realized variance that bound, and the others need it where most returns are zero.
        """
        terms = self.terms(clock.standard(np.diff(values, axis=-1)))
        value = clock.pooled(terms, self.width) / self.mean
        fourth = clock.pooled_squares(
            terms[:, : terms.shape[1] - self.gap], terms[:, self.gap :], self.width + self.gap
        )
        squares = clock.total(2)
        quarticity = np.maximum(
            fourth / self.mean4, value**2 * (squares / clock.total() ** 2 / 3.0)
        )
        return (
            value,
            quarticity * (self.factor * clock.weight_products(self.width, 0) / squares),
            np.zeros_like(value),
        )


def squares(u: Array) -> Array:
    """u^2."""
    return u * u


def products(u: Array) -> Array:
    """|u_i u_{i+1}|."""
    return np.abs(u[:, :-1] * u[:, 1:])


def smaller_of_two(u: Array) -> Array:
    """min(|u_i|, |u_{i+1}|)^2."""
    square = u * u
    return np.minimum(square[:, :-1], square[:, 1:])


def median_of_three(u: Array) -> Array:
    """med(|u_i|, |u_{i+1}|, |u_{i+2}|)^2."""
    square = u * u
    left, middle, right = square[:, :-2], square[:, 1:-1], square[:, 2:]
    return np.maximum(np.minimum(left, middle), np.minimum(np.maximum(left, middle), right))


PI, ROOT3 = math.pi, math.sqrt(3.0)
LOCAL = (
    Local(
        "realized", 1, squares, 0, 1.0, 3.0, 2.0, "nothing", "Barndorff-Nielsen and Shephard (2002)"
    ),
    Local(
        "bipower",
        2,
        products,
        2,
        2.0 / PI,
        (2.0 / PI) ** 2,
        PI**2 / 4.0 + PI - 3.0,
        "jumps",
        "Barndorff-Nielsen and Shephard (2004)",
    ),
    # The covariances of neighbouring minima and medians are integrals in one and two dimensions:
    # 3.81 and 2.96 in the paper.
    Local(
        "minrv",
        2,
        smaller_of_two,
        0,
        1.0 - 2.0 / PI,
        3.0 - 8.0 / PI,
        3.809878101115854,
        "jumps",
        "Andersen, Dobrev and Schaumburg (2012)",
    ),
    Local(
        "medrv",
        3,
        median_of_three,
        0,
        (6.0 - 4.0 * ROOT3) / PI + 1.0,
        (24.0 - 52.0 * ROOT3 / 3.0) / PI + 3.0,
        2.958964219273400,
        "jumps",
        "Andersen, Dobrev and Schaumburg (2012)",
    ),
)
