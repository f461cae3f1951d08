"""Integrals of step processes, which define the Ito integral."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.engine import checks
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.paths import BrownianPaths


@dataclass(frozen=True)
class StepProcess:
    """A step process: G(t) = values[k] for times[k] <= t < times[k + 1].

    Parameters
    ----------
    times : array_like, shape (m + 1,)
        Increasing.
    values : array_like, shape (m,) or (paths, m)
        Numbers, or per path anything known at times[k] (the caller's duty: then the integral is a
        martingale).
    """

    times: NDArray[np.float64]
    values: NDArray[np.float64]

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

    def integrate(self, W: BrownianPaths) -> NDArray[np.float64]:
        """int G dW = sum_k G_k (W(t_{k+1}) - W(t_k)), shape (paths,); E I = 0 and E I^2 = E int G^2
        dt (Ito's isometry).
        """
        check_motion("W", W, 1)
        if self.values.ndim == 2 and len(self.values) != W.paths:
            raise ValueError(
                f"values has {len(self.values)} rows and W has {W.paths} paths: give one row per "
                f"path"
            )
        return np.cumsum(self.values * np.diff(W.at(self.times), axis=1), axis=1)[:, -1]
