"""The highest point of Brownian paths: at the grid times, and between them.

Sources: Karatzas and Shreve, Brownian Motion and Stochastic Calculus (1991), section 2.8; Spitzer,
Trans. Am. Math. Soc. 82 (1956) 323.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.functions.probe import probe
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.march import March
from stochcalc.engine.random.philox import BRIDGE_EXTREMES
from stochcalc.engine.random.sources import Beside, Extra, Source
from stochcalc.moments import Moments
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.functionals import moments_of, rows_of
from stochcalc.motion.marching import march_along
from stochcalc.motion.paths import BrownianPaths
from stochcalc.typing import Array, ArrayOrMoments, Integers, Noise, Observer, State, Workers


def climb(t: float, x: State, dt: float, noise: Noise, args: tuple[()]) -> State:
    """One step of (W, maximum so far), noise = (dW, z, z'): the maximum of a bridge from a to b
    over dt.

    It exceeds m with probability exp(-2 (m - a)(m - b)/dt), so it is (a + b + sqrt((b - a)^2 + 2 dt
    E))/2 with E a standard exponential, here (z^2 + z'^2)/2.
    """
    after = x[0] + noise[0]
    reach = math.sqrt(noise[0] * noise[0] + dt * (noise[1] * noise[1] + noise[2] * noise[2]))
    return after, max(x[1], 0.5 * (x[0] + after + reach))


def highest(t: float, x: State, args: tuple[()]) -> float:
    """Observe the maximum."""
    return x[1]


def function_of_maximum(observe: Callable[[float], float]) -> Observer:
    """Return what observes a function of the maximum."""

    def seen(t: float, x: State, args: tuple[()]) -> float:
        return observe(x[1])

    return seen


def maximum_job(
    W: BrownianPaths, observe: Observer, kept: int, keep: Integers, *, save_rows: bool
) -> March:
    """The march behind the continuous maximum: state (W, maximum)."""
    noise: Source = W.noise()
    for component in range(2):
        noise = Beside(noise, Extra(W.key, BRIDGE_EXTREMES, component))
    return march_along(
        W,
        Step(climb),
        dim=2,
        kept=kept,
        keep=keep,
        observe=observe,
        save_rows=save_rows,
        noise=noise,
    )


def maximum(
    W: BrownianPaths,
    *,
    continuous: bool = True,
    running: bool = False,
    save: str = "all",
    observe: Callable[[float], float] | None = None,
    workers: Workers = None,
) -> ArrayOrMoments:
    """Return the maximum of each path: over all times, or over the grid times alone.

    Between grid times the path is a Brownian bridge whose maximum has a known law, so
    `continuous=True` gives max over [t_0, T] of W exactly in law, whatever n: P(M >= a) = 2 (1 -
    Phi(a/sqrt(T))). The grid alone misses part of it: E M_n = sqrt(h/(2 pi)) sum_{k<=n} k^(-1/2)
    (Spitzer 1956), short by 0.5826 sqrt(h) in the limit.

    Parameters
    ----------
    W : BrownianPaths
        One component.
    continuous : bool
        The bridges' maxima are drawn given the grid values, each step by its own normals; they do
        not look at `W.at`.
    running : bool
        The maximum up to every grid time.
    save : {"all", "stats"}
        "stats" returns Moments over the paths and stores nothing.
    observe : callable observe(m), optional
        What is kept of each path instead of its maximum m: a number. It is written for floats with
        `math` or `np`, and compiled; it goes with `continuous=True`.
    workers : int, optional

    Returns
    -------
    ndarray, shape (paths,), or (paths, n + 1) from 0 if `running`; or Moments

    Raises
    ------
    TypeError, ValueError
        For several components, an array beyond the memory budget, or an `observe` without the
        bridges.

    Examples
    --------
    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(n=16, paths=3, rng=1)
    >>> bool((maximum(W) > maximum(W, continuous=False)).all())
    True
    """
    check_motion("W", W, 1)
    n = W.partition.n
    columns = 1
    shape: tuple[int, ...] = ()
    keep = np.array([n])
    if checks.flag("running", running):
        columns = n + 1
        shape = (n + 1,)
        keep = np.arange(n + 1)
    stored = checks.choice("save", save, ("all", "stats")) == "all"
    if stored:
        checks.budget(
            "the maxima", W.paths * columns, 'use save="stats", fewer paths, or running=False'
        )
    if not checks.flag("continuous", continuous):
        if observe is not None:
            raise ValueError(
                f"observe={observe!r} goes with continuous=True: use "
                "expectation(lambda w: ..., W) for any function of the grid's maximum"
            )
        top = running_maximum if running else grid_maximum
        if not stored:
            return moments_of(top, W, columns, workers=workers)
        found = rows_of(top, W, columns, workers=workers)
    else:
        seen = highest
        if observe is not None:
            probe("observe", observe, 1.0, 1.0, called="(m)")
            seen = function_of_maximum(observe)
        job = maximum_job(W, seen, 1, keep, save_rows=stored)
        if not stored:
            return Moments(runner.record(job, workers=workers), shape)
        found = runner.rows(job, workers=workers)
    if running:
        return found
    return found[:, 0]


def grid_maximum(w: Array) -> Array:
    """Return the maximum of paths w (paths, times) over the grid times."""
    highest_value: Array = w.max(axis=1)
    return highest_value


def running_maximum(w: Array) -> Array:
    """Return the maximum of paths w (paths, times) up to each grid time."""
    found: Array = np.maximum.accumulate(w, axis=1)
    return found
