"""Brownian motion built and seen in other ways: pinned at both ends, by Levy's polygons, by
Karhunen and Loeve's sines.

Each function takes Brownian paths and returns arrays on their grid, so a construction and the
motion it approximates are the same path.

Sources: Evans (2013), section 3.3 (Levy's construction); Loeve, Probability Theory II (1978),
section 37.5; Karatzas and Shreve, Brownian Motion and Stochastic Calculus (1991), section 5.6.B
(the bridge).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine import checks
from stochcalc.engine.compiler.interrupts import interrupts_held_back
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.functionals import PathFunction, rows_of
from stochcalc.motion.paths import BrownianPaths

Array = NDArray[np.float64]


def bridge(
    W: BrownianPaths, start: float = 0.0, end: float = 0.0, *, workers: int | None = None
) -> Array:
    """Brownian bridge from `start` to `end`, made of W: the straight line between them, plus W_t -
    s W_T.

    With s = (t - t_0)/(T - t_0): mean (1 - s) start + s end, covariance (t - t_0)(T - t')/(T - t_0)
    for t <= t'; independent of W_T.

    Parameters
    ----------
    W : BrownianPaths
    start, end : float
        Values at t_0 and at T, met exactly; the same for every component.

    Returns
    -------
    ndarray, shape (paths, n + 1[, dim])

    Examples
    --------
    >>> from stochcalc.motion.brownian import brownian
    >>> bridge(brownian(n=4, paths=2, rng=1), 1.0, 2.0)[:, [0, -1]]
    array([[1., 2.],
           [1., 2.]])
    """
    check_motion("W", W)
    start, end = checks.number("start", start), checks.number("end", end)
    return _paths_like(W, lambda w: pinned(w, W.t, start, end), workers)


def pinned(w: Array, t: Array, start: float, end: float) -> Array:
    """The bridge made of paths w (paths, times[, dim])."""
    s = _along(w, (t - t[0]) / (t[-1] - t[0]))
    return (1.0 - s) * start + s * end + (w - s * w[:, -1:])


def polygon(W: BrownianPaths, pieces: int, *, workers: int | None = None) -> Array:
    """W at every (n/pieces)-th grid time, joined by straight lines: the smooth noise of Wong and
    Zakai.

    E int (W - polygon)^2 dt = T^2/(6 pieces) for equal pieces; by the trapezoid rule on the grid of
    W, with m = n/pieces steps in each, T^2/(6 pieces) (1 - 1/m^2).

    Parameters
    ----------
    W : BrownianPaths
    pieces : int
        A divisor of n.

    Returns
    -------
    ndarray, shape (paths, n + 1[, dim])
    """
    check_motion("W", W)
    n, pieces = W.partition.n, checks.integer("pieces", pieces)
    if n % pieces:
        raise ValueError(f"pieces={pieces} must divide n={n}: choose one of its divisors")
    return _paths_like(W, lambda w: joined(w, W.t, pieces), workers)


def joined(w: Array, t: Array, pieces: int) -> Array:
    """The polygon through every (n/pieces)-th value of paths w (paths, times[, dim])."""
    m = (len(t) - 1) // pieces
    left = np.minimum(np.arange(len(t)) // m, pieces - 1) * m
    s = _along(w, (t - t[left]) / (t[left + m] - t[left]))
    return (1.0 - s) * w[:, left] + s * w[:, left + m]


def levy_construction(W: BrownianPaths, level: int, *, workers: int | None = None) -> Array:
    """Levy's construction after `level` halvings: the polygon through W at 2^level + 1 times.

    The next level keeps these corners and moves each middle by an independent normal: the sum of
    Schauder functions that converges uniformly to Brownian motion.

    Parameters
    ----------
    W : BrownianPaths
    level : int
        2**level must divide n.

    Returns
    -------
    ndarray, shape (paths, n + 1[, dim])

    Examples
    --------
    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(n=8, rng=1)
    >>> bool((levy_construction(W, 3) == W.values).all())
    True
    """
    check_motion("W", W)
    level, n = checks.integer("level", level, 0, 40), W.partition.n
    if n % 2**level:
        raise ValueError(
            f"level={level}: 2**{level} pieces must divide n={n}: draw W with n = 2**k, k >= level"
        )
    return polygon(W, 2**level, workers=workers)


def karhunen_loeve(W: BrownianPaths, terms: int, *, workers: int | None = None) -> Array:
    """The first terms of the Karhunen-Loeve expansion of W, sum_k c_k phi_k with phi_k = sqrt(2/T)
    sin((k - 1/2) pi t/T).

    T is the length of the interval, and t counts from its start.

    The c_k are inner products by the trapezoid rule. On a uniform grid with step h the phi_k are
    exact eigenvectors, and the c_k independent normals of variance h^2/(4 sin^2((k - 1/2) pi/(2
    n))), which tends to T^2/((k - 1/2)^2 pi^2): no basis of as many terms comes closer in mean
    square.

    Parameters
    ----------
    W : BrownianPaths
        On a uniform grid.
    terms : int
        At most n; n terms give W itself, up to rounding.

    Returns
    -------
    ndarray, shape (paths, n + 1[, dim])

    Raises
    ------
    ValueError
        For a grid that is not uniform.
    """
    check_motion("W", W)
    terms = checks.integer("terms", terms, 1, W.partition.n)
    if W.partition.equal_step is None:
        raise ValueError(
            f"W={W!r} must be made on a uniform grid, brownian(T, n) or Partition.uniform: its "
            f"eigenfunctions are known"
        )
    return _paths_like(W, lambda w: expanded(w, terms), workers)


def expanded(w: Array, terms: int) -> Array:
    """The first terms of the expansion of paths w (paths, times[, dim]) on a uniform grid.

    The sine transform of type 3 sums w_j sin((k - 1/2) pi j/n) with the last term halved, the
    trapezoid rule; type 2 is its inverse.
    """
    with interrupts_held_back():
        from scipy.fft import dst

    coefficients = dst(w[:, 1:], type=3, axis=1)
    coefficients[:, terms:] = 0.0
    out = np.zeros_like(w)
    out[:, 1:] = dst(coefficients, type=2, axis=1) / (2 * (w.shape[1] - 1))
    return out


def karhunen_loeve_variances(T: float, n: int) -> Array:
    """Variances h^2/(4 sin^2((k - 1/2) pi/(2n))) of the n coefficients on a uniform grid of n
    steps, decreasing.
    """
    h = T / n
    return h * h / (4.0 * np.sin((np.arange(n) + 0.5) * np.pi / (2 * n)) ** 2)


def _along(w: Array, s: Array) -> Array:
    """Numbers per time, shaped to multiply paths (paths, times[, dim])."""
    return s if w.ndim == 2 else s[:, None]


def _paths_like(W: BrownianPaths, function: PathFunction, workers: int | None) -> Array:
    """A function of blocks of paths as an array shaped like W.values."""
    rows = rows_of(lambda w: function(w).reshape(len(w), -1), W, W.numbers, workers=workers)
    return rows if W.dim == 1 else rows.reshape(W.paths, -1, W.dim)
