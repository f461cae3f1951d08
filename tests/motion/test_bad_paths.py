"""Bad functionals, constructions, integrals and series: named before anything is compiled."""

from __future__ import annotations

import math

import numpy as np
import pytest
from refusals import bad, refused_before_anything_is_compiled

import stochcalc as sc

nan, inf = math.nan, math.inf
V, T = ValueError, TypeError
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
    "expectation: f a number": bad(lambda: sc.expectation(3.0, W), T, r"f=3\.0 must be a function"),
    "expectation: swapped": bad(lambda: sc.expectation(W, lambda w: w), T, r"W=<function"),
    "expectation: W an array": bad(lambda: sc.expectation(np.max, np.zeros((2, 5))), T, r"W=array"),
    "expectation: over the wrong axis": bad(
        lambda: sc.expectation(lambda w: w.max(axis=0), LONG), V, r"float64 of shape \(65"
    ),
    "expectation: over all axes": bad(
        lambda: sc.expectation(lambda w: w.max(), W), V, r"shape \(\) for 3 paths"
    ),
    "expectation: paths mixed": bad(
        lambda: sc.expectation(lambda w: w[:, -1] - w[:, -1].mean(), W), V, r"treat each path alone"
    ),
    "expectation: random": bad(
        lambda: sc.expectation(lambda w: generator.random(len(w)), W), V, r"must be a pure function"
    ),
    "expectation: text": bad(
        lambda: sc.expectation(lambda w: np.array(["a"] * len(w)), W), V, r"returned <U1"
    ),
    "expectation: complex": bad(
        lambda: sc.expectation(lambda w: w[:, -1] * 1j, W), V, r"complex128"
    ),
    "expectation: three axes": bad(
        lambda: sc.expectation(lambda w: w[:, None, None] * np.ones((1, 2, 2)), W2),
        V,
        r"fails|shape",
    ),
    "expectation: fails": bad(
        lambda: sc.expectation(lambda w: w[:, 99], W), T, r"fails on trial .*\(3, 5\): IndexError"
    ),
    "expectation: workers": bad(
        lambda: sc.expectation(lambda w: w[:, -1], W, workers=0), V, r"workers=0"
    ),
    "expectation: executor": bad(
        lambda: sc.expectation(lambda w: w[:, -1], W, executor=4), T, r"executor=4"
    ),
    "expectation: one path as the origin": bad(
        lambda: sc.expectation(lambda w: w[:, -1] - w[0, -1], W), V, r"treat each path"
    ),
    "expectation: sums over paths": bad(
        lambda: sc.expectation(lambda w: np.cumsum(w, axis=0)[:, -1], W), V, r"treat each path"
    ),
    "expectation: text added": bad(
        lambda: sc.expectation(lambda w: w[:, -1] + "a", W), T, r"f=<lambda> fails .*UFunc"
    ),
    "expectation: writes into its argument": bad(
        lambda: sc.expectation(lambda w: np.abs(w, out=w)[:, -1], W), V, r"read-only"
    ),
    "expectation: two shapes": bad(
        lambda: sc.expectation(lambda w: (w[:, -1], w), W),
        V,
        r"float64 of shape \(3,\), float64 of",
    ),
    "expectation: memory": bad(
        lambda: sc.expectation(np.max, HUGE), V, r"block of 256 paths .*bytes.*fewer steps"
    ),
    # constructions
    "bridge: W": bad(lambda: sc.bridge([0.0, 1.0]), T, r"W=\[0\.0, 1\.0\]"),
    "bridge: end infinite": bad(lambda: sc.bridge(W, 0.0, inf), V, r"end=inf"),
    "bridge: start text": bad(lambda: sc.bridge(W, "0"), T, r"start='0'"),
    "bridge: memory": bad(lambda: sc.bridge(HUGE), V, r"800,000,080,000,000 bytes"),
    "polygon: no divisor": bad(lambda: sc.polygon(W, 3), V, r"pieces=3 must divide n=4"),
    "polygon: zero": bad(lambda: sc.polygon(W, 0), V, r"pieces=0"),
    "polygon: a fraction": bad(lambda: sc.polygon(W, 2.0), T, r"pieces=2\.0.*write pieces=2"),
    "polygon: swapped": bad(lambda: sc.polygon(2, W), T, r"W=2 must be Brownian paths"),
    "levy_construction: too fine": bad(
        lambda: sc.levy_construction(W, 3), V, r"level=3: 2\*\*3 pieces must divide n=4"
    ),
    "levy_construction: negative": bad(lambda: sc.levy_construction(W, -1), V, r"level=-1"),
    "karhunen_loeve: too many": bad(
        lambda: sc.karhunen_loeve(W, 5), V, r"terms=5 must be at most 4"
    ),
    "karhunen_loeve: none": bad(lambda: sc.karhunen_loeve(W, 0), V, r"terms=0"),
    "karhunen_loeve: graded": bad(
        lambda: sc.karhunen_loeve(GRADED, 2), V, r"W=BrownianPaths.*uniform grid"
    ),
    "maximum: dim": bad(lambda: sc.maximum(W2), V, r"W has dim=2"),
    "maximum: continuous": bad(lambda: sc.maximum(W, continuous="yes"), T, r"continuous='yes'"),
    "maximum: running": bad(lambda: sc.maximum(W, running=1), T, r"running=1"),
    "maximum: an array": bad(lambda: sc.maximum(np.zeros(3)), T, r"W=array"),
    "maximum: memory": bad(
        lambda: sc.maximum(HUGE, running=True), V, r"maxima .*bytes.*running=False"
    ),
    # integrals
    "paley_wiener_zygmund: wrong derivative": bad(
        lambda: sc.paley_wiener_zygmund(g, lambda t: -math.cos(t), W),
        V,
        r"dg\(0\.\d+\)=-\d.*derivative of g",
    ),
    "paley_wiener_zygmund: g of w": bad(
        lambda: sc.paley_wiener_zygmund(lambda t, w: t, dg, W), T, r"g\(t, w\) is called as g"
    ),
    "paley_wiener_zygmund: g a number": bad(
        lambda: sc.paley_wiener_zygmund(1.0, dg, W), T, r"g=1\.0"
    ),
    "paley_wiener_zygmund: dg infinite": bad(
        lambda: sc.paley_wiener_zygmund(g, lambda t: inf if t == 0.5 else math.cos(t), W),
        V,
        r"dg\(0\.5\)=inf",
    ),
    "paley_wiener_zygmund: dim": bad(lambda: sc.paley_wiener_zygmund(g, dg, W2), V, r"W has dim=2"),
    "paley_wiener_zygmund: W": bad(lambda: sc.paley_wiener_zygmund(g, dg, 1.0), T, r"W=1\.0"),
    "ito_residual: f a number": bad(
        lambda: sc.ito_residual(lambda w: w, 1.0, lambda w: 0.0, W), T, r"f=1\.0"
    ),
    "ito_residual: df of t": bad(
        lambda: sc.ito_residual(lambda w: w, lambda w: 1.0, lambda t, w: 0.0, W), T, r"df\(t, w\)"
    ),
    "ito_residual: F infinite": bad(
        lambda: sc.ito_residual(lambda w: inf, lambda w: 1.0, lambda w: 0.0, W), V, r"F\(0\) = inf"
    ),
    "ito_residual: W": bad(
        lambda: sc.ito_residual(lambda w: w, lambda w: 1.0, lambda w: 0.0, None), T, r"W=None"
    ),
    "iterated_integrals: order zero": bad(lambda: sc.iterated_integrals(W, 0), V, r"order=0"),
    "iterated_integrals: order a float": bad(
        lambda: sc.iterated_integrals(W, 2.0), T, r"order=2\.0"
    ),
    "iterated_integrals: dim": bad(lambda: sc.iterated_integrals(W2, 2), V, r"W has dim=2"),
    "iterated_integrals: memory": bad(
        lambda: sc.iterated_integrals(HUGE, 3, running=True), V, r"bytes"
    ),
    "paley_wiener_zygmund: half the slope": bad(
        lambda: sc.paley_wiener_zygmund(g, lambda t: 0.5 * math.cos(t), W), V, r"dg"
    ),
    "ito_residual: f not F'": bad(
        lambda: sc.ito_residual(lambda w: w**3 / 3, lambda w: w, lambda w: 1.0, W), V, r"f\(.*of F"
    ),
    "ito_residual: df not f'": bad(
        lambda: sc.ito_residual(lambda w: w**3 / 3, lambda w: w * w, lambda w: w, W), V, r"df\("
    ),
    "riemann_limit: df not F''": bad(
        lambda: sc.riemann_limit(lambda w: w * w, lambda w: w, W, 0.5), V, r"second derivative of F"
    ),
    "hermite: shapes": bad(
        lambda: sc.hermite(2, np.ones(3), np.ones(4)), V, r"t has shape \(3,\) and w has \(4,\)"
    ),
    "hermite: order negative": bad(lambda: sc.hermite(-1, 1.0, 0.0), V, r"order=-1"),
    "hermite: time negative": bad(lambda: sc.hermite(2, [-1.0, 1.0], 0.0), V, r"t=-1"),
    "hermite: nan": bad(lambda: sc.hermite(2, 1.0, [0.0, nan]), V, r"w\[1\]=nan"),
    "exponential_martingale: a nan": bad(lambda: sc.exponential_martingale(W, nan), V, r"a=nan"),
    "exponential_martingale: dim": bad(
        lambda: sc.exponential_martingale(W2, 1.0), V, r"W has dim=2"
    ),
    "levy_area: one component": bad(lambda: sc.levy_area(W), V, r"W has dim=1: 2 components"),
    "levy_area: no such component": bad(
        lambda: sc.levy_area(W2, 0, 2), V, r"j=2 must be at most 1"
    ),
    "levy_area: W": bad(lambda: sc.levy_area(np.zeros((3, 2))), T, r"W=array"),
    # variation
    "quadratic_variation: too few for bipower": bad(
        lambda: qv([1.0, 2.0, 3.0], estimator="bipower"), V, r"x has 2 .*needs 4"
    ),
    "quadratic_variation: bandwidth of realized": bad(
        lambda: qv(line, bandwidth=3), V, r"bandwidth=3: 'realized' has no window"
    ),
    "quadratic_variation: bandwidth one": bad(
        lambda: qv(line, estimator="two_scale", bandwidth=1), V, r"bandwidth=1 .*least 2"
    ),
    "quadratic_variation: bandwidth odd": bad(
        lambda: qv(line, estimator="preaveraged", bandwidth=5), V, r"bandwidth=5 .*use 6"
    ),
    "quadratic_variation: bandwidth long": bad(
        lambda: qv(line, estimator="realized_kernel", bandwidth=19), V, r"bandwidth=19 "
    ),
    "quadratic_variation: bandwidth a float": bad(
        lambda: qv(line, estimator="two_scale", bandwidth=3.0), T, r"bandwidth=3\.0"
    ),
    "quadratic_variation: running": bad(lambda: qv(line, running="yes"), T, r"running='yes'"),
    "quadratic_variation: estimator": bad(
        lambda: qv(line, estimator="bpv"), V, r"estimator='bpv'.*'bipower'"
    ),
    "quadratic_variation: t two-dimensional": bad(
        lambda: qv(line, line[None]), V, r"t has shape \(1, 20\)"
    ),
    "spot_variance: window zero": bad(lambda: spot(line, window=0), V, r"window=0"),
    "spot_variance: window long": bad(
        lambda: spot(line, window=20), V, r"window=20 is longer than x, which has 19"
    ),
    "spot_variance: window short for bipower": bad(
        lambda: spot(line, window=3, estimator="bipower"), V, r"window=3 .*needs 4"
    ),
    "spot_variance: t falls": bad(lambda: spot(line, -line, window=3), V, r"t\[1\]=-1"),
    "spot_variance: x nan": bad(lambda: spot([0.0, nan, 1.0], window=1), V, r"x\[1\]=nan"),
    "spot_variance: t of a motion": bad(lambda: spot(W, W.t, window=2), V, r"t is given"),
    "quadratic_variation: estimator by position": bad(
        lambda: qv(line, "bipower"), T, r"t='bipower'.*estimator='bipower'"
    ),
    "quadratic_variation: dates": bad(
        lambda: qv([1.0, 2.0], np.array(["2024-01-01", "2024-01-02"], "M8[D]")), T, r"timedelta64"
    ),
    "covariation: two grids": bad(
        lambda: sc.covariation(STORED, STORED_ELSEWHERE), V, r"y=.*same times"
    ),
    "covariation: running": bad(lambda: sc.covariation(line, line, running=0), T, r"running=0"),
    "observe: noise negative": bad(lambda: sc.observe(W, noise=-1.0), V, r"noise=-1"),
    "observe: sigma": bad(lambda: sc.observe(W, noise=0.1, sigma=nan), V, r"sigma=nan"),
    "observe: dim": bad(lambda: sc.observe(W2, noise=0.1), V, r"W has dim=2"),
    "observe: W": bad(lambda: sc.observe(line, noise=0.1), T, r"W=array"),
    "observe: memory": bad(lambda: sc.observe(HUGE, noise=0.1), V, r"the result .*bytes"),
    "jump_test: constant": bad(
        lambda: sc.jump_test(np.ones(20)), V, r"x has a bipower variation of 0"
    ),
    "jump_test: short": bad(lambda: sc.jump_test([1.0, 2.0, 3.0]), V, r"x has 2 returns"),
    "detect_jumps: window": bad(
        lambda: sc.detect_jumps(line, window=19), V, r"window=19 leaves no return"
    ),
    "detect_jumps: window short": bad(
        lambda: sc.detect_jumps(line, window=5), V, r"window=5 must be at least 10"
    ),
    "detect_jumps: level": bad(lambda: sc.detect_jumps(line, window=10, level=5), V, r"level=5"),
    "detect_jumps: estimator": bad(
        lambda: sc.detect_jumps(line, window=5, estimator="realized"), V, r"estimator='realized'"
    ),
    # volatility and series
    "volatility: rows": bad(
        lambda: sc.volatility(np.ones((2, 40))), V, r"series has shape \(2, 40\)"
    ),
    "volatility: text": bad(lambda: sc.volatility("goog.csv"), T, r"series has dtype"),
    "volatility: short": bad(lambda: sc.volatility(short), V, r"Close has 2 returns"),
    "volatility: not positive": bad(
        lambda: sc.volatility(negative, window=5), V, r"Spread=-\d.* at row \d+ .*--no-log"
    ),
    "volatility: window": bad(
        lambda: sc.volatility(series, window=50), V, r"^window=50 .*--window"
    ),
    "volatility: per_year": bad(lambda: sc.volatility(series, per_year=0), V, r"per_year=0"),
    "volatility: jump_window": bad(
        lambda: sc.volatility(series, window=5, jump_window=2), V, r"jump_window=2"
    ),
    "volatility: jump_window long": bad(
        lambda: sc.volatility(series, jump_window=39), V, r"jump_window=39 is too long"
    ),
    "volatility: log": bad(lambda: sc.volatility(series, window=5, log="yes"), T, r"log='yes'"),
    "volatility: confidence": bad(
        lambda: sc.volatility(series, window=5, confidence=95), V, r"confidence=95"
    ),
    "read_csv: path": bad(lambda: sc.read_csv(7, "Close"), T, r"path=7"),
    "read_csv: column": bad(lambda: sc.read_csv("prices.csv", 3), T, r"column=3"),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_refused_by_name_and_value_before_anything_is_compiled(case):
    refused_before_anything_is_compiled(CASES[case])


def test_there_are_enough_cases():
    assert len(CASES) >= 80
