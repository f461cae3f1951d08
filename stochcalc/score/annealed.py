"""Annealed Langevin dynamics: follow the score of ever less smoothed data.

For sigma_1 > ... > sigma_L, with alpha_i = step sigma_i^2 / sigma_L^2, n_steps times at each level:

    x <- x + (alpha_i / 2) s(x, sigma_i) + sqrt(alpha_i) z

Each level starts where the last one ended: large sigma moves mass between modes, small sigma settles it. With finitely
many steps the weights keep a bias, which for a mixture is known: see claim G29.

Source: Song and Ermon, "Generative modeling by estimating gradients of the data distribution", NeurIPS 2019, algorithm 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.engine import checks, runner
from stochcalc.engine.assemble import Step
from stochcalc.engine.march import March
from stochcalc.engine.noise import KeyedNoise, block_normals
from stochcalc.engine.philox import CHAIN_NOISE, make_key
from stochcalc.langevin.overdamped import ula


def annealed_langevin(score: Any, sigmas: ArrayLike, x0: ArrayLike, *, step: float, n_steps: int, denoise: bool = False,
                      rng: Any = None, key: int | None = None, workers: int | None = None,
                      progress: Any = False) -> NDArray[np.float64]:
    """Sample by Algorithm 1 of Song and Ermon.

    Parameters
    ----------
    score : distribution, or callable score(x, sigma)
        A distribution such as `GaussianMixture` runs compiled; a callable gets all points at once, x of shape (n, d), and
        returns their scores in that shape.
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
        For sigmas that do not decrease, shapes that do not match, a score that is not finite at the start.

    Examples
    --------
    >>> from stochcalc.score import GaussianMixture
    >>> p = GaussianMixture([0.8, 0.2], [[5.0, 5.0], [-5.0, -5.0]], 1.0)
    >>> annealed_langevin(p, [20.0, 5.0, 1.0], np.zeros((4, 2)), step=0.1, n_steps=10, rng=1).shape
    (4, 2)
    """
    levels = checks.array("sigmas", sigmas, ndim=1)
    if (levels <= 0).any() or (np.diff(levels) >= 0).any():
        raise ValueError(f"sigmas={levels.tolist()} must be positive and decrease strictly: sort them, largest first")
    points = checks.array("x0", x0, ndim=2)
    step, n_steps = checks.number("step", step, above=0.0), checks.integer("n_steps", n_steps)
    checks.flag("denoise", denoise)
    key = make_key(rng, key)
    alphas = np.repeat(step * levels**2 / levels[-1] ** 2, n_steps)
    if hasattr(score, "lane_score"):
        ends = _in_lanes(score, levels, points, alphas, n_steps, key, workers, progress)
    else:
        ends = _batched(score, levels, points, alphas, n_steps, key)
    if denoise:
        smooth = score.score if hasattr(score, "score") else score
        ends = ends + levels[-1] ** 2 * smooth(ends, float(levels[-1]))
    return ends


def _in_lanes(target: Any, levels: Any, points: Any, alphas: Any, n_steps: int, key: int, workers: Any,
              progress: Any) -> NDArray[np.float64]:
    dim = points.shape[1]
    if dim != target.dim:
        raise ValueError(f"x0 has shape {points.shape} and the distribution has dim={target.dim}: give (n, {target.dim})")
    score, parameters = target.lane_score(levels.tolist())
    level_of_step = np.append(np.repeat(np.arange(len(levels)), n_steps), len(levels) - 1).astype(float)
    noise = KeyedNoise(key, alphas, dim, purpose=CHAIN_NOISE)
    job = March(Step(ula, ((score, "lanes"),)), noise, len(points), dim, dim, level_of_step, alphas, points,
                np.array([len(alphas)]), (1.0, *parameters))
    rows, state = runner.run(job, workers=workers, progress=progress)
    runner.warn_nonfinite(state, len(points), "chains", "use a smaller step")
    assert rows is not None
    return rows


def _batched(score: Any, levels: Any, points: Any, alphas: Any, n_steps: int, key: int) -> NDArray[np.float64]:
    if not callable(score):
        raise TypeError(f"score={score!r} must be a distribution or a callable score(x, sigma)")
    x = points.copy()
    for k, alpha in enumerate(alphas):
        sigma = float(levels[k // n_steps])
        value = np.asarray(score(x, sigma), dtype=float)
        if value.shape != x.shape:
            raise ValueError(f"score(x, sigma={sigma:g}) returned shape {value.shape}: it must return that of x, {x.shape}")
        if not np.isfinite(value).all():
            bad = int(np.flatnonzero(~np.isfinite(value).all(axis=1))[0])
            raise ValueError(f"score(x, sigma={sigma:g}) is not finite for point {bad}, x={x[bad].tolist()}, at step {k}")
        x += 0.5 * alpha * value + np.sqrt(alpha) * block_normals(key, CHAIN_NOISE, k, x.shape)
    return x
