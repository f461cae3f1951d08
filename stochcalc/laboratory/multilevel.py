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
import operator
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.progress import check_progress
from stochcalc.engine.random.philox import make_key
from stochcalc.estimate import Estimate
from stochcalc.laboratory.grids import choose_grids
from stochcalc.laboratory.level_choice import MOST_LEVEL, refine
from stochcalc.laboratory.level_sampler import LevelSampler
from stochcalc.laboratory.multilevel_estimate import MultilevelEstimate
from stochcalc.laboratory.running import RunningStatistic, check_test, choose_running
from stochcalc.methods import Method
from stochcalc.sde import SDE
from stochcalc.solver.examine import check_sde, examine_numbers
from stochcalc.solver.fit import choose
from stochcalc.typing import (
    Checkpoint,
    Executor,
    Key,
    Progress,
    Seed,
    TestFunction,
    Workers,
)

# Their squares are within the range of floats.
LEAST_TARGET = 1e-150
MOST_TARGET = 1e150


@hint_names
def mlmc(
    sde: SDE,
    x0: ArrayLike,
    T: float,
    *,
    test: TestFunction,
    target: float,
    method: str | Method = "euler_maruyama",
    coarsest: int = 0,
    running: str | RunningStatistic | None = None,
    t0: float = 0.0,
    rng: Seed = None,
    key: Key = None,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
    checkpoint: Checkpoint = None,
) -> MultilevelEstimate:
    r"""Estimate E f(X_T) to a root-mean-square error `target`, by multilevel Monte Carlo.

    With `running` it is the expectation of a function of the path, such as the payoff of an Asian,
    a lookback or a barrier option.

    Parameters
    ----------
    sde, x0, T
        As for `solve`. Numbers that change from call to call are best given to the SDE as args=:
        then nothing is compiled again.
    test : callable f(x), or f(x, r) with `running`
        As for `weak_convergence`.
    target : float
        The root of squared bias plus variance; half of the square goes to each.
    method : str or Method
        The scheme; its weak order in METHODS is taken for the bias.
    coarsest : int
        The exponent of the coarsest level: 2**coarsest steps. Where the scheme is unstable on
        coarse steps, begin finer.
    running : {"integral", "maximum", "minimum"} or RunningStatistic, optional
        A statistic r of the path, made step by step beside the state and given to the test: the
        integral by the trapezoid rule or the extremes over the grid times, of a scalar problem, or
        one of your own. Its steps are those of the level, so the limit is that of continuous time.
    t0 : float
        The time of the start.
    rng, key, workers, executor, progress, checkpoint
        As for `solve`. Every level has paths of its own.

    Returns
    -------
    MultilevelEstimate

    Raises
    ------
    TypeError, ValueError
        For bad arguments; if the target needs more than 2**20 steps or 2**40 paths on a level, or
        lies outside [1e-150, 1e150], where its square leaves the range of floats.
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
    M. B. Giles, Oper. Res. 56 (2008) 607, algorithm of section 5. [giles2008]

    Examples
    --------
    >>> from stochcalc.models import gbm
    >>> found = mlmc(gbm(0.05, 0.2), 1.0, 1.0, test=lambda x: x, target=1e-3, rng=1)
    >>> bool(abs(found.estimate.value - 1.051271) < 5e-3), bool(found.cost < found.plain_cost)
    (True, True)

    The mean of the average of a path, (e^mu - 1)/mu, which is the forward price of an Asian option:

    >>> average = mlmc(
    ...     gbm(0.05, 0.2), 1.0, 1.0, running="integral", test=lambda x, r: r, target=1e-3, rng=1
    ... )
    >>> bool(abs(average.estimate.value - 1.025422) < 5e-3)
    True
    """
    check_sde(sde)
    scheme = choose(method)
    target = _check_target(target)
    coarsest = checks.integer("coarsest", coarsest, 0, MOST_LEVEL - 2)
    grids = choose_grids(T, t0)
    starts, dim = checks.starting_states(x0, 1, False)
    problem = examine_numbers(sde, starts[0], dim, grids.t0)
    beside = choose_running(running, problem, grids.T - grids.t0)
    check_test(test, problem, beside)
    key = make_key(rng, key)
    check_progress(progress)
    make_level = functools.partial(
        LevelSampler,
        problem,
        scheme,
        grids.t0,
        grids.T,
        test=test,
        beside=beside,
        target=target,
        key=key,
    )
    levels = [make_level(exponent=coarsest + i, coarsest=i == 0) for i in range(3)]
    alpha = min(scheme.weak_order[sde.noise], 30.0)
    if beside is not None:
        alpha = min(alpha, beside.weak_order)
    with runner.open_means(workers, executor, progress, checkpoint) as means:
        bias = refine(levels, make_level, alpha, target, means)
    return _summarize(levels, bias, target, key)


def _check_target(target: float) -> float:
    """Return the target, or refuse one whose square leaves the range of floats."""
    target = checks.number("target", target, above=0.0)
    if LEAST_TARGET <= target <= MOST_TARGET:
        return target
    raise ValueError(
        f"target={target:g} must be between {LEAST_TARGET:g} and {MOST_TARGET:g}, so that its "
        "square is a float: multiply test and target by the same power of ten"
    )


def _summarize(
    levels: Sequence[LevelSampler], bias: float, target: float, key: int
) -> MultilevelEstimate:
    """Return the sum of the means of all levels, with what each level contributed."""
    # Python's own `sum` rounds in another way from 3.12 on; these have the same bits in all.
    value = functools.reduce(operator.add, [level.mean for level in levels])
    variance = functools.reduce(operator.add, [level.variance / level.paths for level in levels])
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
