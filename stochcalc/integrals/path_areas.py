"""Levy's area between two components of Brownian motion, over the whole path.

The areas of single steps, which schemes need, are in `levy_areas`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine import checks
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.functionals import rows_of
from stochcalc.motion.paths import BrownianPaths


def area(w: NDArray[np.float64], i: int, j: int) -> NDArray[np.float64]:
    """Return left sums of Levy's area at every time, (paths, n + 1), of w (paths, n + 1, dim)."""
    x = w[..., i]
    y = w[..., j]
    swept = 0.5 * (x[:, :-1] * np.diff(y, axis=1) - y[:, :-1] * np.diff(x, axis=1))
    out = np.zeros_like(x)
    np.cumsum(swept, axis=1, out=out[:, 1:])
    return out


def levy_area(
    W: BrownianPaths, i: int = 0, j: int = 1, *, running: bool = False, workers: int | None = None
) -> NDArray[np.float64]:
    """Return Levy's area A = 1/2 int (W^i dW^j - W^j dW^i) between two components.

    It is the area between the path in their plane and its chord. For independent components E A^2 =
    T^2/4, E exp(iuA) = 1/cosh(uT/2) and A has density sech(pi x/T)/T. Left sums on n equal steps
    have variance T^2/4 (1 - 1/n), and with h = T/n their characteristic function is E exp(iuA) =
    prod_{k<=n} (1 + (u h/2)^2 cot^2((2k - 1) pi/(2n)))^(-1/2). Correlation rho multiplies A by
    sqrt(1 - rho^2).

    Parameters
    ----------
    W : BrownianPaths
        Two components or more.
    i, j : int
        Which two.
    running : bool
        The area swept up to every grid time.

    Returns
    -------
    ndarray, shape (paths,), or (paths, n + 1) from 0 if `running`

    Raises
    ------
    TypeError, ValueError
        For a single component, or a number that is none of them.

    Examples
    --------
    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(n=8, dim=2, paths=3, rng=1)
    >>> bool((levy_area(W, 0, 1) == -levy_area(W, 1, 0)).all())
    True
    """
    check_motion("W", W, 2)
    i = checks.integer("i", i, 0, W.dim - 1)
    j = checks.integer("j", j, 0, W.dim - 1)
    if checks.flag("running", running):
        return rows_of(lambda w: area(w, i, j), W, W.partition.n + 1, workers=workers)
    return rows_of(lambda w: area(w, i, j)[:, -1], W, 1, workers=workers)[:, 0]
