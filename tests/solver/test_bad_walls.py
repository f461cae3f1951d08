"""Walls that `solve` refuses, and questions that a solution without them refuses."""

from __future__ import annotations

import math

import numpy as np
import pytest
from refusals import refused, refused_before_anything_is_compiled, wrong_type, wrong_value
from small_equations import drift, one, solve_number, solve_pair

import stochcalc as sc

inf = math.inf


def same(t, x):
    return x


BAD = {
    "a text": wrong_type(
        lambda: solve_number(reflect="low"), r"reflect='low' must be a real number"
    ),
    "nan": wrong_value(lambda: solve_number(reflect=math.nan), r"reflect=nan must be finite"),
    "true": wrong_type(lambda: solve_number(reflect=True), r"reflect=True"),
    "one infinite wall": wrong_value(lambda: solve_number(reflect=inf), r"reflect=inf must be fin"),
    "at the start": wrong_value(
        lambda: solve_number(reflect=1.0),
        r"reflect=1 has starts from 1 to 1, .*give reflect=\(1, None\) or \(None, 1\)",
    ),
    "three": wrong_value(
        lambda: solve_number(reflect=(0.0, 1.0, 2.0)), r"reflect=\(0\.0, 1\.0, 2\.0\) has 3 entries"
    ),
    "the other infinity below": wrong_value(
        lambda: solve_number(reflect=(inf, 2.0)), r"reflect\[0\]=inf must be finite"
    ),
    "the other infinity above": wrong_value(
        lambda: solve_number(reflect=(0.0, -inf)), r"reflect\[1\]=-inf must be finite"
    ),
    "no walls": wrong_value(
        lambda: solve_number(reflect=(None, None)), r"reflect=\(None, None\) has no wall: leave it"
    ),
    "no wall": wrong_value(
        lambda: solve_number(reflect=(-inf, inf)), r"reflect=\(-inf, inf\) has no wall: leave it"
    ),
    "backwards": wrong_value(
        lambda: solve_number(reflect=(2.0, 0.0)), r"reflect=\(2, 0\) must increase: give \(low, hi"
    ),
    "equal": wrong_value(lambda: solve_number(reflect=(1.0, 1.0)), r"reflect=\(1, 1\) must incre"),
    "outside, below": wrong_value(
        lambda: solve_number(reflect=(2.0, 3.0)),
        r"x0=1 is not between the walls reflect=\(2, 3\): move one of them",
    ),
    "outside, above": wrong_value(
        lambda: solve_number(reflect=(-inf, 0.5)), r"x0=1 is not between .*reflect=\(-inf, 0\.5\)"
    ),
    "a start outside": wrong_value(
        lambda: solve_number(x0=np.array([0.5, 1.5]), paths=2, starts=True, reflect=(0.0, 1.0)),
        r"x0=1\.5 is not between the walls reflect=\(0, 1\)",
    ),
    "starts on both sides": wrong_value(
        lambda: solve_number(x0=np.array([-0.5, 0.5]), paths=2, starts=True, reflect=0.0),
        r"reflect=0 has starts from -0\.5 to 0\.5",
    ),
    "a system": wrong_value(
        lambda: solve_pair(same, reflect=0.0), r"reflect=0 is for a scalar equation, .* 2 comp"
    ),
    "arrays": wrong_value(
        lambda: sc.solve(
            sc.SDE(lambda t, x: -x, lambda t, x: 1.0, vectorized=True), 1.0, n=4, reflect=0.0
        ),
        r"vectorized=True functions run in NumPy, and reflect= is compiled: write them for floats",
    ),
    "with stop": wrong_value(
        lambda: solve_number(reflect=0.0, stop=lambda t, x: x > 9.0),
        r"reflect=0\.?0? and stop= were both given.*leave one out",
    ),
    "with killing": wrong_value(
        lambda: solve_number(reflect=0.0, killing=lambda t, x: x),
        r"reflect=0\.?0? and killing= were both given.*leave one out",
    ),
    "with girsanov": wrong_value(
        lambda: solve_number(reflect=0.0, girsanov=lambda t, x: x),
        r"reflect=0\.?0? and girsanov= were both given.*leave one out",
    ),
    "of a process": wrong_value(
        lambda: sc.solve(
            sc.SDE(drift, one), 1.0, noise=sc.poisson(2.0, n=4, paths=3, key=1), reflect=0.0
        ),
        r"reflect= needs the bridges of Brownian motion, and noise= has another process: give br",
    ),
    "of given increments": wrong_value(
        lambda: sc.solve(
            sc.SDE(drift, one),
            1.0,
            noise=sc.BrownianPaths.from_increments(np.zeros((3, 4)), np.linspace(0.0, 1.0, 5)),
            reflect=0.0,
        ),
        r"reflect= needs bridges .*noise= was given by its increments: draw brownian",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_walls_are_refused_before_anything_is_compiled(name):
    refused_before_anything_is_compiled(BAD[name])


UNASKED = {
    "local_time without": wrong_value(
        lambda: solve_number().local_time, r"local_time needs a run with walls: .*reflect=\(low, h"
    ),
    "moments without": wrong_value(
        lambda: solve_number().local_time_moments, r"local_time_moments needs a run with walls"
    ),
    "local_time of statistics": wrong_value(
        lambda: solve_number(reflect=0.0, save="stats", paths=300).local_time,
        r'local_time needs the paths, and save="stats" keeps none: use save="last", or local_time_',
    ),
}


@pytest.mark.parametrize("name", UNASKED)
def test_a_solution_says_what_it_has_no_local_times_for(name):
    refused(UNASKED[name])
