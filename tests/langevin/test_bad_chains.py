"""Bad chains: the slip is named, with the value and the remedy, before anything is compiled."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from refusals import refused_before_anything_is_compiled, wrong_type, wrong_value

from stochcalc.langevin import sample
from stochcalc.score import GaussianMixture

nan = math.nan
inf = math.inf
MIXTURE = GaussianMixture([0.3, 0.7], [[1.0, -1.0], [-2.0, 0.5]], 1.0)
KINETIC, MALA = {"method": "baoab"}, {"method": "mala"}
PAIR = [0.0, 0.0]


def score(x):
    return -x


def stiff(x, k):
    return -k * x


def log_density(x):
    return -0.5 * x * x


def chains(target=score, x0=0.0, **options):
    return sample(target, x0, **({"step": 0.1, "n": 4} | options))


CASES = {
    # sample: numbers
    "step negative": wrong_value(lambda: chains(step=-1), r"step=-1 must be greater than 0"),
    "step nan": wrong_value(lambda: chains(step=nan), r"step=nan must be finite"),
    "step text": wrong_type(lambda: chains(step="0.1"), r"step='0\.1' must be a real number"),
    "n a float": wrong_type(lambda: chains(n=2.0), r"n=2\.0 must be an integer: write n=2"),
    "n a flag": wrong_type(lambda: chains(n=True), r"n=True must be an integer"),
    "no chain": wrong_value(lambda: chains(chains=0), r"chains=0 must be at least 1"),
    "chains a float": wrong_type(lambda: chains(chains=1.5), r"chains=1\.5 must be an integer"),
    "thin 0": wrong_value(lambda: chains(thin=0), r"thin=0 must be at least 1"),
    "thin beyond n": wrong_value(lambda: chains(thin=5), r"thin=5 must be at most 4"),
    "friction negative": wrong_value(
        lambda: chains(friction=-1, **KINETIC), r"friction=-1 must be at least 0"
    ),
    "friction inf": wrong_value(
        lambda: chains(friction=inf, **KINETIC), r"friction=inf must be finite"
    ),
    "temperature nan": wrong_value(
        lambda: chains(temperature=nan), r"temperature=nan must be finite"
    ),
    "temperature negative": wrong_value(
        lambda: chains(temperature=-0.5, **KINETIC), r"temperature=-0\.5 must be at least 0"
    ),
    "mala at 0": wrong_value(
        lambda: chains(temperature=0.0, log_density=log_density, **MALA),
        r"temperature=0\.0 must be greater",
    ),
    "too much to store": wrong_value(
        lambda: chains(n=10**6, chains=10**6), r'chains would need.*use save="stats"'
    ),
    # sample: choices and flags
    "method unknown": wrong_value(
        lambda: chains(method="hmc"), r"method='hmc' must be one of 'ula', 'lm', 'mala', 'baoab'"
    ),
    "method capitals": wrong_value(
        lambda: chains(method="BAOAB"), r"method='BAOAB' must be one of"
    ),
    "method None": wrong_value(lambda: chains(method=None), r"method=None must be one of"),
    "save unknown": wrong_value(
        lambda: chains(save="none"), r"save='none' must be one of 'all', 'last', 'stats'"
    ),
    "starts a number": wrong_type(lambda: chains(starts=1), r"starts=1 must be True or False"),
    "vectorized text": wrong_type(
        lambda: chains(vectorized="yes"), r"vectorized='yes' must be True or False"
    ),
    "no worker": wrong_value(lambda: chains(workers=0), r"workers=0 must be at least 1, or None"),
    "executor a number": wrong_type(
        lambda: chains(executor=3), r"executor=3 must be a concurrent\.futures\.Executor"
    ),
    "rng text": wrong_type(lambda: chains(rng="a"), r"rng='a' must be None, an int"),
    "rng and key": wrong_value(
        lambda: chains(rng=1, key=2), r"rng= or key=, not both \(got rng=1 and key=2\)"
    ),
    "key negative": wrong_value(
        lambda: chains(key=-1), r"key=-1 must lie in \[0, 2\*\*64\): pass the \.key"
    ),
    # sample: states
    "x0 nan": wrong_value(lambda: chains(x0=nan), r"x0\[0\]=nan must be finite"),
    "x0 text": wrong_type(lambda: chains(x0="0"), r"x0 has dtype <U1 \('0'\): give real numbers"),
    "x0 empty": wrong_value(
        lambda: chains(x0=[]), r"x0 is empty \(shape \(0,\)\): give at least one"
    ),
    "x0 a row of a matrix": wrong_value(
        lambda: chains(x0=[[0.0, 1.0]]), r"x0 has shape \(1, 2\): give .*starts=True"
    ),
    "starts too few": wrong_value(
        lambda: chains(x0=PAIR, starts=True, chains=3),
        r"x0 has shape \(2,\): with starts=True give \(3,\)",
    ),
    "p0 of no momentum": wrong_value(
        lambda: chains(p0=0.0), r"p0=0\.0 is a momentum and method='ula' has none: leave it out"
    ),
    "p0 too long": wrong_value(
        lambda: chains(p0=PAIR, **KINETIC), r"p0 has shape \(2,\): give 1 numbers, as many as x0"
    ),
    "p0 nan": wrong_value(lambda: chains(p0=nan, **KINETIC), r"p0\[0\]=nan must be finite"),
    # sample: functions
    "target text": wrong_type(lambda: chains("-x"), r"target='-x' must be a Python function"),
    "target built in": wrong_type(
        lambda: chains(np.sin),
        r"target=<ufunc 'sin'> must be .*wrap it, target=lambda x, \*args: np\.sin\(x\)",
    ),
    "target of t": wrong_type(
        lambda: chains(lambda t, x: -x),
        r"target\(t, x\) is called as target\(x, \*args\) with 0 extra",
    ),
    "target lacks args": wrong_type(
        lambda: chains(stiff), r"target\(x, k\) is called .* with 0 extra arguments"
    ),
    "target takes no args": wrong_type(
        lambda: chains(args=(1.0,)), r"target\(x\) is called .* with 1 extra arguments"
    ),
    "args a number": wrong_type(
        lambda: chains(stiff, args=3.0), r"args=3\.0 must be a tuple: write args=\(3,\)"
    ),
    "args nan": wrong_value(lambda: chains(stiff, args=(nan,)), r"args\[0\]=nan must be finite"),
    "score of a list": wrong_value(
        lambda: chains(lambda x: [-x], 0.0), r"target\(0\) returned \[-0\.0\]: .*one number"
    ),
    "score of a tuple": wrong_type(
        lambda: chains(score, PAIR), r"target\(\(.*\)\) fails: .*; a system gets x\[0\], x\[1\]"
    ),
    "score too short": wrong_value(
        lambda: chains(lambda x: (-x[0],), PAIR),
        r"returned 1 values: target must return a tuple of 2",
    ),
    "score an array": wrong_value(
        lambda: chains(lambda x: np.array([-x[0], -x[1]]), PAIR),
        r"write \(a, b\), not a list or array",
    ),
    "score random": wrong_value(
        lambda: chains(lambda x: np.random.normal()), r"target must be a pure function"
    ),
    "score infinite": wrong_value(
        lambda: chains(lambda x: -inf), r"target\(0\) = -inf is not finite at the start: change"
    ),
    "mala, the score of another density": wrong_value(
        lambda: sample(lambda x: -x, 0.5, step=0.1, n=4, log_density=lambda x: 0.5 * x * x, **MALA),
        r"target at x0=0\.5 is -0\.5 .*log_density has the slope 0\.5 there: the score is its "
        r"gradient",
    ),
    "mala, no density": wrong_value(
        lambda: chains(**MALA),
        r'method="mala" accepts or rejects by the density: give log_density=',
    ),
    "density for ula": wrong_value(
        lambda: chains(log_density=log_density),
        r'log_density=<.*serves method="mala" only: leave it out',
    ),
    "density a number": wrong_type(
        lambda: chains(log_density=3.0, **MALA), r"log_density=3\.0 must be a Python function"
    ),
    "density a tuple": wrong_value(
        lambda: chains(log_density=lambda x: (x,), **MALA),
        r"log_density\(0\) returned .*one number",
    ),
    "density 0 at x0": wrong_value(
        lambda: chains(log_density=lambda x: -inf, **MALA),
        r"log_density\(0\) = -inf is not finite",
    ),
    # sample: distributions, and functions of arrays
    "mixture, long x0": wrong_value(
        lambda: chains(MIXTURE, [0.0] * 3),
        r"x0 has 3 components and the target has dim=2: give x0",
    ),
    "mixture, scalar x0": wrong_value(
        lambda: chains(MIXTURE, 0.0), r"x0 has no components and the target has dim=2"
    ),
    "mixture and density": wrong_value(
        lambda: chains(MIXTURE, PAIR, log_density=log_density, **MALA),
        r"distribution brings its own",
    ),
    "array: target a number": wrong_type(
        lambda: chains(4, PAIR, vectorized=True),
        r"target=4 must be a function target\(x, \*args\)",
    ),
    "array: one row": wrong_value(
        lambda: chains(lambda x: x[0], PAIR, vectorized=True),
        r"shape \(3,\) .*must return \(2, 3\)",
    ),
    "array: nan": wrong_value(
        lambda: chains(lambda x: x * nan, PAIR, vectorized=True),
        r"target\(x\) is not finite at x0=\[0\.0, 0",
    ),
    "array: density too wide": wrong_value(
        lambda: chains(score, PAIR, vectorized=True, log_density=score, **MALA),
        r"log_density\(x\) returned shape \(2, 3\).*must return \(3,\)",
    ),
}
SLIPS = {  # what would pass in silence, or be refused by NumPy in its own words
    "mixture, vectorized": wrong_value(
        lambda: chains(MIXTURE, PAIR, vectorized=True), r"vectorized=True"
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_sampler_is_refused_by_name_and_value_before_anything_is_compiled(case):
    refused_before_anything_is_compiled(CASES[case])


@pytest.mark.parametrize("case", SLIPS)
def test_a_slip_is_refused_at_the_door(case):
    refused_before_anything_is_compiled(SLIPS[case])


def test_chains_without_states_along_them_have_no_autocorrelations():
    for few in (chains(save="last"), chains(save="stats", n=10), chains(n=10, thin=3)):
        for name in ("ess", "rhat"):
            with pytest.raises(ValueError, match=re.escape('use save="all" and a smaller thin=')):
                getattr(few, name)


@pytest.mark.parametrize(
    "score",
    [
        lambda x: -np.sort(x),
        lambda x: -np.sort(x, axis=1),
        lambda x: -np.maximum.accumulate(x, axis=1),
        lambda x: x.mean() - x,
        lambda x: x[:, :1] - x,
    ],
)
def test_a_score_that_mixes_chains_is_refused(score):
    with pytest.raises(ValueError, match="each column of x is a chain of its own"):
        sample(score, 0.0, step=0.1, n=4, chains=300, vectorized=True, rng=1)
