"""All valid calls of the public API, the odd values for each, and what is left out, and why."""

from __future__ import annotations

import functools
import hashlib
import inspect
import os
import tempfile
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import odd_bases_equations as equations
import odd_bases_paths as paths
import odd_bases_pictures as pictures
import odd_bases_sampling as sampling
from odd_endings import Base, find_fault, fingerprint
from odd_values import ODD, Odd, other_forms

import stochcalc as sc
from stochcalc import plot

# Public classes that the package makes and users read: their constructors check nothing again.
MADE_BY_THE_PACKAGE = {
    "Process",
    "BrownianPaths",
    "MemoryEstimate",
    "JumpTest",
    "Jumps",
    "Volatility",
    "Moments",
    "ConvergenceStudy",
    "Solution",
    "MultilevelEstimate",
    "FirstPassage",
    "StationaryDensity",
    "BackwardSolution",
    "Report",
    "Sandbox",
    "CheckpointError",
    "langevin.Chains",
    "langevin.Sampler",
    "langevin.LinearChain",
    "langevin.StepAdvice",
    "score.RandomFeatureScore",  # tests/test_records.py has its constructor
    "score.Noising",  # VE, VP and Straight are made, and tested, in its place
}
# Methods that are tested as those of another class, or elsewhere.
ELSEWHERE = {
    "draw": "it takes the means of a run that were checked, and brownian gives them",
    "find_key": "it takes the text of a message",
    "estimate_memory": "its arguments are those of another call: tests/test_memory.py",
    "dask_executor": "it needs a running cluster: tests/test_cluster.py",
    "plot": "it is plot.plot_solution and the like",
    "save": "the page of a sandbox: tests/pages",
    "write": "a folder of a report: tests/claims",
    "table": "a report's text: tests/claims",
    "add_note": "Python's own",
    "with_traceback": "Python's own",
}
# What imports so much that it is left to the night.
HEAVY = {"train_network", "ScoreNetwork.score"}
# What a picture is made of: these hand what they are given to Matplotlib, whose errors they are.
BY_MATPLOTLIB = {
    *("figure", "contact_sheet", "panels", "points", "curve", "limit_line", "histogram"),
    *("name_line", "tell_points_from_lines", "slope_triangle", "heat_map", "place_legend"),
    *("tick_steps", "tick_round_numbers"),
}
# Odd values that mean a great deal of work, or are not odd there: nothing is wrong with the call.
WORK = {
    ("*", "paths", "10**11"),
    ("*", "draws", "10**11"),
    ("*", "projections", "10**11"),
    ("*", "chapters", "None"),
    ("*", "chapters", "an empty list"),
    ("*", "chapters", "an empty tuple"),
    ("*", "chapters", "an array without rows"),
    ("*", "steps", "None"),
}
# Calls in which another argument is to blame, or a value has a meaning that no annotation has.
OTHERWISE = {
    ("read_csv", "time", "a text"): "what is wrong with a file has its row and column",
    ("read_csv", "time", "an empty text"): "what is wrong with a file has its row and column",
    ("train_network", "checkpoint", "a text"): "it is a file",
    ("riemann_limit", "df", "None"): "the call without df takes f(t, w)",
    ("mlmc", "x0", "10**11"): "the target is too small for so large a bias",
    ("mlmc", "x0", "2**63"): "the target is too small for so large a bias",
    ("mlmc", "T", "10**11"): "the target is too small for so wide a law",
    ("mlmc", "T", "2**63"): "the target is too small for so wide a law",
    ("langevin.sample in a plane", "chains", "10**11"): "x0 has too few starts for them",
    ("Estimate.positive", "symmetric", "True"): "it is an array of True and False",
}


FILES = tempfile.TemporaryDirectory(prefix="odd-calls-")  # until Python ends


class OddCall(NamedTuple):
    """A call with one odd value: its place in the table of bases, and the value."""

    name: str
    argument: str
    odd: Odd

    def __str__(self) -> str:
        return f"{self.name}({self.argument}={self.odd.name})"


@functools.cache
def list_bases() -> dict[str, Base]:
    """Return the valid calls by name."""
    folder = Path(FILES.name)
    return {
        **paths.make_files(folder),
        **paths.make_paths(),
        **paths.make_integrals(),
        **paths.make_variations(),
        **paths.make_estimates(),
        **equations.make_equations(),
        **equations.make_solutions(),
        **equations.make_studies(),
        **sampling.make_chains(),
        **sampling.make_densities(),
        **sampling.make_losses(folder),
        **sampling.make_reversals(),
        **pictures.make_pictures(),
    }


def list_public() -> Iterator[tuple[str, Any]]:
    """Yield every public callable with arguments: functions, constructors and methods."""
    for module in (sc, sc.models, sc.langevin, sc.score, plot):
        prefix = module.__name__.removeprefix("stochcalc").removeprefix(".")
        for name in module.__all__:
            value = getattr(module, name)
            if isinstance(value, types.ModuleType) or not callable(value):
                continue
            full = f"{prefix}.{name}".lstrip(".")
            yield full, value
            if full == "score.Noising":
                continue  # VE, VP and Straight are what is made of it
            if inspect.isclass(value):
                for method in dir(value):
                    if not method.startswith("_") and inspect.isroutine(getattr(value, method)):
                        yield f"{full}.{method}", getattr(value, method)


def takes_arguments(value: Any) -> bool:
    """Tell whether a callable takes an argument beside the object that it belongs to."""
    try:
        parameters = inspect.signature(value).parameters
    except (TypeError, ValueError):  # of a property, and of what is written in C
        return False
    return any(name != "self" for name in parameters)


def list_odd_calls(name: str) -> list[OddCall]:
    """Return the odd calls of one base."""
    base = list_bases()[name]
    calls = []
    for argument in base.annotations():
        values = [*ODD, *other_forms(base.arguments.get(argument))]
        calls += [OddCall(name, argument, odd) for odd in values]
    return [call for call in calls if not _is_left_out(call)]


def _is_left_out(call: OddCall) -> bool:
    """Tell whether a call means a great deal of work, or ends otherwise for a reason."""
    place = (call.argument, call.odd.name)
    if ("*", *place) in WORK or (call.name, *place) in WORK:
        return True
    return (call.name, *place) in OTHERWISE


def choose(calls: list[OddCall], seed: int, most: int) -> list[OddCall]:
    """Return `most` of some calls, the same ones for the same seed."""

    def rank(call: OddCall) -> bytes:
        return hashlib.sha256(f"{seed}/{call}".encode()).digest()

    return sorted(calls, key=rank)[:most]


@functools.cache
def find_answer(name: str) -> Any:
    """Return the fingerprint of the answer to a valid call."""
    return fingerprint(list_bases()[name].call())


def find_faults(calls: list[OddCall]) -> list[str]:
    """Make calls, each in an empty folder, and return what is wrong with their ends."""
    faults = []
    before = Path.cwd()
    for call in calls:
        base = list_bases()[call.name]
        answer = functools.partial(find_answer, call.name)
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            try:
                fault = find_fault(base, call.argument, call.odd, answer)
            finally:
                os.chdir(before)
        if fault is not None:
            faults.append(f"{call}: {fault}")
    return faults
