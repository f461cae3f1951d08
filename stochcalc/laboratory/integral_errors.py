"""Convergence of integrals and variations: errors by step size, beside their exact values.

A Riemann sum R of f(t, W) dW tends to a limit that depends on lambda, the point of each step at
which f is taken, and the sum Q of dW^2 tends to T; in general both errors fall like dt^(1/2). Where
the error is known exactly at finite steps, a study carries it beside the measured one. Every level
has Brownian paths of its own, so the errors of the levels are independent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.functions.probe import probe
from stochcalc.engine.given_values import read_size
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.march import March
from stochcalc.engine.random.philox import make_key
from stochcalc.laboratory.riemann_errors import (
    Limit,
    check_lams,
    check_limit,
    error_factor,
    error_job,
    is_identity,
)
from stochcalc.laboratory.settings import check_settings, step_sizes
from stochcalc.laboratory.study import ConvergenceStudy
from stochcalc.laboratory.study_batches import make_study
from stochcalc.motion.brownian import brownian
from stochcalc.motion.paths import BrownianPaths
from stochcalc.typing import (
    Array,
    Checkpoint,
    Executor,
    FunctionOfPath,
    Key,
    Progress,
    Seed,
    Workers,
)
from stochcalc.variation.along_motion import (
    absolute_moment,
    first_sum,
    squared_deviation,
    variation_job,
)

LEAST_POWER = 1e-6  # of a power variation; beyond these its expectation is no float
MOST_POWER = 200.0


@hint_names
def integral_convergence(
    f: FunctionOfPath,
    T: float = 1.0,
    *,
    lam: float | Sequence[float] = (0.0, 0.5, 1.0),
    at: str = "time",
    levels: Iterable[int] = range(2, 9),
    paths: int = 20_000,
    limit: Limit | None = None,
    rng: Seed = None,
    key: Key = None,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
    checkpoint: Checkpoint = None,
) -> ConvergenceStudy:
    r"""Measure the root mean square distance of Riemann sums from their limit, by step size.

    Parameters
    ----------
    f : callable f(t, w)
        The integrand.
    T : float
        The end time.
    lam : float or sequence of floats in [0, 1]
        The evaluation points lambda.
    at : {"time", "value"}
        Whether f is taken at a point of time, or blended from its values at the ends of the step;
        see `riemann_sum`.
    levels : iterable of int
        Exponents: n = 2**level steps. Every level has Brownian paths of its own, so the levels'
        errors are independent.
    paths : int
        Number of paths, at least 2048.
    limit : (F, df), optional
        Functions of w: the antiderivative and the derivative of f, for the limit as in
        `riemann_limit`. It is not needed: without it the limit is made from f alone.
    rng, key, workers, executor, progress, checkpoint
        As for `solve`.

    Returns
    -------
    ConvergenceStudy
        Its names are "lambda = 0", ...; with `.exact` for f(t, w) = w.

    Raises
    ------
    TypeError, ValueError
        For bad arguments.

    Notes
    -----
    The limit is that of `riemann_limit` on the grid of each level, together with what happens
    inside the steps to leading order: the integral of W over each step is drawn as well. So the
    study serves functions of time alone, too, whose sums converge with order 1: for f(t, w) = t the
    mean square error is :math:`(1/3 - \lambda + \lambda^2) T \dd t^2`.

    For f(t, w) = w the limit is :math:`W_T^2/2 + (\lambda - 1/2) T`, and the mean square error is

    .. math::

        \frac{\lambda^2 + (1 - \lambda)^2}{2} T\, \dd t \quad \text{(at = time)}, \qquad
        2 (\lambda - 1/2)^2\, T\, \dd t \quad \text{(at = value)}.

    References
    ----------
    Evans (2013), section 4.1, lemma on Riemann sums; H. Rootzen, Ann. Probab. 8 (1980) 241, for the
    law of the error. [evans2013] [rootzen1980]

    Examples
    --------
    >>> study = integral_convergence(lambda t, w: w, lam=0.0, levels=(2, 4), paths=4096, rng=1)
    >>> study.exact["lambda = 0"].round(6)      # sqrt(dt/2)
    array([0.353553, 0.176777])
    """
    T = read_size("T", T, zero=False)
    lams = check_lams(lam)
    checks.choice("at", at, ("time", "value"))
    exponents, batches, key = check_settings(levels, paths, rng, key)
    probe("f", f, 0.0, 0.0, called="(t, w)")
    identity = limit is None and is_identity(f)
    if limit is not None:
        check_limit(limit)
    claim = "Riemann sums of f dW against their limit"
    if identity:
        claim = "Riemann sums of W dW converge with order 1/2"
    point = "f at the time point" if at == "time" else "f blended from the ends"
    left_out = ""
    if identity and at == "value" and 0.5 in lams:
        lams.remove(0.5)
        left_out = " (lambda = 1/2 gives the limit itself: no line)"
    if not lams:
        raise ValueError(
            "lam=0.5 with at='value' gives the limit of f(t, w) = w itself: there is no error to "
            "study"
        )
    dt = step_sizes(T, exponents)
    records = {}
    exact = {}
    with runner.open_means(workers, executor, progress, checkpoint) as means:
        for value in lams:
            name = f"lambda = {value:.10g}"
            jobs = [
                error_job(
                    f, _level_motion(T, level, paths, key), value, at, limit, identity=identity
                )
                for level in exponents
            ]
            records[name] = _run_jobs(jobs, batches, means)
            if identity:
                exact[name] = np.sqrt(error_factor(value, at) * T * dt)
    return make_study(
        title=f"{claim}, {point}{left_out}",
        quantity="RMS error",
        dt=dt,
        batches=records,
        exact=exact,
        root=True,
        paths=paths,
        key=key,
    )


@hint_names
def variation_convergence(
    T: float = 1.0,
    *,
    p: float = 2.0,
    levels: Iterable[int] = range(2, 11),
    paths: int = 20_000,
    rng: Seed = None,
    key: Key = None,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
    checkpoint: Checkpoint = None,
) -> ConvergenceStudy:
    r"""Measure the root mean square of Q - T, or the mean of the p-variation, by step size.

    Parameters
    ----------
    T : float
        The end time.
    p : float
        The power. For p = 2 the error of quadratic variation Q is measured; for another power the
        mean of the p-variation, which grows without bound for p < 2 and vanishes for p > 2.
    levels : iterable of int
        Exponents: n = 2**level steps. Every level has Brownian paths of its own.
    paths : int
        Number of paths, at least 2048.
    rng, key, workers, executor, progress, checkpoint
        As for `solve`.

    Returns
    -------
    ConvergenceStudy
        With `.exact`; its slope is 1/2 for p = 2, else p/2 - 1.

    Raises
    ------
    TypeError, ValueError
        For bad arguments.

    Notes
    -----
    On n equal steps, with :math:`m_p = E |Z|^p` for a standard normal Z,

    .. math::

        (E (Q - T)^2)^{1/2} = T \sqrt{2/n}, \qquad
        E \sum |\dd W|^p = m_p\, n^{1 - p/2}\, T^{p/2}.

    References
    ----------
    P. Levy, Amer. J. Math. 62 (1940) 487; Evans (2013), section 4.1, lemma on quadratic variation.
    [levy1940] [evans2013]

    Examples
    --------
    >>> study = variation_convergence(levels=(2, 4), paths=4096, rng=1)
    >>> study.exact["quadratic variation"].round(6)      # sqrt(2/n)
    array([0.707107, 0.353553])
    """
    T = read_size("T", T, zero=False)
    p = checks.number("p", p, least=LEAST_POWER, most=MOST_POWER)
    exponents, batches, key = check_settings(levels, paths, rng, key)
    dt = step_sizes(T, exponents)
    quadratic = p == 2.0
    if quadratic:
        name = "quadratic variation"
        title = "Quadratic variation converges with order 1/2"
        quantity = "RMS error"
        observe = squared_deviation
        exact = np.sqrt(2.0 * T * dt)
    else:
        name = f"{p:g}-variation"
        title = f"The {p:g}-variation scales as dt^(p/2 - 1)"
        quantity = "mean"
        observe = first_sum
        exact = absolute_moment(p) * T * dt ** (p / 2 - 1)
    jobs = [
        variation_job(_level_motion(T, level, paths, key), p, observe, 1, save_rows=False)
        for level in exponents
    ]
    with runner.open_means(workers, executor, progress, checkpoint) as means:
        records = _run_jobs(jobs, batches, means)
    return make_study(
        title=title,
        quantity=quantity,
        dt=dt,
        batches={name: records},
        exact={name: exact},
        root=quadratic,
        paths=paths,
        key=key,
    )


def _level_motion(T: float, level: int, paths: int, key: int) -> BrownianPaths:
    """Return the streamed motion of one level; its key follows from the study's and the level."""
    own = make_key(np.random.SeedSequence([key, int(level)]))
    return brownian(T, 2 ** int(level), paths=paths, store=False, key=own)


def _run_jobs(jobs: Sequence[March], batches: list[range], means: runner.Means) -> Array:
    """Run one job for each level; return their records, shape (batches, 7, levels)."""
    records = []
    for job in jobs:
        _, state = runner.run(job, batches=batches, **means)
        records.append(state.records)
    return np.concatenate(records, axis=2)
