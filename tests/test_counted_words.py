"""A number and its noun agree, and an order without end is called by its name."""

from __future__ import annotations

import re

import numpy as np
import pytest
from architecture import ROOT

import stochcalc as sc
from stochcalc.engine.words import count
from stochcalc.methods.method import show_order
from stochcalc.plot.chains import plot_chains
from stochcalc.plot.solutions import plot_solution

OU = sc.models.ou(1.0, 0.0, 1.0)
NOUNS = "paths|steps|times|chains|observations|jumps|estimates|files|rows|returns"
WRONG = re.compile(rf"(?<![\d.,^-])1 ({NOUNS})\b")


def run_chain() -> sc.langevin.Chains:
    target = sc.score.GaussianMixture([1.0], [[0.0]], 1.0)
    return sc.langevin.sample(target, [0.0], step=0.5, n=1, chains=1, method="mala", rng=1)


ONE = {
    "motion": lambda: sc.brownian(n=1, rng=1),
    "solution": lambda: sc.solve(OU, 0.0, 1.0, n=1, rng=1),
    "solution at the end": lambda: sc.solve(OU, 0.0, 1.0, n=1, rng=1, save="last"),
    "moments of a solution": lambda: sc.solve(OU, 0.0, 1.0, n=1, rng=1, save="stats"),
    "chain": run_chain,
    "moments": lambda: sc.Moments.of([1.0]),
    "moments of several": lambda: sc.Moments.of([[1.0, 2.0]]),
    "estimate": lambda: sc.Estimate.normal(np.ones(1), np.ones(1)),
    "passage": lambda: sc.first_passage(OU, 0.0, 9.0, 1.0, n=4, paths=1, rng=1),
}


@pytest.mark.parametrize("name", ONE)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_one_of_a_thing_is_in_the_singular(name):
    result = ONE[name]()
    for text in (repr(result), str(result), result._repr_html_(), result._repr_latex_()):
        assert WRONG.findall(text) == [], text


def test_pictures_of_one_path_are_named_in_the_singular():
    axes = plot_chains(run_chain()), plot_solution(ONE["solution"]())
    for ax in axes:
        shown = [ax.get_title(), *(label for label in ax.get_legend_handles_labels()[1])]
        assert WRONG.findall(" ".join(shown)) == []


def test_a_noun_agrees_with_its_number():
    assert [count(n, "path") for n in (0, 1, 2)] == ["0 paths", "1 path", "2 paths"]
    assert count(12345, "file", grouped=True) == "12,345 files"
    assert WRONG.search("1 paths") and WRONG.search("(1 times to t=1)")
    assert not WRONG.search("11 paths") and not WRONG.search("t=0.1 times")


def test_the_order_of_the_exact_method_is_exact(monkeypatch):
    assert show_order(float("inf")) == "exact" and show_order(0.5) == "0.5"
    assert "inf" not in repr(sc.METHODS["exact"]) and "exact" in repr(sc.METHODS["exact"])
    monkeypatch.syspath_prepend(str(ROOT / "gallery" / "site"))
    from generate.schemes import write_scheme

    for method in sc.METHODS.values():
        orders = write_scheme(method).split("What it declares")[1]
        assert not re.search(r"\binf\b", orders), method.name
