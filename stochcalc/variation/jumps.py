"""When a path jumped: single returns are compared with the volatility before them.

Source: Lee and Mykland, Review of Financial Studies 21 (2008) 2535.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.display import Description, Displayed, Table
from stochcalc.engine import checks, memory
from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.engine.given_values import check_finite
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop import runner
from stochcalc.motion.paths import BrownianPaths
from stochcalc.typing import Array, Executor, Integers, Paths, Progress, Workers
from stochcalc.variation.jump_tests import JUMP_ROBUST
from stochcalc.variation.measure import measure_spot
from stochcalc.variation.observations import check_paths, read_steps
from stochcalc.variation.stale import leave_out

SHOWN = 8  # jumps that are shown in a notebook
ARRAYS = 12  # of the size of the paths, while their spot variance is estimated


@dataclass(frozen=True, eq=False, repr=False)
class Jumps(Displayed):
    """The returns that are too large for the volatility before them.

    Attributes
    ----------
    found : ndarray of bool, shaped like x
        Whether the return that ends at this observation is a jump.
    statistic : ndarray, shaped like x
        The return over the volatility before it; nan where there is no full window before, and
        where x repeats its values so often before it that there is no volatility to compare with.
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

    def _describe(self) -> Description:
        places = np.argwhere(self.found)
        rows = tuple(
            (", ".join(f"{i}" for i in place), f"{self.statistic[tuple(place)]:+.2f}")
            for place in places[:SHOWN]
        )
        head = "observation" if self.found.ndim == 1 else "path, observation"
        if not rows:
            return Description(line=str(self), title=str(self))
        listed = "; ".join(f"{place}: {ratio}" for place, ratio in rows)
        title = str(self)
        if len(places) > SHOWN:
            title += f", the first {SHOWN}"
        columns = {head: 12, "over the volatility before": 8}
        table = Table(title="", columns=columns, rows=rows)
        return Description(line=f"{title}: {listed}", title=title, tables=(table,))


@hint_names
def detect_jumps(
    x: ArrayLike | Paths,
    t: ArrayLike | None = None,
    *,
    window: int,
    level: float = 0.05,
    estimator: str = "medrv",
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
) -> Jumps:
    r"""Find the single returns that the volatility before them cannot explain.

    Parameters
    ----------
    x : array_like, shape (times,) or (paths, times), or sampled paths of one component
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
    workers, executor, progress
        The threads, what computes in their place, and a bar, as for `solve`.

    Returns
    -------
    Jumps

    Raises
    ------
    TypeError, ValueError
        As for `spot_variance`; for a path no longer than the window.

    Notes
    -----
    The statistic of return :math:`r_i` over a step :math:`\dd t_i`, with :math:`\hat\sigma_{i-1}^2`
    the spot variance from the returns before it, is

    .. math::

        L_i = \frac{r_i}{\hat\sigma_{i-1} \sqrt{\dd t_i}}.

    Without jumps it has nearly Student's law with 2 window/factor degrees of freedom, `factor` that
    of the estimator. The threshold is such that a path without jumps shows one with probability
    `level`.

    References
    ----------
    S. S. Lee and P. A. Mykland, Review of Financial Studies 21 (2008) 2535. [leemykland2008]

    Examples
    --------
    >>> from stochcalc.motion.brownian import brownian
    >>> x = brownian(n=200, rng=1).values[0].copy()
    >>> x[150:] += 1.0
    >>> detect_jumps(x, window=60).index
    array([150])
    """
    means = runner.check_means(workers, executor, progress)
    return find_jumps(x, t, window=window, level=level, estimator=estimator, means=means)


def find_jumps(
    x: ArrayLike | Paths,
    t: ArrayLike | None = None,
    *,
    window: int,
    level: float = 0.05,
    estimator: str = "medrv",
    means: runner.Means = runner.NO_MEANS,
    warn: bool = True,
) -> Jumps:
    """Return what `detect_jumps` returns; `warn` says whether to warn of stale prices."""
    with hold_interrupts_back():
        from scipy.special import stdtrit

    kind = JUMP_ROBUST[checks.choice("estimator", estimator, JUMP_ROBUST)]
    level = checks.number("level", level, above=0.0, below=1.0)
    window = checks.integer("window", window, 10)
    paths = check_paths("x", x, t)
    tested = paths.n - window
    if tested < 1:
        raise ValueError(f"window={window} leaves no return of x to test: choose a shorter one")
    size = paths.source.paths * (paths.n + 1)
    memory.budget("the jumps", size, "test a part of x at a time", beside=ARRAYS * size)
    spot = measure_spot(x, t, window, estimator, means=means).estimate
    values, steps = read_steps("x", x, t)
    # The level for each of `tested` independent returns such that all of them have `level` (Sidak).
    single = -math.expm1(math.log1p(-level) / tested)
    threshold = check_finite(
        float(-stdtrit(2.0 * window / kind.factor, 0.5 * single)),
        f"level={level:g} is so small that nothing is a jump: give a larger one, such as 0.05",
    )
    before = spot.value[..., :-1]
    stale = np.isnan(spot.stderr[..., :-1])
    returns = np.diff(values, axis=-1)
    if steps is not None:
        returns = returns / np.sqrt(steps)
    statistic = np.full(values.shape, np.nan)
    # The statistic is nan where nothing moved before, or where prices are stale.
    tested_here = (before > 0.0) & ~stale
    np.divide(returns, np.sqrt(before), out=statistic[..., 1:], where=tested_here)
    if warn and not isinstance(x, BrownianPaths):
        _warn_of_untested(x, stale & ~np.isnan(before), estimator)
    return Jumps(
        found=np.abs(statistic) > threshold,
        statistic=statistic,
        threshold=threshold,
        window=window,
    )


def _warn_of_untested(x: ArrayLike | Paths, stale: NDArray[np.bool_], estimator: str) -> None:
    """Warn once of returns that are not tested because the prices before them are stale."""
    count = int(stale.sum())
    if count:
        checks.warn_user(
            f"{count} returns of x are not tested for jumps: before them x repeats its values so "
            f"often that {estimator!r} says little; {leave_out(x)}"
        )
