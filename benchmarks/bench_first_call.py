"""What does the first call cost, before anything is fast?

A fresh process without anything on disk imports, solves once and counts what it compiled; then the
same with another pair of functions, which compiles one block step, and with the first pair again at
other parameters, which must compile nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Figure, at_most, report
from benchmarks.sizes import size

SCRIPT = """
import json, time
start = time.perf_counter()
import stochcalc as sc
from stochcalc.engine.compiler.pointers import compilations
marks = [("import", time.perf_counter() - start, 0)]

def timed(name, drift, diffusion, args):
    before = compilations()
    start = time.perf_counter()
    sde = sc.SDE(drift, diffusion, args=args)
    sc.solve(sde, 1.0, 1.0, n=100, paths=1000, save="last", key=1, workers=1)
    marks.append((name, time.perf_counter() - start, compilations() - before))

gbm = lambda t, x, a, b: a * x, lambda t, x, a, b: b * x
timed("first call", *gbm, (0.1, 0.2))
timed("another pair of functions", lambda t, x, a, b: a - x, lambda t, x, a, b: b, (0.1, 0.2))
timed("other parameters", *gbm, (0.3, 0.4))
print(json.dumps(marks))
"""


def fresh_process() -> list[tuple[str, float, int]]:
    with tempfile.TemporaryDirectory() as empty:
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "STOCHCALC_CACHE": empty},
            cwd=Path(__file__).parents[1],
            capture_output=True,
            text=True,
        )
    assert done.returncode == 0, done.stderr
    return [tuple(mark) for mark in json.loads(done.stdout)]


def test_a_first_call_takes_seconds_and_a_sweep_compiles_nothing(benchmark):
    runs = []
    benchmark.pedantic(lambda: runs.append(fresh_process()), rounds=size(3, 1), iterations=1)
    seconds = {marks[0][0]: min(mark[1] for mark in marks) for marks in zip(*runs)}
    compiled = {name: count for name, _, count in runs[0]}
    figures = [Figure(f"seconds of {name}", value) for name, value in seconds.items()]
    figures += [
        Figure("functions compiled by the first call", compiled["first call"]),
        at_most("... by another pair", compiled["another pair of functions"], 1, timed=False),
        at_most("... by other parameters", compiled["other parameters"], 0, timed=False),
    ]
    report(benchmark, "First call", None, figures)
