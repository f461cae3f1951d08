r"""Poisson and compound Poisson processes: paths that jump.

On a step of length dt the number of jumps N is Poisson of mean rate dt, independent of the other
steps, and the increment is the sum of the N jumps. Jumps of one fixed size c add up to c N. Normal
jumps of mean m and standard deviation s add up to

    m N + s sqrt(N) z

with one standard normal z, exactly in law, because sums of independent normals are normal.

Source: Poisson's law by inversion, L. Devroye, Non-Uniform Random Variate Generation (1986),
section X.3.3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.job import Job
from stochcalc.engine.random.sources import Source
from stochcalc.engine.random.uniforms import KeyedJumps
from stochcalc.motion.drawn import add_increment
from stochcalc.motion.marching import march_on_grid
from stochcalc.motion.partition import Partition
from stochcalc.motion.processes.making import choose_key, finish, read_grid
from stochcalc.motion.processes.process import Process
from stochcalc.typing import Executor, Key, Progress, Seed, Workers

MOST_JUMPS = 1e6  # of one step, on average


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class PoissonPaths(Process):
    """Paths of a Poisson or a compound Poisson process, from 0; `poisson` makes them.

    Attributes
    ----------
    rate : float
        The mean number of jumps in a unit of time.
    jump : float
        The mean size of a jump.
    deviation : float
        The standard deviation of the sizes; 0 for jumps of one size.
    """

    rate: float
    jump: float
    deviation: float

    @property
    def called(self) -> str:
        """What the process is called, with its parameters."""
        sizes = f"jump={self.jump:g}"
        if self.deviation > 0.0:
            sizes += f", deviation={self.deviation:g}"
        return f"rate={self.rate:g}, {sizes}"

    @property
    def mean(self) -> float:
        """The mean increment in a unit of time, rate times jump: what a compensator takes off."""
        return self.rate * self.jump

    @property
    def moves_by_jumps(self) -> bool:
        """Whether a path keeps its value until it jumps to another: yes."""
        return True

    def noise(self, plain: bool = False) -> Source:
        """Return the increments as a source; `plain` asks for floats, not vectors of length 1."""
        size = 0 if checks.flag("plain", plain) else 1
        return KeyedJumps(
            self.key, self.rate * self.partition.steps, self.jump, self.deviation, size
        )

    def _job(self, paths: int) -> Job:
        return march_on_grid(
            self.partition,
            self.noise(plain=True),
            add_increment,
            paths=paths,
            dim=0,
            kept=1,
            keep=np.arange(self.partition.n + 1),
        )


@hint_names
def poisson(
    rate: float,
    T: float = 1.0,
    n: int = 1000,
    *,
    jump: float = 1.0,
    deviation: float = 0.0,
    paths: int = 1,
    partition: Partition | None = None,
    store: bool = True,
    rng: Seed = None,
    key: Key = None,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
) -> PoissonPaths:
    r"""Return a Poisson process from 0, or a compound one with normal jumps.

    Parameters
    ----------
    rate : float
        The mean number of jumps in a unit of time, positive.
    T : float
        End time; the process starts at time 0. With a partition it is ignored.
    n : int
        Number of equal steps. It is ignored if `partition` is given.
    jump : float
        The size of the jumps, or their mean.
    deviation : float
        The standard deviation of normal jumps; 0 for jumps of one size.
    paths : int
        Number of independent paths.
    partition : Partition, optional
        Any grid instead of the uniform one.
    store : bool
        Whether to keep the values; False makes them when they are needed.
    rng : int, SeedSequence, Generator or None, optional
        Seed as NumPy takes it.
    key : int, optional
        The `.key` of an earlier result instead of a seed.
    workers : int, optional
        Number of threads; all CPUs by default. The numbers do not depend on it.
    executor, progress
        What draws the values in the place of threads, and a bar, as for `solve`.

    Returns
    -------
    PoissonPaths
        With `.values` of shape (paths, n + 1). The process is not compensated: its mean is
        rate jump t. Take `.mean` times dt off the increments for a martingale.

    Raises
    ------
    TypeError, ValueError
        For arguments of the wrong kind, a rate that is not positive, more than a million jumps in
        a step, or arrays beyond the memory budget.

    Notes
    -----
    With independent :math:`N_k \sim \mathrm{Poisson}(rate\, \Delta t_k)` and standard normals

    .. math:: X(t_{k+1}) = X(t_k) + jump\, N_k + deviation \sqrt{N_k}\, z_k, \qquad X(t_0) = 0.

    References
    ----------
    R. C. Merton, J. Financial Economics 3 (1976) 125, for normal jumps; L. Devroye, Non-Uniform
    Random Variate Generation (1986), section X.3.3, for inversion. [merton1976] [devroye1986]

    Examples
    --------
    >>> N = poisson(3.0, n=100, paths=2, rng=1)
    >>> N.values.shape, bool((N.increments >= 0).all())
    ((2, 101), True)
    """
    means = runner.check_means(workers, executor, progress)
    rate = checks.number("rate", rate, above=0.0)
    jump = checks.number("jump", jump)
    deviation = checks.number("deviation", deviation, least=0.0)
    grid, paths = read_grid(T, n, partition, paths, store)
    most = rate * grid.mesh
    if most > MOST_JUMPS:
        raise ValueError(
            f"rate={rate:g} means {most:.3g} jumps in a step of {grid.mesh:g} up to "
            f"T={grid.times[-1]:g}, beyond {MOST_JUMPS:g}: use more steps, or a normal law in the "
            "place of so many jumps"
        )
    process = PoissonPaths(
        partition=grid,
        paths=paths,
        key=choose_key(rng, key),
        store=store,
        rate=rate,
        jump=jump,
        deviation=deviation,
    )
    return finish(process, means)
