"""One answer, to the bit, however its blocks are computed: threads, chunks, processes, shards,
stored or streamed.
"""

from __future__ import annotations

import concurrent.futures as futures
import hashlib
import multiprocessing
import threading

import numpy as np
import pytest
from evidence import Rejected, assert_same_bits, bits, seed_of

import stochcalc as sc
from stochcalc.engine.loop import runner
from stochcalc.engine.loop.workers import count_workers
from stochcalc.engine.statistics import LANES, blocks_of, record_of_rows

PATHS, STEPS = 10 * LANES + 13, 37
DRIFT = lambda t, x, a: a * x - 0.1 * x * x * x
DIFFUSION = lambda t, x, a: 0.2 + 0.1 * np.sin(x)


@pytest.fixture(scope="module")
def key():
    return seed_of(__name__)


def solve(key, save="all", **how):
    sde = sc.SDE(DRIFT, DIFFUSION, args=(0.5,))
    return sc.solve(sde, 1.0, 1.0, n=STEPS, paths=PATHS, save=save, key=key, **how)


def motion(key, **how):
    return sc.brownian(1.0, STEPS, paths=PATHS, key=key, **how)


def total(key, **how):
    return sc.riemann_sum(lambda t, w: w * w, motion(key, store=False), 0.5, **how)


def moments(key, **how):
    found = total(key, save="stats", **how)
    return np.array([found.mean, found.var, found.stderr])


def system(key, **how):
    sde = sc.SDE(lambda t, x: (x[1], -x[0]), lambda t, x: (0.0, 0.3))
    return sc.solve(sde, (1.0, 0.0), 1.0, n=9, paths=PATHS, key=key, **how).x


# What the public functions return.
PUBLIC = {
    "all": lambda key, **how: solve(key, **how).x,
    "last": lambda key, **how: solve(key, "last", **how).x,
    "stats": lambda key, **how: solve(key, "stats", **how).record,
    "sum": total,
    "running sum": lambda key, **how: total(key, running=True, **how),
    "moments": moments,
    "system": system,
    "motion": lambda key, workers=None, executor=None: motion(key, workers=workers).values,
    "inside": lambda key, workers=None, executor=None: motion(key, workers=workers).at([0.1, 0.77]),
}


def answers(key, **how):
    return {name: function(key, **how) for name, function in PUBLIC.items()}


def digest(results):
    """One SHA-256 for everything."""
    return hashlib.sha256(
        "".join(name + bits(array) for name, array in results.items()).encode()
    ).hexdigest()


@pytest.fixture(scope="module")
def due(key):
    return answers(key, workers=1)


@pytest.fixture(scope="module")
def processes():
    with futures.ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


@pytest.mark.parametrize("workers", [2, 3, 7, None])
def test_the_number_of_workers_changes_no_bit(key, due, workers):
    got = answers(key, workers=workers)
    for name, array in due.items():
        assert_same_bits(got[name], array)
    assert digest(got) == digest(due)


def test_threads_of_the_users_own_executor_change_no_bit(key, due):
    with futures.ThreadPoolExecutor(2) as pool:
        assert digest(answers(key, executor=pool)) == digest(due)


def test_processes_change_no_bit(key, due, processes):
    got = {
        name: PUBLIC[name](key, executor=processes)
        for name in ("all", "last", "stats", "sum", "moments")
    }
    assert digest(got) == digest({name: due[name] for name in got})


def test_another_key_is_another_answer(key, due):
    assert digest(answers(key + 1)) != digest(due)


@pytest.mark.parametrize("save", [[0.0, 0.25, 1.0], np.array([0.0, 0.25, 1.0]), (0.25,)])
def test_saved_times_have_the_same_bits_for_any_number_of_workers(key, save):
    assert_same_bits(*(solve(key, save, workers=workers).x for workers in (1, 2, 7)))
    assert_same_bits(solve(key, save).t, np.array(save))


@pytest.mark.parametrize("chunk", [1, 3, 16])
@pytest.mark.parametrize("save", ["all", "last", "stats"])
def test_the_number_of_blocks_per_task_changes_no_bit(key, due, chunk, save):
    job = solve(key, save).job
    for workers in (1, 2, 7):
        rows, state = runner.run(job, workers=workers, chunk=chunk)
        if save == "stats":
            assert rows is None
            assert_same_bits(state.record, due["stats"])
        else:
            assert_same_bits(rows, due[save].reshape(PATHS, -1))
        assert list(state.finished) == [range(blocks_of(PATHS))]


# ---- shards


@pytest.mark.parametrize("cut", [1, 4, 8, 10])
def test_two_shards_unite_to_the_whole(key, due, cut):
    stats, rows = solve(key, "stats").job, solve(key).job
    halves = range(cut), range(cut, blocks_of(PATHS))
    for first, second in (halves, halves[::-1]):
        _, state = runner.run(stats, blocks=first, workers=2, chunk=3)
        _, other = runner.run(stats, blocks=second, workers=1)
        state.union(other)
        assert_same_bits(state.record, due["stats"])
        assert list(state.finished) == [range(blocks_of(PATHS))]
    parts = [runner.run(rows, blocks=half)[0] for half in halves]
    assert_same_bits(np.concatenate(parts), due["all"].reshape(PATHS, -1))


def test_a_shard_missing_or_of_another_problem_is_noticed(key, due):
    _, state = runner.run(solve(key, "stats").job, blocks=range(7))
    with pytest.raises(Rejected):
        assert_same_bits(state.record, due["stats"])
    _, other = runner.run(solve(key + 1, "stats").job, blocks=range(7, blocks_of(PATHS)))
    state.union(other)
    with pytest.raises(Rejected):
        assert_same_bits(state.record, due["stats"])


def test_a_shard_computed_in_another_process_comes_home(key, due, processes):
    job = solve(key, "stats").job
    state = runner.run(job, blocks=range(5), executor=processes, chunk=2)[1]
    state.union(runner.run(job, blocks=range(5, blocks_of(PATHS)))[1])
    assert_same_bits(state.record, due["stats"])


def test_a_task_that_ran_twice_counts_once(key, due):
    job, stop = solve(key, "stats").job, np.zeros(1, np.uint8)
    _, state = runner.run(job)
    state.add(job.compute(2, 5, None, stop))
    assert_same_bits(state.record, due["stats"])
    assert_same_bits(job.compute(2, 5, None, stop).records, job.compute(2, 5, None, stop).records)
    twice = runner.run(job)[1]
    twice.finished = type(twice.finished)()  # a state that forgot what it had finished
    twice.add(job.compute(2, 5, None, stop))
    with pytest.raises(Rejected):
        assert_same_bits(twice.record, due["stats"])


# ---- stored and streamed, replayed and handed over


def test_what_is_streamed_is_what_is_stored(key, due):
    assert_same_bits(due["last"][:, 0], due["all"][:, -1])
    assert_same_bits(record_of_rows(due["all"]), due["stats"])
    stored, streamed = solve(key), solve(key, "stats")
    for name in ("mean", "var", "stderr"):
        assert_same_bits(getattr(stored, name), getattr(streamed, name))
    assert streamed.x is None
    assert_same_bits(sc.riemann_sum(lambda t, w: w * w, motion(key), 0.5), due["sum"])
    assert_same_bits(due["running sum"][:, -1], due["sum"])


def test_a_seed_given_to_solve_is_the_motion_of_that_seed(key, due):
    for store in (True, False):
        noise = motion(key, store=store)
        given = sc.solve(sc.SDE(DRIFT, DIFFUSION, args=(0.5,)), 1.0, noise=noise)
        assert given.key == key
        assert_same_bits(given.x, due["all"])
    sde = sc.SDE(lambda t, x: 0.0, lambda t, x: 1.0)
    for rng in (7, key):
        W = sc.brownian(2.0, 50, paths=300, rng=rng)
        assert_same_bits(sc.solve(sde, 0.0, 2.0, n=50, paths=300, rng=rng).x, W.values)
        assert_same_bits(sc.solve(sde, 0.0, noise=W).x, W.values)
    with pytest.raises(Rejected):
        assert_same_bits(
            sc.solve(sde, 0.0, 2.0, n=50, paths=300, rng=8).x,
            sc.brownian(2.0, 50, paths=300, rng=7).values,
        )


def test_a_path_is_replayed_alone(key, due):
    stats = solve(key, "stats")
    for path in (0, 255, 256, 1000, PATHS - 1):
        assert_same_bits(stats.replay(path).x[0], due["all"][path])
    with pytest.raises(Rejected):
        assert_same_bits(stats.replay(1).x[0], due["all"][0])


def test_fewer_paths_are_the_first_of_more(key, due):
    for paths in (1, 255, 256, 300):
        x = sc.solve(
            sc.SDE(DRIFT, DIFFUSION, args=(0.5,)), 1.0, 1.0, n=STEPS, paths=paths, key=key
        ).x
        assert_same_bits(x, due["all"][:paths])


# ---- what travels to other processes


def test_a_lambda_over_a_closure_travels_to_another_process(processes):
    def problem(rate):
        inner = lambda x: rate * x
        return sc.SDE(lambda t, x: inner(x), lambda t, x: 0.1)

    there = sc.solve(problem(0.5), 1.0, 1.0, n=8, paths=600, rng=7, executor=processes).x
    assert_same_bits(there, sc.solve(problem(0.5), 1.0, 1.0, n=8, paths=600, rng=7).x)


def test_a_coarse_motion_travels_to_another_process_even_after_it_was_looked_at(processes):
    W = sc.brownian(n=8, paths=600, rng=7).coarsen(2)
    sde = sc.SDE(lambda t, x: -x, lambda t, x: 0.5)
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
        sc.SDE(DRIFT, DIFFUSION, args=(0.5,)),
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
            sc.SDE(DRIFT, DIFFUSION, args=(0.5,)),
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
                sde, 0.0, 4.0, n=STEPS, paths=PATHS, save="stats", key=key, workers=workers
            )
        assert len(caught) == 1
        said.add((sol.nonfinite, str(caught[0].message)))
        assert 0 < sol.nonfinite < PATHS
    assert len(said) == 1
