"""solve: one SDE, one scheme, any number of paths."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine import checks
from stochcalc.engine.functions.user_function import fallbacks
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.march import March
from stochcalc.engine.loop.numpy_march import Batch
from stochcalc.engine.loop.workers import check_workers
from stochcalc.engine.random.philox import STREAM_VERSION, make_key
from stochcalc.engine.statistics import LANES, record_of_rows
from stochcalc.estimate import Estimate, Moments
from stochcalc.methods import Method
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.partition import Partition
from stochcalc.motion.paths import BrownianPaths
from stochcalc.sde import SDE
from stochcalc.solver.examine import check_sde, examine
from stochcalc.solver.fit import choose, fit, source_of
from stochcalc.solver.jobs import job_of, run_until


@dataclass(frozen=True, eq=False)
class Solution:
    """Paths, or what is left of them, at the saved times.

    Attributes
    ----------
    t : ndarray, shape (times,)
    x : ndarray, shape (paths, times[, dim]), or None for save="stats"
    key : int
        Replays the run: `solve(..., key=sol.key)`.
    nonfinite : int
        Paths that left the finite range; their entries and the means are nan.
    info : dict
        Method, sizes, names that ran on Numba's own functions, version of the random stream.
    """

    t: NDArray[np.float64]
    x: NDArray[np.float64] | None
    key: int
    nonfinite: int
    info: dict[str, Any]
    job: March | Batch = field(repr=False)
    record: Any = field(repr=False, default=None)

    @cached_property
    def moments(self) -> Moments:
        """Moments over the paths, of shape (times[, dim])."""
        record = self.record if self.x is None else record_of_rows(self.x.reshape(len(self.x), -1))
        return Moments(record, (len(self.t),) + ((self.job.dim,) if self.job.dim else ()))

    @property
    def mean(self) -> NDArray[np.float64]:
        """Mean over the paths, shape (times[, dim])."""
        return self.moments.mean

    @property
    def var(self) -> NDArray[np.float64]:
        """Variance over the paths, shape (times[, dim])."""
        return self.moments.var

    @property
    def stderr(self) -> NDArray[np.float64]:
        """Standard error of the mean, shape (times[, dim])."""
        return self.moments.stderr

    def estimate(self, confidence: float = 0.95) -> Estimate:
        """The mean at the last time, as an Estimate.

        After k looks (`target_stderr`) the interval takes the share 1/(k (k + 1)) of the error
        allowed, so that all looks together keep to it.
        """
        confidence, looks = (
            checks.number("confidence", confidence, above=0.0, below=1.0),
            self.info["looks"],
        )
        error = (1.0 - confidence) / (looks * (looks + 1.0)) if looks else 1.0 - confidence
        found = Estimate.normal(self.mean[-1], self.stderr[-1], 1.0 - error)
        return replace(found, confidence=confidence)

    def replay(self, path: int) -> Solution:
        """One path again, at every step: bit for bit the one that was computed among the others."""
        path = checks.integer("path", path, 0, self.job.paths - 1)
        n = len(self.job.steps)
        checks.budget(f"replay(path={path})", LANES * (n + 1) * self.job.kept, "use fewer steps")
        job = replace(self.job, keep=np.arange(n + 1), save_rows=True)
        block = path // LANES
        rows = runner.rows(job, blocks=range(block, block + 1), workers=1)
        x = _shaped(rows[path - block * LANES :][:1], self.job.dim, n + 1)
        return Solution(
            self.job.times,
            x,
            self.key,
            int(not np.isfinite(x).all()),
            {**self.info, "path": path},
            job,
        )

    def __repr__(self) -> str:
        kept = "moments" if self.x is None else f"x {self.x.shape}"
        return (
            f"Solution({self.info['paths']} paths by {self.info['method']}, {len(self.t)} times to "
            f"t={self.t[-1]:g}, "
            f"{kept}, nonfinite={self.nonfinite}, key={self.key})"
        )

    def plot(self, ax: Any = None, **style: Any) -> Any:
        """Draw up to 50 paths (of the first component), or mean and spread for save="stats"; return
        the axes.
        """
        from stochcalc.plot import plot_solution

        return plot_solution(self, ax=ax, **style)


def solve(
    sde: SDE,
    x0: Any,
    T: float | None = None,
    *,
    n: int | None = None,
    noise: BrownianPaths | None = None,
    paths: int = 1,
    method: str | Method = "euler_maruyama",
    save: Any = "all",
    t0: float = 0.0,
    starts: bool = False,
    on_nonfinite: str = "warn",
    target_stderr: float | None = None,
    rng: Any = None,
    key: int | None = None,
    workers: int | None = None,
    executor: Any = None,
    progress: Any = False,
) -> Solution:
    """Solve an SDE along many Brownian paths.

    Parameters
    ----------
    sde : SDE
    x0 : float, or sequence of d floats
        Start: a number for a scalar problem. With `starts=True`, one start per path: (paths,) or
        (paths, d).
    T, n : float, int
        End time and number of steps; or
    noise : BrownianPaths
        the motion itself, with its grid and its paths. `solve(..., T, n=n, rng=7)` and
        `solve(..., noise=brownian(T, n, rng=7))` give the same bits.
    method : str or Method
        A name in METHODS, or a scheme of your own.
    save : "all", "last", "stats", or an array of times
        Times become grid points. "stats" keeps moments at every grid time and stores no path.
    on_nonfinite : {"warn", "raise"}
        What to do about paths that leave the finite range. Nothing is left out of a mean.
    target_stderr : float, optional
        Run `paths` paths (in full blocks of 256), then twice as many, and so on, until the standard
        error of the mean at the last time is at most this, in every component; `.estimate()` has an
        interval that allows for the looks.
    rng, key : seed as NumPy takes it, or the `.key` of an earlier result
    workers, executor, progress
        Threads (default: all CPUs), a `concurrent.futures.Executor` instead, a progress bar (needs
        tqdm).

    Returns
    -------
    Solution

    Raises
    ------
    TypeError, ValueError
        For bad arguments and for functions that fail their probe, before anything is computed.
    FloatingPointError
        With on_nonfinite="raise", naming the first path that left the finite range.

    Examples
    --------
    >>> from stochcalc.models import gbm
    >>> sol = solve(gbm(0.1, 0.2), 1.0, 1.0, n=16, paths=1000, save="last", rng=1)
    >>> sol.x.shape, sol.nonfinite
    ((1000, 1), 0)
    """
    check_sde(sde)
    checks.choice("on_nonfinite", on_nonfinite, ("warn", "raise"))
    stats = isinstance(save, str) and save == "stats"
    scheme = choose(method)
    grid, keep = _grid(T, n, noise, t0, save)
    paths = checks.integer("paths", paths)
    target = None if target_stderr is None else _target(target_stderr, noise, starts)
    if noise is not None:
        paths = _paths_of(noise, paths, t0, rng, key)
    start, dim = checks.starting_states(x0, paths, checks.flag("starts", starts))
    problem = fit(examine(sde, start[0], dim, float(grid.times[0])), scheme)
    key = make_key(rng, key) if noise is None else noise.key
    if noise is not None and noise.dim != problem.layout.width:
        raise ValueError(
            f"noise has dim={noise.dim} and the diffusion needs {problem.layout.width}: draw "
            f"brownian(dim={problem.layout.width})"
        )
    source, layout = source_of([problem], grid, key, noise)
    if not stats:
        checks.budget(
            "the solution",
            len(keep) * max(dim, 1) * paths,
            'use save="stats", save="last" or fewer times',
        )
    check_workers(workers, executor)
    how = {"workers": workers, "executor": executor, "progress": progress}
    job, looks = job_of(problem, source, layout, paths, grid, start, keep, not stats), 0
    if target is None:
        rows, state = runner.run(job, **how)
    else:
        rows, state, job, looks = run_until(job, target, **how)
    numpy = isinstance(job, Batch)
    names = () if numpy else fallbacks(*(function for function, _ in problem.step.functions))
    info = {
        "method": scheme.name,
        "noise": sde.noise,
        "lam": sde.lam,
        "n": grid.n,
        "paths": job.paths,
        "numba_names": names,
        "route": "numpy" if numpy else "compiled",
        "looks": looks,
        "stream_version": STREAM_VERSION,
    }
    x = None if rows is None else _shaped(rows, dim, len(keep))
    sol = Solution(
        grid.times[keep],
        x,
        key,
        state.nonfinite,
        info,
        job,
        None if rows is not None else state.record,
    )
    if state.nonfinite:
        _report(sol, state.first_nonfinite, on_nonfinite)
    return sol


def _target(target_stderr: Any, noise: Any, starts: Any) -> float:
    """The standard error to reach."""
    target = checks.number("target_stderr", target_stderr, above=0.0)
    if noise is not None or starts is True:
        given = "noise=" if noise is not None else "starts=True"
        raise ValueError(
            f"target_stderr={target:g} asks for as many paths as it takes, and {given} has a "
            f"number of its own: "
            "leave one out"
        )
    return target


def _paths_of(noise: BrownianPaths, paths: int, t0: Any, rng: Any, key: Any) -> int:
    """The number of paths of the motion, which brings its own key and times as well."""
    if rng is not None or key is not None:
        raise ValueError(f"noise= brings its own key: leave rng={rng!r} and key={key!r} out")
    if paths not in (1, noise.paths):
        raise ValueError(f"paths={paths} and noise= has {noise.paths} paths: leave paths out")
    if t0 not in (0.0, noise.t[0]):
        raise ValueError(f"t0={t0!r} and noise= starts at {noise.t[0]:g}: leave t0 out")
    return noise.paths


def _grid(T: Any, n: Any, noise: Any, t0: Any, save: Any) -> tuple[Partition, NDArray[np.int64]]:
    """The partition, and the numbers of its points to keep."""
    if noise is not None:
        check_motion("noise", noise)
        if T is not None or n is not None:
            raise ValueError(f"noise= brings its own grid: leave T={T} and n={n} out")
        grid = noise.partition
    else:
        if T is None or n is None:
            raise ValueError(
                f"T={T}, n={n}: give both an end time T and a number of steps n, or noise="
            )
        grid = Partition.uniform(T, n, t0=t0)
    if isinstance(save, str):
        checks.choice("save", save, ("all", "last", "stats"))
        return grid, np.array([grid.n]) if save == "last" else np.arange(grid.n + 1)
    times = checks.increasing("save", np.atleast_1d(checks.array("save", save)))
    for wrong in times[(times < grid.times[0]) | (times > grid.times[-1])]:
        raise ValueError(
            f"save={wrong:g} is outside [{grid.times[0]:g}, {grid.times[-1]:g}]: save times within "
            f"the run"
        )
    times = checks.increasing("save", _snapped(times, grid.times))
    union = np.union1d(grid.times, times)
    if len(union) > len(grid.times):
        if noise is not None:
            missing = np.setdiff1d(times, grid.times)[0]
            raise ValueError(
                f"save={missing:g} is no grid time of noise=: choose among noise.t, or draw it on "
                f"that grid"
            )
        grid = Partition(union)
    return grid, np.searchsorted(grid.times, times)


def _snapped(times: NDArray[np.float64], grid: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each time that equals a grid time up to rounding, as that grid time: 0.3 and 3 * 0.1 are one
    point, not two.
    """
    right = np.searchsorted(grid, times).clip(1, len(grid) - 1)
    nearest = np.where(times - grid[right - 1] < grid[right] - times, grid[right - 1], grid[right])
    return np.where(
        np.abs(times - nearest) <= 4.0 * np.spacing(np.maximum(np.abs(times), np.abs(grid[-1]))),
        nearest,
        times,
    )


def _shaped(rows: NDArray[np.float64], dim: int, times: int) -> NDArray[np.float64]:
    return rows if dim == 0 else rows.reshape(len(rows), times, dim)


def _report(sol: Solution, path: int, on_nonfinite: str) -> None:
    try:
        where = _first_nonfinite(sol.replay(path))
    except ValueError:  # too many steps to replay in memory
        where = ""
    steady = " or ".join(
        repr(name) for name in ("tamed_euler", "theta") if name != sol.info["method"]
    )
    text = (
        f"{sol.nonfinite} of {sol.job.paths} paths left the finite range, first path "
        f"{path}{where}: use more steps, or "
        f"method={steady} where the drift is steep, or a diffusion that is defined there; their "
        f"entries are not finite and "
        "the means are nan"
    )
    if on_nonfinite == "raise":
        raise FloatingPointError(text)
    checks.warn_user(text)


def _first_nonfinite(one: Solution) -> str:
    assert one.x is not None
    states = one.x.reshape(len(one.t), -1)
    step = int(np.flatnonzero(~np.isfinite(states).all(axis=1))[0])
    return f" at step {step} (t={one.t[step]:g}) from state {states[max(step - 1, 0)].tolist()}"
