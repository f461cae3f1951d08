"""Bad input: the error names the argument, with its value, before anything is compiled."""

from __future__ import annotations

import math

import numpy as np
import pytest
from refusals import refused_before_anything_is_compiled, wrong_type, wrong_value
from small_equations import w_itself

import stochcalc as sc

nan = math.nan
inf = math.inf
generator = np.random.default_rng(0)


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
    "Partition: equal points": wrong_value(
        lambda: sc.Partition([0.0, 1.0, 1.0]), r"times\[2\]=1\.0"
    ),
    "Partition: decreasing": wrong_value(lambda: sc.Partition([3, 2, 1]), r"times\[1\]=2\.0"),
    "Partition: nan": wrong_value(lambda: sc.Partition([0.0, nan]), r"times\[1\]=nan"),
    "Partition: one point": wrong_value(lambda: sc.Partition([1.0]), r"times .*1 point"),
    "Partition: text": wrong_type(lambda: sc.Partition("abc"), r"times .*U3"),
    "Partition: complex": wrong_type(lambda: sc.Partition([0.0, 1j]), r"times .*complex"),
    "Partition: two dimensions": wrong_value(
        lambda: sc.Partition([[0.0, 1.0], [2.0, 3.0]]), r"times .*\(2, 2\)"
    ),
    "Partition: ragged": wrong_value(lambda: sc.Partition([[0.0, 1.0], [2.0]]), r"times .*ragged"),
    "Partition: empty": wrong_value(lambda: sc.Partition([]), r"times .*\(0,\)"),
    "uniform: T zero": wrong_value(lambda: sc.Partition.uniform(0, 10), r"T=0\b"),
    "uniform: T infinite": wrong_value(lambda: sc.Partition.uniform(inf, 10), r"T=inf"),
    "uniform: T text": wrong_type(lambda: sc.Partition.uniform("1", 10), r"T='1'"),
    "uniform: T before t0": wrong_value(
        lambda: sc.Partition.uniform(1.0, 10, t0=2.0), r"T=1\.0 .*t0=2\.0"
    ),
    "uniform: n zero": wrong_value(lambda: sc.Partition.uniform(1.0, 0), r"n=0"),
    "uniform: n a fraction": wrong_type(lambda: sc.Partition.uniform(1.0, 2.5), r"n=2\.5"),
    "uniform: n a float": wrong_type(
        lambda: sc.Partition.uniform(1.0, 10.0), r"n=10\.0.*write n=10"
    ),
    "uniform: swapped": wrong_type(lambda: sc.Partition.uniform(100, 1.0), r"n=1\.0"),
    "uniform: n a bool": wrong_type(lambda: sc.Partition.uniform(1.0, True), r"n=True"),
    "dyadic: level negative": wrong_value(lambda: sc.Partition.dyadic(1.0, -1), r"level=-1"),
    "dyadic: level too high": wrong_value(lambda: sc.Partition.dyadic(1.0, 41), r"level=41"),
    "random: T nan": wrong_value(lambda: sc.Partition.random(nan, 3), r"T=nan"),
    "random: n": wrong_value(lambda: sc.Partition.random(1.0, 0), r"n=0"),
    "random: rng text": wrong_type(
        lambda: sc.Partition.random(1.0, 3, rng="seven"), r"rng='seven'"
    ),
    "random: rng negative": wrong_value(lambda: sc.Partition.random(1.0, 3, rng=-1), r"rng=-1"),
    "graded: power zero": wrong_value(lambda: sc.Partition.graded(1.0, 4, 0), r"power=0"),
    "graded: power too high": wrong_value(
        lambda: sc.Partition.graded(1.0, 100, 200.0), r"power=200"
    ),
    "refine: zero": wrong_value(lambda: P.refine(0), r"k=0"),
    "refine: a fraction": wrong_type(lambda: P.refine(1.5), r"k=1\.5"),
    "coarsen: no divisor": wrong_value(lambda: P.coarsen(3), r"k=3 .*n=4"),
    # brownian and its methods
    "brownian: T": wrong_value(lambda: sc.brownian(T=-1.0), r"T=-1"),
    "brownian: n": wrong_type(lambda: sc.brownian(n=1e3), r"n=1000\.0.*write n=1000"),
    "brownian: paths zero": wrong_value(lambda: sc.brownian(paths=0), r"paths=0"),
    "brownian: paths text": wrong_type(lambda: sc.brownian(paths="3"), r"paths='3'"),
    "brownian: dim zero": wrong_value(lambda: sc.brownian(dim=0), r"dim=0"),
    "brownian: dim beyond its field": wrong_value(
        lambda: sc.brownian(n=1, dim=2**24 + 1, store=False), r"dim=16777217"
    ),
    "brownian: partition a list": wrong_type(
        lambda: sc.brownian(partition=[0.0, 1.0]), r"partition=\[0\.0, 1\.0\]"
    ),
    "brownian: store": wrong_type(lambda: sc.brownian(store="no"), r"store='no'"),
    "brownian: correlation's shape": wrong_value(
        lambda: sc.brownian(dim=3, correlation=np.eye(2)), r"correlation .*\(2, 2\)"
    ),
    "brownian: correlation a number": wrong_value(
        lambda: sc.brownian(dim=2, correlation=0.5), r"correlation .*\(\)"
    ),
    "brownian: correlation lopsided": wrong_value(
        lambda: sc.brownian(dim=2, correlation=[[1, 0.5], [0.4, 1]]),
        r"correlation=.*0\.4.*symmetric",
    ),
    "brownian: covariance": wrong_value(
        lambda: sc.brownian(dim=2, correlation=[[2, 0], [0, 2]]), r"correlation=.*2\.0.*ones"
    ),
    "brownian: correlation impossible": wrong_value(
        lambda: sc.brownian(dim=2, correlation=[[1, 2], [2, 1]]),
        r"correlation=.*2\.0.*eigenvalue -1",
    ),
    "brownian: correlation nan": wrong_value(
        lambda: sc.brownian(dim=2, correlation=[[1, nan], [nan, 1]]), r"correlation.*nan"
    ),
    "brownian: rng negative": wrong_value(lambda: sc.brownian(rng=-1), r"rng=-1"),
    "brownian: rng a float": wrong_type(lambda: sc.brownian(rng=1.5), r"rng=1\.5"),
    "brownian: key negative": wrong_value(lambda: sc.brownian(key=-1), r"key=-1"),
    "brownian: key too large": wrong_value(
        lambda: sc.brownian(key=2**64), r"key=18446744073709551616"
    ),
    "brownian: key text": wrong_type(lambda: sc.brownian(key="a"), r"key='a'"),
    "brownian: rng and key": wrong_value(lambda: sc.brownian(rng=1, key=2), r"rng=1.*key=2"),
    "brownian: workers": wrong_value(lambda: sc.brownian(workers=0), r"workers=0"),
    "brownian: workers a float": wrong_type(lambda: sc.brownian(workers=2.0), r"workers=2\.0"),
    "brownian: memory": wrong_value(
        lambda: sc.brownian(n=10**7, paths=10**7),
        r"values .*800,000,080,000,000 bytes.*store=False",
    ),
    "at: before": wrong_value(lambda: W.at(-0.1), r"times=-0\.1"),
    "at: after": wrong_value(lambda: W.at([0.5, 1.5]), r"times=1\.5"),
    "at: nan": wrong_value(lambda: W.at([0.5, nan]), r"times\[1\]=nan"),
    "at: text": wrong_type(lambda: W.at("noon"), r"times .*U4"),
    "at: two dimensions": wrong_value(lambda: W.at([[0.5]]), r"times .*\(1, 1\)"),
    "at: memory": wrong_value(
        lambda: HUGE.at(np.linspace(0, 1, 10**6)), r"times.*80,000,000,000,000 bytes"
    ),
    "motion.refine: zero": wrong_value(lambda: W.refine(0), r"k=0"),
    "motion.coarsen: no divisor": wrong_value(lambda: W.coarsen(3), r"k=3"),
    # integrals
    "riemann_sum: lam negative": wrong_value(
        lambda: sc.riemann_sum(w_itself, W, -0.1), r"lam=-0\.1"
    ),
    "riemann_sum: lam nan": wrong_value(lambda: sc.riemann_sum(w_itself, W, nan), r"lam=nan"),
    "riemann_sum: lam text": wrong_type(lambda: sc.riemann_sum(w_itself, W, "ito"), r"lam='ito'"),
    "riemann_sum: at": wrong_value(
        lambda: sc.riemann_sum(w_itself, W, at="middle"), r"at='middle'"
    ),
    "riemann_sum: save": wrong_value(
        lambda: sc.riemann_sum(w_itself, W, save="last"), r"save='last'"
    ),
    "riemann_sum: running": wrong_type(
        lambda: sc.riemann_sum(w_itself, W, running=1), r"running=1"
    ),
    "riemann_sum: W an array": wrong_type(
        lambda: sc.riemann_sum(w_itself, np.zeros((2, 5))), r"W=array"
    ),
    "riemann_sum: swapped": wrong_type(
        lambda: sc.riemann_sum(W, w_itself), r"W=<function w_itself"
    ),
    "riemann_sum: two components": wrong_value(
        lambda: sc.riemann_sum(w_itself, W2), r"W has dim=2"
    ),
    "riemann_sum: f a number": wrong_value(
        lambda: sc.riemann_sum(3.0, W), r"f has shape \(\).*\(2, 5\)"
    ),
    "riemann_sum: f text": wrong_type(lambda: sc.riemann_sum("w", W), r"f has dtype <U1"),
    "riemann_sum: f's shape": wrong_value(
        lambda: sc.riemann_sum(np.zeros((2, 4)), W), r"f has shape \(2, 4\).*\(2, 5\)"
    ),
    "riemann_sum: f an array between points": wrong_value(
        lambda: sc.riemann_sum(np.zeros((2, 5)), W, 0.5), r"lam=0\.5.*f"
    ),
    "riemann_sum: f an array, stats": wrong_value(
        lambda: sc.riemann_sum(np.zeros((2, 5)), W, save="stats"), r"save='stats'.*f"
    ),
    "riemann_sum: f without t": wrong_type(
        lambda: sc.riemann_sum(lambda w: w, W), r"f\(w\) is called as f\(t, w\)"
    ),
    "riemann_sum: f swapped": wrong_value(
        lambda: sc.riemann_sum(lambda w, t: w, W), r"f\(w, t\).*swapped"
    ),
    "riemann_sum: f random": wrong_value(
        lambda: sc.riemann_sum(lambda t, w: generator.random(), W), r"f\(0, 0\) returned 0\."
    ),
    "riemann_sum: f a list": wrong_value(
        lambda: sc.riemann_sum(lambda t, w: [w], W), r"f\(0, 0\) returned \[0\.0\]"
    ),
    "riemann_sum: f None": wrong_value(
        lambda: sc.riemann_sum(lambda t, w: None, W), r"f\(0, 0\) returned None"
    ),
    "riemann_sum: f infinite": wrong_value(
        lambda: sc.riemann_sum(lambda t, w: inf, W), r"f\(0, 0\) = inf"
    ),
    "riemann_sum: against": wrong_type(
        lambda: sc.riemann_sum(w_itself, W, against=5), r"against=5"
    ),
    "riemann_sum: against other paths": wrong_value(
        lambda: sc.riemann_sum(w_itself, W, against=OTHER), r"against=.*paths=3"
    ),
    "riemann_sum: against another grid": wrong_value(
        lambda: sc.riemann_sum(w_itself, W, against=LATE), r"against=.*\[0, 2\]"
    ),
    "riemann_sum: inside a refinement": wrong_value(
        lambda: sc.riemann_sum(w_itself, FINE, 0.5), r"at='time' with lam=0\.5"
    ),
    "riemann_sum: memory": wrong_value(
        lambda: sc.riemann_sum(w_itself, HUGE, running=True), r"sums .*bytes.*save='stats'"
    ),
    "riemann_sum: workers": wrong_value(
        lambda: sc.riemann_sum(w_itself, W, workers=-1), r"workers=-1"
    ),
    "riemann_sum: executor": wrong_type(
        lambda: sc.riemann_sum(w_itself, W, executor="threads"), r"executor='threads'"
    ),
    "riemann_limit: lam": wrong_value(lambda: sc.riemann_limit(abs, abs, W, 2.0), r"lam=2\.0"),
    "riemann_limit: F a number": wrong_type(
        lambda: sc.riemann_limit(1.0, lambda w: w, W, 0.5), r"F=1\.0"
    ),
    "riemann_limit: F of t too": wrong_type(
        lambda: sc.riemann_limit(w_itself, lambda w: w, W, 0.5), r"F\(t, w\) is called as F\(w"
    ),
    "riemann_limit: df built in": wrong_type(
        lambda: sc.riemann_limit(lambda w: w, math.cos, W, 0.5), r"df=<built-in function cos"
    ),
    "riemann_limit: W": wrong_type(
        lambda: sc.riemann_limit(lambda w: w, lambda w: w, [1.0], 0.5), r"W=\[1\.0\]"
    ),
    "StepProcess: times": wrong_value(
        lambda: sc.StepProcess([0.0, 0.5, 0.2], [1.0, 2.0]), r"times\[2\]=0\.2"
    ),
    "StepProcess: values' shape": wrong_value(
        lambda: sc.StepProcess([0.0, 1.0], [1.0, 2.0]), r"values has shape \(2,\)"
    ),
    "StepProcess: values nan": wrong_value(
        lambda: sc.StepProcess([0.0, 1.0], [nan]), r"values\[0\]=nan"
    ),
    "StepProcess.integrate: W": wrong_type(
        lambda: sc.StepProcess([0.0, 1.0], [1.0]).integrate(7), r"W=7"
    ),
    "StepProcess.integrate: too long": wrong_value(
        lambda: sc.StepProcess([0.0, 9.0], [1.0]).integrate(W), r"times=9"
    ),
    "StepProcess.integrate: rows": wrong_value(
        lambda: sc.StepProcess([0, 1], np.ones((3, 1))).integrate(W), r"values has 3 rows"
    ),
    # variation
    "quadratic_variation: nan": wrong_value(
        lambda: sc.quadratic_variation([0.0, nan, 1.0]), r"x\[1\]=nan"
    ),
    "quadratic_variation: one value": wrong_value(
        lambda: sc.quadratic_variation([1.0]), r"x has shape \(1,\)"
    ),
    "quadratic_variation: a number": wrong_value(
        lambda: sc.quadratic_variation(1.0), r"x has shape \(\)"
    ),
    "quadratic_variation: text": wrong_type(
        lambda: sc.quadratic_variation(["a", "b"]), r"x has dtype <U1"
    ),
    "quadratic_variation: 3-d": wrong_value(
        lambda: sc.quadratic_variation(np.ones((2, 2, 2))), r"x has shape \(2, 2, 2\)"
    ),
    "quadratic_variation: t short": wrong_value(
        lambda: sc.quadratic_variation([1.0, 2.0, 3.0], [0.0, 1.0]), r"t has 2 times"
    ),
    "quadratic_variation: t falls": wrong_value(
        lambda: sc.quadratic_variation([1.0, 2.0], [1.0, 0.0]), r"t\[1\]=0\.0"
    ),
    "quadratic_variation: t of a motion": wrong_value(
        lambda: sc.quadratic_variation(W, W.t), r"t is given"
    ),
    "quadratic_variation: estimator": wrong_value(
        lambda: sc.quadratic_variation([1.0, 2.0], estimator="rv"), r"estimator='rv'"
    ),
    "quadratic_variation: percent": wrong_value(
        lambda: sc.quadratic_variation([1.0, 2.0], confidence=95), r"confidence=95"
    ),
    "quadratic_variation: dim": wrong_value(lambda: sc.quadratic_variation(W2), r"x has dim=2"),
    "covariation: lengths": wrong_value(
        lambda: sc.covariation([1.0, 2.0], [1.0, 2.0, 3.0]),
        r"y has shape \(3,\).*x has \(2,\)",
    ),
    "covariation: y": wrong_value(lambda: sc.covariation([1.0, 2.0], [1.0, inf]), r"y\[1\]=inf"),
    "power_variation: p zero": wrong_value(lambda: sc.power_variation([1.0, 2.0], 0), r"p=0"),
    "power_variation: p nan": wrong_value(lambda: sc.power_variation([1.0, 2.0], nan), r"p=nan"),
    "power_variation: swapped": wrong_type(
        lambda: sc.power_variation(2, [1.0, 2.0]), r"p=\[1\.0, 2\.0\]"
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_refused_by_name_and_value_before_anything_is_compiled(case):
    refused_before_anything_is_compiled(CASES[case])


def test_there_are_enough_cases():
    assert len(CASES) >= 80
