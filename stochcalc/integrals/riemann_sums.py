r"""Riemann sums against Brownian motion, or any other sampled paths.

For a partition P and an evaluation point lambda in [0, 1],

    R(P, lambda) = sum_k f(tau_k, W(tau_k)) (W(t_{k+1}) - W(t_k))

with tau_k = (1 - lambda) t_k + lambda t_{k+1}, and for f(t, w) = F'(w), a function of w alone, the
limit is

    F(W_T) - F(0) + (lambda - 1/2) int f'(W) dt

so that lambda = 0 is Ito's integral, 1/2 Stratonovich's, and 1 the backward one. The integrator may
be another path Y than the one that f reads: the sums of f(t, X) dY tend to an integral wherever X
and Y are semimartingales, such as Brownian motions and solutions of equations. For f(w) = w the
limit is W_T^2/2 + (lambda - 1/2) T, with minus one half: `stochcalc verify` shows that the numbers
refute plus one half.

The step of the sum is in `riemann_steps`, `riemann_jobs` puts it on paths, and the three integrals
have their names in `named_integrals`.

Source: Evans, An Introduction to Stochastic Differential Equations (AMS 2013), section 4.1.
"""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import arrays, checks, memory
from stochcalc.engine.functions.probe import probe
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop import runner
from stochcalc.engine.words import shorten
from stochcalc.integrals.riemann_jobs import RiemannSum, count_noise
from stochcalc.integrals.riemann_steps import (
    observe_function,
    observe_sum,
    value_of_path,
)
from stochcalc.moments import Moments
from stochcalc.motion.paths import BrownianPaths
from stochcalc.motion.processes.process import Process
from stochcalc.motion.sampled import (
    ACCEPTED,
    PathsOnGrid,
    Sampled,
    check_same_grid,
    is_sampled,
    read_paths,
)
from stochcalc.typing import (
    ArrayOrMoments,
    Checkpoint,
    Executor,
    FunctionOfPath,
    FunctionOfSum,
    Paths,
    Progress,
    Workers,
)


@hint_names
def riemann_sum(
    f: FunctionOfPath | Paths | ArrayLike,
    W: Paths,
    lam: float = 0.0,
    *,
    at: str = "time",
    against: Paths | ArrayLike | None = None,
    running: bool = False,
    save: str = "all",
    observe: FunctionOfSum | None = None,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
    checkpoint: Checkpoint = None,
) -> ArrayOrMoments:
    r"""Return Riemann sums of f(t, W) against dW, one per path; W may be any sampled paths.

    Parameters
    ----------
    f : callable f(t, w), sampled paths, or array shaped like ``W.values``
        The integrand. It is written for floats with `math` or `np`, and compiled. Paths and arrays
        hold its values at the grid times; beside one path an array may have the shape (n + 1,).
    W : BrownianPaths, Process, Solution, or pair (t, values)
        The path in the integrand, in one component, `W[0]` or `sol.component(0)`: a motion, stored
        or streamed, which means made when it is needed (`brownian(store=False)`); or any other
        paths at the times of a grid.
    lam : float in [0, 1]
        The evaluation point: 0 Ito, 1/2 Stratonovich, 1 backward.
    at : {"time", "value"}
        "time" takes f at tau_k = (1 - lam) t_k + lam t_{k+1}, with W there, as Evans does. "value"
        takes (1 - lam) f_k + lam f_{k+1}. The limit is the same. Between 0 and 1, "time" needs W
        inside the steps, which is known of motions that were drawn.
    against : sampled paths as W, or array shaped like ``W.values``, optional
        The integrator, with as many paths on the same grid; W itself by default.
    running : bool
        Whether to keep the partial sums at every grid time, instead of the last alone.
    save : {"all", "stats"}
        "stats" returns Moments over the paths and stores nothing.
    observe : callable observe(t, w, r), optional
        A function of the time, the path and the sum r, which is kept of each path instead of r: it
        returns a number. It is written like f, and compiled.
    workers : int, optional
        Number of threads; all CPUs by default.
    executor : concurrent.futures.Executor or distributed.Client, optional
        A pool of processes, or a cluster, that computes in the place of threads.
    progress : bool or callable progress(done, total)
        Whether to show a bar, or a function that is told how many blocks are done.
    checkpoint : str or path, optional
        A file in which the run is saved while it goes on: the same call goes on from there.

    Returns
    -------
    ndarray, shape (paths,); or Moments
        If `running`, the shape is (paths, n + 1), and the first column is 0.

    Raises
    ------
    TypeError, ValueError
        For arguments of the wrong kind and paths on two grids, before anything is computed; for
        at="time" and lam between 0 and 1 where W is not known inside its steps.

    Notes
    -----
    .. math:: R = \sum_k f(\tau_k, W(\tau_k)) (Y(t_{k+1}) - Y(t_k)), \qquad
        \tau_k = (1 - \lambda) t_k + \lambda t_{k+1}

    with the integrator Y, W itself by default. With at="value" the sums of W dY at lam and of Y dW
    at 1 - lam add up to W_T Y_T - W_0 Y_0. If both are taken at lam = 0, the sum of dW dY is
    missing, which is `covariation(W, Y)`: this is the product rule.

    For f = w the mean-square error around the limit W_T^2/2 + (lam - 1/2) T is
    (lam^2 + (1 - lam)^2)/2 sum dt^2 for "time", and 2 (lam - 1/2)^2 sum dt^2 for "value".

    References
    ----------
    Evans (2013), section 4.1, lemma on Riemann sums. [evans2013]

    Examples
    --------
    >>> import numpy as np
    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(n=500, paths=3, rng=1)
    >>> right = riemann_sum(lambda t, w: w, W, lam=1.0)
    >>> left = riemann_sum(lambda t, w: w, W, lam=0.0)
    >>> np.round(right + left - W.values[:, -1] ** 2, 12) + 0.0
    array([0., 0., 0.])

    The integrator may be a solution, here int X dX of an Ornstein-Uhlenbeck path.

    >>> from stochcalc.models import ou
    >>> from stochcalc.solver.solve import solve
    >>> X = solve(ou(1.0, 0.0, 0.5), 2.0, noise=W)
    >>> both = riemann_sum(X, X, lam=0.0) + riemann_sum(X, X, lam=1.0)
    >>> bool(np.allclose(both, X.end**2 - 4.0))
    True
    """
    lam = checks.number("lam", lam, least=0.0, most=1.0)
    checks.choice("at", at, ("time", "value"))
    checks.choice("save", save, ("all", "stats"))
    checks.flag("running", running)
    path = read_paths("W", W, dim=1)
    integrator = None
    if against is not None:
        integrator = _read_beside("against", against, path)
    if not callable(f):
        if integrator is None:
            integrator = path
        path = _read_beside("f", f, path)
        f = value_of_path
    start = _find_start(path)
    probe("f", f, float(path.t[0]), start, called="(t, w)")
    observer = observe_sum
    if observe is not None:
        probe("observe", observe, float(path.t[-1]), start, (0.0,), called="(t, w, r)")
        observer = observe_function(observe)
    n = len(path.t) - 1
    keep = np.array([n])
    shape: tuple[int, ...] = ()
    if running:
        keep = np.arange(n + 1)
        shape = (n + 1,)
    sums = RiemannSum(f=f, W=path, lam=lam, at=at, against=integrator)
    stored = 0
    if save == "all":
        stored = len(keep) * path.paths
    remedy = "use save='stats', fewer paths, or motions made with store=False"
    memory.budget_run("the sums", stored, remedy, beside=count_noise(path, integrator))
    job = sums.job(observer, 1, keep, save_rows=save == "all")
    with runner.open_means(workers, executor, progress, checkpoint) as means:
        rows, state = runner.run(job, **means)
    runner.warn_nonfinite(state, path.paths, "sums", "f is not finite along them")
    if rows is None:
        moments = Moments(state.record, shape)
        if observe is not None and not state.nonfinite and np.isnan(moments.mean).any():
            _warn_of_nan("the mean", "a path")
        return moments
    if observe is not None and not state.nonfinite and np.isnan(rows).any():
        lost = np.flatnonzero(np.isnan(rows).any(axis=1))
        _warn_of_nan(f"{len(lost)} of {path.paths} rows", f"path {lost[0]}")
    if running:
        return rows
    return rows[:, 0]


def _find_start(path: Sampled) -> float:
    """Return the first value of a path, at which the user's functions are tried."""
    if isinstance(path, BrownianPaths):
        return 0.0
    if isinstance(path, Process):
        return path.start
    return float(path.values[0, 0])


def _warn_of_nan(what: str, where: str) -> None:
    """Warn of an observer that has no value although the sums have one."""
    checks.warn_user(
        f"{what} of what observe returns is nan, first for {where}, where the sum is finite: write "
        "observe for every t, w and r that a path can reach, within its tables"
    )


def _read_beside(name: str, x: Paths | ArrayLike, path: Sampled) -> Sampled:
    """Return sampled paths, or an array of values, as paths on the grid of `path`."""
    if is_sampled(x):
        paths = read_paths(name, cast(Paths, x), dim=1)
        check_same_grid(name, paths, "W", path)
        return paths
    if arrays.count_axes(x) == 0 and name == "against":
        raise TypeError(f"against={shorten(x)} must be {ACCEPTED}, or an array like W.values")
    values = np.asarray(checks.array(name, cast(ArrayLike, x)))
    shape = (path.paths, len(path.t))
    if path.paths == 1 and values.shape == shape[1:]:
        values = values[None]
    if values.shape != shape:
        raise ValueError(
            f"{name} has shape {values.shape}: an array of values must have the shape of W.values, "
            f"{shape}"
        )
    return PathsOnGrid(path.t, values)
