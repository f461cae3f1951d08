"""Bad linear chains, steps and diagnostics: the slip is named before anything is compiled."""

from __future__ import annotations

import math

import numpy as np
import pytest
from refusals import refused_before_anything_is_compiled, wrong_type, wrong_value

from stochcalc.langevin import (
    advise_step,
    autocorrelation_time,
    effective_sample_size,
    linear_chain,
    split_rhat,
)
from stochcalc.score import GaussianMixture

nan = math.nan
inf = math.inf
MIXTURE = GaussianMixture([0.3, 0.7], [[1.0, -1.0], [-2.0, 0.5]], 1.0)
KINETIC, MALA = {"method": "baoab"}, {"method": "mala"}
PAIR = [0.0, 0.0]


def score(x):
    return -x


def stiff(x, k):
    return -k * x


def chain(precision=1.0, **options):
    return linear_chain(precision, **({"step": 0.1} | options))


CASES = {
    # linear_chain
    "precision 0": wrong_value(
        lambda: chain(0.0),
        r"precision=0\.0 must be a symmetric positive definite matrix: minus the Jac",
    ),
    "precision indefinite": wrong_value(
        lambda: chain([[1.0, 2.0], [2.0, 1.0]]),
        r"precision=\[\[1\.0, 2\.0\], .*positive definite",
    ),
    "precision lopsided": wrong_value(
        lambda: chain([[1.0, 0.5], [0.0, 1.0]]),
        r"precision=\[\[1\.0, 0\.5\].*must be a symmetric",
    ),
    "precision a cube": wrong_value(
        lambda: chain(np.ones((1, 1, 1))), r"precision=\[\[\[1\.0\]\]\] must be a symmetric"
    ),
    "precision a row": wrong_value(
        lambda: chain([1.0, 2.0]), r"precision=\[1\.0, 2\.0\] must be a symmetric"
    ),
    "precision nan": wrong_value(
        lambda: chain([[1.0, nan], [nan, 1.0]]), r"precision\[0, 1\]=nan must be finite"
    ),
    "precision text": wrong_type(
        lambda: chain("1"), r"precision has dtype <U1 \('1'\): give real numbers"
    ),
    "precision ragged": wrong_value(
        lambda: chain([[1.0, 2.0], [3.0]]), r"precision is ragged: give rows of equal length"
    ),
    "linear: step": wrong_value(lambda: chain(step=0.0), r"step=0\.0 must be greater than 0"),
    "linear: mala": wrong_value(
        lambda: chain(**MALA), r"method='mala' must be one of 'ula', 'lm', 'baoab'"
    ),
    "linear: friction": wrong_value(
        lambda: chain(friction=-1.0), r"friction=-1\.0 must be at least 0"
    ),
    "linear: temperature": wrong_value(
        lambda: chain(temperature=-1.0), r"temperature=-1\.0 must be at least 0"
    ),
    "linear: step too large": wrong_value(
        lambda: chain(step=5.0).stationary, r"grows by 1\.5 a step; use a smaller step"
    ),
    "linear: no friction": wrong_value(
        lambda: chain(friction=0.0, **KINETIC).stationary, r"no stationary law.*friction > 0"
    ),
    # advise_step
    "advise: nothing": wrong_value(
        lambda: advise_step(score, []), r"x is empty \(shape \(0,\)\): give at least one"
    ),
    "advise: a number": wrong_value(
        lambda: advise_step(score, 0.0),
        r"x has shape \(\): give points \(points, d\), or \(points,\)",
    ),
    "advise: a block": wrong_value(
        lambda: advise_step(score, [[[0.0]]]), r"x has shape \(1, 1, 1\): give points"
    ),
    "advise: nan": wrong_value(
        lambda: advise_step(score, [0.0, nan]), r"x\[1\]=nan must be finite"
    ),
    "advise: bias 0": wrong_value(
        lambda: advise_step(score, [0.0], bias=0.0), r"bias=0\.0 must be greater than 0"
    ),
    "advise: bias 1": wrong_value(
        lambda: advise_step(score, [0.0], bias=1), r"bias=1 must be less than 1"
    ),
    "advise: bias text": wrong_type(
        lambda: advise_step(score, [0.0], bias="1%"), r"bias='1%' must be a real number"
    ),
    "advise: a valley": wrong_value(
        lambda: advise_step(lambda x: x, [0.0]),
        r"curves upwards at every x.*give points near a mode",
    ),
    "advise: target a number": wrong_type(
        lambda: advise_step(3.0, [0.0]), r"target=3\.0 must be a Python function"
    ),
    "advise: args missing": wrong_type(
        lambda: advise_step(stiff, [0.0]), r"target\(x, k\) is called .* with 0 extra"
    ),
    "advise: args a list": wrong_type(
        lambda: advise_step(stiff, [0.0], args=[1.0]), r"args=\[1\.0\] must be a tuple"
    ),
    "advise: mixture": wrong_value(
        lambda: advise_step(MIXTURE, [[0.0] * 3]), r"x has shape \(1, 3\): give \(n, 2\)"
    ),
    # diagnostics
    "time: three draws": wrong_value(
        lambda: autocorrelation_time([1.0, 2.0, 3.0]), r"x has shape \(3,\): .*at least 4 draws"
    ),
    "time: text": wrong_type(
        lambda: autocorrelation_time("abc"), r"x has dtype <U3 \('abc'\): give real numbers"
    ),
    "time: nan": wrong_value(
        lambda: autocorrelation_time([1.0, nan, 2.0, 3.0]),
        r"x\[1\]=nan must be finite: fix or drop",
    ),
    "time: components": wrong_value(
        lambda: autocorrelation_time(np.zeros((2, 9, 4))),
        r"x has shape \(2, 9, 4\): .*one component",
    ),
    "ess: a number": wrong_value(
        lambda: effective_sample_size(3.0), r"x has shape \(\): give \(chains, draws\)"
    ),
    "ess: empty": wrong_value(lambda: effective_sample_size([]), r"x is empty"),
    "ess: ranks text": wrong_type(
        lambda: effective_sample_size(np.arange(9.0), ranks="bulk"),
        r"ranks='bulk' must be True or False",
    ),
    "ess: flags": wrong_type(
        lambda: effective_sample_size([True, False] * 4), r"x has dtype bool .*give real numbers"
    ),
    "rhat: short": wrong_value(
        lambda: split_rhat(np.zeros((5, 3))), r"x has shape \(5, 3\): give .*at least 4 draws"
    ),
    "rhat: inf": wrong_value(
        lambda: split_rhat([inf, 1.0, 2.0, 3.0]), r"x\[0\]=inf must be finite"
    ),
    "rhat: None": wrong_type(lambda: split_rhat(None), r"x has dtype object \(None\)"),
    "rhat: ragged": wrong_value(
        lambda: split_rhat([[1.0, 2.0], [3.0]]), r"x is ragged: give rows of equal length"
    ),
}
SLIPS = {  # what would pass in silence, or be refused by NumPy in its own words
    "linear: n negative": wrong_value(lambda: chain().after(-1), r"n=-1"),
    "linear: n a float": wrong_type(
        lambda: chain().after(2.0), r"n=2\.0 must be an integer: write n=2"
    ),
    "linear: start nan": wrong_value(
        lambda: chain().after(2, np.array([[nan]])), r"start\[0, 0\]=nan"
    ),
    "linear: start a number": wrong_value(lambda: chain().after(2, 1.0), r"start has shape \(\)"),
    "linear: start too small": wrong_value(
        lambda: chain(method="lm").after(2, np.eye(1)), r"start has shape \(1, 1\).*\(2, 2\)"
    ),
    "advise: mixture and args": wrong_value(
        lambda: advise_step(MIXTURE, [PAIR], args=(1.0,)), r"args=\(1\.0,\).*brings its own"
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_sampler_is_refused_by_name_and_value_before_anything_is_compiled(case):
    refused_before_anything_is_compiled(CASES[case])


@pytest.mark.parametrize("case", SLIPS)
def test_a_slip_is_refused_at_the_door(case):
    refused_before_anything_is_compiled(SLIPS[case])
