r"""What Ito's formula leaves over on a grid, for functions of time and of any path.

For F(t, x) and a path X the formula is

    dF = F_t dt + F_x dX + 1/2 F_xx d[X]

where d[X] is dt along Brownian motion and b(t, X)^2 dt along a solution. On a grid something is
left over, and it vanishes as the steps do.

Source: Evans, An Introduction to Stochastic Differential Equations (AMS 2013), section 4.3.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.functions.derivatives import check_derivative
from stochcalc.engine.functions.probe import count_arguments, probe
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.march import March
from stochcalc.integrals.ito_steps import (
    add_ito_terms,
    add_residual,
    add_residual_of_equation,
    ignore_time,
    observe_residual,
    take_parameters,
)
from stochcalc.integrals.riemann_jobs import grid_of, read_noise, start_of, stop_times_of
from stochcalc.integrals.riemann_steps import add_increment, observe_sum, read_value
from stochcalc.moments import Moments
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.marching import march_along, march_on_grid
from stochcalc.motion.paths import BrownianPaths
from stochcalc.motion.sampled import Sampled, read_paths
from stochcalc.sde import SDE
from stochcalc.typing import (
    ArrayOrMoments,
    Executor,
    FunctionOfPath,
    FunctionOfValue,
    Parameters,
    Paths,
    Progress,
    StepFunction,
    Workers,
)


@hint_names
def ito_residual(
    F: FunctionOfPath | FunctionOfValue,
    f: FunctionOfValue | Paths | None = None,
    df: FunctionOfValue | None = None,
    W: Paths | None = None,
    *,
    sde: SDE | None = None,
    save: str = "all",
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
) -> ArrayOrMoments:
    r"""Return what Ito's formula leaves over on a grid, one number per path.

    It is called in one of two forms, the second for Brownian motion alone::

        ito_residual(F, W)           with F(t, w)
        ito_residual(F, f, df, W)    with F(w), f(w) and df(w), where f = F' and df = F''


    Parameters
    ----------
    F : callable F(t, w), or F(w)
        The function, twice continuously differentiable in w; it is compiled. A kink such as that
        of `|w|` has a local time of its own (Tanaka's formula), which the sum does not see. The
        derivatives with respect to w are difference quotients of fourth order where they are not
        given, at distances of an eighth of the root mean square of the path's increments.
    f : callable f(w), optional
        Its derivative F', for F(w).
    df : callable df(w), optional
        Its second derivative F'', for F(w).
    W : BrownianPaths, Solution, or pair (t, values)
        The path X, of one component.
    sde : SDE, optional
        The scalar equation that X solves. d[X] is then b(t, X)^2 dt, with b its diffusion, up to
        the time at which a path of `solve(..., stop=)` was stopped. Without it d[X] is dt along
        Brownian paths, and dX^2, the squared increments, along any others.
    save : {"all", "stats"}
        "stats" returns Moments over the paths and stores nothing.
    workers, executor, progress
        The threads, what computes in their place, and a bar, as for `solve`.

    Returns
    -------
    ndarray, shape (paths,); or Moments

    Raises
    ------
    TypeError, ValueError
        For bad arguments; if f is not the derivative of F, or df not that of f.

    Notes
    -----
    .. math:: F(T, X_T) - F(0, X_0) - \sum_k F_t \Delta t_k - \sum_k F_x(t_k, X_k) \Delta X_k
        - \tfrac12 \sum_k F_{xx}(t_k, X_k) \Delta [X]_k

    where F_t dt of a step is F(t_{k+1}, X_k) - F(t_k, X_k). The increments dX of a solution carry
    its drift and its diffusion.

    Along Brownian motion the residual tends to 0 with mean square 1/2 sum dt_k^2 E F_ww^2 to
    leading order; for F = w^3/3 the mean square is sum (2 t_k dt_k^2 + 5/3 dt_k^3) exactly. Without
    the last term the sums tend to 1/2 int F_ww dt instead, which is not 0 in general. With dX^2 in
    the place of d[X] the residual is smaller, of order dt.

    References
    ----------
    Evans (2013), section 4.3, Ito's chain rule and its generalisation. [evans2013]

    Examples
    --------
    >>> import numpy as np
    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(n=4, paths=1, rng=1)
    >>> r = ito_residual(lambda t, w: 0.5 * w * w, W)

    It is (sum dW^2 - T)/2 for this F.

    >>> bool(abs(r[0] - 0.5 * (np.sum(W.increments**2) - 1.0)) < 1e-9)
    True

    Along a solution the equation gives d[X], here b^2 dt with b = X/2.

    >>> from stochcalc.models import gbm
    >>> from stochcalc.solver.solve import solve
    >>> model = gbm(0.1, 0.5)
    >>> X = solve(model, 1.0, 1.0, n=1000, paths=200, rng=1)
    >>> bool(abs(ito_residual(lambda t, x: t * x * x, X, sde=model)).mean() < 0.1)
    True
    """
    means = runner.check_means(workers, executor, progress)
    stored = checks.choice("save", save, ("all", "stats")) == "all"
    if callable(f) or df is not None:
        if sde is not None:
            raise ValueError("sde= goes with F alone: give ito_residual(F, X, sde=...)")
        job = _with_derivatives(cast(FunctionOfValue, F), f, df, W, stored)
        paths = cast(BrownianPaths, W).paths
        cause = "F, f or df is not finite along them"
    else:
        path = read_paths("W", cast(Paths, W if f is None else f), dim=1)
        job = _from_function(F, path, sde, stored)
        paths = path.paths
        cause = "F is not finite along them"
    rows, state = runner.run(job, **means)
    runner.warn_nonfinite(state, paths, "residuals", cause)
    if rows is None:
        return Moments(state.record)
    return rows[:, 0]


def _with_derivatives(
    F: FunctionOfValue,
    f: FunctionOfValue | Paths | None,
    df: FunctionOfValue | None,
    W: Paths | None,
    stored: bool,
) -> March:
    """Return the job of a function of w along a motion, after a check of its derivatives."""
    if W is None and isinstance(df, BrownianPaths):
        raise TypeError("df is missing: give ito_residual(F, f, df, W), or ito_residual(F, W)")
    check_motion("W", W, 1)
    for name, function in (("F", F), ("f", f), ("df", df)):
        probe(name, function, 0.0, 0.0, called="(w)")
    slope_of_F = cast(FunctionOfValue, f)
    slope_of_f = cast(FunctionOfValue, df)
    check_derivative("f", slope_of_F, "F", F)
    check_derivative("df", slope_of_f, "f", slope_of_F)
    return march_along(
        cast(BrownianPaths, W),
        Step(add_ito_terms, ((slope_of_F, "function of w"), (slope_of_f, "function of w"))),
        dim=2,
        kept=1,
        observe=observe_residual(F),
        save_rows=stored,
    )


def _from_function(
    F: FunctionOfPath | FunctionOfValue, path: Sampled, sde: SDE | None, stored: bool
) -> March:
    """Return the job of a function alone, whose derivatives are difference quotients."""
    grid = grid_of(path)
    t = float(grid.times[0])
    start = start_of(path, 2)
    x = float(start[0, 0])
    if count_arguments("F", F) == 1:
        probe("F", F, t, x, called="(w)")
        function = ignore_time(cast(FunctionOfValue, F))
    else:
        probe("F", F, t, x, called="(t, w)")
        function = cast(FunctionOfPath, F)
    height = 2
    move: StepFunction = add_increment
    if isinstance(path, BrownianPaths):
        noise = path.noise()
    else:
        noise = read_noise(path)
        move = read_value
    functions: tuple[tuple[Any, str], ...] = ((function, "function of t and w"),)
    args: Parameters = (float(grid.times[-1]), _measure_scale(path))
    if sde is not None:
        _check_equation(sde, t, x)
        step = add_residual_of_equation(move)
        height = 3
        start = np.hstack([start, stop_times_of(path, len(start))[:, None]])
        functions = (*functions, (sde.diffusion, "float"))
        args = (*args, sde.args)
    else:
        step = add_residual(move, squares=not isinstance(path, BrownianPaths))
    return march_on_grid(
        grid,
        noise,
        Step(step, functions, place=take_parameters),
        paths=path.paths,
        dim=height,
        kept=1,
        starts=start,
        args=args,
        observe=observe_sum,
        save_rows=stored,
    )


def _measure_scale(path: Sampled) -> float:
    """Return the root mean square of a path's increments over sqrt(dt); 1 for a Brownian motion.

    It is 1 for a path that does not move, too.
    """
    if isinstance(path, BrownianPaths):
        return 1.0
    squares = np.square(np.diff(path.values, axis=1)) / np.diff(path.t)
    with np.errstate(all="ignore"):
        scale = float(np.sqrt(np.mean(squares[np.isfinite(squares)])))
    if scale > 0.0:
        return scale
    return 1.0


def _check_equation(sde: SDE, t: float, x: float) -> None:
    """Refuse an equation that is none, or not one of a single number that Numba compiles."""
    if not isinstance(sde, SDE):
        raise TypeError(f"sde={sde!r:.60} must be an SDE, the equation that the path solves")
    if sde.vectorized:
        raise ValueError("sde= is vectorized: write its diffusion for floats")
    probe("diffusion", sde.diffusion, t, x, sde.args)
