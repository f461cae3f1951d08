r"""Telegraph noise: noise of two values with a memory.

The sign changes at the times of a Poisson process of rate 1/(2 tau). In a time dt the number of
changes is odd with probability (1 - exp(-dt/tau))/2, which is the chance that the value has another
sign after the step. The covariance of X(s) and X(t) is size^2 exp(-|t - s|/tau), as it is of
coloured noise.

Source: V. E. Shapiro and V. M. Loginov, Physica A 91 (1978) 563.
"""

from __future__ import annotations

import math

from stochcalc.engine import checks
from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop import runner
from stochcalc.engine.random.philox import TELEGRAPH_FLIPS
from stochcalc.engine.random.sources import Source
from stochcalc.engine.random.uniforms import KeyedUniforms
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


def flip(t: float, x: Number, dt: float, u: Noise, args: Parameters) -> Number:
    """Take one step of telegraph noise: the sign changes if u < (1 - rho)/2; args = (tau, size).

    A step of infinite length has rho = 0, and ends in either sign with the same probability.
    """
    chance = 0.5 * (1.0 - math.exp(-dt / args[0]))
    sign = -1.0 if u < chance else 1.0
    return x * sign


class TelegraphNoise(NoiseWithMemory):
    """Noise of the two values -size and size, with a memory; `telegraph_noise` makes it."""

    @property
    def moves_by_jumps(self) -> bool:
        """Whether a path keeps its value until it jumps to another: yes."""
        return True

    def _step(self) -> Step:
        return Step(flip)

    def _noise(self, steps: int) -> Source:
        return KeyedUniforms(self.key, TELEGRAPH_FLIPS, steps, size=0)


@hint_names
def telegraph_noise(
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
) -> TelegraphNoise:
    r"""Return noise of two values with a memory: its sign changes at random times.

    Parameters
    ----------
    tau : float
        The memory, in units of time, positive: signs change at the rate 1/(2 tau).
    T : float
        End time; the process starts at time 0. With a partition it is ignored.
    n : int
        Number of equal steps. It is ignored if `partition` is given.
    size : float
        The values are -size and size, with size positive.
    paths, partition, store, rng, key, workers, executor, progress
        As for `brownian`.

    Returns
    -------
    TelegraphNoise
        With `.values` of shape (paths, n + 1), exact in law on every grid.

    Raises
    ------
    TypeError, ValueError
        For arguments of the wrong kind, a tau or a size that is not positive, or arrays beyond the
        memory budget.

    Notes
    -----
    As what drives an equation it is noise of finite size: dX = a dt + b S dt is
    `solve(sde, x0, noise=S.integral())`. `noise=S` is dX = a dt + b dS, in which the jumps drive.

    .. math:: P(X(t + \Delta t) = -X(t)) = \tfrac12 (1 - e^{-\Delta t/\tau}),
        \qquad \mathrm{Cov}(X_s, X_t) = size^2\, e^{-|t - s|/\tau}.

    Means of products of linear functions of this noise obey closed linear equations, which is why
    it is the noise with a memory that can be computed with (`stochcalc verify` does).

    References
    ----------
    V. E. Shapiro and V. M. Loginov, Physica A 91 (1978) 563. [shapirologinov1978]

    Examples
    --------
    >>> import numpy as np
    >>> X = telegraph_noise(0.1, n=100, paths=3, size=2.0, rng=1)
    >>> np.unique(X.values)
    array([-2.,  2.])
    """
    means = runner.check_means(workers, executor, progress)
    grid, paths = read_grid(T, n, partition, paths, store)
    noise = TelegraphNoise(
        partition=grid,
        paths=paths,
        key=choose_key(rng, key),
        store=store,
        tau=checks.number("tau", tau, above=0.0),
        size=checks.number("size", size, above=0.0),
    )
    return finish(noise, means)
