"""Ancestral sampling: from one noise level to the next through the denoised point.

`ancestral` steps from t down to s < t as if the denoised point x0 = (x + sigma_t^2 s_t)/m_t were
the data. With a = m_t/m_s, b = sigma_t^2 - a^2 sigma_s^2 (the variance that noising adds from s to
t) and v = eta^2 b sigma_s^2/sigma_t^2,

    x <- m_s x0 + sqrt(sigma_s^2 - v) (x - m_t x0)/sigma_t + sqrt(v) z

Here eta = 1 is ancestral sampling (DDPM for VP), and eta = 0 is a deterministic step (DDIM) of the
probability flow.

Sources: Ho, Jain and Abbeel, NeurIPS 2020; Song, Meng and Ermon, ICLR 2021 (equation 12, eta).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop import runner
from stochcalc.engine.random.philox import make_key
from stochcalc.score.evaluation import check_points
from stochcalc.score.moves import Moves, check_memory, make_moves
from stochcalc.score.noising import Noising, check_noising
from stochcalc.typing import Array, Checkpoint, Executor, Key, Progress, Score, Seed, Workers

TABLE = 14  # numbers of a move, while the table is made


@hint_names
def ancestral(
    score: Score,
    noising: Noising,
    x: ArrayLike,
    *,
    n: int,
    eta: float = 1.0,
    rng: Seed = None,
    key: Key = None,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
    checkpoint: Checkpoint = None,
) -> Array:
    r"""Turn points of x_T into points of the data's law, by steps through the denoised point.

    Parameters
    ----------
    score : distribution, or callable score(x, sigma)
        The score of the data smoothed by sigma, at points (n, d). A `GaussianMixture` runs
        compiled.
    noising : VE, VP or Straight
        How data turn into noise.
    x : array_like, shape (points, d)
        Points of x_T: `noising.prior(points, d)`, or noised data.
    n : int
        Number of steps, of equal length in t.
    eta : float
        Amount of fresh noise in [0, 1]: 1 for ancestral sampling (DDPM), 0 for deterministic steps
        (DDIM).
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
    ndarray, shape (points, d)
        The points at t = 0; for VE they are still smoothed by sigma_min.

    Raises
    ------
    TypeError, ValueError
        For bad arguments, and for a score that is not finite on the way.

    Notes
    -----
    A step from t to s < t, with the denoised point
    :math:`x_0 = (x + \sigma_t^2 s_t(x))/m_t`, is

    .. math:: x \leftarrow m_s x_0 + \sqrt{\sigma_s^2 - v} \, \frac{x - m_t x_0}{\sigma_t}
        + \sqrt{v} \, z,
        \qquad v = \eta^2 \left( \sigma_t^2 - \frac{m_t^2}{m_s^2} \sigma_s^2 \right)
        \frac{\sigma_s^2}{\sigma_t^2}.

    References
    ----------
    J. Ho, A. Jain and P. Abbeel, NeurIPS 2020; J. Song, C. Meng and S. Ermon, ICLR 2021.
    [ho2020] [song2021b]

    Examples
    --------
    >>> from stochcalc.score import VP, GaussianMixture
    >>> p, noising = GaussianMixture([0.8, 0.2], [[5.0], [-5.0]], 1.0), VP()
    >>> ancestral(p, noising, noising.prior(4, 1, rng=1), n=50, rng=1).shape
    (4, 1)
    """
    noising = check_noising(noising)
    points = check_points("x", x, score)
    n = checks.integer("n", n)
    eta = checks.number("eta", eta, least=0.0, most=1.0)
    check_memory(score, points, TABLE * n)
    moves = ancestral_moves(noising, n, eta)
    with runner.open_means(workers, executor, progress, checkpoint) as means:
        return make_moves(score, moves, points, make_key(rng, key), **means)


def ancestral_moves(noising: Noising, n: int, eta: float) -> Moves:
    """Return the table of ancestral sampling.

    With x0 = (x + sigma_t^2 s)/m_t the rest is (x - m_t x0)/sigma_t = -sigma_t s, so a step is
    linear in x, s and z:

        x <- x/a + (sigma_t^2/a - sqrt(sigma_s^2 - v) sigma_t) s + sqrt(v) z
    """
    times = noising.T * (1.0 - np.arange(n + 1) / n)
    m = noising.mean_factor(times)
    sigma = noising.sigma(times)
    a = m[:-1] / m[1:]  # m_t/m_s
    added = np.maximum(sigma[:-1] ** 2 - (a * sigma[1:]) ** 2, 0.0)
    v = eta**2 * added * sigma[1:] ** 2 / sigma[:-1] ** 2
    return Moves(
        keep=1.0 / a,
        push=sigma[:-1] ** 2 / a - np.sqrt(np.maximum(sigma[1:] ** 2 - v, 0.0)) * sigma[:-1],
        kick=np.sqrt(v),
        sigma=sigma[:-1] / m[:-1],
        scale=1.0 / m[:-1],
    )
