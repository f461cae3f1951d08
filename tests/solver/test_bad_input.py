"""Bad input: the error names the argument, with its value, before anything is compiled."""

from __future__ import annotations

import math

import numpy as np
import pytest
from refusals import bad, refused_before_anything_is_compiled

import stochcalc as sc

nan, inf, T, V = math.nan, math.inf, TypeError, ValueError
generator = np.random.default_rng(0)


def w_itself(t, w):
    return w


def motion(**options):
    return sc.brownian(n=4, key=1, store=False, **{"paths": 2, **options})


W = motion()
W2 = motion(dim=2)
LATE = motion(partition=sc.Partition([0.0, 2.0]))
FINE = motion().refine(2)
OTHER = motion(paths=3)
HUGE = sc.brownian(n=10**7, paths=10**7, key=1, store=False)
P = sc.Partition.uniform(1.0, 4)

CASES = {
    # Partition
    "Partition: equal points": bad(lambda: sc.Partition([0.0, 1.0, 1.0]), V, r"times\[2\]=1\.0"),
    "Partition: decreasing": bad(lambda: sc.Partition([3, 2, 1]), V, r"times\[1\]=2\.0"),
    "Partition: nan": bad(lambda: sc.Partition([0.0, nan]), V, r"times\[1\]=nan"),
    "Partition: one point": bad(lambda: sc.Partition([1.0]), V, r"times .*1 point"),
    "Partition: text": bad(lambda: sc.Partition("abc"), T, r"times .*U3"),
    "Partition: complex": bad(lambda: sc.Partition([0.0, 1j]), T, r"times .*complex"),
    "Partition: two dimensions": bad(
        lambda: sc.Partition([[0.0, 1.0], [2.0, 3.0]]), V, r"times .*\(2, 2\)"
    ),
    "Partition: ragged": bad(lambda: sc.Partition([[0.0, 1.0], [2.0]]), V, r"times .*ragged"),
    "Partition: empty": bad(lambda: sc.Partition([]), V, r"times .*\(0,\)"),
    "uniform: T zero": bad(lambda: sc.Partition.uniform(0, 10), V, r"T=0\b"),
    "uniform: T infinite": bad(lambda: sc.Partition.uniform(inf, 10), V, r"T=inf"),
    "uniform: T text": bad(lambda: sc.Partition.uniform("1", 10), T, r"T='1'"),
    "uniform: T before t0": bad(lambda: sc.Partition.uniform(1.0, 10, t0=2.0), V, r"T=1 .*t0=2"),
    "uniform: n zero": bad(lambda: sc.Partition.uniform(1.0, 0), V, r"n=0"),
    "uniform: n a fraction": bad(lambda: sc.Partition.uniform(1.0, 2.5), T, r"n=2\.5"),
    "uniform: n a float": bad(lambda: sc.Partition.uniform(1.0, 10.0), T, r"n=10\.0.*write n=10"),
    "uniform: swapped": bad(lambda: sc.Partition.uniform(100, 1.0), T, r"n=1\.0"),
    "uniform: n a bool": bad(lambda: sc.Partition.uniform(1.0, True), T, r"n=True"),
    "dyadic: level negative": bad(lambda: sc.Partition.dyadic(1.0, -1), V, r"level=-1"),
    "dyadic: level too high": bad(lambda: sc.Partition.dyadic(1.0, 41), V, r"level=41"),
    "random: T nan": bad(lambda: sc.Partition.random(nan, 3), V, r"T=nan"),
    "random: n": bad(lambda: sc.Partition.random(1.0, 0), V, r"n=0"),
    "random: rng text": bad(lambda: sc.Partition.random(1.0, 3, rng="seven"), T, r"rng='seven'"),
    "random: rng negative": bad(lambda: sc.Partition.random(1.0, 3, rng=-1), V, r"rng=-1"),
    "graded: power zero": bad(lambda: sc.Partition.graded(1.0, 4, 0), V, r"power=0"),
    "graded: power too high": bad(lambda: sc.Partition.graded(1.0, 100, 200.0), V, r"power=200"),
    "refine: zero": bad(lambda: P.refine(0), V, r"k=0"),
    "refine: a fraction": bad(lambda: P.refine(1.5), T, r"k=1\.5"),
    "coarsen: no divisor": bad(lambda: P.coarsen(3), V, r"k=3 .*n=4"),
    # brownian and its methods
    "brownian: T": bad(lambda: sc.brownian(T=-1.0), V, r"T=-1"),
    "brownian: n": bad(lambda: sc.brownian(n=1e3), T, r"n=1000\.0.*write n=1000"),
    "brownian: paths zero": bad(lambda: sc.brownian(paths=0), V, r"paths=0"),
    "brownian: paths text": bad(lambda: sc.brownian(paths="3"), T, r"paths='3'"),
    "brownian: dim zero": bad(lambda: sc.brownian(dim=0), V, r"dim=0"),
    "brownian: dim beyond its field": bad(
        lambda: sc.brownian(n=1, dim=2**24 + 1, store=False), V, r"dim=16777217"
    ),
    "brownian: partition a list": bad(
        lambda: sc.brownian(partition=[0.0, 1.0]), T, r"partition=\[0\.0, 1\.0\]"
    ),
    "brownian: store": bad(lambda: sc.brownian(store="no"), T, r"store='no'"),
    "brownian: correlation's shape": bad(
        lambda: sc.brownian(dim=3, correlation=np.eye(2)), V, r"correlation .*\(2, 2\)"
    ),
    "brownian: correlation a number": bad(
        lambda: sc.brownian(dim=2, correlation=0.5), V, r"correlation .*\(\)"
    ),
    "brownian: correlation lopsided": bad(
        lambda: sc.brownian(dim=2, correlation=[[1, 0.5], [0.4, 1]]),
        V,
        r"correlation=.*0\.4.*symmetric",
    ),
    "brownian: covariance": bad(
        lambda: sc.brownian(dim=2, correlation=[[2, 0], [0, 2]]), V, r"correlation=.*2\.0.*ones"
    ),
    "brownian: correlation impossible": bad(
        lambda: sc.brownian(dim=2, correlation=[[1, 2], [2, 1]]),
        V,
        r"correlation=.*2\.0.*eigenvalue -1",
    ),
    "brownian: correlation nan": bad(
        lambda: sc.brownian(dim=2, correlation=[[1, nan], [nan, 1]]), V, r"correlation.*nan"
    ),
    "brownian: rng negative": bad(lambda: sc.brownian(rng=-1), V, r"rng=-1"),
    "brownian: rng a float": bad(lambda: sc.brownian(rng=1.5), T, r"rng=1\.5"),
    "brownian: key negative": bad(lambda: sc.brownian(key=-1), V, r"key=-1"),
    "brownian: key too large": bad(lambda: sc.brownian(key=2**64), V, r"key=18446744073709551616"),
    "brownian: key text": bad(lambda: sc.brownian(key="a"), T, r"key='a'"),
    "brownian: rng and key": bad(lambda: sc.brownian(rng=1, key=2), V, r"rng=1.*key=2"),
    "brownian: workers": bad(lambda: sc.brownian(workers=0), V, r"workers=0"),
    "brownian: workers a float": bad(lambda: sc.brownian(workers=2.0), T, r"workers=2\.0"),
    "brownian: memory": bad(
        lambda: sc.brownian(n=10**7, paths=10**7),
        V,
        r"values .*800,000,080,000,000 bytes.*store=False",
    ),
    "at: before": bad(lambda: W.at(-0.1), V, r"times=-0\.1"),
    "at: after": bad(lambda: W.at([0.5, 1.5]), V, r"times=1\.5"),
    "at: nan": bad(lambda: W.at([0.5, nan]), V, r"times\[1\]=nan"),
    "at: text": bad(lambda: W.at("noon"), T, r"times .*U4"),
    "at: two dimensions": bad(lambda: W.at([[0.5]]), V, r"times .*\(1, 1\)"),
    "at: memory": bad(
        lambda: HUGE.at(np.linspace(0, 1, 10**6)), V, r"times.*80,000,000,000,000 bytes"
    ),
    "motion.refine: zero": bad(lambda: W.refine(0), V, r"k=0"),
    "motion.coarsen: no divisor": bad(lambda: W.coarsen(3), V, r"k=3"),
    # integrals
    "riemann_sum: lam negative": bad(lambda: sc.riemann_sum(w_itself, W, -0.1), V, r"lam=-0\.1"),
    "riemann_sum: lam nan": bad(lambda: sc.riemann_sum(w_itself, W, nan), V, r"lam=nan"),
    "riemann_sum: lam text": bad(lambda: sc.riemann_sum(w_itself, W, "ito"), T, r"lam='ito'"),
    "riemann_sum: at": bad(lambda: sc.riemann_sum(w_itself, W, at="middle"), V, r"at='middle'"),
    "riemann_sum: save": bad(lambda: sc.riemann_sum(w_itself, W, save="last"), V, r"save='last'"),
    "riemann_sum: running": bad(lambda: sc.riemann_sum(w_itself, W, running=1), T, r"running=1"),
    "riemann_sum: W an array": bad(
        lambda: sc.riemann_sum(w_itself, np.zeros((2, 5))), T, r"W=array"
    ),
    "riemann_sum: swapped": bad(lambda: sc.riemann_sum(W, w_itself), T, r"W=<function w_itself"),
    "riemann_sum: two components": bad(lambda: sc.riemann_sum(w_itself, W2), V, r"W has dim=2"),
    "riemann_sum: f a number": bad(
        lambda: sc.riemann_sum(3.0, W), V, r"f has shape \(\).*\(2, 5\)"
    ),
    "riemann_sum: f text": bad(lambda: sc.riemann_sum("w", W), T, r"f has dtype <U1"),
    "riemann_sum: f's shape": bad(
        lambda: sc.riemann_sum(np.zeros((2, 4)), W), V, r"f has shape \(2, 4\).*\(2, 5\)"
    ),
    "riemann_sum: f an array between points": bad(
        lambda: sc.riemann_sum(np.zeros((2, 5)), W, 0.5), V, r"lam=0\.5.*f"
    ),
    "riemann_sum: f an array, stats": bad(
        lambda: sc.riemann_sum(np.zeros((2, 5)), W, save="stats"), V, r"save='stats'.*f"
    ),
    "riemann_sum: f without t": bad(
        lambda: sc.riemann_sum(lambda w: w, W), T, r"f\(w\) is called as f\(t, w\)"
    ),
    "riemann_sum: f swapped": bad(
        lambda: sc.riemann_sum(lambda w, t: w, W), V, r"f\(w, t\).*swapped"
    ),
    "riemann_sum: f random": bad(
        lambda: sc.riemann_sum(lambda t, w: generator.random(), W), V, r"f\(0, 0\) returned 0\."
    ),
    "riemann_sum: f a list": bad(
        lambda: sc.riemann_sum(lambda t, w: [w], W), V, r"f\(0, 0\) returned \[0\.0\]"
    ),
    "riemann_sum: f None": bad(
        lambda: sc.riemann_sum(lambda t, w: None, W), V, r"f\(0, 0\) returned None"
    ),
    "riemann_sum: f infinite": bad(
        lambda: sc.riemann_sum(lambda t, w: inf, W), V, r"f\(0, 0\) = inf"
    ),
    "riemann_sum: against": bad(lambda: sc.riemann_sum(w_itself, W, against=5), T, r"against=5"),
    "riemann_sum: against other paths": bad(
        lambda: sc.riemann_sum(w_itself, W, against=OTHER), V, r"against=.*paths=3"
    ),
    "riemann_sum: against another grid": bad(
        lambda: sc.riemann_sum(w_itself, W, against=LATE), V, r"against=.*\[0, 2\]"
    ),
    "riemann_sum: inside a refinement": bad(
        lambda: sc.riemann_sum(w_itself, FINE, 0.5), V, r"at='time' with lam=0\.5"
    ),
    "riemann_sum: memory": bad(
        lambda: sc.riemann_sum(w_itself, HUGE, running=True), V, r"sums .*bytes.*save='stats'"
    ),
    "riemann_sum: workers": bad(lambda: sc.riemann_sum(w_itself, W, workers=-1), V, r"workers=-1"),
    "riemann_sum: executor": bad(
        lambda: sc.riemann_sum(w_itself, W, executor="threads"), T, r"executor='threads'"
    ),
    "riemann_limit: lam": bad(lambda: sc.riemann_limit(abs, abs, W, 2.0), V, r"lam=2\.0"),
    "riemann_limit: F a number": bad(
        lambda: sc.riemann_limit(1.0, lambda w: w, W, 0.5), T, r"F=1\.0"
    ),
    "riemann_limit: F of t too": bad(
        lambda: sc.riemann_limit(w_itself, lambda w: w, W, 0.5), T, r"F\(t, w\) is called as F\(w"
    ),
    "riemann_limit: df built in": bad(
        lambda: sc.riemann_limit(lambda w: w, math.cos, W, 0.5), T, r"df=<built-in function cos"
    ),
    "riemann_limit: W": bad(
        lambda: sc.riemann_limit(lambda w: w, lambda w: w, [1.0], 0.5), T, r"W=\[1\.0\]"
    ),
    "StepProcess: times": bad(
        lambda: sc.StepProcess([0.0, 0.5, 0.2], [1.0, 2.0]), V, r"times\[2\]=0\.2"
    ),
    "StepProcess: values' shape": bad(
        lambda: sc.StepProcess([0.0, 1.0], [1.0, 2.0]), V, r"values has shape \(2,\)"
    ),
    "StepProcess: values nan": bad(
        lambda: sc.StepProcess([0.0, 1.0], [nan]), V, r"values\[0\]=nan"
    ),
    "StepProcess.integrate: W": bad(
        lambda: sc.StepProcess([0.0, 1.0], [1.0]).integrate(7), T, r"W=7"
    ),
    "StepProcess.integrate: too long": bad(
        lambda: sc.StepProcess([0.0, 9.0], [1.0]).integrate(W), V, r"times=9"
    ),
    "StepProcess.integrate: rows": bad(
        lambda: sc.StepProcess([0, 1], np.ones((3, 1))).integrate(W), V, r"values has 3 rows"
    ),
    # variation
    "quadratic_variation: nan": bad(
        lambda: sc.quadratic_variation([0.0, nan, 1.0]), V, r"x\[1\]=nan"
    ),
    "quadratic_variation: one value": bad(
        lambda: sc.quadratic_variation([1.0]), V, r"x has shape \(1,\)"
    ),
    "quadratic_variation: a number": bad(
        lambda: sc.quadratic_variation(1.0), V, r"x has shape \(\)"
    ),
    "quadratic_variation: text": bad(
        lambda: sc.quadratic_variation(["a", "b"]), T, r"x has dtype <U1"
    ),
    "quadratic_variation: 3-d": bad(
        lambda: sc.quadratic_variation(np.ones((2, 2, 2))), V, r"x has shape \(2, 2, 2\)"
    ),
    "quadratic_variation: t short": bad(
        lambda: sc.quadratic_variation([1.0, 2.0, 3.0], [0.0, 1.0]), V, r"t has 2 times"
    ),
    "quadratic_variation: t falls": bad(
        lambda: sc.quadratic_variation([1.0, 2.0], [1.0, 0.0]), V, r"t\[1\]=0\.0"
    ),
    "quadratic_variation: t of a motion": bad(
        lambda: sc.quadratic_variation(W, W.t), V, r"t is given"
    ),
    "quadratic_variation: estimator": bad(
        lambda: sc.quadratic_variation([1.0, 2.0], estimator="rv"), V, r"estimator='rv'"
    ),
    "quadratic_variation: percent": bad(
        lambda: sc.quadratic_variation([1.0, 2.0], confidence=95), V, r"confidence=95"
    ),
    "quadratic_variation: dim": bad(lambda: sc.quadratic_variation(W2), V, r"x has dim=2"),
    "covariation: lengths": bad(
        lambda: sc.covariation([1.0, 2.0], [1.0, 2.0, 3.0]),
        V,
        r"y has shape \(3,\).*x has \(2,\)",
    ),
    "covariation: y": bad(lambda: sc.covariation([1.0, 2.0], [1.0, inf]), V, r"y\[1\]=inf"),
    "power_variation: p zero": bad(lambda: sc.power_variation([1.0, 2.0], 0), V, r"p=0"),
    "power_variation: p nan": bad(lambda: sc.power_variation([1.0, 2.0], nan), V, r"p=nan"),
    "power_variation: swapped": bad(
        lambda: sc.power_variation(2, [1.0, 2.0]), T, r"p=\[1\.0, 2\.0\]"
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_refused_by_name_and_value_before_anything_is_compiled(case):
    refused_before_anything_is_compiled(CASES[case])


def test_there_are_enough_cases():
    assert len(CASES) >= 80
