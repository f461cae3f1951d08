r"""The square-root process of Feller, and of Cox, Ingersoll and Ross.

Its law is known, its path is not.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks, memory
from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.engine.given_values import read_size
from stochcalc.engine.portable import portable
from stochcalc.engine.random.philox import numpy_generator
from stochcalc.engine.words import show
from stochcalc.models.model import Model
from stochcalc.typing import Array, Number, Seed


class CIR(Model):
    """A square-root process with its law; `cir` makes it."""

    def sample(self, t: ArrayLike, paths: int = 1, x0: float = 1.0, rng: Seed = None) -> Array:
        r"""Draw X at the times t, exactly in law.

        The values are not those along a given motion: the law is all that is known.

        Parameters
        ----------
        t : float, or increasing sequence of floats
            Times, not negative.
        paths : int
            Number of independent paths.
        x0 : float
            The start, not negative.
        rng : int, SeedSequence, Generator or None, optional
            Seed as NumPy takes it.

        Returns
        -------
        ndarray, shape (paths, len(t)), or (paths,) for one number

        Raises
        ------
        TypeError, ValueError
            For times that fall or are negative, a negative start, an array beyond the memory
            budget.

        Notes
        -----
        Given X_s, X_(s+h) is c times a noncentral chi-squared variable. Its degrees of freedom are
        4 kappa theta/sigma^2, its noncentrality is e^(-kappa h) X_s/c, and

        .. math:: c = \frac{\sigma^2 (1 - e^{-\kappa h})}{4 \kappa}

        Examples
        --------
        >>> x = cir(2.0, 0.5, 1.0).sample([0.0, 1.0, 2.0], paths=3, x0=0.5, rng=1)
        >>> x.shape, bool((x >= 0.0).all())
        ((3, 3), True)
        """
        asked = checks.array("t", t)
        times = checks.increasing("t", np.atleast_1d(asked))
        if times.ndim > 1 or times[0] < 0.0:
            raise ValueError(
                f"t={show(t)} must be one number or a sequence, none negative: the law starts from "
                f"X_0 = x0"
            )
        paths = checks.integer("paths", paths)
        x0 = checks.number("x0", x0, least=0.0)
        remedy = "use fewer paths or times"
        memory.budget("the sample", paths * len(times), remedy, beside=3 * paths)
        kappa, theta, sigma = self.args
        generator = numpy_generator(rng)
        now = np.full(paths, x0)
        out = np.empty((paths, len(times)))
        for k, h in enumerate(np.diff(times, prepend=0.0)):
            c = -sigma * sigma * math.expm1(-kappa * h) / (4.0 * kappa)
            if c > 0.0:
                now = c * generator.noncentral_chisquare(
                    4.0 * kappa * theta / sigma**2, math.exp(-kappa * h) * now / c
                )
            out[:, k] = now
        if asked.ndim == 0:
            return out[:, 0]
        return out


@portable
def cir(kappa: float, theta: float, sigma: float) -> CIR:
    r"""Return the square-root process of Cox, Ingersoll and Ross.

    Parameters
    ----------
    kappa : float
        The speed of reversion, positive, per unit of time.
    theta : float
        The long-run mean, positive.
    sigma : float
        The noise, positive.

    Returns
    -------
    CIR
        A model with mean, variance, invariant density and `.sample`, which draws from its law.

    Raises
    ------
    TypeError, ValueError
        For parameters that are not above 0; `.mean` and `.var` for a start below 0.

    Notes
    -----
    .. math:: \dd X = \kappa (\theta - X) \, \dd t + \sigma \sqrt{X} \, \dd W

    From x0 >= 0 it stays there. With p = 1 - e^(-kappa t) the mean is x0 + (theta - x0) p, and the
    variance sigma^2 p (x0 (1 - p) + theta p/2)/kappa. The invariant density is that of the gamma
    law of shape 2 kappa theta/sigma^2 and mean theta. The process never touches 0 if
    2 kappa theta >= sigma^2 (Feller).

    A scheme steps below 0 even so. Here drift and diffusion take max(X, 0) in the place of X, so
    that solve(cir(...)) is the full-truncation Euler scheme: a state below 0 has no noise, and
    kappa theta dt pulls it up. It represents a process at max(X, 0), which is the number to use.
    Of Euler's variants this one has the least bias. Near 0 all schemes are poor all the same: their
    strong order falls with 2 kappa theta/sigma^2 where Feller's condition fails, and diffusion_dx =
    sigma/(2 sqrt(X)) has no bound, so that milstein, and other interpretations than Ito's, are of
    use only far from 0.

    References
    ----------
    Cox, Ingersoll and Ross, Econometrica 53 (1985) 385; Lord, Koekkoek and Van Dijk, Quantitative
    Finance 10 (2010) 177; Hefter and Jentzen, Finance and Stochastics 23 (2019) 139, for the order.
    [cox1985] [lord2010] [hefterjentzen2019]

    Examples
    --------
    >>> round(cir(2.0, 0.5, 1.0).mean(1.0, 1.0), 6), round(cir(2.0, 0.5, 1.0).var(1.0, 1.0), 6)
    (0.567668, 0.151965)
    """
    with hold_interrupts_back():
        from scipy.special import gammaln, xlogy

    kappa = checks.number("kappa", kappa, above=0.0)
    theta = checks.number("theta", theta, above=0.0)
    sigma = read_size("sigma", sigma, zero=False)
    shape = 2.0 * kappa * theta / sigma**2
    scale = sigma**2 / (2.0 * kappa)

    def law(t: Number, x0: float) -> tuple[Number, Number]:
        checks.number("x0", x0, least=0.0)
        p = -np.expm1(-kappa * t)
        mean = x0 + (theta - x0) * p
        variance = sigma**2 / kappa * p * (x0 * (1.0 - p) + 0.5 * theta * p)
        return mean, variance

    def invariant(x: ArrayLike) -> Number:
        points = checks.array("x", x)
        inside = np.maximum(points, 0.0)
        density = (
            np.exp(xlogy(shape - 1.0, inside / scale) - inside / scale - gammaln(shape)) / scale
        )
        return np.where(points < 0.0, 0.0, density)

    return CIR(
        name="cir",
        drift=lambda t, x, kappa, theta, sigma: kappa * (theta - np.maximum(x, 0.0)),
        diffusion=lambda t, x, kappa, theta, sigma: sigma * np.sqrt(np.maximum(x, 0.0)),
        law=law,
        args=(kappa, theta, sigma),
        invariant=invariant,
        drift_dx=_slope_of_drift,
        diffusion_dx=_slope_of_diffusion,
    )


def _slope_of_drift(t: float, x: float, kappa: float, theta: float, sigma: float) -> float:
    """Return the derivative of kappa (theta - max(x, 0)); at the corner, the mean of both sides."""
    if x > 0.0:
        return -kappa
    if x < 0.0:
        return 0.0
    return -0.5 * kappa


def _slope_of_diffusion(t: float, x: float, kappa: float, theta: float, sigma: float) -> float:
    """Return the derivative of sigma sqrt(max(x, 0)); it is infinite at 0."""
    if x > 0.0:
        return 0.5 * sigma / math.sqrt(x)
    if x < 0.0:
        return 0.0
    return math.inf
