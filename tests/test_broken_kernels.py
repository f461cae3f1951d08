"""The tests under test: every broken kernel of the registry is rejected, and the right one is not.

A defect that leaves the law intact is rejected by equality, any other by more than 20 standard
errors. A third of the registry runs in every session, all of it at night; with -s each prints what
was measured."""

from __future__ import annotations

import ast
import math
import os
from collections import Counter
from dataclasses import replace

import broken_areas
import broken_diffusions
import broken_integrals
import broken_kolmogorov
import broken_laboratory
import broken_langevin
import broken_methods
import broken_motion
import broken_passage
import broken_processes
import broken_random
import broken_score
import broken_stages
import broken_statistics
import broken_variation
import broken_weights
import pytest
from broken import run_on_the_right_code
from evidence import Rejected, must_reject
from nights import mostly_at_night
from nursery import PACKAGE, Nursery, Unplantable, plant

CHAPTERS = (
    broken_random,
    broken_motion,
    broken_integrals,
    broken_areas,
    broken_variation,
    broken_methods,
    broken_stages,
    broken_langevin,
    broken_score,
    broken_diffusions,
    broken_passage,
    broken_kolmogorov,
    broken_statistics,
    broken_laboratory,
    broken_processes,
    broken_weights,
)
REGISTRY = [defect for chapter in CHAPTERS for defect in chapter.DEFECTS]
FEWEST = 60
WORDS = broken_random.DEFECTS[0]


@pytest.fixture(scope="session")
def nursery(tmp_path_factory):
    """One process for the session, in which broken copies of the package are tried."""
    if not hasattr(os, "fork"):
        pytest.skip("broken copies are tried in forks, which this system does not have")
    started = Nursery(tmp_path_factory.mktemp("nursery"))
    yield started
    started.close()


def judged(answer):
    """Raise the verdict that a broken package met in the other process."""
    assert answer["verdict"] != "error", answer["message"]
    if answer["verdict"] == "rejected":
        raise Rejected(answer["message"], answer["z"])


@pytest.mark.parametrize(
    "defect",
    mostly_at_night(REGISTRY, lambda defect: defect.everyday),
    ids=[defect.name for defect in REGISTRY],
)
def test_a_broken_kernel_is_rejected(defect, nursery):
    run_on_the_right_code(defect.check)
    answer = nursery.try_out(defect)
    with must_reject(defect.what):
        judged(answer)
    by = "bits"
    if defect.by == "law":
        by = f"z = {answer['z']:+.1f}"
        assert math.isfinite(answer["z"])
    else:
        assert answer["z"] == math.inf
    print(f"\n{defect.name} ({defect.file}): rejected by {by}, {answer['seconds']:.1f} s")


def test_the_registry_is_large_and_every_entry_can_be_planted():
    assert len(REGISTRY) >= FEWEST
    assert not [name for name, n in Counter(d.name for d in REGISTRY).items() if n > 1]
    assert {defect.by for defect in REGISTRY} == {"bits", "law"}
    for defect in REGISTRY:
        source = (PACKAGE / defect.file).read_text()
        broken = ast.dump(ast.parse(plant(defect, source)))
        assert broken != ast.dump(ast.parse(source)), f"{defect.name} changes comments alone"


@pytest.mark.parametrize("old", ["no such text", "import"], ids=["absent", "more than once"])
def test_a_defect_without_a_place_is_not_tried(nursery, old):
    with pytest.raises(Unplantable, match="the text to replace occurs"):
        nursery.try_out(replace(WORDS, old=old))


def test_a_copy_that_is_not_broken_is_not_rejected_and_a_trial_leaves_nothing(nursery):
    before = (nursery.folder / "stochcalc" / WORDS.file).read_text()
    assert before == (PACKAGE / WORDS.file).read_text()
    harmless = replace(WORDS, old='"""Philox4x32-10: random', new='"""Philox: random')
    assert nursery.try_out(WORDS)["verdict"] == "rejected"
    assert nursery.try_out(harmless)["verdict"] == "passed"
    assert (nursery.folder / "stochcalc" / WORDS.file).read_text() == before


@pytest.mark.parametrize(
    "line", ["STREAM_VERSION = 1 / 0", "import os\n\nos._exit(3)"], ids=["an error", "an exit"]
)
def test_code_that_does_not_run_is_no_rejection(nursery, line):
    answer = nursery.try_out(replace(WORDS, old="STREAM_VERSION = 1\n", new=line + "\n"))
    assert answer["verdict"] == "error"
    with pytest.raises(AssertionError, match=r"ZeroDivisionError|ended with status"):
        judged(answer)
