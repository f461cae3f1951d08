"""The square-root process of Feller, and of Cox, Ingersoll and Ross: its law is known, its path is
not.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.engine import checks
from stochcalc.engine.compiler.interrupts import interrupts_held_back
from stochcalc.engine.random.philox import numpy_generator
from stochcalc.models.model import Model


class CIR(Model):
    """A square-root process; made by `cir`."""

    def sample(
        self, t: ArrayLike, paths: int = 1, x0: float = 1.0, rng: Any = None
    ) -> NDArray[np.float64]:
        """X at the times t, exact in law: X_(s+h) given X_s is c times a noncentral chi-squared
        variable.

        Its degrees of freedom are 4 kappa theta/sigma^2, its noncentrality e^(-kappa h) X_s/c, and
        c = sigma^2 (1 - e^(-kappa h))/(4 kappa). Not along a given motion: the law is all that is
        known.

        Parameters
        ----------
        t : float, or increasing sequence of floats
            Times, not negative.
        paths : int
        x0 : float
            Start, not negative.
        rng : seed as NumPy takes it

        Returns
        -------
        ndarray, shape (paths, len(t)), or (paths,) for one number

        Raises
        ------
        TypeError, ValueError
            For times that fall or are negative, a negative start, an array beyond the memory
            budget.

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
                f"t={t!r:.60} must be one number or a sequence, none negative: the law starts from "
                f"X_0 = x0"
            )
        paths, x0 = checks.integer("paths", paths), checks.number("x0", x0, least=0.0)
        checks.budget("the sample", paths * len(times), "use fewer paths or times")
        kappa, theta, sigma = self.args
        generator, now, out = (
            numpy_generator(rng),
            np.full(paths, x0),
            np.empty((paths, len(times))),
        )
        for k, h in enumerate(np.diff(times, prepend=0.0)):
            if h > 0.0:
                c = -sigma * sigma * math.expm1(-kappa * h) / (4.0 * kappa)
                now = c * generator.noncentral_chisquare(
                    4.0 * kappa * theta / sigma**2, math.exp(-kappa * h) * now / c
                )
            out[:, k] = now
        return out if asked.ndim else out[:, 0]


def cir(kappa: float, theta: float, sigma: float) -> CIR:
    """Cox-Ingersoll-Ross dX = kappa (theta - X) dt + sigma sqrt(X) dW, from x0 >= 0; it stays
    there.

    With p = 1 - e^(-kappa t): mean x0 + (theta - x0) p, variance sigma^2 p (x0 (1 - p) + theta
    p/2)/kappa. `sample` draws from its law; `invariant` is the density of the gamma law of shape 2
    kappa theta/sigma^2 and mean theta. The process never touches 0 if 2 kappa theta >= sigma^2
    (Feller).

    A scheme steps below 0 even so. Here drift and diffusion take max(X, 0) in the place of X, so
    that solve(cir(...)) is the full-truncation Euler scheme: a state below 0 has no noise and is
    pulled up by kappa theta dt, and it stands for a process at max(X, 0), the number to use. Of
    Euler's variants this one has the least bias, yet near 0 all schemes are poor: their strong
    order falls with 2 kappa theta/sigma^2 where Feller's condition fails, and diffusion_dx =
    sigma/(2 sqrt(X)) has no bound, so that milstein, and readings other than Ito's, are of use only
    far from 0.

    Source: Cox, Ingersoll and Ross, Econometrica 53 (1985) 385; Lord, Koekkoek and Van Dijk,
    Quantitative Finance 10 (2010) 177; Hefter and Jentzen, Finance and Stochastics 23 (2019) 139,
    for the order.

    Parameters
    ----------
    kappa, theta, sigma : float
        Speed of reversion, long-run mean, noise; all positive.

    Returns
    -------
    CIR
        A model with `.sample`.

    Raises
    ------
    TypeError, ValueError
        For parameters that are not above 0; `.mean` and `.var` for a start below 0.

    Examples
    --------
    >>> round(cir(2.0, 0.5, 1.0).mean(1.0, 1.0), 6), round(cir(2.0, 0.5, 1.0).var(1.0, 1.0), 6)
    (0.567668, 0.151965)
    """
    with interrupts_held_back():
        from scipy.special import gammaln, xlogy

    kappa, theta = (
        checks.number("kappa", kappa, above=0.0),
        checks.number("theta", theta, above=0.0),
    )
    sigma = checks.number("sigma", sigma, above=0.0)
    shape, scale = 2.0 * kappa * theta / sigma**2, sigma**2 / (2.0 * kappa)

    def law(t: Any, x0: float) -> tuple[Any, Any]:
        checks.number("x0", x0, least=0.0)
        rest = -np.expm1(-kappa * t)
        return x0 + (theta - x0) * rest, sigma**2 / kappa * rest * (
            x0 * (1.0 - rest) + 0.5 * theta * rest
        )

    def invariant(x: ArrayLike) -> Any:
        points = checks.array("x", x)
        inside = np.maximum(points, 0.0)
        density = (
            np.exp(xlogy(shape - 1.0, inside / scale) - inside / scale - gammaln(shape)) / scale
        )
        return np.where(points < 0.0, 0.0, density)

    def drift_dx(t, x, kappa, theta, sigma):
        return -kappa if x > 0.0 else 0.0 if x < 0.0 else -0.5 * kappa

    def diffusion_dx(t, x, kappa, theta, sigma):
        return 0.5 * sigma / math.sqrt(x) if x > 0.0 else 0.0 if x < 0.0 else math.inf

    return CIR(
        "cir",
        lambda t, x, kappa, theta, sigma: kappa * (theta - np.maximum(x, 0.0)),
        lambda t, x, kappa, theta, sigma: sigma * np.sqrt(np.maximum(x, 0.0)),
        None,
        law,
        args=(kappa, theta, sigma),
        invariant=invariant,
        drift_dx=drift_dx,
        diffusion_dx=diffusion_dx,
    )
