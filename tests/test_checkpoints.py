"""A public call with `checkpoint=` goes on where it was, to the bits of an uninterrupted run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from architecture import ROOT
from saved_calls import CALLS, PATHS, SDE, decay, half, motion, numbers

import stochcalc as sc
from stochcalc.engine.checkpoint import saving
from stochcalc.engine.checkpoint.snapshot import read


class Interrupt:
    """A progress function that presses Ctrl-C after so many reports of the whole call."""

    def __init__(self, after):
        self.left = after

    def __call__(self, done, total):
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt


@pytest.fixture
def often(monkeypatch):
    """Write whenever something is new."""
    monkeypatch.setattr(saving, "EVERY", 0.0)
    monkeypatch.setattr(saving, "SHARE", 1e9)


@pytest.mark.parametrize("name", CALLS)
def test_a_call_that_was_interrupted_goes_on_to_the_same_bits(name, tmp_path, often):
    call = CALLS[name]
    path = tmp_path / "run.checkpoint"
    due = numbers(call())
    stops = []
    for after in (0, 1, 3, 10**9):
        try:
            found = call(checkpoint=path, progress=Interrupt(after), workers=2)
        except KeyboardInterrupt as stop:
            stops.append(stop)
    assert stops
    assert all("goes on from here" in stop.__notes__[0] for stop in stops)
    assert numbers(found) == due
    assert numbers(call(checkpoint=path, workers=1)) == due  # all of it is there
    assert sorted(file.name for file in tmp_path.iterdir()) in (
        ["run.checkpoint"],
        ["run.checkpoint", "run.checkpoint.previous"],
    )


def test_a_finished_stage_is_not_computed_again(tmp_path):
    path = tmp_path / "run.checkpoint"
    call = CALLS["strong"]
    call(checkpoint=path)
    seen = []
    call(checkpoint=path, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(64, 64)]


@pytest.mark.parametrize(
    "change, field",
    [
        ({"key": 8}, r"noise.key=7, and this run has 8: give key=7"),
        ({"n": 65}, r"steps=float64 array of shape \(64,\)"),
        ({"paths": PATHS + 1}, r"paths=16384, and this run has 16385"),
        ({"T": 2.0}, r"steps=float64 array"),
        ({"x0": 2.0}, r"starts=float64 \[\[1.0\]\], and this run has float64 \[\[2.0\]\]"),
        ({"method": "tamed_euler"}, r"step.function=function"),
        ({"save": "last"}, "keep=|save_rows="),
        ({"sde": sc.SDE(decay, lambda t, x: 0.25)}, r"step.functions\[1\]\[0\]=function half"),
    ],
)
def test_another_run_is_refused_and_the_field_is_named(change, field, tmp_path):
    path = tmp_path / "run.checkpoint"
    given = {"sde": SDE, "x0": 1.0, "T": 1.0, "n": 64, "paths": PATHS, "save": "stats", "key": 7}
    sc.solve(**given, checkpoint=path)
    before = path.read_bytes()
    with pytest.raises(sc.CheckpointError, match=field):
        sc.solve(**(given | change), checkpoint=path)
    assert path.read_bytes() == before
    sc.solve(**given, checkpoint=path, workers=1)


def test_a_function_that_another_process_could_not_recognise_is_refused(tmp_path):
    class Table:
        def __call__(self, w):
            return w[:, -1]

    table = Table()
    with pytest.raises(TypeError, match="checkpoint= cannot tell whether function is the same"):
        sc.expectation(lambda w: table(w), motion(), checkpoint=tmp_path / "run.checkpoint")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "checkpoint, error, says",
    [
        (5, TypeError, "checkpoint=5 must be the name of a file"),
        (True, TypeError, "checkpoint=True must be the name of a file"),
        ("", ValueError, "is a folder: give the name of a file"),
        (".", ValueError, "is a folder: give the name of a file"),
        ("/proc/nowhere/run", ValueError, "its folder cannot be written to"),
    ],
)
def test_what_is_no_file_is_refused(checkpoint, error, says):
    with pytest.raises(error, match=says):
        CALLS["expectation"](checkpoint=checkpoint)


def test_a_damaged_checkpoint_is_an_error_and_not_a_new_beginning(tmp_path):
    path = tmp_path / "run.checkpoint"
    path.write_bytes(b"stochcalc checkpoint 1\nand then nothing")
    with pytest.raises(sc.CheckpointError, match="damaged"):
        CALLS["expectation"](checkpoint=path)


def test_a_second_writer_is_refused_in_this_process_and_in_another(tmp_path, often):
    path = tmp_path / "run.checkpoint"
    script = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import stochcalc as sc
from stochcalc.engine.checkpoint.lock import Lock
from pathlib import Path
try:
    Lock(Path({str(path)!r}))
except sc.CheckpointError as error:
    print(error)
"""
    said = []

    def try_it(done, total):
        if said:
            return
        with pytest.raises(sc.CheckpointError, match="in use by another run here"):
            CALLS["solve, statistics"](checkpoint=path)
        command = [sys.executable, "-c", script]
        said.append(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    CALLS["solve, statistics"](checkpoint=path, progress=try_it)
    assert f"in use by process {os.getpid()}" in said[0]
    CALLS["solve, statistics"](checkpoint=path)  # and is free again


def test_a_process_that_is_told_to_end_leaves_a_checkpoint_and_says_how_to_go_on(tmp_path):
    path = tmp_path / "run.checkpoint"
    script = f"""
import os, signal, sys
sys.path.insert(0, {str(ROOT)!r})
import stochcalc as sc
def tell(done, total):
    if done > 100:
        os.kill(os.getpid(), signal.SIGTERM)
sc.solve(sc.SDE(lambda t, x: -x, lambda t, x: 0.5), 1.0, n=64, paths=256 * 1000, save="stats",
         key=1, checkpoint={str(path)!r}, progress=tell)
print("finished")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 128 + signal.SIGTERM
    assert done.stdout == ""
    assert f"the same call with checkpoint={str(path)!r} goes on from here" in done.stderr
    (stage,) = read(path).stages
    assert sum(stop - start for start, stop in stage.finished) > 100


def test_an_interrupt_between_two_lines_of_a_merge_is_not_saved_half(tmp_path, often, monkeypatch):
    """The blocks are marked as finished, and their records are not merged yet."""
    path = tmp_path / "run.checkpoint"
    call = CALLS["solve, statistics"]
    due = numbers(call())
    from stochcalc.engine.statistics import Tree

    whole = Tree.add
    left = 3

    def interrupted(tree, first, records):
        nonlocal left
        left -= 1
        if left == 0:
            raise KeyboardInterrupt
        whole(tree, first, records)

    with monkeypatch.context() as patch:
        patch.setattr(Tree, "add", interrupted)
        with pytest.raises(KeyboardInterrupt):
            call(checkpoint=path, workers=2)
    assert numbers(call(checkpoint=path)) == due


def test_a_finished_claim_is_not_measured_again_and_leaves_a_small_file(tmp_path, monkeypatch):
    path = tmp_path / "run.checkpoint"
    due = sc.verify("G09", paths=2048, key=7, checkpoint=path)
    assert path.stat().st_size < 50_000

    def refuse(run):
        raise AssertionError("measured again")

    monkeypatch.setattr(type(sc.CLAIMS["G09"]), "_collect", refuse)
    found = sc.verify("G09", paths=2048, key=7, checkpoint=path)
    assert numbers(found) == numbers(due)


def test_a_checkpoint_of_another_version_of_the_package_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "run.checkpoint"
    CALLS["expectation"](checkpoint=path)
    monkeypatch.setattr(saving, "hash_sources", lambda: "another")
    with pytest.raises(sc.CheckpointError, match="made with source of stochcalc="):
        CALLS["expectation"](checkpoint=path)


def test_paths_that_left_the_finite_range_are_counted_after_a_resume_too(tmp_path, often):
    """A third of the starts are beyond the reach of the scheme, in every block."""
    path = tmp_path / "run.checkpoint"
    starts = np.where(np.arange(PATHS) % 3, 0.5, 1e60)

    def call(**how):
        sde = sc.SDE(lambda t, x: -x * x * x, half)
        with pytest.warns(RuntimeWarning, match="left the finite range, first path 0 "):
            return sc.solve(sde, starts, n=8, starts=True, paths=PATHS, save="last", key=7, **how)

    due = call()
    with pytest.raises(KeyboardInterrupt):
        call(checkpoint=path, progress=Interrupt(1), workers=2)
    assert due.nonfinite == np.count_nonzero(starts > 1.0)
    assert call(checkpoint=path).nonfinite == due.nonfinite
