"""Bad samplers, flows and scores: named, with the value, before anything is compiled."""

from __future__ import annotations

import math

import numpy as np
import pytest
from refusals import bad, refused

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

nan, T, V = math.nan, TypeError, ValueError
P = GaussianMixture([0.5, 0.5], [[1.0, 0.0], [-1.0, 0.0]], 0.5)
POINT = GaussianMixture([1.0], [[0.0, 0.0]], 0.0)
LAID = GaussianMixture([1.0], [[0.0, 0.0]], [[1.0, 1.0], [1.0, 1.0]])
X = np.random.default_rng(1).normal(size=(5, 2))
DATA = Empirical(X)
NOISING = VE(0.1, 10.0)


def one(covs, weights=(1.0,), means=((0.0, 0.0),)):
    return GaussianMixture(weights, means, covs)


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
    "a noising's class": bad(
        lambda: back(noising=VE),
        T,
        r"^noising=<class .*VE'> must be VE\(sigma_min, sigma_max\) or VP",
    ),
    "no noising": bad(lambda: steps(noising=0.5), T, r"^noising=0\.5 must be VE"),
    "flow: no noising": bad(lambda: flow(noising=None), T, r"^noising=None must be VE"),
    "density: no noising": bad(lambda: density(noising="VP"), T, r"^noising='VP' must be VE"),
    "reverse: a score that is none": bad(
        lambda: back(score=3.0), T, r"^score=3\.0 must be a distribution or a callable"
    ),
    "ancestral: a score that is none": bad(
        lambda: steps(score=None), T, r"^score=None must be a distribution or a callable"
    ),
    "flow: a score that is none": bad(
        lambda: flow(score="s"), T, r"^score='s' must be a distribution or a callable"
    ),
    "density: a score that is none": bad(
        lambda: density(score=7), T, r"^score=7 must be a distribution or a callable"
    ),
    "reverse: shape of the score": bad(
        lambda: back(score=column), V, r"^score\(x, sigma=10\) returned shape \(5, 1\).*\(5, 2\)"
    ),
    "ancestral: a score of one number": bad(
        lambda: steps(score=lambda x, s: 0.0), V, r"^score\(x, sigma=10\) returned shape"
    ),
    "flow: shape of the score": bad(
        lambda: flow(score=column), V, r"^score\(x, sigma=10\) returned shape \(5, 1\)"
    ),
    "density: shape of the score": bad(
        lambda: density(score=column), V, r"^score\(x, sigma=0\.1\) returned shape \(5, 1\)"
    ),
    "density: a score finite at points only": bad(
        lambda: density(score=beside), V, r"is not finite for point 0, x=\[.*beside it"
    ),
    "reverse: dimension": bad(
        lambda: back(x=np.zeros((3, 3))),
        V,
        r"^x has shape \(3, 3\) and the distribution has dim=2: give",
    ),
    "ancestral: one point": bad(
        lambda: steps(x=[0.0, 0.0]), V, r"^x has shape \(2,\): give an array with 2 dimensions"
    ),
    "flow: no points": bad(lambda: flow(x=np.zeros((0, 2))), V, r"^x is empty"),
    "density: an infinite point": bad(
        lambda: density(x=[[0.0, math.inf]]), V, r"^x\[0, 1\]=inf must be finite"
    ),
    "reverse: text": bad(lambda: back(x=[["a", "b"]]), T, r"^x has dtype"),
    "a circle on the line": bad(
        lambda: back(score=Circle(), x=[[1.0]]), V, r"^x has shape \(1, 1\) and the .* has dim=2"
    ),
    # reverse and ancestral
    "reverse: n": bad(lambda: back(n=0), V, r"^n=0 must be at least 1"),
    "ancestral: n": bad(lambda: steps(n=3.0), T, r"^n=3\.0 must be an integer: write n=3"),
    "method unknown": bad(
        lambda: back(method="euler"), V, r"^method='euler' must be one of 'euler_maruyama', 'heun'"
    ),
    "method that needs a slope of the drift": bad(
        lambda: back(method="theta"), V, r"^method='theta' must be one of"
    ),
    "method a number": bad(lambda: back(method=3), V, r"^method=3 must be one of"),
    "a method on a callable": bad(
        lambda: back(score=P.score, method="heun"),
        V,
        r"^method='heun' .*use method='euler_maruyama'",
    ),
    "a method on data": bad(
        lambda: back(score=DATA, method="sra1"), V, r"^method='sra1' .*use method='euler_maruyama'"
    ),
    "a method on a point that VP reaches": bad(
        lambda: back(score=POINT, noising=VP(), method="heun"), V, r"^sigma=0 .*smooth"
    ),
    "corrections negative": bad(
        lambda: back(corrections=-1), V, r"^corrections=-1 must be at least 0"
    ),
    "corrections a float": bad(
        lambda: back(corrections=1.5), T, r"^corrections=1\.5 must be an integer"
    ),
    "corrections of a scheme": bad(
        lambda: back(method="heun", corrections=1), V, r"^corrections=1 go with method='euler_"
    ),
    "correction_step": bad(
        lambda: back(correction_step=0.0), V, r"^correction_step=0\.0 must be greater than 0"
    ),
    "eta above 1": bad(lambda: steps(eta=1.1), V, r"^eta=1\.1 must be at most 1"),
    "eta below 0": bad(lambda: steps(eta=-0.1), V, r"^eta=-0\.1 must be at least 0"),
    "eta a bool": bad(lambda: steps(eta=True), T, r"^eta=True must be a real number"),
    "key and rng": bad(lambda: back(key=1, rng=2), V, r"^give rng= or key=, not both"),
    "key": bad(lambda: steps(key=-1), V, r"^key=-1 must lie in"),
    "workers": bad(lambda: back(workers=0), V, r"^workers=0 must be at least 1"),
    "executor": bad(
        lambda: steps(executor="x"), T, r"^executor='x' must be a concurrent.futures.Executor"
    ),
    # flow and density
    "t0 after T": bad(lambda: flow(t0=1.5), V, r"^t0=1\.5 must be at most 1"),
    "t1 before 0": bad(lambda: flow(t1=-0.5), V, r"^t1=-0\.5 must be at least 0"),
    "no way": bad(lambda: flow(t0=0.3, t1=0.3), V, r"^t0=0\.3 and t1=0\.3 are the same time"),
    "density at T": bad(lambda: density(t0=1.0), V, r"^t0=1"),
    "t0 a string": bad(lambda: density(t0="0"), T, r"^t0='0' must be a real number"),
    "rtol": bad(lambda: flow(rtol=0.0), V, r"^rtol=0\.0 must be at least 1e-13"),
    "atol": bad(lambda: density(atol=-1.0), V, r"^atol=-1\.0 must be greater than 0"),
    "the flow of data to VP's start": bad(
        lambda: flow(score=DATA, noising=VP()), V, r"^the flow reaches t=0.*end or begin"
    ),
    "the density of data at VP's start": bad(
        lambda: density(score=DATA, noising=VP()), V, r"^the flow reaches t=0"
    ),
    # annealed
    "sigmas that repeat": bad(
        lambda: annealed(sigmas=[1.0, 1.0]),
        V,
        r"^sigmas=\[1\.0, 1\.0\] must be positive and decrease",
    ),
    "sigmas one number": bad(lambda: annealed(sigmas=1.0), V, r"^sigmas has shape \(\)"),
    "sigmas nan": bad(lambda: annealed(sigmas=[2.0, nan]), V, r"^sigmas\[1\]=nan must be finite"),
    "step": bad(lambda: annealed(step=-0.1), V, r"^step=-0\.1 must be greater than 0"),
    "n_steps": bad(lambda: annealed(n_steps=2.5), T, r"^n_steps=2\.5 must be an integer"),
    "denoise": bad(lambda: annealed(denoise=1), T, r"^denoise=1 must be True or False"),
    "x0": bad(
        lambda: annealed(x0=X[:, :1]),
        V,
        r"^x0 has shape \(5, 1\) and the distribution has dim=2: give \(n, 2\)",
    ),
    "annealed: workers": bad(
        lambda: annealed(workers=1.5), T, r"^workers=1\.5 must be an int >= 1"
    ),
    "the flow of a point to VP's start": bad(
        lambda: flow(score=POINT, noising=VP()), V, r"^the flow reaches t=0.*component 0 singular"
    ),
}
# What is told only once something runs.
LATER = {
    "a distribution's class": bad(
        lambda: back(score=GaussianMixture), T, r"^score=GaussianMixture is a class"
    ),
    "a score of complex numbers": bad(
        lambda: back(score=lambda x, s: 1j * x), T, r"^score\(x, sigma=10\) .*complex"
    ),
    "a score without sigma": bad(
        lambda: back(score=lambda x: -x),
        T,
        r"^score\(x, sigma=10\) fails .*points \(n, d\) and a number",
    ),
    "a score of text": bad(
        lambda: back(score=lambda x, s: np.full(x.shape, "a")), T, r"^score\(x, sigma=10\) "
    ),
    "workers of a callable": bad(
        lambda: back(score=P.score, workers=-3), V, r"^workers=-3 must be at least 1"
    ),
    "executor of a callable": bad(
        lambda: steps(score=P.score, executor="x"), T, r"^executor='x' must be"
    ),
    "rtol below rounding": bad(lambda: flow(rtol=1e-20), V, r"^rtol=1e-20 must be at least"),
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
