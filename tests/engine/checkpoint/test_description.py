"""A job in words: equal words for the same job, and another word for every field that differs."""

from __future__ import annotations

import functools
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from architecture import ROOT

from stochcalc.engine.checkpoint.description import describe, find_difference


@dataclass
class Job:
    """A job of one field."""

    part: Any
    workers: int = 1


def one(x):
    return x + 1.0


def two(x):
    return x + 2.0


def made(c):
    return lambda x: x + c


VALUES = [
    None,
    0,
    1,
    1.0,
    -0.0,
    0.1,
    0.1 + 0.2,
    0.3,
    "a",
    True,
    (),
    (1,),
    ((1,),),
    {"a": 1},
    {"b": 1},
    range(3),
    range(4),
    np.zeros(2),
    np.zeros(3),
    np.zeros((2, 1)),
    np.zeros(2, np.float32),
    np.array([0.0, -0.0]),
    np.zeros(100),
    np.zeros(101),
    np.arange(100.0),
    one,
    two,
    made(1.0),
    made(2.0),
    functools.partial(one, 1),
    functools.partial(one, 2),
    np.sin,
    np.cos,
    Job(1),
    Job(2),
]


def test_different_values_have_different_words_and_say_where():
    words = [describe(Job(value)) for value in VALUES]
    for i, mine in enumerate(words):
        assert find_difference(mine, describe(Job(VALUES[i]))) is None
        for other in words[:i]:
            name, here, there = find_difference(mine, other)
            assert name.startswith("part") and here != there


def test_the_number_of_threads_is_not_part_of_a_job():
    assert find_difference(describe(Job(1, workers=2)), describe(Job(1, workers=3))) is None


def test_a_function_has_the_same_words_in_another_process():
    script = """
import sys
sys.path.insert(0, sys.argv[1])
from stochcalc.engine.checkpoint.description import describe
import stochcalc as sc
sol = sc.solve(sc.models.gbm(0.1, 0.2), 1.0, n=2, paths=2, save="last", key=1)
print(describe(sol.job))
"""
    command = [sys.executable, "-c", script, str(ROOT)]
    first, second = (
        subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in "ab"
    )
    assert "SHA-256" in first
    assert first == second


def test_an_object_without_a_name_is_refused():
    with pytest.raises(TypeError, match=r"whether part\[0\] is the same .* object at"):
        describe(Job((object(),)))
