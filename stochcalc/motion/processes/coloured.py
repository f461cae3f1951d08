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
from dataclasses import replace
from functools import cached_property

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.march import March
from stochcalc.engine.random.philox import COLOURED_NOISE
from stochcalc.engine.random.sources import KeyedNoise
from stochcalc.motion.marching import march_on_grid
from stochcalc.motion.partition import Partition
from stochcalc.motion.processes.making import choose_key, finish, read_grid
from stochcalc.motion.processes.with_memory import NoiseWithMemory
from stochcalc.typing import (
    Array,
    Executor,
    Key,
    Noise,
    Number,
    Parameters,
    Progress,
    Seed,
    Workers,
)

STRIP = 8  # paths whose products with the memory stay in the cache


def relax(t: float, x: Number, dt: float, z: Noise, args: Parameters) -> Number:
    """Take one step of normal noise: rho x + size sqrt(1 - rho^2) z; args = (tau, size)."""
    rho = math.exp(-dt / args[0])
    return rho * x + args[1] * math.sqrt(1.0 - rho * rho) * z


class ColouredNoise(NoiseWithMemory):
    """Normal noise with a memory, a stationary Ornstein-Uhlenbeck process.

    `coloured_noise` makes it.
    """

    @cached_property
    def memory(self) -> Array:
        """What is left of the first value at each grid time, exp(-(t - t_0)/tau), shape (n + 1,).

        The step without noise computes it, from 1, so that its bits are those of the step.
        """
        job = replace(self._march(1), starts=np.ones((1, 1)), args=(self.tau, 0.0))
        left: Array = runner.rows(job, workers=1)[0]
        return left

    def _march(self, paths: int) -> March:
        steps = np.ones(self.partition.n)  # standard normals, not increments
        return march_on_grid(
            self.partition,
            KeyedNoise(self.key, steps, purpose=COLOURED_NOISE),
            Step(relax),
            paths=paths,
            dim=0,
            kept=1,
            keep=np.arange(self.partition.n + 1),
            args=(self.tau, self.size),
        )

    def _put_start(self, rows: Array, starts: Array) -> Array:
        for i in range(0, len(rows), STRIP):
            rows[i : i + STRIP] += starts[i : i + STRIP, None] * self.memory
        return rows

    def _draw_start(self, z: Array) -> Array:
        return self.size * z

    def __getstate__(self) -> dict[str, object]:
        """Return the fields without arrays, which are made again where they are needed."""
        return {name: value for name, value in super().__getstate__().items() if name != "memory"}


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
