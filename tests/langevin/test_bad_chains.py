"""Bad chains: the slip is named, with the value and the remedy, before anything is compiled."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from refusals import bad, refused_before_anything_is_compiled

from stochcalc.langevin import sample
from stochcalc.score import GaussianMixture

nan, inf, T, V = math.nan, math.inf, TypeError, ValueError
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
    "step negative": bad(lambda: chains(step=-1), V, r"step=-1 must be greater than 0"),
    "step nan": bad(lambda: chains(step=nan), V, r"step=nan must be finite"),
    "step text": bad(lambda: chains(step="0.1"), T, r"step='0\.1' must be a real number"),
    "n a float": bad(lambda: chains(n=2.0), T, r"n=2\.0 must be an integer: write n=2"),
    "n a flag": bad(lambda: chains(n=True), T, r"n=True must be an integer"),
    "no chain": bad(lambda: chains(chains=0), V, r"chains=0 must be at least 1"),
    "chains a float": bad(lambda: chains(chains=1.5), T, r"chains=1\.5 must be an integer"),
    "thin 0": bad(lambda: chains(thin=0), V, r"thin=0 must be at least 1"),
    "thin beyond n": bad(lambda: chains(thin=5), V, r"thin=5 must be at most 4"),
    "friction negative": bad(
        lambda: chains(friction=-1, **KINETIC), V, r"friction=-1 must be at least 0"
    ),
    "friction inf": bad(lambda: chains(friction=inf, **KINETIC), V, r"friction=inf must be finite"),
    "temperature nan": bad(lambda: chains(temperature=nan), V, r"temperature=nan must be finite"),
    "temperature negative": bad(
        lambda: chains(temperature=-0.5, **KINETIC), V, r"temperature=-0\.5 must be at least 0"
    ),
    "mala at 0": bad(
        lambda: chains(temperature=0.0, log_density=log_density, **MALA),
        V,
        r"temperature=0\.0 must be greater",
    ),
    "too much to store": bad(
        lambda: chains(n=10**6, chains=10**6), V, r'chains would need.*use save="stats"'
    ),
    # sample: choices and flags
    "method unknown": bad(
        lambda: chains(method="hmc"), V, r"method='hmc' must be one of 'ula', 'lm', 'mala', 'baoab'"
    ),
    "method capitals": bad(lambda: chains(method="BAOAB"), V, r"method='BAOAB' must be one of"),
    "method None": bad(lambda: chains(method=None), V, r"method=None must be one of"),
    "save unknown": bad(
        lambda: chains(save="none"), V, r"save='none' must be one of 'all', 'last', 'stats'"
    ),
    "starts a number": bad(lambda: chains(starts=1), T, r"starts=1 must be True or False"),
    "vectorized text": bad(
        lambda: chains(vectorized="yes"), T, r"vectorized='yes' must be True or False"
    ),
    "no worker": bad(lambda: chains(workers=0), V, r"workers=0 must be at least 1, or None"),
    "executor a number": bad(
        lambda: chains(executor=3), T, r"executor=3 must be a concurrent\.futures\.Executor"
    ),
    "rng text": bad(lambda: chains(rng="a"), T, r"rng='a' must be None, an int"),
    "rng and key": bad(
        lambda: chains(rng=1, key=2), V, r"rng= or key=, not both \(got rng=1 and key=2\)"
    ),
    "key negative": bad(
        lambda: chains(key=-1), V, r"key=-1 must lie in \[0, 2\*\*64\): pass the \.key"
    ),
    # sample: states
    "x0 nan": bad(lambda: chains(x0=nan), V, r"x0\[0\]=nan must be finite"),
    "x0 text": bad(lambda: chains(x0="0"), T, r"x0 has dtype <U1 \(0\): give real numbers"),
    "x0 empty": bad(lambda: chains(x0=[]), V, r"x0 is empty \(shape \(0,\)\): give at least one"),
    "x0 a row of a matrix": bad(
        lambda: chains(x0=[[0.0, 1.0]]), V, r"x0 has shape \(1, 2\): give .*starts=True"
    ),
    "starts too few": bad(
        lambda: chains(x0=PAIR, starts=True, chains=3),
        V,
        r"x0 has shape \(2,\): with starts=True give \(3,\)",
    ),
    "p0 of no momentum": bad(
        lambda: chains(p0=0.0), V, r"p0=0\.0 is a momentum and method='ula' has none: leave it out"
    ),
    "p0 too long": bad(
        lambda: chains(p0=PAIR, **KINETIC), V, r"p0 has shape \(2,\): give 1 numbers, as many as x0"
    ),
    "p0 nan": bad(lambda: chains(p0=nan, **KINETIC), V, r"p0\[0\]=nan must be finite"),
    # sample: functions
    "target text": bad(lambda: chains("-x"), T, r"target='-x' must be a Python function"),
    "target built in": bad(
        lambda: chains(np.sin),
        T,
        r"target=<ufunc 'sin'> must be .*wrap it, lambda \*a: np\.sin\(\*a\)",
    ),
    "target of t": bad(
        lambda: chains(lambda t, x: -x),
        T,
        r"target\(t, x\) is called as target\(x, \*args\) with 0 extra",
    ),
    "target lacks args": bad(
        lambda: chains(stiff), T, r"target\(x, k\) is called .* with 0 extra arguments"
    ),
    "target takes no args": bad(
        lambda: chains(args=(1.0,)), T, r"target\(x\) is called .* with 1 extra arguments"
    ),
    "args a number": bad(
        lambda: chains(stiff, args=3.0), T, r"args=3\.0 must be a tuple: write args=\(3,\)"
    ),
    "args nan": bad(lambda: chains(stiff, args=(nan,)), V, r"args\[0\]=nan must be finite"),
    "score of a list": bad(
        lambda: chains(lambda x: [-x], 0.0), V, r"target\(0\) returned \[-0\.0\]: .*one number"
    ),
    "score of a tuple": bad(
        lambda: chains(score, PAIR), T, r"target\(x\) fails at .*: a system gets x\[0\], x\[1\]"
    ),
    "score too short": bad(
        lambda: chains(lambda x: (-x[0],), PAIR),
        V,
        r"returned 1 values: target must return a tuple of 2",
    ),
    "score an array": bad(
        lambda: chains(lambda x: np.array([-x[0], -x[1]]), PAIR),
        V,
        r"write \(a, b\), not a list or array",
    ),
    "score random": bad(
        lambda: chains(lambda x: np.random.normal()), V, r"target must be a pure function"
    ),
    "score infinite": bad(
        lambda: chains(lambda x: -inf), V, r"target\(0\) = -inf is not finite at the start: change"
    ),
    "mala, the score of another density": bad(
        lambda: sample(lambda x: -x, 0.5, step=0.1, n=4, log_density=lambda x: 0.5 * x * x, **MALA),
        V,
        r"target at x0=0\.5 is -0\.5 .*log_density has the slope 0\.5 there: the score is its "
        r"gradient",
    ),
    "mala, no density": bad(
        lambda: chains(**MALA),
        V,
        r'method="mala" accepts or rejects by the density: give log_density=',
    ),
    "density for ula": bad(
        lambda: chains(log_density=log_density),
        V,
        r'log_density=<.*serves method="mala" only: leave it out',
    ),
    "density a number": bad(
        lambda: chains(log_density=3.0, **MALA), T, r"log_density=3\.0 must be a Python function"
    ),
    "density a tuple": bad(
        lambda: chains(log_density=lambda x: (x,), **MALA),
        V,
        r"log_density\(0\) returned .*one number",
    ),
    "density 0 at x0": bad(
        lambda: chains(log_density=lambda x: -inf, **MALA),
        V,
        r"log_density\(0\) = -inf is not finite",
    ),
    # sample: distributions, and functions of arrays
    "mixture, long x0": bad(
        lambda: chains(MIXTURE, [0.0] * 3),
        V,
        r"x0 has 3 components and the target has dim=2: give x0",
    ),
    "mixture, scalar x0": bad(
        lambda: chains(MIXTURE, 0.0), V, r"x0 has no components and the target has dim=2"
    ),
    "mixture and density": bad(
        lambda: chains(MIXTURE, PAIR, log_density=log_density, **MALA),
        V,
        r"distribution brings its own",
    ),
    "array: target a number": bad(
        lambda: chains(4, PAIR, vectorized=True),
        T,
        r"target=4 must be a function target\(x, \*args\)",
    ),
    "array: one row": bad(
        lambda: chains(lambda x: x[0], PAIR, vectorized=True),
        V,
        r"shape \(3,\) .*must return \(2, 3\)",
    ),
    "array: nan": bad(
        lambda: chains(lambda x: x * nan, PAIR, vectorized=True),
        V,
        r"target\(x\) is not finite at x0=\[0\.0, 0",
    ),
    "array: density too wide": bad(
        lambda: chains(score, PAIR, vectorized=True, log_density=score, **MALA),
        V,
        r"log_density\(x\) returned shape \(2, 3\).*must return \(3,\)",
    ),
}
SLIPS = {  # what would pass in silence, or be refused by NumPy in its own words
    "mixture, vectorized": bad(
        lambda: chains(MIXTURE, PAIR, vectorized=True), V, r"vectorized=True"
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
            with pytest.raises(V, match=re.escape('use save="all" and a smaller thin=')):
                getattr(few, name)
