r"""The flow in the noise itself: levels that are denser where there is less noise, and churn.

In x_t/m_t every linear noising is x + sigma z, so its level sigma may be the time. The flow is then

    dx/dsigma = -sigma s(x, sigma)

and runs from sigma_max down to 0. Heun's steps along given levels have the order 2, and the last
step, from sigma_N to 0, is Euler's: x + sigma_N^2 s(x, sigma_N), the mean of the data given x. It
does not ask for a score without noise. Before each step fresh noise may be added, which lifts the
level, and the step then leads further down. This is *churn*. It takes the place of the noise in a
reverse-time equation, and corrects what earlier steps have left. Claim G56 has its exact effect.

Source: Karras, Aittala, Aila and Laine, Elucidating the design space of diffusion-based generative
models, NeurIPS 2022, equation 5 and algorithms 1 and 2.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks, memory
from stochcalc.engine.given_values import read_size
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop.progress import check_progress, progress_bar
from stochcalc.engine.random.normal_arrays import block_normals
from stochcalc.engine.random.philox import CHAIN_NOISE, make_key
from stochcalc.score.evaluation import check_levels, check_points, evaluate
from stochcalc.typing import Array, Key, Progress, Score, Seed

WORKED_ON = 8  # arrays of the points, their slopes and their normals
MOST_CHURN = math.sqrt(2.0) - 1.0  # fresh noise never exceeds the noise that is there


@hint_names
def rho_schedule(sigma_min: float, sigma_max: float, n: int, *, rho: float = 7.0) -> Array:
    r"""Return n levels of noise from sigma_max to sigma_min, equally spaced in sigma^(1/rho).

    Parameters
    ----------
    sigma_min, sigma_max : float
        The last level and the first one.
    n : int
        Number of levels, at least 2.
    rho : float
        How dense the small levels are, at least 1: 1 makes all steps equal, and with larger ones
        they tend to equal steps of log(sigma), which `numpy.geomspace` has.

    Returns
    -------
    ndarray, shape (n,)
        The levels, which decrease.

    Raises
    ------
    TypeError, ValueError
        Unless 0 < sigma_min < sigma_max, n >= 2 and rho >= 1, and if the levels are so close that
        two of them are one float.

    Notes
    -----
    .. math:: \sigma_i = \left( \sigma_{\max}^{1/\rho} + \frac{i}{n - 1} \left(
        \sigma_{\min}^{1/\rho} - \sigma_{\max}^{1/\rho} \right) \right)^\rho,
        \qquad i = 0, \dots, n - 1.

    References
    ----------
    T. Karras et al., NeurIPS 2022, equation 5. [karras2022]

    Examples
    --------
    >>> rho_schedule(0.01, 10.0, 5).round(3)
    array([10.   ,  3.03 ,  0.718,  0.117,  0.01 ])
    >>> rho_schedule(1.0, 10.0, 4, rho=1)
    array([10.,  7.,  4.,  1.])
    """
    low = read_size("sigma_min", sigma_min, zero=False)
    high = read_size("sigma_max", sigma_max, zero=False)
    if not high > low:
        raise ValueError(
            f"sigma_max={high:g} must exceed sigma_min={low:g}: the levels decrease from the one "
            f"to the other"
        )
    n = checks.integer("n", n, 2)
    rho = checks.number("rho", rho, least=1.0)
    memory.budget("the levels", n, "use fewer levels", beside=3 * n)
    # (1 + u (r - 1))^rho for r = (low/high)^(1/rho), in logarithms: a large rho does no harm
    shares = np.arange(n) / (n - 1)
    levels: Array = high * np.exp(rho * np.log1p(shares * math.expm1(math.log(low / high) / rho)))
    levels[0] = high
    levels[-1] = low
    if (np.diff(levels) >= 0).any():
        raise ValueError(
            f"n={n} levels from sigma_max={high:g} to sigma_min={low:g} are too close for floats: "
            f"use fewer levels"
        )
    return levels


@hint_names
def karras_sampler(
    score: Score,
    sigmas: ArrayLike,
    x: ArrayLike,
    *,
    churn: float = 0.0,
    churn_range: ArrayLike = (0.0, math.inf),
    noise_factor: float = 1.0,
    rng: Seed = None,
    key: Key = None,
    progress: Progress = False,
) -> Array:
    r"""Sample by Heun's steps along levels of noise, with churn: algorithm 2 of Karras et al.

    Parameters
    ----------
    score : distribution, or callable score(x, sigma)
        The score of the data smoothed by sigma, at points (n, d). It is called twice a level, and
        once at the last one.
    sigmas : array_like, shape (N,)
        The levels of the noise, decreasing and positive, such as `rho_schedule` makes them. The
        last step leads from the last of them to 0.
    x : array_like, shape (points, d)
        Points at the first level: data with noise of that size, or the noise alone.
    churn : float
        How much noise is added on the way, at least 0 (S_churn in the paper). With N levels each
        step lifts its level by the share churn/N, and by sqrt(2) - 1 at most. With 0 the sampler
        is deterministic.
    churn_range : tuple of float
        The lowest and the highest level at which noise is added (S_tmin and S_tmax).
    noise_factor : float
        Factor of the fresh noise (S_noise). The law is right for 1 alone; somewhat more makes up
        for scores that remove too much noise.
    rng : None, int, SeedSequence or Generator
        Seed of the fresh noise.
    key : int, optional
        Key of the fresh noise, in place of `rng`.
    progress : bool or callable
        A progress bar (needs tqdm), or progress(done, total).

    Returns
    -------
    ndarray, shape (points, d)
        The points after the step to level 0.

    Raises
    ------
    TypeError, ValueError
        For bad arguments, and for a score that is not finite on the way.

    Notes
    -----
    A step from :math:`\sigma_i` to :math:`\sigma_{i+1}` begins with :math:`\hat\sigma = (1 +
    \gamma_i) \sigma_i` and :math:`\hat x = x + \text{noise\_factor} \sqrt{\hat\sigma^2 -
    \sigma_i^2} \, z`. Then Heun's scheme takes :math:`\hat x` along the flow

    .. math:: \frac{\dd x}{\dd \sigma} = -\sigma s(x, \sigma)

    from :math:`\hat\sigma` to :math:`\sigma_{i+1}`, and Euler's to 0. The step to 0 returns the
    mean of the data given :math:`\hat x`, so a last level far from 0 takes variance away.

    References
    ----------
    T. Karras et al., NeurIPS 2022, algorithms 1 and 2. [karras2022]

    Examples
    --------
    >>> from stochcalc.score import GaussianMixture
    >>> p = GaussianMixture([1.0], [[0.0]], 1.0)
    >>> karras_sampler(p, rho_schedule(0.01, 10.0, 16), [[10.0]]).round(3)  # 10/sqrt(101) is 0.995
    array([[1.014]])
    >>> karras_sampler(p, rho_schedule(0.01, 10.0, 16), [[10.0]], churn=4.0, rng=1).shape
    (1, 1)
    """
    levels = check_levels(sigmas)
    points = check_points("x", x, score)
    churn = checks.number("churn", churn, least=0.0)
    lowest, highest = _check_range(churn_range)
    factor = checks.number("noise_factor", noise_factor, least=0.0)
    key = make_key(rng, key)
    check_progress(progress)
    remedy = "use fewer points at a time"
    memory.budget_run("the points", points.size, remedy, beside=WORKED_ON * points.size)
    raised = min(churn / len(levels), MOST_CHURN)
    with progress_bar(progress, len(levels), "step") as advance:
        for i, (sigma, after) in enumerate(zip(levels, [*levels[1:], 0.0], strict=True)):
            start = sigma
            if raised > 0.0 and lowest <= sigma <= highest:
                start = sigma * (1.0 + raised)
                fresh = factor * sigma * math.sqrt((1.0 + raised) ** 2 - 1.0)
                points = points + fresh * block_normals(key, CHAIN_NOISE, i, points.shape)
            points = _step(score, points, float(start), float(after), f"at step {i}")
            advance(1)
    return points


def _step(score: Score, x: Array, sigma: float, after: float, where: str) -> Array:
    """Return the points after a step from one level to the next: Heun's, or Euler's to 0."""
    h = after - sigma
    slope = -sigma * evaluate(score, x, sigma, where)
    ahead: Array = x + h * slope
    if after == 0.0:
        return ahead
    slope_ahead = -after * evaluate(score, ahead, after, where)
    ends: Array = x + 0.5 * h * (slope + slope_ahead)
    return ends


def _check_range(churn_range: ArrayLike) -> tuple[float, float]:
    """Return the lowest and the highest level at which noise is added."""
    ends = checks.array("churn_range", churn_range, ndim=1, finite=False)
    if len(ends) != 2:
        raise ValueError(
            f"churn_range has {len(ends)} entries: give two, the lowest and the highest level"
        )
    lowest, highest = ends.tolist()
    if not 0.0 <= lowest <= highest:
        raise ValueError(
            f"churn_range=({lowest:g}, {highest:g}) must be two levels of noise, at least 0, the "
            f"lower first"
        )
    return lowest, highest
