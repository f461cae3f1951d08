"""Checking an exact solution: a scheme on fine steps must come close to it.

With d the root mean square distance of a scheme with n and with n/2 steps, a scheme that tends to
the solution with order p has an error of at most about d/(2^p - 1) with n steps, by the triangle
inequality. This is 2.4 d for p = 1/2 and less for higher orders, and the error is less than it
where the errors on the two grids are not parallel. An exact solution that is more than ten times d
away from the scheme is none: no scheme has an order below 0.14. The same is asked of the mean of
the difference, where the order is higher, beyond what chance explains.
"""

from __future__ import annotations

from functools import reduce

import numpy as np

from stochcalc.engine.functions.exact_path import ExactPath
from stochcalc.engine.functions.probe import check_function
from stochcalc.engine.functions.returned import check_shape, is_equal
from stochcalc.engine.loop import runner
from stochcalc.engine.random.philox import make_key
from stochcalc.engine.statistics import LANES, merge
from stochcalc.engine.words import shorten
from stochcalc.laboratory.grids import Grids
from stochcalc.laboratory.references import Reference
from stochcalc.laboratory.scheme_levels import levels_job
from stochcalc.methods import METHODS, Method
from stochcalc.models import Model
from stochcalc.solver.examine import Examined
from stochcalc.typing import Array, ExactFunction

PATHS = 8 * LANES
FEWEST_STEPS = 2**10
MOST_STEPS = 2**13
FAR = 10.0  # distances of n from n/2 steps by which the solution may lie from n steps
ROUNDING = 1e-9  # of the size of the solution, for schemes whose only error is rounding
STREAM = 0x65786163  # apart from every other stream of random numbers of the study
CHANCE = 7.0  # standard errors
# Rows of a record: sum of 1, mean, sum of squared deviations.
COUNT = 0
MEAN = 1
SQUARES = 2


def choose_exact(exact: ExactFunction, problem: Examined) -> ExactPath:
    """Return an exact solution of the user's, tried at the start, where it must be x0.

    Raises
    ------
    TypeError, ValueError
        If it is no function of (t, x0, w, *args), fails, returns another shape than the state has,
        is not the same twice, or is not x0 at the start.
    """
    function = check_function("exact", exact)
    size = problem.size
    w: float | tuple[float, ...] = 0.0
    if size:
        w = (0.0,) * size
    arguments = (problem.t, problem.x, w, *problem.sde.args)
    try:
        value = function(*arguments)
        again = function(*arguments)
    except (TypeError, IndexError, NameError) as error:
        raise type(error)(
            f"exact is called as exact(t, x0, w, *args) and fails at {shorten(arguments)}: {error}"
        ) from error
    where = f"exact({', '.join(shorten(argument) for argument in arguments)})"
    shape = (problem.dim,) if problem.dim else ()
    check_shape("exact", where, value, shape)
    if not is_equal(value, again):
        raise ValueError(f"{where} returned {value!r}, then {again!r}: exact must be a function")
    if not np.allclose(value, problem.x, rtol=1e-9, atol=1e-300):
        raise ValueError(
            f"{where} returned {shorten(value)}: at the start, where w is 0, it must be "
            f"x0={shorten(problem.x)}; t is the time, not the time since the start"
        )
    return ExactPath(function=exact, dim=problem.dim, size=size)


def check_solution(
    problem: Examined, schemes: list[Method], grids: Grids, reference: Reference, key: int
) -> None:
    """Compare an exact path with a scheme on fine steps, on a few paths of their own.

    Parameters
    ----------
    problem : Examined
        The equation and its start.
    schemes : list of Method
        The schemes of the study. The one of highest order that the package itself has is taken; a
        scheme of the user's is on trial itself.
    grids : Grids
        The grids of the study.
    reference : "exact" or ExactPath
        The solution.
    key : int
        The key of the study, from which that of the paths follows.

    Raises
    ------
    ValueError
        If the solution is far from the scheme, with the numbers.
    """
    noise = problem.sde.noise
    own = [
        scheme for scheme in schemes if METHODS.get(scheme.name) is scheme and not scheme.is_exact
    ]
    scheme = max(own, key=lambda own: own.strong_order[noise], default=METHODS["lambda_euler"])
    n = FEWEST_STEPS
    while n < min(grids.counts[-1], MOST_STEPS):
        n *= 2
    fine = Grids(t0=grids.t0, T=grids.T, counts=(n // 2, n))
    own_key = make_key(np.random.SeedSequence([key, STREAM]))

    def record(reference: Reference, measure: str, column: int) -> Array:
        """Return the record of the distances of one grid from a reference, shape (7,)."""
        job = levels_job(
            problem,
            [scheme],
            fine,
            paths=PATHS,
            key=own_key,
            reference=reference,
            measure=measure,
        )
        _, state = runner.run(job, workers=1)
        kept: Array = state.record[:, fine.columns[column]]
        return kept

    error = np.sqrt(record(reference, "square", -1)[MEAN])
    apart = np.sqrt(record("finest", "square", 0)[MEAN])
    bias, bias_error = _mean(record(reference, "difference", -1))
    bias_apart, apart_error = _mean(record("finest", "difference", 0))
    rounding = ROUNDING * _guess_size(problem, grids)
    chance = CHANCE * (bias_error + FAR * apart_error)
    # Far: (E |X_n - X_T|^2)^(1/2) > 10 (E |X_n - X_(n/2)|^2)^(1/2). Biased: |E (X_n - X_T)| > 10
    # |E (X_n - X_(n/2))|, where both means may be wrong by seven of their standard errors.
    # Numbers that are not finite pass: the study says so.
    far = error > FAR * apart + rounding
    biased = abs(bias) > FAR * abs(bias_apart) + chance + rounding
    if not far and not biased:
        return
    name = "exact="
    if isinstance(problem.sde, Model) and not isinstance(reference, ExactPath):
        name = f"exact_step of {problem.sde.name}"
    measured = f"{error:.3g} away from {scheme.name} with {n} steps (root mean square"
    steps = f"{n // 2} and {n} steps are {apart:.2g} apart"
    if not far:
        measured = f"{abs(bias):.3g} away from {scheme.name} with {n} steps (in the mean"
        steps = f"{n // 2} and {n} steps are {abs(bias_apart):.2g} apart"
    raise ValueError(
        f"{name} is {measured} at t={grids.T:g}), whose {steps}: correct {name}, or drift and "
        "diffusion"
    )


def _mean(record: Array) -> tuple[float, float]:
    """Return the mean of a record and its standard error."""
    count = record[COUNT]
    return float(record[MEAN]), float(np.sqrt(record[SQUARES] / (count - 1.0) / count))


def _guess_size(problem: Examined, grids: Grids) -> float:
    """Return |x0| + |a| (T - t0) + |b| sqrt(T - t0), with drift and diffusion at the start."""
    sde = problem.sde
    length = grids.T - grids.t0
    drift = np.abs(sde.drift(problem.t, problem.x, *sde.args)).max()
    diffusion = np.abs(sde.diffusion(problem.t, problem.x, *sde.args)).max()
    return float(np.abs(problem.x).max() + drift * length + diffusion * np.sqrt(length))


def check_expectation(
    records: dict[str, Array], schemes: list[Method], grids: Grids, exact: float
) -> None:
    """Refuse a number that is not the limit of the means of f(X_n).

    The rule is that of `check_solution`, with the difference of the two finest grids for d, and
    seven standard errors for chance.

    Parameters
    ----------
    records : dict of name to ndarray, shape (batches, 7, levels)
        The records of f(X_n) less the number.
    schemes : list of Method
        The schemes; those of the user's are on trial themselves.
    grids : Grids
        The grids of the study.
    exact : float
        The number.

    Raises
    ------
    ValueError
        If a scheme of the package tends to another number.
    """
    for scheme in schemes:
        if METHODS.get(scheme.name) is not scheme:
            continue
        means = records[scheme.name][:, 1]
        # All paths together: of a few batches alone, seven standard errors would be no rare chance.
        gap, gap_error = _mean(reduce(merge, records[scheme.name])[:, -1])
        apart, apart_error = _mean_of_batches(means[:, -2] - means[:, -1])
        if abs(gap) - CHANCE * gap_error > FAR * (abs(apart) + CHANCE * apart_error):
            raise ValueError(
                f"exact={exact:g} is not E f: {scheme.name} has {exact + gap:.6g} +- "
                f"{gap_error:.1g} with {grids.counts[-1]} steps and {exact + gap + apart:.6g} with "
                f"{grids.counts[-2]}: correct exact=, test, or drift and diffusion"
            )


def _mean_of_batches(values: Array) -> tuple[float, float]:
    """Return the mean of the batches' means, and its standard error."""
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))
