"""The recipes of CONTRIBUTING.md work as they are written: one file, then what it says to run."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from architecture import ROOT
from nights import mostly_at_night

TEXT = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
NUMBERS = (1, 2, 3)

# What somebody might get wrong in each recipe, and the tests of the recipe must find.
MISTAKES = {
    1: ('"diagonal": 0.5}', '"diagonal": 1.0}'),
    2: ("(N - 1) / (2 * N)", "N / (2 * N)"),
    3: ("p = p + dt * score", "p = p + 0.5 * dt * score"),
}


class Recipe(NamedTuple):
    """The file that a recipe adds, the tests that it names, and what it looks at afterwards."""

    path: str
    source: str
    tests: list[str]
    look: str


def read_recipe(number: int) -> Recipe:
    """Read a recipe: the path in its prose, its file, its command and its last block of code."""
    start = TEXT.index(f"## Recipe {number}:")
    text = TEXT[start : TEXT.index("\n## ", start)]
    (path,) = re.findall(r"Write\s+`(stochcalc/[\w/]+\.py)`", text)
    source, look = re.findall(r"```python\n(.*?)```", text, re.S)
    (command,) = re.findall(r"```bash\n(pytest .*)\n```", text)
    return Recipe(path, source, shlex.split(command)[1:], look)


def run(folder: Path, command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run Python in a copy of the package, which is imported from there."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def copy_checkout(folder: Path) -> Path:
    """Copy the package and its tests to a folder."""
    leave_out = shutil.ignore_patterns("__pycache__", ".*")
    for part in ("stochcalc", "tests"):
        shutil.copytree(ROOT / part, folder / part, ignore=leave_out)
    for file in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / file, folder / file)
    return folder


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    """A copy to which all three recipes are added."""
    folder = copy_checkout(tmp_path_factory.mktemp("checkout"))
    for number in NUMBERS:
        recipe = read_recipe(number)
        path = folder / recipe.path
        assert not path.exists()
        path.write_text(recipe.source, encoding="utf-8")
    return folder


@pytest.mark.parametrize("number", mostly_at_night(NUMBERS, lambda number: number != 1))
def test_a_recipe_adds_one_file_and_runs(checkout, number):
    recipe = read_recipe(number)
    looked = run(checkout, ["-W", "error", "-c", recipe.look])
    assert looked.returncode == 0, looked.stderr
    tested = run(checkout, ["-m", "pytest", "-q", *recipe.tests])
    assert tested.returncode == 0, tested.stdout[-3000:]
    passed = re.search(r"(\d+) passed", tested.stdout)
    assert passed is not None and int(passed.group(1)) >= 3


def test_a_recipe_without_its_file_fails():
    """The broken twin of looking: it is the file that makes the recipe run."""
    for number in NUMBERS:
        done = run(ROOT, ["-c", read_recipe(number).look])
        assert done.returncode != 0
        assert re.search("KeyError|must be one of", done.stderr)


@pytest.mark.parametrize("number", mostly_at_night(NUMBERS, lambda number: number == 3))
def test_the_tests_that_a_recipe_names_find_a_mistake(tmp_path, number):
    """The broken twin of testing: a wrong order, a wrong exact number, half a kick."""
    recipe = read_recipe(number)
    right, wrong = MISTAKES[number]
    assert right in recipe.source
    folder = copy_checkout(tmp_path)
    (folder / recipe.path).write_text(recipe.source.replace(right, wrong), encoding="utf-8")
    tested = run(folder, ["-m", "pytest", "-q", *recipe.tests])
    assert tested.returncode == 1, tested.stdout[-3000:]
    assert re.search(r"\d+ failed", tested.stdout)


def test_the_claim_is_verified_and_drawn_from_the_command_line(checkout, tmp_path):
    command = ["-m", "stochcalc", "verify", "G99", "--paths", "100000", "--twins"]
    done = run(checkout, [*command, "--out", str(tmp_path)])
    assert done.returncode == 0, done.stderr
    assert "2 of 2 numbers agree" in done.stdout
    assert (tmp_path / "G99.png").stat().st_size > 5_000


def test_the_files_of_the_recipes_pass_the_formatter_and_the_linter(checkout):
    pytest.importorskip("ruff", reason="needs ruff: pip install --group lint")
    paths = [read_recipe(number).path for number in NUMBERS]
    for check in (["check"], ["format", "--check"]):
        done = run(checkout, ["-m", "ruff", *check, *paths])
        assert done.returncode == 0, done.stdout


def test_the_numbers_of_the_recipes_are_derived():
    """The claim of recipe 2, by brute force over the covariances min(s, t)."""
    for n in (1, 2, 8):
        h = 1.0 / n
        second = sum(h**3 * min(j, k) for j in range(n) for k in range(n))
        assert second == pytest.approx((n - 1) * (2 * n - 1) / (6 * n**2))
        assert sum(h * h * k for k in range(n)) == pytest.approx((n - 1) / (2 * n))
