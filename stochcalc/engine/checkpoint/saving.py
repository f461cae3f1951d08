"""Save a run while it goes on, and let it go on from what was saved.

A public call opens its checkpoint and hands it to the runner with its other options. Each job that
the runner is given is a *stage*: the first job of the call, the second, and so on. Which jobs these
are is decided by the call and by the results of earlier stages alone, so a call that is repeated
comes to the same stages. A stage that is finished is not computed again, and one that was begun
goes on.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from stochcalc.engine.checkpoint.description import describe, find_difference
from stochcalc.engine.checkpoint.lock import Lock
from stochcalc.engine.checkpoint.snapshot import (
    CheckpointError,
    Snapshot,
    Stage,
    read_newest,
    write,
)
from stochcalc.engine.compiler.surroundings import hash_sources
from stochcalc.engine.files import try_folder
from stochcalc.engine.loop.job import Job, Partial
from stochcalc.engine.loop.run_state import State
from stochcalc.engine.random.philox import STREAM_VERSION
from stochcalc.engine.words import show
from stochcalc.typing import Array

EVERY = 10.0  # seconds between two times that a checkpoint is written
SHARE = 0.05  # of the time of a run that may be spent on writing
TERMINATED = 128 + signal.SIGTERM  # the exit status of a process that was told to end


class Saving:
    """An open checkpoint.

    Parameters
    ----------
    path : Path
        The file; it is made if it does not exist.

    Raises
    ------
    CheckpointError
        If it is damaged, in use, or was made with other random numbers.
    OSError
        If its folder cannot be written to.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        facts = {
            "stream_version": str(STREAM_VERSION),
            "source of stochcalc": str(hash_sources())[:16],
        }
        try_folder(path.parent)
        self._lock = Lock(path)
        try:
            self._snapshot = read_newest(path) or Snapshot(facts)
            theirs = self._snapshot.facts
            _refuse_difference(path, facts, {name: theirs.get(name, "") for name in facts})
        except BaseException:
            self._lock.release()
            raise
        self._entered = 0
        self._collect: Callable[[], None] | None = None
        self._next = time.monotonic() + EVERY
        self._dirty = False
        self._whole = True

    def require(self, **facts: object) -> None:
        """Keep facts that a run which goes on from here must share.

        Raises
        ------
        CheckpointError
            If the run that made the checkpoint had others.
        """
        ours = {name: str(value) for name, value in facts.items()}
        known = self._snapshot.facts
        theirs = {name: known[name] for name in ours if name in known}
        _refuse_difference(self.path, {name: ours[name] for name in theirs}, theirs)
        known.update(ours)

    def recall(self, part: str) -> str | None:
        """Return the result of a part of the run that was finished before, or None."""
        return self._snapshot.results.get(part)

    def keep(self, part: str, result: str) -> None:
        """Keep the result of a part of the run in the place of the stages that led to it."""
        self._snapshot.stages.clear()  # first: an interrupt may come between any two lines
        self._entered = 0
        self._snapshot.results[part] = result
        self._dirty = True
        if time.monotonic() >= self._next:
            self.save()

    def enter(
        self, job: Job, blocks: range, batches: Sequence[range]
    ) -> tuple[State, list[tuple[range, Array]]]:
        """Begin the next stage; return its state so far, and the rows of the finished blocks.

        Raises
        ------
        CheckpointError
            If the stage that was saved is one of another job; the field that differs is named.
        """
        words = describe(job) | {"blocks": str(blocks), "batches": _shorten(batches)}
        if self._entered == len(self._snapshot.stages):
            self._snapshot.stages.append(Stage(words))
        stage = self._snapshot.stages[self._entered]
        self._entered += 1
        _refuse_difference(self.path, words, stage.job)
        state = State(batches)
        for start, stop in stage.finished:
            state.finished.add(start, stop)
        for (batch, level, i), record in zip(stage.nodes, stage.records):
            state.trees[batch].pending[level, i] = record
        state.nonfinite = stage.nonfinite
        state.first_nonfinite = stage.first_nonfinite
        found = [range(start, stop) for start, stop in stage.finished]
        return state, list(zip(found, stage.rows))

    def watch(self, state: State, read_rows: Callable[[range], Array | None]) -> None:
        """Take the numbers of the stage that was entered from here when the file is written."""
        stage = self._snapshot.stages[self._entered - 1]

        def collect() -> None:
            """Copy how far the stage has come."""
            stage.finished = list(state.finished.spans)
            stage.nodes = []
            stage.records = []
            for batch, tree in enumerate(state.trees):
                for (level, i), record in tree.pending.items():
                    stage.nodes.append((batch, level, i))
                    stage.records.append(record)
            rows = [read_rows(range(start, stop)) for start, stop in stage.finished]
            stage.rows = [row for row in rows if row is not None]
            stage.nonfinite = state.nonfinite
            stage.first_nonfinite = state.first_nonfinite

        self._collect = collect

    def add(self, state: State, part: Partial) -> None:
        """Add finished blocks to the state of the stage, and write the file if it is time."""
        self._whole = False  # an interrupt may come between any two lines
        state.add(part)
        self._whole = True
        self._dirty = True
        if time.monotonic() >= self._next:
            self.save()

    def leave(self) -> None:
        """Keep what the stage has come to in memory until the file is written."""
        if self._collect is not None:
            self._collect()
            self._collect = None

    def save(self) -> None:
        """Write the file if there is anything new.

        Raises
        ------
        OSError
            If it cannot be written, for instance because the disk is full.
        """
        if not self._dirty:
            return
        start = time.monotonic()
        if self._collect is not None and self._whole:
            self._collect()
        write(self.path, self._snapshot)
        self._dirty = False
        now = time.monotonic()
        self._next = now + max(EVERY, (now - start) / SHARE)

    def close(self) -> None:
        """Give the file free for other runs."""
        self._lock.release()


def _shorten(batches: Sequence[range]) -> str:
    """Return ranges as text: consecutive ones are told by their edges."""
    return ", ".join(f"{batch.start} to {batch.stop}" for batch in batches)


def _refuse_difference(path: Path, ours: dict[str, str], theirs: dict[str, str]) -> None:
    """Raise a CheckpointError if a checkpoint was made by another run."""
    difference = find_difference(ours, theirs)
    if difference is None:
        return
    name, here, there = difference
    remedy = "repeat the call as it was, or give another checkpoint="
    if name in ("key", "noise.key"):
        remedy = f"give key={there}, or another checkpoint="
    raise CheckpointError(
        f"checkpoint={str(path)!r} was made with {name}={there:.120}, and this run has "
        f"{here:.120}: {remedy}"
    )


@contextmanager
def open_checkpoint(checkpoint: object) -> Iterator[Saving | None]:
    """Yield the checkpoint that a call was given, or None, and save it however the call ends.

    Parameters
    ----------
    checkpoint : str, Path, Saving or None
        The `checkpoint=` of a public call; one that is open already is that of a call around it.

    Raises
    ------
    TypeError, ValueError
        For anything but the name of a file in a folder that can be written to.
    CheckpointError
        For a file that is damaged, in use, or of another run.
    """
    if checkpoint is None:
        yield None
        return
    if isinstance(checkpoint, Saving):
        yield checkpoint
        return
    saving = Saving(_check_path(checkpoint))
    try:
        with ended_by_exception():
            yield saving
    except (KeyboardInterrupt, SystemExit) as end:
        saving.save()
        where = f"the same call with checkpoint={str(saving.path)!r} goes on from here"
        if isinstance(end, SystemExit):
            print(f"stopped: {where}", file=sys.stderr)
        else:
            end.add_note(where)
        raise
    except CheckpointError:
        raise
    except BaseException:
        saving.save()
        raise
    else:
        saving.save()
    finally:
        saving.close()


def _check_path(checkpoint: object) -> Path:
    """Return the path of a checkpoint, after a check of what was given."""
    if not isinstance(checkpoint, str | os.PathLike):
        raise TypeError(
            f"checkpoint={show(checkpoint)} must be the name of a file, such as 'run.checkpoint', "
            "or None"
        )
    path = Path(os.fspath(checkpoint)).expanduser()
    if not path.name or path.is_dir():
        raise ValueError(f"checkpoint={str(path)!r} is a folder: give the name of a file in it")
    try:
        try_folder(path.parent)
    except OSError as error:
        raise ValueError(
            f"checkpoint={str(path)!r}: its folder cannot be written to ({error}): give another"
        ) from error
    return path


@contextmanager
def ended_by_exception() -> Iterator[None]:
    """Let SIGTERM raise SystemExit meanwhile, where nobody else takes care of it."""
    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    """End the process in order, with the status that the shell expects."""
    raise SystemExit(TERMINATED)
