"""Multilevel Monte Carlo: an expectation to a given accuracy, most of its paths on coarse steps.

    E f(X_L) = E f(X_0) + sum_(l=1..L) E [f(X_l) - f(X_(l-1))]

with 2^l steps on level l, and both terms of a difference on one path (Giles 2008). The difference
has a variance V_l that falls with the level, so fine levels need few paths: N_l in proportion to
sqrt(V_l / C_l) with C_l the steps of a path on level l. The bias left is about |E f(X_L) - E
f(X_(L-1))| / (2^alpha - 1). To reach a root-mean-square error eps this costs eps^-2 (log eps)^2 for
Euler-Maruyama, and eps^-2 for Milstein, where plain Monte Carlo costs eps^-3.

Source: Giles, Oper. Res. 56 (2008) 607, algorithm of section 5.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine import checks
from stochcalc.engine.functions.probe import probe
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.levels import Levels
from stochcalc.engine.loop.march import March
from stochcalc.engine.random.philox import make_key
from stochcalc.engine.statistics import LANES, blocks_of
from stochcalc.estimate import Estimate
from stochcalc.methods import Method
from stochcalc.motion.partition import Partition
from stochcalc.sde import SDE
from stochcalc.solver.examine import check_sde, examine_numbers
from stochcalc.solver.fit import choose, fit
from stochcalc.solver.sources import check_merging, keyed_source

FIRST = 4096  # paths of a first look at a level
MOST_LEVEL = 20  # the finest level
MOST_PATHS = 2**40  # of a level


@dataclass(frozen=True, eq=False)
class MultilevelEstimate:
    """What `mlmc` finds: an expectation, and what each level contributed.

    Attributes
    ----------
    estimate : Estimate
        E f(X_T); its standard error is that of the sampling. The bias is estimated apart.
    bias : float
        |E f(X_L) - E f(X_(L-1))| / (2^alpha - 1), with alpha the weak order of the scheme. It is
        the error of the finest steps, to leading order.
    level, paths, mean, variance : ndarray, shape (levels,)
        Exponents, paths used, mean and variance of the difference on each level.
    cost, plain_cost : float
        Steps taken in all, and what single-level Monte Carlo would take for the same error on the
        finest level.
    """

    estimate: Estimate
    bias: float
    level: NDArray[np.int64]
    paths: NDArray[np.int64]
    mean: NDArray[np.float64]
    variance: NDArray[np.float64]
    cost: float
    plain_cost: float
    target: float
    key: int

    def plot(self, ax: Any = None) -> Any:
        """Draw the variance and the mean of the differences by level; return the axes."""
        from stochcalc.plot import plot_multilevel

        return plot_multilevel(self, ax=ax)

    def __str__(self) -> str:
        lines = [
            f"{self.estimate}, bias about {self.bias:.2g}, for a root-mean-square error of "
            f"{self.target:g}: {self.cost:.3g} steps, plain Monte Carlo {self.plain_cost:.3g} "
            f"(key {self.key})",
            f"  {'steps':>8} {'paths':>10} {'mean':>12} {'variance':>12}",
        ]
        for level, paths, mean, variance in zip(self.level, self.paths, self.mean, self.variance):
            lines.append(f"  {2**level:8d} {paths:10d} {mean:12.4e} {variance:12.4e}")
        return "\n".join(lines)


def mlmc(
    sde: SDE,
    x0: Any,
    T: float,
    *,
    test: Callable[[Any], float],
    target: float,
    method: str | Method = "euler_maruyama",
    coarsest: int = 0,
    rng: Any = None,
    key: int | None = None,
    workers: int | None = None,
    executor: Any = None,
    progress: Any = False,
) -> MultilevelEstimate:
    """E f(X_T) to a root-mean-square error `target`, by multilevel Monte Carlo.

    Parameters
    ----------
    sde, x0, T
        As for `solve`.
    test : callable f(x)
        As for `weak_convergence`.
    target : float
        Root of squared bias plus variance; half of the square goes to each.
    method : str or Method
        Its weak order in METHODS is taken for the bias.
    coarsest : int
        Exponent of the coarsest level: 2**coarsest steps. Where the scheme is unstable on coarse
        steps, begin finer.
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
    start: Any = float(starts[0, 0]) if dim == 0 else tuple(map(float, starts[0]))
    probe("test", test, 0.0, start, called="(x)")
    problem = fit(examine_numbers(sde, starts[0], dim), scheme)
    check_merging(problem)
    key = make_key(rng, key)
    how = {"workers": workers, "executor": executor, "progress": progress}
    levels = [_Level(problem, starts, T, coarsest + i, i == 0, test, key) for i in range(3)]
    alpha = min(scheme.weak_order[problem.sde.noise], 30.0)
    while True:
        for level in levels:
            level.extend(FIRST, how)
        _share_out(levels, target, how)
        bias = max(
            abs(level.mean) * 2.0 ** (-alpha * (len(levels) - 1 - i))
            for i, level in enumerate(levels)
            if i >= max(1, len(levels) - 3)
        ) / (2.0**alpha - 1.0)
        if bias <= target / np.sqrt(2.0):
            break
        if levels[-1].exponent >= MOST_LEVEL:
            raise ValueError(
                f"target={target:g} needs more than {2**MOST_LEVEL} steps: the bias there is "
                f"{bias:.2g}; ask for less, or use a method of higher weak order"
            )
        levels.append(_Level(problem, starts, T, levels[-1].exponent + 1, False, test, key))
    value = sum(level.mean for level in levels)
    variance = sum(level.variance / level.paths for level in levels)
    single = float(levels[0].variance) * 2.0 / target**2 * 2.0 ** levels[-1].exponent
    return MultilevelEstimate(
        Estimate.normal(float(value), float(np.sqrt(variance))),
        float(bias),
        np.array([level.exponent for level in levels]),
        np.array([level.paths for level in levels]),
        np.array([level.mean for level in levels]),
        np.array([level.variance for level in levels]),
        float(sum(level.paths * level.steps for level in levels)),
        single,
        target,
        key,
    )


class _Level:
    """One level: a job, and the state of its run so far."""

    def __init__(
        self, problem: Any, starts: Any, T: float, exponent: int, base: bool, test: Any, key: int
    ) -> None:
        self.exponent, self.paths = exponent, 0
        self.steps = 2.0**exponent * (1.0 if base else 1.5)
        self.base, self.test = base, test
        self.state: runner.State | None = None
        grid = Partition.uniform(T, 2**exponent)
        source, layout = keyed_source(
            [problem], grid, make_key(np.random.SeedSequence([key, exponent]))
        )
        if base:
            self.job: Any = March(
                step=problem.step,
                noise=source,
                paths=0,
                dim=problem.dim,
                kept=1,
                times=grid.times,
                steps=grid.steps,
                starts=starts,
                keep=np.array([grid.n]),
                args=problem.args,
                observe=_observing(test),
                save_rows=False,
                layout=layout,
                lam=problem.lam,
            )
        else:
            active = np.arange(exponent + 1) < 2
            self.job = Levels(
                steps=(problem.step,),
                reference=None,
                noise=source,
                layout=layout,
                paths=0,
                dim=problem.dim,
                t0=0.0,
                T=T,
                top=exponent,
                active=active,
                starts=starts,
                args=problem.args,
                test=test,
                lam=problem.lam,
            )

    def extend(self, paths: float, how: dict[str, Any]) -> None:
        """Run more paths, until there are at least so many."""
        blocks = range(self.paths // LANES, blocks_of(int(np.ceil(paths))))
        if not len(blocks):
            return
        if blocks.stop * LANES > MOST_PATHS:
            raise ValueError(
                f"target is so small that {2**self.exponent} steps need {paths:.2g} paths: ask for "
                f"less"
            )
        job = replace(self.job, paths=blocks.stop * LANES)
        _, part = runner.run(job, blocks=blocks, batches=[range(blocks_of(MOST_PATHS))], **how)
        if self.state is None:
            self.state = part
        else:
            self.state.union(part)
        self.paths = blocks.stop * LANES
        if self.state.nonfinite:
            raise FloatingPointError(
                f"{self.state.nonfinite} of {self.paths} values of test with {2**self.exponent} "
                "steps are not finite: begin with finer steps, coarsest=, or a method that is "
                "stable here"
            )

    @property
    def mean(self) -> float:
        """Mean of f on the coarsest level, of the difference fine - coarse on the others."""
        assert self.state is not None
        return float(self.state.record[1, 0] if self.base else -self.state.record[1, 1])

    @property
    def variance(self) -> float:
        """Variance of f on the coarsest level, of the difference fine - coarse on the others."""
        assert self.state is not None
        record = self.state.record[:, 0 if self.base else 1]
        return float(record[2] / (record[0] - 1.0))


def _observing(test: Any) -> Any:
    """Observe the test function itself."""
    return lambda t, x, args: test(x)


def _share_out(levels: list[_Level], target: float, how: dict[str, Any]) -> None:
    """Give each level the paths that reach half of target^2 at the least cost.

    This is equation 12 of Giles. It is done twice: the first share shows the variances better.
    """
    for _ in range(2):
        total = sum(np.sqrt(level.variance * level.steps) for level in levels)
        for level in levels:
            level.extend(2.0 / target**2 * np.sqrt(level.variance / level.steps) * total, how)
