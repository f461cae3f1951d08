"""What a call would take: estimated without computing, measured, and refused if it is too much."""

from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc

import measured_peaks
import numpy as np
import pytest
from architecture import ROOT
from nights import mostly_at_night

import stochcalc as sc
from stochcalc.engine import memory
from stochcalc.engine.compiler.pointers import compilations

FACTOR = 1.3  # between what is estimated and what is measured
HUGE = 10**11
MODEL = sc.models.gbm(0.1, 0.2)
MIXTURE = sc.score.GaussianMixture([0.5, 0.5], [[0.0], [1.0]], 1.0)
NOISING = sc.score.VE(0.01, 10.0)


@pytest.mark.parametrize(
    "name",
    mostly_at_night([case.__name__ for case in measured_peaks.CASES], {"coarsen"}.__contains__),
)
def test_the_measured_peak_is_near_the_estimate(name):
    script = ROOT / "tests/helpers/measured_peaks.py"
    done = subprocess.run(
        [sys.executable, str(script), name, "100"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    estimated, measured = map(int, done.stdout.split())
    assert measured > 5e7
    assert measured / FACTOR <= estimated <= measured * FACTOR


def score(x, sigma):
    return -x / (1.0 + sigma * sigma)


def normal_score(x):
    return -x


W = sc.brownian(n=100, paths=300, rng=1)
STREAM = sc.brownian(n=100, paths=10**6, store=False, rng=1)
X = W.values

# A call, its arguments, and the bytes of its result; None where it is a few numbers.
ESTIMATED = [
    (sc.brownian, (), {"n": 10**4, "paths": 10**6}, 8 * 10**6 * (10**4 + 1)),
    (sc.brownian, (), {"n": 10**9, "paths": 10}, 8 * 10 * (10**9 + 1)),
    (W.refine, (10**6,), {}, 8 * 300 * (10**8 + 1)),
    (STREAM.at, ([0.123, 0.5],), {}, 8 * 2 * 10**6),
    (W.coarsen, (10,), {}, 8 * 300 * 11),
    (sc.solve, (MODEL, 1.0), {"n": 10**9, "paths": 10}, 8 * 10 * (10**9 + 1)),
    (sc.solve, (MODEL, 1.0), {"n": 100, "paths": 10**9, "save": "last"}, 8 * 10**9),
    (sc.solve, (MODEL, 1.0), {"n": 100, "paths": 10**9, "save": "stats"}, None),
    (sc.solve, (MODEL, 1.0), {"noise": STREAM, "save": [0.5, 0.77]}, 8 * 2 * 10**6),
    (sc.bridge, (STREAM,), {}, 8 * 10**6 * 101),
    (sc.polygon, (STREAM, 10), {}, 8 * 10**6 * 101),
    (sc.maximum, (STREAM,), {}, 8 * 10**6),
    (sc.expectation, (lambda w: w.max(axis=1), STREAM), {}, None),
    (sc.expectation, (lambda w: sc.quadratic_variation(w).value, STREAM), {}, None),
    (sc.riemann_sum, (lambda t, w: w, STREAM), {"running": True}, 8 * 10**6 * 101),
    (sc.riemann_sum, (lambda t, w: w, STREAM), {"save": "stats"}, None),
    (sc.iterated_integrals, (STREAM, 3), {}, 8 * 3 * 10**6),
    (sc.exponential_martingale, (STREAM, 1.0), {}, 8 * 10**6 * 101),
    (sc.observe, (STREAM,), {"noise": 0.1}, 8 * 10**6 * 101),
    (sc.strong_convergence, (MODEL, 1.0, 1.0), {"methods": "milstein", "levels": (2, 3)}, None),
    (sc.mlmc, (MODEL, 1.0, 1.0), {"test": lambda x: x, "target": 1e-3}, None),
    (sc.verify, ("G04",), {}, None),
    (sc.first_passage, (MODEL, 1.0, 1.2, 1.0), {"n": 10, "paths": 10**9, "save": "stats"}, None),
    (
        sc.langevin.sample,
        (normal_score, 0.0),
        {"step": 0.1, "n": 10**9, "chains": 4},
        8 * 4 * 10**9,
    ),
    (sc.langevin.effective_sample_size, (X,), {}, None),
    (MIXTURE.sample, (HUGE,), {}, 8 * HUGE),
    (NOISING.prior, (HUGE, 2), {}, 16 * HUGE),
    (sc.score.reverse_sde, (MIXTURE, NOISING, X[:, :1]), {"n": 10**9}, None),
    (sc.score.reverse_sde, (score, NOISING, X[:, :1]), {"n": 10}, None),
    (sc.score.probability_flow, (score, NOISING, X[:, :1]), {}, None),
    (sc.score.karras_sampler, (score, [2.0, 1.0], X[:, :1]), {}, None),
    (sc.models.cir(1.0, 1.0, 0.5).sample, ([0.5, 1.0],), {"paths": 10**9}, 16 * 10**9),
]


@pytest.mark.parametrize("call, arguments, options, due", ESTIMATED)
def test_an_estimate_computes_compiles_and_allocates_nothing(call, arguments, options, due):
    compiled = compilations()
    tracemalloc.start()
    found = sc.estimate_memory(call, *arguments, **options)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert compilations() == compiled
    assert peak < 2e7
    assert found.peak >= found.result
    if due is None:
        assert found.result < 1e5
    else:
        assert due <= found.result <= 1.02 * due


# The calls that are beyond any memory, each with the remedy that its error names.
BEYOND = [
    (lambda: sc.brownian(n=10**6, paths=HUGE), "store=False"),
    (lambda: sc.solve(MODEL, 1.0, n=10**6, paths=HUGE), 'save="stats"'),
    (lambda: sc.Partition.uniform(1.0, 10**13), "use fewer steps"),
    (lambda: W.refine(10**10), "use fewer steps"),
    (lambda: sc.first_passage(MODEL, 1.0, 1.2, 1.0, n=10**11, paths=256), "fewer steps"),
    (lambda: sc.brownian(n=10, paths=100_000, key=1).refine(10**5).values, "store=False"),
    (lambda: sc.langevin.sample(normal_score, 0.0, step=0.1, n=HUGE), "fewer steps"),
    (lambda: sc.langevin.sample(normal_score, 0.0, step=0.1, n=2**62), "fewer steps"),
    (
        lambda: sc.langevin.sample(
            normal_score, 0.0, step=0.1, n=10, chains=HUGE, method="baoab", save="stats"
        ),
        "fewer chains",
    ),
    (lambda: sc.score.reverse_sde(MIXTURE, NOISING, [[0.0]], n=HUGE), "fewer steps"),
    (
        lambda: sc.score.reverse_sde(MIXTURE, NOISING, [[0.0]], n=10, corrections=HUGE),
        "fewer steps",
    ),
    (lambda: sc.score.reverse_sde(MIXTURE, NOISING, [[0.0]], n=HUGE, method="heun"), "fewer steps"),
    (lambda: sc.score.ancestral(score, NOISING, [[0.0]], n=HUGE), "fewer steps"),
    (lambda: sc.score.rho_schedule(0.1, 10.0, HUGE), "fewer levels"),
    (
        lambda: sc.score.annealed_langevin(MIXTURE, [2.0, 1.0], [[0.0]], step=0.1, n_steps=HUGE),
        "fewer steps",
    ),
    (lambda: MIXTURE.sample(HUGE), "fewer points"),
    (lambda: sc.score.Circle().sample(HUGE), "fewer points"),
    (lambda: sc.score.Empirical([[0.0], [1.0]]).sample(HUGE), "fewer points"),
    (lambda: NOISING.prior(HUGE, 1), "fewer points"),
]


@pytest.mark.parametrize("call, remedy", BEYOND)
def test_what_is_beyond_memory_is_refused_with_the_bytes_and_the_remedy(call, remedy):
    with pytest.raises(
        ValueError,
        match=r"would need [\d,]+ bytes.*, over the memory budget",
    ) as error:
        call()
    assert remedy in str(error.value)


def test_what_is_worked_on_beside_the_result_is_part_of_the_budget(monkeypatch):
    chains = sc.langevin.sample(normal_score, 0.0, step=0.1, n=100, chains=2000, rng=1)
    fine = sc.brownian(n=10_000, paths=60, rng=1)
    monkeypatch.setattr(memory, "memory_budget", lambda: 3_000_000)
    for call, what in (
        (lambda: chains.ess, "diagnostic of the chains"),
        (lambda: chains.rhat, "diagnostic of the chains"),
        (lambda: fine.coarsen(100).increments, "increments"),
        (lambda: sc.spot_variance(X, window=20), "estimates"),
        (lambda: sc.riemann_sum(lambda t, w: w, (fine.t, fine.values)), "sums"),
    ):
        with pytest.raises(ValueError, match=f"{what} would need .* budget of 3,000,000"):
            call()


def test_an_estimate_prints_itself_and_says_whether_it_fits():
    small = sc.MemoryEstimate(peak=764_000_000, result=382_000_000, budget=10**9)
    assert repr(small) == "peak 764 MB, result 382 MB, budget 1 GB" and small.fits
    large = sc.MemoryEstimate(peak=2 * 10**12, result=8, budget=10**9)
    assert repr(large) == "peak 2 TB, result 8 B, budget 1 GB: too much" and not large.fits
    assert "764 MB" in small._repr_html_() and "764 MB" in small._repr_latex_()


def test_an_estimate_leaves_generators_and_checkpoints_alone(tmp_path):
    generator = np.random.default_rng(7)
    file = tmp_path / "run.checkpoint"
    sc.estimate_memory(
        sc.solve, MODEL, 1.0, paths=10**4, save="stats", rng=generator, checkpoint=file
    )
    sc.estimate_memory(MIXTURE.sample, 10**6, rng=generator)
    assert generator.random() == np.random.default_rng(7).random()
    for make in (np.random.PCG64, np.random.RandomState):
        source = make(7)
        sc.estimate_memory(sc.solve, MODEL, 1.0, paths=10**6, rng=source)
        assert sc.brownian(n=4, rng=source).key == sc.brownian(n=4, rng=make(7)).key
    assert not list(tmp_path.iterdir())


def test_an_estimate_refuses_what_the_call_refuses_and_what_is_no_call():
    with pytest.raises(ValueError, match="paths=0"):
        sc.estimate_memory(sc.brownian, paths=0)
    with pytest.raises(TypeError, match="must be a function and not its result"):
        sc.estimate_memory(W)
    with pytest.raises(ValueError, match="this motion streams"):
        sc.estimate_memory(lambda: STREAM.values)


def test_after_an_estimate_calls_compute_as_before():
    sc.estimate_memory(sc.brownian, n=10**4, paths=10**6)
    with pytest.raises(ValueError, match="paths=0"):
        sc.estimate_memory(sc.brownian, paths=0)
    assert not memory.is_estimating()
    assert sc.brownian(n=2, paths=1, rng=1).values.shape == (1, 3)
