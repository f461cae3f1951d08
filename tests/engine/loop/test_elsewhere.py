"""What an executor computes: what travels to its workers, what comes home, and what is refused."""

from __future__ import annotations

import concurrent.futures as futures
import copy
import threading
from dataclasses import replace

import numpy as np
import pytest
import sympy
from evidence import Rejected, assert_same_bits
from run_answers import PATHS, pull, shake, solve

import stochcalc as sc
from stochcalc.engine.loop import parcels, runner
from stochcalc.engine.loop.job import Partial
from stochcalc.engine.loop.run_state import State
from stochcalc.engine.statistics import blocks_of

SDE = sc.SDE(pull, shake, args=(0.5,))


def travel(sde, executor):
    return sc.solve(sde, 1.0, 1.0, n=8, paths=600, rng=7, executor=executor).x


# ---- functions without a name


def test_functions_without_a_module_are_copied_and_travel_as_far_as_they_can(processes):
    x, t = sympy.symbols("x t")
    drift = sympy.lambdify((t, x), -x / 2)
    sde = sc.SDE(drift, shake_less)
    sol = sc.solve(sde, 1.0, 1.0, n=8, paths=600, rng=7)
    assert_same_bits(copy.deepcopy(sol).x, sol.x)
    with pytest.raises(TypeError, match="_lambdifygenerated cannot travel"):
        travel(sde, processes)


def shake_less(t, x):
    return 0.1


def nested(rate):
    inner = lambda x: rate * x
    return sc.SDE(lambda t, x: inner(x), lambda t, x: 0.1)


def test_a_lambda_that_cannot_travel_is_a_type_error_before_anything_is_sent(processes):
    with pytest.raises(TypeError, match=r"nested\.<locals>\.<lambda> cannot travel.*def at the"):
        travel(nested(0.5), processes)
    for call in (
        lambda: sc.riemann_sum(lambda t, w: w, motion(), executor=processes),
        lambda: sc.expectation(lambda w: w[:, -1], motion(), executor=processes),
        lambda: sc.maximum(motion(), save="stats", observe=lambda m: m, executor=processes),
        lambda: sc.langevin.sample(lambda x: -x, 0.0, step=0.1, n=8, rng=1, executor=processes),
    ):
        with pytest.raises(TypeError, match=r"<lambda> cannot travel to another process"):
            call()


def test_nothing_is_sent_of_a_lambda_that_cannot_travel():
    sent = []

    class Watched(futures.ProcessPoolExecutor):
        def submit(self, *arguments):
            sent.append(arguments)
            return super().submit(*arguments)

    with Watched(1) as pool:
        with pytest.raises(TypeError, match="cannot travel"):
            travel(nested(0.5), pool)
        assert not sent


def motion():
    return sc.brownian(n=8, paths=600, store=False, rng=7)


def test_a_lambda_runs_on_the_threads_of_an_executor():
    with futures.ThreadPoolExecutor(2) as pool:
        there = travel(nested(0.5), pool)
    assert_same_bits(there, sc.solve(nested(0.5), 1.0, 1.0, n=8, paths=600, rng=7).x)


class PickyPool(futures.Executor):
    """An executor that is no pool of the standard library's, and that pickles."""

    def submit(self, function, /, *arguments):
        future = futures.Future()
        future.set_exception(AttributeError("Can't pickle local object '<lambda>'"))
        return future


def test_any_executor_that_pickles_says_which_function_cannot_travel():
    with pytest.raises(TypeError, match="<lambda> cannot travel"):
        travel(nested(0.5), PickyPool())
    with pytest.raises(AttributeError, match="pickle"):  # of something else: as it is
        travel(SDE, PickyPool())


# ---- errors and lost workers


class NeedsTwo(Exception):
    """An error that cannot be made again from its arguments."""

    def __init__(self, one, two):
        super().__init__(f"{one} and {two}")


def fail_in_the_middle(w):
    if w[0, -1] > -100.0 and len(w) > 100:
        raise NeedsTwo("this", "that")
    return w[:, -1]


def test_an_error_that_does_not_travel_comes_home_in_words(processes):
    with pytest.raises(RuntimeError, match="NeedsTwo: this and that"):
        sc.expectation(fail_in_the_middle, motion(), executor=processes)


def test_an_error_of_the_user_that_speaks_of_pickle_stays_what_it_is():
    def reads(w):
        if threading.current_thread() is threading.main_thread():
            return w[:, -1]  # the trial
        raise FileNotFoundError("data.pickle")

    with futures.ThreadPoolExecutor(1) as pool, pytest.raises(FileNotFoundError):
        sc.expectation(reads, motion(), executor=pool)


class EndedPool(futures.Executor):
    """A pool whose worker has ended."""

    def submit(self, function, /, *arguments):
        future = futures.Future()
        future.set_exception(futures.BrokenExecutor("a process ended"))
        return future


def test_a_worker_that_ended_is_explained():
    with pytest.raises(futures.BrokenExecutor) as caught:
        travel(SDE, EndedPool())
    assert "the same call goes on" in caught.value.__notes__[0]


# ---- what comes home


def test_what_comes_home_is_merged_there(key):
    job = solve(key, "stats").job
    batches = (range(4), range(4, blocks_of(PATHS)))
    parcel = parcels.make_parcel(job, batches)
    _, part = parcels.compute_parcel(parcel, 1, 11)
    assert part.records is None and part.rows is None
    assert set(part.trees) == {0, 1}
    assert sum(len(tree.pending) for tree in part.trees.values()) <= 8
    whole = State(batches)
    for first, last in ((0, 1), (1, 11)):
        whole.add(parcels.compute_parcel(parcel, first, last)[1])
    _, due = runner.run(job, batches=batches)
    assert_same_bits(whole.records, due.records)


def test_a_range_that_comes_twice_is_compared(key):
    job = solve(key, "stats").job
    _, state = runner.run(job, chunk=4, workers=2)
    stop = np.zeros(1, np.uint8)
    due = state.record
    state.add(job.compute(4, 8, None, stop))
    assert_same_bits(state.record, due)
    damaged = job.compute(4, 8, None, stop)
    damaged.records[1, 1, 3] = np.nextafter(damaged.records[1, 1, 3], np.inf)
    with pytest.raises(RuntimeError, match="blocks 4 to 7 came twice with different bits"):
        state.add(damaged)
    lost = Partial(4, None, damaged.records, damaged.health + 1)
    with pytest.raises(RuntimeError, match="came twice"):
        state.add(lost)


class TwicePool(futures.ThreadPoolExecutor):
    """A pool that computes every task twice, as a cluster may, and hands on the second result."""

    def submit(self, function, /, *arguments):
        super().submit(function, *arguments).result()
        return super().submit(function, *arguments)


def test_tasks_that_are_computed_twice_change_no_bit(key, due):
    with TwicePool(1) as pool:
        assert_same_bits(solve(key, "stats", executor=pool).record, due["stats"])


class BrokenPool(futures.ThreadPoolExecutor):
    """The twin: a pool that answers with the blocks before those that were asked for."""

    def submit(self, function, parcel, first, last):
        return super().submit(function, parcel, max(first - 1, 0), max(last - 1, 1))


def test_a_pool_that_computes_other_blocks_is_noticed(key, due):
    with BrokenPool(1) as pool, pytest.raises((Rejected, ValueError, RuntimeError)):
        assert_same_bits(solve(key, "stats", executor=pool).record, due["stats"])


def test_of_an_array_a_task_carries_its_own_rows_alone(key):
    x = motion().block(0, 600)
    sent = []

    class Scales(futures.ThreadPoolExecutor):
        def submit(self, function, parcel, first, last):
            sent.append((len(parcel.job.source.values), last - first))
            return super().submit(function, parcel, first, last)

    with Scales(1) as pool:
        there = sc.quadratic_variation(x, executor=pool).value
    assert_same_bits(there, sc.quadratic_variation(x).value)
    assert len(sent) > 1
    assert all(rows <= 256 * blocks for rows, blocks in sent)


def test_of_stored_noise_a_task_carries_its_own_rows_alone(key):
    x = motion()
    y = sc.brownian(n=8, paths=600, rng=8)
    sent = []

    class Scales(futures.ThreadPoolExecutor):
        def submit(self, function, parcel, first, last):
            sent.append((len(parcel.job.noise.second.increments), last - first))
            return super().submit(function, parcel, first, last)

    stored = sc.solve(SDE, 1.0, noise=y)
    with Scales(1) as pool:
        there = sc.riemann_sum(lambda t, w: w, x, against=stored, executor=pool)
    assert_same_bits(there, sc.riemann_sum(lambda t, w: w, x, against=stored))
    assert all(0 < rows <= 256 * blocks for rows, blocks in sent)


def test_a_worker_of_another_version_refuses(key):
    parcel = parcels.make_parcel(solve(key, "stats").job, (range(11),))
    other = replace(parcel, versions=parcel.versions.replace("NumPy 2", "NumPy 1"))
    with pytest.raises(RuntimeError, match=r"a worker has .*and the call was made with .*NumPy 1"):
        parcels.compute_parcel(other, 0, 1)


def test_a_worker_keeps_few_jobs_and_the_last_ones(key, monkeypatch):
    kept = type(parcels._arrived)()
    monkeypatch.setattr(parcels, "_arrived", kept)
    job = solve(key, "stats").job
    sent = [replace(parcels.make_parcel(job, (range(11),)), process=-1) for _ in range(6)]
    for parcel in (*sent, sent[2], sent[3]):
        parcels.compute_parcel(parcel, 0, 1)
    assert list(kept) == [sent[k].word for k in (4, 5, 2, 3)]
