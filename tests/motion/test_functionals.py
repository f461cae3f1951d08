"""Functionals of whole paths: the moments of any function, with bits that depend on the paths
alone.
"""

from __future__ import annotations

import math
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest
from evidence import assert_mean, assert_same_bits, must_reject

import stochcalc as sc
from stochcalc.engine.loop import runner
from stochcalc.motion.functional_jobs import Functional, rows_of
from stochcalc.motion.path_sources import Observations


def peak(w):
    return w.max(axis=1)


def peak_and_end(w):
    return np.stack([w.max(axis=1), w[:, -1]], axis=1)


def spitzer(n, T):
    return np.sum(np.arange(1, n + 1) ** -0.5) * math.sqrt(T / n / (2 * math.pi))


def test_the_moments_are_those_of_the_stored_paths(rng_seed):
    W = sc.brownian(2.0, 20, paths=1000, rng=rng_seed)
    S = sc.brownian(2.0, 20, paths=1000, rng=rng_seed, store=False)
    stored = W.values.max(axis=1)
    for motion in (W, S):
        m = sc.expectation(peak, motion)
        assert m.shape == () and m.count == 1000
        due = [stored.mean(), stored.var(ddof=1), stored.min(), stored.max()]
        np.testing.assert_allclose([m.mean, m.var, m.min, m.max], due, rtol=1e-12)
    both = sc.expectation(peak_and_end, S)
    assert both.shape == (2,)
    np.testing.assert_allclose(both.mean, [stored.mean(), W.values[:, -1].mean()], rtol=1e-11)
    pair = sc.expectation(lambda w: (w.max(axis=1), w[:, -1]), S)
    assert_same_bits(pair.mean, both.mean)


def test_no_bit_depends_on_workers_chunks_processes_or_shards(rng_seed):
    S = sc.brownian(2.0, 30, paths=3000, rng=rng_seed, store=False)
    job = Functional(peak_and_end, S, 2, save_rows=False)
    _, due = runner.run(job, workers=1)
    for options in ({"workers": 2}, {"workers": 3, "chunk": 1}, {"workers": 2, "chunk": 5}):
        _, state = runner.run(job, **options)
        assert_same_bits(due.record, state.record)
    _, first = runner.run(job, blocks=range(0, 5), workers=1)
    _, second = runner.run(job, blocks=range(5, 12), workers=1)
    first.union(second)
    assert_same_bits(due.record, first.record)
    with ProcessPoolExecutor(1) as pool:
        assert_same_bits(due.record, sc.expectation(peak_and_end, S, executor=pool).record)
    rows = rows_of(peak_and_end, S, 2, workers=2)
    W = sc.brownian(2.0, 30, paths=3000, rng=rng_seed)
    assert_same_bits(
        rows, rows_of(peak_and_end, W, 2), rows_of(peak_and_end, Observations(W.values), 2)
    )
    assert_same_bits(rows, peak_and_end(W.values))


def test_refined_and_several_components_work_as_well(rng_seed):
    fine = sc.brownian(1.0, 4, paths=500, rng=rng_seed, store=False).refine(4)
    due = sc.brownian(1.0, 4, paths=500, rng=rng_seed).refine(4).values.max(axis=1).mean()
    assert sc.expectation(peak, fine).mean == pytest.approx(due, rel=1e-12)
    planar = sc.brownian(1.0, 8, paths=500, dim=2, rng=rng_seed, store=False)
    m = sc.expectation(lambda w: (w**2).sum(axis=2).max(axis=1), planar)
    assert m.count == 500 and m.min > 0


def test_the_mean_of_the_maximum_is_spitzers_sum(rng_seed):
    W = sc.brownian(2.0, 32, paths=200_000, rng=rng_seed, store=False)
    m = sc.expectation(peak, W).estimate()
    assert_mean(m, spitzer(32, 2.0), detects=0.03)
    with must_reject("the maximum over all times"):
        assert_mean(m, math.sqrt(4.0 / math.pi))


def test_paths_on_which_the_function_is_not_finite_are_counted(rng_seed):
    W = sc.brownian(1.0, 4, paths=1000, rng=rng_seed, store=False)
    bad = np.flatnonzero(sc.brownian(1.0, 4, paths=1000, rng=rng_seed).values[:, 1] > 0.5)
    assert len(bad) > 0
    with pytest.warns(
        RuntimeWarning,
        match=rf"{len(bad)} of 1000 values of f left the finite range, first path {bad[0]}\b",
    ):
        m = sc.expectation(lambda w: np.where(w[:, 1] > 0.5, np.nan, 1.0), W)
    assert math.isnan(m.mean)


def test_progress_is_reported_in_blocks(rng_seed):
    seen = []
    W = sc.brownian(1.0, 4, paths=1000, rng=rng_seed, store=False)
    sc.expectation(peak, W, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (4, 4)
