"""From a motion and a step to a job: the time loop along Brownian paths."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from stochcalc.engine.compiler.pointers import Pointer
from stochcalc.engine.functions.assemble import Step, observe_state
from stochcalc.engine.loop.march import March
from stochcalc.engine.random.layout import Layout
from stochcalc.engine.random.sources import Source
from stochcalc.motion.partition import Partition
from stochcalc.typing import Array, Integers, Observer, Parameters


class Motion(Protocol):
    """The paths that the time loop follows: their number, their grid and their increments."""

    @property
    def partition(self) -> Partition:
        """The grid."""

    @property
    def paths(self) -> int:
        """The number of paths."""

    def noise(self) -> Source:
        """Return the increments as a source for the time loop."""


def march_along(
    W: Motion,
    step: Step | Callable[[], Pointer],
    *,
    dim: int,
    kept: int,
    keep: Integers | None = None,
    starts: Array | None = None,
    args: Parameters = (),
    observe: Observer = observe_state,
    save_rows: bool = True,
    noise: Source | None = None,
    layout: Layout | None = None,
    lam: float = 0.0,
) -> March:
    """Return the march of a state along a motion, with its paths and its grid.

    Parameters
    ----------
    W : BrownianPaths
        The motion.
    step : Step, or a function that returns the pointer of a block step of the package
        The step that moves the state.
    dim : int
        Number of numbers in the state; 0 for a plain float.
    kept : int
        Number of numbers that are observed.
    keep : ndarray of int, optional
        Numbers of the steps after which to observe; by default the last alone.
    starts : ndarray, shape (1, dim) or (paths, dim), optional
        Initial states; by default zeros.
    args : tuple
        Parameters of the step and the observer.
    observe : callable
        A function observe(t, x, args) of the time and the state that returns what is kept; by
        default the state itself.
    save_rows : bool
        Whether to store what is observed; otherwise its statistics are kept.
    noise : Source, optional
        The numbers that drive the step, if they are more than the increments of the motion.
    layout : Layout, optional
        The rows of the noise, if the step names its drivers.
    lam : float
        The interpretation of the equation, for steps that take it.

    Returns
    -------
    March
        The job, which `engine.loop.runner` runs.
    """
    if noise is None:
        noise = W.noise()
    return march_on_grid(
        W.partition,
        noise,
        step,
        paths=W.paths,
        dim=dim,
        kept=kept,
        keep=keep,
        starts=starts,
        args=args,
        observe=observe,
        save_rows=save_rows,
        layout=layout,
        lam=lam,
    )


def march_on_grid(
    partition: Partition,
    noise: Source,
    step: Step | Callable[[], Pointer],
    *,
    paths: int,
    dim: int,
    kept: int,
    keep: Integers | None = None,
    starts: Array | None = None,
    args: Parameters = (),
    observe: Observer = observe_state,
    save_rows: bool = True,
    layout: Layout | None = None,
    lam: float = 0.0,
) -> March:
    """Return the march of a state over the steps of a grid, driven by any noise.

    The arguments are those of `march_along`, which takes the grid, the noise and the number of
    paths from a motion.
    """
    if keep is None:
        keep = np.array([partition.n])
    if starts is None:
        starts = np.zeros((1, max(dim, 1)))
    return March(
        step=step,
        noise=noise,
        paths=paths,
        dim=dim,
        kept=kept,
        times=partition.times,
        steps=partition.steps,
        starts=starts,
        keep=keep,
        args=args,
        observe=observe,
        save_rows=save_rows,
        layout=layout,
        lam=lam,
    )
