"""Runs: what travels to other processes, bad arguments, progress, and errors."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from evidence import assert_same_bits
from run_answers import PATHS, STEPS, motion, pull, shake, solve

import stochcalc as sc
from stochcalc.engine.loop.workers import count_workers
from stochcalc.engine.statistics import LANES, blocks_of

# ---- what travels to other processes


def fall(t, x):
    return -x


def stay_half(t, x):
    return 0.5


def test_a_coarse_motion_travels_to_another_process_even_after_it_was_looked_at(processes):
    W = sc.brownian(n=8, paths=600, rng=7).coarsen(2)
    sde = sc.SDE(fall, stay_half)
    here = sc.solve(sde, 1.0, noise=W).x
    assert W.increments.shape == (600, 4)
    assert_same_bits(sc.solve(sde, 1.0, noise=W, executor=processes).x, here)


# ---- arguments, progress, errors


@pytest.mark.parametrize(
    "workers, kind",
    [(0, ValueError), (-1, ValueError), (True, TypeError), (1.5, TypeError), ("2", TypeError)],
)
def test_a_bad_number_of_workers_is_refused_by_name(key, workers, kind):
    for call in (
        lambda: solve(key, workers=workers),
        lambda: motion(key, workers=workers),
        lambda: sc.riemann_sum(lambda t, w: w, motion(key), workers=workers),
        lambda: count_workers(workers),
    ):
        with pytest.raises(kind, match=f"workers={workers!r}"):
            call()
    assert count_workers(np.int64(3)) == 3 and count_workers(None) >= 1


@pytest.mark.parametrize("workers", [1, 2])
def test_progress_is_reported_to_a_callable_up_to_the_end(key, workers):
    seen = []
    sc.solve(
        sc.SDE(pull, shake, args=(0.5,)),
        1.0,
        1.0,
        n=1000,
        paths=20 * LANES,
        save="last",
        key=key,
        workers=workers,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen[-1] == (20, 20) and {total for _, total in seen} == {20}
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})


def test_progress_of_a_short_run_reaches_its_end_too(key):
    seen = []
    solve(key, workers=1, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1:] == [(blocks_of(PATHS), blocks_of(PATHS))]


def test_an_error_while_running_stops_the_run_and_leaves_no_thread(key):
    def stop(done, total):
        raise RuntimeError("seen enough")

    with pytest.raises(RuntimeError, match="seen enough"):
        sc.solve(
            sc.SDE(pull, shake, args=(0.5,)),
            1.0,
            1.0,
            n=1000,
            paths=100_000,
            save="last",
            key=key,
            workers=2,
            progress=stop,
        )
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("stochcalc")]


def test_the_first_path_that_leaves_the_finite_range_is_the_same_for_every_cut(key):
    sde = sc.SDE(lambda t, x: x * x * x, lambda t, x: 3.0)
    said = set()
    for workers in (1, 2, 7):
        with pytest.warns(RuntimeWarning, match="left the finite range") as caught:
            sol = sc.solve(
                sde, 0.0, 0.5, n=STEPS, paths=PATHS, save="stats", key=key, workers=workers
            )
        assert len(caught) == 1
        said.add((sol.nonfinite, str(caught[0].message)))
        assert 0 < sol.nonfinite < PATHS
    assert len(said) == 1
