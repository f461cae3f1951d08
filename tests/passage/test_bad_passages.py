"""Bad questions of first passage: the slip is named before anything is compiled."""

from __future__ import annotations

import math

import numpy as np
import pytest
from passage_problems import BM
from refusals import refused_before_anything_is_compiled, wrong_type, wrong_value
from small_equations import one

import stochcalc as sc
from stochcalc.passage.chain_law import chain_passage
from stochcalc.passage.exact_laws import brownian_mean, brownian_passage, ou_passage
from stochcalc.passage.first_passage import first_passage

nan = math.nan
inf = math.inf


def passage(x0=0.0, barrier=1.0, end=1.0, sde=BM, **options):
    return first_passage(sde, x0, barrier, end, **({"n": 4, "paths": 10} | options))


KEPT = sc.SDE(lambda t, x: (x[1], 0.0), lambda t, x: (0.0, 1.0))
CASES = {
    "sde: a function": wrong_type(lambda: passage(sde=math.sin), r"sde=<built-in function sin>"),
    "sde: of a system": wrong_type(
        lambda: passage(sde=KEPT), r"drift\(0, 0\) fails: .*subscriptable; x is a number here"
    ),
    "x0: a system": wrong_value(
        lambda: passage([0.0, 0.0], sde=KEPT), r"x0 has 2 components: .*such as component=0"
    ),
    "x0: nan": wrong_value(lambda: passage(nan), r"x0\[0\]=nan"),
    "x0: text": wrong_type(lambda: passage("0"), r"x0 has dtype"),
    "component: of a number": wrong_value(
        lambda: passage(component=0), r"component=0 is for systems, and x0=0\.0 is a number"
    ),
    "component: too large": wrong_value(
        lambda: passage([0.0, 0.0], sde=KEPT, component=2), r"component=2 must be at most 1"
    ),
    "component: a float": wrong_type(
        lambda: passage([0.0, 0.0], sde=KEPT, component=1.0), r"component=1\.0.*write component=1"
    ),
    "barrier: at the start": wrong_value(lambda: passage(1.0), r"barrier=1 is at the start x0=1"),
    "barrier: nan": wrong_value(lambda: passage(barrier=nan), r"barrier=nan"),
    "barrier: inf": wrong_value(lambda: passage(barrier=inf), r"barrier=inf"),
    "barrier: text": wrong_type(lambda: passage(barrier="1"), r"barrier='1' must be a real"),
    "barrier: none": wrong_type(lambda: passage(barrier=None), r"barrier=None"),
    "barriers: three": wrong_value(
        lambda: passage(barrier=(-1.0, 1.0, 2.0)), r"barrier=\(-1\.0, 1\.0, 2\.0\) has 3 entries"
    ),
    "barriers: swapped": wrong_value(
        lambda: passage(barrier=(1.0, -1.0)),
        r"low < high at all times, and at t=0 .*1 and -1: swap",
    ),
    "barriers: equal": wrong_value(lambda: passage(barrier=(1.0, 1.0)), r"low < high at all times"),
    "barriers: the start outside": wrong_value(
        lambda: passage(2.0, barrier=(-1.0, 1.0)), r"x0=2 is not between the barriers -1 and 1"
    ),
    "barriers: the start on one": wrong_value(
        lambda: passage(-1.0, barrier=(-1.0, 1.0)), r"x0=-1 is not between the barriers -1 and 1"
    ),
    "barriers: one infinite": wrong_value(
        lambda: passage(barrier=(-inf, 1.0)), r"barrier\[0\]=-inf must be finite"
    ),
    "barriers: one is text": wrong_type(
        lambda: passage(barrier=(-1.0, "1")), r"barrier\[1\]='1' must be a real"
    ),
    "barriers: that meet": wrong_value(
        lambda: passage(barrier=(lambda t: 2.0 * t - 1.0, 0.6)), r"and at t=1 they are 1 and 0\.6"
    ),
    "curve: at the start": wrong_value(
        lambda: passage(barrier=lambda t: t), r"barrier=0 is at the start x0=0"
    ),
    "curve: nan": wrong_value(
        lambda: passage(barrier=lambda t: 1.0 if t < 0.6 else nan),
        r"barrier returned nan at t=0\.75: return a finite number",
    ),
    "curve: text": wrong_value(
        lambda: passage(barrier=lambda t: "up"), r"barrier returned 'up' at t=0"
    ),
    "curve: an array": wrong_value(
        lambda: passage(barrier=lambda t: np.array([1.0, 2.0])), r"barrier returned array.*at t=0"
    ),
    "curve: of state": wrong_type(
        lambda: passage(barrier=lambda t, x: 1.0), r"called as barrier\(t\) and fails at t=0"
    ),
    "T: zero": wrong_value(lambda: passage(end=0), r"T=0"),
    "T: negative": wrong_value(lambda: passage(end=-1.0), r"T=-1\.0"),
    "T: nan": wrong_value(lambda: passage(end=nan), r"T=nan"),
    "n: zero": wrong_value(lambda: passage(n=0), r"n=0"),
    "n: a step size": wrong_type(lambda: passage(n=0.01), r"n=0\.01"),
    "paths: zero": wrong_value(lambda: passage(paths=0), r"paths=0"),
    "paths: a float": wrong_type(lambda: passage(paths=1e4), r"paths=10000\.0.*write paths=10000"),
    "paths: memory": wrong_value(
        lambda: passage(paths=2**45), r"passage times .*bytes.*save=\"stats\""
    ),
    "method: unknown": wrong_value(
        lambda: passage(method="euler"), r"method='euler'.*'euler_maruyama'"
    ),
    "method: exact without a path": wrong_value(lambda: passage(method="exact"), r"method='exact'"),
    "method: a missing derivative": wrong_value(
        lambda: passage(sde=sc.SDE(lambda t, x: x, lambda t, x: x), method="milstein"),
        r"milstein needs diffusion_dx",
    ),
    "correction: text": wrong_type(lambda: passage(correction="bridge"), r"correction='bridge'"),
    "save: all": wrong_value(lambda: passage(save="all"), r"save='all'.*'times', 'stats'"),
    "rng and key": wrong_value(lambda: passage(rng=1, key=2), r"rng=1.*key=2"),
    "workers: zero": wrong_value(lambda: passage(workers=0), r"workers=0"),
    "executor: text": wrong_type(lambda: passage(executor="pool"), r"executor='pool'"),
    "drift: a tuple": wrong_value(
        lambda: passage(sde=sc.SDE(lambda t, x: (x,), one)), r"drift\(0, 0\) returned \(0\.0,\)"
    ),
    "diffusion: nan at the start": wrong_value(
        lambda: passage(sde=sc.SDE(one, lambda t, x: nan)), r"diffusion\(0, 0\) = nan"
    ),
    "sde: vectorized": wrong_value(
        lambda: passage(sde=sc.SDE(one, one, vectorized=True)), r"vectorized=True"
    ),
    "noise: general": wrong_value(
        lambda: passage(sde=sc.SDE(one, one, noise="general")), r"noise='general'"
    ),
    "brownian_passage: t": wrong_value(lambda: brownian_passage(-1.0, 1.0), r"t=-1"),
    "brownian_passage: distance": wrong_value(lambda: brownian_passage(1.0, 0.0), r"distance=0"),
    "brownian_passage: sigma": wrong_value(
        lambda: brownian_passage(1.0, 1.0, 0.0, 0.0), r"sigma=0"
    ),
    "brownian_mean: T": wrong_value(lambda: brownian_mean(0.0, 1.0), r"T=0"),
    "ou_passage: theta": wrong_value(lambda: ou_passage(1.0, 0.0, 1.0, 0.0, 0.0, 1.0), r"theta=0"),
    "ou_passage: barrier": wrong_value(
        lambda: ou_passage(1.0, 1.0, 1.0, 1.0, 0.0, 1.0), r"barrier=1 is at the start x0=1"
    ),
    "ou_passage: late": wrong_value(
        lambda: ou_passage(100.0, 0.0, 1.0, 1.0, 0.0, 1.0), r"t=100 is over 50 relaxation times"
    ),
    "chain_passage: n": wrong_value(lambda: chain_passage(2000, 1.0, 0.0, 1.0), r"n=2000"),
    "chain_passage: method": wrong_value(
        lambda: chain_passage(2, 1.0, 0.0, 1.0, method="heun"), r"method='heun'"
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_refused_by_name_and_value_before_anything_is_compiled(case):
    refused_before_anything_is_compiled(CASES[case])


@pytest.mark.parametrize("t", [-0.1, 1.1, nan, "a"])
def test_a_law_is_asked_for_within_the_run(t):
    with pytest.raises((TypeError, ValueError), match=r"t(=-0\.1|=1\.1|\[0\]=nan| has dtype)"):
        passage(rng=1).law(t)


def test_a_law_is_asked_for_by_the_names_of_the_sides():
    with pytest.raises(ValueError, match=r"side='up' must be one of 'low', 'high'"):
        passage(rng=1).law(0.5, side="up")


def test_statistics_alone_keep_no_law():
    with pytest.raises(ValueError, match=r't=0\.5 needs the times, and save="stats"'):
        passage(rng=1, save="stats").law(0.5)


def test_a_function_that_cannot_be_compiled_is_named():
    def wordy(t, x):
        return x * x.as_integer_ratio()[1]

    with pytest.raises(TypeError, match=r"cannot compile wordy .*line"):
        passage(sde=sc.SDE(wordy, one))
