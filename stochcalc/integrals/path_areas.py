r"""Levy's area between two components of Brownian motion, over the whole path.

It is the area between the path in the plane of the two components and its chord, counted positive
where the path turns to the left. The areas of single steps, which schemes need, are in
`levy_areas`.
"""

from __future__ import annotations

import functools

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop import runner
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.functional_jobs import rows_of
from stochcalc.motion.paths import BrownianPaths
from stochcalc.typing import Array, Executor, Progress, Workers


def area(w: Array, i: int, j: int) -> Array:
    """Return left sums of Levy's area at every time, (paths, n + 1), of w (paths, n + 1, dim)."""
    x = w[..., i]
    y = w[..., j]
    swept = 0.5 * (x[:, :-1] * np.diff(y, axis=1) - y[:, :-1] * np.diff(x, axis=1))
    out = np.zeros_like(x)
    np.cumsum(swept, axis=1, out=out[:, 1:])
    return out


@hint_names
def levy_area(
    W: BrownianPaths,
    i: int = 0,
    j: int = 1,
    *,
    running: bool = False,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
) -> Array:
    r"""Return Levy's area between two components of each path.

    Parameters
    ----------
    W : BrownianPaths
        Two components or more.
    i, j : int
        The numbers of the two components, from 0.
    running : bool
        Whether to return the area up to every grid time, instead of the last alone.
    workers, executor, progress
        The threads, what computes in their place, and a bar, as for `solve`.

    Returns
    -------
    ndarray, shape (paths,), or (paths, n + 1) from 0 if `running`

    Raises
    ------
    TypeError, ValueError
        For a single component, or a number that is none of them.

    Notes
    -----
    .. math:: A = \frac12 \int (W^i \dd W^j - W^j \dd W^i)

    For independent components E A^2 = T^2/4, E exp(iuA) = 1/cosh(uT/2), and A has the density
    sech(pi x/T)/T. The left sums on n equal steps h = T/n have the variance T^2/4 (1 - 1/n) and the
    characteristic function

    .. math:: E e^{iuA} = \prod_{k \le n} \left(1 + \frac{u^2 h^2}{4}
        \cot^2 \frac{(2k - 1) \pi}{2n}\right)^{-1/2}

    A correlation rho of the components multiplies A by sqrt(1 - rho^2).

    References
    ----------
    Levy, Proc. 2nd Berkeley Symp. (1951) 171. [levy1951]

    Examples
    --------
    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(n=8, dim=2, paths=3, rng=1)
    >>> bool((levy_area(W, 0, 1) == -levy_area(W, 1, 0)).all())
    True
    """
    means = runner.check_means(workers, executor, progress)
    check_motion("W", W, 2)
    i = checks.integer("i", i, 0, W.dim - 1)
    j = checks.integer("j", j, 0, W.dim - 1)
    if checks.flag("running", running):
        return rows_of(functools.partial(area, i=i, j=j), W, W.partition.n + 1, **means)
    return rows_of(functools.partial(_last_area, i=i, j=j), W, 1, **means)[:, 0]


def _last_area(w: Array, i: int, j: int) -> Array:
    """Return the area of components i and j of paths w at the last time."""
    return area(w, i, j)[:, -1]
