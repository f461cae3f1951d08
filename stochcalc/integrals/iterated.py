r"""Iterated integrals of Brownian motion, the monomials of Ito's calculus.

    I_0 = 1,  I_k(t) = int_0^t I_(k-1) dW
    sum_k a^k I_k(t) = exp(a W_t - a^2 t/2)
    E I_j I_k = delta_jk t^k/k!

In the place of W^k/k!, which ordinary calculus has, Ito's calculus has the Hermite polynomial
t^(k/2) He_k(W_t/sqrt(t))/k!. The second line says that the exponential martingale generates them
all. With two components there is also the area between them (`path_areas`), which is not a function
of the path's end.

Sources: Ito, J. Math. Soc. Japan 3 (1951) 157; Evans (2013), section 4.3 (Hermite); Levy, Proc. 2nd
Berkeley Symp. (1951) 171.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks, memory
from stochcalc.engine.given_values import LARGEST, check_finite
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop import runner
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.functional_jobs import rows_of
from stochcalc.motion.paths import BrownianPaths
from stochcalc.typing import Array, Executor, Progress, Workers


def iterated_sums(w: Array, order: int) -> Iterator[Array]:
    """Yield the left sums I_1, ..., I_order at every time, one after the other.

    Parameters
    ----------
    w : ndarray, shape (paths, n + 1)
        Paths from 0.
    order : int
        The number of sums.

    Yields
    ------
    ndarray, shape (paths, n + 1)
        I_k(t_j) = sum_(i < j) I_(k-1)(t_i) (W(t_(i+1)) - W(t_i)).
    """
    steps = np.diff(w, axis=1)
    sums = w
    yield sums
    for _ in range(order - 1):
        following = np.zeros_like(w)
        np.cumsum(sums[:, :-1] * steps, axis=1, out=following[:, 1:])
        sums = following
        yield sums


@hint_names
def iterated_integrals(
    W: BrownianPaths,
    order: int,
    *,
    running: bool = False,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
) -> Array:
    r"""Return the iterated integrals I_1, ..., I_order, made by left sums.

    Parameters
    ----------
    W : BrownianPaths
        One component.
    order : int
        The number of integrals, from 1 to 1000.
    running : bool
        Whether to return them at every grid time, instead of the last alone.
    workers, executor, progress
        The threads, what computes in their place, and a bar, as for `solve`.

    Returns
    -------
    ndarray, shape (paths, order), or (paths, n + 1, order) from 0 if `running`

    Raises
    ------
    TypeError, ValueError
        For several components, an order below 1, an array beyond the memory budget.

    Notes
    -----
    .. math:: I_k(t_j) = \sum_{i < j} I_{k-1}(t_i) (W(t_{i+1}) - W(t_i)), \qquad I_0 = 1

    On n steps of length h they are the elementary symmetric polynomials of the increments, so that
    E I_j I_k = delta_jk C(n, k) h^k exactly, and I_2 = (W^2 - sum dW^2)/2 path by path.

    References
    ----------
    Ito, J. Math. Soc. Japan 3 (1951) 157. [ito1951b]

    Examples
    --------
    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(n=500, paths=2, rng=1)
    >>> I = iterated_integrals(W, 2)
    >>> squares = np.sum(W.increments**2, axis=1)
    >>> np.abs(I[:, 1] - 0.5 * (W.values[:, -1] ** 2 - squares)).max() < 1e-12
    np.True_
    """
    means = runner.check_means(workers, executor, progress)
    check_motion("W", W, 1)
    order = checks.integer("order", order, 1, 1000)
    times = W.partition.n + 1
    if checks.flag("running", running):
        all_times = functools.partial(_sums_at_all_times, order=order)
        rows = rows_of(all_times, W, times * order, **means)
        return rows.reshape(-1, times, order)
    return rows_of(functools.partial(_last_sums, order=order), W, order, **means)


def _last_sums(w: Array, order: int) -> Array:
    """Return the iterated sums of paths w at the last time, shape (paths, order)."""
    return np.stack([sums[:, -1] for sums in iterated_sums(w, order)], axis=1)


def _sums_at_all_times(w: Array, order: int) -> Array:
    """Return the iterated sums of paths w at all times, flat over (times, order)."""
    return np.stack(list(iterated_sums(w, order)), axis=2).reshape(len(w), -1)


@hint_names
def hermite(order: int, t: ArrayLike, w: ArrayLike) -> Array:
    r"""Return the iterated integral as a polynomial of the path's end.

    Parameters
    ----------
    order : int
        The number k of integrals, from 0 to 1000.
    t : array_like
        Times, not negative.
    w : array_like
        Values of the path at these times.

    Returns
    -------
    ndarray, of the shape of t and w together

    Raises
    ------
    TypeError, ValueError
        For a negative order or time, values that are not finite.

    Notes
    -----
    With Hermite's polynomial He_k

    .. math:: I_k = \frac{t^{k/2}}{k!} He_k(w/\sqrt{t})

    and by the recursion k I_k = w I_(k-1) - t I_(k-2): I_1 = w, I_2 = (w^2 - t)/2,
    I_3 = (w^3 - 3 t w)/6.

    References
    ----------
    Evans (2013), section 4.3. [evans2013]

    Examples
    --------
    >>> float(hermite(3, 2.0, 1.0))         # (1 - 6)/6
    -0.8333333333333334
    """
    order = checks.integer("order", order, 0, 1000)
    t = checks.array("t", t)
    w = checks.array("w", w)
    try:
        shape = np.broadcast_shapes(t.shape, w.shape)
    except ValueError:
        raise ValueError(
            f"t has shape {t.shape} and w has {w.shape}: give one time per value, or a single one"
        ) from None
    if (t < 0).any():
        raise ValueError(f"t={float(t.min()):g} must not be negative: the integrals start at 0")
    size = math.prod(shape)
    memory.budget("the polynomial", size, "use fewer values at a time", beside=4 * size)
    before = np.zeros(shape)  # I_(k-2)
    now = np.ones(shape)  # I_(k-1)
    with np.errstate(over="ignore", invalid="ignore"):
        for k in range(1, order + 1):
            following = (w * now - t * before) / k
            before = now
            now = following
    largest = float(np.abs(w).max())
    check_finite(
        now,
        f"w={largest:g} is so large that the integral of order={order} exceeds the range of "
        f"floats: use smaller w and t, or a lower order",
    )
    return now


@hint_names
def exponential_martingale(
    W: BrownianPaths,
    a: float,
    *,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
) -> Array:
    r"""Return exp(a W_t - a^2 t/2) along each path, from 1.

    Parameters
    ----------
    W : BrownianPaths
        One component.
    a : float
        The coefficient of W, per root of time.
    workers, executor, progress
        The threads, what computes in their place, and a bar, as for `solve`.

    Returns
    -------
    ndarray, shape (paths, n + 1)

    Raises
    ------
    TypeError, ValueError
        For several components, or a number that is not finite.

    Notes
    -----
    .. math:: M_t = \exp(a W_t - \tfrac12 a^2 t), \qquad \dd M = a M \, \dd W

    Its mean is 1 at every time, and its median exp(-a^2 t/2). All of the mean comes from paths that
    a sample of size m holds only while a^2 t is below about 2 log m: later the sample mean of a
    correct simulation tends to 0.

    References
    ----------
    Karatzas and Shreve (1991), section 3.5. [karatzasshreve1991]

    Examples
    --------
    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(n=4, paths=2, rng=1)
    >>> M = exponential_martingale(W, 0.5)
    >>> bool(np.allclose(np.log(M[:, -1]), 0.5 * W.values[:, -1] - 0.125))
    True
    """
    means = runner.check_means(workers, executor, progress)
    check_motion("W", W, 1)
    a = checks.number("a", a, least=-LARGEST, most=LARGEST)
    t = W.t - W.t[0]
    return rows_of(functools.partial(_exponential, a=a, t=t), W, W.numbers, **means)


def _exponential(w: Array, a: float, t: Array) -> Array:
    """Return exp(a w - a^2 t/2) of paths w at times t."""
    martingale: Array = np.exp(a * w - 0.5 * a * a * t)
    return martingale
