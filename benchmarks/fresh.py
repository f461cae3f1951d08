"""Scripts in fresh processes, run by turns in this checkout and in another: what a user waits for.

STOCHCALC_BENCH_BEFORE names the other checkout, of the code before a change. Each script prints a
JSON object of numbers as its last line; of several runs each number keeps its minimum.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

NOW, BEFORE = "now", "before"
Marks = dict[str, float]


def checkouts() -> dict[str, Path]:
    """Return this checkout and, if it is named, the one before."""
    found = {NOW: Path(__file__).resolve().parents[1]}
    other = os.environ.get("STOCHCALC_BENCH_BEFORE")
    if other:
        found[BEFORE] = Path(other).resolve()
    return found


def run_script(script: str, checkout: Path, caches: Path) -> Marks:
    """Run a script in a process of its own, with its wall time added; `caches` are its caches."""
    places = {"STOCHCALC_CACHE": str(caches / "own"), "NUMBA_CACHE_DIR": str(caches / "numba")}
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**environment, **places},
        cwd=checkout,
        capture_output=True,
        text=True,
    )
    wall = time.perf_counter() - start
    assert done.returncode == 0, done.stderr
    return {**json.loads(done.stdout.splitlines()[-1]), "wall": wall}


def cold_and_warm(script: str, rounds: int) -> dict[tuple[str, str], Marks]:
    """Run a script twice on caches that are empty at first, in every checkout in turn.

    Returns the minimum of each number, by (checkout, "cold" or "warm").
    """
    best: dict[tuple[str, str], Marks] = {}
    for _ in range(rounds):
        for name, checkout in checkouts().items():
            with tempfile.TemporaryDirectory() as folder:
                for state in ("cold", "warm"):
                    marks = run_script(script, checkout, Path(folder))
                    known = best.setdefault((name, state), marks)
                    best[name, state] = {what: min(known[what], marks[what]) for what in marks}
    return best
