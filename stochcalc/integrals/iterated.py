"""Iterated integrals of Brownian motion, the monomials of Ito's calculus.

    I_0 = 1,  I_k(t) = int_0^t I_{k-1} dW
    sum_k a^k I_k(t) = exp(a W_t - a^2 t/2)
    E I_j I_k = delta_jk t^k/k!

Where ordinary calculus has W^k/k!, Ito's has the Hermite polynomial t^(k/2) He_k(W_t/sqrt(t))/k!.
The second line says that the exponential martingale generates them all. With two components there
is also the area between them (`path_areas`), which is no function of the path's end.

Sources: Ito, J. Math. Soc. Japan 3 (1951) 157; Evans (2013), section 4.3 (Hermite); Levy, Proc. 2nd
Berkeley Symp. (1951) 171.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.engine import checks
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.functionals import rows_of
from stochcalc.motion.paths import BrownianPaths


def iterated_sums(w: NDArray[np.float64], order: int) -> Iterator[NDArray[np.float64]]:
    """Left sums I_1, ..., I_order at every time, one after the other, each (paths, n + 1), of paths
    w (paths, n + 1) from 0.
    """
    steps, sums = np.diff(w, axis=1), w
    yield sums
    for _ in range(order - 1):
        following = np.zeros_like(w)
        np.cumsum(sums[:, :-1] * steps, axis=1, out=following[:, 1:])
        sums = following
        yield sums


def iterated_integrals(
    W: BrownianPaths, order: int, *, running: bool = False, workers: int | None = None
) -> NDArray[np.float64]:
    """I_1, ..., I_order by left sums: I_k = sum_j I_{k-1}(t_j) (W(t_{j+1}) - W(t_j)).

    On n steps of length h they are the elementary symmetric polynomials of the increments, so E I_j
    I_k = delta_jk C(n, k) h^k exactly, and I_2 = (W^2 - sum dW^2)/2 path by path.

    Parameters
    ----------
    W : BrownianPaths
        One component.
    order : int >= 1
    running : bool
        At every grid time.

    Returns
    -------
    ndarray, shape (paths, order), or (paths, n + 1, order) from 0 if `running`

    Raises
    ------
    TypeError, ValueError
        For several components, an order below 1, an array beyond the memory budget.

    Examples
    --------
    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(n=500, paths=2, rng=1)
    >>> I = iterated_integrals(W, 2)
    >>> squares = np.sum(W.increments**2, axis=1)
    >>> np.abs(I[:, 1] - 0.5 * (W.values[:, -1] ** 2 - squares)).max() < 1e-12
    np.True_
    """
    check_motion("W", W, 1)
    order = checks.integer("order", order, 1, 1000)
    if not checks.flag("running", running):
        return rows_of(
            lambda w: np.stack([sums[:, -1] for sums in iterated_sums(w, order)], axis=1),
            W,
            order,
            workers=workers,
        )
    times = W.partition.n + 1

    def everything(w: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.stack(list(iterated_sums(w, order)), axis=2).reshape(len(w), -1)

    return rows_of(everything, W, times * order, workers=workers).reshape(-1, times, order)


def hermite(order: int, t: ArrayLike, w: ArrayLike) -> NDArray[np.float64]:
    """The iterated integral as a polynomial of the path's end, I_k = t^(k/2) He_k(w/sqrt(t))/k!,
    shaped like t and w together.

    By k I_k = w I_{k-1} - t I_{k-2}: I_1 = w, I_2 = (w^2 - t)/2, I_3 = (w^3 - 3 t w)/6.

    Parameters
    ----------
    order : int >= 0
    t, w : array_like
        Times and values of the path then.

    Returns
    -------
    ndarray, of the shape of t and w together

    Raises
    ------
    TypeError, ValueError
        For a negative order or time, values that are not finite.

    Examples
    --------
    >>> float(hermite(3, 2.0, 1.0))         # (1 - 6)/6
    -0.8333333333333334
    """
    order = checks.integer("order", order, 0, 1000)
    t, w = checks.array("t", t), checks.array("w", w)
    try:
        np.broadcast_shapes(t.shape, w.shape)
    except ValueError:
        raise ValueError(
            f"t has shape {t.shape} and w has {w.shape}: give one time per value, or a single one"
        ) from None
    if (t < 0).any():
        raise ValueError(f"t={float(t.min()):g} must not be negative: the integrals start at 0")
    before, now = (
        np.zeros(np.broadcast_shapes(t.shape, w.shape)),
        np.ones(np.broadcast_shapes(t.shape, w.shape)),
    )
    for k in range(1, order + 1):
        before, now = now, (w * now - t * before) / k
    return now


def exponential_martingale(
    W: BrownianPaths, a: float, *, workers: int | None = None
) -> NDArray[np.float64]:
    """exp(a W_t - a^2 t/2) along each path, from 1: mean 1 at every time, median exp(-a^2 t/2).

    All of the mean comes from paths that a sample of size M holds only while a^2 t is below about 2
    log M: later the sample mean of a correct simulation tends to 0.

    Parameters
    ----------
    W : BrownianPaths
        One component.
    a : float

    Returns
    -------
    ndarray, shape (paths, n + 1)
    """
    check_motion("W", W, 1)
    a, t = checks.number("a", a), W.t - W.t[0]
    return rows_of(lambda w: np.exp(a * w - 0.5 * a * a * t), W, W.numbers, workers=workers)
