"""Bad models and studies of convergence: the slip is named before anything is compiled."""

from __future__ import annotations

import math

import numpy as np
import pytest
from refusals import bad, refused_before_anything_is_compiled

import stochcalc as sc

nan, inf, T, V = math.nan, math.inf, TypeError, ValueError


def drift(t, x):
    return -x


def one(t, x):
    return 1.0


W = sc.brownian(n=4, paths=2, key=1, store=False)
W2 = sc.brownian(n=4, paths=2, dim=2, key=1, store=False)
HUGE = sc.brownian(n=10**7, paths=10**7, key=1, store=False)
SDE = sc.SDE(drift, one)
GBM = sc.models.gbm(0.1, 0.2)
OU = sc.models.ou(2.0, 0.5, 1.0)


def solve(a=drift, b=one, x0=1.0, noise="diagonal", **options):
    return sc.solve(sc.SDE(a, b, noise=noise), x0, **({"T": 1.0, "n": 4} | options))


def w_itself(t, w):
    return w


def sine(t, w):
    return math.sin(w)


CASES = {
    # models
    "gbm: mu": bad(lambda: sc.models.gbm("a", 0.2), T, r"mu='a'"),
    "gbm: mu nan": bad(lambda: sc.models.gbm(nan, 0.2), V, r"mu=nan"),
    "gbm: sigma": bad(lambda: sc.models.gbm(0.1, -0.2), V, r"sigma=-0\.2"),
    "ou: theta": bad(lambda: sc.models.ou(0.0, 0.5, 1.0), V, r"theta=0"),
    "ou: mu": bad(lambda: sc.models.ou(1.0, inf, 1.0), V, r"mu=inf"),
    "ou: sigma": bad(lambda: sc.models.ou(1.0, 0.0, [1.0]), T, r"sigma=\[1\.0\]"),
    "exact: W": bad(lambda: GBM.exact(np.zeros(3)), T, r"W=array"),
    "exact: two components": bad(lambda: GBM.exact(W2), V, r"W has dim=2"),
    "exact: x0": bad(lambda: GBM.exact(W, x0="a"), T, r"x0='a'"),
    "exact: OU on a refinement": bad(lambda: OU.exact(W.refine(2)), V, r"ou .*W was refined"),
    "exact: memory": bad(lambda: GBM.exact(HUGE), V, r"exact path .*bytes.*fewer"),
    "mean: t": bad(lambda: GBM.mean([0.0, -1.0]), V, r"t=\[0\.0, -1\.0\]"),
    "var: t": bad(lambda: GBM.var(nan), V, r"t\[0\]=nan"),
    "mean: x0": bad(lambda: GBM.mean(1.0, x0=nan), V, r"x0=nan"),
    # convergence studies
    "integral: lam": bad(
        lambda: sc.integral_convergence(w_itself, lam=(0.0, 2.0)), V, r"lam=.*2\.0"
    ),
    "integral: lam text": bad(
        lambda: sc.integral_convergence(w_itself, lam="ito"), (T, V), r"lam.*'ito'"
    ),
    "integral: at": bad(lambda: sc.integral_convergence(w_itself, at="x"), V, r"at='x'"),
    "integral: T": bad(lambda: sc.integral_convergence(w_itself, 0.0), V, r"T=0"),
    "integral: one level": bad(
        lambda: sc.integral_convergence(w_itself, levels=[3]), V, r"levels=\[3\]"
    ),
    "integral: falling levels": bad(
        lambda: sc.integral_convergence(w_itself, levels=[4, 3]), V, r"levels=\[4, 3\]"
    ),
    "integral: step numbers": bad(
        lambda: sc.integral_convergence(w_itself, levels=[16, 64]),
        V,
        r"levels=\[16, 64\] has 64.*exponents",
    ),
    "integral: a number for levels": bad(
        lambda: sc.integral_convergence(w_itself, levels=5), (T, V), r"levels=5"
    ),
    "integral: levels of floats": bad(
        lambda: sc.integral_convergence(w_itself, levels=[2.5, 4]), T, r"levels=2\.5"
    ),
    "integral: few paths": bad(
        lambda: sc.integral_convergence(w_itself, paths=100), V, r"paths.*2048"
    ),
    "integral: no limit": bad(lambda: sc.integral_convergence(sine), V, r"limit=None"),
    "integral: half a limit": bad(
        lambda: sc.integral_convergence(sine, limit=(lambda w: w,)), (T, V), r"limit=\(<function"
    ),
    "integral: a function for the limit": bad(
        lambda: sc.integral_convergence(sine, limit=sine), (T, V), r"limit=<function"
    ),
    "integral: numbers for the limit": bad(
        lambda: sc.integral_convergence(sine, limit=(1.0, 2.0)), T, r"limit\[0\]=1\.0"
    ),
    "integral: f swapped": bad(
        lambda: sc.integral_convergence(lambda w, t: w), V, r"f\(w, t\).*swapped"
    ),
    "integral: f a number": bad(lambda: sc.integral_convergence(2.0), T, r"f=2\.0"),
    "variation: p": bad(lambda: sc.variation_convergence(p=0), V, r"p=0"),
    "variation: T": bad(lambda: sc.variation_convergence(nan), V, r"T=nan"),
    "variation: paths": bad(lambda: sc.variation_convergence(paths=2e4), T, r"paths=20000\.0"),
    "strong: a function": bad(
        lambda: sc.strong_convergence(drift, 1.0, 1.0), T, r"sde=<function drift"
    ),
    "strong: method": bad(
        lambda: sc.strong_convergence(GBM, 1.0, 1.0, methods="euler"), V, r"methods='euler'"
    ),
    "strong: methods in a list": bad(
        lambda: sc.strong_convergence(GBM, 1.0, 1.0, methods=[1]), V, r"methods=1"
    ),
    "strong: no method": bad(
        lambda: sc.strong_convergence(GBM, 1.0, 1.0, methods=[]), V, r"methods=\[\]"
    ),
    "strong: reference": bad(
        lambda: sc.strong_convergence(GBM, 1.0, 1.0, reference="best"), V, r"reference='best'"
    ),
    "strong: no exact path": bad(
        lambda: sc.strong_convergence(SDE, 1.0, 1.0, reference="exact"), V, r"reference='exact'"
    ),
    "strong: T": bad(lambda: sc.strong_convergence(GBM, 1.0, -1.0), V, r"T=-1"),
    "strong: x0": bad(lambda: sc.strong_convergence(GBM, nan, 1.0), V, r"x0\[0\]=nan"),
    "strong: few paths": bad(
        lambda: sc.strong_convergence(GBM, 1.0, 1.0, paths=500), V, r"paths.*2048"
    ),
    "strong: levels": bad(
        lambda: sc.strong_convergence(GBM, 1.0, 1.0, levels=(4, 31)), V, r"levels=\[4, 31\] has 31"
    ),
    "strong: rng and key": bad(
        lambda: sc.strong_convergence(GBM, 1.0, 1.0, rng=1, key=2), V, r"rng=1.*key=2"
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_equation_is_refused_by_name_and_value_before_anything_is_compiled(case):
    refused_before_anything_is_compiled(CASES[case])
