"""Bad linear chains, steps and diagnostics: the slip is named before anything is compiled."""

from __future__ import annotations

import math

import numpy as np
import pytest
from refusals import bad, refused_before_anything_is_compiled

from stochcalc.langevin import (
    advise_step,
    autocorrelation_time,
    effective_sample_size,
    linear_chain,
    split_rhat,
)
from stochcalc.score import GaussianMixture

nan, inf, T, V = math.nan, math.inf, TypeError, ValueError
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
    "precision 0": bad(
        lambda: chain(0.0),
        V,
        r"precision=0\.0 must be a symmetric positive definite matrix: minus the Jac",
    ),
    "precision indefinite": bad(
        lambda: chain([[1.0, 2.0], [2.0, 1.0]]),
        V,
        r"precision=\[\[1\.0, 2\.0\], .*positive definite",
    ),
    "precision lopsided": bad(
        lambda: chain([[1.0, 0.5], [0.0, 1.0]]),
        V,
        r"precision=\[\[1\.0, 0\.5\].*must be a symmetric",
    ),
    "precision a row": bad(
        lambda: chain([1.0, 2.0]), V, r"precision=\[1\.0, 2\.0\] must be a symmetric"
    ),
    "precision nan": bad(
        lambda: chain([[1.0, nan], [nan, 1.0]]), V, r"precision\[0, 1\]=nan must be finite"
    ),
    "precision text": bad(
        lambda: chain("1"), T, r"precision has dtype <U1 \(1\): give real numbers"
    ),
    "precision ragged": bad(
        lambda: chain([[1.0, 2.0], [3.0]]), V, r"precision is ragged: give rows of equal length"
    ),
    "linear: step": bad(lambda: chain(step=0.0), V, r"step=0\.0 must be greater than 0"),
    "linear: mala": bad(
        lambda: chain(**MALA), V, r"method='mala' must be one of 'ula', 'lm', 'baoab'"
    ),
    "linear: friction": bad(lambda: chain(friction=-1.0), V, r"friction=-1\.0 must be at least 0"),
    "linear: temperature": bad(
        lambda: chain(temperature=-1.0), V, r"temperature=-1\.0 must be at least 0"
    ),
    "linear: step too large": bad(
        lambda: chain(step=5.0).stationary, V, r"grows by 1\.5 a step; use a smaller step"
    ),
    "linear: no friction": bad(
        lambda: chain(friction=0.0, **KINETIC).stationary, V, r"no stationary law.*friction > 0"
    ),
    # advise_step
    "advise: nothing": bad(
        lambda: advise_step(score, []), V, r"x is empty \(shape \(0,\)\): give at least one"
    ),
    "advise: a number": bad(
        lambda: advise_step(score, 0.0),
        V,
        r"x has shape \(\): give points \(points, d\), or \(points,\)",
    ),
    "advise: a block": bad(
        lambda: advise_step(score, [[[0.0]]]), V, r"x has shape \(1, 1, 1\): give points"
    ),
    "advise: nan": bad(lambda: advise_step(score, [0.0, nan]), V, r"x\[1\]=nan must be finite"),
    "advise: bias 0": bad(
        lambda: advise_step(score, [0.0], bias=0.0), V, r"bias=0\.0 must be greater than 0"
    ),
    "advise: bias 1": bad(
        lambda: advise_step(score, [0.0], bias=1), V, r"bias=1 must be less than 1"
    ),
    "advise: bias text": bad(
        lambda: advise_step(score, [0.0], bias="1%"), T, r"bias='1%' must be a real number"
    ),
    "advise: a valley": bad(
        lambda: advise_step(lambda x: x, [0.0]),
        V,
        r"curves upwards at every x.*give points near a mode",
    ),
    "advise: target a number": bad(
        lambda: advise_step(3.0, [0.0]), T, r"target=3\.0 must be a Python function"
    ),
    "advise: args missing": bad(
        lambda: advise_step(stiff, [0.0]), T, r"target\(x, k\) is called .* with 0 extra"
    ),
    "advise: args a list": bad(
        lambda: advise_step(stiff, [0.0], args=[1.0]), T, r"args=\[1\.0\] must be a tuple"
    ),
    "advise: mixture": bad(
        lambda: advise_step(MIXTURE, [[0.0] * 3]), V, r"x has shape \(1, 3\): give \(n, 2\)"
    ),
    # diagnostics
    "time: three draws": bad(
        lambda: autocorrelation_time([1.0, 2.0, 3.0]), V, r"x has shape \(3,\): .*at least 4 draws"
    ),
    "time: text": bad(
        lambda: autocorrelation_time("abc"), T, r"x has dtype <U3 \(abc\): give real numbers"
    ),
    "time: nan": bad(
        lambda: autocorrelation_time([1.0, nan, 2.0, 3.0]),
        V,
        r"x\[1\]=nan must be finite: fix or drop",
    ),
    "time: components": bad(
        lambda: autocorrelation_time(np.zeros((2, 9, 4))),
        V,
        r"x has shape \(2, 9, 4\): .*one component",
    ),
    "ess: a number": bad(
        lambda: effective_sample_size(3.0), V, r"x has shape \(\): give \(chains, draws\)"
    ),
    "ess: empty": bad(lambda: effective_sample_size([]), V, r"x is empty"),
    "ess: ranks text": bad(
        lambda: effective_sample_size(np.arange(9.0), ranks="bulk"),
        T,
        r"ranks='bulk' must be True or False",
    ),
    "ess: flags": bad(
        lambda: effective_sample_size([True, False] * 4), T, r"x has dtype bool .*give real numbers"
    ),
    "rhat: short": bad(
        lambda: split_rhat(np.zeros((5, 3))), V, r"x has shape \(5, 3\): give .*at least 4 draws"
    ),
    "rhat: inf": bad(lambda: split_rhat([inf, 1.0, 2.0, 3.0]), V, r"x\[0\]=inf must be finite"),
    "rhat: None": bad(lambda: split_rhat(None), T, r"x has dtype object \(None\)"),
    "rhat: ragged": bad(
        lambda: split_rhat([[1.0, 2.0], [3.0]]), V, r"x is ragged: give rows of equal length"
    ),
}
SLIPS = {  # what would pass in silence, or be refused by NumPy in its own words
    "linear: n negative": bad(lambda: chain().after(-1), V, r"n=-1"),
    "linear: n a float": bad(
        lambda: chain().after(2.0), T, r"n=2\.0 must be an integer: write n=2"
    ),
    "linear: start nan": bad(lambda: chain().after(2, np.array([[nan]])), V, r"start\[0, 0\]=nan"),
    "linear: start a number": bad(lambda: chain().after(2, 1.0), V, r"start has shape \(\)"),
    "linear: start too small": bad(
        lambda: chain(method="lm").after(2, np.eye(1)), V, r"start has shape \(1, 1\).*\(2, 2\)"
    ),
    "advise: mixture and args": bad(
        lambda: advise_step(MIXTURE, [PAIR], args=(1.0,)), V, r"args=\(1\.0,\).*brings its own"
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_sampler_is_refused_by_name_and_value_before_anything_is_compiled(case):
    refused_before_anything_is_compiled(CASES[case])


@pytest.mark.parametrize("case", SLIPS)
def test_a_slip_is_refused_at_the_door(case):
    refused_before_anything_is_compiled(SLIPS[case])
