"""Strong errors in other norms, over the path, from other times, on other numbers of steps.

Each is compared with the errors of paths that are stored, and with what theory says of them.
"""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from evidence import assert_mean, assert_order, must_reject, sample_size
from refusals import refused, wrong_type, wrong_value

import stochcalc as sc
from stochcalc.engine.compiler.pointers import compilations
from stochcalc.laboratory.grids import Grids, find_factors

MU, SIGMA = 0.3, 0.6
PATHS = 2100  # the last block is not full
GROWTH = sc.SDE(
    lambda t, x, m, s: m * x,
    lambda t, x, m, s: s * x,
    args=(MU, SIGMA),
    diffusion_dx=lambda t, x, m, s: s,
)


def solution(t, x0, w, m, s):
    """Geometric Brownian motion that starts at t = 0."""
    return x0 * math.exp((m - 0.5 * s * s) * t + s * w)


def euler_on_stored_paths(W, n):
    """The states of Euler-Maruyama on n steps, in NumPy, and the exact path at its times."""
    coarse = W.coarsen(W.partition.n // n)
    dt = 1.0 / n
    x = np.ones((W.paths, n + 1))
    for k in range(n):
        x[:, k + 1] = x[:, k] * (1.0 + MU * dt + SIGMA * coarse.increments[:, k])
    times = np.linspace(0.0, 1.0, n + 1)
    return x, np.exp((MU - 0.5 * SIGMA**2) * times + SIGMA * coarse.values)


@pytest.mark.parametrize("over", ["end", "path"])
@pytest.mark.parametrize("norm", ["l1", "l2"])
def test_each_norm_is_the_one_of_stored_paths(rng_seed, norm, over):
    steps = (3, 6, 30)
    found = sc.strong_convergence(
        GROWTH,
        1.0,
        1.0,
        exact=solution,
        steps=steps,
        paths=PATHS,
        norm=norm,
        over=over,
        rng=rng_seed,
    )
    W = sc.brownian(1.0, 30, paths=PATHS, key=found.key)
    for i, n in enumerate(steps):
        x, due = euler_on_stored_paths(W, n)
        distance = np.abs(x - due).max(axis=1) if over == "path" else np.abs(x - due)[:, -1]
        root = 2 if norm == "l2" else 1
        powers = distance**root
        error = powers.mean() ** (1 / root)
        assert found.error["euler_maruyama"][i] == pytest.approx(error, rel=1e-9)
        # the delta method: d(m^(1/p)) = m^(1/p - 1)/p dm
        stderr = powers.std(ddof=1) / math.sqrt(PATHS) * error ** (1 - root) / root
        assert found.stderr["euler_maruyama"][i] == pytest.approx(stderr, rel=1e-9)
    np.testing.assert_allclose(found.dt, 1.0 / np.array(steps), rtol=1e-15)


LINEAR = sc.SDE(lambda t, x: 0.0, lambda t, x: t, noise="additive")  # its errors are normal


def test_the_standard_errors_of_every_norm_are_those_of_repeated_studies(rng_seed):
    """The spread of 640 independent studies is the standard error that each of them states.

    The squares of z have an excess kurtosis of 12, so that fewer would say too little about it.
    """

    def squares(norm, over):
        studies = [
            sc.strong_convergence(
                LINEAR,
                0.0,
                1.0,
                steps=(2, 4),
                finer=1,
                paths=2048,
                norm=norm,
                over=over,
                rng=[rng_seed, i],
                workers=1,
            )
            for i in range(640)
        ]
        errors = np.array([study.error["euler_maruyama"][0] for study in studies])
        stderrs = np.array([study.stderr["euler_maruyama"][0] for study in studies])
        z = (errors - errors.mean()) / stderrs.mean()
        return z**2 * len(z) / (len(z) - 1)  # their mean is 1

    for norm in ("l1", "l2"):
        for over in ("end", "path"):
            found = squares(norm, over)
            assert_mean(found, 1.0, detects=0.9, sigmas=7)
            with must_reject("twice the standard error", min_z=6):
                assert_mean(found / 4.0, 1.0)


def test_emstrong_of_higham_has_its_order_one_half(rng_seed):
    """E |X_n - X_T| at T = 1 for dX = 2 X dt + X dW, X_0 = 1 (Higham 2001, section 5)."""
    book = sc.models.gbm(2.0, 1.0)
    found = sc.strong_convergence(
        book,
        1.0,
        1.0,
        methods=("euler_maruyama", "milstein"),
        norm="l1",
        levels=range(7, 12),
        paths=sample_size(8192),
        rng=rng_seed,
    )
    assert found.quantity == "mean error" and not found.exact and not found.root
    assert_order(
        found.local_order("euler_maruyama")[-1], 0.5, tolerance=0.05, max_stderr=0.02, sigmas=7
    )
    assert_order(found.local_order("milstein")[-1], 1.0, tolerance=0.05, max_stderr=0.02, sigmas=7)
    with must_reject("the order of the other scheme"):
        assert_order(found.local_order("milstein")[-1], 0.5, tolerance=0.05)


def test_the_mean_distance_of_a_linear_error_is_that_of_a_normal_variable(rng_seed):
    """For dX = t dW, X_T - X_n is normal, of variance sum int (t - t_k)^2 dt = T h^2/3."""
    fine, n = 64, 8
    found = sc.strong_convergence(
        LINEAR,
        0.0,
        1.0,
        steps=(n, fine),
        norm="l1",
        reference="finest",
        finer=3,
        paths=sample_size(40_000),
        rng=rng_seed,
    )
    # the reference has 512 steps itself: sum of (t_j - t_k)^2 over them, t_j their starts
    inside = np.arange(8 * fine // n) / (8 * fine)
    deviation = math.sqrt(n * np.sum(inside**2) / (8 * fine))
    exact = deviation * math.sqrt(2.0 / math.pi)
    measured = SimpleNamespace(
        mean=found.error["euler_maruyama"][0], stderr=found.stderr["euler_maruyama"][0]
    )
    assert_mean(measured, exact, detects=0.1 * exact, sigmas=7)
    with must_reject("the root mean square"):
        assert_mean(measured, deviation)


def test_a_study_from_another_time_is_that_of_the_shifted_equation(rng_seed):
    """dX = t X dW from t0 = 2 against dX = (t + 2) X dW from 0, on the same motion."""
    options = {"levels": (2, 4), "paths": PATHS, "key": rng_seed, "reference": "finest"}
    late = sc.SDE(lambda t, x: 0.0, lambda t, x: t * x)
    early = sc.SDE(lambda t, x: 0.0, lambda t, x: (t + 2.0) * x)
    found = sc.strong_convergence(late, 1.0, 2.25, t0=2.0, **options)
    due = sc.strong_convergence(early, 1.0, 0.25, **options)
    np.testing.assert_allclose(
        found.error["euler_maruyama"], due.error["euler_maruyama"], rtol=1e-9
    )
    np.testing.assert_allclose(found.dt, due.dt, rtol=1e-12)
    again = sc.strong_convergence(late, 1.0, 0.25, **options)
    assert abs(again.error["euler_maruyama"][0] / due.error["euler_maruyama"][0] - 1) > 0.5


def test_exact_errors_from_another_time_are_those_of_the_length(rng_seed):
    model = sc.models.gbm(MU, SIGMA)
    options = {"steps": (5, 10), "paths": 2048, "rng": rng_seed}
    shifted = sc.strong_convergence(model, 1.0, 4.0, t0=3.0, **options)
    assert shifted.exact["euler_maruyama"] == pytest.approx(
        sc.strong_convergence(model, 1.0, 1.0, **options).exact["euler_maruyama"], rel=1e-12
    )
    weak = sc.weak_convergence(model, 1.0, 4.0, t0=3.0, test=lambda x: x, **options)
    due = [math.exp(MU) - (1 + MU / n) ** n for n in (5, 10)]
    np.testing.assert_allclose(weak.exact["euler_maruyama"], due, rtol=1e-9)


def test_the_drivers_of_ratios_other_than_two_merge_into_those_of_the_coarse_steps(rng_seed):
    """Milstein on 3, 15 and 45 steps of one motion, against solve on the coarsened motion."""
    found = sc.strong_convergence(
        GROWTH,
        1.0,
        1.0,
        methods="milstein",
        exact=solution,
        steps=(3, 15, 45),
        paths=PATHS,
        rng=rng_seed,
    )
    W = sc.brownian(1.0, 45, paths=PATHS, key=found.key)
    due = np.exp(MU - 0.5 * SIGMA**2 + SIGMA * W.values[:, -1])
    for i, n in enumerate((3, 15, 45)):
        x = sc.solve(GROWTH, 1.0, noise=W.coarsen(45 // n), method="milstein", save="last").x[:, 0]
        error = math.sqrt(np.mean((x - due) ** 2))
        assert found.error["milstein"][i] == pytest.approx(error, rel=1e-9)


def test_the_integrals_of_ratios_other_than_two_merge_so_that_the_order_is_kept(rng_seed):
    """sriw1 takes I10 besides: with a wrong merge of it the order would be 1 at most.

    The mean distance, of little noise, since the squares of its errors have heavy tails.
    """
    found = sc.strong_convergence(
        replace(GROWTH, args=(0.1, 0.2)),
        1.0,
        1.0,
        methods="sriw1",
        exact=solution,
        norm="l1",
        steps=(3, 15, 45),
        paths=sample_size(8192),
        rng=rng_seed,
    )
    assert_order(found.order["sriw1"], 1.5, tolerance=0.1, sigmas=7)
    with must_reject("the order with a wrong merge"):
        assert_order(found.order["sriw1"], 1.0, tolerance=0.1)


def test_ratios_are_prime_factors_and_places_are_those_of_the_numbers_of_steps():
    grids = Grids(t0=0.0, T=1.0, counts=(5, 10, 120), finer=1)
    assert grids.n == 240 and grids.ratios.tolist() == [2, 2, 2, 3, 2]
    assert grids.columns.tolist() == [5, 4, 1]
    assert find_factors(360) == [2, 2, 2, 3, 3, 5] and find_factors(97) == [97]


def square(x):
    return x * x


WEAK2 = sc.SDE(
    lambda t, x: (-x[0], -x[1]), lambda t, x: ((0.5, x[1]), (x[0], 0.3)), noise="general"
)
REFUSED = {
    "norm": wrong_value(
        lambda: sc.strong_convergence(GROWTH, 1.0, 1.0, norm="sup"), r"norm='sup' .*'l2', 'l1'"
    ),
    "over": wrong_value(
        lambda: sc.strong_convergence(GROWTH, 1.0, 1.0, over="all"), r"over='all' .*'end', 'path'"
    ),
    "both": wrong_value(
        lambda: sc.strong_convergence(GROWTH, 1.0, 1.0, levels=(2, 3), steps=(4, 8)),
        r"levels=\(2, 3\) and steps=\(4, 8\).*give one",
    ),
    "no multiples": wrong_value(
        lambda: sc.strong_convergence(GROWTH, 1.0, 1.0, steps=(10, 25)),
        r"steps=\[10, 25\] has 10 and then 25: each must be a multiple",
    ),
    "one number": wrong_type(
        lambda: sc.strong_convergence(GROWTH, 1.0, 1.0, steps=100), r"steps=100 must be several"
    ),
    "not whole": wrong_type(
        lambda: sc.weak_convergence(GROWTH, 1.0, 1.0, test=square, steps=(1.5, 3)), r"steps=1\.5"
    ),
    "decreasing": wrong_value(
        lambda: sc.strong_convergence(GROWTH, 1.0, 1.0, steps=(20, 10)), r"steps=\[20, 10\]"
    ),
    "end before start": wrong_value(
        lambda: sc.strong_convergence(GROWTH, 1.0, 1.0, t0=2.0), r"T=1 must be greater than t0=2"
    ),
    "mlmc: end before start": wrong_value(
        lambda: sc.mlmc(GROWTH, 1.0, 1.0, t0=1.0, test=square, target=0.1),
        r"T=1 must be greater than t0=1",
    ),
    "areas that merge two by two": wrong_value(
        lambda: sc.weak_convergence(
            WEAK2,
            (1.0, 1.0),
            1.0,
            test=lambda x: x[0],
            methods="weak2",
            steps=(2, 6),
            reference="sri2",
        ),
        r"steps=\[2, 6\] with weak2 .*steps=\(10, 20, 40\)",
    ),
}


@pytest.mark.parametrize("slip", REFUSED.values(), ids=REFUSED)
def test_a_bad_norm_or_number_of_steps_is_refused_before_anything_is_compiled(slip):
    before = compilations()
    refused(slip)
    assert compilations() == before
