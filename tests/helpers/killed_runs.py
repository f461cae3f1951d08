"""Runs that are killed and go on: `python killed_runs.py FOLDER TIMES [forgetful]`.

One process compiles everything and forks a child for each run. Every other child is killed at a
random moment of its run, and the others within the window in which the checkpoint is written: at
the k-th call that touches the disk. What is left is resumed by the next child, and the last one
ends. The process prints how many runs it killed, and how many ended with other bits than a run that
nobody touched. The broken twin, `forgetful`, loses a record whenever it writes.
"""

from __future__ import annotations

import hashlib
import math
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import stochcalc as sc
from stochcalc.engine.checkpoint import saving

saving.EVERY = 0.0  # write as often as the share of the time allows
saving.SHARE = 0.9
STEPS = 64
PATHS = 256 * 400
MODEL = sc.models.gbm(0.1, 0.5)


def compute(checkpoint: str | None) -> str:
    """Return the hash of the statistics of a run."""
    sol = sc.solve(
        MODEL,
        1.0,
        n=STEPS,
        paths=PATHS,
        save="stats",
        key=2**63,
        workers=1,
        checkpoint=checkpoint,
    )
    return hashlib.sha256(sol.mean.tobytes() + sol.var.tobytes()).hexdigest()


def kill_at_call(number: int) -> None:
    """Let this process kill itself at one of the calls that touch the disk while it writes."""
    left = number

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def counting(*arguments: Any, **keywords: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*arguments, **keywords)

        return counting

    os.fsync = counted(os.fsync)
    os.open = counted(os.open)
    os.replace = counted(os.replace)
    os.rename = counted(os.rename)
    Path.replace = counted(Path.replace)  # type: ignore[method-assign]
    Path.unlink = counted(Path.unlink)  # type: ignore[method-assign]


def forget() -> None:
    """Leave one record out of every file: the broken twin."""
    whole = saving.write

    def write_less(path: Path, snapshot: Any) -> None:
        for stage in snapshot.stages:
            del stage.nodes[1:], stage.records[1:]
        whole(path, snapshot)

    saving.write = write_less


def run_child(checkpoint: Path, out: Path, call: int | None) -> int:
    """Fork a child that runs and writes its hash; return its number."""
    child = os.fork()
    if child:
        return child
    try:
        if call is not None:
            kill_at_call(call)
        out.write_text(compute(str(checkpoint)))
    finally:
        os._exit(0)


def wait_or_kill(child: int, patience: float) -> int:
    """Return the status of a child that has ended; after so many seconds it is killed."""
    start = time.perf_counter()
    while time.perf_counter() - start < patience:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
        time.sleep(0.001)
    os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


def main(folder: Path, times: int) -> None:
    """Kill so many runs, and resume each until it ends."""
    due = compute(None)
    start = time.perf_counter()
    compute(None)
    length = time.perf_counter() - start
    moments = random.Random(7)
    runs = 0
    killed = 0
    wrong = 0
    while killed < times:
        runs += 1
        checkpoint = folder / f"{runs}.checkpoint"
        out = folder / f"{runs}.hash"
        ended = False
        longest = length
        while not ended:
            longest *= 1.2  # on a machine with other work a run takes longer, and must get on
            call = None
            if killed % 2 and killed < times:
                call = moments.randrange(3, 60)
            child = run_child(checkpoint, out, call)
            patience = math.inf
            if call is None and killed < times:
                patience = moments.uniform(0.0, longest)
            status = wait_or_kill(child, patience)
            ended = os.WIFEXITED(status)
            killed += not ended
        wrong += out.read_text() != due
    print(killed, wrong)


if __name__ == "__main__":
    if sys.argv[3:] == ["forgetful"]:
        forget()
    main(Path(sys.argv[1]), int(sys.argv[2]))
