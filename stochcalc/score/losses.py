"""Losses that are least at the score of a density, and that can be computed without it.

A learned score s should have a small Fisher divergence J = (1/2) E |s(x) - grad log p(x)|^2, but
nobody has its target. Score matching replaces J by an average that differs from it by a constant.
Let x have the density p, let E v v' = I, let z be standard normal, and let J_sigma be the same
divergence from the smoothed density p_sigma, which is that of y = x + sigma z. Then

    implicit   E [ |s|^2 / 2 + tr grad s ]             = J - (1/2) E |grad log p|^2
    sliced     E [ |s|^2 / 2 + v . (grad s) v ]        = implicit
    denoising  (1/2) E |s(x + sigma z) + z / sigma|^2  = implicit on y + d / (2 sigma^2)
                                                       = J_sigma + C
               with C = (1/2) (d / sigma^2 - E |grad log p_sigma|^2)

The first line is an integration by parts, for which p s must vanish at infinity. The second holds
because E v'Av = tr A. The third is Stein's identity, E s(y) . z / sigma = E tr grad s(y), with E
|z|^2 = d. So every loss is least at grad log p, or at grad log p_sigma, and the constants do not
depend on the parameters of s. The least denoising loss is C and not 0: a fit is judged by its
distance from C.

Vincent calls J itself explicit score matching, and the first line, which is Hyvarinen's, implicit
score matching. Its function has the name `explicit_loss` all the same: what is explicit in it is
the whole trace, from which the sliced loss takes random directions.

The implicit and the sliced loss are here, and the denoising loss with its weighted mean over many
noise levels in `denoising_losses`. The integrands, one number for each point, are in `integrands`.

Sources: Hyvarinen, "Estimation of non-normalized statistical models by score matching", JMLR 6,
2005, theorem 1; Vincent, "A connection between score matching and denoising autoencoders", Neural
Computation 23, 2011; Song, Garg, Shi and Ermon, "Sliced score matching", UAI 2019 (the
variance-reduced form); Song and Ermon, NeurIPS 2019, equations 1 to 3, 5 and 6.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks, memory
from stochcalc.engine.given_values import check_call, read_size
from stochcalc.engine.habits import hint_names
from stochcalc.engine.random.philox import numpy_generator
from stochcalc.engine.words import show
from stochcalc.estimate import Estimate
from stochcalc.score.evaluation import check_points, check_score
from stochcalc.score.integrands import explicit_terms, sliced_terms
from stochcalc.typing import Array, Score, ScoreFunction, Seed


@hint_names
def explicit_loss(
    score: Score, data: ArrayLike, sigma: float = 0.0, *, jacobian: ScoreFunction | None = None
) -> Estimate:
    r"""Estimate Hyvarinen's loss, the mean over the data of `|s|^2 / 2 + tr grad s`.

    This is the loss of implicit score matching, with the trace computed explicitly. The explicit
    one, half the mean of `|s - grad log p|^2`, needs the score of the data.

    Parameters
    ----------
    score : distribution, or callable score(x, sigma)
        The score that is judged: x has shape (n, d), and so have the scores.
    data : array_like, shape (n, d)
        Independent points of the density whose score is sought. They are used as given: with sigma
        > 0 the smoothed score is evaluated at them, so give points that are smoothed already.
    sigma : float
        Standard deviation of the smoothing, at least 0, which is passed on to the score.
    jacobian : callable jacobian(x, sigma), optional
        A function that returns grad s, shape (n, d, d); only its diagonal enters.

    Returns
    -------
    Estimate
        The loss, with the standard error of a mean over independent points. On the data that a
        score was fitted to, it is too low.

    Raises
    ------
    TypeError, ValueError
        For shapes that do not match, and scores that are not finite, with the point.

    Notes
    -----
    The loss is

    .. math:: E \left[ \tfrac12 |s(x)|^2 + \nabla \cdot s(x) \right].

    Without `jacobian` the divergence is computed by central differences and takes 2d evaluations
    of the score. Their relative error is about eps^(2/3) (L / l)^2. Here L is sigma, or the
    interquartile range of the data if sigma = 0; l is the length over which the score bends; and
    eps is the precision of what the score returns. At l = L this is 4e-11, and 2e-5 for a score
    that returns float32. A score that is computed in float32 and returned in float64 hides its
    precision, and its trace is noise. In high dimension use `sliced_loss`.

    References
    ----------
    A. Hyvarinen, JMLR 6 (2005) 695, theorem 1. [hyvarinen2005]

    P. Vincent, Neural Computation 23 (2011) 1661: the names implicit and explicit. [vincent2011]

    Examples
    --------
    >>> data = np.array([[-1.0], [1.0]])
    >>> explicit_loss(
    ...     lambda x, sigma: -x, data, jacobian=lambda x, sigma: -np.ones((2, 1, 1))
    ... ).value
    -0.5
    """
    points = check_data(score, data, arrays=9)
    sigma = read_size("sigma", sigma)
    if callable(jacobian):
        check_call("jacobian", jacobian, "x, sigma", points, sigma)
    elif jacobian is not None:
        raise TypeError(
            f"jacobian={show(jacobian)} must be a callable jacobian(x, sigma) -> (n, d, d), or None"
        )
    return average(explicit_terms(score, points, sigma, jacobian))


@hint_names
def sliced_loss(
    score: Score, data: ArrayLike, sigma: float = 0.0, *, projections: int = 1, rng: Seed = None
) -> Estimate:
    r"""Estimate the loss of sliced score matching, the mean of `v . (grad s) v + |s|^2 / 2`.

    The mean is over the data and v, a vector of random signs (Rademacher).

    Parameters
    ----------
    score : distribution, or callable score(x, sigma)
        The score that is judged: x has shape (n, d), and so have the scores.
    data : array_like, shape (n, d)
        Independent points, used as given, as in `explicit_loss`: with sigma > 0, points that are
        smoothed already.
    sigma : float
        Standard deviation of the smoothing, at least 0, which is passed on to the score.
    projections : int
        Number of vectors v per point, averaged before the standard error is taken.
    rng : None, int, SeedSequence or Generator
        Seed of the signs.

    Returns
    -------
    Estimate
        The loss, with the standard error of a mean over independent points.

    Raises
    ------
    TypeError, ValueError
        For what `explicit_loss` refuses, and for projections below 1.

    Notes
    -----
    The loss is

    .. math:: E \left[ \tfrac12 |s(x)|^2 + v^T \nabla s(x) \, v \right].

    Of all laws of v with E v v' = I and independent components, random signs give v'Av the least
    variance, which is 2 sum_{i != j} A_ij^2 for symmetric A. The derivative along v is a central
    difference, as accurate as in `explicit_loss`. Each projection takes 3 evaluations of the
    score, whatever the dimension.

    References
    ----------
    Y. Song, S. Garg, J. Shi and S. Ermon, "Sliced score matching", UAI 2019. [song2019]

    Examples
    --------
    In one dimension random signs are exact:

    >>> round(sliced_loss(lambda x, sigma: -x, [[-1.0], [1.0]], rng=1).value, 6)
    -0.5
    """
    points = check_data(score, data, arrays=12)
    sigma = read_size("sigma", sigma)
    projections = checks.integer("projections", projections)
    generator = numpy_generator(rng)
    total = np.zeros(len(points))
    for _ in range(projections):
        signs = generator.choice([-1.0, 1.0], size=points.shape)
        total += sliced_terms(score, points, sigma, signs)
    return average(total / projections)


def average(terms: Array) -> Estimate:
    """Return the mean of independent terms; the standard error of one term alone is nan."""
    if len(terms) == 1:
        return Estimate.normal(float(terms[0]), np.nan)
    mean = Estimate.mean(terms)
    return Estimate.normal(float(mean.value), float(mean.stderr))


def check_data(score: Score, data: ArrayLike, arrays: int) -> Array:
    """Return the data as points of the score's space, after a check that it is a score.

    The loss takes so many arrays of the size of the data at a time.
    """
    check_score(score)
    points = check_points("data", data, score)
    remedy = "use fewer data, such as data[::2]"
    memory.budget_run("a loss of the data", 0, remedy, beside=arrays * points.size)
    return points
