"""Losses that a score s minimises without knowing the density: explicit, denoising and sliced score
matching.

What should be small is the Fisher divergence J = (1/2) E |s(x) - grad log p(x)|^2, whose target
nobody has. With x from p, E v v' = I, z standard normal, and J_sigma the same divergence from the
smoothed density p_sigma, that of y = x + sigma z:

    explicit   E [ |s|^2 / 2 + tr grad s ]                     = J - (1/2) E |grad log p|^2
    sliced     E [ |s|^2 / 2 + v . (grad s) v ]                = explicit
    denoising  (1/2) E |s(x + sigma z) + z / sigma|^2          = explicit on y + d / (2 sigma^2)
                                                               = J_sigma + (1/2) (d / sigma^2 - E
                                                               |grad log p_sigma|^2)

The first by parts; the second because E v'Av = tr A; the third by Stein's identity, E s(y) . z /
sigma = E tr grad s(y), and E |z|^2 = d. So all are least at grad log p (or grad log p_sigma), and
differ by constants that no parameter enters. The least denoising loss is not 0: a fit is judged by
its distance from (1/2) (d / sigma^2 - E |grad log p_sigma|^2).

The functions `*_terms` are the integrands, one number per point, for averages under weights of
one's own.

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
from stochcalc.score.moves import check_points

Array = NDArray[Any]


def explicit_loss(
    score: Any, data: ArrayLike, sigma: float = 0.0, *, jacobian: Any = None
) -> Estimate:
    """Hyvarinen's loss, the mean over the data of |s|^2 / 2 + tr grad s.

    Without `jacobian` the trace takes 2d evaluations of the score, by central differences. Their
    relative error is about eps^(2/3) (L / l)^2, with L = sigma (the interquartile range of the data
    if sigma = 0), l the length over which the score bends, eps the precision of what the score
    returns: 4e-11 at l = L, and 2e-5 for a score in float32, which is seen. A score computed in
    float32 but returned in float64 is not, and its trace is noise. In high dimension take
    `sliced_loss`.

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
    >>> explicit_loss(lambda x, sigma: -x, data, jacobian=lambda x, sigma: -np.ones((2, 1, 1))).value
    -0.5
    """
    points, sigma = _points(score, data), checks.number("sigma", sigma, least=0.0)
    if jacobian is not None and not callable(jacobian):
        raise TypeError(
            f"jacobian={jacobian!r} must be a callable jacobian(x, sigma) -> (n, d, d), or None"
        )
    return _mean(explicit_terms(score, points, sigma, jacobian))


def denoising_loss(
    score: Any, data: ArrayLike, sigma: float, *, draws: int = 1, rng: Any = None
) -> Estimate:
    """Vincent's loss, the mean over the data and z of |s(x + sigma z, sigma) + z / sigma|^2 / 2.

    The data are not smoothed: the loss does it. One evaluation of the score a draw. As sigma -> 0
    the loss and its scatter grow like d / (2 sigma^2), which is what the weights of `ncsn_loss`
    undo.

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
    >>> denoising_loss(lambda x, sigma: -x / sigma**2, np.zeros((5, 2)), 0.5, rng=1).value     # one point: its noise is known
    0.0
    """
    points, sigma = _points(score, data), checks.number("sigma", sigma, above=0.0)
    draws, generator = checks.integer("draws", draws), numpy_generator(rng)
    return _mean(_noised(score, points, sigma, draws, generator))


def sliced_loss(
    score: Any, data: ArrayLike, sigma: float = 0.0, *, projections: int = 1, rng: Any = None
) -> Estimate:
    """Sliced score matching, variance-reduced: the mean over the data and v of v . (grad s) v +
    |s|^2 / 2.

    v is a vector of random signs (Rademacher): of all laws with E v v' = I and independent
    components it gives v'Av the least variance, 2 sum_{i != j} A_ij^2 for symmetric A. The
    derivative along v is a central difference, as accurate as in `explicit_loss`; 3 evaluations a
    projection, whatever the dimension.

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
    >>> round(sliced_loss(lambda x, sigma: -x, [[-1.0], [1.0]], rng=1).value, 6)       # signs are exact in one dimension
    -0.5
    """
    points, sigma = _points(score, data), checks.number("sigma", sigma, least=0.0)
    projections, generator = checks.integer("projections", projections), numpy_generator(rng)
    total = np.zeros(len(points))
    for _ in range(projections):
        total += sliced_terms(
            score, points, sigma, generator.choice([-1.0, 1.0], size=points.shape)
        )
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
    """The loss of noise-conditional score networks, (1/L) sum_i weights_i denoising(sigma_i).

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
    >>> print(ncsn_loss(p, p.sample(10_000, rng=1), [2.0, 1.0], rng=2))      # (1/2)(1/5 + 1/2) / 2 = 0.175
    0.1737 +- 0.0021
    """
    points, levels = _points(score, data), checks.array("sigmas", sigmas, ndim=1)
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
    draws, generator = checks.integer("draws", draws), numpy_generator(rng)
    total = np.zeros(len(points))
    for sigma, factor in zip(levels.tolist(), factors.tolist()):
        total += factor * _noised(score, points, sigma, draws, generator)
    return _mean(total / len(levels))


def explicit_terms(score: Any, x: Array, sigma: float, jacobian: Any = None) -> Array:
    """|s|^2 / 2 + tr grad s at each row of x (n, d); without jacobian, central differences along
    the axes.
    """
    s = evaluate(score, x, sigma)
    if jacobian is None:
        trace = sum(
            (_curvature(score, x, sigma, axis, s) for axis in np.eye(x.shape[1])), np.zeros(len(x))
        )
    else:
        shape = (*x.shape, x.shape[1])
        trace = np.trace(
            _returned("jacobian", jacobian(x.copy(), sigma), x, sigma, shape),
            axis1=1,
            axis2=2,
            dtype=np.float64,
        )
    return 0.5 * _inner(s, s) + trace


def denoising_terms(score: Any, x: Array, sigma: float, z: Array) -> Array:
    """|s(x + sigma z, sigma) + z / sigma|^2 / 2 at each row of x and z, both (n, d)."""
    gap = evaluate(score, x + sigma * z, sigma) + z / sigma
    return 0.5 * _inner(gap, gap)


def sliced_terms(score: Any, x: Array, sigma: float, v: Array) -> Array:
    """|s|^2 / 2 + v . (grad s) v at each row of x (n, d), v of shape (n, d) or (d,)."""
    s = evaluate(score, x, sigma)
    return 0.5 * _inner(s, s) + _curvature(score, x, sigma, v, s)


def evaluate(score: Any, x: Array, sigma: float) -> Array:
    """s(x, sigma) for a distribution or a callable, its shape and finiteness checked."""
    function = score.score if hasattr(score, "score") else score
    return _returned(
        "score", function(x.copy(), sigma), x, sigma, x.shape
    )  # a copy: a score may work in place


def _curvature(score: Any, x: Array, sigma: float, v: Array, s: Array) -> Array:
    """v . (grad s) v by a central difference, s = score(x) telling the precision.

    With a score known to eps |x| / l^2 and smooth on the scale l, the error eps |x| / h + h^2 / l^2
    is least at the h below.
    """
    length = sigma if sigma > 0 else _spread(x)
    eps = float(np.finfo(s.dtype).eps)
    reach = np.maximum(np.sqrt(_inner(x, x)), length)
    h = np.cbrt(eps * reach * length**2)[:, None] / np.sqrt(np.sum(v * v, axis=-1, keepdims=True))
    up, down = x + h * v, x - h * v
    moved = up - down  # what rounding made of 2 h v
    rise = np.subtract(evaluate(score, up, sigma), evaluate(score, down, sigma), dtype=np.float64)
    return _inner(moved, rise) / _inner(moved, moved) * np.sum(v * v, axis=-1)


def _spread(x: Array) -> float:
    """The least interquartile range of a coordinate that has one: unlike a standard deviation, deaf
    to outliers.
    """
    low, high = np.quantile(x, [0.25, 0.75], axis=0)
    return (
        float(np.min(high - low, where=high > low, initial=np.inf)) if (high > low).any() else 1.0
    )


def _noised(
    score: Any, x: Array, sigma: float, draws: int, generator: np.random.Generator
) -> Array:
    total = np.zeros(len(x))
    for _ in range(draws):
        total += denoising_terms(score, x, sigma, generator.standard_normal(x.shape))
    return total / draws


def _inner(a: Array, b: Array) -> Array:
    product: Array = np.einsum("ni,ni->n", a, b, dtype=np.float64)
    return product


def _mean(terms: Array) -> Estimate:
    """Mean of independent terms; one alone has no standard error."""
    n = len(terms)
    return Estimate.normal(
        float(terms.mean()), float(terms.std(ddof=1)) / n**0.5 if n > 1 else np.nan
    )


def _points(score: Any, data: ArrayLike) -> Array:
    if not hasattr(score, "score") and not callable(score):
        raise TypeError(f"score={score!r} must be a distribution or a callable score(x, sigma)")
    return check_points("data", data, score)


def _returned(name: str, value: Any, x: Array, sigma: float, shape: tuple[int, ...]) -> Array:
    """What a user's function returned, in its own precision: real, of the right shape, finite."""
    call = f"{name}(x, sigma={sigma:g})"
    result = np.asarray(value)
    if result.dtype.kind not in "fiu":
        raise TypeError(f"{call} returned dtype {result.dtype}: it must return real numbers")
    if result.shape != shape:
        raise ValueError(
            f"{call} returned shape {result.shape} for x of shape {x.shape}: it must return {shape}"
        )
    if not np.isfinite(result).all():
        bad = int(np.flatnonzero(~np.isfinite(result).reshape(len(x), -1).all(axis=1))[0])
        raise ValueError(
            f"{call} is not finite for point {bad}, x={x[bad].tolist()}: mend the {name}, or drop "
            f"the point"
        )
    return (
        result
        if result.dtype in (np.float16, np.float32)
        else result.astype(np.float64, copy=False)
    )
