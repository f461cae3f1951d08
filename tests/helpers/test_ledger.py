"""The account of false alarms: what it adds up, and the sessions that fail over it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from judging import BUDGET, Ledger
from nights import mostly_at_night


def test_the_ledger_adds_every_comparison_and_pauses_for_negative_controls():
    ledger = Ledger()
    ledger.book(3, 2e-9)
    ledger.book(1, 1e-9)
    with ledger.pause():
        ledger.book(1000, 1.0)
    assert (ledger.comparisons, ledger.alpha) == (4, pytest.approx(7e-9))
    assert not ledger.overdrawn
    ledger.book(1, BUDGET)
    assert ledger.overdrawn
    spender = ledger.by_test.most_common(1)[0][0]
    assert spender.startswith("tests/helpers/test_ledger.py::test_the_ledger")


def run_session(folder, source, *options):
    """Run a file of tests in a session of its own, which has this one's conftest and ledger."""
    here = Path(__file__).parent
    for file in (here.parent / "conftest.py", here / "evidence.py", here / "judging.py"):
        (folder / file.name).write_text(file.read_text())
    (folder / "test_many.py").write_text(source)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options, str(folder)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "claims, fails, processes",
    mostly_at_night(
        [(100, False, ()), (1000, True, ()), (100, False, ("-n", "1")), (1000, True, ("-n", "1"))],
        lambda case: case[2] == () or case[1],
    ),
)
def test_a_session_that_overdraws_its_budget_fails(tmp_path, claims, fails, processes):
    source = (
        "import numpy as np\nfrom evidence import assert_mean\n\n"
        f"def test_many():\n    assert_mean(np.tile([[-1.0], [1.0]], (50, {claims})), 0.0)\n"
    )
    done = run_session(tmp_path, source, *processes)
    assert "1 passed" in done.stdout
    assert f"{claims} comparisons with random data" in done.stdout
    assert ("the budget is overdrawn" in done.stdout) == fails
    assert ("test_many.py::test_many" in done.stdout) == fails
    assert done.returncode == int(fails)


def test_a_session_that_loses_a_worker_process_names_the_test_and_fails(tmp_path):
    source = "import os\n\ndef test_crash():\n    os._exit(1)\n\ndef test_other():\n    pass\n"
    done = run_session(tmp_path, source, "-n", "1")
    assert "INTERNALERROR" not in done.stdout + done.stderr
    assert "test_many.py::test_crash" in done.stdout
    assert "the accounts of 1 worker process are lost" in done.stdout
    assert done.returncode == 1
