"""Running statistics: maxima, integrals and one's own, beside the state of every scheme."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
from evidence import assert_mean, must_reject, sample_size
from refusals import refused, wrong_type, wrong_value
from scipy.stats import norm

import stochcalc as sc
from stochcalc.engine.compiler.pointers import compilations

MOTION = sc.SDE(lambda t, x: 0.0, lambda t, x: 1.0, noise="additive")
HIGHEST = math.sqrt(2.0 / math.pi)  # E of the maximum of a motion over [0, 1]
STEPS = (2, 4, 16)


def highest_on_grid(n):
    """E of the maximum over the grid times 0, 1/n, ..., 1 (Spitzer 1956)."""
    return math.sqrt(1.0 / (2.0 * math.pi * n)) * sum(k**-0.5 for k in range(1, n + 1))


def biases(rng_seed, running, test, exact, steps=STEPS, sde=MOTION, x0=0.0, **options):
    study = sc.weak_convergence(
        sde,
        x0,
        1.0,
        running=running,
        test=test,
        exact=exact,
        steps=steps,
        paths=sample_size(40_000),
        rng=rng_seed,
        **options,
    )
    name = next(iter(study.error))
    return SimpleNamespace(mean=study.error[name], stderr=study.stderr[name])


def test_the_maximum_over_grid_times_has_spitzers_mean(rng_seed):
    found = biases(rng_seed, "maximum", lambda x, r: r, HIGHEST)
    exact = [HIGHEST - highest_on_grid(n) for n in STEPS]
    assert_mean(found, exact, detects=0.05, sigmas=7)
    with must_reject("a grid of one step more", min_z=6):
        assert_mean(found, [HIGHEST - highest_on_grid(n + 1) for n in STEPS])


def test_the_minimum_is_the_maximum_of_the_reflected_motion(rng_seed):
    found = biases(rng_seed, "minimum", lambda x, r: -r, HIGHEST)
    assert_mean(found, [HIGHEST - highest_on_grid(n) for n in STEPS], detects=0.05, sigmas=7)


def test_the_integral_is_that_of_the_trapezoid_rule(rng_seed):
    """R = sum dW_k h (n - k - 1/2), so E R^2 = 1/3 - 1/(12 n^2)."""
    found = biases(rng_seed, "integral", lambda x, r: r * r, 1.0 / 3.0, steps=(1, 2))
    assert_mean(found, [1.0 / 12.0, 1.0 / 48.0], detects=0.03, sigmas=7)
    with must_reject("the sum of the left ends", min_z=6):
        assert_mean(found, [1.0 / 3.0, 1.0 / 3.0 - 1.0 / 8.0])


MU, SIGMA, STRIKE = 0.1, 0.4, 1.0


def geometric_call(mean, variance):
    """E max(e^Z - K, 0) for a normal Z."""
    d = (mean - math.log(STRIKE)) / math.sqrt(variance)
    forward = math.exp(mean + variance / 2)
    return forward * norm.cdf(d + math.sqrt(variance)) - STRIKE * norm.cdf(d)


def test_an_option_on_the_geometric_average_of_the_dates_has_its_closed_form(rng_seed):
    """log G_n is normal: mean (mu - sigma^2/2) (n+1)/(2n), variance sigma^2 (n+1)(2n+1)/(6n^2)."""
    model = sc.models.gbm(MU, SIGMA)
    logs = sc.RunningStatistic(lambda t, r, x, y, dt, m, s: r + dt * math.log(y))
    growth = MU - SIGMA**2 / 2
    limit = geometric_call(growth / 2, SIGMA**2 / 3)
    found = biases(
        rng_seed,
        logs,
        lambda x, r: max(math.exp(r) - STRIKE, 0.0),
        limit,
        steps=(2, 4),
        sde=model,
        x0=1.0,
        methods="exact",
    )
    exact = [
        geometric_call(growth * (n + 1) / (2 * n), SIGMA**2 * (n + 1) * (2 * n + 1) / (6 * n**2))
        - limit
        for n in (2, 4)
    ]
    assert_mean(found, exact, detects=0.02, sigmas=7)
    with must_reject("the average with the start", min_z=6):
        assert_mean(found, [0.0, 0.0])


def test_a_multilevel_estimate_of_a_lookback_reaches_its_target(rng_seed):
    found = sc.mlmc(
        MOTION, 0.0, 1.0, running="maximum", test=lambda x, r: r, target=0.03, rng=rng_seed
    )
    n = 2 ** int(found.level[-1])
    # unbiased for the finest grid
    assert_mean(found.estimate, highest_on_grid(n), detects=0.25, sigmas=7)
    assert HIGHEST - highest_on_grid(n) < 0.03 and found.bias <= 0.03 / math.sqrt(2)
    assert found.estimate.stderr <= 0.03 / math.sqrt(2) * 1.05
    again = sc.mlmc(
        MOTION,
        0.0,
        1.0,
        running="maximum",
        test=lambda x, r: r,
        target=0.03,
        key=found.key,
        workers=1,
    )
    assert (again.mean == found.mean).all() and again.estimate == found.estimate
    with must_reject("the coarsest level alone", min_z=8):
        first = found.variance[0] / found.paths[0]
        assert_mean(SimpleNamespace(mean=found.mean[0], stderr=math.sqrt(first)), HIGHEST)


def test_a_multilevel_estimate_of_a_barrier_is_the_law_of_the_maximum(rng_seed):
    """P(max W >= b) = 2 (1 - Phi(b)); on a grid of mesh h about that of b + 0.5826 sqrt(h)."""
    barrier = 0.8
    beyond = sc.RunningStatistic(lambda t, r, x, y, dt, b: 1.0 if y > b else r)
    sde = sc.SDE(lambda t, x, b: 0.0, lambda t, x, b: 1.0, noise="additive", args=(barrier,))
    found = sc.mlmc(sde, 0.0, 1.0, running=beyond, test=lambda x, r: r, target=0.02, rng=rng_seed)
    h = 2.0 ** -float(found.level[-1])
    near = 2.0 * norm.sf(barrier + 0.5826 * math.sqrt(h))  # Chernoff (1965), Siegmund (1979)
    assert_mean(found.estimate, near, detects=0.2, sigmas=7)
    assert abs(near - 2.0 * norm.sf(barrier)) < 0.02
    with must_reject("whether the end is beyond", min_z=6):
        assert_mean(found.estimate, norm.sf(barrier))


SYSTEM = sc.SDE(
    lambda t, x, a: (-a * x[0], x[0] - x[1]), lambda t, x, a: (0.5, 0.3 * x[1]), args=(0.7,)
)
PAIR = sc.RunningStatistic(
    lambda t, r, x, y, dt, a: (r[0] + dt * (t * x[0] + a * y[1]), max(r[1], y[0])),
    start=lambda x0: (0.0, x0[0]),
)


def test_statistics_of_systems_see_both_ends_the_time_and_the_parameters(rng_seed):
    """Two statistics of two components, in a study against finer steps, and in NumPy."""
    found = sc.strong_convergence(
        SYSTEM,
        (1.0, 2.0),
        1.5,
        t0=0.5,
        steps=(4, 8),
        finer=1,
        running=PAIR,
        paths=2100,
        rng=rng_seed,
    )
    W = sc.brownian(1.0, 16, dim=2, paths=2100, key=found.key)

    def statistics(n):
        h = 1.0 / n
        dW = W.coarsen(16 // n).increments
        x = np.tile([1.0, 2.0], (2100, 1))
        r = np.tile([0.0, 1.0], (2100, 1))
        for k in range(n):
            t = 0.5 + k * h
            drift = np.stack([-0.7 * x[:, 0], x[:, 0] - x[:, 1]], axis=1)
            spread = np.stack([np.full(2100, 0.5), 0.3 * x[:, 1]], axis=1)
            y = x + drift * h + spread * dW[:, k]
            r[:, 0] += h * (t * x[:, 0] + 0.7 * y[:, 1])
            r[:, 1] = np.maximum(r[:, 1], y[:, 0])
            x = y
        return r

    fine = statistics(16)
    for i, n in enumerate((4, 8)):
        error = math.sqrt(np.mean(np.sum((statistics(n) - fine) ** 2, axis=1)))
        assert found.error["euler_maruyama"][i] == pytest.approx(error, rel=1e-9)
    assert "running statistic" in found.title


def test_a_statistic_leaves_the_states_as_they_are(rng_seed):
    options = {"test": lambda x, r: x, "paths": 2048, "levels": (2, 4), "rng": rng_seed}
    model = sc.models.gbm(MU, SIGMA)
    beside = sc.weak_convergence(
        model, 1.0, 1.0, running="maximum", reference="weak2", methods="milstein", **options
    )
    options["test"] = lambda x: x
    alone = sc.weak_convergence(model, 1.0, 1.0, reference="weak2", methods="milstein", **options)
    assert (beside.error["milstein"] == alone.error["milstein"]).all()


def mlmc(**options):
    return sc.mlmc(MOTION, 0.0, 1.0, **({"test": lambda x, r: r, "target": 0.1} | options))


def of_update(update, start=0.0):
    return lambda: mlmc(running=sc.RunningStatistic(update, start))


REFUSED = {
    "an unknown name": wrong_value(
        lambda: mlmc(running="mean"), r"running='mean' must be one of 'integral', 'maximum'"
    ),
    "a function": wrong_type(
        lambda: mlmc(running=lambda r, x: r), r"running=.*sc\.RunningStatistic\(update, start\)"
    ),
    "a name for a system": wrong_value(
        lambda: sc.mlmc(
            SYSTEM, (1.0, 1.0), 1.0, running="integral", test=lambda x, r: r, target=0.1
        ),
        r"'running integral' is for scalar problems.*sc\.RunningStatistic",
    ),
    "a test of the state alone": wrong_type(
        lambda: mlmc(running="maximum", test=lambda x: x), r"test\(x\) is called as test\(x, r\)"
    ),
    "a test of two without a statistic": wrong_type(
        lambda: mlmc(), r"test\(x, r\) is called as test\(x\)"
    ),
    "an update of three": wrong_type(
        of_update(lambda r, x, y: r), r"update\(t, r, x, y, dt, \*args\) with 5 arguments"
    ),
    "an update of another shape": wrong_value(
        of_update(lambda t, r, x, y, dt: (r, x)), r"update\(.*\) returned \(0\.0, 0\.0\)"
    ),
    "two statistics become one": wrong_value(
        of_update(lambda t, r, x, y, dt: r[0], (0.0, 1.0)), r"a tuple of 2 numbers"
    ),
    "no update": wrong_type(lambda: sc.RunningStatistic(3.0), r"update=3\.0 must be a Python"),
    "a start of words": wrong_type(
        lambda: sc.RunningStatistic(lambda t, r, x, y, dt: r, "x0"), r"start='x0' must be a number"
    ),
    "a start without end": wrong_type(
        lambda: sc.RunningStatistic(lambda t, r, x, y, dt: r, math.inf), r"start=inf"
    ),
    "a start that returns words": wrong_value(
        of_update(lambda t, r, x, y, dt: r, lambda x0: "x0"), r"start\(x0\) .*returned 'x0'"
    ),
    "an order of 0": wrong_value(
        lambda: sc.RunningStatistic(lambda t, r, x, y, dt: r, weak_order=0.0), r"weak_order=0"
    ),
}


@pytest.mark.parametrize("slip", REFUSED.values(), ids=REFUSED)
def test_a_bad_statistic_is_refused_before_anything_is_compiled(slip):
    before = compilations()
    refused(slip)
    assert compilations() == before


def test_the_remedies_of_the_messages_run():
    own = sc.RunningStatistic(lambda t, r, x, y, dt, a: r + 0.5 * dt * (x[0] + y[0]))
    found = sc.mlmc(SYSTEM, (1.0, 1.0), 1.0, running=own, test=lambda x, r: r, target=0.1, key=1)
    assert found.estimate.stderr < 0.1
