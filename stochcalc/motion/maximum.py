"""The highest point of Brownian paths: at the grid times, and between them.

Sources: Karatzas and Shreve, Brownian Motion and Stochastic Calculus (1991), section 2.8; Spitzer,
Trans. Am. Math. Soc. 82 (1956) 323.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine import checks
from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.march import March
from stochcalc.engine.random.philox import BRIDGE_EXTREMES
from stochcalc.engine.random.sources import Beside, Extra, Source
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.functionals import PathFunction, rows_of
from stochcalc.motion.marching import march_along
from stochcalc.motion.paths import BrownianPaths


def climb(t: float, x: Any, dt: float, noise: Any, args: tuple[()]) -> Any:
    """One step of (W, maximum so far), noise = (dW, z, z'): the maximum of a bridge from a to b
    over dt.

    It exceeds m with probability exp(-2 (m - a)(m - b)/dt), so it is (a + b + sqrt((b - a)^2 + 2 dt
    E))/2 with E a standard exponential, here (z^2 + z'^2)/2.
    """
    after = x[0] + noise[0]
    reach = math.sqrt(noise[0] * noise[0] + dt * (noise[1] * noise[1] + noise[2] * noise[2]))
    return after, max(x[1], 0.5 * (x[0] + after + reach))


def highest(t: float, x: Any, args: tuple[()]) -> float:
    """Observe the maximum."""
    return x[1]


def maximum_job(
    W: BrownianPaths, observe: Any, kept: int, keep: NDArray[np.int64], *, save_rows: bool
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
    W: BrownianPaths, *, continuous: bool = True, running: bool = False, workers: int | None = None
) -> NDArray[np.float64]:
    """The maximum of each path: over all times, or over the grid times alone.

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
    workers : int, optional

    Returns
    -------
    ndarray, shape (paths,), or (paths, n + 1) from 0 if `running`

    Raises
    ------
    TypeError, ValueError
        For several components, or an array beyond the memory budget.

    Examples
    --------
    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(n=16, paths=3, rng=1)
    >>> bool((maximum(W) > maximum(W, continuous=False)).all())
    True
    """
    check_motion("W", W, 1)
    n = W.partition.n
    columns = n + 1 if checks.flag("running", running) else 1
    if not checks.flag("continuous", continuous):
        top: PathFunction = (
            (lambda w: np.maximum.accumulate(w, axis=1)) if running else (lambda w: w.max(axis=1))
        )
        found = rows_of(top, W, columns, workers=workers)
    else:
        checks.budget("the maxima", W.paths * columns, "use fewer paths, or running=False")
        keep = np.arange(n + 1) if running else np.array([n])
        job = maximum_job(W, highest, 1, keep, save_rows=True)
        found = runner.rows(job, workers=workers)
    return found if running else found[:, 0]
