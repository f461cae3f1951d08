"""FIRST PASSAGE: when a path first reaches a barrier, with the crossings between grid times.

Between grid times the path of a scheme is a Brownian bridge with the frozen volatility s = b(t_k,
X_k). With distances a and c to the barrier at the ends of a step of length h it crosses with
probability exp(-2 a c/(s^2 h)) if the ends lie on one side, and surely otherwise: if a standard
exponential exceeds 2 a c/(s^2 h), c = 0 beyond the barrier. Given that it does, at t_k + u,

    u^(-3/2) exp(-a^2/(2 s^2 u)) (h - u)^(-1/2) exp(-c^2/(2 s^2 (h - u)))

is the density of u up to a constant: that of the passage, and that of the way from there, on either
side by reflection. So u/(h - u) is inverse Gaussian with mean a/c and shape a^2/(s^2 h).

Sources: Glasserman, Monte Carlo Methods in Financial Engineering (2004), section 6.4; Gobet, Stoch.
Process. Appl. 87 (2000) 167 (weak order 1); Michael, Schucany and Haas, Amer. Statist. 30 (1976) 88
(inverse Gaussian variates).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from stochcalc.engine import checks
from stochcalc.engine.functions.assemble import Step, explained
from stochcalc.engine.functions.user_function import fallbacks
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.march import March
from stochcalc.engine.loop.workers import count_workers
from stochcalc.engine.random.philox import BRIDGE_EXTREMES, STREAM_VERSION, make_key
from stochcalc.engine.random.sources import Beside, Extra
from stochcalc.engine.statistics import record_of_rows
from stochcalc.estimate import Estimate, Moments
from stochcalc.methods import Method
from stochcalc.motion.partition import Partition
from stochcalc.passage.steps import (
    at_grid_times,
    hit_and_time,
    moving,
    number,
    passage_time,
    with_bridges,
)
from stochcalc.sde import SDE
from stochcalc.solver.examine import check_sde, examine
from stochcalc.solver.fit import Fitted, choose, fit, source_of


@dataclass(frozen=True, eq=False)
class FirstPassage:
    """Times at which paths first reach a barrier, or what is left of them.

    Attributes
    ----------
    T, x0, barrier : float
    times : ndarray, shape (paths,), or None for save="stats"
        inf for a path that has not been there by T, nan for one that left the finite range.
    key : int
        Replays the run: `first_passage(..., key=found.key)`.
    nonfinite : int
        Paths that left the finite range before they reached the barrier; the estimates are then
        nan.
    info : dict
        Method, sizes, whether the crossings between grid times are in, names that ran on Numba's
        own functions.
    """

    T: float
    x0: float
    barrier: float
    times: NDArray[np.float64] | None
    key: int
    nonfinite: int
    info: dict[str, Any]
    record: Any = field(repr=False, default=None)

    @property
    def probability(self) -> Estimate:
        """P(tau <= T)."""
        if self.times is not None:
            return self.law(self.T)
        return _share(float(self.record[1, 0]), self.info["paths"])

    @property
    def mean_restricted(self) -> Estimate:
        """E min(tau, T)."""
        if self.times is None:
            return Moments(self.record[:, 1:]).estimate()
        return Moments(record_of_rows(np.minimum(self.times, self.T)[:, None])).estimate()

    def law(self, t: ArrayLike) -> Estimate:
        """P(tau <= t) for times t in [0, T]: `.value`, `.stderr`, `.low`, `.high` of the shape of
        t.

        The interval is Wilson's, which has a width where no path, or every path, was there.

        Raises
        ------
        TypeError, ValueError
            For times outside [0, T]; for save="stats", which keeps P(tau <= T) alone.
        """
        asked = checks.array("t", t)
        for wrong in asked[(asked < 0.0) | (asked > self.T)].flat:
            raise ValueError(
                f"t={wrong:g} is outside [0, {self.T:g}]: the paths were followed over that time"
            )
        if self.times is None:
            raise ValueError(
                f't={t!r:.40} needs the times, and save="stats" keeps P(tau <= T) alone: use save="times"'
            )
        share = np.searchsorted(np.sort(self.times), asked, side="right") / len(self.times)
        return _share(np.where(self.nonfinite, np.nan, share), len(self.times))

    def __repr__(self) -> str:
        crossings = "with" if self.info["correction"] else "without"
        return (
            f"FirstPassage(x0={self.x0:g} to {self.barrier:g}: P(tau <= {self.T:g}) = "
            f"{self.probability}, "
            f"E min(tau, {self.T:g}) = {self.mean_restricted}; {self.info['paths']} paths by "
            f"{self.info['method']}, "
            f"n={self.info['n']}, {crossings} crossings between grid times, "
            f"nonfinite={self.nonfinite}, key={self.key})"
        )

    def plot(self, ax: Any = None, **line: Any) -> Any:
        """Draw P(tau <= t) with its interval; return the axes."""
        from stochcalc.plot import plot_passage

        return plot_passage(self, ax=ax, **line)


def first_passage(
    sde: SDE,
    x0: float,
    barrier: float,
    T: float,
    *,
    n: int,
    paths: int = 20_000,
    method: str | Method = "euler_maruyama",
    correction: bool = True,
    save: str = "times",
    rng: Any = None,
    key: int | None = None,
    workers: int | None = None,
    executor: Any = None,
    progress: Any = False,
) -> FirstPassage:
    """The time tau at which each path of a scalar SDE first reaches a constant barrier, from either
    side, followed up to T.

    Exact for every n where a step's frozen coefficients are: Brownian motion with drift. Else the
    law of tau is off by order h, where grid times alone give sqrt(h); by h^2 with exact steps and
    additive noise.

    Parameters
    ----------
    sde : SDE
    x0, barrier : float
        Start and barrier, which must differ; the barrier is above or below.
    T, n, paths : float, int, int
        End time and number of steps, from time 0; number of paths.
    method : str or Method
        Any scheme. Its bridges have the volatility of the start of the step, so that with noise
        that depends on x a stronger scheme than Euler-Maruyama has no smaller error: order h, and a
        larger constant on geometric Brownian motion.
    correction : bool
        False looks at grid times alone, and tau is then one of them: too late, and too rare.
    save : {"times", "stats"}
        "stats" stores no times and keeps P(tau <= T) and E min(tau, T).
    rng, key, workers, executor, progress
        As for `solve`. With the same key, dX = dW reaches a level exactly where
        `maximum(brownian(T, n))` does.

    Returns
    -------
    FirstPassage

    Raises
    ------
    TypeError, ValueError
        For bad arguments and for functions that fail their probe, before anything is computed.

    Examples
    --------
    >>> from stochcalc.sde import SDE
    >>> found = first_passage(SDE(lambda t, x: 0.0, lambda t, x: 1.0), 0.0, 1.0, 1.0, n=4, paths=100_000, rng=1)
    >>> abs(found.probability.z(0.317311)) < 6, abs(found.mean_restricted.z(0.849320)) < 6
    (True, True)
    """
    check_sde(sde)
    scheme = choose(method)
    x0, barrier = checks.number("x0", x0), checks.number("barrier", barrier)
    if barrier == x0:
        raise ValueError(
            f"barrier={barrier:g} is at the start x0={x0:g}, where the passage time is 0: move one "
            f"of them"
        )
    T, n, paths = (
        checks.number("T", T, above=0.0),
        checks.integer("n", n),
        checks.integer("paths", paths),
    )
    correction = checks.flag("correction", correction)
    rows_kept = checks.choice("save", save, ("times", "stats")) == "times"
    if sde.vectorized:
        raise ValueError(
            "vectorized=True functions run in NumPy, and first_passage is compiled: write them for "
            "floats"
        )
    problem = fit(examine(sde, np.array([x0]), 0), scheme)
    grid = Partition.uniform(T, n)
    if rows_kept:
        checks.budget("the passage times", paths, 'use save="stats"')
    count_workers(workers)
    key, functions = make_key(rng, key), (*problem.step.functions, (sde.diffusion, "scalar"))
    job = _job(problem, grid, x0, barrier, paths, key, correction, rows_kept)
    times, record, wild = _run(
        job, functions, workers=workers, executor=executor, progress=progress
    )
    if (
        times is not None and not correction
    ):  # exact grid times: t_k + h may miss t_(k+1) by a rounding
        there = np.isfinite(times)
        times[there] = grid.times[np.rint(times[there] / T * n).astype(np.int64)]
    info = {
        "method": scheme.name,
        "noise": sde.noise,
        "lam": sde.lam,
        "n": n,
        "paths": paths,
        "correction": correction,
        "numba_names": fallbacks(*(function for function, _ in functions)),
        "stream_version": STREAM_VERSION,
    }
    return FirstPassage(T, x0, barrier, times, key, wild, info, record)


def _job(
    problem: Fitted,
    grid: Partition,
    x0: float,
    barrier: float,
    paths: int,
    key: int,
    correction: bool,
    rows_kept: bool,
) -> March:
    """The march of (X, tau)."""
    source, layout = source_of([problem], grid, key)
    move, first = moving(problem.step, layout), max(layout.rows, 1)
    if correction:
        step = with_bridges(move, number(problem.sde.diffusion), first)
        for component in range(3):  # of the first two `maximum` makes the same exponential
            source = Beside(source, Extra(key, BRIDGE_EXTREMES, component))
    else:
        step, source = at_grid_times(move), replace(source, size=1) if source.size == 0 else source
    args = (
        (problem.args, problem.lam),
        (barrier, math.copysign(1.0, barrier - x0), float(grid.times[-1])),
    )
    observe, kept = (passage_time, 1) if rows_kept else (hit_and_time, 2)
    return March(
        step=Step(step),
        noise=source,
        paths=paths,
        dim=2,
        kept=kept,
        times=grid.times,
        steps=grid.steps,
        starts=np.array([[x0, -1.0]]),
        keep=np.array([grid.n]),
        args=args,
        observe=observe,
        save_rows=rows_kept,
    )


def _run(
    job: March, functions: tuple[Any, ...], **how: Any
) -> tuple[NDArray[np.float64] | None, Any, int]:
    """The times, or the record of the statistics; and the paths that left the finite range, of
    which it warns.
    """
    if how["executor"] is None:
        with explained(functions):
            job.compute(0, 0, None, np.zeros(1, np.uint8))
    rows, state = runner.run(job, **how)
    runner.warn_nonfinite(
        state,
        job.paths,
        "paths",
        "use more steps or another method; their times and the estimates are nan",
    )
    return (
        (None, state.record, state.nonfinite)
        if rows is None
        else (rows[:, 0].copy(), None, state.nonfinite)
    )


def _share(share: Any, paths: int, confidence: float = 0.95) -> Estimate:
    """A probability from the share of paths, with Wilson's interval."""
    z2 = float(ndtri(0.5 + 0.5 * confidence)) ** 2 / paths
    middle = (share + 0.5 * z2) / (1.0 + z2)
    reach = np.sqrt(z2 * (share * (1.0 - share) + 0.25 * z2)) / (1.0 + z2)
    value, stderr, low, high = (
        np.asarray(part)[()]
        for part in (
            share,
            np.sqrt(share * (1.0 - share) / max(paths - 1, 1)),
            middle - reach,
            middle + reach,
        )
    )
    return Estimate(value, stderr, low, high, confidence)
