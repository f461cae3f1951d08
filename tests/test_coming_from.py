"""The pages "coming from" show code of other tools; what can be run is run, and solves our problem.

sdeint, diffrax and Octave are no dependencies of the package: a test runs where its tool is.
"""

from __future__ import annotations

import math
import re
import shutil
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from architecture import ROOT
from evidence import assert_mean

import stochcalc as sc

PAGES = ROOT / "gallery" / "site" / "coming"
NUMBERS = r"(\d+\.\d+) \+- (\d+\.\d+)"
STEPS = 512
LAST_PATH = 'printf("%.17g\\n", dW, err(M, :));'


def read_block(page: str, language: str) -> str:
    """Return the one block of code in a language that a page shows."""
    text = (PAGES / f"{page}.rst").read_text(encoding="utf-8")
    (block,) = re.findall(rf"\.\. code-block:: {language}\n\n((?:    .*\n|\n)+)", text)
    return "\n".join(line[4:] for line in block.split("\n"))


def run(*command: str, folder) -> str:
    """Run a program in a folder, and return what it printed."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "page", [path.stem for path in PAGES.glob("*.rst") if path.stem != "index"]
)
def test_a_page_says_whether_its_foreign_code_was_run(page):
    text = (PAGES / f"{page}.rst").read_text(encoding="utf-8")
    assert len(re.findall(r"This\s+was\s+run\s+with|We\s+have\s+not\s+run\s+the", text)) == 1


@pytest.mark.parametrize("tool", ["sdeint", "diffrax"])
def test_the_other_package_runs_as_it_is_shown_and_has_the_exact_mean(tool, tmp_path):
    pytest.importorskip(tool, reason=f"needs {tool}")
    code = read_block(tool, "python")
    (tmp_path / "there.py").write_text(code, encoding="utf-8")
    printed = run(sys.executable, "there.py", folder=tmp_path)
    for source in (printed, code):
        ((mean, stderr),) = re.findall(NUMBERS, source)
        found = SimpleNamespace(mean=float(mean), stderr=float(stderr))
        assert_mean(found, math.exp(0.5), what=f"the mean of {tool}")


@pytest.mark.skipif(
    shutil.which("octave-cli") is None, reason="needs octave: apt-get install octave"
)
def test_octave_and_stochcalc_make_the_same_errors_along_the_same_path(tmp_path):
    code = read_block("matlab", "matlab")
    (tmp_path / "there.m").write_text(code + "\n" + LAST_PATH, encoding="utf-8")
    printed = run("octave-cli", "--quiet", "there.m", folder=tmp_path)
    numbers = [float(line) for line in printed.split("\n")[-STEPS - 6 : -1]]
    increments, errors = numbers[:STEPS], numbers[STEPS:]
    W = sc.BrownianPaths.from_increments(increments, np.linspace(0.0, 1.0, STEPS + 1))
    exact = math.exp(1.5 + sum(increments))
    for ratio, error in zip((1, 2, 4, 8, 16), errors, strict=True):
        end = sc.solve(sc.models.gbm(2.0, 1.0), 1.0, noise=W.coarsen(ratio)).end[0]
        assert abs(end - exact) == pytest.approx(error, abs=1e-11 * exact)
