"""Every benchmark runs, and what it asserts about answers holds: at a tiny size, without its speed.

Each file runs in a process of its own, as the benchmarks are run: they pin threads to cores, and
some read the environment when they are imported. Peers that are not installed are left out.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from nights import mostly_at_night

ROOT = Path(__file__).resolve().parents[1]
EVERY_DAY = {"bench_euler_gbm.py", "bench_threads.py", "bench_variation.py"}
FILES = sorted(path.name for path in (ROOT / "benchmarks").glob("bench_*.py"))


def run_tiny(name: str) -> subprocess.CompletedProcess[str]:
    """Run a file of benchmarks at a tiny size in a process of its own."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    # In a worker of xdist pytest-benchmark would warn that it is off.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_XDIST")}
    return subprocess.run(
        [*command, str(ROOT / "benchmarks" / name)],
        env={**environment, "STOCHCALC_BENCH_TINY": "1"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
    )


def test_there_are_benchmarks():
    assert len(FILES) > 10


@pytest.mark.parametrize("name", mostly_at_night(FILES, EVERY_DAY.__contains__))
def test_a_benchmark_runs_at_a_tiny_size_and_its_answers_are_right(name):
    done = run_tiny(name)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert " passed" in done.stdout, done.stdout[-4000:]
