r"""The likelihood of observed paths under an equation, by the law of one Euler step.

Given X_k, a step of Euler's scheme of length h is normal with mean X_k + a h and covariance
Sigma = b b' h, where the drift a is Ito's. So with the residual r_k = X_{k+1} - X_k - a h,

    log L = sum_k -(1/2) (r_k' Sigma_k^-1 r_k + log det(2 pi Sigma_k))

For paths of the scheme itself this is the exact likelihood. For observations of the equation it is
an approximation of order h, and its maximum an estimate of the parameters. The ratio of the
likelihoods of one path under two drifts is Girsanov's weight (`weighing`).

Source: Kloeden and Platen (1992), section 13.2.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from stochcalc.engine import memory
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop.numpy_calls import call_together, vectorize
from stochcalc.engine.registers.plain_matrix import Matrix
from stochcalc.motion.sampled import read_paths
from stochcalc.sde import SDE
from stochcalc.solver.examine import Examined, check_sde, examine
from stochcalc.solver.fit import choose_kind
from stochcalc.typing import Array, Parameters, Paths

TRIED = 3  # paths and steps for which the call on all points is compared with single calls


@hint_names
def path_log_likelihood(sde: SDE, x: Paths) -> Array:
    r"""Return the log-likelihood of observed paths under an equation.

    Parameters
    ----------
    sde : SDE
        The equation, under any interpretation; the likelihood is that of its Ito form. Its noise
        must move every component on its own: as many noises as components, or more.
    x : Solution, pair (t, values), or any sampled paths
        The observations, values of shape (paths, n + 1[, dim]), or (n + 1,) for one path.

    Returns
    -------
    ndarray, shape (paths,)
        The natural logarithm of the density of the observations after the first, given the first.

    Raises
    ------
    TypeError, ValueError
        For arguments of the wrong kind, functions that fail, noise that leaves a direction without
        a density, and a diffusion that vanishes at an observation.

    Notes
    -----
    With the increments :math:`\Delta X_k` over steps of length :math:`h_k`, the Ito drift
    :math:`a` and :math:`\Sigma_k = b b^\top h_k` at :math:`(t_k, X_k)`, the likelihood is that of
    the Euler scheme [1]_,

    .. math:: \log L = -\frac12 \sum_k \Bigl( (\Delta X_k - a h_k)^\top \Sigma_k^{-1}
        (\Delta X_k - a h_k) + \log \det(2 \pi \Sigma_k) \Bigr).

    It is exact for paths of that scheme, and has an error of order h for paths of the equation. If
    the paths are far apart in time, the estimates that maximise it are biased: the pull of an
    Ornstein-Uhlenbeck process of rate k is found as (1 - exp(-k h))/h.

    References
    ----------
    .. [1] P. E. Kloeden and E. Platen, Numerical Solution of Stochastic Differential Equations
       (Springer, 1992), section 13.2. [kloedenplaten1992]

    Examples
    --------
    Which pull towards 0 explains a path best?

    >>> import numpy as np
    >>> import stochcalc as sc
    >>> seen = sc.solve(sc.models.ou(2.0, 0.0, 1.0), 1.0, 50.0, n=5000, rng=1)
    >>> pulls = np.linspace(1.0, 3.0, 21)
    >>> levels = [sc.path_log_likelihood(sc.models.ou(k, 0.0, 1.0), seen)[0] for k in pulls]
    >>> bool(abs(pulls[np.argmax(levels)] - 2.0) < 1.5)
    True
    """
    check_sde(sde)
    paths = read_paths("x", x)
    t = np.asarray(paths.t, dtype=float)
    n = len(t) - 1
    memory.budget("the likelihood", 4 * paths.paths * n * paths.dim**2, "use fewer paths")
    values = paths.block(0, paths.paths)
    first = values[0, 0]
    dim = 0
    if values.ndim == 3:
        dim = paths.dim
    ito = sde.to_ito()
    examined = examine(ito, np.atleast_1d(first), dim, float(t[0]))
    _check_density(examined)
    before = np.moveaxis(values[:, :-1], 0, 1)  # (n, paths[, dim])
    drift = _evaluate("drift", examined, t[:-1], before)
    spread = _evaluate("diffusion", examined, t[:-1], before)
    steps = np.diff(t)[:, None]
    moves = np.moveaxis(np.diff(values, axis=1), 0, 1)
    if dim:
        moves = np.moveaxis(moves, -1, 0)  # (dim, n, paths)
    residuals = moves - drift * steps
    if isinstance(spread, Matrix):
        terms = _matrix_terms(residuals, spread.entries, steps)
    else:
        terms = _diagonal_terms(residuals, spread, steps)
    _check_finite(terms, t, before)
    total: Array = terms.sum(axis=0)
    return total


def _check_density(examined: Examined) -> None:
    """Refuse noise of fewer dimensions than the state, whose steps have no density."""
    noises = max(examined.size, 1)
    if examined.dim > noises:
        raise ValueError(
            f"x has {examined.dim} components and the equation {noises} noise: its steps lie on a "
            "line and have no density; give every component a noise of its own"
        )


def _evaluate(name: str, examined: Examined, t: Array, x: Array) -> Any:
    """Return a function of the equation at all observations, shape (..., n, paths), or a Matrix.

    A function of floats is called once with all of them if it gives the same as one by one.
    """
    sde = examined.sde
    function = getattr(sde, name)
    kind, _ = choose_kind(name, examined)
    states = x
    if examined.dim:
        states = np.moveaxis(x, -1, 0)  # (dim, n, paths)
    if not sde.vectorized:
        found = _evaluate_at_once(function, kind, sde.args, t, states)
        if found is not None:
            return found
    how = "array" if sde.vectorized else "each"
    call = vectorize(function, kind, how)
    rows = [call(float(time), states[..., k, :], *sde.args) for k, time in enumerate(t)]
    return _join_rows(rows)


def _evaluate_at_once(
    function: Callable[..., Any], kind: str, args: Parameters, t: Array, states: Array
) -> Any:
    """Return the values at all times and paths from one call; None if it gives anything else."""
    n, paths = states.shape[-2:]
    flat = states.reshape(*states.shape[:-2], n * paths)
    times: Any = np.repeat(t, paths)
    try:
        with np.errstate(all="ignore"):
            found = call_together(function, kind, "tuple")(times, flat, *args)
            tried = np.unique(np.linspace(0, n - 1, TRIED).astype(int))
            few = states[..., tried, :TRIED]
            single = vectorize(function, kind, "each")
            alone = _join_rows(
                [single(float(t[k]), few[..., i, :], *args) for i, k in enumerate(tried)]
            )
    # whatever a function of floats does with arrays, it is then called with floats
    except Exception:
        return None
    entries = getattr(found, "entries", found)
    table = entries.reshape(*entries.shape[:-1], n, paths)
    expected = getattr(alone, "entries", alone)
    if not np.allclose(table[..., tried, :TRIED], expected, rtol=1e-12, equal_nan=True):
        return None
    if isinstance(found, Matrix):
        return Matrix(table)
    return table


def _join_rows(rows: list[Any]) -> Any:
    """Return the values at several times as one array with the times before the paths."""
    if isinstance(rows[0], Matrix):
        return Matrix(np.stack([row.entries for row in rows], axis=-2))
    return np.stack(rows, axis=-2)


def _diagonal_terms(residuals: Array, spread: Array, steps: Array) -> Array:
    """Return the log density of each step, shape (n, paths), of noises that each move one number.

    A residual of shape (n, paths) is that of a scalar equation, (dim, n, paths) that of a system.
    """
    with np.errstate(all="ignore"):
        variance = spread * spread * steps
        terms = -0.5 * (residuals**2 / variance + np.log(2.0 * math.pi * variance))
    if terms.ndim > 2:
        terms = terms.sum(axis=0)
    return np.asarray(terms)


def _matrix_terms(residuals: Array, b: Array, steps: Array) -> Array:
    """Return the log density of each step, shape (n, paths), of noises that move all components."""
    rows = np.moveaxis(b, (0, 1), (-2, -1))  # (n, paths, dim, m)
    covariance = rows @ np.swapaxes(rows, -1, -2) * steps[..., None, None]
    r = np.moveaxis(residuals, 0, -1)[..., None]
    sign, log_det = np.linalg.slogdet(2.0 * math.pi * covariance)
    singular = sign <= 0.0
    safe = np.where(singular[..., None, None], np.eye(r.shape[-2]), covariance)
    square = (r * np.linalg.solve(safe, r)).sum(axis=(-2, -1))
    return np.where(singular, np.nan, -0.5 * (square + log_det))


def _check_finite(terms: Array, t: Array, before: Array) -> None:
    """Raise a ValueError that names the first observation whose step has no density."""
    if np.isfinite(terms).all():
        return
    k, path = (int(places[0]) for places in np.nonzero(~np.isfinite(terms)))
    state = np.asarray(before[k, path]).tolist()
    raise ValueError(
        f"the step from x={state} at t={t[k]:g} of path {path} has no finite density: the "
        "diffusion must not vanish there, and the observations must be finite"
    )
