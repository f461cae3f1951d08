"""The judge of odd calls knows a bad end when it sees one: careless functions are broken twins."""

from __future__ import annotations

import contextlib
import time
from typing import Any

import numpy as np
import odd_endings
import pytest
from matplotlib.figure import Figure
from odd_endings import Base, find_fault, fingerprint
from odd_values import ODD, other_forms

from stochcalc.engine import checks

VALUES = {odd.name: odd for odd in ODD}


def careful(x: float) -> float:
    """Return 2 x, after a check."""
    return 2.0 * checks.number("x", x)


def careless(x: Any) -> Any:
    """Return 2 x, whatever x is."""
    return 2.0 * x


def names_another(x: float) -> float:
    """Check x under the name of another argument."""
    return checks.number("y", x)


def takes_everything(x: float) -> float:
    """Return 1, whatever x is."""
    return 1.0


def reads_too_little(x: Any) -> float:
    """Return a part of x, and fail in NumPy's words."""
    return float(np.asarray(x).reshape(1)[0])


def looks_inside(x: Any) -> float:
    """Return what is no attribute of most values."""
    return x.real_part


def divides(x: Any) -> Any:
    """Return 1/x, with the warning of NumPy where x is 0."""
    return np.divide(1.0, x)


def allocates(x: Any) -> Any:
    """Make an array of x numbers."""
    return np.empty(int(x) * 1000)


def never_ends(x: float) -> float:
    """Compute until somebody stops it."""
    while time.process_time() < float("inf"):
        pass
    return x


def outlives_one_signal(x: float) -> float:
    """Compute on after the first attempt to stop it."""
    with contextlib.suppress(BaseException):
        never_ends(x)
    return never_ends(x)


def find(function: Any, odd: Any) -> str | None:
    base = Base(function, {"x": 0.5})
    return find_fault(base, "x", odd, lambda: fingerprint(function(0.5)))


@pytest.mark.parametrize("odd", [*ODD, *other_forms(0.5)], ids=lambda odd: odd.name)
def test_a_careful_function_ends_well(odd):
    assert find(careful, odd) is None


@pytest.mark.parametrize(
    "function, value, fault",
    [
        (careless, "nan", "not finite, in silence"),
        (careless, "None", "not raised by the package"),
        (names_another, "a text", "does not name x"),
        (takes_everything, "a text", "taken, though x is float"),
        (reads_too_little, "ragged rows", "not raised by the package"),
        (looks_inside, "a dict", "no refusal: AttributeError"),
        (allocates, "10**11", "no refusal: MemoryError"),
        (never_ends, "0", "took more than"),
        (outlives_one_signal, "0", "took more than"),
    ],
)
def test_a_careless_function_is_found(function, value, fault, monkeypatch):
    monkeypatch.setattr(odd_endings, "SECONDS", 0.2)
    assert fault in find(function, VALUES[value])


def test_other_bits_for_the_same_numbers_are_found():
    def rounds(x: Any) -> Any:
        return np.asarray(x) / 3.0  # in single precision for numbers in single precision

    base = Base(rounds, {"x": np.array([0.5, 1.0])})
    forms = {form.name: form for form in other_forms(base.arguments["x"])}
    answer = fingerprint(base.call())
    assert find_fault(base, "x", forms["strided"], lambda: answer) is None
    assert "another answer" in find_fault(base, "x", forms["float32"], lambda: answer)


def test_another_picture_of_the_same_numbers_is_found():
    def draws(x: Any) -> Any:
        axes = Figure().add_subplot()
        axes.plot([0.0, 1.0], [0.0, 1.0 + (np.asarray(x).dtype == np.float32)])
        return axes

    base = Base(draws, {"x": np.array([0.5, 1.0])})
    forms = {form.name: form for form in other_forms(base.arguments["x"])}
    answer = fingerprint(base.call())
    assert find_fault(base, "x", forms["strided"], lambda: answer) is None
    assert "another answer" in find_fault(base, "x", forms["float32"], lambda: answer)


def test_warnings_of_numpy_are_found(monkeypatch):
    monkeypatch.setattr(odd_endings, "PACKAGE", __file__)
    assert "a warning of NumPy" in find(divides, VALUES["0"])


@pytest.mark.parametrize(
    "message, fault",
    [
        ("y=3 must be positive", "does not name x"),
        ("x must be positive", "does not show the value"),
        ("x=odd is bad", "does not say what to give"),
        ("x=odd must be positive" + "!" * 400, "characters"),
        ("x=odd must be positive", None),
    ],
)
def test_a_message_must_name_show_and_teach(message, fault, monkeypatch):
    monkeypatch.setattr(odd_endings, "PACKAGE", __file__)

    def refuses(x: Any) -> None:
        raise ValueError(message)

    found = find(refuses, VALUES["an object"])
    assert (found is None) if fault is None else (fault in found)
