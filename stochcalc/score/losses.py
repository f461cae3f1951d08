"""Losses that are least at the score of a density, and that can be computed without it.

A learned score s should have a small Fisher divergence J = (1/2) E |s(x) - grad log p(x)|^2, but
nobody has its target. Score matching replaces J by an average that differs from it by a constant.
Let x have the density p, let E v v' = I, let z be standard normal, and let J_sigma be the same
divergence from the smoothed density p_sigma, which is that of y = x + sigma z. Then

    explicit   E [ |s|^2 / 2 + tr grad s ]             = J - (1/2) E |grad log p|^2
    sliced     E [ |s|^2 / 2 + v . (grad s) v ]        = explicit
    denoising  (1/2) E |s(x + sigma z) + z / sigma|^2  = explicit on y + d / (2 sigma^2)
                                                       = J_sigma + C
               with C = (1/2) (d / sigma^2 - E |grad log p_sigma|^2)

The first line is an integration by parts. The second holds because E v'Av = tr A. The third is
Stein's identity, E s(y) . z / sigma = E tr grad s(y), with E |z|^2 = d. So every loss is least at
grad log p, or at grad log p_sigma, and the constants do not depend on the parameters of s. The
least denoising loss is C and not 0: a fit is judged by its distance from C.

The integrands, one number for each point, are in `integrands`.

Sources: Hyvarinen, "Estimation of non-normalized statistical models by score matching", JMLR 6,
2005, theorem 1; Vincent, "A connection between score matching and denoising autoencoders", Neural
Computation 23, 2011; Song, Garg, Shi and Ermon, "Sliced score matching", UAI 2019 (the
variance-reduced form); Song and Ermon, NeurIPS 2019, equations 1 to 3, 5 and 6.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.engine import checks
from stochcalc.engine.random.philox import numpy_generator
from stochcalc.estimate import Estimate
from stochcalc.score.integrands import denoising_terms, explicit_terms, sliced_terms
from stochcalc.score.moves import check_points

Array = NDArray[Any]


def explicit_loss(
    score: Any, data: ArrayLike, sigma: float = 0.0, *, jacobian: Any = None
) -> Estimate:
    """Estimate Hyvarinen's loss, the mean over the data of |s|^2 / 2 + tr grad s.

    Without `jacobian` the trace is computed by central differences and takes 2d evaluations of the
    score. Their relative error is about eps^(2/3) (L / l)^2. Here L is sigma, or the interquartile
    range of the data if sigma = 0; l is the length over which the score bends; and eps is the
    precision of what the score returns. At l = L this is 4e-11, and 2e-5 for a score that returns
    float32. A score that is computed in float32 and returned in float64 hides its precision, and
    its trace is noise. In high dimension use `sliced_loss`.

    Parameters
    ----------
    score : distribution, or callable score(x, sigma)
        x has shape (n, d), and so have the scores.
    data : array_like, shape (n, d)
        Independent points of the density whose score is sought. They are used as given: with sigma
        > 0 the smoothed score is evaluated at them, so give points that are smoothed already.
    sigma : float
        Passed on to the score.
    jacobian : callable jacobian(x, sigma), optional
        Returns grad s, shape (n, d, d); only its diagonal enters.

    Returns
    -------
    Estimate
        With the standard error of a mean over independent points. On the data a score was fitted
        to, it is too low.

    Raises
    ------
    TypeError, ValueError
        For shapes that do not match, and scores that are not finite, with the point.

    Examples
    --------
    >>> data = np.array([[-1.0], [1.0]])
    >>> explicit_loss(
    ...     lambda x, sigma: -x, data, jacobian=lambda x, sigma: -np.ones((2, 1, 1))
    ... ).value
    -0.5
    """
    points = _points(score, data)
    sigma = checks.number("sigma", sigma, least=0.0)
    if jacobian is not None and not callable(jacobian):
        raise TypeError(
            f"jacobian={jacobian!r} must be a callable jacobian(x, sigma) -> (n, d, d), or None"
        )
    return _mean(explicit_terms(score, points, sigma, jacobian))


def denoising_loss(
    score: Any, data: ArrayLike, sigma: float, *, draws: int = 1, rng: Any = None
) -> Estimate:
    """Estimate Vincent's loss, the mean of |s(x + sigma z, sigma) + z / sigma|^2 / 2.

    The mean is over the data x and standard normal z. Give the data as they are: the loss smooths
    them itself. Each draw of z takes one evaluation of the score. As sigma -> 0 the loss and its
    scatter grow like d / (2 sigma^2); the weights of `ncsn_loss` undo that.

    Parameters
    ----------
    score : distribution, or callable score(x, sigma)
    data : array_like, shape (n, d)
    sigma : float
        Positive.
    draws : int
        Noises per point, averaged before the standard error is taken: they share the point.
    rng : None, int, SeedSequence or Generator

    Returns
    -------
    Estimate

    Raises
    ------
    TypeError, ValueError
        As `explicit_loss`; and for sigma that is not positive.

    Examples
    --------
    The score of data that are all the same point knows the noise exactly:

    >>> denoising_loss(lambda x, sigma: -x / sigma**2, np.zeros((5, 2)), 0.5, rng=1).value
    0.0
    """
    points = _points(score, data)
    sigma = checks.number("sigma", sigma, above=0.0)
    draws = checks.integer("draws", draws)
    generator = numpy_generator(rng)
    return _mean(_noised(score, points, sigma, draws, generator))


def sliced_loss(
    score: Any, data: ArrayLike, sigma: float = 0.0, *, projections: int = 1, rng: Any = None
) -> Estimate:
    """Estimate the loss of sliced score matching, the mean of v . (grad s) v + |s|^2 / 2.

    The mean is over the data and v, a vector of random signs (Rademacher). Of all laws of v with
    E v v' = I and independent components, this one gives v'Av the least variance, which is
    2 sum_{i != j} A_ij^2 for symmetric A. The derivative along v is a central difference, as
    accurate as in `explicit_loss`. Each projection takes 3 evaluations of the score, whatever the
    dimension.

    Parameters
    ----------
    score : distribution, or callable score(x, sigma)
    data : array_like, shape (n, d)
        Used as given, as in `explicit_loss`: with sigma > 0, points that are smoothed already.
    sigma : float
        Passed on to the score.
    projections : int
        Vectors v per point, averaged before the standard error is taken.
    rng : None, int, SeedSequence or Generator

    Returns
    -------
    Estimate

    Raises
    ------
    TypeError, ValueError
        As `explicit_loss`.

    Examples
    --------
    In one dimension random signs are exact:

    >>> round(sliced_loss(lambda x, sigma: -x, [[-1.0], [1.0]], rng=1).value, 6)
    -0.5
    """
    points = _points(score, data)
    sigma = checks.number("sigma", sigma, least=0.0)
    projections = checks.integer("projections", projections)
    generator = numpy_generator(rng)
    total = np.zeros(len(points))
    for _ in range(projections):
        signs = generator.choice([-1.0, 1.0], size=points.shape)
        total += sliced_terms(score, points, sigma, signs)
    return _mean(total / projections)


def ncsn_loss(
    score: Any,
    data: ArrayLike,
    sigmas: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    draws: int = 1,
    rng: Any = None,
) -> Estimate:
    """Estimate the loss of noise-conditional score networks.

    It is the weighted mean of denoising losses, (1/L) sum_i weights_i denoising(sigma_i).

    The default weights sigma_i^2 turn each term into E |sigma s + z|^2 / 2, of order d at every
    level (the paper's equation 6).

    Parameters
    ----------
    score : distribution, or callable score(x, sigma)
    data : array_like, shape (n, d)
    sigmas : array_like, shape (L,)
        Decreasing, positive.
    weights : array_like, shape (L,), optional
        At least 0, not all 0; used as given, without normalisation.
    draws : int
        Noises per point and level.
    rng : None, int, SeedSequence or Generator

    Returns
    -------
    Estimate
        Its standard error allows for the levels sharing the points.

    Raises
    ------
    TypeError, ValueError
        As `denoising_loss`; and for sigmas that do not decrease, or weights that do not match them.

    Examples
    --------
    >>> from stochcalc.score import GaussianMixture
    >>> p = GaussianMixture([1.0], [[0.0]], 1.0)
    >>> print(ncsn_loss(p, p.sample(10_000, rng=1), [2.0, 1.0], rng=2))
    0.1737 +- 0.0021

    The exact value is (1/2)(1/5 + 1/2) / 2 = 0.175.
    """
    points = _points(score, data)
    levels = checks.array("sigmas", sigmas, ndim=1)
    if (levels <= 0).any() or (np.diff(levels) >= 0).any():
        raise ValueError(
            f"sigmas={levels.tolist()} must be positive and decrease strictly: sort them, largest "
            f"first"
        )
    factors = levels**2 if weights is None else checks.array("weights", weights, ndim=1)
    if len(factors) != len(levels):
        raise ValueError(
            f"weights has {len(factors)} entries and sigmas {len(levels)}: give one weight per "
            f"level"
        )
    if (factors < 0).any() or not factors.any():
        raise ValueError(
            f"weights={factors.tolist()} must be at least 0 and not all 0: a negative one rewards "
            f"a wrong score"
        )
    draws = checks.integer("draws", draws)
    generator = numpy_generator(rng)
    total = np.zeros(len(points))
    for sigma, factor in zip(levels.tolist(), factors.tolist()):
        total += factor * _noised(score, points, sigma, draws, generator)
    return _mean(total / len(levels))


def _noised(
    score: Any, x: Array, sigma: float, draws: int, generator: np.random.Generator
) -> Array:
    """Return the denoising integrand at each point, averaged over `draws` noises."""
    total = np.zeros(len(x))
    for _ in range(draws):
        total += denoising_terms(score, x, sigma, generator.standard_normal(x.shape))
    return total / draws


def _mean(terms: Array) -> Estimate:
    """Return the mean of independent terms; the standard error of one term alone is nan."""
    n = len(terms)
    stderr = np.nan
    if n > 1:
        stderr = float(terms.std(ddof=1)) / n**0.5
    return Estimate.normal(float(terms.mean()), stderr)


def _points(score: Any, data: ArrayLike) -> Array:
    """Return the data as points of the score's space, after a check that it is a score."""
    if not hasattr(score, "score") and not callable(score):
        raise TypeError(f"score={score!r} must be a distribution or a callable score(x, sigma)")
    return check_points("data", data, score)
