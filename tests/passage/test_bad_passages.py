"""Bad questions of first passage: the slip is named before anything is compiled."""

from __future__ import annotations

import math

import pytest
from passage_problems import BM
from refusals import bad, refused_before_anything_is_compiled

import stochcalc as sc
from stochcalc.passage.chain_law import chain_passage
from stochcalc.passage.exact_laws import brownian_mean, brownian_passage, ou_passage
from stochcalc.passage.first_passage import first_passage

nan, inf, T, V = math.nan, math.inf, TypeError, ValueError


def passage(x0=0.0, barrier=1.0, end=1.0, sde=BM, **options):
    return first_passage(sde, x0, barrier, end, **({"n": 4, "paths": 10} | options))


def one(t, x):
    return 1.0


KEPT = sc.SDE(lambda t, x: (x[1], 0.0), lambda t, x: (0.0, 1.0))
CASES = {
    "sde: a function": bad(lambda: passage(sde=math.sin), T, r"sde=<built-in function sin>"),
    "sde: of a system": bad(lambda: passage(sde=KEPT), T, r"drift\(t, x\) fails at \(0\.0, 0\.0\)"),
    "x0: a system": bad(lambda: passage([0.0, 0.0], sde=KEPT), T, r"x0=\[0\.0, 0\.0\]"),
    "x0: nan": bad(lambda: passage(nan), V, r"x0=nan"),
    "x0: text": bad(lambda: passage("0"), T, r"x0='0'"),
    "barrier: at the start": bad(lambda: passage(1.0), V, r"barrier=1 is at the start x0=1"),
    "barrier: nan": bad(lambda: passage(barrier=nan), V, r"barrier=nan"),
    "barrier: inf": bad(lambda: passage(barrier=inf), V, r"barrier=inf"),
    "barrier: two": bad(lambda: passage(barrier=(-1.0, 1.0)), T, r"barrier=\(-1\.0, 1\.0\)"),
    "barrier: a curve": bad(lambda: passage(barrier=lambda t: 1.0 + t), T, r"barrier=<function"),
    "T: zero": bad(lambda: passage(end=0), V, r"T=0"),
    "T: negative": bad(lambda: passage(end=-1.0), V, r"T=-1\.0"),
    "T: nan": bad(lambda: passage(end=nan), V, r"T=nan"),
    "n: zero": bad(lambda: passage(n=0), V, r"n=0"),
    "n: a step size": bad(lambda: passage(n=0.01), T, r"n=0\.01"),
    "paths: zero": bad(lambda: passage(paths=0), V, r"paths=0"),
    "paths: a float": bad(lambda: passage(paths=1e4), T, r"paths=10000\.0.*write paths=10000"),
    "paths: memory": bad(lambda: passage(paths=2**45), V, r"passage times .*bytes.*save=\"stats\""),
    "method: unknown": bad(lambda: passage(method="euler"), V, r"method='euler'.*'euler_maruyama'"),
    "method: exact without a path": bad(lambda: passage(method="exact"), V, r"method='exact'"),
    "method: a missing derivative": bad(
        lambda: passage(sde=sc.SDE(lambda t, x: x, lambda t, x: x), method="milstein"),
        V,
        r"milstein needs diffusion_dx",
    ),
    "correction: text": bad(lambda: passage(correction="bridge"), T, r"correction='bridge'"),
    "save: all": bad(lambda: passage(save="all"), V, r"save='all'.*'times', 'stats'"),
    "rng and key": bad(lambda: passage(rng=1, key=2), V, r"rng=1.*key=2"),
    "workers: zero": bad(lambda: passage(workers=0), V, r"workers=0"),
    "executor: text": bad(lambda: passage(executor="pool"), T, r"executor='pool'"),
    "drift: a tuple": bad(
        lambda: passage(sde=sc.SDE(lambda t, x: (x,), one)), V, r"drift\(0, 0\) returned \(0\.0,\)"
    ),
    "diffusion: nan at the start": bad(
        lambda: passage(sde=sc.SDE(one, lambda t, x: nan)), V, r"diffusion\(0, 0\) = nan"
    ),
    "sde: vectorized": bad(
        lambda: passage(sde=sc.SDE(one, one, vectorized=True)), V, r"vectorized=True"
    ),
    "noise: general": bad(
        lambda: passage(sde=sc.SDE(one, one, noise="general")), V, r"noise='general'"
    ),
    "brownian_passage: t": bad(lambda: brownian_passage(-1.0, 1.0), V, r"t=-1"),
    "brownian_passage: distance": bad(lambda: brownian_passage(1.0, 0.0), V, r"distance=0"),
    "brownian_passage: sigma": bad(lambda: brownian_passage(1.0, 1.0, 0.0, 0.0), V, r"sigma=0"),
    "brownian_mean: T": bad(lambda: brownian_mean(0.0, 1.0), V, r"T=0"),
    "ou_passage: theta": bad(lambda: ou_passage(1.0, 0.0, 1.0, 0.0, 0.0, 1.0), V, r"theta=0"),
    "ou_passage: barrier": bad(
        lambda: ou_passage(1.0, 1.0, 1.0, 1.0, 0.0, 1.0), V, r"barrier=1 is at the start x0=1"
    ),
    "ou_passage: late": bad(
        lambda: ou_passage(100.0, 0.0, 1.0, 1.0, 0.0, 1.0), V, r"t=100 is over 50 relaxation times"
    ),
    "chain_passage: n": bad(lambda: chain_passage(2000, 1.0, 0.0, 1.0), V, r"n=2000"),
    "chain_passage: method": bad(
        lambda: chain_passage(2, 1.0, 0.0, 1.0, method="heun"), V, r"method='heun'"
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_refused_by_name_and_value_before_anything_is_compiled(case):
    refused_before_anything_is_compiled(CASES[case])


@pytest.mark.parametrize("t", [-0.1, 1.1, nan, "a"])
def test_a_law_is_asked_for_within_the_run(t):
    with pytest.raises((TypeError, ValueError), match=r"t(=-0\.1|=1\.1|\[0\]=nan| has dtype)"):
        passage(rng=1).law(t)


def test_statistics_alone_keep_no_law():
    with pytest.raises(ValueError, match=r't=0\.5 needs the times, and save="stats"'):
        passage(rng=1, save="stats").law(0.5)


def test_a_function_that_cannot_be_compiled_is_named():
    def wordy(t, x):
        return x * x.as_integer_ratio()[1]

    with pytest.raises(TypeError, match=r"cannot compile wordy .*line"):
        passage(sde=sc.SDE(wordy, one))
