"""Every public call that computes over paths takes the same arguments, and none changes a bit."""

from __future__ import annotations

import concurrent.futures as futures
import inspect
import multiprocessing

import pytest
from nights import mostly_at_night
from streamed_calls import CALLS, answer, public_functions

import stochcalc as sc

# Of the rest, these run in every run: a job of each kind.
ALWAYS = {
    "brownian",
    "karhunen_loeve",
    "maximum observed",
    "ito_residual with f",
    "iterated_integrals",
    "quadratic_variation of prices",
    "solve, stopped",
    "first_passage",
    "strong",
}
# They hand their options on to functions that are in the list themselves.
HAND_ON = {"ito", "stratonovich", "backward"}


def streaming():
    """The public functions that take `workers=`, by name."""
    return {
        name: function
        for name, function in public_functions().items()
        if "workers" in inspect.signature(function).parameters
    }


def test_whoever_takes_workers_takes_an_executor_and_reports_progress():
    for name, function in streaming().items():
        parameters = inspect.signature(function).parameters
        for other in ("executor", "progress"):
            assert other in parameters, f"{name} takes workers= and no {other}="
            assert parameters[other].kind is inspect.Parameter.KEYWORD_ONLY
        assert parameters["executor"].default is None
        assert parameters["progress"].default is False


def test_every_call_that_streams_is_tried():
    tried = {name.partition(",")[0].partition(" ")[0] for name in CALLS}
    other_names = {
        "sc.bridge": "bridge",
        "langevin": "sample",
        "integral": "integral_convergence",
        "variation": "variation_convergence",
        "strong": "strong_convergence",
        "weak": "weak_convergence",
    }
    tried = {other_names.get(name, name) for name in tried}
    assert set(streaming()) | HAND_ON == tried


@pytest.fixture(scope="module")
def processes():
    with futures.ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


@pytest.mark.parametrize("name", mostly_at_night(CALLS, lambda name: name in ALWAYS))
def test_a_call_has_the_same_bits_in_another_process(name, processes):
    assert answer(name, executor=processes) == answer(name)


@pytest.mark.parametrize("name", CALLS)
def test_progress_comes_to_its_end(name):
    seen = []
    answer(name, progress=lambda done, total: seen.append((done, total)))
    if name == "verify" or name.startswith(("brownian", "solve, target", "mlmc")):
        assert seen
    else:
        assert seen[-1][0] == seen[-1][1] > 0


@pytest.mark.nightly
@pytest.mark.parametrize("number", sc.CLAIMS)
def test_every_claim_is_measured_in_other_processes(number, processes):
    def measured(**how):
        return [str(row) for row in sc.CLAIMS[number].run(paths=2048, key=5, **how).rows]

    assert measured(executor=processes) == measured()
