"""Random expressions have one value on all routes: Python, compiled, and NumPy path by path.

Each expression is the drift of an equation without noise, of which one Euler step of length 1 is
taken from several starts. Where Python raises an error, the compiled route may raise one too, or
report nan, but not return a number. An expression that Numba refuses runs in NumPy, with a warning.
"""

from __future__ import annotations

import importlib.util
import random
import sys
import warnings
from types import ModuleType

import numpy as np
import pytest
from evidence import seed_of
from expressions import NAMES, draw

import stochcalc as sc

STARTS = np.array([0.3, 2.75, -1.6, 5.0])
T = 1.0
SAMPLE = 15
ALL = 300


def write(path, texts: list[str]) -> ModuleType:
    """Return a module with functions of (t, x) for each expression.

    f0, f1, ... are as they are drawn, and g0, g1, ... call an object that Numba does not know.
    """
    functions = [
        """
class Opaque:
    zero = 0.0
OPAQUE = Opaque()
"""
    ]
    for i, text in enumerate(texts):
        functions.append(f"def f{i}(t, x):\n    return 1.0 * ({text})\n")
        functions.append(f"def g{i}(t, x):\n    return 1.0 * ({text}) + OPAQUE.zero\n")
    name = f"drawn_expressions_{path.stem}"
    path.write_text(NAMES + "\n".join(functions), encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def in_python(function) -> np.ndarray:
    """Return the values at the starts; nan where Python raises an error."""
    values = []
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for x in STARTS:
            try:
                values.append(float(function(0.0, float(x))))
            except (ArithmeticError, ValueError, IndexError, TypeError):
                values.append(np.nan)
    return np.array(values)


def solve(function) -> tuple[np.ndarray, str]:
    """Return the values that the solver computes at the starts, and its route."""
    sde = sc.SDE(function, lambda t, x: 0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sol = sc.solve(sde, STARTS, T, n=1, paths=len(STARTS), starts=True, save="last", key=1)
    return sol.x[:, 0] - STARTS, sol.info["route"]


def are_wrong(found: np.ndarray, right: np.ndarray) -> bool:
    """Say whether a value is not Python's; where Python raises an error, none may be finite."""
    wrong = ~np.isclose(found, right, rtol=1e-9, atol=1e-9, equal_nan=True)
    return bool((wrong & ~(np.isnan(right) & ~np.isfinite(found))).any())


def find_faults(module: ModuleType, texts: list[str]) -> tuple[list[str], dict[str, int]]:
    """Return the expressions whose values differ, and how often each route was taken."""
    faults = []
    routes = {"compiled": 0, "numpy": 0, "refused": 0}
    for i, text in enumerate(texts):
        right = in_python(getattr(module, f"f{i}"))
        for name in (f"f{i}", f"g{i}"):
            try:
                found, route = solve(getattr(module, name))
            except (ValueError, IndexError, TypeError, ArithmeticError):
                routes["refused"] += 1
                continue
            routes[route] += 1
            if are_wrong(found, right):
                faults.append(f"{text}: {found.tolist()} for {right.tolist()} ({route})")
    return faults, routes


def draw_texts(name: str, count: int) -> list[str]:
    """Draw expressions; the name is the seed."""
    numbers = random.Random(name)
    return [draw(numbers, depth=numbers.randint(1, 4)) for _ in range(count)]


def test_a_sample_of_expressions_has_one_value_on_all_routes(request, tmp_path):
    texts = draw_texts(str(seed_of(request)), SAMPLE)
    faults, routes = find_faults(write(tmp_path / "sample.py", texts), texts)
    assert faults == []
    assert min(routes["compiled"], routes["numpy"]) >= SAMPLE // 3


@pytest.mark.nightly
def test_all_expressions_have_one_value_on_all_routes(request, tmp_path):
    texts = draw_texts(str(seed_of(request)), ALL)
    faults, routes = find_faults(write(tmp_path / "whole.py", texts), texts)
    assert faults == []
    assert min(routes["compiled"], routes["numpy"]) >= ALL // 3


def test_a_wrong_value_is_found(tmp_path):
    """The broken twin: the numbers are compared with those of another expression."""
    module = write(tmp_path / "twin.py", ["x + 2.0", "x // 0.0", "x"])
    found, route = solve(module.f0)
    assert route == "compiled" and solve(module.g0)[1] == "numpy"
    assert not are_wrong(found, in_python(module.f0))
    assert are_wrong(found, in_python(module.f2))
    assert are_wrong(found, in_python(module.f1))
