"""Which tests are run against a fault in a module: those that mirror it.

In this order, so that a fault is found early:

1. the examples in the module's own docstrings;
2. the test files that import the module, or a helper that imports it: first that of its own name,
   then those of the folder that mirrors its folder, then the others;
3. the folder of tests that mirrors the module's folder, or the nearest folder above that exists:
   first the files that say most often what the module defines;
4. the folders of `ELSEWHERE`, where a folder or a module of the engine is tested by those that
   use it.

`tests/test_bits.py` is left out: it compares results with what they were, so it finds every change
and says nothing about tests of the mathematics.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

CHAPTERS = ("engine", "integrals", "variation", "solver", "methods", "langevin", "score")

ELSEWHERE = {
    "stochcalc/engine/arrays.py": ("tests/cases",),
    "stochcalc/engine/checks.py": ("tests/cases",),
    "stochcalc/engine/given_values.py": ("tests/score",),
    "stochcalc/engine/functions": ("tests/cases", "tests/solver/test_array_functions.py"),
    "stochcalc/engine/loop": ("tests/motion",),
    "stochcalc/engine/functions/exact_path.py": ("tests/models",),
    "stochcalc/engine/quantiles.py": ("tests/test_estimate.py",),
    "stochcalc/engine/loop/fault_search.py": ("tests/solver", "tests/cases"),
    "stochcalc/engine/loop/levels.py": ("tests/laboratory",),
    "stochcalc/engine/loop/level_loop.py": ("tests/laboratory",),
    "stochcalc/engine/loop/numpy_calls.py": ("tests/solver", "tests/cases"),
    "stochcalc/engine/loop/numpy_march.py": ("tests/solver", "tests/cases"),
    "stochcalc/engine/random/layout.py": ("tests/methods", "tests/integrals"),
    "stochcalc/engine/random/drivers.py": ("tests/methods", "tests/integrals"),
    "stochcalc/engine/random/driver_fills.py": ("tests/methods", "tests/integrals"),
    "stochcalc/engine/random/driver_merge.py": ("tests/methods", "tests/integrals"),
    "stochcalc/engine/random/driver_values.py": ("tests/methods", "tests/integrals"),
    "stochcalc/engine/registers": ("tests/methods",),
    "stochcalc/engine/registers/parameter_arrays.py": ("tests/densities", "tests/langevin"),
    "stochcalc/variation/along_motion.py": ("tests/laboratory",),
    "stochcalc/engine/checkpoint": ("tests/test_checkpoints.py",),
}
LEFT_OUT = {"tests/test_bits.py"}


def imported_by(source: str) -> set[str]:
    """Return the modules that a source file names in its imports, and what it takes from them."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def defined_in(source: str) -> set[str]:
    """Return the names of the public functions and classes of a module."""
    named = ast.FunctionDef | ast.ClassDef
    return {
        node.name
        for node in ast.parse(source).body
        if isinstance(node, named) and not node.name.startswith("_")
    }


class TestFiles:
    """The test files of a checkout, with what each of them imports, helpers included."""

    __test__ = False  # not for pytest

    def __init__(self, root: Path) -> None:
        self.root = root
        helpers = {
            path.stem: imported_by(path.read_text(encoding="utf-8"))
            for path in (root / "tests" / "helpers").glob("*.py")
        }
        self.imports = {}
        for path in sorted((root / "tests").rglob("test_*.py")):
            found = imported_by(path.read_text(encoding="utf-8"))
            for helper in found & set(helpers):
                found = found | helpers[helper]
            self.imports[path.relative_to(root).as_posix()] = found

    def mirrors(self, module: str) -> list[str]:
        """Return what to run, in order, for a module such as "stochcalc/solver/grid.py"."""
        path = self.root / module
        chosen = [module] if ">>>" in path.read_text(encoding="utf-8") else []
        name = module.removesuffix(".py").replace("/", ".")
        folder = Path(module).parent
        mirror = self.mirror_of(folder)
        importers = [test for test, imports in self.imports.items() if name in imports]
        importers.sort(key=lambda test: self.distance(test, path.stem, mirror))
        words = defined_in(path.read_text(encoding="utf-8")) | {path.stem}
        mirrors = sorted(self.inside(mirror), key=lambda test: -self.mentions(test, words))
        chosen += [*importers, *mirrors]
        elsewhere = (*ELSEWHERE.get(module, ()), *ELSEWHERE.get(folder.as_posix(), ()))
        for place in elsewhere:
            chosen += self.inside(place)
        return [test for test in dict.fromkeys(chosen) if test not in LEFT_OUT]

    def mentions(self, test: str, words: set[str]) -> int:
        """Return how many words of a test file are among some words."""
        text = (self.root / test).read_text(encoding="utf-8")
        return sum(word in words for word in re.findall(r"\w+", text))

    @staticmethod
    def distance(test: str, stem: str, mirror: str) -> int:
        """Return how far a test file is from a module of this name and this mirror."""
        if Path(test).stem == f"test_{stem}":
            return 0
        if Path(test).parent.as_posix() == mirror:
            return 1
        return 2

    def mirror_of(self, folder: Path) -> str:
        """Return the folder of tests for a folder of the package, or for the nearest one above."""
        while True:
            mirror = Path("tests", *folder.parts[1:])
            if (self.root / mirror).is_dir():
                return mirror.as_posix()
            folder = folder.parent

    def inside(self, place: str) -> list[str]:
        """Return the test files of a folder, without those of the folders in it; or the file."""
        if place.endswith(".py"):
            return [place]
        return [test for test in self.imports if Path(test).parent.as_posix() == place]
