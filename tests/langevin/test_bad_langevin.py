"""Bad samplers: the user's slip is named, with the value and the remedy, before anything is
compiled or computed.
"""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from stochcalc.engine.compiler.pointers import compilations
from stochcalc.langevin import (
    advise_step,
    autocorrelation_time,
    effective_sample_size,
    linear_chain,
    sample,
    split_rhat,
)
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


def chain(precision=1.0, **options):
    return linear_chain(precision, **({"step": 0.1} | options))


CASES = {
    # sample: numbers
    "step negative": (lambda: chains(step=-1), V, r"step=-1 must be greater than 0"),
    "step nan": (lambda: chains(step=nan), V, r"step=nan must be finite"),
    "step text": (lambda: chains(step="0.1"), T, r"step='0\.1' must be a real number"),
    "n a float": (lambda: chains(n=2.0), T, r"n=2\.0 must be an integer: write n=2"),
    "n a flag": (lambda: chains(n=True), T, r"n=True must be an integer"),
    "no chain": (lambda: chains(chains=0), V, r"chains=0 must be at least 1"),
    "chains a float": (lambda: chains(chains=1.5), T, r"chains=1\.5 must be an integer"),
    "thin 0": (lambda: chains(thin=0), V, r"thin=0 must be at least 1"),
    "thin beyond n": (lambda: chains(thin=5), V, r"thin=5 must be at most 4"),
    "friction negative": (
        lambda: chains(friction=-1, **KINETIC),
        V,
        r"friction=-1 must be at least 0",
    ),
    "friction inf": (lambda: chains(friction=inf, **KINETIC), V, r"friction=inf must be finite"),
    "temperature nan": (lambda: chains(temperature=nan), V, r"temperature=nan must be finite"),
    "temperature negative": (
        lambda: chains(temperature=-0.5, **KINETIC),
        V,
        r"temperature=-0\.5 must be at least 0",
    ),
    "mala at 0": (
        lambda: chains(temperature=0.0, log_density=log_density, **MALA),
        V,
        r"temperature=0\.0 must be greater",
    ),
    "too much to store": (
        lambda: chains(n=10**6, chains=10**6),
        V,
        r'chains would need.*use save="stats"',
    ),
    # sample: choices and flags
    "method unknown": (
        lambda: chains(method="hmc"),
        V,
        r"method='hmc' must be one of 'ula', 'lm', 'mala', 'baoab'",
    ),
    "method capitals": (lambda: chains(method="BAOAB"), V, r"method='BAOAB' must be one of"),
    "method None": (lambda: chains(method=None), V, r"method=None must be one of"),
    "save unknown": (
        lambda: chains(save="none"),
        V,
        r"save='none' must be one of 'all', 'last', 'stats'",
    ),
    "starts a number": (lambda: chains(starts=1), T, r"starts=1 must be True or False"),
    "vectorized text": (
        lambda: chains(vectorized="yes"),
        T,
        r"vectorized='yes' must be True or False",
    ),
    "no worker": (lambda: chains(workers=0), V, r"workers=0 must be at least 1, or None"),
    "executor a number": (
        lambda: chains(executor=3),
        T,
        r"executor=3 must be a concurrent\.futures\.Executor",
    ),
    "rng text": (lambda: chains(rng="a"), T, r"rng='a' must be None, an int"),
    "rng and key": (
        lambda: chains(rng=1, key=2),
        V,
        r"rng= or key=, not both \(got rng=1 and key=2\)",
    ),
    "key negative": (
        lambda: chains(key=-1),
        V,
        r"key=-1 must lie in \[0, 2\*\*64\): pass the \.key",
    ),
    # sample: states
    "x0 nan": (lambda: chains(x0=nan), V, r"x0\[0\]=nan must be finite"),
    "x0 text": (lambda: chains(x0="0"), T, r"x0 has dtype <U1 \(0\): give real numbers"),
    "x0 empty": (lambda: chains(x0=[]), V, r"x0 is empty \(shape \(0,\)\): give at least one"),
    "x0 a row of a matrix": (
        lambda: chains(x0=[[0.0, 1.0]]),
        V,
        r"x0 has shape \(1, 2\): give .*starts=True",
    ),
    "starts too few": (
        lambda: chains(x0=PAIR, starts=True, chains=3),
        V,
        r"x0 has shape \(2,\): with starts=True give \(3,\)",
    ),
    "p0 of no momentum": (
        lambda: chains(p0=0.0),
        V,
        r"p0=0\.0 is a momentum and method='ula' has none: leave it out",
    ),
    "p0 too long": (
        lambda: chains(p0=PAIR, **KINETIC),
        V,
        r"p0 has shape \(2,\): give 1 numbers, as many as x0",
    ),
    "p0 nan": (lambda: chains(p0=nan, **KINETIC), V, r"p0\[0\]=nan must be finite"),
    # sample: functions
    "target text": (lambda: chains("-x"), T, r"target='-x' must be a Python function"),
    "target built in": (
        lambda: chains(np.sin),
        T,
        r"target=<ufunc 'sin'> must be .*wrap it, lambda \*a: np\.sin\(\*a\)",
    ),
    "target of t": (
        lambda: chains(lambda t, x: -x),
        T,
        r"target\(t, x\) is called as target\(x, \*args\) with 0 extra",
    ),
    "target lacks args": (
        lambda: chains(stiff),
        T,
        r"target\(x, k\) is called .* with 0 extra arguments",
    ),
    "target takes no args": (
        lambda: chains(args=(1.0,)),
        T,
        r"target\(x\) is called .* with 1 extra arguments",
    ),
    "args a number": (
        lambda: chains(stiff, args=3.0),
        T,
        r"args=3\.0 must be a tuple: write args=\(3,\)",
    ),
    "args nan": (lambda: chains(stiff, args=(nan,)), V, r"args\[0\]=nan must be finite"),
    "score of a list": (
        lambda: chains(lambda x: [-x], 0.0),
        V,
        r"target\(0\) returned \[-0\.0\]: .*one number",
    ),
    "score of a tuple": (
        lambda: chains(score, PAIR),
        T,
        r"target\(x\) fails at .*: a system gets x\[0\], x\[1\]",
    ),
    "score too short": (
        lambda: chains(lambda x: (-x[0],), PAIR),
        V,
        r"returned 1 values: target must return a tuple of 2",
    ),
    "score an array": (
        lambda: chains(lambda x: np.array([-x[0], -x[1]]), PAIR),
        V,
        r"write \(a, b\), not a list or array",
    ),
    "score random": (
        lambda: chains(lambda x: np.random.normal()),
        V,
        r"target must be a pure function",
    ),
    "score infinite": (
        lambda: chains(lambda x: -inf),
        V,
        r"target\(0\) = -inf is not finite at the start: change",
    ),
    "mala, the score of another density": (
        lambda: sample(lambda x: -x, 0.5, step=0.1, n=4, log_density=lambda x: 0.5 * x * x, **MALA),
        V,
        r"target at x0=0\.5 is -0\.5 .*log_density has the slope 0\.5 there: the score is its "
        r"gradient",
    ),
    "mala, no density": (
        lambda: chains(**MALA),
        V,
        r'method="mala" accepts or rejects by the density: give log_density=',
    ),
    "density for ula": (
        lambda: chains(log_density=log_density),
        V,
        r'log_density=<.*serves method="mala" only: leave it out',
    ),
    "density a number": (
        lambda: chains(log_density=3.0, **MALA),
        T,
        r"log_density=3\.0 must be a Python function",
    ),
    "density a tuple": (
        lambda: chains(log_density=lambda x: (x,), **MALA),
        V,
        r"log_density\(0\) returned .*one number",
    ),
    "density 0 at x0": (
        lambda: chains(log_density=lambda x: -inf, **MALA),
        V,
        r"log_density\(0\) = -inf is not finite",
    ),
    # sample: distributions, and functions of arrays
    "mixture, long x0": (
        lambda: chains(MIXTURE, [0.0] * 3),
        V,
        r"x0 has 3 components and the target has dim=2: give x0",
    ),
    "mixture, scalar x0": (
        lambda: chains(MIXTURE, 0.0),
        V,
        r"x0 has no components and the target has dim=2",
    ),
    "mixture and density": (
        lambda: chains(MIXTURE, PAIR, log_density=log_density, **MALA),
        V,
        r"distribution brings its own",
    ),
    "array: target a number": (
        lambda: chains(4, PAIR, vectorized=True),
        T,
        r"target=4 must be a function target\(x, \*args\)",
    ),
    "array: one row": (
        lambda: chains(lambda x: x[0], PAIR, vectorized=True),
        V,
        r"shape \(3,\) .*must return \(2, 3\)",
    ),
    "array: nan": (
        lambda: chains(lambda x: x * nan, PAIR, vectorized=True),
        V,
        r"target\(x\) is not finite at x0=\[0\.0, 0",
    ),
    "array: density too wide": (
        lambda: chains(score, PAIR, vectorized=True, log_density=score, **MALA),
        V,
        r"log_density\(x\) returned shape \(2, 3\).*must return \(3,\)",
    ),
    # linear_chain
    "precision 0": (
        lambda: chain(0.0),
        V,
        r"precision=0\.0 must be a symmetric positive definite matrix: minus the Jac",
    ),
    "precision indefinite": (
        lambda: chain([[1.0, 2.0], [2.0, 1.0]]),
        V,
        r"precision=\[\[1\.0, 2\.0\], .*positive definite",
    ),
    "precision lopsided": (
        lambda: chain([[1.0, 0.5], [0.0, 1.0]]),
        V,
        r"precision=\[\[1\.0, 0\.5\].*must be a symmetric",
    ),
    "precision a row": (
        lambda: chain([1.0, 2.0]),
        V,
        r"precision=\[1\.0, 2\.0\] must be a symmetric",
    ),
    "precision nan": (
        lambda: chain([[1.0, nan], [nan, 1.0]]),
        V,
        r"precision\[0, 1\]=nan must be finite",
    ),
    "precision text": (lambda: chain("1"), T, r"precision has dtype <U1 \(1\): give real numbers"),
    "precision ragged": (
        lambda: chain([[1.0, 2.0], [3.0]]),
        V,
        r"precision is ragged: give rows of equal length",
    ),
    "linear: step": (lambda: chain(step=0.0), V, r"step=0\.0 must be greater than 0"),
    "linear: mala": (
        lambda: chain(**MALA),
        V,
        r"method='mala' must be one of 'ula', 'lm', 'baoab'",
    ),
    "linear: friction": (lambda: chain(friction=-1.0), V, r"friction=-1\.0 must be at least 0"),
    "linear: temperature": (
        lambda: chain(temperature=-1.0),
        V,
        r"temperature=-1\.0 must be at least 0",
    ),
    "linear: step too large": (
        lambda: chain(step=5.0).stationary,
        V,
        r"grows by 1\.5 a step; use a smaller step",
    ),
    "linear: no friction": (
        lambda: chain(friction=0.0, **KINETIC).stationary,
        V,
        r"no stationary law.*friction > 0",
    ),
    # advise_step
    "advise: nothing": (
        lambda: advise_step(score, []),
        V,
        r"x is empty \(shape \(0,\)\): give at least one",
    ),
    "advise: a number": (
        lambda: advise_step(score, 0.0),
        V,
        r"x has shape \(\): give points \(points, d\), or \(points,\)",
    ),
    "advise: a block": (
        lambda: advise_step(score, [[[0.0]]]),
        V,
        r"x has shape \(1, 1, 1\): give points",
    ),
    "advise: nan": (lambda: advise_step(score, [0.0, nan]), V, r"x\[1\]=nan must be finite"),
    "advise: bias 0": (
        lambda: advise_step(score, [0.0], bias=0.0),
        V,
        r"bias=0\.0 must be greater than 0",
    ),
    "advise: bias 1": (lambda: advise_step(score, [0.0], bias=1), V, r"bias=1 must be less than 1"),
    "advise: bias text": (
        lambda: advise_step(score, [0.0], bias="1%"),
        T,
        r"bias='1%' must be a real number",
    ),
    "advise: a valley": (
        lambda: advise_step(lambda x: x, [0.0]),
        V,
        r"curves upwards at every x.*give points near a mode",
    ),
    "advise: target a number": (
        lambda: advise_step(3.0, [0.0]),
        T,
        r"target=3\.0 must be a Python function",
    ),
    "advise: args missing": (
        lambda: advise_step(stiff, [0.0]),
        T,
        r"target\(x, k\) is called .* with 0 extra",
    ),
    "advise: args a list": (
        lambda: advise_step(stiff, [0.0], args=[1.0]),
        T,
        r"args=\[1\.0\] must be a tuple",
    ),
    "advise: mixture": (
        lambda: advise_step(MIXTURE, [[0.0] * 3]),
        V,
        r"x has shape \(1, 3\): give \(n, 2\)",
    ),
    # diagnostics
    "time: three draws": (
        lambda: autocorrelation_time([1.0, 2.0, 3.0]),
        V,
        r"x has shape \(3,\): .*at least 4 draws",
    ),
    "time: text": (
        lambda: autocorrelation_time("abc"),
        T,
        r"x has dtype <U3 \(abc\): give real numbers",
    ),
    "time: nan": (
        lambda: autocorrelation_time([1.0, nan, 2.0, 3.0]),
        V,
        r"x\[1\]=nan must be finite: mend or drop",
    ),
    "time: components": (
        lambda: autocorrelation_time(np.zeros((2, 9, 4))),
        V,
        r"x has shape \(2, 9, 4\): .*one component",
    ),
    "ess: a number": (
        lambda: effective_sample_size(3.0),
        V,
        r"x has shape \(\): give \(chains, draws\)",
    ),
    "ess: empty": (lambda: effective_sample_size([]), V, r"x is empty"),
    "ess: ranks text": (
        lambda: effective_sample_size(np.arange(9.0), ranks="bulk"),
        T,
        r"ranks='bulk' must be True or False",
    ),
    "ess: flags": (
        lambda: effective_sample_size([True, False] * 4),
        T,
        r"x has dtype bool .*give real numbers",
    ),
    "rhat: short": (
        lambda: split_rhat(np.zeros((5, 3))),
        V,
        r"x has shape \(5, 3\): give .*at least 4 draws",
    ),
    "rhat: inf": (lambda: split_rhat([inf, 1.0, 2.0, 3.0]), V, r"x\[0\]=inf must be finite"),
    "rhat: None": (lambda: split_rhat(None), T, r"x has dtype object \(None\)"),
    "rhat: ragged": (
        lambda: split_rhat([[1.0, 2.0], [3.0]]),
        V,
        r"x is ragged: give rows of equal length",
    ),
}
SLIPS = {  # what would pass in silence, or be refused by NumPy in its own words
    "linear: n negative": (lambda: chain().after(-1), V, r"n=-1"),
    "linear: n a float": (lambda: chain().after(2.0), T, r"n=2\.0 must be an integer: write n=2"),
    "linear: start nan": (lambda: chain().after(2, np.array([[nan]])), V, r"start\[0, 0\]=nan"),
    "linear: start a number": (lambda: chain().after(2, 1.0), V, r"start has shape \(\)"),
    "linear: start too small": (
        lambda: chain(method="lm").after(2, np.eye(1)),
        V,
        r"start has shape \(1, 1\).*\(2, 2\)",
    ),
    "advise: mixture and args": (
        lambda: advise_step(MIXTURE, [PAIR], args=(1.0,)),
        V,
        r"args=\(1\.0,\).*brings its own",
    ),
    "mixture, vectorized": (lambda: chains(MIXTURE, PAIR, vectorized=True), V, r"vectorized=True"),
}


def refused(call, kind, pattern):
    before = compilations()
    with pytest.raises(kind, match=pattern) as caught:
        call()
    assert caught.type is kind
    assert compilations() <= before
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("case", CASES)
def test_a_bad_sampler_is_refused_by_name_and_value_before_anything_is_compiled(case):
    refused(*CASES[case])


@pytest.mark.parametrize("case", SLIPS)
def test_a_slip_is_refused_at_the_door(case):
    refused(*SLIPS[case])


def test_chains_without_states_along_them_have_no_autocorrelations():
    for few in (chains(save="last"), chains(save="stats", n=10), chains(n=10, thin=3)):
        for name in ("ess", "rhat"):
            with pytest.raises(V, match=re.escape('use save="all" and a smaller thin=')):
                getattr(few, name)
