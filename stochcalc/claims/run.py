"""How a claim is run: the calls of the package, with the paths and the key of the run filled in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict

import numpy as np

from stochcalc.engine.random.philox import make_key
from stochcalc.moments import Moments
from stochcalc.motion.brownian import brownian
from stochcalc.motion.functionals import expectation
from stochcalc.motion.partition import Partition
from stochcalc.motion.path_sources import StreamedPaths
from stochcalc.motion.paths import BrownianPaths
from stochcalc.typing import Executor, PathFunction, Progress, Workers
from stochcalc.variation.noisy_paths import NoisyPaths


class RunMeans(TypedDict):
    """The options that every streaming function takes beside its mathematics."""

    workers: Workers
    executor: Executor
    progress: Progress


class RunOptions(RunMeans):
    """The options of a function that takes a checkpoint as well."""

    checkpoint: Any


@dataclass(frozen=True)
class Run:
    """How a claim is run, and the calls of the package with these options filled in.

    Attributes
    ----------
    paths : int
        The number of paths of each measurement.
    key : int
        The key of the Brownian motion. Two motions of one run share it, and so their normals.
    workers : int, optional
        The number of threads; all CPUs by default.
    progress : bool or callable
        Whether a bar shows the progress, or a function progress(done, total).
    executor : concurrent.futures.Executor or distributed.Client, optional
        A pool of processes, or a cluster, that computes in the place of threads.
    checkpoint : optional
        The checkpoint of the whole report, which is open.

    Examples
    --------
    >>> run = Run(paths=2048, key=1)
    >>> run.brownian(16).paths
    2048
    """

    paths: int = 1_000_000
    key: int = 0
    workers: Workers = None
    progress: Progress = False
    executor: Executor = None
    checkpoint: Any = None

    @property
    def options(self) -> RunOptions:
        """By which means it is run, as every streaming function takes them."""
        return {
            "workers": self.workers,
            "executor": self.executor,
            "progress": self.progress,
            "checkpoint": self.checkpoint,
        }

    @property
    def means(self) -> RunMeans:
        """The same without the checkpoint, for functions that do not take one."""
        return {"workers": self.workers, "executor": self.executor, "progress": self.progress}

    def brownian(
        self,
        n: int = 1,
        T: float = 1.0,
        *,
        dim: int = 1,
        partition: Partition | None = None,
        paths: int | None = None,
        store: bool = False,
    ) -> BrownianPaths:
        """Return the run's own Brownian motion: `brownian` with its key and its paths, streamed.

        Parameters
        ----------
        n : int
            The number of equal steps.
        T : float
            The end time.
        dim : int
            The number of components.
        partition : Partition, optional
            Any grid instead of n equal steps up to T.
        paths : int, optional
            The number of paths, if it is not that of the run.
        store : bool
            Whether the paths are kept in memory, for a picture. By default they are made again
            whenever they are looked at.
        """
        if paths is None:
            paths = self.paths
        return brownian(T, n, dim=dim, partition=partition, paths=paths, store=store, key=self.key)

    def expectation(self, f: PathFunction, W: StreamedPaths) -> Moments:
        """Return the moments of a function of whole paths: `stochcalc.expectation`."""
        return expectation(f, W, **self.options)

    def observe(self, W: BrownianPaths, *, noise: float, sigma: float = 1.0) -> NoisyPaths:
        """Return sigma W with normal noise on every value: `stochcalc.observe`, streamed."""
        return NoisyPaths(W, noise, sigma)

    def derive_key(self, number: int) -> int:
        """Return the key of part `number` of the run, for what needs noise of its own.

        Parameters
        ----------
        number : int
            The parts of a run are numbered by the claim, from 0 on.
        """
        return make_key(np.random.SeedSequence([self.key, number]))
