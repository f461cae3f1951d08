"""Bad questions of the backward equation: the slip is named with its value and a remedy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from refusals import refused_before_anything_is_compiled, wrong_type, wrong_value

import stochcalc as sc

nan = math.nan
inf = math.inf


def equation(a=lambda t, x: -x, b=lambda t, x: 1.0, **options):
    return sc.SDE(a, b, **options)


OU = equation()
MOTION = equation(lambda t, x: 0.0)


def backward(sde=OU, f=lambda x: x, T=1.0, low=-6.0, high=6.0, **options):
    return sc.backward_equation(sde, f, T, low, high, **options)


SOLUTION = backward(cells=64)
PLANE = sc.models.clark_cameron()
CASES = {
    "backward sde: none": wrong_type(lambda: backward(None), r"sde=None must be an SDE"),
    "backward sde: a model of a system": wrong_value(
        lambda: backward(PLANE), r"sde=clark_cameron has 2 components, and backward_equation"
    ),
    "backward sde: commuting noise": wrong_value(
        lambda: backward(equation(noise="commuting")), r"noise='commuting'.*noise='diagonal'"
    ),
    "backward drift: changes with time": wrong_value(
        lambda: backward(sc.models.bridge(1.0)), r"drift changes with time|drift\(1, 0\)"
    ),
    "backward drift: changes with time away from the middle": wrong_value(
        lambda: backward(equation(lambda t, x: -5.0 * t * x)),
        r"drift changes with time, drift\(0, -[\d.]+\) = .*: backward_equation takes",
    ),
    "backward diffusion: changes with time between two breaks": wrong_value(
        lambda: backward(
            equation(b=lambda t, x: 1.0 + t * (2.0 < x < 2.1)), breaks=[2.0, 2.1], low=-6.0
        ),
        r"diffusion changes with time, diffusion\(0, 2\.0\d+\) = 1 ",
    ),
    "backward drift: changes with the phase of a period": wrong_value(
        lambda: backward(equation(lambda t, x: -x + math.sin(2.0 * math.pi * t) * x)),
        r"drift changes with time",
    ),
    "backward diffusion: oscillates": wrong_value(
        lambda: backward(equation(b=lambda t, x: 2.0 + math.sin(1e6 * x))),
        r"the diffusion changes too quickly around x=.*: give an interval",
    ),
    "backward diffusion: 0 at a wall": wrong_value(
        lambda: backward(sc.models.gbm(0.1, 0.2), low=0.0, high=4.0),
        r"diffusion\(0, .*\) = .*the diffusion is 0 there or close by.*move low= or high=",
    ),
    "backward diffusion: 0 inside": wrong_value(
        lambda: backward(equation(b=lambda t, x: x - 0.3)), r"the diffusion is 0 there or close by"
    ),
    "backward f: a number": wrong_type(
        lambda: backward(f=1.0), r"f=1\.0 must be a function of \(x\)"
    ),
    "backward f: of time": wrong_type(
        lambda: backward(f=lambda t, x: x), r"f=.* is called as f\(x\): .*give a function of \(x\)"
    ),
    "backward f: fails": wrong_value(
        lambda: backward(f=math.log), r"f\(-.*\) fails: .*give low= and high="
    ),
    "backward f: infinite": wrong_value(
        lambda: backward(f=lambda x: inf), r"f\(.*\) = inf is not finite: give low= and high="
    ),
    "backward f: an array": wrong_value(
        lambda: backward(f=lambda x: np.ones(2)), r"f\(.*\) returned array.*one number"
    ),
    "backward T: zero": wrong_value(lambda: backward(T=0.0), r"T=0\.0 must be greater than 0"),
    "backward T: inf": wrong_value(lambda: backward(T=inf), r"T=inf must be finite"),
    "backward T: too long": wrong_value(
        lambda: backward(T=1e30), r"T=1e\+30 is too long for rates .*give a shorter T"
    ),
    "backward T: text": wrong_type(lambda: backward(T="1"), r"T='1' must be a real number"),
    "backward T: too short for a kink": wrong_value(
        lambda: backward(MOTION, lambda x: max(x, 0.0), 1e-6, -9.0, 9.0, breaks=[0.0]),
        r"cells=800 is too few for T=1e-06: .* give cells=72000, or low= and high= closer",
    ),
    "backward T: too short for a wall that absorbs": wrong_value(
        lambda: backward(MOTION, T=1e-6, low=-1.0, high=1.0, walls="absorbing"),
        r"cells=800 is too few for T=1e-06: .* give cells=8000, or low= and high= closer",
    ),
    "backward T: too short for any cells": wrong_value(
        lambda: backward(T=1e-12), r"cells=800 is too few for T=1e-12: .*; give low= and high= clo"
    ),
    "backward killing: a jump that is too large": wrong_value(
        lambda: backward(MOTION, killing=lambda x: 1e6 * (x > 1.0), breaks=[1.0]),
        r"cells=800 is too few for killing at the rate 1e\+06 next to x=1: .*give cells=\d+, or",
    ),
    "backward killing: too strong for a wall that absorbs": wrong_value(
        lambda: backward(MOTION, killing=1e6, walls=("reflecting", "absorbing")),
        r"cells=800 is too few for killing at the rate 1e\+06 next to x=6: ",
    ),
    "backward low: infinite": wrong_value(
        lambda: backward(low=-inf), r"low=-inf must be finite: .*wall.*eight standard deviations"
    ),
    "backward high: nan": wrong_value(lambda: backward(high=nan), r"high=nan must be finite"),
    "backward low: above high": wrong_value(
        lambda: backward(low=2.0, high=1.0), r"low=2\.0 must be below high=1\.0: swap them"
    ),
    "backward killing: text": wrong_type(
        lambda: backward(killing="r"), r"killing='r' must be a real"
    ),
    "backward killing: nan": wrong_value(
        lambda: backward(killing=nan), r"killing=nan must be finite"
    ),
    "backward killing: huge": wrong_value(
        lambda: backward(killing=1e12), r"killing=1000000000000\.0 must be at most 1e\+09"
    ),
    "backward killing: of growth": wrong_value(
        lambda: backward(killing=lambda x: -20.0 * x * x),
        r"killing has values down to -720, so that means grow up to e\^720 by T=1: give a",
    ),
    "backward killing: of time": wrong_type(
        lambda: backward(killing=lambda t, x: x), r"killing=.* is called as killing\(x\)"
    ),
    "backward killing: fails": wrong_value(
        lambda: backward(killing=lambda x: 1.0 / x, breaks=[0.5], low=0.0),
        r"killing\(.*\) = |killing\(.*\) fails",
    ),
    "backward walls: unknown": wrong_value(
        lambda: backward(walls="absorb"), r"walls='absorb' must be one of.*did you mean 'absorbing'"
    ),
    "backward walls: three": wrong_type(
        lambda: backward(walls=("absorbing",) * 3), r"walls=\(.*\) must be 'reflecting', 'absor"
    ),
    "backward walls: true": wrong_type(lambda: backward(walls=True), r"walls=True must be 'refl"),
    "backward wall_values: three": wrong_value(
        lambda: backward(walls="absorbing", wall_values=(1.0, 2.0, 3.0)),
        r"wall_values=\(1\.0, 2\.0, 3\.0\) has shape \(3,\): give a number, or one for each",
    ),
    "backward wall_values: where it reflects": wrong_value(
        lambda: backward(walls=("absorbing", "reflecting"), wall_values=(0.0, 1.0)),
        r"wall_values=\(0\.0, 1\.0\) has 1 for the wall at high=, which reflects: say walls=",
    ),
    "backward wall_values: a number where all reflects": wrong_value(
        lambda: backward(wall_values=1.0), r"wall_values=1\.0 has 1 for the wall at low="
    ),
    "backward wall_values: nan": wrong_value(
        lambda: backward(walls="absorbing", wall_values=nan), r"wall_values\[0\]=nan must be finite"
    ),
    "backward breaks: outside": wrong_value(
        lambda: backward(breaks=[0.0, 7.0]), r"breaks=\[0\.0, 7\.0\] has 7, which is not between"
    ),
    "backward breaks: at a wall": wrong_value(
        lambda: backward(breaks=[6.0]), r"has 6, which is not between low=-6 and high=6: leave"
    ),
    "backward breaks: too close": wrong_value(
        lambda: backward(breaks=[0.0, 1e-9]), r"breaks=.*too close.*at 0 and 1e-09: leave one out"
    ),
    "backward breaks: too many": wrong_value(
        lambda: backward(breaks=np.linspace(-1.0, 1.0, 101)), r"breaks=.* at most 100 numbers"
    ),
    "backward breaks: text": wrong_type(lambda: backward(breaks="K"), r"breaks has dtype"),
    "backward cells: too few": wrong_value(lambda: backward(cells=8), r"cells=8 must be at least"),
    "backward cells: too many": wrong_value(
        lambda: backward(cells=10**6), r"cells=1000000 must be at most 100000"
    ),
    "backward cells: a float": wrong_type(
        lambda: backward(cells=400.0), r"cells=400\.0 must be an integer: write cells=400"
    ),
    "backward cells: too few for the drift": wrong_value(
        lambda: backward(equation(lambda t, x: -1000.0 * x), cells=100),
        r"cells=100 is too few: inside a cell the drift is .*give cells=\d+, or low= and high=",
    ),
    "solution: outside": wrong_value(
        lambda: SOLUTION(7.0), r"x=7\.0 has 7, which is not between low=-6 and high=6: give starts"
    ),
    "solution error: nan": wrong_value(lambda: SOLUTION.error([nan]), r"x=\[nan\] has nan"),
    "solution: text": wrong_type(lambda: SOLUTION("0"), r"x has dtype"),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_refused_by_name_value_and_remedy(case):
    refused_before_anything_is_compiled(CASES[case])
