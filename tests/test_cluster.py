"""Dask: real worker processes, the same bits; a worker that is killed; the command line."""

from __future__ import annotations

import concurrent.futures as futures
import contextlib
import hashlib
import itertools
import multiprocessing
import os
import re
import signal
import time

import numpy as np
import pytest
from nights import mostly_at_night
from run_answers import PATHS, pull, shake
from streamed_calls import CALLS, answer

import stochcalc as sc
from stochcalc.cli import main
from stochcalc.engine.loop import runner
from stochcalc.engine.statistics import blocks_of

distributed = pytest.importorskip("distributed", reason="Dask is an extra")

ALWAYS = {"maximum observed", "reverse_sde", "strong"}
# A cluster listens on sockets whose threads outlive it by a moment.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@contextlib.contextmanager
def open_client(workers=2, threads=1):
    """A client of a cluster of worker processes on this machine."""
    how = {"n_workers": workers, "threads_per_worker": threads, "dashboard_address": ":0"}
    with distributed.LocalCluster(**how) as cluster, distributed.Client(cluster) as client:
        yield client


@pytest.fixture(scope="module")
def client():
    with open_client() as opened:
        yield opened


# ---- the same bits


@pytest.mark.parametrize("name", mostly_at_night(CALLS, lambda name: name in ALWAYS))
def test_a_call_has_the_same_bits_on_a_cluster(name, client):
    assert answer(name, executor=client) == answer(name)


def test_a_lambda_travels_to_a_cluster(client):
    rate = 0.5

    def solve(**how):
        sde = sc.SDE(lambda t, x: -rate * x, lambda t, x: 0.1)
        return sc.solve(sde, 1.0, n=8, paths=600, rng=7, **how).x.tobytes()

    assert solve(executor=client) == solve(executor=sc.dask_executor(client)) == solve()


def test_records_are_merged_before_they_travel(client):
    job = sc.solve(sc.SDE(pull, shake, args=(0.5,)), 1.0, n=1000, paths=PATHS, save="stats").job
    sizes = []
    executor = sc.dask_executor(client)
    submit = executor.submit

    def weigh(*arguments):
        future = submit(*arguments)
        future.add_done_callback(lambda done: sizes.append(_size(done.result()[1])))
        return future

    executor.submit = weigh
    runner.run(job, executor=executor, chunk=8)
    assert len(sizes) == 2
    one_record = 8 * 7 * 1001
    assert sum(sizes) < blocks_of(PATHS) * one_record  # not a record for every block


def _size(part):
    """The bytes of the records in the result of a task."""
    return sum(record.nbytes for tree in part.trees.values() for record in tree.pending.values())


# ---- one SHA-256 however the work is cut, where it is computed, and whether it was interrupted

THREADS = (1, 2, 3, 7)
CHUNKS = (None, 1, 3)
SHARDS = (1, 2, 5)
PLACES = ("threads", "processes", "dask")
COMBINATIONS = list(itertools.product(THREADS, CHUNKS, SHARDS, PLACES, (False, True)))


def is_in_every_run(combination):
    threads, chunk, shards, _, _ = combination
    return (threads, chunk, shards) == (2, 3, 2)


@pytest.fixture(scope="module")
def open_pool(client):
    """A function that gives the executor of a place with so many workers, and keeps it."""
    context = multiprocessing.get_context("spawn")
    with contextlib.ExitStack() as stack:
        found = {("dask", 2): client}

        def find(place, workers):
            if place == "threads":
                return None
            if (place, workers) not in found:
                opened = open_client(workers, 1) if workers < 4 else open_client(1, workers)
                if place == "processes":
                    opened = futures.ProcessPoolExecutor(workers, mp_context=context)
                found[place, workers] = stack.enter_context(opened)
            return found[place, workers]

        yield find


@pytest.fixture(scope="module")
def job():
    sde = sc.SDE(pull, shake, args=(0.5,))
    return sc.solve(sde, 1.0, n=5, paths=PATHS, save="stats", key=3).job


@pytest.fixture(scope="module")
def due(job):
    return digest([runner.run(job, workers=1)[1]])


def digest(states):
    """The SHA-256 of the record of shards that are united, in any order."""
    whole, *others = states
    for other in others:
        whole.union(other)
    return hashlib.sha256(whole.record.tobytes()).hexdigest()


class StopHereError(Exception):
    """A run that is interrupted."""


def stop_after_some(done, total):
    if done >= max(1, total // 3):
        raise StopHereError


@pytest.mark.parametrize(
    ("workers", "chunk", "shards", "place", "resumed"),
    mostly_at_night(COMBINATIONS, is_in_every_run),
)
def test_one_sha_for_every_way_to_compute(
    workers, chunk, shards, place, resumed, open_pool, job, due, tmp_path
):
    cuts = np.linspace(0, blocks_of(PATHS), shards + 1).astype(int)
    states = []
    for number, (first, last) in enumerate(itertools.pairwise(cuts)):
        how = {"executor": open_pool(place, workers), "workers": workers, "progress": False}
        blocks = range(int(first), int(last))
        file = tmp_path / f"{number}.checkpoint" if resumed else None
        if resumed:
            with pytest.raises(StopHereError):
                run_shard(job, blocks, chunk, file, **{**how, "progress": stop_after_some})
        states.append(run_shard(job, blocks, chunk, file, **how))
    assert digest(states[::-1]) == due


def run_shard(job, blocks, chunk, file, **how):
    """The state of a run over some blocks, with a checkpoint if there is a file."""
    with runner.open_means(checkpoint=file, **how) as means:
        return runner.run(job, blocks=blocks, chunk=chunk, **means)[1]


def test_there_are_enough_combinations(job, due):
    assert len(COMBINATIONS) >= 200
    other = runner.run(job, blocks=range(blocks_of(PATHS) - 1))[1]
    assert digest([other]) != due  # the twin: one block is missing


# ---- a worker that is killed


def test_a_worker_that_is_killed_changes_no_bit():
    sde = sc.SDE(pull, shake, args=(0.5,))

    def solve(**how):
        return sc.solve(sde, 1.0, n=1000, paths=256 * 400, save="stats", key=3, **how).record

    killed = []

    def kill_one(done, total):
        """Kill a worker once a fifth of the run is over."""
        if done > total // 5 and not killed:
            victim = max(client.run(os.getpid).values())
            os.kill(victim, signal.SIGKILL)
            killed.append(victim)

    with open_client() as client:
        there = solve(executor=client, progress=kill_one)
        deadline = time.monotonic() + 30.0
        while killed[0] in client.run(os.getpid).values() and time.monotonic() < deadline:
            time.sleep(0.1)
        assert killed[0] not in client.run(os.getpid).values()
    assert there.tobytes() == solve().tobytes()


# ---- the command line


def test_verify_and_converge_compute_on_a_cluster(client, capsys):
    address = client.scheduler_info()["address"]
    commands = (
        ["verify", "G04", "--paths", "2048"],
        ["converge", "--model", "gbm", "--levels", "3", "5", "--paths", "2048"],
    )
    for command in commands:
        main(command)
        here = capsys.readouterr().out
        main([*command, "--cluster", address])
        assert without_seconds(capsys.readouterr().out) == without_seconds(here)


def without_seconds(text):
    """What a command printed, without how long it took."""
    return re.sub(r"\d+\.\d s", "", text)


@pytest.mark.parametrize("command", (["verify", "G04"], ["converge", "--model", "gbm"]))
def test_a_cluster_that_does_not_answer_is_bad_usage(command, capsys, monkeypatch):
    monkeypatch.setattr("stochcalc.cli.cluster.PATIENCE", 1)
    for more, said in (
        (["--cluster", "tcp://127.0.0.1:9"], "no scheduler of Dask answers there"),
        (["--cluster", "nonsense"], "--cluster nonsense"),
        (["--cluster", "tcp://127.0.0.1:9", "--workers", "2"], "leave it out with --cluster"),
    ):
        with pytest.raises(SystemExit) as status:
            main([*command, *more])
        assert status.value.code == 2
        assert said in capsys.readouterr().err
