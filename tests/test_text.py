"""The text of the code is for reading: one statement a line, whole sentences, types that say
something.
"""

from __future__ import annotations

import inspect

import pytest
from architecture import ROOT
from text import (
    bare_any,
    conditional_expressions,
    docstrings_without_a_verb,
    escaped_stars,
    labels_and_quaint_words,
    parallel_assignments,
    parameters_left_out,
    section,
    unfinished_summaries,
)

import stochcalc as sc

PACKAGE = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "stochcalc").rglob("*.py"))
}


def functions() -> dict[str, object]:
    """What users call: the functions and the classes of the tables of contents."""
    found = {}
    for module in (sc, sc.langevin, sc.score, sc.models):
        for name in module.__all__:
            value = getattr(module, name)
            if inspect.isroutine(value) or inspect.isclass(value):
                found[f"{module.__name__}.{name}"] = value
    return found


PUBLIC = functions()


def test_a_line_assigns_one_thing():
    assert parallel_assignments(PACKAGE) < 0.03
    assert parallel_assignments({"a": "x, y = 1, 2\nz = 3\n"}) == 0.5
    assert parallel_assignments({"a": "x, y = f()\n"}) == 0.0


def test_conditions_are_statements():
    assert conditional_expressions(PACKAGE) < 0.6
    assert conditional_expressions({"a": "x = 1 if y else 2\n" + "z = 3\n" * 99}) == 1.0


def test_no_public_signature_says_any():
    assert bare_any(PACKAGE) == []
    for broken in (
        "def f(x: Any): ...",
        "def f(x) -> Any: ...",
        "def f(*, x: Any | None = None): ...",
        "def f(**x: Any): ...",
        "class A:\n    def f(self, x: Any): ...",
    ):
        assert bare_any({"a": broken}), broken
    assert not bare_any({"a": "def f(x: tuple[Any, ...]) -> Callable[..., Any]: ..."})
    assert not bare_any({"a": "def _f(x: Any): ..."})


def test_help_shows_no_backslash_before_a_star():
    assert escaped_stars(PACKAGE) == []
    assert escaped_stars({"a": 'def f():\n    r"""Return g(\\*args)."""'})
    assert not escaped_stars({"a": 'STARS = r"\\*"\ndef f():\n    """Return g(*args)."""'})


def test_the_docstring_of_a_function_begins_with_a_verb():
    assert docstrings_without_a_verb(PACKAGE) == []
    assert docstrings_without_a_verb({"a": 'def f():\n    """The sum of x."""'})
    assert docstrings_without_a_verb({"a": 'def f():\n    """(rows, steps or None)."""'})
    assert docstrings_without_a_verb({"a": "def f(): ..."})
    assert not docstrings_without_a_verb({"a": 'def f():\n    """Return the sum of x."""'})


def test_the_summary_of_a_docstring_is_a_sentence():
    assert unfinished_summaries(PACKAGE) == []
    assert unfinished_summaries({"a": '"""Return the sum of\n\nx."""'})


def test_docstrings_have_no_labels_in_capitals_and_no_quaint_words():
    assert labels_and_quaint_words(PACKAGE) == []
    for broken in ("PROBLEM: x.", "It costs as dear as ULA.", "Left to right."):
        assert labels_and_quaint_words({"a": f'"""{broken}"""'}), broken


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_explains_its_parameters_and_shows_an_example(name):
    value = PUBLIC[name]
    text = inspect.getdoc(value) or ""
    assert section(text, "Examples"), "no example"
    if inspect.isclass(value):
        fields = [*inspect.signature(value).parameters]
        assert not fields or section(text, "Parameters") or section(text, "Attributes")
    else:
        assert parameters_left_out(value) == []


def test_a_parameter_that_is_left_out_is_found():
    def broken(x, y):
        """Return x.

        Parameters
        ----------
        x : float
            A number, not y.
        """

    assert parameters_left_out(broken) == ["y"]
