"""Bad input: the error names the argument, shows the value, and comes before anything is compiled
or computed.
"""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

import stochcalc as sc
from stochcalc.engine.compiler.pointers import compilations

nan, inf = math.nan, math.inf
generator = np.random.default_rng(0)


def w_itself(t, w):
    return w


def motion(**options):
    return sc.brownian(n=4, key=1, store=False, **{"paths": 2, **options})


def drift(t, x):
    return -x


def one(t, x):
    return 1.0


W, W2, LATE, FINE = (
    motion(),
    motion(dim=2),
    motion(partition=sc.Partition([0.0, 2.0])),
    motion().refine(2),
)
OTHER = motion(paths=3)
HUGE = sc.brownian(n=10**7, paths=10**7, key=1, store=False)
P = sc.Partition.uniform(1.0, 4)
SDE = sc.SDE(drift, one)
GBM, OU = sc.models.gbm(0.1, 0.2), sc.models.ou(2.0, 0.5, 1.0)
g = SimpleNamespace(T=TypeError, V=ValueError)

CASES = {
    # Partition
    "Partition: equal points": (lambda: sc.Partition([0.0, 1.0, 1.0]), g.V, r"times\[2\]=1\.0"),
    "Partition: decreasing": (lambda: sc.Partition([3, 2, 1]), g.V, r"times\[1\]=2\.0"),
    "Partition: nan": (lambda: sc.Partition([0.0, nan]), g.V, r"times\[1\]=nan"),
    "Partition: one point": (lambda: sc.Partition([1.0]), g.V, r"times .*1 point"),
    "Partition: text": (lambda: sc.Partition("abc"), g.T, r"times .*U3"),
    "Partition: complex": (lambda: sc.Partition([0.0, 1j]), g.T, r"times .*complex"),
    "Partition: two dimensions": (
        lambda: sc.Partition([[0.0, 1.0], [2.0, 3.0]]),
        g.V,
        r"times .*\(2, 2\)",
    ),
    "Partition: ragged": (lambda: sc.Partition([[0.0, 1.0], [2.0]]), g.V, r"times .*ragged"),
    "Partition: empty": (lambda: sc.Partition([]), g.V, r"times .*\(0,\)"),
    "uniform: T zero": (lambda: sc.Partition.uniform(0, 10), g.V, r"T=0\b"),
    "uniform: T infinite": (lambda: sc.Partition.uniform(inf, 10), g.V, r"T=inf"),
    "uniform: T text": (lambda: sc.Partition.uniform("1", 10), g.T, r"T='1'"),
    "uniform: T before t0": (lambda: sc.Partition.uniform(1.0, 10, t0=2.0), g.V, r"T=1 .*t0=2"),
    "uniform: n zero": (lambda: sc.Partition.uniform(1.0, 0), g.V, r"n=0"),
    "uniform: n a fraction": (lambda: sc.Partition.uniform(1.0, 2.5), g.T, r"n=2\.5"),
    "uniform: n a float": (lambda: sc.Partition.uniform(1.0, 10.0), g.T, r"n=10\.0.*write n=10"),
    "uniform: swapped": (lambda: sc.Partition.uniform(100, 1.0), g.T, r"n=1\.0"),
    "uniform: n a bool": (lambda: sc.Partition.uniform(1.0, True), g.T, r"n=True"),
    "dyadic: level negative": (lambda: sc.Partition.dyadic(1.0, -1), g.V, r"level=-1"),
    "dyadic: level too high": (lambda: sc.Partition.dyadic(1.0, 41), g.V, r"level=41"),
    "random: T nan": (lambda: sc.Partition.random(nan, 3), g.V, r"T=nan"),
    "random: n": (lambda: sc.Partition.random(1.0, 0), g.V, r"n=0"),
    "random: rng text": (lambda: sc.Partition.random(1.0, 3, rng="seven"), g.T, r"rng='seven'"),
    "random: rng negative": (lambda: sc.Partition.random(1.0, 3, rng=-1), g.V, r"rng=-1"),
    "graded: power zero": (lambda: sc.Partition.graded(1.0, 4, 0), g.V, r"power=0"),
    "graded: power too high": (lambda: sc.Partition.graded(1.0, 100, 200.0), g.V, r"power=200"),
    "refine: zero": (lambda: P.refine(0), g.V, r"k=0"),
    "refine: a fraction": (lambda: P.refine(1.5), g.T, r"k=1\.5"),
    "coarsen: no divisor": (lambda: P.coarsen(3), g.V, r"k=3 .*n=4"),
    # brownian and its methods
    "brownian: T": (lambda: sc.brownian(T=-1.0), g.V, r"T=-1"),
    "brownian: n": (lambda: sc.brownian(n=1e3), g.T, r"n=1000\.0.*write n=1000"),
    "brownian: paths zero": (lambda: sc.brownian(paths=0), g.V, r"paths=0"),
    "brownian: paths text": (lambda: sc.brownian(paths="3"), g.T, r"paths='3'"),
    "brownian: dim zero": (lambda: sc.brownian(dim=0), g.V, r"dim=0"),
    "brownian: dim beyond its field": (
        lambda: sc.brownian(n=1, dim=2**24 + 1, store=False),
        g.V,
        r"dim=16777217",
    ),
    "brownian: partition a list": (
        lambda: sc.brownian(partition=[0.0, 1.0]),
        g.T,
        r"partition=\[0\.0, 1\.0\]",
    ),
    "brownian: store": (lambda: sc.brownian(store="no"), g.T, r"store='no'"),
    "brownian: correlation's shape": (
        lambda: sc.brownian(dim=3, correlation=np.eye(2)),
        g.V,
        r"correlation .*\(2, 2\)",
    ),
    "brownian: correlation a number": (
        lambda: sc.brownian(dim=2, correlation=0.5),
        g.V,
        r"correlation .*\(\)",
    ),
    "brownian: correlation lopsided": (
        lambda: sc.brownian(dim=2, correlation=[[1, 0.5], [0.4, 1]]),
        g.V,
        r"correlation=.*0\.4.*symmetric",
    ),
    "brownian: covariance": (
        lambda: sc.brownian(dim=2, correlation=[[2, 0], [0, 2]]),
        g.V,
        r"correlation=.*2\.0.*ones",
    ),
    "brownian: correlation impossible": (
        lambda: sc.brownian(dim=2, correlation=[[1, 2], [2, 1]]),
        g.V,
        r"correlation=.*2\.0.*eigenvalue -1",
    ),
    "brownian: correlation nan": (
        lambda: sc.brownian(dim=2, correlation=[[1, nan], [nan, 1]]),
        g.V,
        r"correlation.*nan",
    ),
    "brownian: rng negative": (lambda: sc.brownian(rng=-1), g.V, r"rng=-1"),
    "brownian: rng a float": (lambda: sc.brownian(rng=1.5), g.T, r"rng=1\.5"),
    "brownian: key negative": (lambda: sc.brownian(key=-1), g.V, r"key=-1"),
    "brownian: key too large": (lambda: sc.brownian(key=2**64), g.V, r"key=18446744073709551616"),
    "brownian: key text": (lambda: sc.brownian(key="a"), g.T, r"key='a'"),
    "brownian: rng and key": (lambda: sc.brownian(rng=1, key=2), g.V, r"rng=1.*key=2"),
    "brownian: workers": (lambda: sc.brownian(workers=0), g.V, r"workers=0"),
    "brownian: workers a float": (lambda: sc.brownian(workers=2.0), g.T, r"workers=2\.0"),
    "brownian: memory": (
        lambda: sc.brownian(n=10**7, paths=10**7),
        g.V,
        r"values .*800,000,080,000,000 bytes.*store=False",
    ),
    "at: before": (lambda: W.at(-0.1), g.V, r"times=-0\.1"),
    "at: after": (lambda: W.at([0.5, 1.5]), g.V, r"times=1\.5"),
    "at: nan": (lambda: W.at([0.5, nan]), g.V, r"times\[1\]=nan"),
    "at: text": (lambda: W.at("noon"), g.T, r"times .*U4"),
    "at: two dimensions": (lambda: W.at([[0.5]]), g.V, r"times .*\(1, 1\)"),
    "at: memory": (
        lambda: HUGE.at(np.linspace(0, 1, 10**6)),
        g.V,
        r"times.*80,000,000,000,000 bytes",
    ),
    "motion.refine: zero": (lambda: W.refine(0), g.V, r"k=0"),
    "motion.coarsen: no divisor": (lambda: W.coarsen(3), g.V, r"k=3"),
    # integrals
    "riemann_sum: lam negative": (lambda: sc.riemann_sum(w_itself, W, -0.1), g.V, r"lam=-0\.1"),
    "riemann_sum: lam nan": (lambda: sc.riemann_sum(w_itself, W, nan), g.V, r"lam=nan"),
    "riemann_sum: lam text": (lambda: sc.riemann_sum(w_itself, W, "ito"), g.T, r"lam='ito'"),
    "riemann_sum: at": (lambda: sc.riemann_sum(w_itself, W, at="middle"), g.V, r"at='middle'"),
    "riemann_sum: save": (lambda: sc.riemann_sum(w_itself, W, save="last"), g.V, r"save='last'"),
    "riemann_sum: running": (lambda: sc.riemann_sum(w_itself, W, running=1), g.T, r"running=1"),
    "riemann_sum: W an array": (
        lambda: sc.riemann_sum(w_itself, np.zeros((2, 5))),
        g.T,
        r"W=array",
    ),
    "riemann_sum: swapped": (lambda: sc.riemann_sum(W, w_itself), g.T, r"W=<function w_itself"),
    "riemann_sum: two components": (lambda: sc.riemann_sum(w_itself, W2), g.V, r"W has dim=2"),
    "riemann_sum: f a number": (lambda: sc.riemann_sum(3.0, W), g.V, r"f has shape \(\).*\(2, 5\)"),
    "riemann_sum: f text": (lambda: sc.riemann_sum("w", W), g.T, r"f has dtype <U1"),
    "riemann_sum: f's shape": (
        lambda: sc.riemann_sum(np.zeros((2, 4)), W),
        g.V,
        r"f has shape \(2, 4\).*\(2, 5\)",
    ),
    "riemann_sum: f an array between points": (
        lambda: sc.riemann_sum(np.zeros((2, 5)), W, 0.5),
        g.V,
        r"lam=0\.5.*f",
    ),
    "riemann_sum: f an array, stats": (
        lambda: sc.riemann_sum(np.zeros((2, 5)), W, save="stats"),
        g.V,
        r"save='stats'.*f",
    ),
    "riemann_sum: f without t": (
        lambda: sc.riemann_sum(lambda w: w, W),
        g.T,
        r"f\(w\) is called as f\(t, w\)",
    ),
    "riemann_sum: f swapped": (
        lambda: sc.riemann_sum(lambda w, t: w, W),
        g.V,
        r"f\(w, t\).*swapped",
    ),
    "riemann_sum: f random": (
        lambda: sc.riemann_sum(lambda t, w: generator.random(), W),
        g.V,
        r"f\(0, 0\) returned 0\.",
    ),
    "riemann_sum: f a list": (
        lambda: sc.riemann_sum(lambda t, w: [w], W),
        g.V,
        r"f\(0, 0\) returned \[0\.0\]",
    ),
    "riemann_sum: f None": (
        lambda: sc.riemann_sum(lambda t, w: None, W),
        g.V,
        r"f\(0, 0\) returned None",
    ),
    "riemann_sum: f infinite": (
        lambda: sc.riemann_sum(lambda t, w: inf, W),
        g.V,
        r"f\(0, 0\) = inf",
    ),
    "riemann_sum: against": (lambda: sc.riemann_sum(w_itself, W, against=5), g.T, r"against=5"),
    "riemann_sum: against other paths": (
        lambda: sc.riemann_sum(w_itself, W, against=OTHER),
        g.V,
        r"against=.*paths=3",
    ),
    "riemann_sum: against another grid": (
        lambda: sc.riemann_sum(w_itself, W, against=LATE),
        g.V,
        r"against=.*\[0, 2\]",
    ),
    "riemann_sum: inside a refinement": (
        lambda: sc.riemann_sum(w_itself, FINE, 0.5),
        g.V,
        r"at='time' with lam=0\.5",
    ),
    "riemann_sum: memory": (
        lambda: sc.riemann_sum(w_itself, HUGE, running=True),
        g.V,
        r"sums .*bytes.*save='stats'",
    ),
    "riemann_sum: workers": (lambda: sc.riemann_sum(w_itself, W, workers=-1), g.V, r"workers=-1"),
    "riemann_sum: executor": (
        lambda: sc.riemann_sum(w_itself, W, executor="threads"),
        g.T,
        r"executor='threads'",
    ),
    "riemann_limit: lam": (lambda: sc.riemann_limit(abs, abs, W, 2.0), g.V, r"lam=2\.0"),
    "riemann_limit: F a number": (
        lambda: sc.riemann_limit(1.0, lambda w: w, W, 0.5),
        g.T,
        r"F=1\.0",
    ),
    "riemann_limit: F of t too": (
        lambda: sc.riemann_limit(w_itself, lambda w: w, W, 0.5),
        g.T,
        r"F\(t, w\) is called as F\(w",
    ),
    "riemann_limit: df built in": (
        lambda: sc.riemann_limit(lambda w: w, math.cos, W, 0.5),
        g.T,
        r"df=<built-in function cos",
    ),
    "riemann_limit: W": (
        lambda: sc.riemann_limit(lambda w: w, lambda w: w, [1.0], 0.5),
        g.T,
        r"W=\[1\.0\]",
    ),
    "StepProcess: times": (
        lambda: sc.StepProcess([0.0, 0.5, 0.2], [1.0, 2.0]),
        g.V,
        r"times\[2\]=0\.2",
    ),
    "StepProcess: values' shape": (
        lambda: sc.StepProcess([0.0, 1.0], [1.0, 2.0]),
        g.V,
        r"values has shape \(2,\)",
    ),
    "StepProcess: values nan": (lambda: sc.StepProcess([0.0, 1.0], [nan]), g.V, r"values\[0\]=nan"),
    "StepProcess.integrate: W": (
        lambda: sc.StepProcess([0.0, 1.0], [1.0]).integrate(7),
        g.T,
        r"W=7",
    ),
    "StepProcess.integrate: too long": (
        lambda: sc.StepProcess([0.0, 9.0], [1.0]).integrate(W),
        g.V,
        r"times=9",
    ),
    "StepProcess.integrate: rows": (
        lambda: sc.StepProcess([0, 1], np.ones((3, 1))).integrate(W),
        g.V,
        r"values has 3 rows",
    ),
    # variation
    "quadratic_variation: nan": (
        lambda: sc.quadratic_variation([0.0, nan, 1.0]),
        g.V,
        r"x\[1\]=nan",
    ),
    "quadratic_variation: one value": (
        lambda: sc.quadratic_variation([1.0]),
        g.V,
        r"x has shape \(1,\)",
    ),
    "quadratic_variation: a number": (
        lambda: sc.quadratic_variation(1.0),
        g.V,
        r"x has shape \(\)",
    ),
    "quadratic_variation: text": (
        lambda: sc.quadratic_variation(["a", "b"]),
        g.T,
        r"x has dtype <U1",
    ),
    "quadratic_variation: 3-d": (
        lambda: sc.quadratic_variation(np.ones((2, 2, 2))),
        g.V,
        r"x has shape \(2, 2, 2\)",
    ),
    "quadratic_variation: t short": (
        lambda: sc.quadratic_variation([1.0, 2.0, 3.0], [0.0, 1.0]),
        g.V,
        r"t has 2 times",
    ),
    "quadratic_variation: t falls": (
        lambda: sc.quadratic_variation([1.0, 2.0], [1.0, 0.0]),
        g.V,
        r"t\[1\]=0\.0",
    ),
    "quadratic_variation: t of a motion": (
        lambda: sc.quadratic_variation(W, W.t),
        g.V,
        r"t is given",
    ),
    "quadratic_variation: estimator": (
        lambda: sc.quadratic_variation([1.0, 2.0], estimator="rv"),
        g.V,
        r"estimator='rv'",
    ),
    "quadratic_variation: percent": (
        lambda: sc.quadratic_variation([1.0, 2.0], confidence=95),
        g.V,
        r"confidence=95",
    ),
    "quadratic_variation: dim": (lambda: sc.quadratic_variation(W2), g.V, r"x has dim=2"),
    "covariation: lengths": (
        lambda: sc.covariation([1.0, 2.0], [1.0, 2.0, 3.0]),
        g.V,
        r"y has shape \(3,\).*x has \(2,\)",
    ),
    "covariation: y": (lambda: sc.covariation([1.0, 2.0], [1.0, inf]), g.V, r"y\[1\]=inf"),
    "power_variation: p zero": (lambda: sc.power_variation([1.0, 2.0], 0), g.V, r"p=0"),
    "power_variation: p nan": (lambda: sc.power_variation([1.0, 2.0], nan), g.V, r"p=nan"),
    "power_variation: swapped": (
        lambda: sc.power_variation(2, [1.0, 2.0]),
        g.T,
        r"p=\[1\.0, 2\.0\]",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_refused_by_name_and_value_before_anything_is_compiled(case):
    call, kind, pattern = CASES[case]
    before = compilations()
    with pytest.raises(kind, match=pattern) as caught:
        call()
    assert caught.type is kind
    assert compilations() <= before
    assert len(str(caught.value)) < 400


def test_there_are_enough_cases():
    assert len(CASES) >= 80
