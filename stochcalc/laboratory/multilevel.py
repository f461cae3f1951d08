"""Multilevel Monte Carlo: an expectation to a given accuracy, most of its paths on coarse steps.

    E f(X_L) = E f(X_0) + sum_(l=1..L) E [f(X_l) - f(X_(l-1))]

with 2^l steps on level l, and both terms of a difference on one path (Giles 2008). The difference
has a variance V_l that falls with the level, so fine levels need few paths: N_l in proportion to
sqrt(V_l / C_l) with C_l the steps of a path on level l. The bias left is about |E f(X_L) - E
f(X_(L-1))| / (2^alpha - 1), with alpha the weak order of the scheme. To reach a root-mean-square
error eps this costs eps^-2 (log eps)^2 for Euler-Maruyama, and eps^-2 for Milstein, where plain
Monte Carlo costs eps^-3.

Source: Giles, Oper. Res. 56 (2008) 607, algorithm of section 5.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.display import Displayed, Table, make_data_frame
from stochcalc.engine import checks
from stochcalc.engine.functions.probe import probe
from stochcalc.engine.random.philox import make_key
from stochcalc.estimate import Estimate
from stochcalc.laboratory.level_sampler import LevelSampler
from stochcalc.methods import Method
from stochcalc.sde import SDE
from stochcalc.solver.examine import check_sde, examine_numbers
from stochcalc.solver.fit import choose, fit
from stochcalc.solver.sources import check_merging
from stochcalc.typing import (
    Array,
    Axes,
    DataFrame,
    Executor,
    Integers,
    Key,
    Progress,
    Seed,
    TestFunction,
    Workers,
)

FIRST = 4096  # paths on a level before its variance is known
MOST_LEVEL = 20  # the exponent of the finest level


@dataclass(frozen=True, eq=False, repr=False)
class MultilevelEstimate(Displayed):
    """The result of `mlmc`: an expectation, and what each level contributed.

    Attributes
    ----------
    estimate : Estimate
        E f(X_T); its standard error is that of the sampling. The bias is estimated apart.
    bias : float
        |E f(X_L) - E f(X_(L-1))| / (2^alpha - 1), with alpha the weak order of the scheme. It is
        the error of the finest steps, to leading order.
    level : ndarray of int, shape (levels,)
        The exponents of the levels: 2**level steps.
    paths : ndarray of int, shape (levels,)
        The number of paths on each level.
    mean, variance : ndarray, shape (levels,)
        The mean and the variance of f on the coarsest level, and of the difference on the others.
    cost, plain_cost : float
        The number of steps taken in all, and the number that single-level Monte Carlo would take
        for the same error on the finest level.
    target : float
        The root-mean-square error that was asked for.
    key : int
        The key of the random numbers.

    Examples
    --------
    >>> import math
    >>> import stochcalc as sc
    >>> model = sc.models.gbm(0.5, 0.5)
    >>> found = sc.mlmc(model, 1.0, 1.0, test=lambda x: x, target=0.002, rng=1)
    >>> abs(found.estimate.value - math.exp(0.5)) < 0.02, found.cost < found.plain_cost
    (True, True)
    """

    estimate: Estimate
    bias: float
    level: Integers
    paths: Integers
    mean: Array
    variance: Array
    cost: float
    plain_cost: float
    target: float
    key: int

    def plot(self, ax: Axes | None = None, **line: object) -> Axes:
        """Draw the variance and the mean of the differences by level.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; without it new axes are made.
        **line
            What Matplotlib's `plot` takes, such as `color`, `label` and `alpha`.

        Returns
        -------
        matplotlib Axes
        """
        from stochcalc.plot import plot_multilevel

        return plot_multilevel(self, ax=ax, **line)

    def to_dataframe(self) -> DataFrame:
        """Return the columns steps, paths, mean and variance, a row per level, for pandas.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        names = ("paths", "mean", "variance")
        return make_data_frame({"steps": 2**self.level, **{n: getattr(self, n) for n in names}})

    def _describe(self) -> tuple[str, list[Table]]:
        title = (
            f"{self.estimate}, bias about {self.bias:.2g}, for a root-mean-square error of "
            f"{self.target:g}: {self.cost:.3g} steps, plain Monte Carlo {self.plain_cost:.3g} "
            f"(key {self.key})"
        )
        numbers = zip(self.level, self.paths, self.mean, self.variance)
        rows = [
            (f"{2**level}", f"{n}", f"{mean:.4e}", f"{var:.4e}") for level, n, mean, var in numbers
        ]
        columns = {"steps": 8, "paths": 10, "mean": 12, "variance": 12}
        return "", [Table(title=title, columns=columns, rows=tuple(rows))]


def mlmc(
    sde: SDE,
    x0: ArrayLike,
    T: float,
    *,
    test: TestFunction,
    target: float,
    method: str | Method = "euler_maruyama",
    coarsest: int = 0,
    rng: Seed = None,
    key: Key = None,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
) -> MultilevelEstimate:
    r"""Estimate E f(X_T) to a root-mean-square error `target`, by multilevel Monte Carlo.

    Parameters
    ----------
    sde, x0, T
        As for `solve`; the start time is 0.
    test : callable f(x)
        As for `weak_convergence`.
    target : float
        The root of squared bias plus variance; half of the square goes to each.
    method : str or Method
        The scheme; its weak order in METHODS is taken for the bias.
    coarsest : int
        The exponent of the coarsest level: 2**coarsest steps. Where the scheme is unstable on
        coarse steps, begin finer.
    rng, key, workers, executor, progress
        As for `solve`. Every level has paths of its own.

    Returns
    -------
    MultilevelEstimate

    Raises
    ------
    TypeError, ValueError
        For bad arguments; if the target needs more than 2**20 steps or 2**40 paths on a level.
    FloatingPointError
        If f is not finite on some path.

    Notes
    -----
    With X_l the scheme with :math:`2^l` steps, the estimate is

    .. math::

        \frac{1}{N_0} \sum_{j=1}^{N_0} f(X_0^{(j)})
        + \sum_{l=1}^L \frac{1}{N_l} \sum_{j=1}^{N_l} \big( f(X_l^{(j)}) - f(X_{l-1}^{(j)}) \big).

    References
    ----------
    M. B. Giles, Oper. Res. 56 (2008) 607, algorithm of section 5.

    Examples
    --------
    >>> from stochcalc.models import gbm
    >>> found = mlmc(gbm(0.05, 0.2), 1.0, 1.0, test=lambda x: x, target=1e-3, rng=1)
    >>> bool(abs(found.estimate.value - 1.051271) < 5e-3), bool(found.cost < found.plain_cost)
    (True, True)
    """
    check_sde(sde)
    scheme = choose(method)
    T = checks.number("T", T, above=0.0)
    target = checks.number("target", target, above=0.0)
    coarsest = checks.integer("coarsest", coarsest, 0, MOST_LEVEL - 2)
    starts, dim = checks.starting_states(x0, 1, False)
    start = float(starts[0, 0]) if dim == 0 else tuple(map(float, starts[0]))
    probe("test", test, 0.0, start, called="(x)")
    problem = fit(examine_numbers(sde, starts[0], dim), scheme)
    check_merging(problem)
    key = make_key(rng, key)
    options = {"workers": workers, "executor": executor, "progress": progress}
    alpha = min(scheme.weak_order[problem.sde.noise], 30.0)
    make_level = functools.partial(LevelSampler, problem, starts, T, test=test, key=key)
    levels = [make_level(exponent=coarsest + i, coarsest=i == 0) for i in range(3)]
    while True:
        for level in levels:
            level.extend(FIRST, options)
        _share_out_paths(levels, target, options)
        bias = _estimate_bias(levels, alpha)
        if bias <= target / np.sqrt(2.0):
            return _summarize(levels, bias, target, key)
        if levels[-1].exponent >= MOST_LEVEL:
            raise ValueError(
                f"target={target:g} needs more than {2**MOST_LEVEL} steps: the bias there is "
                f"{bias:.2g}; ask for less, or use a method of higher weak order"
            )
        levels.append(make_level(exponent=levels[-1].exponent + 1, coarsest=False))


def _share_out_paths(
    levels: Sequence[LevelSampler], target: float, options: dict[str, Any]
) -> None:
    """Give each level the paths that reach half of target^2 at the least cost.

    The numbers are those of equation 12 of Giles. They are computed twice, since after the first
    time the variances are known better.
    """
    for _ in range(2):
        total = sum(np.sqrt(level.variance * level.steps) for level in levels)
        for level in levels:
            wanted = 2.0 / target**2 * np.sqrt(level.variance / level.steps) * total
            level.extend(wanted, options)


def _estimate_bias(levels: Sequence[LevelSampler], alpha: float) -> float:
    """Return the bias of the finest level, from the means of the last three differences.

    The mean of the difference on the finest level follows from that of each by the weak order
    alpha, and the largest of the three is taken: one alone may be small by chance.
    """
    last = len(levels) - 1
    differences = [
        abs(levels[i].mean) * 2.0 ** (-alpha * (last - i))
        for i in range(max(1, last - 2), last + 1)
    ]
    return float(max(differences) / (2.0**alpha - 1.0))


def _summarize(
    levels: Sequence[LevelSampler], bias: float, target: float, key: int
) -> MultilevelEstimate:
    """Return the sum of the means of all levels, with what each level contributed."""
    value = sum(level.mean for level in levels)
    variance = sum(level.variance / level.paths for level in levels)
    plain_cost = float(levels[0].variance) * 2.0 / target**2 * 2.0 ** levels[-1].exponent
    return MultilevelEstimate(
        estimate=Estimate.normal(float(value), float(np.sqrt(variance))),
        bias=float(bias),
        level=np.array([level.exponent for level in levels]),
        paths=np.array([level.paths for level in levels]),
        mean=np.array([level.mean for level in levels]),
        variance=np.array([level.variance for level in levels]),
        cost=float(sum(level.paths * level.steps for level in levels)),
        plain_cost=plain_cost,
        target=target,
        key=key,
    )
