"""Losses that are least at the score of smoothed data, from one denoising at each noise.

The denoising loss (1/2) E |s(x + sigma z, sigma) + z / sigma|^2 asks the score for the noise that
was added to the data; `losses` shows why it is least at grad log p_sigma. Noise-conditional score
networks take a weighted mean of it over many levels of noise.

Sources: Vincent, "A connection between score matching and denoising autoencoders", Neural
Computation 23, 2011; Song and Ermon, NeurIPS 2019, equations 2, 5 and 6.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks
from stochcalc.engine.given_values import read_size
from stochcalc.engine.habits import hint_names
from stochcalc.engine.random.philox import numpy_generator
from stochcalc.estimate import Estimate
from stochcalc.score.evaluation import check_levels
from stochcalc.score.integrands import denoising_terms
from stochcalc.score.losses import average, check_data
from stochcalc.typing import Array, Score, Seed


@hint_names
def denoising_loss(
    score: Score, data: ArrayLike, sigma: float, *, draws: int = 1, rng: Seed = None
) -> Estimate:
    r"""Estimate Vincent's loss, the mean of `|s(x + sigma z, sigma) + z / sigma|^2 / 2`.

    The mean is over the data x and standard normal z. Give the data as they are: the loss smooths
    them itself.

    Parameters
    ----------
    score : distribution, or callable score(x, sigma)
        The score that is judged: x has shape (n, d), and so have the scores.
    data : array_like, shape (n, d)
        Independent points of the density, not smoothed.
    sigma : float
        Standard deviation of the smoothing, positive.
    draws : int
        Number of noises per point, averaged before the standard error is taken, since they share
        the point.
    rng : None, int, SeedSequence or Generator
        Seed of the noise.

    Returns
    -------
    Estimate
        The loss, with the standard error of a mean over independent points.

    Raises
    ------
    TypeError, ValueError
        For what `explicit_loss` refuses, and for a sigma that is not positive.

    Notes
    -----
    The loss is

    .. math:: \tfrac12 E \left| s(x + \sigma z, \sigma) + \frac{z}{\sigma} \right|^2.

    Each draw of z takes one evaluation of the score. As sigma -> 0 the loss grows like
    d / (2 sigma^2), and the standard deviation of one draw like sqrt(d / 2) / sigma^2; the weights
    of `ncsn_loss` undo that.

    References
    ----------
    P. Vincent, Neural Computation 23 (2011) 1661. [vincent2011]

    Examples
    --------
    The score of data that are all the same point knows the noise exactly:

    >>> denoising_loss(lambda x, sigma: -x / sigma**2, np.zeros((5, 2)), 0.5, rng=1).value
    0.0
    """
    points = check_data(score, data, arrays=4)
    sigma = read_size("sigma", sigma, zero=False)
    draws = checks.integer("draws", draws)
    generator = numpy_generator(rng)
    return average(_average_over_noise(score, points, sigma, draws, generator))


@hint_names
def ncsn_loss(
    score: Score,
    data: ArrayLike,
    sigmas: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    draws: int = 1,
    rng: Seed = None,
) -> Estimate:
    r"""Estimate the loss of noise-conditional score networks, a weighted mean of denoising losses.

    Parameters
    ----------
    score : distribution, or callable score(x, sigma)
        The score that is judged: x has shape (n, d), and so have the scores.
    data : array_like, shape (n, d)
        Independent points of the density, not smoothed.
    sigmas : array_like, shape (L,)
        Standard deviations of the smoothing at the levels, decreasing and positive.
    weights : array_like, shape (L,), optional
        Weights of the levels, at least 0 and not all 0, used without normalisation; sigma_i^2 if
        left out.
    draws : int
        Number of noises per point and level.
    rng : None, int, SeedSequence or Generator
        Seed of the noise.

    Returns
    -------
    Estimate
        The loss; its standard error allows for the levels sharing the points.

    Raises
    ------
    TypeError, ValueError
        For what `denoising_loss` refuses, sigmas that do not decrease, or weights that do not
        match them.

    Notes
    -----
    With the weights :math:`w_i` the loss is

    .. math:: \frac{1}{L} \sum_{i=1}^L w_i \,
        \tfrac12 E \left| s(x + \sigma_i z, \sigma_i) + \frac{z}{\sigma_i} \right|^2.

    The default weights sigma_i^2 turn each term into `E |sigma s + z|^2 / 2`, of order d at every
    level (the paper's equation 6).

    References
    ----------
    Y. Song and S. Ermon, NeurIPS 2019, equations 5 and 6. [songermon2019]

    Examples
    --------
    >>> from stochcalc.score import GaussianMixture
    >>> p = GaussianMixture([1.0], [[0.0]], 1.0)
    >>> print(ncsn_loss(p, p.sample(10_000, rng=1), [2.0, 1.0], rng=2))
    0.1737 +- 0.0021

    The exact value is (1/2)(1/5 + 1/2) / 2 = 0.175.
    """
    points = check_data(score, data, arrays=4)
    levels = check_levels(sigmas)
    factors = levels**2
    if weights is not None:
        factors = checks.array("weights", weights, ndim=1)
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
        total += factor * _average_over_noise(score, points, sigma, draws, generator)
    return average(total / len(levels))


def _average_over_noise(
    score: Score, x: Array, sigma: float, draws: int, generator: np.random.Generator
) -> Array:
    """Return the denoising integrand at each point, averaged over `draws` noises."""
    total = np.zeros(len(x))
    for _ in range(draws):
        total += denoising_terms(score, x, sigma, generator.standard_normal(x.shape))
    return total / draws
