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

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop import runner
from stochcalc.engine.random.philox import make_key
from stochcalc.score.evaluation import check_levels, check_points, evaluate
from stochcalc.score.moves import Moves, check_memory, make_moves
from stochcalc.typing import Array, Checkpoint, Executor, Key, Progress, Score, Seed, Workers

TABLE = 9  # numbers of a move, while the table is made


@hint_names
def annealed_langevin(
    score: Score,
    sigmas: ArrayLike,
    x0: ArrayLike,
    *,
    step: float,
    n_steps: int,
    denoise: bool = False,
    rng: Seed = None,
    key: Key = None,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
    checkpoint: Checkpoint = None,
) -> Array:
    r"""Sample by Algorithm 1 of Song and Ermon.

    Parameters
    ----------
    score : distribution, or callable score(x, sigma)
        A distribution such as `GaussianMixture` runs compiled; a callable gets all points at once,
        x of shape (n, d), and returns their scores in that shape.
    sigmas : array_like, shape (L,)
        Standard deviations of the smoothing at the levels, decreasing and positive.
    x0 : array_like, shape (n, d)
        Starting points.
    step : float
        The step alpha_L of the last level: alpha_i = step sigma_i^2 / sigma_L^2.
    n_steps : int
        Number of steps per level.
    denoise : bool
        Whether to end with x + sigma_L^2 s(x, sigma_L), the mean of the unsmoothed point given x.
    rng : None, int, SeedSequence or Generator
        Seed of the noise.
    key : int, optional
        Key of the noise, in place of `rng`.
    workers : int, optional
        Number of threads; all CPUs if left out.
    executor : concurrent.futures.Executor or distributed.Client, optional
        A pool of processes, or a cluster, that computes in the place of threads.
    progress : bool or callable
        A progress bar (needs tqdm), or progress(done, total).
    checkpoint : str or path, optional
        A file in which the run is saved while it goes on: the same call goes on from there.

    Returns
    -------
    ndarray, shape (n, d)
        The points after the last level.

    Raises
    ------
    TypeError, ValueError
        For sigmas that do not decrease, shapes that do not match, a score that is not finite on
        the way.

    Notes
    -----
    At level i the points make n_steps steps of unadjusted Langevin on the smoothed density:

    .. math:: x \leftarrow x + \frac{\alpha_i}{2} s(x, \sigma_i) + \sqrt{\alpha_i} \, z,
        \qquad \alpha_i = \mathrm{step} \, \frac{\sigma_i^2}{\sigma_L^2}.

    References
    ----------
    Y. Song and S. Ermon, NeurIPS 2019, algorithm 1. [songermon2019]

    Examples
    --------
    >>> from stochcalc.score import GaussianMixture
    >>> p = GaussianMixture([0.8, 0.2], [[5.0, 5.0], [-5.0, -5.0]], 1.0)
    >>> annealed_langevin(p, [20.0, 5.0, 1.0], np.zeros((4, 2)), step=0.1, n_steps=10, rng=1).shape
    (4, 2)
    """
    levels = check_levels(sigmas)
    points = check_points("x0", x0, score)
    step = checks.number("step", step, above=0.0)
    n_steps = checks.integer("n_steps", n_steps)
    checks.flag("denoise", denoise)
    check_memory(score, points, TABLE * len(levels) * n_steps)
    alphas = step * levels**2 / levels[-1] ** 2
    # for alpha, sigma in zip(alphas, levels):
    #     for _ in range(n_steps):
    #         x += alpha / 2 * score(x, sigma) + sqrt(alpha) * z
    # `make_moves` runs these loops: compiled where the score is, else in NumPy (`moves`).
    moves = Moves.langevin(np.repeat(alphas, n_steps), np.repeat(levels, n_steps))
    with runner.open_means(workers, executor, progress, checkpoint) as means:
        ends = make_moves(score, moves, points, make_key(rng, key), **means)
    if denoise:
        finite = np.isfinite(ends).all(axis=1)  # the others have been reported
        last = float(levels[-1])
        ends[finite] += levels[-1] ** 2 * evaluate(score, ends[finite], last, "at the end")
    return ends
