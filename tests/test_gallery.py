"""Every script of the gallery is a lesson, runs, and asserts its numbers; the README's examples run
as they stand.
"""

import ast
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from lessons import (
    LEAST_ALT,
    LEAST_WORDS,
    LECTURES,
    SECTIONS,
    count_words,
    find_faults,
    has_exercise,
)
from nights import mostly_at_night

import stochcalc as sc
from stochcalc import plot

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = sorted((ROOT / "gallery").glob("*/plot_*.py"))


LONGEST = 10.0  # seconds of CPU that a lesson may take
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
TIMED = """
import runpy, sys, time
runpy.run_path(sys.argv[1], run_name="__main__")
print()
print(time.process_time())
"""


def run(arguments, folder, variables=None):
    environment = {
        **os.environ,
        "MPLBACKEND": "Agg",
        "PYTHONPATH": str(ROOT),
        **(variables or {}),
    }
    return subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        env=environment,
        timeout=300,
    )


def runs_here(script):
    if script.stem == "plot_digits":
        pytest.importorskip("sklearn", reason='the digits need pip install "stochcalc[ml]"')


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_of_the_gallery_is_a_lesson(script):
    assert find_faults(script.read_text()) == []


POOR = '''"""A title
=="""

import numpy as np
import stochcalc as sc
from stochcalc import plot

finding = sc.CLAIMS["G09"].run(paths=np.zeros(1))
plot.figure(finding.draw, alt="short")
plot.save(finding.draw, "figure.png")
'''


def test_a_script_that_is_no_lesson_is_found():
    """The negative control: every rule but one, which needs sections, is broken."""
    faults = " ".join(find_faults(POOR))
    for words in (
        "underlined by ===",
        "state the theorem",
        "name the theorem",
        "add the sections",
        "call a public function",
        "say in alt=",
        "a notebook shows it twice",
        "assert a measured number",
        "with its standard error",
        "cite a source",
        "write no file",
    ):
        assert words in faults
    left = POOR.replace("short", "Left, the paths come closer and closer; right, their errors.")
    assert "number panels" in " ".join(find_faults(left))
    heads = "".join(f"# {name}\n# {'-' * len(name)}\n" for name in SECTIONS)
    assert "fold the solution" in " ".join(find_faults(POOR + heads))


@pytest.mark.parametrize(
    "script", mostly_at_night(SCRIPTS, SCRIPTS[::2].__contains__), ids=lambda path: path.stem
)
def test_a_lesson_asserts_its_numbers_and_leaves_its_figures_open(script):
    """In this process, which has compiled most of it already."""
    runs_here(script)
    before = set(plt.get_fignums())  # examples in docstrings leave theirs to the process
    try:
        runpy.run_path(str(script), run_name="__main__")
        opened = [plt.figure(number) for number in set(plt.get_fignums()) - before]
        assert opened
        assert all(len(figure.alt) >= LEAST_ALT for figure in opened)
    finally:
        for number in set(plt.get_fignums()) - before:
            plt.close(number)


@pytest.mark.nightly
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_lesson_takes_at_most_ten_seconds_of_cpu(script, tmp_path):
    """In a process of its own, imports included, with the machine code that a first run leaves.

    Matrix products run on one thread: the waiting of others beside would count as work.
    """
    runs_here(script)
    first, second = (run(["-c", TIMED, str(script)], tmp_path, ONE_THREAD) for _ in range(2))
    assert first.returncode == 0, first.stderr
    assert second.returncode == 0, second.stderr
    assert float(second.stdout.split()[-1]) <= LONGEST


def test_twenty_four_lessons_are_lectures():
    texts = {script.stem.removeprefix("plot_"): script.read_text() for script in SCRIPTS}
    words = {name: count_words(texts[name]) for name in LECTURES}
    assert len(LECTURES) == 24
    assert {name: count for name, count in words.items() if count < LEAST_WORDS} == {}


def test_there_are_two_dozen_exercises_with_solutions_that_assert():
    assert sum(has_exercise(script.read_text()) for script in SCRIPTS) >= 24


def test_every_claim_has_its_script():
    claims = [
        number
        for script in SCRIPTS
        for number in re.findall(r'CLAIMS\["(G\d\d)"\]', script.read_text())
    ]
    assert sorted(claims) == sorted(sc.CLAIMS)


def test_higham_s_ten_programs_have_at_most_six_statements_each():
    tree = ast.parse((ROOT / "gallery" / "schemes" / "plot_higham.py").read_text())
    programs = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and [a.arg for a in node.args.args] == ["ax"]
        and node.name != "draw"
    ]
    assert len(programs) == 10
    for program in programs:
        _, *body = program.body  # without the docstring
        assert sum(isinstance(node, ast.stmt) for part in body for node in ast.walk(part)) <= 6, (
            program.name
        )


def test_the_examples_of_the_readme_run_as_they_stand(tmp_path):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    examples = [text for text in blocks if "import stochcalc" in text]
    assert len(examples) >= 3
    for i, text in enumerate(examples):
        (tmp_path / f"example{i}.py").write_text(text)
        done = run([f"example{i}.py"], tmp_path)
        assert done.returncode == 0, f"{text}\n{done.stderr}"


def test_plots_draw_on_the_axes_they_are_given_and_return_them(rng_seed):
    with plot.style():
        _, ax = plt.subplots()
        W = sc.brownian(n=10, paths=3, rng=rng_seed)
        assert W.plot(ax) is ax and sc.brownian(n=4, dim=2, rng=rng_seed).plot(ax) is ax
        streamed = sc.brownian(n=10, paths=3, store=False, rng=rng_seed)
        assert streamed.plot(ax) is ax
        for save in ("all", "stats"):
            assert (
                sc.solve(
                    sc.models.gbm(0.1, 0.2), 1.0, 1.0, n=8, paths=9, save=save, rng=rng_seed
                ).plot(ax)
                is ax
            )
        study = sc.variation_convergence(levels=(2, 3, 4), paths=2048, rng=rng_seed)
        assert study.plot(ax) is ax
        plt.close("all")


def test_the_style_changes_nothing_outside_its_context():
    before = dict(plt.rcParams)
    with plot.style():
        assert plt.rcParams["axes.grid"]
    assert dict(plt.rcParams) == before
