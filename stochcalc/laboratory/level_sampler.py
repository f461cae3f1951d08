"""One level of a multilevel estimate: the job that samples it, and the statistics so far.

The coarsest level samples f(X_0). Every finer level l samples the difference f(X_l) - f(X_(l-1)) of
a scheme with 2^l and with 2^(l-1) steps along one path.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from stochcalc.engine.loop import runner
from stochcalc.engine.loop.levels import Levels
from stochcalc.engine.loop.march import March
from stochcalc.engine.random.layout import Layout
from stochcalc.engine.random.philox import make_key
from stochcalc.engine.random.sources import Source
from stochcalc.engine.statistics import LANES, blocks_of
from stochcalc.motion.partition import Partition
from stochcalc.solver.fit import Fitted
from stochcalc.solver.sources import make_keyed_source
from stochcalc.typing import Array, Observer, TestFunction

MOST_PATHS = 2**40  # of a level


class LevelSampler:
    """The sampling of one level, which can be extended.

    Parameters
    ----------
    problem : Fitted
        The scheme on its equation.
    starts : ndarray, shape (1, d)
        The start.
    T : float
        The end time.
    exponent : int
        The level has 2**exponent steps.
    coarsest : bool
        Whether it is the coarsest level.
    test : callable f(x)
        The function of the state whose expectation is wanted.
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
        problem: Fitted,
        starts: Array,
        T: float,
        *,
        exponent: int,
        coarsest: bool,
        test: TestFunction,
        key: int,
    ) -> None:
        self.exponent = exponent
        self.paths = 0
        self.coarsest = coarsest
        self._state: runner.State | None = None
        grid = Partition.uniform(T, 2**exponent)
        own_key = make_key(np.random.SeedSequence([key, exponent]))
        source, layout = make_keyed_source([problem], grid, own_key)
        self._job: March | Levels
        if coarsest:
            self.steps = 2.0**exponent
            self._job = _value_job(problem, starts, grid, test, source, layout)
        else:
            self.steps = 2.0**exponent * 1.5
            self._job = _difference_job(problem, starts, T, exponent, test, source, layout)

    def extend(self, paths: float, options: dict[str, Any]) -> None:
        """Sample more paths, until there are at least so many.

        Parameters
        ----------
        paths : float
            The number of paths wanted; it is rounded up to whole blocks of 256.
        options : dict
            The workers, executor and progress of the run.

        Raises
        ------
        ValueError
            For more than 2**40 paths.
        FloatingPointError
            If f is not finite on some path.
        """
        blocks = range(self.paths // LANES, blocks_of(int(np.ceil(paths))))
        if not len(blocks):
            return
        if blocks.stop * LANES > MOST_PATHS:
            raise ValueError(
                f"target is so small that {2**self.exponent} steps need {paths:.2g} paths: ask for "
                f"less"
            )
        job = replace(self._job, paths=blocks.stop * LANES)
        _, state = runner.run(job, blocks=blocks, batches=[range(blocks_of(MOST_PATHS))], **options)
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
    def _record(self) -> Array:
        """The record of what the level samples: count, mean, sums of powers of deviations."""
        assert self._state is not None
        if self.coarsest:
            return self._state.record[:, 0]
        # Column 0 is the finest grid compared with itself, column 1 the coarser grid with it.
        return self._state.record[:, 1]


def _value_job(
    problem: Fitted,
    starts: Array,
    grid: Partition,
    test: TestFunction,
    source: Source,
    layout: Layout,
) -> March:
    """Return the job that records f at the end of the grid."""
    return March(
        step=problem.step,
        noise=source,
        paths=0,
        dim=problem.dim,
        kept=1,
        times=grid.times,
        steps=grid.steps,
        starts=starts,
        keep=np.array([grid.n]),
        args=problem.args,
        observe=_observe_test(test),
        save_rows=False,
        layout=layout,
        lam=problem.lam,
    )


def _difference_job(
    problem: Fitted,
    starts: Array,
    T: float,
    exponent: int,
    test: TestFunction,
    source: Source,
    layout: Layout,
) -> Levels:
    """Return the job that records f with half of the steps less f with all of them."""
    return Levels(
        steps=(problem.step,),
        reference=None,
        noise=source,
        layout=layout,
        paths=0,
        dim=problem.dim,
        t0=0.0,
        T=T,
        top=exponent,
        active=np.arange(exponent + 1) < 2,
        starts=starts,
        args=problem.args,
        test=test,
        lam=problem.lam,
    )


def _observe_test(test: TestFunction) -> Observer:
    """Return the observer of f(x)."""
    return lambda t, x, args: test(x)
