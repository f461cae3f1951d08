"""From a motion and a step to a job: the time loop along Brownian paths."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine.compiler.pointers import Pointer
from stochcalc.engine.functions.assemble import Step, observe_state
from stochcalc.engine.loop.march import March
from stochcalc.engine.random.drivers import Layout
from stochcalc.engine.random.sources import Source
from stochcalc.motion.partition import Partition


class Motion(Protocol):
    """What the time loop goes along: a number of paths, their grid and their increments."""

    @property
    def partition(self) -> Partition:
        """The grid."""

    @property
    def paths(self) -> int:
        """Number of paths."""

    def noise(self) -> Source:
        """The increments as a source for the time loop."""


def march_along(
    W: Motion,
    step: Step | Callable[[], Pointer],
    *,
    dim: int,
    kept: int,
    keep: NDArray[np.int64] | None = None,
    starts: NDArray[np.float64] | None = None,
    args: tuple[Any, ...] = (),
    observe: Callable[..., Any] = observe_state,
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
    step : Step, or a getter of the pointer of a block step of the package
        What moves the state.
    dim, kept : int
        Numbers in the state (0: a plain float) and numbers observed.
    keep : ndarray of int, optional
        Numbers of the steps after which to observe; by default the last alone.
    starts : ndarray, shape (1, dim) or (paths, dim), optional
        Initial states; by default zeros.
    args : tuple
        Parameters of the step and the observer.
    observe : callable
        observe(t, x, args): what is kept of the state; by default the state itself.
    save_rows : bool
        Whether to store what is observed; else its statistics are kept.
    noise : Source, optional
        What drives the step, if it is more than the increments of the motion.
    layout : Layout, optional
        The rows of the noise, if the step names its drivers.
    lam : float
        How the equation is read, for steps that take it.

    Returns
    -------
    March
    """
    if keep is None:
        keep = np.array([W.partition.n])
    if starts is None:
        starts = np.zeros((1, max(dim, 1)))
    return March(
        step=step,
        noise=W.noise() if noise is None else noise,
        paths=W.paths,
        dim=dim,
        kept=kept,
        times=W.partition.times,
        steps=W.partition.steps,
        starts=starts,
        keep=keep,
        args=args,
        observe=observe,
        save_rows=save_rows,
        layout=layout,
        lam=lam,
    )
