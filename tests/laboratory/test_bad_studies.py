"""Bad studies and schemes of one's own: named, with the value, before anything is compiled."""

from __future__ import annotations

import copy
import math

import pytest
from refusals import bad, refused

import stochcalc as sc
from stochcalc.engine.compiler.pointers import compilations
from stochcalc.engine.functions.refusals import CannotCompile
from stochcalc.methods import Method

nan, T, V = math.nan, TypeError, ValueError
GBM = sc.models.gbm(0.1, 0.2)
OU = sc.models.ou(2.0, 0.5, 1.0)


def pair(t, x):
    return x[1], -x[0]


def first(x):
    return x


def solve(b, noise="diagonal", x0=(1.0, 2.0), a=pair, method="euler_maruyama", **options):
    known = {
        name: options.pop(name)
        for name in ("lam", "drift_dx", "diffusion_dx", "vectorized")
        if name in options
    }
    return sc.solve(sc.SDE(a, b, noise=noise, **known), x0, 1.0, n=4, method=method, **options)


def strong(**options):
    return sc.strong_convergence(GBM, 1.0, 1.0, **options)


def weak(**options):
    return sc.weak_convergence(GBM, 1.0, 1.0, **({"test": first} | options))


def method(**facts):
    good = {
        "strong_order": {"diagonal": 0.5},
        "weak_order": {"diagonal": 1.0},
        "calculus": 0.0,
        "reference": "...",
    }
    return Method("mine", lambda a, b, t, x, dt, dW, args: x, **(good | facts))


def mlmc(**options):
    return sc.mlmc(GBM, 1.0, 1.0, **({"test": first, "target": 0.01} | options))


W1 = sc.brownian(n=4, paths=2, key=1, store=False)
ARRAYS = sc.SDE(lambda t, x: -x, lambda t, x: x, vectorized=True)
CASES = {
    # vectorized, target_stderr
    "vectorized no flag": bad(lambda: sc.SDE(pair, pair, vectorized=1), T, r"vectorized=1"),
    "vectorized wrong shape": bad(
        lambda: solve(lambda t, x: x, a=lambda t, x: x[0], vectorized=True),
        V,
        r"drift\(.*returned 1",
    ),
    "target_stderr zero": bad(
        lambda: sc.solve(GBM, 1.0, 1.0, n=4, target_stderr=0.0), V, r"target_stderr=0"
    ),
    "target_stderr nan": bad(
        lambda: sc.solve(GBM, 1.0, 1.0, n=4, target_stderr=nan), V, r"target_stderr=nan"
    ),
    "target_stderr and noise": bad(
        lambda: sc.solve(GBM, 1.0, noise=W1, target_stderr=0.1), V, r"target_stderr=0\.1.*noise="
    ),
    "target_stderr and starts": bad(
        lambda: sc.solve(GBM, [1.0], 1.0, n=4, starts=True, target_stderr=0.1), V, r"starts=True"
    ),
    # schemes of one's own
    "Method: noise": bad(
        lambda: method(strong_order={"white": 0.5}),
        V,
        r"strong_order of 'mine' has 'white'.*'scalar'",
    ),
    "Method: weak order left out": bad(
        lambda: method(weak_order={}),
        V,
        r"strong_order of 'mine' has \['diagonal'\] and weak_order \[\]",
    ),
    "Method: calculus": bad(lambda: method(calculus="ito"), V, r"calculus='ito' of 'mine'"),
    "Method: calculus above 1": bad(lambda: method(calculus=2.0), V, r"calculus=2\.0 of 'mine'"),
    "Method: drivers": bad(lambda: method(drivers=("dw",)), V, r"drivers of 'mine' has 'dw'.*'dW'"),
    "Method: functions": bad(
        lambda: method(functions=("drift", "sigma")), V, r"functions of 'mine' has 'sigma'"
    ),
    # studies
    "strong: methods a number": bad(lambda: strong(methods=3), T, r"methods=3 must be a method"),
    "strong: too fine": bad(
        lambda: strong(levels=(3, 30), reference="finest", finer=12),
        V,
        r"2\*\*42 steps, 12 levels .*levels= and finer=",
    ),
    "strong: exact steps that do not merge": bad(
        lambda: sc.strong_convergence(OU, 1.0, 1.0, methods="exact"),
        V,
        r"'exact'.*ou draws a normal that coarser levels do not share",
    ),
    "strong: arrays": bad(
        lambda: sc.strong_convergence(ARRAYS, 1.0, 1.0), V, r"vectorized=True functions take arrays"
    ),
    "mlmc: arrays": bad(
        lambda: sc.mlmc(ARRAYS, 1.0, 1.0, test=first, target=0.1),
        V,
        r"vectorized=True functions take arrays",
    ),
    "strong: unknown method": bad(lambda: strong(methods=["euler"]), V, r"methods='euler'"),
    "strong: twice": bad(lambda: strong(methods=["heun", "heun"]), V, r"names one twice"),
    "strong: none": bad(lambda: strong(methods=[]), V, r"methods=\[\] names no method"),
    "strong: reference": bad(lambda: strong(reference="best"), V, r"reference='best'"),
    "strong: finer": bad(lambda: strong(reference="finest", finer=0), V, r"finer=0"),
    "strong: exact unknown": bad(
        lambda: sc.strong_convergence(sc.models.cubic(1.0), 1.0, 1.0, reference="exact"),
        V,
        r"reference='exact' needs a model",
    ),
    "strong: paths": bad(lambda: strong(paths=100), V, r"at least 2048 paths"),
    "strong: levels": bad(lambda: strong(levels=(5, 4)), V, r"levels=\[5, 4\]"),
    "weak: test a number": bad(lambda: weak(test=3.0), T, r"test=3\.0"),
    "weak: test with t": bad(
        lambda: weak(test=lambda t, x: x), T, r"test\(t, x\) is called as test\(x\)"
    ),
    "weak: test a tuple": bad(
        lambda: weak(test=lambda x: (x, x)), V, r"test\(1\) returned \(1\.0, 1\.0\)"
    ),
    "weak: test nan": bad(lambda: weak(test=lambda x: nan), V, r"test\(1\) = nan"),
    "weak: reference finest": bad(lambda: weak(reference="finest"), V, r"reference='finest'"),
    "weak: T": bad(lambda: sc.weak_convergence(GBM, 1.0, -1.0, test=first), V, r"T=-1"),
    "mlmc: target": bad(lambda: mlmc(target=0.0), V, r"target=0"),
    "mlmc: coarsest": bad(lambda: mlmc(coarsest=-1), V, r"coarsest=-1"),
    "mlmc: coarsest too fine": bad(lambda: mlmc(coarsest=40), V, r"coarsest=40"),
    "mlmc: method": bad(lambda: mlmc(method="sra1"), V, r"sra1 has no theorem"),
    "mlmc: test": bad(lambda: mlmc(test=None), T, r"test=None"),
    "mlmc: an array of starts": bad(
        lambda: sc.mlmc(GBM, [[1.0]], 1.0, test=first, target=0.1), V, r"x0 has shape \(1, 1\)"
    ),
    "mlmc: no sde": bad(
        lambda: sc.mlmc(first, 1.0, 1.0, test=first, target=0.1), T, r"sde=<function first"
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_study_is_refused_by_name_and_value_before_anything_is_compiled(case):
    before = compilations()
    refused(CASES[case])
    assert compilations() == before


def test_a_refusal_to_compile_survives_the_way_between_processes():
    error = copy.copy(CannotCompile("cannot compile f", "write it for floats"))
    assert str(error) == "cannot compile f ... write it for floats"
    assert error.remedy == "write it for floats"
