"""Brownian motion built and seen in other ways: pinned at both ends, by Levy, by Karhunen and Loeve, at its highest point.

Each function takes Brownian paths and returns arrays on their grid, so a construction and the motion it approximates are
the same path.

Sources: Evans (2013), section 3.3 (Levy's construction); Loeve, Probability Theory II (1978), section 37.5; Karatzas and
Shreve, Brownian Motion and Stochastic Calculus (1991), sections 2.8 (the maximum) and 5.6.B (the bridge).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.brownian import BrownianPaths
from stochcalc.engine import checks, runner
from stochcalc.engine.march import March
from stochcalc.engine.noise import Beside, Extra
from stochcalc.engine.philox import BRIDGE_EXTREMES
from stochcalc.functionals import PathFunction, rows_of

Array = NDArray[np.float64]


def bridge(W: BrownianPaths, start: float = 0.0, end: float = 0.0) -> Array:
    """Brownian bridge from `start` to `end`, made of W: the straight line between them, plus W_t - s W_T.

    With s = (t - t_0)/(T - t_0): mean (1 - s) start + s end, covariance (t - t_0)(T - t')/(T - t_0) for t <= t';
    independent of W_T.

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
    >>> from stochcalc.brownian import brownian
    >>> bridge(brownian(n=4, paths=2, rng=1), 1.0, 2.0)[:, [0, -1]]
    array([[1., 2.],
           [1., 2.]])
    """
    _check_paths(W)
    start, end = checks.number("start", start), checks.number("end", end)
    return _paths_like(W, lambda w: pinned(w, W.t, start, end))


def pinned(w: Array, t: Array, start: float, end: float) -> Array:
    """The bridge made of paths w (paths, times[, dim])."""
    s = _along(w, (t - t[0]) / (t[-1] - t[0]))
    return (1.0 - s) * start + s * end + (w - s * w[:, -1:])


def polygon(W: BrownianPaths, pieces: int) -> Array:
    """W at every (n/pieces)-th grid time, joined by straight lines: the smooth noise of Wong and Zakai.

    E int (W - polygon)^2 dt = T^2/(6 pieces) for equal pieces; by the trapezoid rule on the grid of W, with m = n/pieces steps
    in each, T^2/(6 pieces) (1 - 1/m^2).

    Parameters
    ----------
    W : BrownianPaths
    pieces : int
        A divisor of n.

    Returns
    -------
    ndarray, shape (paths, n + 1[, dim])
    """
    _check_paths(W)
    n, pieces = W.partition.n, checks.integer("pieces", pieces)
    if n % pieces:
        raise ValueError(f"pieces={pieces} must divide n={n}: choose one of its divisors")
    return _paths_like(W, lambda w: joined(w, W.t, pieces))


def joined(w: Array, t: Array, pieces: int) -> Array:
    """The polygon through every (n/pieces)-th value of paths w (paths, times[, dim])."""
    m = (len(t) - 1) // pieces
    left = np.minimum(np.arange(len(t)) // m, pieces - 1) * m
    s = _along(w, (t - t[left]) / (t[left + m] - t[left]))
    return (1.0 - s) * w[:, left] + s * w[:, left + m]


def levy_construction(W: BrownianPaths, level: int) -> Array:
    """Levy's construction after `level` halvings: the polygon through W at 2^level + 1 times.

    The next level keeps these corners and moves each middle by an independent normal: the sum of Schauder functions that
    converges uniformly to Brownian motion.

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
    >>> from stochcalc.brownian import brownian
    >>> W = brownian(n=8, rng=1)
    >>> bool((levy_construction(W, 3) == W.values).all())
    True
    """
    _check_paths(W)
    level, n = checks.integer("level", level, 0, 40), W.partition.n
    if n % 2**level:
        raise ValueError(f"level={level}: 2**{level} pieces must divide n={n}: draw W with n = 2**k, k >= level")
    return polygon(W, 2**level)


def karhunen_loeve(W: BrownianPaths, terms: int) -> Array:
    """The first terms of the Karhunen-Loeve expansion of W, sum_k c_k phi_k with phi_k = sqrt(2/T) sin((k - 1/2) pi t/T).

    The c_k are inner products by the trapezoid rule. On a uniform grid with step h the phi_k are exact eigenvectors, and the
    c_k independent normals of variance h^2/(4 sin^2((k - 1/2) pi/(2 n))), which tends to T^2/((k - 1/2)^2 pi^2): no basis
    of as many terms comes closer in mean square.

    Parameters
    ----------
    W : BrownianPaths
        On a uniform grid from 0.
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
    _check_paths(W)
    terms = checks.integer("terms", terms, 1, W.partition.n)
    if W.partition.equal_step is None:
        raise ValueError(f"W={W!r} must lie on a uniform grid: the eigenfunctions are known for that one")
    return _paths_like(W, lambda w: expanded(w, terms))


def expanded(w: Array, terms: int) -> Array:
    """The first terms of the expansion of paths w (paths, times[, dim]) on a uniform grid.

    The sine transform of type 3 sums w_j sin((k - 1/2) pi j/n) with the last term halved, the trapezoid rule; type 2 is its
    inverse.
    """
    from scipy.fft import dst
    coefficients = dst(w[:, 1:], type=3, axis=1)
    coefficients[:, terms:] = 0.0
    out = np.zeros_like(w)
    out[:, 1:] = dst(coefficients, type=2, axis=1) / (2 * (w.shape[1] - 1))
    return out


def karhunen_loeve_variances(T: float, n: int) -> Array:
    """Variances h^2/(4 sin^2((k - 1/2) pi/(2n))) of the n coefficients on a uniform grid of n steps, decreasing."""
    h = T / n
    return h * h / (4.0 * np.sin((np.arange(n) + 0.5) * np.pi / (2 * n)) ** 2)


def climb(t: float, x: Any, dt: float, noise: Any, args: tuple[()]) -> Any:
    """One step of (W, maximum so far), noise = (dW, z, z'): the maximum of a bridge from a to b over dt.

    It exceeds m with probability exp(-2 (m - a)(m - b)/dt), so it is (a + b + sqrt((b - a)^2 + 2 dt E))/2 with E a standard
    exponential, here (z^2 + z'^2)/2.
    """
    after = x[0] + noise[0]
    reach = math.sqrt(noise[0] * noise[0] + dt * (noise[1] * noise[1] + noise[2] * noise[2]))
    return after, max(x[1], 0.5 * (x[0] + after + reach))


def highest(t: float, x: Any, args: tuple[()]) -> float:
    """Observe the maximum."""
    return x[1]


def maximum_job(W: BrownianPaths, observe: Any, kept: int, keep: NDArray[np.int64], *, save_rows: bool) -> March:
    """The march behind the continuous maximum: state (W, maximum)."""
    noise = W.noise()
    for component in range(2):
        noise = Beside(noise, Extra(W.key, BRIDGE_EXTREMES, component))
    return March(climb, (), noise, W.paths, 2, kept, W.t, W.partition.steps, np.zeros((1, 2)), keep, (), observe, save_rows)


def maximum(W: BrownianPaths, *, continuous: bool = True, running: bool = False,
            workers: int | None = None) -> Array:
    """The maximum of each path: over all times, or over the grid times alone.

    Between grid times the path is a Brownian bridge whose maximum has a known law, so `continuous=True` gives
    max over [t_0, T] of W exactly in law, whatever n: P(M >= a) = 2 (1 - Phi(a/sqrt(T))). The grid alone misses part of it:
    E M_n = sqrt(h/(2 pi)) sum_{k<=n} k^(-1/2) (Spitzer 1956), short by 0.5826 sqrt(h) in the limit.

    Parameters
    ----------
    W : BrownianPaths
        One component.
    continuous : bool
        The bridges' maxima are drawn given the grid values, each step by its own normals; they do not look at `W.at`.
    running : bool
        The maximum up to every grid time.
    workers : int, optional

    Returns
    -------
    ndarray, shape (paths,), or (paths, n + 1) from 0 if `running`

    Raises
    ------
    TypeError, ValueError
        For several components, or an array beyond the memory budget.

    Examples
    --------
    >>> from stochcalc.brownian import brownian
    >>> W = brownian(n=16, paths=3, rng=1)
    >>> bool((maximum(W) > maximum(W, continuous=False)).all())
    True
    """
    _check_paths(W)
    if W.dim != 1:
        raise ValueError(f"W has dim={W.dim}: a maximum takes one component; draw the others by their own brownian()")
    n = W.partition.n
    columns = n + 1 if checks.flag("running", running) else 1
    if not checks.flag("continuous", continuous):
        top: PathFunction = (lambda w: np.maximum.accumulate(w, axis=1)) if running else (lambda w: w.max(axis=1))
        found = rows_of(top, W, columns, workers=workers)
    else:
        checks.budget("the maxima", W.paths * columns, "use fewer paths, or running=False")
        keep = np.arange(n + 1) if running else np.array([n])
        rows, _ = runner.run(maximum_job(W, highest, 1, keep, save_rows=True), workers=workers)
        assert rows is not None
        found = rows
    return found if running else found[:, 0]


def _check_paths(W: Any) -> None:
    if not isinstance(W, BrownianPaths):
        raise TypeError(f"W={W!r} must be Brownian paths: make them with brownian(...)")


def _along(w: Array, s: Array) -> Array:
    """Numbers per time, shaped to multiply paths (paths, times[, dim])."""
    return s if w.ndim == 2 else s[:, None]


def _paths_like(W: BrownianPaths, function: PathFunction) -> Array:
    """A function of blocks of paths as an array shaped like W.values."""
    rows = rows_of(lambda w: function(w).reshape(len(w), -1), W, W.numbers, workers=W.workers)
    return rows if W.dim == 1 else rows.reshape(W.paths, -1, W.dim)
