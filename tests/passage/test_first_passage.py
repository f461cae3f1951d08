"""First passage: the simulated law is the exact one at any n."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import matplotlib.pyplot as plt
import numpy as np
import pytest
from evidence import assert_law, assert_mean, assert_same_bits, must_reject
from passage_problems import BM, MU, OU, SIGMA, moving

import stochcalc as sc
from stochcalc.engine.compiler.pointers import compilations
from stochcalc.engine.loop import runner
from stochcalc.methods import METHODS
from stochcalc.passage.barrier import read_barriers
from stochcalc.passage.chain_law import chain_passage
from stochcalc.passage.exact_laws import brownian_mean, brownian_passage, ou_passage
from stochcalc.passage.first_passage import first_passage
from stochcalc.passage.runs import make_job
from stochcalc.solver.examine import examine
from stochcalc.solver.fit import fit

inf = math.inf


@pytest.mark.parametrize("mu, barrier", [(MU, 1.0), (-0.3, -0.6)])
def test_the_law_is_exact_at_four_steps_and_grid_times_alone_miss_it(rng_seed, mu, barrier):
    t = np.array([0.1, 0.3, 0.6, 0.9, 1.0])
    due = brownian_passage(t, barrier, mu, SIGMA)
    found, grid = (
        first_passage(
            moving(mu), 0.0, barrier, 1.0, n=4, paths=100_000, correction=correction, rng=rng_seed
        )
        for correction in (True, False)
    )
    assert_mean(found.law(t), due, sigmas=7)
    assert_mean(found.probability, due[-1], sigmas=7)
    assert_mean(found.mean_restricted, brownian_mean(1.0, barrier, mu, SIGMA), sigmas=7)
    with must_reject("grid times alone"):
        assert_mean(grid.law(t[1:]), due[1:])
    with must_reject("grid times alone, P(tau <= T)"):
        assert_mean(grid.probability, due[-1])
    with must_reject("grid times alone, E min(tau, T)"):
        assert_mean(grid.mean_restricted, brownian_mean(1.0, barrier, mu, SIGMA))
    assert_mean(
        grid.probability,
        chain_passage(4, 1.0, 0.0, barrier, mu=mu, sigma=SIGMA, correction=False),
        sigmas=7,
    )
    assert set(grid.times) <= {0.25, 0.5, 0.75, 1.0, inf}


@pytest.mark.parametrize("n", [1, 3, 16])
def test_the_times_of_those_that_hit_have_the_inverse_gaussian_law_whatever_n(rng_seed, n):
    found = first_passage(BM, 0.0, 1.0, 2.0, n=n, paths=100_000, rng=rng_seed)
    times, whole = found.times[np.isfinite(found.times)], brownian_passage(2.0, 1.0, MU, SIGMA)
    law = lambda t: brownian_passage(t, 1.0, MU, SIGMA) / whole
    assert_law(times, law, alpha=1e-11)
    assert 0.0 < times.min() and times.max() <= 2.0
    with must_reject("a passage somewhere in a third of the time"):
        third = 2.0 / 3.0
        assert_law(
            third * (np.floor(times / third) + np.random.default_rng(rng_seed).random(len(times))),
            law,
        )


@pytest.mark.parametrize("method, n", [("exact", 64), ("euler_maruyama", 8)])
def test_ornstein_uhlenbeck_has_its_law_with_exact_steps_and_that_of_n_steps_with_euler(
    rng_seed, method, n
):
    found = first_passage(OU, 0.0, 1.0, 1.0, n=n, paths=100_000, method=method, rng=rng_seed)
    # Exact steps are 3e-5 away, a fiftieth of a standard error.
    law = ou_passage(1.0, 0.0, 1.0, 2.0, 0.5, 1.0)
    finite, alone = (
        chain_passage(
            n, 1.0, 0.0, 1.0, theta=2.0, mu=0.5, sigma=1.0, method=method, correction=correction
        )
        for correction in (True, False)
    )
    assert_mean(found.probability, law if method == "exact" else finite, sigmas=7)
    with must_reject("grid times alone" if method == "exact" else "the limit"):
        assert_mean(found.probability, alone if method == "exact" else law)


def test_a_level_is_reached_exactly_where_the_maximum_of_the_motion_passes_it(rng_seed):
    W = sc.brownian(1.0, 8, paths=20_000, rng=rng_seed)
    found = first_passage(moving(0.0, 1.0), 0.0, 1.0, 1.0, n=8, paths=20_000, key=W.key)
    assert_same_bits(np.isfinite(found.times), sc.maximum(W) >= 1.0)


def test_a_mirrored_problem_has_the_same_times(rng_seed):
    up = first_passage(BM, 0.0, 1.0, 1.0, n=5, paths=1000, rng=rng_seed)
    down = first_passage(moving(-MU, -SIGMA), 0.0, -1.0, 1.0, n=5, paths=1000, rng=rng_seed)
    assert_same_bits(up.times, down.times)


def test_the_bits_do_not_depend_on_threads_chunks_pickling_or_what_is_saved(rng_seed):
    how = {"n": 5, "paths": 3000, "rng": rng_seed}
    found, other = (
        first_passage(OU, 0.0, 1.0, 1.0, workers=workers, method="exact", **how)
        for workers in (1, 2)
    )
    with ThreadPoolExecutor(2) as pool:
        elsewhere = first_passage(OU, 0.0, 1.0, 1.0, executor=pool, method="exact", **how)
    problem = fit(examine(OU, np.zeros(1), 0), METHODS["exact"])
    grid = sc.Partition.uniform(1.0, 5)
    job = make_job(
        problem=problem,
        grid=grid,
        start=np.zeros((1, 1)),
        barriers=read_barriers(1.0, 0.0, grid.times),
        component=0,
        paths=3000,
        key=found.key,
        correction=True,
        rows_kept=True,
    )
    rows, _ = runner.run(job, workers=2, chunk=1)
    chunks = np.where(rows[:, 1] < 2.0, rows[:, 1], inf)
    assert_same_bits(found.times, other.times, elsewhere.times, chunks)
    kept, streamed = (
        first_passage(BM, 0.0, 1.0, 1.0, save=save, **how) for save in ("times", "stats")
    )
    assert streamed.times is None and streamed.key == kept.key == found.key
    assert (
        streamed.probability == kept.probability
        and streamed.mean_restricted == kept.mean_restricted
    )
    before = compilations()
    first_passage(
        sc.models.ou(1.0, 0.0, 0.7), 0.3, -1.0, 2.0, n=9, paths=300, method="exact", rng=rng_seed
    )
    assert compilations() == before


def test_another_scheme_takes_its_own_step(rng_seed):
    """They agree where the coefficients are constant.

    Milstein brings a third function, lambda and an area.
    """
    found, euler = (
        first_passage(BM, 0.0, 1.0, 1.0, n=4, paths=500, method=method, rng=rng_seed)
        for method in ("milstein", "euler_maruyama")
    )
    assert np.isfinite(found.times).any() and np.allclose(
        found.times, euler.times, rtol=1e-12, atol=0.0
    )


def test_without_noise_the_passage_is_where_the_line_crosses():
    still = moving(2.0, 0.0)
    found = first_passage(still, 0.0, 1.25, 1.0, n=4, paths=3, rng=1)
    assert np.allclose(found.times, 0.625, rtol=1e-15) and found.probability.value == 1.0
    assert first_passage(still, 0.0, 1.0, 1.0, n=4, paths=1, rng=1).times[0] == 0.5
    missed = first_passage(still, 0.0, -1.0, 1.0, n=4, paths=3, rng=1)
    assert (missed.times == inf).all() and missed.mean_restricted.value == 1.0
    assert missed.probability.high == pytest.approx(0.56, abs=0.01)  # three paths say little


def test_paths_that_leave_the_finite_range_are_counted_and_reported(rng_seed):
    wild = sc.SDE(lambda t, x: x**3, lambda t, x: 1)  # an int is a number too
    with pytest.warns(
        RuntimeWarning, match=r"of 300 paths left the finite range, first path \d+: use more steps"
    ):
        found = first_passage(wild, 0.0, -1.0, 8.0, n=20, paths=300, rng=rng_seed)
    assert 50 < found.nonfinite < 250 and f"nonfinite={found.nonfinite}" in repr(found)
    assert math.isnan(found.probability.value) and math.isnan(found.mean_restricted.value)
    assert (
        np.isnan(found.times).sum() == found.nonfinite
        and np.isnan(found.law([0.0, 0.5]).value).all()
    )
    with pytest.warns(RuntimeWarning, match=r"of 300 paths left the finite range"):
        stats = first_passage(wild, 0.0, -1.0, 8.0, n=20, paths=300, rng=rng_seed, save="stats")
    assert stats.nonfinite == found.nonfinite and math.isnan(stats.probability.value)
    assert math.isnan(stats.mean_restricted.value) and math.isnan(stats.low_first.value)
    # This one is at the barrier before it explodes.
    safe = first_passage(wild, 5.0, 6.0, 1.0, n=20, paths=300, rng=rng_seed)
    assert safe.nonfinite == 0 and safe.probability.value > 0.5


def test_the_record_prints_itself_and_draws_itself(rng_seed):
    found = first_passage(BM, 0.0, 1.0, 1.0, n=4, paths=1000, rng=rng_seed)
    assert repr(found).startswith(
        "FirstPassage(x0=0 to 1: P(tau <= 1) = 0."
    ) and f"key={found.key}" in repr(found)
    assert found.law(0.5).value == np.mean(found.times <= 0.5) and found.law(
        [[0.5]]
    ).value.shape == (1, 1)
    assert found.info["correction"] and found.info["numba_names"] == ()
    _, ax = plt.subplots()
    assert found.plot(ax) is ax and found.plot(ax, color="black") is ax
    plt.close("all")
