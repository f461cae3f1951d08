r"""Integrals of step processes, which define the Ito integral.

A step process has the value G_k on [t_k, t_(k+1)), where G_k is known at t_k and has a finite
mean square. Its integral is the
sum of G_k (W(t_(k+1)) - W(t_k)); it has mean 0, and its variance is E int G^2 dt (Ito's isometry).
Integrals of other processes are limits of these.

Source: Evans (2013), section 4.2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.paths import BrownianPaths
from stochcalc.typing import Array


@dataclass(frozen=True)
class StepProcess:
    """A step process: G(t) = values[k] for times[k] <= t < times[k + 1].

    Parameters
    ----------
    times : array_like, shape (m + 1,)
        Increasing times.
    values : array_like, shape (m,) or (paths, m)
        One number for each interval, or one for each path and interval. The integral is a
        martingale if the numbers of an interval are known at its beginning; that is the caller's
        duty.

    Raises
    ------
    TypeError, ValueError
        If the times do not increase, or the values do not fit them.

    References
    ----------
    Evans (2013), section 4.2. [evans2013]

    Examples
    --------
    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(n=4, paths=3, rng=1)
    >>> G = StepProcess([0.0, 0.5, 1.0], [2.0, -1.0])
    >>> due = 2.0 * W.at(0.5) - (W.at(1.0) - W.at(0.5))
    >>> bool(np.allclose(G.integrate(W), due))
    True
    """

    times: Array
    values: Array

    def __init__(self, times: ArrayLike, values: ArrayLike) -> None:
        points = checks.increasing("times", checks.array("times", times, ndim=1))
        levels = checks.array("values", values)
        if levels.ndim not in (1, 2) or levels.shape[-1] != len(points) - 1:
            raise ValueError(
                f"values has shape {levels.shape}: with {len(points)} times give (..., "
                f"{len(points) - 1})"
            )
        object.__setattr__(self, "times", points)
        object.__setattr__(self, "values", levels)

    def integrate(self, W: BrownianPaths) -> Array:
        r"""Return the integral of the process against dW, one number per path.

        Parameters
        ----------
        W : BrownianPaths
            One component, on a partition that covers the times of the process.

        Returns
        -------
        ndarray, shape (paths,)

        Raises
        ------
        TypeError, ValueError
            If a time lies outside of W's partition, or the process has values for another number of
            paths.

        Notes
        -----
        .. math:: I = \int G \, \dd W = \sum_k G_k (W(t_{k+1}) - W(t_k))

        It has mean 0, and by Ito's isometry E I^2 = E int G^2 dt.
        """
        check_motion("W", W, 1)
        if self.values.ndim == 2 and len(self.values) != W.paths:
            raise ValueError(
                f"values has {len(self.values)} rows and W has {W.paths} paths: give one row per "
                f"path"
            )
        # I = sum_k G_k (W(t_{k+1}) - W(t_k)), from left to right; E I^2 = E sum_k G_k^2 dt_k
        integral: Array = np.cumsum(self.values * np.diff(W.at(self.times), axis=1), axis=1)[:, -1]
        return integral
