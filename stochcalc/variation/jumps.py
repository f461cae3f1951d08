"""Whether a path jumped, and when.

The first question is answered by comparing realized variance, which counts jumps, with bipower
variation, which does not; the second by comparing single returns with the volatility before them.

Sources: Barndorff-Nielsen and Shephard, J. Financial Econometrics 4 (2006) 1, and Huang and
Tauchen, same journal 3 (2005) 456 (the ratio statistic); Lee and Mykland, Review of Financial
Studies 21 (2008) 2535 (single returns).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.engine import checks
from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.estimate import Estimate
from stochcalc.motion.paths import BrownianPaths
from stochcalc.typing import Array, Integers, Number, Workers
from stochcalc.variation.measure import quadratic_variation, spot_variance
from stochcalc.variation.neighbours import NEIGHBOUR_ESTIMATORS
from stochcalc.variation.observations import as_number, check_observations, check_paths
from stochcalc.variation.windows import Clock

FACTORS = {estimator.name: estimator.factor for estimator in NEIGHBOUR_ESTIMATORS}


@dataclass(frozen=True, eq=False)
class JumpTest:
    """The outcome of the test that a path has no jumps; floats for one path, arrays for many.

    Attributes
    ----------
    statistic : float or ndarray
        (1 - bipower/realized) over its standard error: N(0, 1) without jumps, large with them.
    pvalue : float or ndarray
        The probability of a statistic at least this large without jumps (one-sided).
    share : float or ndarray
        1 - bipower/realized: the part of the quadratic variation that came in jumps. It may be
        negative by chance.
    realized, bipower : Estimate
        Realized variance and bipower variation.

    Examples
    --------
    >>> import numpy as np
    >>> import stochcalc as sc
    >>> x = sc.brownian(n=1000, rng=1).values[0].copy()
    >>> x[500:] += 1.0  # a jump as large as the path itself
    >>> found = sc.jump_test(x)
    >>> bool(found.pvalue < 1e-6), 0.3 < found.share < 0.7
    (True, True)
    """

    statistic: Number
    pvalue: Number
    share: Number
    realized: Estimate
    bipower: Estimate

    def __str__(self) -> str:
        if np.ndim(self.statistic):
            return f"{np.size(self.statistic)} jump tests: p-values {np.asarray(self.pvalue)}"
        return (
            f"jumps made up {100 * self.share:.1f} % of the quadratic variation (statistic "
            f"{self.statistic:.2f}, p = {self.pvalue:.2g} without jumps)"
        )

    __repr__ = __str__


def jump_test(
    x: ArrayLike | BrownianPaths, t: ArrayLike | None = None, *, workers: Workers = None
) -> JumpTest:
    r"""Test whether a path jumped: realized variance counts jumps, bipower variation does not.

    Parameters
    ----------
    x : array_like, shape (times,) or (paths, times), or BrownianPaths
        Observations, with at least four returns.
    t : array_like, shape (times,), optional
        Observation times, increasing numbers; without them all steps are equal.
    workers : int, optional
        Threads; all CPUs by default.

    Returns
    -------
    JumpTest

    Raises
    ------
    TypeError, ValueError
        As for `quadratic_variation`; for a path whose every second return is zero.

    Notes
    -----
    Under the hypothesis of no jumps, :math:`1 - BV/RV` is nearly normal with mean 0 and, on equal
    steps, variance

    .. math::

        (\pi^2/4 + \pi - 5) \max(Q/BV^2, 1/n),

    with Q the quadpower estimate of :math:`\sum \sigma^4 dt^2`; unequal steps change the first
    factor. With n = 400 a test at level 5 % rejects 5 to 6 % of paths without jumps.

    References
    ----------
    X. Huang and G. Tauchen, J. Financial Econometrics 3 (2005) 456.

    Examples
    --------
    >>> from stochcalc.motion.brownian import brownian
    >>> x = brownian(n=400, paths=2, rng=1).values.copy()
    >>> x[1, 200:] += 1.0
    >>> jump_test(x).pvalue < 0.001
    array([False,  True])
    """
    with hold_interrupts_back():
        from scipy.special import ndtr

    realized = quadratic_variation(x, t, estimator="realized", workers=workers)
    bipower = quadratic_variation(x, t, estimator="bipower", workers=workers)
    if np.any(np.equal(bipower.value, 0.0)):
        raise ValueError(
            "x has a bipower variation of 0, every other return is 0: there is nothing to compare "
            "jumps with"
        )
    paths = check_paths("x", x, t)
    clock = Clock(paths.n, np.array([paths.n]), paths.steps)
    gap_variance = float(np.squeeze(clock.bipower_gap_variance))
    bipower_variance = float(np.squeeze(FACTORS["bipower"] * clock.sum_weight_products(2, 0)))
    duration = float(np.squeeze(clock.sum_steps()))
    # The mean of sigma^4 over BV^2, which by Jensen's inequality is at least 1/T^2.
    fourth = np.square(bipower.stderr / bipower.value) / bipower_variance
    share = 1.0 - bipower.value / realized.value
    statistic = share / np.sqrt(gap_variance * np.maximum(fourth, 1.0 / duration**2))
    return JumpTest(
        statistic=as_number(statistic),
        pvalue=as_number(ndtr(-statistic)),
        share=as_number(share),
        realized=realized,
        bipower=bipower,
    )


@dataclass(frozen=True, eq=False)
class Jumps:
    """The returns that are too large for the volatility before them.

    Attributes
    ----------
    found : ndarray of bool, shaped like x
        Whether the return that ends at this observation is a jump.
    statistic : ndarray, shaped like x
        The return over the volatility before it; nan where there is no full window before.
    threshold : float
        The size beyond which a statistic counts as a jump.
    window : int
        The number of returns that the volatility before each return is taken from.

    Examples
    --------
    >>> import numpy as np
    >>> import stochcalc as sc
    >>> x = sc.brownian(n=1000, rng=1).values[0].copy()
    >>> x[500:] += 1.0  # the return that ends at observation 500
    >>> np.flatnonzero(sc.detect_jumps(x, window=60).found)
    array([500])
    """

    found: NDArray[np.bool_]
    statistic: Array
    threshold: float
    window: int

    @property
    def index(self) -> Integers:
        """The numbers of the observations that end a jump, shape (jumps,).

        For many paths it has shape (jumps, 2), with the number of the path first.
        """
        places = np.argwhere(self.found)
        if self.found.ndim == 1:
            return places[:, 0]
        return places

    def __str__(self) -> str:
        tested = int(np.isfinite(self.statistic).sum())
        return f"{int(self.found.sum())} jumps in {tested} returns (beyond {self.threshold:.2f})"

    __repr__ = __str__


def detect_jumps(
    x: ArrayLike | BrownianPaths,
    t: ArrayLike | None = None,
    *,
    window: int,
    level: float = 0.05,
    estimator: str = "medrv",
    workers: Workers = None,
) -> Jumps:
    r"""Find the single returns that the volatility before them cannot explain.

    Parameters
    ----------
    x : array_like, shape (times,) or (paths, times), or BrownianPaths
        Observations.
    t : array_like, shape (times,), optional
        Observation times, increasing numbers; without them all steps are equal.
    window : int >= 10
        Number of returns before each that its volatility is estimated from: long enough for an
        estimate, short enough for the volatility to be today's. About 60 for daily data; with fewer
        than 20 a false alarm is somewhat more likely than `level`.
    level : float in (0, 1)
        Chance of a false alarm in a whole path.
    estimator : {"medrv", "minrv", "bipower"}
        What estimates the volatility; an earlier jump does not reach it, and so cannot hide the
        next.
    workers : int, optional
        Threads; all CPUs by default.

    Returns
    -------
    Jumps

    Raises
    ------
    TypeError, ValueError
        As for `spot_variance`; for a path no longer than the window.

    Notes
    -----
    The statistic of return :math:`r_i` over a step :math:`dt_i`, with :math:`\hat\sigma_{i-1}^2`
    the spot variance from the returns before it, is

    .. math::

        L_i = \frac{r_i}{\hat\sigma_{i-1} \sqrt{dt_i}}.

    Without jumps it has nearly Student's law with 2 window/factor degrees of freedom, `factor` that
    of the estimator. The threshold is such that a path without jumps shows one with probability
    `level`.

    References
    ----------
    S. S. Lee and P. A. Mykland, Review of Financial Studies 21 (2008) 2535.

    Examples
    --------
    >>> from stochcalc.motion.brownian import brownian
    >>> x = brownian(n=200, rng=1).values[0].copy()
    >>> x[150:] += 1.0
    >>> detect_jumps(x, window=60).index
    array([150])
    """
    with hold_interrupts_back():
        from scipy.special import stdtrit

    robust = tuple(kind.name for kind in NEIGHBOUR_ESTIMATORS if kind.robust == "jumps")
    checks.choice("estimator", estimator, robust)
    level = checks.number("level", level, above=0.0, below=1.0)
    window = checks.integer("window", window, 10)
    tested = check_paths("x", x, t).n - window
    if tested < 1:
        raise ValueError(f"window={window} leaves no return of x to test: choose a shorter one")
    spot = spot_variance(x, t, window=window, estimator=estimator, workers=workers)
    values, steps = _read_observations(x, t)
    # The level for each of `tested` independent returns such that all of them have `level` (Sidak).
    single = -math.expm1(math.log1p(-level) / tested)
    threshold = float(-stdtrit(2.0 * window / FACTORS[estimator], 0.5 * single))
    before = spot.value[..., :-1]
    returns = np.diff(values, axis=-1)
    if steps is not None:
        returns = returns / np.sqrt(steps)
    statistic = np.full(values.shape, np.nan)
    # The statistic is nan where nothing moved before.
    np.divide(returns, np.sqrt(before), out=statistic[..., 1:], where=before > 0.0)
    return Jumps(
        found=np.abs(statistic) > threshold,
        statistic=statistic,
        threshold=threshold,
        window=window,
    )


def _read_observations(
    x: ArrayLike | BrownianPaths, t: ArrayLike | None
) -> tuple[Array, Array | None]:
    """Return the observations and the lengths of the steps, None for steps of length 1."""
    if isinstance(x, BrownianPaths):
        return x.values, x.partition.steps
    return check_observations("x", x, t)
