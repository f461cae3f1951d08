"""One answer, to the bit, however its blocks are computed: threads, processes, shards, streams."""

from __future__ import annotations

import concurrent.futures as futures

import numpy as np
import pytest
from evidence import Rejected, assert_same_bits
from run_answers import PATHS, PUBLIC, STEPS, answers, digest, motion, pull, shake, solve

import stochcalc as sc
from stochcalc.engine.loop import runner
from stochcalc.engine.statistics import blocks_of, record_of_rows


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
        given = sc.solve(sc.SDE(pull, shake, args=(0.5,)), 1.0, noise=noise)
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
        x = sc.solve(sc.SDE(pull, shake, args=(0.5,)), 1.0, 1.0, n=STEPS, paths=paths, key=key).x
        assert_same_bits(x, due["all"][:paths])
