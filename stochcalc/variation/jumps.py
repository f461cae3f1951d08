"""Did the path jump, and when? Realized variance against bipower, and single returns against the
volatility before them.

Sources: Barndorff-Nielsen and Shephard, J. Financial Econometrics 4 (2006) 1, and Huang and
Tauchen, same journal 3 (2005) 456 (the ratio statistic); Lee and Mykland, Review of Financial
Studies 21 (2008) 2535 (single returns).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.engine import checks
from stochcalc.engine.compiler.interrupts import interrupts_held_back
from stochcalc.estimate import Estimate
from stochcalc.motion.paths import BrownianPaths
from stochcalc.variation.measure import quadratic_variation, spot_variance
from stochcalc.variation.neighbours import LOCAL
from stochcalc.variation.observations import observed, scalar, values_at
from stochcalc.variation.windows import Clock


@dataclass(frozen=True, eq=False)
class JumpTest:
    """Outcome of the test that a path has no jumps; floats for one path, arrays for many.

    Attributes
    ----------
    statistic : float
        (1 - bipower/realized) over its standard error: N(0, 1) without jumps, large with them.
    pvalue : float
        One-sided.
    share : float
        1 - bipower/realized: the part of the quadratic variation that came in jumps, negative by
        chance.
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
        return (
            f"jumps made up {100 * self.share:.1f} % of the quadratic variation (statistic "
            f"{self.statistic:.2f}, p = {self.pvalue:.2g} without jumps)"
        )


def jump_test(
    x: ArrayLike | BrownianPaths, t: ArrayLike | None = None, *, workers: int | None = None
) -> JumpTest:
    """Test whether a path jumped: realized variance counts jumps, bipower variation does not.

    Under the hypothesis of none, 1 - BV/RV is normal with mean 0 and, on equal steps, variance
    (pi^2/4 + pi - 5) max(Q/BV^2, 1/n), Q the quadpower estimate of sum sigma^4 dt^2 (on others, see
    `Clock.gap_of_bipower`). With n = 400 a test at level 5 % rejects 5 to 6 % of paths without
    jumps.

    Parameters
    ----------
    x, t
        As for `quadratic_variation`, at least four returns.
    workers : int, optional

    Returns
    -------
    JumpTest

    Raises
    ------
    TypeError, ValueError
        As for `quadratic_variation`; for a path whose every second return is zero.

    Examples
    --------
    >>> from stochcalc.motion.brownian import brownian
    >>> x = brownian(n=400, paths=2, rng=1).values.copy()
    >>> x[1, 200:] += 1.0
    >>> jump_test(x).pvalue < 0.001
    array([False,  True])
    """
    with interrupts_held_back():
        from scipy.special import ndtr

    realized, bipower = (
        quadratic_variation(x, t, estimator=name, workers=workers)
        for name in ("realized", "bipower")
    )
    if np.any(np.equal(bipower.value, 0.0)):
        raise ValueError(
            "x has a bipower variation of 0, every other return is 0: there is nothing to compare "
            "jumps with"
        )
    paths = observed("x", x, t)
    clock = Clock(paths.n, np.array([paths.n]), paths.steps)
    gap, spread, whole = (
        float(np.squeeze(part))
        for part in (
            clock.gap_of_bipower,
            FACTORS["bipower"] * clock.weight_products(2, 0),
            clock.total(),
        )
    )
    # The mean of sigma^4 over BV^2, which by Jensen is at least 1/T^2.
    fourth = np.square(bipower.stderr / bipower.value) / spread
    share = 1.0 - bipower.value / realized.value
    statistic = share / np.sqrt(gap * np.maximum(fourth, 1.0 / whole**2))
    return JumpTest(scalar(statistic), scalar(ndtr(-statistic)), scalar(share), realized, bipower)


FACTORS = {kind.name: kind.factor for kind in LOCAL}


@dataclass(frozen=True, eq=False)
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
    window : int
        Returns before each that its volatility is taken from.
    """

    found: NDArray[np.bool_]
    statistic: NDArray[np.float64]
    threshold: float
    window: int

    @property
    def index(self) -> NDArray[np.int64]:
        """Observations that end a jump: their numbers, shape (jumps,), or for many paths (jumps, 2)
        with the path first.
        """
        places = np.argwhere(self.found)
        return places[:, 0] if self.found.ndim == 1 else places

    def __str__(self) -> str:
        tested = int(np.isfinite(self.statistic).sum())
        return f"{int(self.found.sum())} jumps in {tested} returns (beyond {self.threshold:.2f})"


def detect_jumps(
    x: ArrayLike | BrownianPaths,
    t: ArrayLike | None = None,
    *,
    window: int,
    level: float = 0.05,
    estimator: str = "medrv",
    workers: int | None = None,
) -> Jumps:
    """Single returns that the volatility before them cannot explain (Lee and Mykland).

    Each return is divided by its step's root and by the spot volatility of the `window` returns
    before it, estimated so that an earlier jump does not hide the next. Without jumps the ratio has
    nearly Student's law with 2 window/factor degrees of freedom, and the threshold is such that a
    path without jumps shows one with probability `level`.

    Parameters
    ----------
    x, t
        As for `quadratic_variation`.
    window : int >= 10
        Returns in the window before each: long enough for a volatility, short enough for it to be
        today's. About 60 for daily data; with fewer than 20 a false alarm is somewhat more likely
        than `level`.
    level : float in (0, 1)
        Chance of a false alarm in a whole path.
    estimator : {"medrv", "minrv", "bipower"}
    workers : int, optional

    Returns
    -------
    Jumps

    Raises
    ------
    TypeError, ValueError
        As for `spot_variance`; for a path no longer than the window.

    Examples
    --------
    >>> from stochcalc.motion.brownian import brownian
    >>> x = brownian(n=200, rng=1).values[0].copy()
    >>> x[150:] += 1.0
    >>> detect_jumps(x, window=60).index
    array([150])
    """
    with interrupts_held_back():
        from scipy.special import stdtrit

    checks.choice(
        "estimator", estimator, tuple(kind.name for kind in LOCAL if kind.robust == "jumps")
    )
    level = checks.number("level", level, above=0.0, below=1.0)
    window, tested = checks.integer("window", window, 10), observed("x", x, t).n - window
    if tested < 1:
        raise ValueError(f"window={window} leaves no return of x to test: choose a shorter one")
    spot = spot_variance(x, t, window=window, estimator=estimator, workers=workers)
    values, steps = (
        (x.values, x.partition.steps) if isinstance(x, BrownianPaths) else values_at("x", x, t)
    )
    single = -math.expm1(math.log1p(-level) / tested)  # for one of independent returns (Sidak)
    threshold = float(-stdtrit(2.0 * window / FACTORS[estimator], 0.5 * single))
    before = spot.value[..., :-1]
    returns = np.diff(values, axis=-1) / np.sqrt(1.0 if steps is None else steps)
    statistic = np.full(values.shape, np.nan)
    # The statistic is nan where nothing moved before.
    np.divide(returns, np.sqrt(before), out=statistic[..., 1:], where=before > 0.0)
    return Jumps(np.abs(statistic) > threshold, statistic, threshold, window)
