"""Brownian motion as a market shows it: scaled by a volatility, and with noise on observations.

Noise here is market noise: independent errors of the observations, which no path has.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop import runner
from stochcalc.engine.random.normal_arrays import path_normals
from stochcalc.engine.random.philox import DATA_NOISE
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.functional_jobs import rows_of
from stochcalc.motion.paths import BrownianPaths
from stochcalc.typing import Array, Executor, Progress, Workers


@dataclass(frozen=True, eq=False)
class NoisyPaths:
    """Paths sigma W + noise eps, with eps_k independent N(0, 1), handed out in blocks.

    Attributes
    ----------
    W : BrownianPaths
        The motion, of one component.
    noise : float
        The standard deviation of the errors of the observations.
    sigma : float
        The volatility.
    """

    W: BrownianPaths
    noise: float
    sigma: float = 1.0

    @property
    def paths(self) -> int:
        """The number of paths."""
        return self.W.paths

    @property
    def numbers(self) -> int:
        """How many numbers one path has."""
        return self.W.numbers

    @property
    def t(self) -> Array:
        """The times of the observations, shape (n + 1,)."""
        return self.W.t

    @property
    def dim(self) -> int:
        """The number of components, which is 1."""
        return 1

    def block(self, first: int, last: int) -> Array:
        """Return the observations of paths first .. last - 1, shape (last - first, n + 1)."""
        key = self.W.find_key("noise= of observations")
        shape = (last - first, self.numbers)
        errors = path_normals(key, DATA_NOISE, first, shape, self.W.place)
        return self.sigma * self.W.block(first, last) + self.noise * errors


@hint_names
def observe(
    W: BrownianPaths,
    *,
    noise: float,
    sigma: float = 1.0,
    store: bool = True,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
) -> Array | NoisyPaths:
    r"""Return noisy observations sigma W(t_k) + noise eps_k at the grid times.

    Parameters
    ----------
    W : BrownianPaths
        A motion of one component.
    noise : float >= 0
        Standard deviation of the errors; they belong to W's key and to the number of the
        observation.
    sigma : float >= 0
        Volatility.
    store : bool
        False stores nothing: what is returned is for `expectation`, which makes the observations
        256 paths at a time.
    workers, executor, progress
        The threads, what computes in their place, and a bar, as for `solve`.

    Returns
    -------
    ndarray, shape (paths, n + 1), or NoisyPaths
        The observations; NoisyPaths with store=False.

    Raises
    ------
    TypeError, ValueError
        For several components, a negative size, an array beyond the memory budget.

    Notes
    -----
    With independent :math:`\epsilon_k \sim N(0, 1)` the observations are

    .. math::

        Y_k = \sigma W(t_k) + noise\, \epsilon_k.

    This is the model of prices that are seen through bid and ask. The mean of their realized
    variance is :math:`\sigma^2 T + 2 n\, noise^2`.

    References
    ----------
    L. Zhang, P. A. Mykland and Y. Ait-Sahalia, J. Amer. Statist. Assoc. 100 (2005) 1394.
    [zhang2005]

    Examples
    --------
    >>> from stochcalc.motion.brownian import brownian
    >>> W = brownian(n=4, paths=2, rng=1)
    >>> bool((observe(W, noise=0.0, sigma=2.0) == 2 * W.values).all())
    True
    """
    means = runner.check_means(workers, executor, progress)
    check_motion("W", W, 1)
    noise = checks.number("noise", noise, least=0.0)
    sigma = checks.number("sigma", sigma, least=0.0)
    noisy = NoisyPaths(W, noise, sigma)
    if not checks.flag("store", store):
        return noisy
    return rows_of(np.asarray, noisy, W.numbers, **means)
