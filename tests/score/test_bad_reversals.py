"""Bad samplers, flows and scores: named, with the value, before anything is compiled."""

from __future__ import annotations

import math

import numpy as np
import pytest
from refusals import refused, wrong_type, wrong_value

from stochcalc.engine.compiler.pointers import compilations
from stochcalc.score import (
    VE,
    VP,
    Circle,
    Empirical,
    GaussianMixture,
    ancestral,
    annealed_langevin,
    log_likelihood,
    probability_flow,
    reverse_sde,
)

nan = math.nan
P = GaussianMixture([0.5, 0.5], [[1.0, 0.0], [-1.0, 0.0]], 0.5)
POINT = GaussianMixture([1.0], [[0.0, 0.0]], 0.0)
LAID = GaussianMixture([1.0], [[0.0, 0.0]], [[1.0, 1.0], [1.0, 1.0]])
X = np.random.default_rng(1).normal(size=(5, 2))
DATA = Empirical(X)
NOISING = VE(0.1, 10.0)


def back(score=P, noising=NOISING, x=X, n=3, **how):
    return reverse_sde(score, noising, x, n=n, **how)


def steps(score=P, noising=NOISING, x=X, n=3, **how):
    return ancestral(score, noising, x, n=n, **how)


def flow(score=P, noising=NOISING, x=X, **how):
    return probability_flow(score, noising, x, **how)


def density(score=P, noising=NOISING, x=X, **how):
    return log_likelihood(score, noising, x, **how)


def annealed(score=P, sigmas=(3.0, 1.0), x0=X, step=0.1, n_steps=2, **how):
    return annealed_langevin(score, sigmas, x0, step=step, n_steps=n_steps, **how)


def column(x, sigma):
    return x[:, :1]


def beside(x, sigma):
    """Finite at the points, and nowhere beside them."""
    return np.where(np.isin(x, X), -x, nan)


CASES = {
    # what every sampler is given
    "a noising's class": wrong_type(
        lambda: back(noising=VE),
        r"^noising=<class .*VE'> must be VE\(sigma_min, sigma_max\) or VP",
    ),
    "no noising": wrong_type(lambda: steps(noising=0.5), r"^noising=0\.5 must be VE"),
    "flow: no noising": wrong_type(lambda: flow(noising=None), r"^noising=None must be VE"),
    "density: no noising": wrong_type(lambda: density(noising="VP"), r"^noising='VP' must be VE"),
    "reverse: a score that is none": wrong_type(
        lambda: back(score=3.0), r"^score=3\.0 must be a distribution or a callable"
    ),
    "ancestral: a score that is none": wrong_type(
        lambda: steps(score=None), r"^score=None must be a distribution or a callable"
    ),
    "flow: a score that is none": wrong_type(
        lambda: flow(score="s"), r"^score='s' must be a distribution or a callable"
    ),
    "density: a score that is none": wrong_type(
        lambda: density(score=7), r"^score=7 must be a distribution or a callable"
    ),
    "reverse: shape of the score": wrong_value(
        lambda: back(score=column), r"^score\(x, sigma=10\) returned shape \(5, 1\).*\(5, 2\)"
    ),
    "ancestral: a score of one number": wrong_value(
        lambda: steps(score=lambda x, s: 0.0), r"^score\(x, sigma=10\) returned shape"
    ),
    "flow: shape of the score": wrong_value(
        lambda: flow(score=column), r"^score\(x, sigma=10\) returned shape \(5, 1\)"
    ),
    "density: shape of the score": wrong_value(
        lambda: density(score=column), r"^score\(x, sigma=0\.1\) returned shape \(5, 1\)"
    ),
    "density: a score finite at points only": wrong_value(
        lambda: density(score=beside), r"is not finite for point 0, x=\[.*beside it"
    ),
    "reverse: dimension": wrong_value(
        lambda: back(x=np.zeros((3, 3))),
        r"^x has shape \(3, 3\) and the distribution has dim=2: give",
    ),
    "ancestral: one point": wrong_value(
        lambda: steps(x=[0.0, 0.0]), r"^x has shape \(2,\): give an array with 2 dimensions"
    ),
    "flow: no points": wrong_value(lambda: flow(x=np.zeros((0, 2))), r"^x is empty"),
    "density: an infinite point": wrong_value(
        lambda: density(x=[[0.0, math.inf]]), r"^x\[0, 1\]=inf must be finite"
    ),
    "reverse: text": wrong_type(lambda: back(x=[["a", "b"]]), r"^x has dtype"),
    "a circle on the line": wrong_value(
        lambda: back(score=Circle(), x=[[1.0]]), r"^x has shape \(1, 1\) and the .* has dim=2"
    ),
    # reverse and ancestral
    "reverse: n": wrong_value(lambda: back(n=0), r"^n=0 must be at least 1"),
    "ancestral: n": wrong_type(lambda: steps(n=3.0), r"^n=3\.0 must be an integer: write n=3"),
    "method unknown": wrong_value(
        lambda: back(method="euler"), r"^method='euler' must be one of 'euler_maruyama', 'heun'"
    ),
    "method that needs a slope of the drift": wrong_value(
        lambda: back(method="theta"), r"^method='theta' must be one of"
    ),
    "method a number": wrong_value(lambda: back(method=3), r"^method=3 must be one of"),
    "a method on a callable": wrong_value(
        lambda: back(score=P.score, method="heun"),
        r"^method='heun' .*use method='euler_maruyama' or 'exponential'",
    ),
    "a method on data": wrong_value(
        lambda: back(score=DATA, method="sra1"), r"^method='sra1' .*use method='euler_maruyama'"
    ),
    "a method on a point that VP reaches": wrong_value(
        lambda: back(score=POINT, noising=VP(), method="heun"), r"^sigma=0 .*smooth"
    ),
    "corrections negative": wrong_value(
        lambda: back(corrections=-1), r"^corrections=-1 must be at least 0"
    ),
    "corrections a float": wrong_type(
        lambda: back(corrections=1.5), r"^corrections=1\.5 must be an integer"
    ),
    "corrections of a scheme": wrong_value(
        lambda: back(method="heun", corrections=1),
        r"^corrections=1 go with method='euler_maruyama' or 'exponential', not 'heun'",
    ),
    "correction_step": wrong_value(
        lambda: back(correction_step=0.0), r"^correction_step=0\.0 must be greater than 0"
    ),
    "eta above 1": wrong_value(lambda: steps(eta=1.1), r"^eta=1\.1 must be at most 1"),
    "eta below 0": wrong_value(lambda: steps(eta=-0.1), r"^eta=-0\.1 must be at least 0"),
    "eta a bool": wrong_type(lambda: steps(eta=True), r"^eta=True must be a real number"),
    "key and rng": wrong_value(lambda: back(key=1, rng=2), r"^give rng= or key=, not both"),
    "key": wrong_value(lambda: steps(key=-1), r"^key=-1 must lie in"),
    "workers": wrong_value(lambda: back(workers=0), r"^workers=0 must be at least 1"),
    "executor": wrong_type(
        lambda: steps(executor="x"), r"^executor='x' must be a concurrent.futures.Executor"
    ),
    # flow and density
    "t0 after T": wrong_value(lambda: flow(t0=1.5), r"^t0=1\.5 must be at most 1"),
    "t1 before 0": wrong_value(lambda: flow(t1=-0.5), r"^t1=-0\.5 must be at least 0"),
    "no way": wrong_value(lambda: flow(t0=0.3, t1=0.3), r"^t0=0\.3 and t1=0\.3 are the same time"),
    "density at T": wrong_value(lambda: density(t0=1.0), r"^t0=1"),
    "t0 a string": wrong_type(lambda: density(t0="0"), r"^t0='0' must be a real number"),
    "rtol": wrong_value(lambda: flow(rtol=0.0), r"^rtol=0\.0 must be at least 1e-13"),
    "atol": wrong_value(lambda: density(atol=-1.0), r"^atol=-1\.0 must be greater than 0"),
    "the flow of data to VP's start": wrong_value(
        lambda: flow(score=DATA, noising=VP()), r"^the flow takes the score at t=0.*end or begin"
    ),
    "the density of data at VP's start": wrong_value(
        lambda: density(score=DATA, noising=VP()), r"^the flow takes the score at t=0"
    ),
    # annealed
    "sigmas that repeat": wrong_value(
        lambda: annealed(sigmas=[1.0, 1.0]),
        r"^sigmas=\[1\.0, 1\.0\] must be positive and decrease",
    ),
    "sigmas one number": wrong_value(lambda: annealed(sigmas=1.0), r"^sigmas has shape \(\)"),
    "sigmas nan": wrong_value(
        lambda: annealed(sigmas=[2.0, nan]), r"^sigmas\[1\]=nan must be finite"
    ),
    "step": wrong_value(lambda: annealed(step=-0.1), r"^step=-0\.1 must be greater than 0"),
    "n_steps": wrong_type(lambda: annealed(n_steps=2.5), r"^n_steps=2\.5 must be an integer"),
    "denoise": wrong_type(lambda: annealed(denoise=1), r"^denoise=1 must be True or False"),
    "x0": wrong_value(
        lambda: annealed(x0=X[:, :1]),
        r"^x0 has shape \(5, 1\) and the distribution has dim=2: give \(n, 2\)",
    ),
    "annealed: workers": wrong_type(
        lambda: annealed(workers=1.5), r"^workers=1\.5 must be an int >= 1"
    ),
    "the flow of a point to VP's start": wrong_value(
        lambda: flow(score=POINT, noising=VP()),
        r"^the flow takes the score at t=0.*component 0 singular",
    ),
}
# What is told only once something runs.
LATER = {
    "a distribution's class": wrong_type(
        lambda: back(score=GaussianMixture), r"^score=GaussianMixture is a class"
    ),
    "a score of complex numbers": wrong_type(
        lambda: back(score=lambda x, s: 1j * x), r"^score\(x, sigma=10\) .*complex"
    ),
    "a score without sigma": wrong_type(
        lambda: back(score=lambda x: -x),
        r"^score\(x, sigma=10\) fails .*points \(n, d\) and a number",
    ),
    "a score of text": wrong_type(
        lambda: back(score=lambda x, s: np.full(x.shape, "a")), r"^score\(x, sigma=10\) "
    ),
    "workers of a callable": wrong_value(
        lambda: back(score=P.score, workers=-3), r"^workers=-3 must be at least 1"
    ),
    "executor of a callable": wrong_type(
        lambda: steps(score=P.score, executor="x"), r"^executor='x' must be"
    ),
    "rtol below rounding": wrong_value(lambda: flow(rtol=1e-20), r"^rtol=1e-20 must be at least"),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_refused_by_name_and_value_before_anything_is_compiled(case):
    before = compilations()
    refused(CASES[case])
    assert compilations() == before


@pytest.mark.parametrize("case", LATER)
def test_bad_input_is_refused_by_name_and_value(case):
    refused(LATER[case])


def test_good_input_beside_the_bad_passes():
    """The negative control: the least that is accepted."""
    assert (
        back(n=1, corrections=0).shape
        == steps(n=1, eta=0).shape
        == flow(t0=0.0, t1=1e-3).shape
        == (5, 2)
    )
    assert annealed(sigmas=[1.0], n_steps=1).shape == (5, 2) and density(t0=0.999).shape == (5,)
    assert flow(score=DATA, noising=VP(), t1=1e-3).shape == (5, 2) and VP(1.0, 1.0).beta_max == 1.0
    assert np.isfinite(LAID.score(X, 0.1)).all() and np.isfinite(POINT.divergence(X, 0.1)).all()
