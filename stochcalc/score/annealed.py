"""Annealed Langevin dynamics: follow the score of ever less smoothed data.

For sigma_1 > ... > sigma_L, with alpha_i = step sigma_i^2 / sigma_L^2, n_steps times at each level:

    x <- x + (alpha_i / 2) s(x, sigma_i) + sqrt(alpha_i) z

Each level starts where the last one ended: large sigma moves mass between modes, small sigma
settles it. With finitely many steps the weights keep a bias, which for a mixture is known: see
claim G29.

Source: Song and Ermon, "Generative modeling by estimating gradients of the data distribution",
NeurIPS 2019, algorithm 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.engine import checks
from stochcalc.engine.random.philox import make_key
from stochcalc.score.moves import Moves, check_points, moved, smoothed


def annealed_langevin(
    score: Any,
    sigmas: ArrayLike,
    x0: ArrayLike,
    *,
    step: float,
    n_steps: int,
    denoise: bool = False,
    rng: Any = None,
    key: int | None = None,
    workers: int | None = None,
    executor: Any = None,
    progress: Any = False,
) -> NDArray[np.float64]:
    """Sample by Algorithm 1 of Song and Ermon.

    Parameters
    ----------
    score : distribution, or callable score(x, sigma)
        A distribution such as `GaussianMixture` runs compiled; a callable gets all points at once,
        x of shape (n, d), and returns their scores in that shape.
    sigmas : array_like, shape (L,)
        Decreasing, positive.
    x0 : array_like, shape (n, d)
        Starting points.
    step : float
        The step alpha_L of the last level: alpha_i = step sigma_i^2 / sigma_L^2.
    n_steps : int
        Steps per level.
    denoise : bool
        End with x + sigma_L^2 s(x, sigma_L), the mean of the unsmoothed point given x.

    Returns
    -------
    ndarray, shape (n, d)

    Raises
    ------
    TypeError, ValueError
        For sigmas that do not decrease, shapes that do not match, a score that is not finite at the
        start.

    Examples
    --------
    >>> from stochcalc.score import GaussianMixture
    >>> p = GaussianMixture([0.8, 0.2], [[5.0, 5.0], [-5.0, -5.0]], 1.0)
    >>> annealed_langevin(p, [20.0, 5.0, 1.0], np.zeros((4, 2)), step=0.1, n_steps=10, rng=1).shape
    (4, 2)
    """
    levels = checks.array("sigmas", sigmas, ndim=1)
    if (levels <= 0).any() or (np.diff(levels) >= 0).any():
        raise ValueError(
            f"sigmas={levels.tolist()} must be positive and decrease strictly: sort them, largest "
            f"first"
        )
    points = check_points("x0", x0, score)
    step, n_steps = checks.number("step", step, above=0.0), checks.integer("n_steps", n_steps)
    checks.flag("denoise", denoise)
    alphas = np.repeat(step * levels**2 / levels[-1] ** 2, n_steps)
    ends = moved(
        score,
        Moves.langevin(alphas, np.repeat(levels, n_steps)),
        points,
        make_key(rng, key),
        workers=workers,
        executor=executor,
        progress=progress,
    )
    if denoise:
        finite = np.isfinite(ends).all(axis=1)  # the others have been reported
        ends[finite] += levels[-1] ** 2 * smoothed(score)(
            ends[finite], float(levels[-1]), "at the end"
        )
    return ends
