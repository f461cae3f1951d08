r"""Coloured noise: normal noise with a memory, a stationary Ornstein-Uhlenbeck process.

Over a step of length dt, with rho = exp(-dt/tau),

    X(t + dt) = rho X(t) + size sqrt(1 - rho^2) z

with a standard normal z, which is exact on every grid: the variance stays size^2, and the
covariance of X(s) and X(t) is size^2 exp(-|t - s|/tau). With size^2 = 1/(2 tau) its integral is 1,
and the integral of the noise tends to Brownian motion as tau -> 0.

Source: G. E. Uhlenbeck and L. S. Ornstein, Phys. Rev. 36 (1930) 823; D. T. Gillespie, Phys. Rev. E
54 (1996) 2084, for the step.
"""

from __future__ import annotations

import math

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop import runner
from stochcalc.engine.random.philox import COLOURED_NOISE
from stochcalc.engine.random.sources import KeyedNoise, Source
from stochcalc.motion.partition import Partition
from stochcalc.motion.processes.making import choose_key, finish, read_grid
from stochcalc.motion.processes.with_memory import NoiseWithMemory
from stochcalc.typing import (
    Executor,
    Key,
    Noise,
    Number,
    Parameters,
    Progress,
    Seed,
    Workers,
)


def relax(t: float, x: Number, dt: float, z: Noise, args: Parameters) -> Number:
    """Take one step of normal noise: rho x + size sqrt(1 - rho^2) z; args = (tau, size).

    A step of infinite length has rho = 0, and ends in size z.
    """
    rho = math.exp(-dt / args[0])
    return rho * x + args[1] * math.sqrt(1.0 - rho * rho) * z


class ColouredNoise(NoiseWithMemory):
    """Normal noise with a memory, a stationary Ornstein-Uhlenbeck process.

    `coloured_noise` makes it.
    """

    def _step(self) -> Step:
        return Step(relax)

    def _noise(self, steps: int) -> Source:
        return KeyedNoise(self.key, np.ones(steps), purpose=COLOURED_NOISE)  # standard normals


@hint_names
def coloured_noise(
    tau: float,
    T: float = 1.0,
    n: int = 1000,
    *,
    size: float = 1.0,
    paths: int = 1,
    partition: Partition | None = None,
    store: bool = True,
    rng: Seed = None,
    key: Key = None,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
) -> ColouredNoise:
    r"""Return normal noise with a memory: a stationary Ornstein-Uhlenbeck process.

    Parameters
    ----------
    tau : float
        The memory, in units of time, positive.
    T : float
        End time; the process starts at time 0. With a partition it is ignored.
    n : int
        Number of equal steps. It is ignored if `partition` is given.
    size : float
        The standard deviation of every value, positive. With size = 1/sqrt(2 tau) the integral of
        the noise tends to Brownian motion as tau -> 0.
    paths, partition, store, rng, key, workers, executor, progress
        As for `brownian`.

    Returns
    -------
    ColouredNoise
        With `.values` of shape (paths, n + 1), exact in law on every grid.

    Raises
    ------
    TypeError, ValueError
        For arguments of the wrong kind, a tau or a size that is not positive, or arrays beyond the
        memory budget.

    Notes
    -----
    As what drives an equation it is noise of finite size: dY = a dt + b X dt is
    `solve(sde, y0, noise=X.integral())`. `noise=X` is dY = a dt + b dX, another equation.

    With :math:`\rho = e^{-\Delta t/\tau}` and independent standard normals :math:`z_k`

    .. math:: X(t_{k+1}) = \rho X(t_k) + size \sqrt{1 - \rho^2}\, z_k,
        \qquad \mathrm{Cov}(X_s, X_t) = size^2\, e^{-|t - s|/\tau}.

    References
    ----------
    G. E. Uhlenbeck and L. S. Ornstein, Phys. Rev. 36 (1930) 823; D. T. Gillespie, Phys. Rev. E 54
    (1996) 2084. [uhlenbeckornstein1930] [gillespie1996]

    Examples
    --------
    >>> X = coloured_noise(0.1, n=100, paths=3, rng=1)
    >>> X.values.shape
    (3, 101)
    """
    means = runner.check_means(workers, executor, progress)
    grid, paths = read_grid(T, n, partition, paths, store)
    noise = ColouredNoise(
        partition=grid,
        paths=paths,
        key=choose_key(rng, key),
        store=store,
        tau=checks.number("tau", tau, above=0.0),
        size=checks.number("size", size, above=0.0),
    )
    return finish(noise, means)
