"""Did the path jump, and when? Realized variance against bipower, and single returns against the volatility before them.

Sources: Barndorff-Nielsen and Shephard, J. Financial Econometrics 4 (2006) 1, and Huang and Tauchen, same journal 3 (2005) 456
(the ratio statistic); Lee and Mykland, Review of Financial Studies 21 (2008) 2535 (single returns).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, stdtrit

from stochcalc.engine import checks
from stochcalc.estimate import Estimate
from stochcalc.variation.local import LOCAL
from stochcalc.variation.measure import observations, quadratic_variation, scalar, spot_variance


@dataclass(frozen=True)
class JumpTest:
    """Outcome of the test that a path has no jumps; floats for one path, arrays for many.

    Attributes
    ----------
    statistic : float
        (1 - bipower/realized) over its standard error: N(0, 1) without jumps, large with them.
    pvalue : float
        One-sided.
    share : float
        1 - bipower/realized: the part of the quadratic variation that came in jumps, negative by chance.
    realized, bipower : Estimate
    """

    statistic: Any
    pvalue: Any
    share: Any
    realized: Estimate
    bipower: Estimate

    def __str__(self) -> str:
        if np.ndim(self.statistic):
            return f"{np.size(self.statistic)} jump tests: p-values {np.asarray(self.pvalue)}"
        return (f"jumps made up {100 * self.share:.1f} % of the quadratic variation (statistic {self.statistic:.2f}, "
                f"p = {self.pvalue:.2g} without jumps)")


def jump_test(x: ArrayLike, t: ArrayLike | None = None) -> JumpTest:
    """Test whether a path jumped: realized variance counts jumps, bipower variation does not.

    Under the hypothesis of none, 1 - BV/RV is normal with mean 0 and variance (pi^2/4 + pi - 5) max(Q/BV^2, 1/n), Q the
    quadpower estimate of sum sigma^4 dt^2. With n = 400 a test at level 5 % rejects 5 to 6 % of paths without jumps.

    Parameters
    ----------
    x, t : array_like
        As for `quadratic_variation`, at least four returns.

    Returns
    -------
    JumpTest

    Raises
    ------
    TypeError, ValueError
        As for `quadratic_variation`; for a path that does not move at all.

    Examples
    --------
    >>> from stochcalc.brownian import brownian
    >>> x = brownian(n=400, paths=2, rng=1).values.copy()
    >>> x[1, 200:] += 1.0
    >>> jump_test(x).pvalue < 0.001
    array([False,  True])
    """
    realized, bipower = (quadratic_variation(x, t, estimator=name) for name in ("realized", "bipower"))
    if np.any(np.equal(bipower.value, 0.0)):
        raise ValueError("x has a bipower variation of 0, every other return is 0: there is nothing to compare jumps with")
    n = np.shape(x)[-1] - 1
    relative = np.square(bipower.stderr / bipower.value) / BIPOWER_FACTOR
    share = 1.0 - bipower.value / realized.value
    statistic = share / np.sqrt((BIPOWER_FACTOR - 2.0) * np.maximum(relative, 1.0 / n))
    return JumpTest(scalar(statistic), scalar(ndtr(-statistic)), scalar(share), realized, bipower)


BIPOWER_FACTOR = next(estimator.factor for estimator in LOCAL if estimator.name == "bipower")


@dataclass(frozen=True)
class Jumps:
    """Returns too large for the volatility before them.

    Attributes
    ----------
    found : ndarray of bool, shaped like x
        Whether the return that ends at this observation is a jump.
    statistic : ndarray, shaped like x
        Return over the volatility before it; nan where there is no full window before.
    threshold : float
        Size beyond which a statistic counts.
    """

    found: NDArray[np.bool_]
    statistic: NDArray[np.float64]
    threshold: float

    @property
    def index(self) -> NDArray[np.int64]:
        """Observations that end a jump: their numbers, shape (jumps,), or for many paths (jumps, 2) with the path first."""
        places = np.argwhere(self.found)
        return places[:, 0] if self.found.ndim == 1 else places

    def __str__(self) -> str:
        tested = int(np.isfinite(self.statistic).sum())
        return f"{int(self.found.sum())} jumps in {tested} returns (beyond {self.threshold:.2f})"


def detect_jumps(x: ArrayLike, t: ArrayLike | None = None, *, window: int, level: float = 0.05,
                 estimator: str = "medrv") -> Jumps:
    """Single returns that the volatility before them cannot explain (Lee and Mykland).

    Each return is divided by its step's root and by the spot volatility of the `window` returns before it, estimated so that
    an earlier jump does not hide the next. Without jumps the ratio has nearly Student's law with 2 window/factor degrees of
    freedom, and the threshold is such that a path without jumps shows one with probability `level`.

    Parameters
    ----------
    x, t : array_like
        As for `quadratic_variation`.
    window : int
        Returns in the window before each: long enough for a volatility, short enough for it to be today's. About 60 for
        daily data.
    level : float in (0, 1)
        Chance of a false alarm in a whole path.
    estimator : {"medrv", "minrv", "bipower"}

    Returns
    -------
    Jumps

    Raises
    ------
    TypeError, ValueError
        As for `spot_variance`; for a path no longer than the window.

    Examples
    --------
    >>> from stochcalc.brownian import brownian
    >>> x = brownian(n=200, rng=1).values[0].copy()
    >>> x[150:] += 1.0
    >>> detect_jumps(x, window=60).index
    array([150])
    """
    checks.choice("estimator", estimator, tuple(kind.name for kind in LOCAL if kind.robust == "jumps"))
    level = checks.number("level", level, above=0.0, below=1.0)
    spot = spot_variance(x, t, window=window, estimator=estimator)
    values, steps = observations("x", x, t)
    returns = np.diff(values, axis=-1) / np.sqrt(1.0 if steps is None else steps)
    tested = values.shape[-1] - 1 - window
    if tested < 1:
        raise ValueError(f"window={window} leaves no return of x to test: choose a shorter one")
    freedom = 2.0 * window / next(kind.factor for kind in LOCAL if kind.name == estimator)
    single = -math.expm1(math.log1p(-level) / tested)       # for one of independent returns (Sidak)
    threshold = float(-stdtrit(freedom, 0.5 * single))
    statistic = np.full(values.shape, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic[..., 1:] = returns / np.sqrt(spot.value[..., :-1])
    return Jumps(np.abs(statistic) > threshold, statistic, threshold)
