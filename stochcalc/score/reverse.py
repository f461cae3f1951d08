"""The reverse SDE: noise turns back into data as time runs from T to 0.

The noising dx = -rate x dt + g dW has the law of m_t x_0 + sigma_t z at time t (`noising` has rate,
g, m and sigma), and s_t is the score of that law. In u = T - t, which runs forwards, y_u = x_(T-u)
solves

    dy = [rate y + g^2 s_t(y)] du + g dV,    s_t(y) = s(y/m_t, sigma_t/m_t)/m_t

with a Brownian motion V of the reversed time. `reverse_sde` takes any scheme for additive noise.
Euler's scheme is a table of moves, made here, and so is that of `reverse_exponential`; the others
are in `reverse_schemes`. After a step of a table (the predictor), correctors may follow: Langevin
steps at the new time, which repair the law that the step has left.

Sources: Anderson, Stoch. Process. Appl. 12 (1982) 313; Song et al., ICLR 2021.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop import runner
from stochcalc.engine.random.philox import make_key
from stochcalc.engine.words import show
from stochcalc.methods import METHODS
from stochcalc.score.evaluation import check_points
from stochcalc.score.moves import Moves, alternate, check_memory, make_moves
from stochcalc.score.noising import Noising, check_noising
from stochcalc.score.reverse_exponential import exponential_moves
from stochcalc.score.reverse_schemes import list_fitting_schemes, run_scheme
from stochcalc.typing import (
    Array,
    Checkpoint,
    Executor,
    Key,
    Progress,
    Score,
    Seed,
    WithCompiledScore,
    Workers,
)

TABLE = 26  # numbers of a move, while the table is made


@hint_names
def reverse_sde(
    score: Score,
    noising: Noising,
    x: ArrayLike,
    *,
    n: int,
    method: str = "euler_maruyama",
    corrections: int = 0,
    correction_step: float = 0.1,
    rng: Seed = None,
    key: Key = None,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
    checkpoint: Checkpoint = None,
) -> Array:
    r"""Turn points of x_T into points of the data's law, by the reverse-time equation.

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
    method : str
        "exponential", which solves the equation exactly in each step but for a score that it holds
        still, or a scheme of METHODS for additive noise. Of those, all but "euler_maruyama" need a
        `GaussianMixture`, and draw other noise from the same key. Not accepted are "tamed_euler",
        which tames a drift that is right to be large far from the data, and "theta", which needs
        its derivative.
    corrections : int
        Number of Langevin steps after each step (predictor-corrector), for "euler_maruyama" and
        "exponential". They repair what a coarse step leaves, and add the bias of Langevin steps: a
        few are better than many.
    correction_step : float
        Step of these, in units of sigma(t)^2.
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
    With the score :math:`s_t` of the noised data :math:`x_t` and with :math:`u = T - t`, the
    equation is

    .. math:: \dd y = [\mathrm{rate} \, y + g^2 s_t(y)] \, \dd u + g \, \dd V

    with rate and g at t, and V a Brownian motion of the reversed time.

    References
    ----------
    B. D. O. Anderson, Stoch. Process. Appl. 12 (1982) 313; Y. Song et al., ICLR 2021;
    S. Chen et al., ICLR 2023, for "exponential". [anderson1982] [song2021] [chen2023]

    Examples
    --------
    >>> from stochcalc.score import VE, GaussianMixture
    >>> p, noising = GaussianMixture([0.8, 0.2], [[5.0], [-5.0]], 1.0), VE(0.01, 20.0)
    >>> reverse_sde(p, noising, noising.prior(4, 1, rng=1), n=50, rng=1).shape
    (4, 1)
    """
    noising = check_noising(noising)
    points = check_points("x", x, score)
    n = checks.integer("n", n)
    checks.choice("method", method, [*list_fitting_schemes(), "exponential"])
    corrections = checks.integer("corrections", corrections, 0)
    correction_step = checks.number("correction_step", correction_step, above=0.0)
    key = make_key(rng, key)
    check_memory(score, points, TABLE * n * (1 + corrections))
    if method in PREDICTORS:
        moves = _correct(PREDICTORS[method](noising, n), noising, corrections, correction_step)
        with runner.open_means(workers, executor, progress, checkpoint) as means:
            return make_moves(score, moves, points, key, **means)
    if corrections:
        raise ValueError(
            f"corrections={corrections} go with method='euler_maruyama' or 'exponential', "
            f"not {method!r}"
        )
    if not isinstance(score, WithCompiledScore):
        raise ValueError(
            f"method={show(method)} takes the score several times a step and runs compiled, for a "
            f"GaussianMixture: use method='euler_maruyama' or 'exponential' with any other score"
        )
    with runner.open_means(workers, executor, progress, checkpoint) as means:
        return run_scheme(METHODS[method], score, noising, points, n, key, means)


def euler(noising: Noising, n: int, corrections: int = 0, correction_step: float = 0.1) -> Moves:
    """Return the table of Euler's scheme; `corrections` Langevin steps follow each of its steps."""
    return _correct(_euler_moves(noising, n), noising, corrections, correction_step)


def _euler_moves(noising: Noising, n: int) -> Moves:
    """Return the table of Euler's scheme."""
    start = noising.T * (1.0 - np.arange(n + 1) / n)[:-1]
    h = noising.T / n
    m = noising.mean_factor(start)
    g = noising.amplitude(start)
    # y += (rate y + g^2 s_t(y)) h + g sqrt(h) z
    return Moves(
        keep=1.0 + noising.rate(start) * h,
        push=g * g * h,
        kick=g * math.sqrt(h),
        sigma=noising.sigma(start) / m,
        scale=1.0 / m,
    )


PREDICTORS = {"euler_maruyama": _euler_moves, "exponential": exponential_moves}


def _correct(predictor: Moves, noising: Noising, corrections: int, step: float) -> Moves:
    """Return the table with Langevin steps after each of its moves, which lead to equal times."""
    n = len(predictor)
    times = noising.T * (1.0 - np.arange(n + 1) / n)
    corrector = _langevin_at(noising, times[1:], step)
    table = alternate([predictor] + [corrector] * corrections)
    # At the end of VP a correction's step is 0, and its score need not exist.
    return table.select(table.push > 0)


def _langevin_at(noising: Noising, times: Array, correction_step: float) -> Moves:
    """Return the table of one Langevin step at each time."""
    m = noising.mean_factor(times)
    alpha = correction_step * noising.sigma(times) ** 2
    # y += (alpha / 2) s_t(y) + sqrt(alpha) z
    return Moves(
        keep=np.ones(len(times)),
        push=0.5 * alpha,
        kick=np.sqrt(alpha),
        sigma=noising.sigma(times) / m,
        scale=1.0 / m,
    )
