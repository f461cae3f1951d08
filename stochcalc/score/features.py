"""A score learned from samples by one linear solve for each noise level: random features.

At one sigma, with m and C the mean and covariance of the data and x' = x + sigma z, the model is

    s(x) = -(C + sigma^2 I)^-1 (x - m)  +  c  +  sum_j a_j phi_j(x)
    phi_j(x) = cos(w_j . (x - m) + b_j)

The first term is the best linear score, which alone is exact for Gaussian data. The rest is
bounded, so that far from the data the model points inwards whatever was learned. (A slope fitted
together with the a_j can come out pointing outwards.)

Ridge regression on the denoising target, min E |s(x') + z/sigma|^2 + ridge sum_j |a_j|^2, is a
linear system. No noise is drawn for it, because the means over z have closed forms: E exp(i w . (x
+ sigma z)) = exp(i w . x) exp(-sigma^2 |w|^2 / 2), and the product of two cosines is a sum of
cosines of w_j - w_k and w_j + w_k. By Stein's lemma E[phi(x') z / sigma] = E[grad phi(x')], so the
target becomes that of implicit score matching.

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
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.engine import checks
from stochcalc.engine.compiler.interrupts import interrupts_held_back
from stochcalc.engine.random.philox import numpy_generator

ROWS = 1 << 13  # data at a time: memory does not grow with their number
LARGEST = 1e100  # squares, and sums of them, stay finite
NARROWEST = 1e-6  # C + sigma^2 I stays invertible whatever C


@dataclass(frozen=True, eq=False, repr=False)
class RandomFeatureScore:
    """Scores fitted by `fit_random_features` at L levels of noise, with K features each; a callable
    score(x, sigma).

    Parameters
    ----------
    sigmas : ndarray, shape (L,)
    mean : ndarray, shape (d,)
    precisions : ndarray, shape (L, d, d)
        (C + sigma^2 I)^-1.
    constants : ndarray, shape (L, d)
    frequencies, phases, amplitudes : ndarray, shapes (L, K, d), (L, K), (L, K, d)
        w, b and a of the cosines.
    """

    sigmas: NDArray[np.float64]
    mean: NDArray[np.float64]
    precisions: NDArray[np.float64]
    constants: NDArray[np.float64]
    frequencies: NDArray[np.float64]
    phases: NDArray[np.float64]
    amplitudes: NDArray[np.float64]

    @property
    def dim(self) -> int:
        """Dimension d of the space."""
        return len(self.mean)

    def score(self, x: ArrayLike, sigma: float) -> NDArray[np.float64]:
        """The learned grad log p_sigma at x of shape (n, d), for a sigma that was fitted; nothing
        is interpolated.
        """
        points = checks.array("x", x)
        if points.ndim != 2 or points.shape[1] != self.dim:
            raise ValueError(f"x has shape {points.shape}: give (n, {self.dim}), one point per row")
        level = checks.number("sigma", sigma, above=0.0)
        found = np.flatnonzero(np.isclose(self.sigmas, level, rtol=1e-9, atol=0.0))
        if not len(found):
            known = ", ".join(f"{known:.6g}" for known in self.sigmas)
            raise ValueError(f"sigma={sigma!r} was not fitted: take one of {known}, or fit it")
        i, away = int(found[0]), points - self.mean
        waves = np.cos(away @ self.frequencies[i].T + self.phases[i])
        learned: NDArray[np.float64] = (
            self.constants[i] - away @ self.precisions[i] + waves @ self.amplitudes[i]
        )
        return learned

    __call__ = score

    def __repr__(self) -> str:
        levels = ", ".join(f"{sigma:.3g}" for sigma in self.sigmas)
        features = self.phases.shape[1]
        return f"RandomFeatureScore(dim={self.dim}, features={features}, sigmas=[{levels}])"


def fit_random_features(
    data: ArrayLike, sigmas: ArrayLike, *, features: int = 128, ridge: float = 1e-4, rng: Any = None
) -> RandomFeatureScore:
    """Learn the scores of the data smoothed at each sigma: one symmetric solve of size features + 1
    for each.

    Parameters
    ----------
    data : array_like, shape (n, d)
        Samples, one per row.
    sigmas : array_like, shape (L,)
        Standard deviations of the smoothing: positive, all different, in any order.
    features : int
        Cosines per level; with 0 the score is that of a Gaussian with the data's mean and
        covariance.
    ridge : float
        Penalty on squared amplitudes, added to mean squares of features, which are about 1/2. Below
        some 1e-6 amplitudes grow where there are no data.
    rng : None, int, SeedSequence or Generator
        For frequencies and phases; nothing else is random.

    Returns
    -------
    RandomFeatureScore

    Raises
    ------
    TypeError, ValueError
        For data that are not rows of finite numbers, sigmas that repeat or are not above a
        millionth of the data's standard deviation, a ridge too small to solve with.

    Notes
    -----
    The data enter through their empirical law, so the fit errs by O(n^-1/2) wherever they are
    dense, and by as much as the score itself where there are none, unless sigma bridges the gap.
    Features do not adapt to the data: in more than some ten dimensions, or on data near a curved
    surface, a network does better. With far more features than data it learns the score of the
    smoothed data points themselves.

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
    checks.budget(
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
    cov, dim = away.T @ away / len(away), away.shape[1]
    spread = math.sqrt(max(0.0, np.linalg.eigvalsh(cov)[-1]))
    if levels.min() < NARROWEST * spread:
        raise ValueError(
            f"sigma={levels.min():.3g} is less than {NARROWEST:g} of the data's largest standard "
            f"deviation, {spread:.3g}: take a larger sigma"
        )
    fitted = []
    for sigma in levels:
        lengths = np.exp(
            generator.uniform(math.log(sigma / 2.0), math.log(math.hypot(spread, sigma)), features)
        )
        w = generator.standard_normal((features, dim)) / lengths[:, None]
        b = generator.uniform(0.0, 2.0 * math.pi, features)
        precision = np.linalg.inv(cov + sigma * sigma * np.eye(dim))
        c, a = _solve(away, float(sigma), w, b, precision, ridge)
        fitted.append((precision, c, w, b, a))
    return RandomFeatureScore(levels, mean, *(np.stack(parts) for parts in zip(*fitted)))


def _solve(
    away: NDArray[np.float64],
    sigma: float,
    w: NDArray[np.float64],
    b: NDArray[np.float64],
    precision: NDArray[np.float64],
    ridge: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The constant (d,) and the amplitudes (K, d): normal equations of what the linear score leaves
    of -z/sigma.
    """
    with interrupts_held_back():
        from scipy.linalg import cho_factor, cho_solve

    gram, cosines, sines, moments = _noisy_means(away, sigma, w, b)
    # E[phi (-z/sigma - linear score)] = -E[grad phi] + E[phi x'] precision, and 0 for the constant.
    target = sines[:, None] * w + moments @ precision
    # The constant is not penalised, so it is eliminated: c = -sum_j a_j E phi_j.
    system = gram - np.outer(cosines, cosines) + ridge * np.eye(len(w))
    try:
        amplitudes = cho_solve(cho_factor(system), target)
    except np.linalg.LinAlgError:
        raise ValueError(
            f"ridge={ridge:g} leaves the equations at sigma={sigma:g} singular: take a larger "
            f"ridge, or fewer features than {len(w)}"
        ) from None
    return -cosines @ amplitudes, amplitudes


def _noisy_means(
    away: NDArray[np.float64], sigma: float, w: NDArray[np.float64], b: NDArray[np.float64]
) -> tuple[Any, ...]:
    """Return means over data and noise; the mean over the noise is in closed form.

    They are the means of phi_j phi_k, of phi_j, of sin(w_j . x' + b_j) and of phi_j x'.
    """
    K, dim = w.shape
    both, signed, moments = np.zeros((K, K)), np.zeros((K, K)), np.zeros((K, dim))
    cosines, sines = np.zeros(K), np.zeros(K)
    for first in range(0, len(away), ROWS):
        x = away[first : first + ROWS]
        angle = x @ w.T + b
        c, s = np.cos(angle), np.sin(angle)
        cc, ss = c.T @ c, s.T @ s
        both += cc + ss  # cos(angle_j - angle_k), summed over the data
        signed += cc - ss  # cos(angle_j + angle_k)
        cosines, sines, moments = cosines + c.sum(axis=0), sines + s.sum(axis=0), moments + c.T @ x
    squares, products, v = (w * w).sum(axis=1), w @ w.T, sigma * sigma
    sums = squares[:, None] + squares
    gram = 0.5 * (
        both * np.exp(-0.5 * v * (sums - 2.0 * products))
        + signed * np.exp(-0.5 * v * (sums + 2.0 * products))
    )
    damped = np.exp(-0.5 * v * squares)
    cosines, sines = cosines * damped, sines * damped
    # E[z cos] = -sigma w E[sin], Stein's lemma again
    moments = moments * damped[:, None] - v * w * sines[:, None]
    n = len(away)
    return gram / n, cosines / n, sines / n, moments / n
