r"""The highest point of Brownian paths: at the grid times, and between them.

Between two grid times the path is a Brownian bridge from a to b over a step dt. Its maximum exceeds
m, for m above both ends, with probability exp(-2 (m - a)(m - b)/dt). So it has the law of

    (a + b + sqrt((b - a)^2 + 2 dt E))/2

with a standard exponential E, and (z^2 + z'^2)/2 is one for independent normals z and z'.

Sources: Karatzas and Shreve, Brownian Motion and Stochastic Calculus (1991), section 2.8; Spitzer,
Trans. Am. Math. Soc. 82 (1956) 323.
"""

from __future__ import annotations

import math

import numpy as np

from stochcalc.engine import checks, memory
from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.functions.probe import probe
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.march import March
from stochcalc.engine.loop.runner import Means
from stochcalc.engine.portable import portable
from stochcalc.engine.random.philox import BRIDGE_EXTREMES
from stochcalc.engine.random.sources import Beside, Extra, Source
from stochcalc.engine.words import show
from stochcalc.moments import Moments
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.functional_jobs import rows_of
from stochcalc.motion.functionals import moments_of
from stochcalc.motion.marching import march_along
from stochcalc.motion.paths import BrownianPaths
from stochcalc.typing import (
    Array,
    ArrayOrMoments,
    Executor,
    FunctionOfValue,
    Integers,
    Noise,
    Number,
    Observer,
    Parameters,
    Progress,
    State,
    Workers,
)


def climb(t: float, x: State, dt: float, noise: Noise, args: Parameters) -> State:
    """Return (W, M) after a step, where M is the maximum so far; noise = (dW, z, z')."""
    w = x[0]
    dW = noise[0]
    z = noise[1]
    z2 = noise[2]
    after = w + dW
    # The bridge's maximum: (a + b + sqrt((b - a)^2 + dt (z^2 + z'^2)))/2
    reach = math.sqrt(dW * dW + dt * (z * z + z2 * z2))
    return after, max(x[1], 0.5 * (w + after + reach))


def observe_maximum(t: float, x: State, args: Parameters) -> Number:
    """Return the maximum M of the state (W, M)."""
    return x[1]


@portable
def observe_function(function: FunctionOfValue) -> Observer:
    """Return an observer of function(M) on the state (W, M)."""

    def observe(t: float, x: State, args: Parameters) -> float:
        return function(x[1])

    return observe


def make_maximum_job(
    W: BrownianPaths, observe: Observer, kept: int, keep: Integers, *, save_rows: bool
) -> March:
    """Return the march that makes the maximum over all times, with the state (W, M).

    Parameters
    ----------
    W : BrownianPaths
        One component.
    observe : callable observe(t, x, args)
        The observer of the state x = (W, M).
    kept : int
        How many numbers it returns.
    keep : ndarray of int
        Numbers of the steps after which to observe.
    save_rows : bool
        Whether to store what is observed; otherwise its statistics are kept.
    """
    noise: Source = W.noise()
    key = W.find_key("the maximum inside the steps (continuous=True)")
    for number in range(2):
        noise = Beside(noise, Extra(key, BRIDGE_EXTREMES, 2 * W.place + number))
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


@hint_names
def maximum(
    W: BrownianPaths,
    *,
    continuous: bool = True,
    running: bool = False,
    save: str = "all",
    observe: FunctionOfValue | None = None,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
) -> ArrayOrMoments:
    r"""Return the maximum of each path: over all times, or over the grid times alone.

    Parameters
    ----------
    W : BrownianPaths
        One component.
    continuous : bool
        Whether to take the maximum over all times. The bridges' maxima are then drawn given the
        grid values, each step with its own normals; they are not the highest values of `W.at`.
    running : bool
        Whether to return the maximum up to every grid time, instead of the last alone.
    save : {"all", "stats"}
        "stats" returns Moments over the paths and stores nothing.
    observe : callable observe(m), optional
        A function of the maximum m that is kept of each path instead of m: it returns a number. It
        is written for floats with `math` or `np`, and compiled; it goes with `continuous=True`.
    workers, executor, progress
        The threads, what computes in their place, and a bar, as for `solve`.

    Returns
    -------
    ndarray, shape (paths,), or (paths, n + 1) from 0 if `running`; or Moments

    Raises
    ------
    TypeError, ValueError
        For several components, an array beyond the memory budget, an `observe` that is not a
        function from a number to a number, or one together with `continuous=False`.

    Notes
    -----
    The maximum over all times has the law of the continuous process, whatever the grid:

    .. math:: P(M \ge a) = 2 (1 - \Phi(a/\sqrt{T}))

    The grid alone misses part of it. On n steps of length h (Spitzer 1956)

    .. math:: E M_n = \sqrt{\frac{h}{2\pi}} \sum_{k=1}^n k^{-1/2}

    which is short by 0.5826 sqrt(h) in the limit.

    References
    ----------
    Karatzas and Shreve, Brownian Motion and Stochastic Calculus (1991), section 2.8; Spitzer,
    Trans. Am. Math. Soc. 82 (1956) 323. [karatzasshreve1991] [spitzer1956]

    Examples
    --------
    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(n=16, paths=3, rng=1)
    >>> bool((maximum(W) > maximum(W, continuous=False)).all())
    True
    >>> above = maximum(W, save="stats", observe=lambda m: 1.0 if m > 1.0 else 0.0)
    >>> above.count
    3
    """
    means = runner.check_means(workers, executor, progress)
    check_motion("W", W, 1)
    checks.flag("running", running)
    stored = checks.choice("save", save, ("all", "stats")) == "all"
    if stored:
        columns = W.partition.n + 1 if running else 1
        remedy = 'use save="stats", fewer paths, or running=False'
        memory.budget("the maxima", W.paths * columns, remedy)
    if checks.flag("continuous", continuous):
        return _continuous_maximum(W, running, stored, observe, means)
    if observe is not None:
        raise ValueError(
            f"observe={show(observe)} goes with continuous=True: use "
            "expectation(lambda w: ..., W) for any function of the grid's maximum"
        )
    return _grid_maximum(W, running, stored, means)


def _continuous_maximum(
    W: BrownianPaths,
    running: bool,
    stored: bool,
    observe: FunctionOfValue | None,
    means: Means,
) -> ArrayOrMoments:
    """Return the maxima over all times, or their moments."""
    n = W.partition.n
    keep = np.array([n])
    shape: tuple[int, ...] = ()
    if running:
        keep = np.arange(n + 1)
        shape = (n + 1,)
    observer: Observer = observe_maximum
    if observe is not None:
        probe("observe", observe, 1.0, 1.0, called="(m)")
        observer = observe_function(observe)
    job = make_maximum_job(W, observer, 1, keep, save_rows=stored)
    if not stored:
        return Moments(runner.record(job, **means), shape)
    rows = runner.rows(job, **means)
    if running:
        return rows
    return rows[:, 0]


def _grid_maximum(W: BrownianPaths, running: bool, stored: bool, means: Means) -> ArrayOrMoments:
    """Return the maxima over the grid times, or their moments."""
    function = find_maximum
    columns = 1
    if running:
        function = find_running_maximum
        columns = W.partition.n + 1
    if not stored:
        return moments_of(function, W, columns, **means)
    rows = rows_of(function, W, columns, **means)
    if running:
        return rows
    return rows[:, 0]


def find_maximum(w: Array) -> Array:
    """Return the maximum of paths w (paths, times) over the grid times."""
    highest: Array = w.max(axis=1)
    return highest


def find_running_maximum(w: Array) -> Array:
    """Return the maximum of paths w (paths, times) up to each grid time."""
    highest: Array = np.maximum.accumulate(w, axis=1)
    return highest
