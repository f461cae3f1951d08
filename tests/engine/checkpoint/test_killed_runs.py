"""Runs that are killed at random moments, some of them while they write, end with the same bits."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from architecture import ROOT
from nights import mostly_at_night

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="each run is a forked child")


def run_and_kill(folder, times, *options):
    """Return how many runs were killed, and how many of the resumed ones had other bits."""
    script = ROOT / "tests" / "helpers" / "killed_runs.py"
    command = [sys.executable, str(script), str(folder), str(times), *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    killed, wrong = map(int, done.stdout.split())
    return killed, wrong


@pytest.mark.parametrize("times", mostly_at_night([6, 100], lambda times: times == 6))
def test_a_run_that_is_killed_at_any_moment_goes_on_to_the_same_bits(tmp_path, times):
    killed, wrong = run_and_kill(tmp_path, times)
    assert killed >= times
    assert wrong == 0


def test_a_checkpoint_that_forgets_a_record_is_noticed(tmp_path):
    """The broken twin: it loses a record whenever it writes."""
    _, wrong = run_and_kill(tmp_path, 4, "forgetful")
    assert wrong > 0
