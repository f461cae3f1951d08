"""Bad noisings, scores, points and mixtures: named, with the value and the remedy, before anything
is compiled.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

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
POINT, LAID = (
    GaussianMixture([1.0], [[0.0, 0.0]], 0.0),
    GaussianMixture([1.0], [[0.0, 0.0]], [[1.0, 1.0], [1.0, 1.0]]),
)
X = np.random.default_rng(1).normal(size=(5, 2))
DATA, NOISING = Empirical(X), VE(0.1, 10.0)


def one(covs, weights=(1.0,), means=((0.0, 0.0),)):
    return GaussianMixture(weights, means, covs)


def two(covs):
    return GaussianMixture([0.5, 0.5], [[0.0], [1.0]], covs)


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
    # noisings
    "VE: sigma_min 0": (lambda: VE(0.0, 1.0), V, r"^sigma_min=0\.0 must be greater than 0"),
    "VE: sigma_min negative": (
        lambda: VE(-1.0, 1.0),
        V,
        r"^sigma_min=-1\.0 must be greater than 0",
    ),
    "VE: sigma_min a string": (lambda: VE("1", 2.0), T, r"^sigma_min='1' must be a real number"),
    "VE: sigma_max infinite": (lambda: VE(0.1, math.inf), V, r"^sigma_max=inf must be finite"),
    "VE: reversed": (lambda: VE(2.0, 1.0), V, r"^sigma_max=1 must exceed sigma_min=2: noise grows"),
    "VE: constant": (lambda: VE(1.0, 1.0), V, r"^sigma_max=1 must exceed sigma_min=1"),
    "VE: T": (lambda: VE(0.1, 1.0, T=0.0), V, r"^T=0\.0 must be greater than 0"),
    "VP: beta_min 0": (lambda: VP(0.0), V, r"^beta_min=0\.0 must be greater than 0"),
    "VP: beta_min nan": (lambda: VP(nan), V, r"^beta_min=nan must be finite"),
    "VP: beta_max a bool": (lambda: VP(0.1, True), T, r"^beta_max=True must be a real number"),
    "VP: reversed": (
        lambda: VP(2.0, 1.0),
        V,
        r"^beta_max=1 must be at least beta_min=2: noise enters",
    ),
    "VP: T": (lambda: VP(T=-1.0), V, r"^T=-1\.0 must be greater than 0"),
    "t before 0": (lambda: NOISING.sigma(-0.1), V, r"^t=-0\.1 must lie in \[0, T\] = \[0, 1\]"),
    "t after T": (
        lambda: VP(T=2.0).mean_factor([0.1, 2.1]),
        V,
        r"^t=\[0\.1, 2\.1\] must lie in \[0, T\] = \[0, 2\]",
    ),
    "t nan": (lambda: NOISING.rate(nan), V, r"^t\[0\]=nan must be finite"),
    "t a string": (lambda: NOISING.amplitude("a"), T, r"^t has dtype"),
    "prior: n": (lambda: NOISING.prior(0, 2), V, r"^n=0 must be at least 1"),
    "prior: dim": (lambda: NOISING.prior(2, 2.0), T, r"^dim=2\.0 must be an integer: write dim=2"),
    "prior: rng": (lambda: NOISING.prior(2, 2, rng="x"), T, r"rng='x'"),
    "noised: x": (lambda: NOISING.noised([[0.0, nan]], 0.5), V, r"^x\[0, 1\]=nan must be finite"),
    "noised: t": (lambda: NOISING.noised(X, 1.5), V, r"^t=1\.5 must be at most 1"),
    # what every sampler is given
    "a noising's class": (
        lambda: back(noising=VE),
        T,
        r"^noising=<class .*VE'> must be VE\(sigma_min, sigma_max\) or VP",
    ),
    "no noising": (lambda: steps(noising=0.5), T, r"^noising=0\.5 must be VE"),
    "flow: no noising": (lambda: flow(noising=None), T, r"^noising=None must be VE"),
    "density: no noising": (lambda: density(noising="VP"), T, r"^noising='VP' must be VE"),
    "reverse: a score that is none": (
        lambda: back(score=3.0),
        T,
        r"^score=3\.0 must be a distribution or a callable",
    ),
    "ancestral: a score that is none": (
        lambda: steps(score=None),
        T,
        r"^score=None must be a distribution or a callable",
    ),
    "flow: a score that is none": (
        lambda: flow(score="s"),
        T,
        r"^score='s' must be a distribution or a callable",
    ),
    "density: a score that is none": (
        lambda: density(score=7),
        T,
        r"^score=7 must be a distribution or a callable",
    ),
    "reverse: shape of the score": (
        lambda: back(score=column),
        V,
        r"^score\(x, sigma=10\) returned shape \(5, 1\).*\(5, 2\)",
    ),
    "ancestral: a score of one number": (
        lambda: steps(score=lambda x, s: 0.0),
        V,
        r"^score\(x, sigma=10\) returned shape",
    ),
    "flow: shape of the score": (
        lambda: flow(score=column),
        V,
        r"^score\(x, sigma=10\) returned shape \(5, 1\)",
    ),
    "density: shape of the score": (
        lambda: density(score=column),
        V,
        r"^score\(x, sigma=0\.1\) returned shape \(5, 1\)",
    ),
    "density: a score finite at points only": (
        lambda: density(score=beside),
        V,
        r"is not finite for point 0, x=\[.*beside it",
    ),
    "reverse: dimension": (
        lambda: back(x=np.zeros((3, 3))),
        V,
        r"^x has shape \(3, 3\) and the distribution has dim=2: give",
    ),
    "ancestral: one point": (
        lambda: steps(x=[0.0, 0.0]),
        V,
        r"^x has shape \(2,\): give an array with 2 dimensions",
    ),
    "flow: no points": (lambda: flow(x=np.zeros((0, 2))), V, r"^x is empty"),
    "density: an infinite point": (
        lambda: density(x=[[0.0, math.inf]]),
        V,
        r"^x\[0, 1\]=inf must be finite",
    ),
    "reverse: text": (lambda: back(x=[["a", "b"]]), T, r"^x has dtype"),
    "a circle on the line": (
        lambda: back(score=Circle(), x=[[1.0]]),
        V,
        r"^x has shape \(1, 1\) and the .* has dim=2",
    ),
    # reverse and ancestral
    "reverse: n": (lambda: back(n=0), V, r"^n=0 must be at least 1"),
    "ancestral: n": (lambda: steps(n=3.0), T, r"^n=3\.0 must be an integer: write n=3"),
    "method unknown": (
        lambda: back(method="euler"),
        V,
        r"^method='euler' must be one of 'euler_maruyama', 'heun'",
    ),
    "method that needs a slope of the drift": (
        lambda: back(method="theta"),
        V,
        r"^method='theta' must be one of",
    ),
    "method a number": (lambda: back(method=3), V, r"^method=3 must be one of"),
    "a method on a callable": (
        lambda: back(score=P.score, method="heun"),
        V,
        r"^method='heun' .*use method='euler_maruyama'",
    ),
    "a method on data": (
        lambda: back(score=DATA, method="sra1"),
        V,
        r"^method='sra1' .*use method='euler_maruyama'",
    ),
    "a method on a point that VP reaches": (
        lambda: back(score=POINT, noising=VP(), method="heun"),
        V,
        r"^sigma=0 .*smooth",
    ),
    "corrections negative": (
        lambda: back(corrections=-1),
        V,
        r"^corrections=-1 must be at least 0",
    ),
    "corrections a float": (
        lambda: back(corrections=1.5),
        T,
        r"^corrections=1\.5 must be an integer",
    ),
    "corrections of a scheme": (
        lambda: back(method="heun", corrections=1),
        V,
        r"^corrections=1 go with method='euler_",
    ),
    "correction_step": (
        lambda: back(correction_step=0.0),
        V,
        r"^correction_step=0\.0 must be greater than 0",
    ),
    "eta above 1": (lambda: steps(eta=1.1), V, r"^eta=1\.1 must be at most 1"),
    "eta below 0": (lambda: steps(eta=-0.1), V, r"^eta=-0\.1 must be at least 0"),
    "eta a bool": (lambda: steps(eta=True), T, r"^eta=True must be a real number"),
    "key and rng": (lambda: back(key=1, rng=2), V, r"^give rng= or key=, not both"),
    "key": (lambda: steps(key=-1), V, r"^key=-1 must lie in"),
    "workers": (lambda: back(workers=0), V, r"^workers=0 must be at least 1"),
    "executor": (
        lambda: steps(executor="x"),
        T,
        r"^executor='x' must be a concurrent.futures.Executor",
    ),
    # flow and density
    "t0 after T": (lambda: flow(t0=1.5), V, r"^t0=1\.5 must be at most 1"),
    "t1 before 0": (lambda: flow(t1=-0.5), V, r"^t1=-0\.5 must be at least 0"),
    "no way": (lambda: flow(t0=0.3, t1=0.3), V, r"^t0=0\.3 and t1=0\.3 are the same time"),
    "density at T": (lambda: density(t0=1.0), V, r"^t0=1"),
    "t0 a string": (lambda: density(t0="0"), T, r"^t0='0' must be a real number"),
    "rtol": (lambda: flow(rtol=0.0), V, r"^rtol=0\.0 must be at least 1e-13"),
    "atol": (lambda: density(atol=-1.0), V, r"^atol=-1\.0 must be greater than 0"),
    "the flow of data to VP's start": (
        lambda: flow(score=DATA, noising=VP()),
        V,
        r"^the flow reaches t=0.*end or begin",
    ),
    "the density of data at VP's start": (
        lambda: density(score=DATA, noising=VP()),
        V,
        r"^the flow reaches t=0",
    ),
    # annealed
    "sigmas that repeat": (
        lambda: annealed(sigmas=[1.0, 1.0]),
        V,
        r"^sigmas=\[1\.0, 1\.0\] must be positive and decrease",
    ),
    "sigmas one number": (lambda: annealed(sigmas=1.0), V, r"^sigmas has shape \(\)"),
    "sigmas nan": (lambda: annealed(sigmas=[2.0, nan]), V, r"^sigmas\[1\]=nan must be finite"),
    "step": (lambda: annealed(step=-0.1), V, r"^step=-0\.1 must be greater than 0"),
    "n_steps": (lambda: annealed(n_steps=2.5), T, r"^n_steps=2\.5 must be an integer"),
    "denoise": (lambda: annealed(denoise=1), T, r"^denoise=1 must be True or False"),
    "x0": (
        lambda: annealed(x0=X[:, :1]),
        V,
        r"^x0 has shape \(5, 1\) and the distribution has dim=2: give \(n, 2\)",
    ),
    "annealed: workers": (lambda: annealed(workers=1.5), T, r"^workers=1\.5 must be an int >= 1"),
    # mixtures
    "covs not symmetric": (
        lambda: one([[1.0, 0.2], [0.1, 1.0]]),
        V,
        r"^covs\[0\]=\[\[1\.0, 0\.2\], .* must be symm",
    ),
    "covs indefinite": (
        lambda: one([[1.0, 2.0], [2.0, 1.0]]),
        V,
        r"^covs\[0\]=.*semidefinite.* lowest eigenvalue is -1",
    ),
    "covs negative": (lambda: one(-1.0), V, r"^covs\[0\]=.*lowest eigenvalue is -1"),
    "covs negative in the second": (
        lambda: two([1.0, -2.0]),
        V,
        r"^covs\[1\]=\[\[-2\.0\]\] must be .*lowest eigenvalue is -2",
    ),
    "covs of another dimension": (
        lambda: one(np.eye(3)),
        V,
        r"^covs has shape \(3, 3\): give \(1, 2, 2\), \(2, 2\) or",
    ),
    "covs of four axes": (
        lambda: one(np.ones((1, 1, 2, 2))),
        V,
        r"^covs has shape \(1, 1, 2, 2\): give \(1, 2, 2\)",
    ),
    "covs too many": (
        lambda: two([1.0, 1.0, 1.0]),
        V,
        r"^covs has 3 entries: give one number, or one per component \(2\)",
    ),
    "covs nan": (lambda: one([[1.0, nan], [nan, 1.0]]), V, r"^covs\[0, 1\]=nan must be finite"),
    "covs text": (lambda: one("a"), T, r"^covs has dtype"),
    "a point has no score": (
        lambda: POINT.score(X),
        V,
        r"^sigma=0 leaves component 0 singular: smooth with sigma > 0",
    ),
    "nor a density": (
        lambda: POINT.log_density(X),
        V,
        r"^sigma=0 leaves component 0 singular: smooth with sigma > 0",
    ),
    "nor a divergence": (
        lambda: POINT.divergence(X),
        V,
        r"^sigma=0 leaves component 0 singular: smooth with sigma > 0",
    ),
    "nor a law on a line": (
        lambda: LAID.score(X),
        V,
        r"^sigma=0 leaves component 0 singular: smooth with sigma > 0",
    ),
    "the flow of a point to VP's start": (
        lambda: flow(score=POINT, noising=VP()),
        V,
        r"^the flow reaches t=0.*component 0 singular",
    ),
    "divergence: sigma": (lambda: P.divergence(X, nan), V, r"^sigma=nan must be finite"),
    "divergence: one point": (
        lambda: P.divergence([0.0, 0.0]),
        V,
        r"^x has shape \(2,\): give \(n, 2\), one point per row",
    ),
    "weights 0": (
        lambda: one(1.0, [1.0, 0.0], np.eye(2)),
        V,
        r"^weights=\[1\.0, 0\.0\] must be positive: leave out",
    ),
    "weights of two axes": (lambda: one(1.0, [[1.0]]), V, r"^weights has shape \(1, 1\)"),
    "means flat": (lambda: one(1.0, [1.0], [0.0]), V, r"^means has shape \(1,\)"),
    "means too many": (
        lambda: one(1.0, [1.0], np.eye(2)),
        V,
        r"^means has 2 rows and weights 1 entries: give one mean per",
    ),
    "sample: n": (lambda: P.sample(2.5), T, r"^n=2\.5 must be an integer"),
}
# What is told only once something runs.
LATER = {
    "a distribution's class": (
        lambda: back(score=GaussianMixture),
        T,
        r"^score=GaussianMixture is a class",
    ),
    "VP without any data left": (lambda: VP(0.1, 4000.0), V, r"^beta_max=4000"),
    "noised at several times": (
        lambda: NOISING.noised(X, [0.1, 0.2]),
        T,
        r"^t=\[0\.1, 0\.2\] must be a real number",
    ),
    "a score of complex numbers": (
        lambda: back(score=lambda x, s: 1j * x),
        T,
        r"^score\(x, sigma=10\) .*complex",
    ),
    "a score without sigma": (
        lambda: back(score=lambda x: -x),
        T,
        r"^score\(x, sigma=10\) fails .*points \(n, d\) and a number",
    ),
    "a score of text": (
        lambda: back(score=lambda x, s: np.full(x.shape, "a")),
        T,
        r"^score\(x, sigma=10\) ",
    ),
    "workers of a callable": (
        lambda: back(score=P.score, workers=-3),
        V,
        r"^workers=-3 must be at least 1",
    ),
    "executor of a callable": (
        lambda: steps(score=P.score, executor="x"),
        T,
        r"^executor='x' must be",
    ),
    "rtol below rounding": (lambda: flow(rtol=1e-20), V, r"^rtol=1e-20 must be at least"),
    "covs not symmetric, and why": (
        lambda: one([[1.0, 0.2], [0.1, 1.0]]),
        V,
        r"\(covs \+ covs\.T\)/2|symmetrise",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_refused_by_name_and_value_before_anything_is_compiled(case):
    call, kind, message = CASES[case]
    before = compilations()
    with pytest.raises(kind, match=message):
        call()
    assert compilations() == before


@pytest.mark.parametrize("case", LATER)
def test_bad_input_is_refused_by_name_and_value(case):
    call, kind, message = LATER[case]
    with pytest.raises(kind, match=message):
        call()


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


def test_a_covariance_that_is_symmetric_to_rounding_is_taken_and_made_symmetric():
    taken = one([[2.0, 1e-17], [0.0, 2.0]]).covs[0]
    assert np.array_equal(taken, taken.T) and np.allclose(taken, 2.0 * np.eye(2))


def test_a_lone_integer_is_a_number_everywhere():
    assert VE(1, 2, T=3).sigma(3) == pytest.approx(2.0) and VP(1, 2, T=3).mean_factor(0) == 1.0
    np.testing.assert_array_equal(GaussianMixture([1], [[0, 0]], 1).covs, [np.eye(2)])
