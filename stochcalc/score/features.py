"""A score learned from samples by one linear solve for each noise level: random features.

At one sigma, with m and C the mean and covariance of the data and x' = x + sigma z, the model is

    s(x) = -(C + sigma^2 I)^-1 (x - m)  +  c  +  sum_j a_j phi_j(x)
    phi_j(x) = cos(w_j . (x - m) + b_j)

The first term is the best linear score, which alone is exact for Gaussian data. The rest is
bounded, so that far from the data the model points inwards whatever was learned. (A slope fitted
together with the a_j can come out pointing outwards.)

Ridge regression on the denoising target, min E |s(x') + z/sigma|^2 + ridge sum_j |a_j|^2, is a
linear system. No noise is drawn for it, because the means over z have closed forms (`noisy_means`).
By Stein's lemma E[phi(x') z / sigma] = E[grad phi(x')], so the target becomes that of implicit
score matching.

Frequencies are w = g / l with g standard normal. The length l is log-uniform between sigma / 2,
below which the noise hides all detail, and the largest standard deviation of x'.

Sources: Rahimi and Recht, "Random features for large-scale kernel machines", NeurIPS 2007 (the
features); Vincent, "A connection between score matching and denoising autoencoders", Neural
Computation 23 (2011) (the target); Hyvarinen, "Estimation of non-normalized statistical models by
score matching", JMLR 6 (2005), theorem 1 (its implicit form).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks, memory
from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.engine.habits import hint_names
from stochcalc.engine.random.philox import numpy_generator
from stochcalc.score.feature_score import RandomFeatureScore
from stochcalc.score.noisy_means import ROWS, average_features
from stochcalc.typing import Array, Seed

LARGEST = 1e100  # squares, and sums of them, stay finite
NARROWEST = 1e-6  # C + sigma^2 I stays invertible whatever C


@hint_names
def fit_random_features(
    data: ArrayLike,
    sigmas: ArrayLike,
    *,
    features: int = 128,
    ridge: float = 1e-4,
    rng: Seed = None,
) -> RandomFeatureScore:
    r"""Learn the scores of the data smoothed at each sigma, by one linear solve for each.

    Parameters
    ----------
    data : array_like, shape (n, d)
        Samples, one per row.
    sigmas : array_like, shape (L,)
        Standard deviations of the smoothing: positive, all different, in any order.
    features : int
        Number K of cosines per level; with 0 the score is that of a Gaussian with the mean and
        covariance of the data.
    ridge : float
        Penalty on squared amplitudes, added to mean squares of features, which are about 1/2. Below
        some 1e-6 amplitudes grow where there are no data.
    rng : None, int, SeedSequence or Generator
        Seed of the frequencies and phases; nothing else is random.

    Returns
    -------
    RandomFeatureScore
        The learned score, a callable score(x, sigma).

    Raises
    ------
    TypeError, ValueError
        For data that are not rows of finite numbers, sigmas that repeat or are not above a
        millionth of the data's standard deviation, a ridge too small to solve with.

    Notes
    -----
    The amplitudes and the constant minimise, over the data x and standard normal z,

    .. math:: E \left| s(x + \sigma z) + \frac{z}{\sigma} \right|^2
        + \mathrm{ridge} \sum_j |a_j|^2.

    The data enter through their empirical law, so the fit errs by O(n^-1/2) wherever they are
    dense, and by as much as the score itself where there are none, unless sigma bridges the gap.
    Features do not adapt to the data: in more than some ten dimensions, or on data near a curved
    surface, a network does better. With far more features than data it learns the score of the
    smoothed data points themselves.

    References
    ----------
    A. Rahimi and B. Recht, NeurIPS 2007; P. Vincent, Neural Computation 23 (2011) 1661.
    [rahimirecht2007] [vincent2011]

    Examples
    --------
    >>> from stochcalc.score import GaussianMixture
    >>> p = GaussianMixture([1.0], [[3.0]], 1.0)
    >>> model = fit_random_features(p.sample(100_000, rng=1), [2.0, 1.0], rng=2)
    >>> model
    RandomFeatureScore(dim=1, features=128, sigmas=[2, 1])
    >>> model.score([[3.0], [5.0]], 1.0).round(1) + 0.0, p.score([[3.0], [5.0]], 1.0)
    (array([[ 0.], [-1.]]), array([[ 0.], [-1.]]))
    """
    points = checks.array("data", data, ndim=2)
    levels = checks.array("sigmas", sigmas, ndim=1)
    if (levels <= 0).any() or len(np.unique(levels)) < len(levels):
        raise ValueError(
            f"sigmas={levels.tolist()} must be positive and all different: drop zeros and "
            f"repetitions"
        )
    features = checks.integer("features", features, least=0)
    ridge = checks.number("ridge", ridge, above=0.0)
    memory.budget(
        f"features={features}", 8 * features * features + 4 * ROWS * features, "take fewer features"
    )
    generator = numpy_generator(rng)
    largest = float(max(np.abs(points).max(), levels.max()))
    if largest > LARGEST:
        raise ValueError(
            f"data or sigmas reach {largest:.3g}, whose squares overflow: rescale both"
        )
    mean = points.mean(axis=0)
    away = points - mean
    cov = away.T @ away / len(away)
    spread = math.sqrt(max(0.0, np.linalg.eigvalsh(cov)[-1]))
    if levels.min() < NARROWEST * spread:
        raise ValueError(
            f"sigma={levels.min():.3g} is less than {NARROWEST:g} of the data's largest standard "
            f"deviation, {spread:.3g}: take a larger sigma"
        )
    fits = [
        _fit_level(away, cov, spread, float(sigma), features, ridge, generator) for sigma in levels
    ]
    return RandomFeatureScore(
        sigmas=levels,
        mean=mean,
        precisions=np.stack([fit.precision for fit in fits]),
        constants=np.stack([fit.constant for fit in fits]),
        frequencies=np.stack([fit.frequencies for fit in fits]),
        phases=np.stack([fit.phases for fit in fits]),
        amplitudes=np.stack([fit.amplitudes for fit in fits]),
    )


@dataclass(frozen=True, eq=False)
class _Level:
    """The fit at one level of noise, with the fields of `RandomFeatureScore`."""

    precision: Array
    constant: Array
    frequencies: Array
    phases: Array
    amplitudes: Array


def _fit_level(
    away: Array,
    cov: Array,
    spread: float,
    sigma: float,
    features: int,
    ridge: float,
    generator: np.random.Generator,
) -> _Level:
    """Draw the features of one level of noise and fit their amplitudes."""
    dim = away.shape[1]
    shortest = math.log(sigma / 2.0)
    longest = math.log(math.hypot(spread, sigma))
    lengths = np.exp(generator.uniform(shortest, longest, features))
    w = generator.standard_normal((features, dim)) / lengths[:, None]
    b = generator.uniform(0.0, 2.0 * math.pi, features)
    precision = np.asarray(np.linalg.inv(cov + sigma * sigma * np.eye(dim)), dtype=np.float64)
    constant, amplitudes = _solve(away, sigma, w, b, precision, ridge)
    return _Level(
        precision=precision, constant=constant, frequencies=w, phases=b, amplitudes=amplitudes
    )


def _solve(
    away: Array, sigma: float, w: Array, b: Array, precision: Array, ridge: float
) -> tuple[Array, Array]:
    """Return the constant (d,) and the amplitudes (K, d).

    They solve the normal equations for what the linear score leaves of -z/sigma.
    """
    with hold_interrupts_back():
        from scipy.linalg import cho_factor, cho_solve

    means = average_features(away, sigma, w, b)
    # E[phi (-z/sigma - linear score)] = -E[grad phi] + E[phi x'] precision, and 0 for the constant.
    target = means.sines[:, None] * w + means.moments @ precision
    # The constant is not penalised, so it is eliminated: c = -sum_j a_j E phi_j.
    system = means.gram - np.outer(means.cosines, means.cosines) + ridge * np.eye(len(w))
    try:
        amplitudes: Array = cho_solve(cho_factor(system), target)
    except np.linalg.LinAlgError:
        raise ValueError(
            f"ridge={ridge:g} leaves the equations at sigma={sigma:g} singular: take a larger "
            f"ridge, or fewer features than {len(w)}"
        ) from None
    return -means.cosines @ amplitudes, amplitudes
