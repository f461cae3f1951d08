"""Riemann sums against Brownian motion.

For a partition P and an evaluation point lambda in [0, 1],

    R(P, lambda) = sum_k f(tau_k, W(tau_k)) (W(t_{k+1}) - W(t_k))

with tau_k = (1 - lambda) t_k + lambda t_{k+1}, and for f = F' the limit is

    F(W_T) - F(0) + (lambda - 1/2) int f'(W) dt

so that lambda = 0 is Ito's integral, 1/2 Stratonovich's, and 1 the backward one. For f(w) = w the
limit is W_T^2/2 + (lambda - 1/2) T. Minus one half: some notes print plus, and `stochcalc verify`
shows which sign the numbers support.

Source: Evans, An Introduction to Stochastic Differential Equations (AMS 2013), section 4.1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.engine import checks
from stochcalc.engine.functions.probe import probe
from stochcalc.engine.loop import runner
from stochcalc.integrals.riemann_steps import RiemannSum, function_of_sum, total
from stochcalc.moments import Moments
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.paths import BrownianPaths
from stochcalc.typing import ArrayOrMoments, Executor, Progress, Workers


def riemann_sum(
    f: Callable[[float, float], float] | ArrayLike,
    W: BrownianPaths,
    lam: float = 0.0,
    *,
    at: str = "time",
    against: BrownianPaths | None = None,
    running: bool = False,
    save: str = "all",
    observe: Callable[[float, float, float], float] | None = None,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
) -> ArrayOrMoments:
    """Return Riemann sums of f(t, W) against dW, one per path.

    Parameters
    ----------
    f : callable f(t, w), or array shaped like ``W.values``
        Written for floats with `math` or `np`; it is compiled. An array is read at grid points.
    W : BrownianPaths
        Stored or streamed, one component.
    lam : float in [0, 1]
        The evaluation point: 0 Ito, 1/2 Stratonovich, 1 backward.
    at : {"time", "value"}
        "time": f at tau_k = (1 - lam) t_k + lam t_{k+1}, with W there (Evans). "value": (1 - lam)
        f_k + lam f_{k+1}. The limit is the same; for f = w the mean-square error is (lam^2 + (1 -
        lam)^2)/2 sum dt^2 for "time" and 2 (lam - 1/2)^2 sum dt^2 for "value".
    against : BrownianPaths, optional
        The integrator, on the same grid; W itself by default.
    running : bool
        Keep the partial sums at every grid time.
    save : {"all", "stats"}
        "stats" returns Moments over the paths and stores nothing.
    observe : callable observe(t, w, r), optional
        What is kept of each path instead of the sum r: a number that depends on the time, the path
        and the sum there. It is written like f, and compiled.

    Returns
    -------
    ndarray, shape (paths,), or (paths, n + 1) from 0 if `running`; or Moments.

    Raises
    ------
    TypeError, ValueError
        For arguments of the wrong kind, before anything is computed.

    References
    ----------
    Evans (2013), section 4.1, lemma on Riemann sums.

    Examples
    --------
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
            raise ValueError(f"against={against!r} must have the paths and the grid of W={W!r}")
    if not callable(f):
        if observe is not None:
            raise ValueError(
                f"observe={observe!r} sees compiled sums, and f is an array: give f(t, w)"
            )
        return _sum_of_array(f, W, lam, at, against, running, save)
    probe("f", f, float(W.t[0]), 0.0, called="(t, w)")
    seen = total
    if observe is not None:
        probe("observe", observe, float(W.t[-1]), 0.0, (0.0,), called="(t, w, r)")
        seen = function_of_sum(observe)
    n = W.partition.n
    keep = np.arange(n + 1) if running else np.array([n])
    job = RiemannSum(f, W, lam, at, against).job(seen, 1, keep, save_rows=save == "all")
    checks.budget("the sums", job.columns * W.paths, "use save='stats'")
    rows, state = runner.run(job, workers=workers, executor=executor, progress=progress)
    runner.warn_nonfinite(state, W.paths, "sums", "f is not finite along them")
    if rows is None:
        return Moments(state.record, (n + 1,) if running else ())
    return rows if running else rows[:, 0]


def _sum_of_array(
    f: ArrayLike,
    W: BrownianPaths,
    lam: float,
    at: str,
    against: BrownianPaths | None,
    running: bool,
    save: str,
) -> NDArray[np.float64]:
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
    steps = (W if against is None else against).increments
    terms = ((1.0 - lam) * values[:, :-1] + lam * values[:, 1:]) * steps
    sums = np.cumsum(terms, axis=1)  # left to right: the order that defines the sum
    if running:
        return np.concatenate([np.zeros((W.paths, 1)), sums], axis=1)
    return sums[:, -1]


def ito(f: Any, W: BrownianPaths, **options: Any) -> Any:
    """Ito's integral of f(t, W) dW: `riemann_sum` at lam = 0, adapted and a martingale."""
    return riemann_sum(f, W, 0.0, **options)


def stratonovich(f: Any, W: BrownianPaths, **options: Any) -> Any:
    """Stratonovich's integral of f(t, W) dW, for which the rules of calculus hold.

    It is the trapezoid: `riemann_sum` at lam = 1/2 with at="value".
    """
    return riemann_sum(f, W, 0.5, **{"at": "value", **options})


def backward(f: Any, W: BrownianPaths, **options: Any) -> Any:
    """The backward integral of f(t, W) dW: `riemann_sum` at lam = 1."""
    return riemann_sum(f, W, 1.0, **options)
