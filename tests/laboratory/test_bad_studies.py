"""Bad studies and schemes of one's own: named, with the value, before anything is compiled."""

from __future__ import annotations

import copy
import math

import pytest
from refusals import refused, wrong_type, wrong_value
from small_equations import pair, solve_pair

import stochcalc as sc
from stochcalc.engine.compiler.pointers import compilations
from stochcalc.engine.functions.refusals import CannotCompile
from stochcalc.methods import Method

nan = math.nan
GBM = sc.models.gbm(0.1, 0.2)
OU = sc.models.ou(2.0, 0.5, 1.0)


def first(x):
    return x


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
    "vectorized no flag": wrong_type(lambda: sc.SDE(pair, pair, vectorized=1), r"vectorized=1"),
    "vectorized wrong shape": wrong_value(
        lambda: solve_pair(lambda t, x: x, a=lambda t, x: x[0], vectorized=True),
        r"drift\(.*\) returned shape \(1,\) for x of shape \(2, paths\): return an array",
    ),
    "target_stderr zero": wrong_value(
        lambda: sc.solve(GBM, 1.0, 1.0, n=4, target_stderr=0.0), r"target_stderr=0"
    ),
    "target_stderr nan": wrong_value(
        lambda: sc.solve(GBM, 1.0, 1.0, n=4, target_stderr=nan), r"target_stderr=nan"
    ),
    "target_stderr and noise": wrong_value(
        lambda: sc.solve(GBM, 1.0, noise=W1, target_stderr=0.1), r"target_stderr=0\.1.*noise="
    ),
    "target_stderr and starts": wrong_value(
        lambda: sc.solve(GBM, [1.0], 1.0, n=4, starts=True, target_stderr=0.1), r"starts=True"
    ),
    # schemes of one's own
    "Method: noise": wrong_value(
        lambda: method(strong_order={"white": 0.5}),
        r"strong_order of 'mine' has 'white'.*'scalar'",
    ),
    "Method: weak order left out": wrong_value(
        lambda: method(weak_order={}),
        r"strong_order of 'mine' has \['diagonal'\] and weak_order \[\]",
    ),
    "Method: calculus": wrong_value(lambda: method(calculus="ito"), r"calculus='ito' of 'mine'"),
    "Method: calculus above 1": wrong_value(
        lambda: method(calculus=2.0), r"calculus=2\.0 of 'mine'"
    ),
    "Method: drivers": wrong_value(
        lambda: method(drivers=("dw",)), r"drivers of 'mine' has 'dw'.*'dW'"
    ),
    "Method: functions": wrong_value(
        lambda: method(functions=("drift", "sigma")), r"functions of 'mine' has 'sigma'"
    ),
    # studies
    "strong: methods a number": wrong_type(
        lambda: strong(methods=3), r"methods=3 must be a method"
    ),
    "strong: too fine": wrong_value(
        lambda: strong(levels=(3, 30), reference="finest", finer=12),
        r"2\*\*42 steps, 12 levels .*levels= and finer=",
    ),
    "strong: exact steps that do not merge": wrong_value(
        lambda: sc.strong_convergence(OU, 1.0, 1.0, methods="exact"),
        r"'exact'.*ou draws a normal that coarser levels do not share",
    ),
    "strong: arrays": wrong_value(
        lambda: sc.strong_convergence(ARRAYS, 1.0, 1.0), r"vectorized=True functions take arrays"
    ),
    "mlmc: arrays": wrong_value(
        lambda: sc.mlmc(ARRAYS, 1.0, 1.0, test=first, target=0.1),
        r"vectorized=True functions take arrays",
    ),
    "strong: unknown method": wrong_value(lambda: strong(methods=["euler"]), r"methods='euler'"),
    "strong: twice": wrong_value(lambda: strong(methods=["heun", "heun"]), r"names one twice"),
    "strong: none": wrong_value(lambda: strong(methods=[]), r"methods=\[\] names no method"),
    "strong: reference": wrong_value(lambda: strong(reference="best"), r"reference='best'"),
    "strong: finer": wrong_value(lambda: strong(reference="finest", finer=0), r"finer=0"),
    "strong: exact unknown": wrong_value(
        lambda: sc.strong_convergence(sc.models.cubic(1.0), 1.0, 1.0, reference="exact"),
        r"reference='exact' needs a model",
    ),
    "strong: paths": wrong_value(lambda: strong(paths=100), r"at least 2048 paths"),
    "strong: levels": wrong_value(lambda: strong(levels=(5, 4)), r"levels=\[5, 4\]"),
    "weak: test a number": wrong_type(lambda: weak(test=3.0), r"test=3\.0"),
    "weak: test with t": wrong_type(
        lambda: weak(test=lambda t, x: x), r"test\(t, x\) is called as test\(x\)"
    ),
    "weak: test a tuple": wrong_value(
        lambda: weak(test=lambda x: (x, x)), r"test\(1\) returned \(1\.0, 1\.0\)"
    ),
    "weak: test nan": wrong_value(lambda: weak(test=lambda x: nan), r"test\(1\) = nan"),
    "weak: reference finest": wrong_value(lambda: weak(reference="finest"), r"reference='finest'"),
    "weak: T": wrong_value(lambda: sc.weak_convergence(GBM, 1.0, -1.0, test=first), r"T=-1"),
    "mlmc: target": wrong_value(lambda: mlmc(target=0.0), r"target=0"),
    "mlmc: coarsest": wrong_value(lambda: mlmc(coarsest=-1), r"coarsest=-1"),
    "mlmc: coarsest too fine": wrong_value(lambda: mlmc(coarsest=40), r"coarsest=40"),
    "mlmc: method": wrong_value(lambda: mlmc(method="sra1"), r"sra1 has no theorem"),
    "mlmc: test": wrong_type(lambda: mlmc(test=None), r"test=None"),
    "mlmc: an array of starts": wrong_value(
        lambda: sc.mlmc(GBM, [[1.0]], 1.0, test=first, target=0.1), r"x0 has shape \(1, 1\)"
    ),
    "mlmc: no sde": wrong_type(
        lambda: sc.mlmc(first, 1.0, 1.0, test=first, target=0.1), r"sde=<function first"
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_study_is_refused_by_name_and_value_before_anything_is_compiled(case):
    before = compilations()
    refused(CASES[case])
    assert compilations() == before


def test_a_refusal_to_compile_survives_the_way_between_processes():
    error = copy.copy(CannotCompile("cannot compile f", "write it for floats"))
    assert str(error) == "cannot compile f; write it for floats"
    assert error.remedy == "write it for floats"
