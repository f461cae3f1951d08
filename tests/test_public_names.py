"""The table of contents: what it names is there, imported when it is asked for and not before."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import stochcalc as sc

ROOT = Path(__file__).resolve().parents[1]


def imports_for_type_checkers() -> dict[str, str]:
    """Name to module, as the block for type checkers imports them."""
    tree = ast.parse((ROOT / "stochcalc" / "__init__.py").read_text())
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    found = {}
    for node in block.body:
        assert isinstance(node, ast.ImportFrom)
        for alias in node.names:
            found[alias.name] = f"{node.module}"
    return found


def test_table_type_checkers_and_all_name_the_same():
    found = imports_for_type_checkers()
    homes = {name: f"stochcalc.{module}" for name, module in sc._HOMES.items()}
    homes |= dict.fromkeys(sc._MODULES, "stochcalc")
    assert found == homes
    assert sorted(sc.__all__) == sorted(found)
    assert len(set(sc.__all__)) == len(sc.__all__)


@pytest.mark.parametrize("name", sc.__all__)
def test_a_name_is_what_its_module_defines(name):
    value = getattr(sc, name)
    assert value is not None and name in dir(sc)
    if name in sc._HOMES:
        assert value is getattr(sys.modules[f"stochcalc.{sc._HOMES[name]}"], name)


def test_a_name_that_does_not_exist_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"no attribute 'slove'; did you mean 'solve'\?"):
        _ = sc.slove


def modules_after(code: str) -> set[str]:
    show = "\nimport sys\nprint('\\n'.join(sys.modules))"
    command = [sys.executable, "-c", code + show]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_package_alone_imports_no_compiler_and_the_solver_no_scipy():
    assert not {"numpy", "numba", "scipy"} & modules_after("import stochcalc")
    solver = modules_after("import stochcalc as sc\nsc.solve\nsc.SDE\nsc.brownian")
    assert not {"scipy.linalg", "scipy.special", "stochcalc.claims", "stochcalc.score"} & solver
    assert "scipy.special" in modules_after("import stochcalc as sc\nsc.Estimate.normal(1.0, 0.1)")
