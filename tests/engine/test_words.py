"""Values in messages are on one line, and cut after a word where they are long."""

from __future__ import annotations

import numpy as np
import pytest

import stochcalc as sc
from stochcalc.engine import checks
from stochcalc.engine.words import (
    count,
    end_sentence,
    find_closest,
    shorten,
    shorten_text,
    show,
    write_call,
)

LONG = np.linspace(0.0, 1.0, 40).reshape(2, 20)


@pytest.mark.parametrize("most", [40, 60, 120])
def test_a_long_value_is_cut_after_a_word(most):
    text = show(LONG, most)
    assert len(text) < most + 1
    assert text.endswith("...")
    whole = " ".join(repr(LONG).split())
    head = text.removesuffix("...")
    assert whole.startswith(head)
    assert whole[len(head)] in " ,"


def test_a_short_value_is_as_it_is_written():
    assert show(3.0) == "3.0"
    assert show("a  b") == "'a b'"
    assert show([1, 2]) == "[1, 2]"
    assert shorten(3.0) == "3"
    assert shorten((1.0, 2.0)) == "(1.0, 2.0)"


def test_a_word_without_an_end_is_cut_where_it_must_be():
    assert shorten_text("x" * 100, 20) == "x" * 17 + "..."
    assert shorten_text("one\n  two") == "one two"


def test_numbers_sentences_and_calls_are_written_as_a_reader_expects():
    assert count(1, "path") == "1 path"
    assert count(0, "path") == "0 paths"
    assert count(12345, "path") == "12345 paths"
    assert count(12345, "path", grouped=True) == "12,345 paths"
    assert end_sentence("it is so") == "it is so."
    assert end_sentence("it is so.") == "it is so."
    assert end_sentence("and so on...") == "and so on..."
    assert write_call("f", ()) == "f()"
    assert write_call("f", (0.0, (1.0, 2.0))) == "f(0, (1.0, 2.0))"


def test_the_name_that_looks_like_another_is_found_whatever_its_capitals():
    known = ["milstein", "heun", "Milstein"]
    assert find_closest("MILSTEIN", known) == "milstein"
    assert find_closest("milstien", known) == "Milstein"
    assert find_closest("x" * 10, known) is None
    assert find_closest("x", []) is None
    # Of long names the first 64 letters count, of many names the first thousand.
    assert find_closest("a" * 64 + "b" * 999, ["a" * 64]) == "a" * 64
    assert find_closest("heum", [*(f"{k:04}" for k in range(1000)), "heun"]) is None


@pytest.mark.parametrize(
    "call",
    [
        lambda: sc.ito(lambda t, w: w, LONG),
        lambda: sc.brownian(LONG),
        lambda: sc.brownian(n=LONG),
        lambda: sc.solve(LONG, 0.0, 1.0, n=4),
        lambda: sc.solve(sc.models.gbm(0.1, 0.2), 1.0, 1.0, n=4, method=LONG),
        lambda: sc.brownian(n=4, rng=LONG),
        lambda: sc.brownian(n=4, key=LONG),
        lambda: sc.brownian(n=4, partition=LONG),
        lambda: sc.SDE(LONG, LONG),
        lambda: sc.SDE(lambda t, x: x, lambda t, x: x, args=LONG),
        lambda: sc.SDE(lambda t, x: x, lambda t, x: x, lam=LONG),
        lambda: sc.SDE(lambda t, x: x, lambda t, x: x, vectorized=LONG),
    ],
)
def test_no_message_has_a_line_break_or_a_value_cut_in_a_word(call):
    with pytest.raises((TypeError, ValueError)) as told:
        call()
    text = str(told.value)
    assert "\n" not in text
    assert "array(" in text
    assert "..." in text
    numbers = text.partition("...")[0].partition("[[")[2].split(",")
    written = {f"{value:.8f}".rstrip("0") for value in LONG.ravel()}
    assert {number.strip() for number in numbers} <= written | {"0. ", "0.", "1."}


def test_an_object_with_numbers_is_told_which_ones_to_give():
    class Paths:
        values = LONG

    with pytest.raises(TypeError, match=r"give its \.values$"):
        checks.array("f", Paths())
    sol = sc.solve(sc.models.gbm(0.1, 0.2), 1.0, 1.0, n=4, key=1)
    assert (checks.array("f", sol) == sol.x).all()
    with pytest.raises(TypeError, match=r"give real numbers, not object$"):
        checks.array("f", object())
