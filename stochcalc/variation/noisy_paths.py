"""Brownian motion as it is observed: scaled, and with noise on every observation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine import checks
from stochcalc.engine.random.normal_arrays import path_normals
from stochcalc.engine.random.philox import DATA_NOISE
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.functionals import rows_of
from stochcalc.motion.paths import BrownianPaths


@dataclass(frozen=True, eq=False)
class NoisyPaths:
    """Paths sigma W + noise eps, with eps_k independent N(0, 1), handed out in blocks."""

    W: BrownianPaths
    noise: float
    sigma: float = 1.0

    @property
    def paths(self) -> int:
        """Number of paths."""
        return self.W.paths

    @property
    def numbers(self) -> int:
        """Numbers in one path."""
        return self.W.numbers

    def block(self, first: int, last: int) -> NDArray[np.float64]:
        """Observations of paths first .. last - 1."""
        errors = path_normals(self.W.key, DATA_NOISE, first, (last - first, self.numbers))
        return self.sigma * self.W.block(first, last) + self.noise * errors


def observe(
    W: BrownianPaths, *, noise: float, sigma: float = 1.0, workers: int | None = None
) -> NDArray[np.float64]:
    """Noisy observations sigma W(t_k) + noise eps_k at the grid times, eps_k independent N(0, 1).

    The model of prices seen through bid and ask: realized variance has mean sigma^2 T + 2 n
    noise^2.

    Parameters
    ----------
    W : BrownianPaths
        One component.
    noise : float >= 0
        Standard deviation of the errors; they belong to W's key and to the number of the
        observation.
    sigma : float >= 0
    workers : int, optional

    Returns
    -------
    ndarray, shape (paths, n + 1)

    Raises
    ------
    TypeError, ValueError
        For several components, a negative size, an array beyond the memory budget.

    Examples
    --------
    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(n=4, paths=2, rng=1)
    >>> bool((observe(W, noise=0.0, sigma=2.0) == 2 * W.values).all())
    True
    """
    check_motion("W", W, 1)
    noise, sigma = (
        checks.number("noise", noise, least=0.0),
        checks.number("sigma", sigma, least=0.0),
    )
    return rows_of(lambda y: y, NoisyPaths(W, noise, sigma), W.numbers, workers=workers)
