"""One level of a multilevel estimate: the job that samples it, and the statistics so far.

The coarsest level samples f(X_0). Every finer level l samples the difference f(X_l) - f(X_(l-1)) of
a scheme with 2^l and with 2^(l-1) steps along one path.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from stochcalc.engine.loop import runner
from stochcalc.engine.loop.levels import Levels
from stochcalc.engine.random.philox import make_key
from stochcalc.engine.statistics import LANES, blocks_of
from stochcalc.laboratory.grids import Grids
from stochcalc.laboratory.running import Beside
from stochcalc.laboratory.scheme_levels import levels_job
from stochcalc.methods import Method
from stochcalc.solver.examine import Examined
from stochcalc.typing import Array, TestFunction

MOST_PATHS = 2**40  # of a level


class LevelSampler:
    """The sampling of one level, which can be extended.

    Parameters
    ----------
    problem : Examined
        The equation and its start.
    scheme : Method
        The scheme.
    t0, T : float
        First and last time.
    exponent : int
        The level has 2**exponent steps.
    coarsest : bool
        Whether it is the coarsest level.
    test : callable f(x), or f(x, r) with a running statistic
        The function of the state whose expectation is wanted.
    beside : Beside or None
        The running statistic.
    target : float
        The accuracy that was asked for, for errors.
    key : int
        The key of the whole estimate; that of the level follows from it.

    Attributes
    ----------
    exponent : int
    paths : int
        Number of paths sampled so far.
    steps : float
        Steps that one path costs: on all levels but the coarsest, those of both step sizes.
    """

    def __init__(
        self,
        problem: Examined,
        scheme: Method,
        t0: float,
        T: float,
        *,
        exponent: int,
        coarsest: bool,
        test: TestFunction,
        beside: Beside | None,
        target: float,
        key: int,
    ) -> None:
        self.exponent = exponent
        self.paths = 0
        self.coarsest = coarsest
        self.target = target
        self._state: runner.State | None = None
        self.steps = 2.0**exponent
        counts: tuple[int, ...] = (2**exponent,)
        reference: str | float = 0.0  # f(X_0) is the difference of f(X_0) and 0
        if not coarsest:
            self.steps *= 1.5
            counts = (2 ** (exponent - 1), 2**exponent)
            reference = "finest"
        self._job: Levels = levels_job(
            problem,
            [scheme],
            Grids(t0=t0, T=T, counts=counts),
            paths=0,
            key=make_key(np.random.SeedSequence([key, exponent])),
            reference=reference,
            test=test,
            beside=beside,
        )

    def extend(self, paths: float, means: runner.Means) -> None:
        """Sample more paths, until there are at least so many.

        Parameters
        ----------
        paths : float
            The number of paths wanted; it is rounded up to whole blocks of 256.
        means : dict
            The workers, executor, progress and checkpoint of the run.

        Raises
        ------
        ValueError
            For more than 2**40 paths.
        FloatingPointError
            If f is not finite on some path.
        """
        self.check(paths)
        blocks = range(self.paths // LANES, blocks_of(int(np.ceil(paths))))
        if not len(blocks):
            return
        job = replace(self._job, paths=blocks.stop * LANES)
        _, state = runner.run(job, blocks=blocks, batches=[range(blocks_of(MOST_PATHS))], **means)
        if self._state is not None:
            self._state.union(state)
            state = self._state
        self._state = state
        self.paths = blocks.stop * LANES
        if state.nonfinite:
            raise FloatingPointError(
                f"{state.nonfinite} of {self.paths} values of test with {2**self.exponent} "
                "steps are not finite: begin with finer steps, coarsest=, or a method that is "
                "stable here"
            )

    def check(self, paths: float) -> None:
        """Refuse a target that needs too many paths with a ValueError."""
        if paths <= MOST_PATHS:
            return
        if not np.isfinite(paths):
            raise ValueError(
                f"target={self.target:g} needs {paths} paths with {2**self.exponent} steps: the "
                "squares of test exceed the range of floats; divide test and target by a power "
                "of ten"
            )
        feasible = self.target * np.sqrt(paths / MOST_PATHS) * 64.0
        raise ValueError(
            f"target={self.target:g} needs {paths:.2g} paths with {2**self.exponent} steps, more "
            f"than 2**40: use target={feasible:.1g}, or another test"
        )

    @property
    def mean(self) -> float:
        """The mean of f on the coarsest level, of the difference fine - coarse on the others."""
        mean = float(self._record[1])
        if self.coarsest:
            return mean
        return -mean  # the job records coarse - fine

    @property
    def variance(self) -> float:
        """The variance of f on the coarsest level, of the difference on the others."""
        record = self._record
        return float(record[2] / (record[0] - 1.0))

    @property
    def stderr(self) -> float:
        """The standard error of the mean."""
        return float(np.sqrt(self.variance / self.paths))

    @property
    def _record(self) -> Array:
        """The record of what the level samples: count, mean, sums of powers of deviations."""
        assert self._state is not None
        if self.coarsest:
            return self._state.record[:, 0]
        # Column 0 is the finest grid compared with itself, column 1 the coarser grid with it.
        return self._state.record[:, 1]
