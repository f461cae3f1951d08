"""Long runs can be stopped, and need no more memory than short ones.

Each is a process of its own.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
LATEST = 0.5  # seconds from Ctrl-C to KeyboardInterrupt
MOST = 50  # megabytes that a hundred times the work may add

INTERRUPTED = """
import os, signal, threading, time
import stochcalc as sc

# a shell that starts its jobs in the background has them ignore Ctrl-C, and so would this process
signal.signal(signal.SIGINT, signal.default_int_handler)
sde = sc.SDE(lambda t, x: -x, lambda t, x: 0.5)
W = lambda n, paths: sc.brownian(n=n, paths=paths, store=False, rng=7)
run = {run}

def press():
    sent.append(time.perf_counter())
    os.kill(os.getpid(), signal.SIGINT)

for workers in (1, 2):
    run(4, 600, workers)                # compile
    sent = []
    timer = threading.Timer({after}, press)
    try:
        timer.start()
        run({n}, {paths}, workers)
        print("finished")
    except KeyboardInterrupt:
        print(time.perf_counter() - sent[0])
    timer.cancel()
    left = [thread.name for thread in threading.enumerate() if thread.name.startswith("stochcalc")]
    print(len(left))
"""

SOLVE = 'sc.solve(sde, 1.0, 1.0, n=n, paths=paths, save="{save}", rng=7, workers=workers)'
RUNS = {
    name: "lambda n, paths, workers: " + call
    for name, call in {
        "solve": SOLVE.format(save="stats"),
        "last": SOLVE.format(save="last"),
        "all": SOLVE.format(save="all"),
        "sum": 'sc.riemann_sum(lambda t, w: w, W(n, paths), 0.0, save="stats", workers=workers)',
    }.items()
}


def output(script):
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize(
    "run, n, paths",
    [("solve", 1000, 20_000_000), ("sum", 1000, 20_000_000), ("last", 1_000_000, 100_000)],
)
def test_ctrl_c_raises_keyboard_interrupt_within_half_a_second(run, n, paths):
    said = output(INTERRUPTED.format(run=RUNS[run], n=n, paths=paths, after=0.7))
    assert len(said) == 4 and "finished" not in said
    assert max(map(float, said[0::2])) < LATEST
    assert said[1::2] == ["0", "0"]


def test_a_run_that_is_not_interrupted_finishes():
    assert (
        output(INTERRUPTED.format(run=RUNS["solve"], n=10, paths=2000, after=60))
        == ["finished", "0"] * 2
    )


GROWTH = """
import resource, sys
import stochcalc as sc

def peak():
    # Not ru_maxrss where it can be helped: Linux hands that of the parent on to a child.
    if sys.platform == "linux":
        lines = open("/proc/self/status")
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 2**10
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit

sde = sc.SDE(lambda t, x: -x, lambda t, x: 0.5)
W = lambda n, paths: sc.brownian(n=n, paths=paths, store=False, rng=7)
run = {run}
run({n}, 10_000, 2)
before = peak()
run({n}, 1_000_000, 2)
print(peak() - before)
"""


def growth(run, n):
    """Megabytes that 10^6 paths of n steps need beyond what 10^4 of them needed."""
    return float(output(GROWTH.format(run=RUNS[run], n=n))[0])


@pytest.mark.parametrize("run", ["solve", "sum"])
def test_a_billion_path_steps_need_no_more_memory_than_ten_million(run):
    assert growth(run, 1000) < MOST


def test_paths_that_are_kept_do_need_memory():
    assert growth("all", 16) > 2 * MOST
