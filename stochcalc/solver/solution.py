"""`Solution`: what `solve` returns, paths or their moments at the saved times."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from stochcalc.display.description import Description, Displayed
from stochcalc.display.samples import count_drawn, describe_sample
from stochcalc.engine import checks, memory
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.march import March
from stochcalc.engine.loop.numpy_march import Batch
from stochcalc.engine.portable import find_unportable
from stochcalc.engine.statistics import LANES, Record
from stochcalc.engine.words import count
from stochcalc.estimate import Estimate
from stochcalc.solver.companion_numbers import split_rows
from stochcalc.solver.local_times import LocalTimes, ReflectedPaths
from stochcalc.solver.stops import StoppedPaths, Stops
from stochcalc.solver.weights import WeighedPaths, Weights
from stochcalc.typing import Array, Axes, Key


@dataclass(frozen=True, eq=False, repr=False)
class Solution(WeighedPaths, ReflectedPaths, StoppedPaths, Displayed):
    """Paths of an equation, or their statistics, at the saved times.

    It acts as its array x does: `np.asarray(sol)`, `len(sol)`, `sol[path]` and `sol[:, -1]`. It can
    be pickled; what cannot be is left out, and then `replay` says so.

    Attributes
    ----------
    t : ndarray, shape (times,)
        The saved times.
    x : ndarray, shape (paths, times[, dim]), or None for save="stats"
        The states of all paths.
    key : int or None
        The key of the motion: `solve(..., key=sol.key)` gives the same paths. It is None for noise
        that was given by its increments.
    nonfinite : int
        How many paths left the finite range. Their entries are not finite, and the means are nan.
    info : dict
        The method, the sizes, names of functions that ran on Numba's own code, the version of the
        random stream.
    job : March or Batch, or None
        What was run; None if it was pickled with functions that have no name to import them by.
    record : ndarray, shape (7, times * dim), or None
        For save="stats", the statistics.
    stops : Stops or None
        With `stop=`, when and where the paths were stopped.
    weights : Weights or None
        With `girsanov=` or `killing=`, the weights of the paths.
    local_times : LocalTimes or None
        With `reflect=`, how far the walls have pushed the paths.

    Examples
    --------
    >>> from stochcalc.models import gbm
    >>> from stochcalc.solver.solve import solve
    >>> sol = solve(gbm(0.1, 0.2), 1.0, 1.0, n=16, paths=1000, save="stats", rng=1)
    >>> sol.t.shape, sol.mean.shape, sol.x is None
    ((17,), (17,), True)
    """

    t: Array
    x: Array | None
    key: Key
    nonfinite: int
    info: dict[str, Any]
    job: March | Batch | None = field(repr=False)
    record: Record | None = field(repr=False, default=None)
    stops: Stops | None = field(repr=False, default=None)
    weights: Weights | None = field(repr=False, default=None)
    local_times: LocalTimes | None = field(repr=False, default=None)

    def estimate(self, confidence: float = 0.95) -> Estimate:
        """Return the mean at the last time as an Estimate.

        Parameters
        ----------
        confidence : float in (0, 1)
            The probability with which the interval covers the exact mean.

        Returns
        -------
        Estimate
            Its fields are floats, or arrays (dim,) for a system.

        Notes
        -----
        With `target_stderr`, the run stopped at the first of several looks at the standard error
        that was small enough. After k looks the interval takes the share 1/(k (k + 1)) of the error
        probability allowed, so that the intervals of all looks together keep to it.

        Examples
        --------
        >>> from stochcalc.models import gbm
        >>> from stochcalc.solver.solve import solve
        >>> sol = solve(gbm(0.1, 0.2), 1.0, 1.0, n=16, paths=1000, save="last", rng=1)
        >>> abs(sol.estimate().z(1.10517)) < 6        # E X_1 = e^0.1
        True
        """
        confidence = checks.number("confidence", confidence, above=0.0, below=1.0)
        looks = self.info["looks"]
        error = 1.0 - confidence
        if looks:
            error /= looks * (looks + 1.0)
        estimate = Estimate.normal(self.mean[-1], self.stderr[-1], 1.0 - error)
        return replace(estimate, confidence=confidence)

    def replay(self, path: int) -> Solution:
        """Return one path again, at every step, with the bits it had among the others.

        Parameters
        ----------
        path : int
            The number of the path, from 0.

        Returns
        -------
        Solution
            That of one path.

        Raises
        ------
        TypeError, ValueError
            If there is no such path, if its block at all steps does not fit into memory, or if the
            solution was pickled without its equation.

        Examples
        --------
        >>> from stochcalc.models import gbm
        >>> from stochcalc.solver.solve import solve
        >>> sol = solve(gbm(0.1, 0.2), 1.0, 1.0, n=16, paths=1000, save="last", rng=1)
        >>> one = sol.replay(7)
        >>> one.x.shape, bool(one.x[0, -1] == sol.x[7, 0])
        ((1, 17), True)
        """
        path = checks.integer("path", path, 0, self.paths - 1)
        if self.job is None:
            raise ValueError(
                f"replay(path={path}) needs the equation, and this solution was pickled without: "
                f"{self.info['unportable']} has no name by which it can be imported; define it at "
                f"the top of a module, or solve again with key={self.key}"
            )
        n = len(self.job.steps)
        memory.budget(f"replay(path={path})", LANES * (n + 1) * self.job.kept, "use fewer steps")
        job = keep_all(self.job)
        block = path // LANES
        rows = runner.rows(job, blocks=range(block, block + 1), workers=1)
        states, numbers = split_rows(rows[path - block * LANES :][:1], job, n + 1)
        x = shape_rows(states, self.dim, n + 1)
        is_known = np.isfinite(x).all()
        if numbers.weights is not None:
            assert numbers.weights.log is not None
            is_known &= (numbers.weights.log < np.inf).all()  # -inf is the weight 0
        nonfinite = 1 - int(is_known)
        return Solution(
            t=job.times,
            x=x,
            key=self.key,
            nonfinite=nonfinite,
            info={**self.info, "path": path, "paths": 1},
            job=job,
            stops=numbers.stops,
            weights=numbers.weights,
            local_times=numbers.local_times,
        )

    def __getstate__(self) -> dict[str, Any]:
        """Return the fields; a job with functions that cannot be pickled is left out."""
        state = dict(vars(self))
        unportable = find_unportable(self.job)
        if unportable is not None:
            state["job"] = None
            state["info"] = {**self.info, "unportable": unportable}
        return state

    def _describe(self) -> Description:
        method = self.info["method"]
        last = f"t={self.t[-1]:g}"
        times = f"{len(self.t)} times to {last}" if len(self.t) > 1 else f"1 time, {last}"
        kept = "moments"
        cells = {"x": kept, "nonfinite": f"{self.nonfinite}", "key": f"{self.key}"}
        drawn = f"The mean of {count(self.paths, 'path')}"
        values = self.x
        if self.x is not None:
            kept = f"x {self.x.shape}"
            cells["x"] = str(self.x.shape)
            drawn = count_drawn(self.paths, "path")
        else:
            values = self.mean[None]
        if self.stops is not None:
            kept += f", stopped with probability {self.stop_probability}"
            cells["stopped with probability"] = str(self.stop_probability)
        if self.weights is not None:
            mean_weight = str(self.weight_moments[-1].estimate())
            size = f"{self.effective_sample_size:.0f}"
            kept += f", mean weight {mean_weight}, effective sample size {size}"
            cells["mean weight"] = mean_weight
            cells["effective sample size"] = size
        if self.local_times is not None:
            low, high = np.asarray(self.local_time_moments.mean)[-1]
            kept += f", mean local times {low:.4g} and {high:.4g}"
            cells["mean local time, lower"] = f"{low:.4g}"
            cells["mean local time, upper"] = f"{high:.4g}"
        line = (
            f"Solution({count(self.paths, 'path')} by {method}, {times}, {kept}, "
            f"nonfinite={self.nonfinite}, key={self.key})"
        )
        return describe_sample(
            line=line,
            title=f"Solution: {count(self.paths, 'path')} by {method}, {times}",
            cells=cells,
            t=self.t,
            values=values,
            drawn=f"{drawn} to {last}.",
        )

    def plot(
        self,
        ax: Axes | None = None,
        *,
        component: int | None = None,
        components: tuple[int, int] | None = None,
        **line: object,
    ) -> Axes:
        """Draw up to 50 paths of one component, the mean, and a band that holds most paths.

        For save="stats" the mean and the band are drawn alone.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; new axes by default.
        component : int, optional
            The component that is drawn, 0 by default.
        components : tuple of two int, optional
            Draw the second of these components against the first, without time.
        **line
            What Matplotlib's `plot` takes, such as `color`, `label` and `alpha`.

        Returns
        -------
        matplotlib.axes.Axes
        """
        from stochcalc.plot import plot_solution

        return plot_solution(self, ax=ax, component=component, components=components, **line)


def keep_all(job: March | Batch) -> March | Batch:
    """Return the job that stores the rows of each path at every step, to replay a path."""
    every = np.arange(len(job.steps) + 1)
    again = replace(job, keep=every, save_rows=True)
    if isinstance(again, March) and again.watch is not None:
        # whatever the watch is: its marks are stored below the state
        return replace(again, kept=max(job.dim, 1) + len(again.watch.marks))
    return again


def shape_rows(rows: Array, dim: int, times: int) -> Array:
    """Return the rows of a run as states, shape (paths, times[, dim])."""
    if dim == 0:
        return rows
    return rows.reshape(len(rows), times, dim)
