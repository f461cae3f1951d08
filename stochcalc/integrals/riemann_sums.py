r"""Riemann sums against Brownian motion.

For a partition P and an evaluation point lambda in [0, 1],

    R(P, lambda) = sum_k f(tau_k, W(tau_k)) (W(t_{k+1}) - W(t_k))

with tau_k = (1 - lambda) t_k + lambda t_{k+1}, and for f(t, w) = F'(w), a function of w alone, the
limit is

    F(W_T) - F(0) + (lambda - 1/2) int f'(W) dt

so that lambda = 0 is Ito's integral, 1/2 Stratonovich's, and 1 the backward one. For f(w) = w the
limit is W_T^2/2 + (lambda - 1/2) T, with minus one half: `stochcalc verify` shows that the numbers
refute plus one half.

The step of the sum is in `riemann_steps`, and the three integrals have their names in
`named_integrals`.

Source: Evans, An Introduction to Stochastic Differential Equations (AMS 2013), section 4.1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks
from stochcalc.engine.functions.probe import probe
from stochcalc.engine.loop import runner
from stochcalc.engine.words import show
from stochcalc.integrals.riemann_steps import RiemannSum, observe_function, observe_sum
from stochcalc.moments import Moments
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.paths import BrownianPaths
from stochcalc.typing import (
    Array,
    ArrayOrMoments,
    Executor,
    FunctionOfPath,
    FunctionOfSum,
    Progress,
    Workers,
)


def riemann_sum(
    f: FunctionOfPath | ArrayLike,
    W: BrownianPaths,
    lam: float = 0.0,
    *,
    at: str = "time",
    against: BrownianPaths | None = None,
    running: bool = False,
    save: str = "all",
    observe: FunctionOfSum | None = None,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
) -> ArrayOrMoments:
    r"""Return Riemann sums of f(t, W) against dW, one per path.

    Parameters
    ----------
    f : callable f(t, w), or array shaped like ``W.values``
        The integrand. It is written for floats with `math` or `np`, and compiled. An array holds
        its values at the grid times.
    W : BrownianPaths
        The path in the integrand, in one component: stored, or streamed, which means made when it
        is needed (`brownian(store=False)`).
    lam : float in [0, 1]
        The evaluation point: 0 Ito, 1/2 Stratonovich, 1 backward.
    at : {"time", "value"}
        "time" takes f at tau_k = (1 - lam) t_k + lam t_{k+1}, with W there, as Evans does. "value"
        takes (1 - lam) f_k + lam f_{k+1}. The limit is the same.
    against : BrownianPaths, optional
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
    executor : Executor, optional
        A pool of processes that computes instead of threads.
    progress : bool or callable progress(done, total)
        Whether to show a bar, or a function that is told how many blocks are done.

    Returns
    -------
    ndarray, shape (paths,); or Moments
        If `running`, the shape is (paths, n + 1), and the first column is 0.

    Raises
    ------
    TypeError, ValueError
        For arguments of the wrong kind, before anything is computed; for at="time" and lam between
        0 and 1 on a motion that was refined or coarsened.

    Notes
    -----
    .. math:: R = \sum_k f(\tau_k, W(\tau_k)) (W(t_{k+1}) - W(t_k)), \qquad
        \tau_k = (1 - \lambda) t_k + \lambda t_{k+1}

    For f = w the mean-square error around the limit W_T^2/2 + (lam - 1/2) T is
    (lam^2 + (1 - lam)^2)/2 sum dt^2 for "time", and 2 (lam - 1/2)^2 sum dt^2 for "value".

    References
    ----------
    Evans (2013), section 4.1, lemma on Riemann sums.

    Examples
    --------
    >>> import numpy as np
    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(n=500, paths=3, rng=1)
    >>> right = riemann_sum(lambda t, w: w, W, lam=1.0)
    >>> left = riemann_sum(lambda t, w: w, W, lam=0.0)
    >>> np.round(right + left - W.values[:, -1] ** 2, 12) + 0.0
    array([0., 0., 0.])
    """
    lam = checks.number("lam", lam, least=0.0, most=1.0)
    checks.choice("at", at, ("time", "value"))
    checks.choice("save", save, ("all", "stats"))
    checks.flag("running", running)
    check_motion("W", W, 1)
    if against is not None:
        check_motion("against", against, 1)
        if against.paths != W.paths or not np.array_equal(against.t, W.t):
            raise ValueError(
                f"against={show(against)} must have the paths and the grid of W={show(W)}"
            )
    if not callable(f):
        if observe is not None:
            raise ValueError(
                f"observe={show(observe)} sees compiled sums, and f is an array: give f(t, w)"
            )
        return _sum_array(f, W, lam, at, against, running, save)
    probe("f", f, float(W.t[0]), 0.0, called="(t, w)")
    observer = observe_sum
    if observe is not None:
        probe("observe", observe, float(W.t[-1]), 0.0, (0.0,), called="(t, w, r)")
        observer = observe_function(observe)
    n = W.partition.n
    keep = np.array([n])
    shape: tuple[int, ...] = ()
    if running:
        keep = np.arange(n + 1)
        shape = (n + 1,)
    sums = RiemannSum(f=f, W=W, lam=lam, at=at, against=against)
    job = sums.job(observer, 1, keep, save_rows=save == "all")
    checks.budget("the sums", job.columns * W.paths, "use save='stats'")
    rows, state = runner.run(job, workers=workers, executor=executor, progress=progress)
    runner.warn_nonfinite(state, W.paths, "sums", "f is not finite along them")
    if rows is None:
        return Moments(state.record, shape)
    if running:
        return rows
    return rows[:, 0]


def _sum_array(
    f: ArrayLike,
    W: BrownianPaths,
    lam: float,
    at: str,
    against: BrownianPaths | None,
    running: bool,
    save: str,
) -> Array:
    """Return the sums of an integrand that is given by its values at the grid points."""
    values = checks.array("f", f)
    shape = (W.paths, W.partition.n + 1)
    if values.shape != shape:
        raise ValueError(
            f"f has shape {values.shape}: an array of values must have the shape of W.values, "
            f"{shape}"
        )
    if at == "time" and lam not in (0.0, 1.0):
        raise ValueError(
            f"at='time' with lam={lam:g} needs f between grid points: give f(t, w), or at='value'"
        )
    if save == "stats":
        raise ValueError("save='stats' streams, and f is an array: give f(t, w), or save='all'")
    integrator = W if against is None else against
    dW = integrator.increments
    terms = ((1.0 - lam) * values[:, :-1] + lam * values[:, 1:]) * dW
    sums: Array = np.cumsum(terms, axis=1)  # left to right: the order that defines the sum
    if running:
        return np.concatenate([np.zeros((W.paths, 1)), sums], axis=1)
    return sums[:, -1]
