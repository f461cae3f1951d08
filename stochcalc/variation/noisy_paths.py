"""Brownian motion as it is observed: scaled, and with noise on every observation."""

from __future__ import annotations

from dataclasses import dataclass

from stochcalc.engine import checks
from stochcalc.engine.random.normal_arrays import path_normals
from stochcalc.engine.random.philox import DATA_NOISE
from stochcalc.motion.brownian import check_motion
from stochcalc.motion.functionals import rows_of
from stochcalc.motion.paths import BrownianPaths
from stochcalc.typing import Array, Workers


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

    @property
    def t(self) -> Array:
        """The times of the observations, shape (n + 1,)."""
        return self.W.t

    @property
    def dim(self) -> int:
        """One component."""
        return 1

    def block(self, first: int, last: int) -> Array:
        """Observations of paths first .. last - 1."""
        errors = path_normals(self.W.key, DATA_NOISE, first, (last - first, self.numbers))
        return self.sigma * self.W.block(first, last) + self.noise * errors


def observe(
    W: BrownianPaths,
    *,
    noise: float,
    sigma: float = 1.0,
    store: bool = True,
    workers: Workers = None,
) -> Array | NoisyPaths:
    """Return noisy observations sigma W(t_k) + noise eps_k at the grid times.

    The eps_k are independent N(0, 1). This is the model of prices that are seen through bid and
    ask: their realized variance has mean sigma^2 T + 2 n noise^2.

    Parameters
    ----------
    W : BrownianPaths
        One component.
    noise : float >= 0
        Standard deviation of the errors; they belong to W's key and to the number of the
        observation.
    sigma : float >= 0
        Volatility.
    store : bool
        False stores nothing: what is returned is for `expectation`, which makes the observations
        256 paths at a time.
    workers : int, optional

    Returns
    -------
    ndarray, shape (paths, n + 1), or NoisyPaths

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
    noise = checks.number("noise", noise, least=0.0)
    sigma = checks.number("sigma", sigma, least=0.0)
    noisy = NoisyPaths(W, noise, sigma)
    if not checks.flag("store", store):
        return noisy
    return rows_of(lambda y: y, noisy, W.numbers, workers=workers)
