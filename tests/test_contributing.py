"""The recipes of CONTRIBUTING.md work as they are written: one file, then what it says to run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from architecture import ROOT

TEXT = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")


class Recipe(NamedTuple):
    """The file that a recipe adds, and what it says to run afterwards."""

    path: str
    source: str
    look: str


def read_recipe(number: int) -> Recipe:
    """Read a recipe: the path in its prose, the file, and the last block of code."""
    start = TEXT.index(f"## Recipe {number}:")
    text = TEXT[start : TEXT.index("\n## ", start)]
    (path,) = re.findall(r"Write\s+`(stochcalc/[\w/]+\.py)`", text)
    source, look = re.findall(r"```python\n(.*?)```", text, re.S)
    return Recipe(path, source, look)


def run(folder: Path, command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run Python in a copy of the package, which is imported from there."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONWARNINGS": "error"}
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """A copy of the package to which all three recipes are added."""
    folder = tmp_path_factory.mktemp("checkout")
    leave_out = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "stochcalc", folder / "stochcalc", ignore=leave_out)
    for number in (1, 2, 3):
        recipe = read_recipe(number)
        path = folder / recipe.path
        assert not path.exists()
        path.write_text(recipe.source, encoding="utf-8")
    return folder


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_recipe_adds_one_file_and_runs(copy, number):
    done = run(copy, ["-c", read_recipe(number).look])
    assert done.returncode == 0, done.stderr


def test_a_recipe_without_its_file_fails(tmp_path):
    """The broken twin: it is the file that makes the recipe run."""
    for number in (1, 2, 3):
        done = run(ROOT, ["-c", read_recipe(number).look])
        assert done.returncode != 0
        assert re.search("KeyError|must be one of", done.stderr)


def test_the_claim_is_verified_and_drawn_from_the_command_line(copy, tmp_path):
    command = ["-m", "stochcalc", "verify", "G32", "--paths", "100000", "--twins"]
    done = run(copy, [*command, "--out", str(tmp_path)])
    assert done.returncode == 0, done.stderr
    assert "2 of 2 numbers hold" in done.stdout
    assert (tmp_path / "G32.png").stat().st_size > 5_000


def test_the_files_of_the_recipes_pass_the_formatter_and_the_linter(copy):
    pytest.importorskip("ruff", reason="needs ruff: pip install --group lint")
    paths = [read_recipe(number).path for number in (1, 2, 3)]
    for check in (["check"], ["format", "--check"]):
        config = ["--config", str(ROOT / "pyproject.toml")]
        done = run(copy, ["-m", "ruff", *check, *config, *paths])
        assert done.returncode == 0, done.stdout


def test_the_numbers_of_the_recipes_are_derived():
    """The claim of recipe 2, by brute force over the covariances min(s, t)."""
    for n in (1, 2, 8):
        h = 1.0 / n
        second = sum(h**3 * min(j, k) for j in range(n) for k in range(n))
        assert second == pytest.approx((n - 1) * (2 * n - 1) / (6 * n**2))
        assert sum(h * h * k for k in range(n)) == pytest.approx((n - 1) / (2 * n))
