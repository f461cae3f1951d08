"""The bits of results under other settings: CPUs, bounds checks, threads at once, a forked child.

Each mode is a process of its own that prints the digests of calls of `bits`. They must be those of
tests/helpers/bits.json, which every run of test_bits.py compares with those of the usual process.
"""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path

import pytest
from fresh_process import words_of
from nights import mostly_at_night

HELPERS = Path(__file__).parent / "helpers"
KEPT = json.loads((HELPERS / "bits.json").read_text(encoding="utf-8"))
# One of each kind: paths, integrals, schemes, models, passages, chains, scores and studies.
CALLS = (
    "the values of a motion in two correlated components",
    "an Ito integral of a long motion",
    "the double integrals to a given error",
    "the variation of a motion on random times",
    "euler_maruyama on a number with diagonal noise",
    "sri2 on a system with diagonal noise",
    "theta on a system with additive noise",
    "the exact path of gbm",
    "passages of a number by sriw1 with crossings inside the steps",
    "mala on a number",
    "the variance preserving noise run backwards on two shapes",
    "multilevel Monte Carlo by milstein",
)
QUICK = CALLS[:2]

START = f"""
import sys
sys.path.insert(0, {str(HELPERS)!r})
import warnings
warnings.simplefilter("ignore")
from bits import CALLS, digest
"""
ONE_AFTER_THE_OTHER = """
for name in {names!r}:
    print(digest(CALLS[name]()))
"""
# Every thread waits at the barrier, so that all first calls of the process come at once.
ALL_AT_ONCE = """
import threading
from concurrent.futures import ThreadPoolExecutor
names = {names!r}
barrier = threading.Barrier(len(names))
def run(name):
    barrier.wait()
    return digest(CALLS[name]())
with ThreadPoolExecutor(len(names)) as pool:
    print(*pool.map(run, names))
"""
IN_A_CHILD = """
import os
names = {names!r}
for name in names:
    CALLS[name]()
sys.stdout.flush()
child = os.fork()
if child == 0:
    print(*(digest(CALLS[name]()) for name in names), flush=True)
    os._exit(0)
_, status = os.waitpid(child, 0)
assert status == 0, status
"""


def assert_kept(script, names, **environment):
    """The digests that a script prints in a process of its own are the ones that are kept."""
    found = words_of(START + script.format(names=names), **environment)
    changed = [name for name, digest in zip(names, found) if digest != KEPT[name]]
    assert len(found) == len(names) and not changed, changed


def another_cpu():
    """The name of an older CPU of the same kind, whose code runs here too."""
    if platform.machine().lower() in ("x86_64", "amd64"):
        return "nehalem"
    return "generic"


MODES = {
    "generic": {"NUMBA_CPU_NAME": "generic"},
    "older": {"NUMBA_CPU_NAME": another_cpu()},
    "without features": {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""},
    "bounds checked": {"NUMBA_BOUNDSCHECK": "1"},
    "barely optimised": {"NUMBA_OPT": "1"},
}


@pytest.mark.parametrize("mode", mostly_at_night(MODES, always=lambda mode: mode == "generic"))
def test_a_setting_of_the_compiler_changes_no_bit_of_a_motion(mode, tmp_path):
    assert_kept(
        ONE_AFTER_THE_OTHER, CALLS[:1], **MODES[mode], STOCHCALC_CACHE=str(tmp_path / "kept")
    )


@pytest.mark.nightly
@pytest.mark.parametrize("mode", MODES)
def test_a_setting_of_the_compiler_changes_no_bit_of_any_kind_of_result(mode, tmp_path):
    assert_kept(ONE_AFTER_THE_OTHER, CALLS, **MODES[mode], STOCHCALC_CACHE=str(tmp_path / "kept"))


@pytest.mark.parametrize(
    "names", mostly_at_night([(QUICK,), (CALLS,)], lambda case: case[0] is QUICK)
)
def test_first_calls_from_several_threads_at_once_have_the_bits_of_one_thread(names, tmp_path):
    assert_kept(ALL_AT_ONCE, names, STOCHCALC_CACHE=str(tmp_path / "kept"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
@pytest.mark.parametrize(
    "names", mostly_at_night([(QUICK,), (CALLS,)], lambda case: case[0] is QUICK)
)
def test_a_forked_child_has_the_bits_of_its_parent(names):
    assert_kept(IN_A_CHILD, names)


def test_other_bits_are_noticed():
    nudged = ONE_AFTER_THE_OTHER.replace("CALLS[name]()", "CALLS[name]() * (1.0 + 2.0**-52)")
    with pytest.raises(AssertionError, match="the values of a motion"):
        assert_kept(nudged, CALLS[:1])
