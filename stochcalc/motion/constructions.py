"""Brownian motion built and seen in other ways: a bridge, a polygon, a series of sines.

The bridge is pinned at both ends. The polygon joins values by straight lines. The series is that of
Karhunen and Loeve. Each function takes Brownian paths and returns arrays on their grid, so a
construction and the motion that it approximates are the same path.

Sources: Karatzas and Shreve, Brownian Motion and Stochastic Calculus (1991), section 5.6.B (the
bridge); Wong and Zakai, Ann. Math. Statist. 36 (1965) 1560 (the polygon); Loeve, Probability Theory
II (1978), section 37.5.
"""

from __future__ import annotations

import functools
from typing import Unpack

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.runner import Means
from stochcalc.engine.words import show
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.functional_jobs import rows_of
from stochcalc.motion.paths import BrownianPaths
from stochcalc.typing import Array, Executor, PathFunction, Progress, Workers


@hint_names
def bridge(
    W: BrownianPaths,
    start: float = 0.0,
    end: float = 0.0,
    *,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
) -> Array:
    r"""Return the Brownian bridge from `start` to `end` that is made of W.

    Parameters
    ----------
    W : BrownianPaths
        The motion, in any number of components.
    start, end : float
        Values at t_0 and at T, which the bridge meets exactly; the same for every component.
    workers, executor, progress
        The threads, what computes in their place, and a bar, as for `solve`.

    Returns
    -------
    ndarray, shape (paths, n + 1[, dim])

    Raises
    ------
    TypeError, ValueError
        For ends that are not finite numbers, or an array beyond the memory budget.

    Notes
    -----
    With s = (t - t_0)/(T - t_0) the bridge is

    .. math:: B_t = (1 - s)\, start + s\, end + W_t - s W_T

    It is independent of W_T. Its mean is the straight line (1 - s) start + s end, and its
    covariance at times t <= t' is (t - t_0)(T - t')/(T - t_0).

    References
    ----------
    Karatzas and Shreve, Brownian Motion and Stochastic Calculus (1991), section 5.6.B.
    [karatzasshreve1991]

    Examples
    --------
    >>> from stochcalc.motion.brownian import brownian
    >>> bridge(brownian(n=4, paths=2, rng=1), 1.0, 2.0)[:, [0, -1]]
    array([[1., 2.],
           [1., 2.]])
    """
    means = runner.check_means(workers, executor, progress)
    check_motion("W", W)
    start = checks.number("start", start)
    end = checks.number("end", end)
    pinned = functools.partial(pin, t=W.t, start=start, end=end)
    return make_paths_like(W, pinned, **means)


def pin(w: Array, t: Array, start: float, end: float) -> Array:
    """Return the bridge from `start` to `end` that is made of paths w (paths, times[, dim])."""
    s = _shape_like(w, (t - t[0]) / (t[-1] - t[0]))
    return (1.0 - s) * start + s * end + (w - s * w[:, -1:])


@hint_names
def polygon(
    W: BrownianPaths,
    pieces: int,
    *,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
) -> Array:
    r"""Return the polygon through W at every (n/pieces)-th grid time.

    It is the smooth noise of Wong and Zakai.

    Parameters
    ----------
    W : BrownianPaths
        The motion, in any number of components.
    pieces : int
        Number of straight lines, a divisor of n.
    workers, executor, progress
        The threads, what computes in their place, and a bar, as for `solve`.

    Returns
    -------
    ndarray, shape (paths, n + 1[, dim])

    Raises
    ------
    TypeError, ValueError
        If `pieces` does not divide n, or the array exceeds the memory budget.

    Notes
    -----
    For equal pieces

    .. math:: E \int_0^T (W_t - P_t)^2 \dd t = \frac{T^2}{6\, pieces}

    By the trapezoid rule on the grid of W, with m = n/pieces steps in each piece, it is
    T^2/(6 pieces) (1 - 1/m^2).

    References
    ----------
    Wong and Zakai, On the convergence of ordinary integrals to stochastic integrals, Ann. Math.
    Statist. 36 (1965) 1560. [wongzakai1965]

    Examples
    --------
    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(n=8, rng=1)
    >>> P = polygon(W, 4)
    >>> bool((P[:, ::2] == W.values[:, ::2]).all())
    True
    """
    means = runner.check_means(workers, executor, progress)
    check_motion("W", W)
    n = W.partition.n
    pieces = checks.integer("pieces", pieces)
    if n % pieces:
        raise ValueError(f"pieces={show(pieces)} must divide n={n}: choose one of its divisors")
    inscribed = functools.partial(inscribe, t=W.t, pieces=pieces)
    return make_paths_like(W, inscribed, **means)


def inscribe(w: Array, t: Array, pieces: int) -> Array:
    """Return the polygon through every (n/pieces)-th value of paths w (paths, times[, dim])."""
    m = (len(t) - 1) // pieces
    return join_corners(w[:, ::m], t[::m], t)


def join_corners(corners: Array, corner_times: Array, t: Array) -> Array:
    """Return the polygon through corners, at all times t.

    Parameters
    ----------
    corners : ndarray, shape (paths, pieces + 1[, dim])
        The values that straight lines join.
    corner_times : ndarray, shape (pieces + 1,)
        Their times: every m-th of t.
    t : ndarray, shape (n + 1,)
        The times of the polygon's values, with n = m pieces.

    Returns
    -------
    ndarray, shape (paths, n + 1[, dim])
    """
    pieces = len(corner_times) - 1
    m = (len(t) - 1) // pieces
    left = np.minimum(np.arange(len(t)) // m, pieces - 1)
    t_left = corner_times[left]
    t_right = corner_times[left + 1]
    s = _shape_like(corners, (t - t_left) / (t_right - t_left))
    return (1.0 - s) * corners[:, left] + s * corners[:, left + 1]


@hint_names
def karhunen_loeve(
    W: BrownianPaths,
    terms: int,
    *,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
) -> Array:
    r"""Return the first terms of the Karhunen-Loeve expansion of W.

    Parameters
    ----------
    W : BrownianPaths
        The motion, on a uniform grid, in any number of components.
    terms : int
        Number of terms, at most n; n terms give W itself, up to rounding.
    workers, executor, progress
        The threads, what computes in their place, and a bar, as for `solve`.

    Returns
    -------
    ndarray, shape (paths, n + 1[, dim])

    Raises
    ------
    TypeError, ValueError
        For a grid that is not uniform, or a number of terms that is not in 1, ..., n.

    Notes
    -----
    With T the length of the interval, and t counted from its start,

    .. math:: W_t = \sum_{k \ge 1} c_k \phi_k(t), \qquad
        \phi_k(t) = \sqrt{2/T} \sin((k - \tfrac12) \pi t/T)

    The c_k are inner products with W by the trapezoid rule. On a uniform grid with step h the phi_k
    are exact eigenvectors of the covariance, and the c_k are independent normals of variance

    .. math:: \frac{h^2}{4 \sin^2((k - \tfrac12) \pi/(2n))}

    which tends to T^2/((k - 1/2)^2 pi^2): no basis of as many terms comes closer in mean square.

    References
    ----------
    Loeve, Probability Theory II (1978), section 37.5. [loeve1978]

    Examples
    --------
    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(n=8, rng=1)
    >>> bool(np.allclose(karhunen_loeve(W, 8), W.values))
    True
    """
    means = runner.check_means(workers, executor, progress)
    check_motion("W", W)
    terms = checks.integer("terms", terms, 1, W.partition.n)
    if W.partition.equal_step is None:
        raise ValueError(
            f"W={show(W)} must be made on a uniform grid, brownian(T, n) or Partition.uniform: its "
            f"eigenfunctions are known"
        )
    return make_paths_like(W, functools.partial(expand, terms=terms), **means)


def expand(w: Array, terms: int) -> Array:
    """Return the first terms of the expansion of paths w (paths, times[, dim]) on a uniform grid.

    The sine transform of type 3 sums w_j sin((k - 1/2) pi j/n) with the last term halved, the
    trapezoid rule; type 2 is its inverse.
    """
    with hold_interrupts_back():
        from scipy.fft import dst

    coefficients = dst(w[:, 1:], type=3, axis=1)
    coefficients[:, terms:] = 0.0
    out = np.zeros_like(w)
    out[:, 1:] = dst(coefficients, type=2, axis=1) / (2 * (w.shape[1] - 1))
    return out


def karhunen_loeve_variances(T: float, n: int) -> Array:
    """Return the variances of the n coefficients on a uniform grid of n steps, decreasing.

    They are h^2/(4 sin^2((k - 1/2) pi/(2n))) for k = 1, ..., n, with h = T/n.
    """
    h = T / n
    variances: Array = h * h / (4.0 * np.sin((np.arange(n) + 0.5) * np.pi / (2 * n)) ** 2)
    return variances


def make_paths_like(W: BrownianPaths, function: PathFunction, **means: Unpack[Means]) -> Array:
    """Return the paths that a function makes of blocks of W, as an array shaped like W.values."""
    rows = rows_of(functools.partial(_flatten, function), W, W.numbers, **means)
    if W.dim == 1:
        return rows
    return rows.reshape(W.paths, -1, W.dim)


def _flatten(function: PathFunction, w: Array) -> Array:
    """Return the paths that a function makes of w as one row of numbers each."""
    flat: Array = function(w).reshape(len(w), -1)
    return flat


def _shape_like(w: Array, s: Array) -> Array:
    """Return one number per time, shaped so that it multiplies paths w (paths, times[, dim])."""
    if w.ndim == 2:
        return s
    return s[:, None]
