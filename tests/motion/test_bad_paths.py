"""Bad functionals, constructions, integrals and series: named before anything is compiled."""

from __future__ import annotations

import math

import numpy as np
import pytest
from refusals import refused_before_anything_is_compiled, wrong_type, wrong_value

import stochcalc as sc

nan, inf = math.nan, math.inf
generator = np.random.default_rng(0)


def motion(**options):
    return sc.brownian(**{"n": 4, "paths": 2, "key": 1, "store": False, **options})


W = motion()
W2 = motion(dim=2)
GRADED = motion(partition=sc.Partition.graded(1.0, 4, 2.0))
LONG = motion(n=64)
HUGE = motion(n=10**7, paths=10**7)
STORED, STORED_ELSEWHERE = motion(store=True), motion(store=True, partition=GRADED.partition)
g, dg = lambda t: math.sin(t), lambda t: math.cos(t)
line, longer = np.arange(20.0), np.arange(40.0)
series = sc.Series(
    "Close", np.exp(0.01 * np.sin(longer)), None, tuple(f"row {k + 2}" for k in range(40))
)
short = sc.Series("Close", np.array([1.0, 2.0, 3.0]), None, ("row 2", "row 3", "row 4"))
negative = sc.Series("Spread", np.sin(longer) + 0.5, None, tuple(f"row {k + 2}" for k in range(40)))
qv, spot = sc.quadratic_variation, sc.spot_variance

CASES = {
    # expectation
    "expectation: f a number": wrong_type(
        lambda: sc.expectation(3.0, W), r"f=3\.0 must be a function"
    ),
    "expectation: swapped": wrong_type(lambda: sc.expectation(W, lambda w: w), r"W=<function"),
    "expectation: W an array": wrong_type(
        lambda: sc.expectation(np.max, np.zeros((2, 5))), r"W=array"
    ),
    "expectation: over the wrong axis": wrong_value(
        lambda: sc.expectation(lambda w: w.max(axis=0), LONG), r"float64 of shape \(65"
    ),
    "expectation: over all axes": wrong_value(
        lambda: sc.expectation(lambda w: w.max(), W), r"shape \(\) for 3 paths"
    ),
    "expectation: paths mixed": wrong_value(
        lambda: sc.expectation(lambda w: w[:, -1] - w[:, -1].mean(), W), r"treat each path alone"
    ),
    "expectation: random": wrong_value(
        lambda: sc.expectation(lambda w: generator.random(len(w)), W), r"must be a pure function"
    ),
    "expectation: text": wrong_value(
        lambda: sc.expectation(lambda w: np.array(["a"] * len(w)), W), r"returned <U1"
    ),
    "expectation: complex": wrong_value(
        lambda: sc.expectation(lambda w: w[:, -1] * 1j, W), r"complex128"
    ),
    "expectation: three axes": wrong_value(
        lambda: sc.expectation(lambda w: w[:, None, None] * np.ones((1, 2, 2)), W2),
        r"fails|shape",
    ),
    "expectation: fails": wrong_type(
        lambda: sc.expectation(lambda w: w[:, 99], W), r"fails on trial .*\(3, 5\): IndexError"
    ),
    "expectation: workers": wrong_value(
        lambda: sc.expectation(lambda w: w[:, -1], W, workers=0), r"workers=0"
    ),
    "expectation: executor": wrong_type(
        lambda: sc.expectation(lambda w: w[:, -1], W, executor=4), r"executor=4"
    ),
    "expectation: one path as the origin": wrong_value(
        lambda: sc.expectation(lambda w: w[:, -1] - w[0, -1], W), r"treat each path"
    ),
    "expectation: sums over paths": wrong_value(
        lambda: sc.expectation(lambda w: np.cumsum(w, axis=0)[:, -1], W), r"treat each path"
    ),
    "expectation: text added": wrong_type(
        lambda: sc.expectation(lambda w: w[:, -1] + "a", W), r"f=<lambda> fails .*UFunc"
    ),
    "expectation: writes into its argument": wrong_value(
        lambda: sc.expectation(lambda w: np.abs(w, out=w)[:, -1], W), r"read-only"
    ),
    "expectation: two shapes": wrong_value(
        lambda: sc.expectation(lambda w: (w[:, -1], w), W),
        r"float64 of shape \(3,\), float64 of",
    ),
    "expectation: memory": wrong_value(
        lambda: sc.expectation(np.max, HUGE), r"block of 256 paths .*bytes.*fewer steps"
    ),
    # constructions
    "bridge: W": wrong_type(lambda: sc.bridge([0.0, 1.0]), r"W=\[0\.0, 1\.0\]"),
    "bridge: end infinite": wrong_value(lambda: sc.bridge(W, 0.0, inf), r"end=inf"),
    "bridge: start text": wrong_type(lambda: sc.bridge(W, "0"), r"start='0'"),
    "bridge: memory": wrong_value(lambda: sc.bridge(HUGE), r"800,000,080,000,000 bytes"),
    "polygon: no divisor": wrong_value(lambda: sc.polygon(W, 3), r"pieces=3 must divide n=4"),
    "polygon: zero": wrong_value(lambda: sc.polygon(W, 0), r"pieces=0"),
    "polygon: a fraction": wrong_type(lambda: sc.polygon(W, 2.0), r"pieces=2\.0.*write pieces=2"),
    "polygon: swapped": wrong_type(lambda: sc.polygon(2, W), r"W=2 must be Brownian paths"),
    "levy_construction: too fine": wrong_value(
        lambda: sc.levy_construction(W, 3), r"level=3: 2\*\*3 pieces must divide n=4"
    ),
    "levy_construction: negative": wrong_value(lambda: sc.levy_construction(W, -1), r"level=-1"),
    "karhunen_loeve: too many": wrong_value(
        lambda: sc.karhunen_loeve(W, 5), r"terms=5 must be at most 4"
    ),
    "karhunen_loeve: none": wrong_value(lambda: sc.karhunen_loeve(W, 0), r"terms=0"),
    "karhunen_loeve: graded": wrong_value(
        lambda: sc.karhunen_loeve(GRADED, 2), r"W=BrownianPaths.*uniform grid"
    ),
    "maximum: dim": wrong_value(lambda: sc.maximum(W2), r"W has dim=2"),
    "maximum: continuous": wrong_type(lambda: sc.maximum(W, continuous="yes"), r"continuous='yes'"),
    "maximum: running": wrong_type(lambda: sc.maximum(W, running=1), r"running=1"),
    "maximum: an array": wrong_type(lambda: sc.maximum(np.zeros(3)), r"W=array"),
    "maximum: memory": wrong_value(
        lambda: sc.maximum(HUGE, running=True), r"maxima .*bytes.*running=False"
    ),
    # integrals
    "paley_wiener_zygmund: wrong derivative": wrong_value(
        lambda: sc.paley_wiener_zygmund(g, lambda t: -math.cos(t), W),
        r"dg\(0\.\d+\)=-\d.*derivative of g",
    ),
    "paley_wiener_zygmund: g of w": wrong_type(
        lambda: sc.paley_wiener_zygmund(lambda t, w: t, dg, W), r"g\(t, w\) is called as g"
    ),
    "paley_wiener_zygmund: g a number": wrong_type(
        lambda: sc.paley_wiener_zygmund(1.0, dg, W), r"g=1\.0"
    ),
    "paley_wiener_zygmund: dg infinite": wrong_value(
        lambda: sc.paley_wiener_zygmund(g, lambda t: inf if t == 0.5 else math.cos(t), W),
        r"dg\(0\.5\)=inf",
    ),
    "paley_wiener_zygmund: dim": wrong_value(
        lambda: sc.paley_wiener_zygmund(g, dg, W2), r"W has dim=2"
    ),
    "paley_wiener_zygmund: W": wrong_type(lambda: sc.paley_wiener_zygmund(g, dg, 1.0), r"W=1\.0"),
    "ito_residual: f a number": wrong_type(
        lambda: sc.ito_residual(lambda w: w, 1.0, lambda w: 0.0, W), r"f=1\.0"
    ),
    "ito_residual: df of t": wrong_type(
        lambda: sc.ito_residual(lambda w: w, lambda w: 1.0, lambda t, w: 0.0, W), r"df\(t, w\)"
    ),
    "ito_residual: F infinite": wrong_value(
        lambda: sc.ito_residual(lambda w: inf, lambda w: 1.0, lambda w: 0.0, W), r"F\(0\) = inf"
    ),
    "ito_residual: W": wrong_type(
        lambda: sc.ito_residual(lambda w: w, lambda w: 1.0, lambda w: 0.0, None), r"W=None"
    ),
    "iterated_integrals: order zero": wrong_value(lambda: sc.iterated_integrals(W, 0), r"order=0"),
    "iterated_integrals: order a float": wrong_type(
        lambda: sc.iterated_integrals(W, 2.0), r"order=2\.0"
    ),
    "iterated_integrals: dim": wrong_value(lambda: sc.iterated_integrals(W2, 2), r"W has dim=2"),
    "iterated_integrals: memory": wrong_value(
        lambda: sc.iterated_integrals(HUGE, 3, running=True), r"bytes"
    ),
    "paley_wiener_zygmund: half the slope": wrong_value(
        lambda: sc.paley_wiener_zygmund(g, lambda t: 0.5 * math.cos(t), W), r"dg"
    ),
    "ito_residual: f not F'": wrong_value(
        lambda: sc.ito_residual(lambda w: w**3 / 3, lambda w: w, lambda w: 1.0, W), r"f\(.*of F"
    ),
    "ito_residual: df not f'": wrong_value(
        lambda: sc.ito_residual(lambda w: w**3 / 3, lambda w: w * w, lambda w: w, W), r"df\("
    ),
    "riemann_limit: df not F''": wrong_value(
        lambda: sc.riemann_limit(lambda w: w * w, lambda w: w, W, 0.5), r"second derivative of F"
    ),
    "hermite: shapes": wrong_value(
        lambda: sc.hermite(2, np.ones(3), np.ones(4)), r"t has shape \(3,\) and w has \(4,\)"
    ),
    "hermite: order negative": wrong_value(lambda: sc.hermite(-1, 1.0, 0.0), r"order=-1"),
    "hermite: time negative": wrong_value(lambda: sc.hermite(2, [-1.0, 1.0], 0.0), r"t=-1"),
    "hermite: nan": wrong_value(lambda: sc.hermite(2, 1.0, [0.0, nan]), r"w\[1\]=nan"),
    "exponential_martingale: a nan": wrong_value(
        lambda: sc.exponential_martingale(W, nan), r"a=nan"
    ),
    "exponential_martingale: dim": wrong_value(
        lambda: sc.exponential_martingale(W2, 1.0), r"W has dim=2"
    ),
    "levy_area: one component": wrong_value(lambda: sc.levy_area(W), r"W has dim=1: 2 components"),
    "levy_area: no such component": wrong_value(
        lambda: sc.levy_area(W2, 0, 2), r"j=2 must be at most 1"
    ),
    "levy_area: W": wrong_type(lambda: sc.levy_area(np.zeros((3, 2))), r"W=array"),
    # variation
    "quadratic_variation: too few for bipower": wrong_value(
        lambda: qv([1.0, 2.0, 3.0], estimator="bipower"), r"x has 2 .*needs 4"
    ),
    "quadratic_variation: bandwidth of realized": wrong_value(
        lambda: qv(line, bandwidth=3), r"bandwidth=3: 'realized' has no window"
    ),
    "quadratic_variation: bandwidth one": wrong_value(
        lambda: qv(line, estimator="two_scale", bandwidth=1), r"bandwidth=1 .*least 2"
    ),
    "quadratic_variation: bandwidth odd": wrong_value(
        lambda: qv(line, estimator="preaveraged", bandwidth=5), r"bandwidth=5 .*use 6"
    ),
    "quadratic_variation: bandwidth long": wrong_value(
        lambda: qv(line, estimator="realized_kernel", bandwidth=19), r"bandwidth=19 "
    ),
    "quadratic_variation: bandwidth a float": wrong_type(
        lambda: qv(line, estimator="two_scale", bandwidth=3.0), r"bandwidth=3\.0"
    ),
    "quadratic_variation: running": wrong_type(lambda: qv(line, running="yes"), r"running='yes'"),
    "quadratic_variation: estimator": wrong_value(
        lambda: qv(line, estimator="bpv"), r"estimator='bpv'.*'bipower'"
    ),
    "quadratic_variation: t two-dimensional": wrong_value(
        lambda: qv(line, line[None]), r"t has shape \(1, 20\)"
    ),
    "spot_variance: window zero": wrong_value(lambda: spot(line, window=0), r"window=0"),
    "spot_variance: window long": wrong_value(
        lambda: spot(line, window=20), r"window=20 is longer than x, which has 19"
    ),
    "spot_variance: window short for bipower": wrong_value(
        lambda: spot(line, window=3, estimator="bipower"), r"window=3 .*needs 4"
    ),
    "spot_variance: t falls": wrong_value(lambda: spot(line, -line, window=3), r"t\[1\]=-1"),
    "spot_variance: x nan": wrong_value(lambda: spot([0.0, nan, 1.0], window=1), r"x\[1\]=nan"),
    "spot_variance: t of a motion": wrong_value(lambda: spot(W, W.t, window=2), r"t is given"),
    "quadratic_variation: estimator by position": wrong_type(
        lambda: qv(line, "bipower"), r"t='bipower'.*estimator='bipower'"
    ),
    "quadratic_variation: dates": wrong_type(
        lambda: qv(np.array(["2024-01-01", "2024-01-02"], "M8[D]")), r"x holds dates.*timedelta64"
    ),
    "covariation: two grids": wrong_value(
        lambda: sc.covariation(STORED, STORED_ELSEWHERE), r"y is on .* and x on .*one grid"
    ),
    "covariation: running": wrong_type(lambda: sc.covariation(line, line, running=0), r"running=0"),
    "observe: noise negative": wrong_value(lambda: sc.observe(W, noise=-1.0), r"noise=-1"),
    "observe: sigma": wrong_value(lambda: sc.observe(W, noise=0.1, sigma=nan), r"sigma=nan"),
    "observe: dim": wrong_value(lambda: sc.observe(W2, noise=0.1), r"W has dim=2"),
    "observe: W": wrong_type(lambda: sc.observe(line, noise=0.1), r"W=array"),
    "observe: memory": wrong_value(lambda: sc.observe(HUGE, noise=0.1), r"the result .*bytes"),
    "jump_test: constant": wrong_value(lambda: sc.jump_test(np.ones(20)), r"x does not move"),
    "jump_test: short": wrong_value(lambda: sc.jump_test([1.0, 2.0, 3.0]), r"x has 2 returns"),
    "detect_jumps: window": wrong_value(
        lambda: sc.detect_jumps(line, window=19), r"window=19 leaves no return"
    ),
    "detect_jumps: window short": wrong_value(
        lambda: sc.detect_jumps(line, window=5), r"window=5 must be at least 10"
    ),
    "detect_jumps: level": wrong_value(
        lambda: sc.detect_jumps(line, window=10, level=5), r"level=5"
    ),
    "detect_jumps: estimator": wrong_value(
        lambda: sc.detect_jumps(line, window=5, estimator="realized"), r"estimator='realized'"
    ),
    # volatility and series
    "volatility: rows": wrong_value(
        lambda: sc.volatility(np.ones((2, 40))), r"series has shape \(2, 40\)"
    ),
    "volatility: text": wrong_type(lambda: sc.volatility("goog.csv"), r"series has dtype"),
    "volatility: short": wrong_value(lambda: sc.volatility(short), r"Close has 2 returns"),
    "volatility: not positive": wrong_value(
        lambda: sc.volatility(negative, window=5), r"Spread=-\d.* at row \d+ .*--no-log"
    ),
    "volatility: window": wrong_value(
        lambda: sc.volatility(series, window=50), r"^window=50 .*--window"
    ),
    "volatility: per_year": wrong_value(lambda: sc.volatility(series, per_year=0), r"per_year=0"),
    "volatility: jump_window": wrong_value(
        lambda: sc.volatility(series, window=5, jump_window=2), r"jump_window=2"
    ),
    "volatility: jump_window long": wrong_value(
        lambda: sc.volatility(series, jump_window=39), r"jump_window=39 is too long"
    ),
    "volatility: log": wrong_type(lambda: sc.volatility(series, window=5, log="yes"), r"log='yes'"),
    "volatility: confidence": wrong_value(
        lambda: sc.volatility(series, window=5, confidence=95), r"confidence=95"
    ),
    "read_csv: path": wrong_type(lambda: sc.read_csv(7, "Close"), r"path=7"),
    "read_csv: column": wrong_type(lambda: sc.read_csv("prices.csv", 3), r"column=3"),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_refused_by_name_and_value_before_anything_is_compiled(case):
    refused_before_anything_is_compiled(CASES[case])


def test_there_are_enough_cases():
    assert len(CASES) >= 80
