"""Bad models and studies of convergence: the slip is named before anything is compiled."""

from __future__ import annotations

import math

import numpy as np
import pytest
from refusals import (
    refused_before_anything_is_compiled,
    wrong_type,
    wrong_type_or_value,
    wrong_value,
)
from small_equations import drift, one, w_itself

import stochcalc as sc

nan = math.nan
inf = math.inf


W = sc.brownian(n=4, paths=2, key=1, store=False)
W2 = sc.brownian(n=4, paths=2, dim=2, key=1, store=False)
HUGE = sc.brownian(n=10**7, paths=10**7, key=1, store=False)
SDE = sc.SDE(drift, one)
GBM = sc.models.gbm(0.1, 0.2)
OU = sc.models.ou(2.0, 0.5, 1.0)


def sine(t, w):
    return math.sin(w)


CASES = {
    # models
    "gbm: mu": wrong_type(lambda: sc.models.gbm("a", 0.2), r"mu='a'"),
    "gbm: mu nan": wrong_value(lambda: sc.models.gbm(nan, 0.2), r"mu=nan"),
    "gbm: sigma": wrong_value(lambda: sc.models.gbm(0.1, -0.2), r"sigma=-0\.2"),
    "ou: theta": wrong_value(lambda: sc.models.ou(0.0, 0.5, 1.0), r"theta=0"),
    "ou: mu": wrong_value(lambda: sc.models.ou(1.0, inf, 1.0), r"mu=inf"),
    "ou: sigma": wrong_type(lambda: sc.models.ou(1.0, 0.0, [1.0]), r"sigma=\[1\.0\]"),
    "exact: W": wrong_type(lambda: GBM.exact(np.zeros(3)), r"W=array"),
    "exact: two components": wrong_value(lambda: GBM.exact(W2), r"W has dim=2"),
    "exact: x0": wrong_type(lambda: GBM.exact(W, x0="a"), r"x0='a'"),
    "exact: OU on a refinement": wrong_value(lambda: OU.exact(W.refine(2)), r"ou .*W was refined"),
    "exact: memory": wrong_value(lambda: GBM.exact(HUGE), r"exact path .*bytes.*fewer"),
    "mean: t": wrong_value(lambda: GBM.mean([0.0, -1.0]), r"t=\[0\.0, -1\.0\]"),
    "var: t": wrong_value(lambda: GBM.var(nan), r"t\[0\]=nan"),
    "mean: x0": wrong_value(lambda: GBM.mean(1.0, x0=nan), r"x0=nan"),
    # convergence studies
    "integral: lam": wrong_value(
        lambda: sc.integral_convergence(w_itself, lam=(0.0, 2.0)), r"lam=.*2\.0"
    ),
    "integral: lam text": wrong_type_or_value(
        lambda: sc.integral_convergence(w_itself, lam="ito"), r"lam.*'ito'"
    ),
    "integral: at": wrong_value(lambda: sc.integral_convergence(w_itself, at="x"), r"at='x'"),
    "integral: T": wrong_value(lambda: sc.integral_convergence(w_itself, 0.0), r"T=0"),
    "integral: one level": wrong_value(
        lambda: sc.integral_convergence(w_itself, levels=[3]), r"levels=\[3\]"
    ),
    "integral: falling levels": wrong_value(
        lambda: sc.integral_convergence(w_itself, levels=[4, 3]), r"levels=\[4, 3\]"
    ),
    "integral: step numbers": wrong_value(
        lambda: sc.integral_convergence(w_itself, levels=[16, 64]),
        r"levels=\[16, 64\] has 64.*exponents",
    ),
    "integral: a number for levels": wrong_type_or_value(
        lambda: sc.integral_convergence(w_itself, levels=5), r"levels=5"
    ),
    "integral: levels of floats": wrong_type(
        lambda: sc.integral_convergence(w_itself, levels=[2.5, 4]), r"levels=2\.5"
    ),
    "integral: few paths": wrong_value(
        lambda: sc.integral_convergence(w_itself, paths=100), r"paths.*2048"
    ),
    "integral: half a limit": wrong_type_or_value(
        lambda: sc.integral_convergence(sine, limit=(lambda w: w,)), r"limit=\(<function"
    ),
    "integral: a function for the limit": wrong_type_or_value(
        lambda: sc.integral_convergence(sine, limit=sine), r"limit=<function"
    ),
    "integral: numbers for the limit": wrong_type(
        lambda: sc.integral_convergence(sine, limit=(1.0, 2.0)), r"limit\[0\]=1\.0"
    ),
    "integral: f swapped": wrong_value(
        lambda: sc.integral_convergence(lambda w, t: w), r"f\(w, t\).*swapped"
    ),
    "integral: f a number": wrong_type(lambda: sc.integral_convergence(2.0), r"f=2\.0"),
    "variation: p": wrong_value(lambda: sc.variation_convergence(p=0), r"p=0"),
    "variation: T": wrong_value(lambda: sc.variation_convergence(nan), r"T=nan"),
    "variation: paths": wrong_type(lambda: sc.variation_convergence(paths=2e4), r"paths=20000\.0"),
    "strong: a function": wrong_type(
        lambda: sc.strong_convergence(drift, 1.0, 1.0), r"sde=<function drift"
    ),
    "strong: method": wrong_value(
        lambda: sc.strong_convergence(GBM, 1.0, 1.0, methods="euler"), r"methods='euler'"
    ),
    "strong: methods in a list": wrong_value(
        lambda: sc.strong_convergence(GBM, 1.0, 1.0, methods=[1]), r"methods=1"
    ),
    "strong: no method": wrong_value(
        lambda: sc.strong_convergence(GBM, 1.0, 1.0, methods=[]), r"methods=\[\]"
    ),
    "strong: reference": wrong_value(
        lambda: sc.strong_convergence(GBM, 1.0, 1.0, reference="best"), r"reference='best'"
    ),
    "strong: no exact path": wrong_value(
        lambda: sc.strong_convergence(SDE, 1.0, 1.0, reference="exact"), r"reference='exact'"
    ),
    "strong: T": wrong_value(lambda: sc.strong_convergence(GBM, 1.0, -1.0), r"T=-1"),
    "strong: x0": wrong_value(lambda: sc.strong_convergence(GBM, nan, 1.0), r"x0\[0\]=nan"),
    "strong: few paths": wrong_value(
        lambda: sc.strong_convergence(GBM, 1.0, 1.0, paths=500), r"paths.*2048"
    ),
    "strong: levels": wrong_value(
        lambda: sc.strong_convergence(GBM, 1.0, 1.0, levels=(4, 31)), r"levels=\[4, 31\] has 31"
    ),
    "strong: rng and key": wrong_value(
        lambda: sc.strong_convergence(GBM, 1.0, 1.0, rng=1, key=2), r"rng=1.*key=2"
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_equation_is_refused_by_name_and_value_before_anything_is_compiled(case):
    refused_before_anything_is_compiled(CASES[case])
