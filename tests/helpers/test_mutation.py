"""Mutation testing: the faults it puts in and leaves out, and what is killed and what survives."""

from __future__ import annotations

import ast
import json
import subprocess

import mutation_runs
import pytest
from architecture import ROOT
from mutation_map import CHAPTERS, ELSEWHERE, TestFiles
from mutation_points import find_mutants
from mutation_runs import (
    all_mutants,
    confirm,
    draw,
    git,
    report,
    run_mutants,
    run_tests,
    try_mutant,
)

FAULTS = {
    ("x = a < b", "compare"): {"x = (a <= b)"},
    ("x = a is None", "compare"): {"x = (a is not None)"},
    ("x = a + b", "arithmetic"): {"x = (a - b)"},
    ("x = a ** b", "arithmetic"): {"x = (a * b)"},
    ("x += b", "arithmetic"): {"x -= b"},
    ("x += b", "drop statement"): {"pass"},
    ("x = a and b", "and/or"): {"x = (a or b)"},
    ("x = not a", "unary"): {"x = (a)"},
    ("x = 7", "constant"): {"x = (8)"},
    ("x = 2.0", "constant"): {"x = (2.02)"},
    ("x = 0.0", "constant"): {"x = (0.01)"},
    ("x = True", "constant"): {"x = False"},
    ("f(a, b)", "swap arguments"): {"(f(b, a))"},
    ("f(a, b)", "drop statement"): {"pass"},
    ("x = min(a, b)", "min/max"): {"x = (max(a, b))"},
    ("def f():\n    return a", "return None"): {"def f():\n    return None"},
    ("if a:\n    b()", "negate"): {"if (not a):\n    b()"},
    ("while a:\n    break", "break/continue"): {"while a:\n    continue"},
    ("raise ValueError(f'x={x}')", "drop statement"): {"pass"},
    ("self.x = a", "drop statement"): {"pass"},
    ("é = 'é'; x = a < b", "compare"): {"é = 'é'; x = (a <= b)"},
}


@pytest.mark.parametrize("source, operator", FAULTS)
def test_an_operator_puts_in_its_fault_and_changes_nothing_else(source, operator):
    mutants = find_mutants("x.py", source)
    changed = {m.apply(source.encode()).decode() for m in mutants if m.operator == operator}
    assert changed == FAULTS[source, operator]


@pytest.mark.parametrize(
    "source",
    [
        '"""Two words, 1 < 2."""',
        "from a import b",
        "def f(x: dict[int, 3]) -> tuple[1, 2]: ...",
        "x: TypeAlias = dict[int, 3]",
        "if TYPE_CHECKING:\n    x = 1",
        "@cached(1)\ndef f(): ...",
        "__all__ = ['a'] + [1]",
        "x = f'{a + 1}'",
        "x = 'a' + b",
        "x = None",
        "def f():\n    return None",
        "x = fma(a, b, c)",
        "x = f(a, a)",
    ],
)
def test_what_no_test_should_see_has_no_fault(source):
    assert find_mutants("x.py", source) == []


def test_what_an_exception_says_has_no_fault():
    (mutant,) = find_mutants("x.py", "raise ValueError('a', 1 + 2, a < b)")
    assert mutant.operator == "drop statement"


@pytest.fixture(scope="module")
def mutants():
    return all_mutants(ROOT)


def test_every_fault_of_the_package_leaves_a_file_that_compiles(mutants):
    assert len({m.path.split("/")[1] for m in mutants}) == len(CHAPTERS)
    for mutant in draw(mutants, 40, "any commit"):
        source = (ROOT / mutant.path).read_bytes()
        changed = mutant.apply(source)
        assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(source)), mutant


def test_a_fault_has_a_name_of_its_own(mutants):
    names = [mutant.name for mutant in mutants]
    assert len(set(names)) == len(names)


def test_the_commit_draws_and_more_begin_with_the_fewer(mutants):
    few, many = draw(mutants, 20, "abc"), draw(mutants, 50, "abc")
    assert many[:20] == few
    assert len({m.name for m in many}) == 50
    assert draw(mutants, 20, "abcd") != few


def test_a_module_is_met_by_its_mirror_first_and_by_every_test_that_imports_it():
    files = TestFiles(ROOT)
    chosen = files.mirrors("stochcalc/engine/random/philox.py")
    assert chosen[0] == "tests/engine/random/test_philox.py"
    assert "tests/engine/random/test_battery.py" in chosen
    # By way of a helper, levy_laws.
    drivers = files.mirrors("stochcalc/engine/random/drivers.py")
    assert "tests/integrals/test_levy_area_law.py" in drivers
    assert files.mirrors("stochcalc/langevin/samplers/kinetic.py")[-1].startswith("tests/langevin/")
    assert files.mirrors("stochcalc/solver/solve.py")[0] == "stochcalc/solver/solve.py"
    for chapter in ("methods", "langevin"):
        for path in (ROOT / "stochcalc" / chapter).rglob("*.py"):
            for test in files.mirrors(path.relative_to(ROOT).as_posix()):
                assert (ROOT / test).is_file()
    for folder in ELSEWHERE:
        assert (ROOT / folder).exists()


def write(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


MODULE = "stochcalc/methods/signs.py"
TEST = "tests/methods/test_signs.py"


@pytest.fixture
def checkout(tmp_path):
    """A repository of one module with three faults, of which its test finds two."""
    root = tmp_path / "checkout"
    test = "from stochcalc.methods.signs import positive\n\n\ndef test_one():\n"
    write(
        root,
        {
            "stochcalc/__init__.py": "",
            "stochcalc/methods/__init__.py": "",
            MODULE: "def positive(x):\n    return x > 0\n",
            TEST: test + "    assert positive(1) is True\n",
            "pyproject.toml": "",
        },
    )
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"]):
        who = ["-c", "user.name=x", "-c", "user.email=x@x"]
        subprocess.run(["git", "-C", root, *who, *command], check=True, capture_output=True)
    return root


def test_one_fault_is_found_and_another_is_not(checkout, tmp_path):
    before = (checkout / MODULE).read_bytes()
    mutants = {mutant.operator: mutant for mutant in all_mutants(checkout)}
    for operator, outcome in (("return None", "killed"), ("compare", "survived")):
        result = try_mutant(mutants[operator], checkout, [TEST], tmp_path)
        assert result["outcome"] == outcome
        assert (checkout / MODULE).read_bytes() == before


@pytest.mark.nightly
def test_a_run_tells_the_killed_from_the_survivor_and_goes_on_where_it_was(checkout, tmp_path):
    out = tmp_path / "mutants.json"
    commit = git("rev-parse", "HEAD", root=checkout).decode().strip()
    first = run_mutants(3, out, commit, False, checkout)
    assert "3 faults: 2 killed, 0 crashed, 0 timed out, 1 survived, 0 unclear" in first
    assert f"survived: {MODULE}:2:" in first and "x > 0" in first and "(x >= 0)" in first
    known = json.loads(out.read_text())["results"]
    assert {result["outcome"] for result in known} == {"killed", "survived"}

    assert run_mutants(3, out, commit, False, checkout) == first
    assert json.loads(out.read_text())["results"] == known
    with pytest.raises(ValueError, match=f"holds the faults of commit {commit}"):
        run_mutants(3, out, "0" * 40, False, checkout)

    # The missing test is written: the survivor is found, and the package is as it was.
    test = checkout / TEST
    test.write_text(test.read_text() + "    assert positive(0) is False\n")
    assert "3 faults: 3 killed" in run_mutants(3, out, commit, True, checkout)
    assert git("status", "--porcelain", root=checkout).split() == [b"M", TEST.encode()]


@pytest.mark.nightly
def test_a_test_that_fails_without_a_fault_finds_none(checkout, tmp_path):
    assert not confirm("", checkout, tmp_path)
    assert confirm(f"FAILED {TEST}::test_one - assert 1 > 2", checkout, tmp_path)
    test = checkout / TEST
    test.write_text(test.read_text() + "    assert positive(0)\n")
    (mutant, *_) = all_mutants(checkout)
    result = try_mutant(mutant, checkout, [TEST], tmp_path)
    assert result["outcome"] == "unclear"
    assert report([result]).startswith("1 faults: 0 killed")


@pytest.mark.nightly
def test_a_test_that_ends_python_itself_has_found_the_fault(checkout, tmp_path):
    test = checkout / TEST
    test.write_text("import os\n" + test.read_text() + "    os.abort()\n")
    outcome, _ = run_tests(checkout, [TEST], tmp_path / "cache")
    assert outcome == "crashed"


@pytest.mark.nightly
def test_a_test_without_end_is_no_survivor(checkout, tmp_path, monkeypatch):
    monkeypatch.setattr(mutation_runs, "TEST_SECONDS", 1)
    test = checkout / TEST
    test.write_text(test.read_text() + "    while not positive(0): pass\n")
    outcome, _ = run_tests(checkout, [TEST], tmp_path / "cache")
    assert outcome == "timed out"
