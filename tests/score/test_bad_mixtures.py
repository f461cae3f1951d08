"""Bad noisings and mixtures: named, with the value and the remedy, before anything is compiled."""

from __future__ import annotations

import math

import numpy as np
import pytest
from mixtures import one
from refusals import refused, wrong_type, wrong_value

from stochcalc.engine.compiler.pointers import compilations
from stochcalc.score import VE, VP, GaussianMixture

nan = math.nan
P = GaussianMixture([0.5, 0.5], [[1.0, 0.0], [-1.0, 0.0]], 0.5)
POINT = GaussianMixture([1.0], [[0.0, 0.0]], 0.0)
LAID = GaussianMixture([1.0], [[0.0, 0.0]], [[1.0, 1.0], [1.0, 1.0]])
X = np.random.default_rng(1).normal(size=(5, 2))
NOISING = VE(0.1, 10.0)


def two(covs):
    return GaussianMixture([0.5, 0.5], [[0.0], [1.0]], covs)


CASES = {
    # noisings
    "VE: sigma_min 0": wrong_value(lambda: VE(0.0, 1.0), r"^sigma_min=0\.0 must be greater than 0"),
    "VE: sigma_min negative": wrong_value(
        lambda: VE(-1.0, 1.0), r"^sigma_min=-1\.0 must be greater than 0"
    ),
    "VE: sigma_min a string": wrong_type(
        lambda: VE("1", 2.0), r"^sigma_min='1' must be a real number"
    ),
    "VE: sigma_max infinite": wrong_value(
        lambda: VE(0.1, math.inf), r"^sigma_max=inf must be finite"
    ),
    "VE: reversed": wrong_value(
        lambda: VE(2.0, 1.0), r"^sigma_max=1 must exceed sigma_min=2: noise grows"
    ),
    "VE: constant": wrong_value(lambda: VE(1.0, 1.0), r"^sigma_max=1 must exceed sigma_min=1"),
    "VE: T": wrong_value(lambda: VE(0.1, 1.0, T=0.0), r"^T=0\.0 must be greater than 0"),
    "VP: beta_min 0": wrong_value(lambda: VP(0.0), r"^beta_min=0\.0 must be greater than 0"),
    "VP: beta_min nan": wrong_value(lambda: VP(nan), r"^beta_min=nan must be finite"),
    "VP: beta_max a bool": wrong_type(
        lambda: VP(0.1, True), r"^beta_max=True must be a real number"
    ),
    "VP: reversed": wrong_value(
        lambda: VP(2.0, 1.0), r"^beta_max=1 must be at least beta_min=2: noise enters"
    ),
    "VP: T": wrong_value(lambda: VP(T=-1.0), r"^T=-1\.0 must be greater than 0"),
    "t before 0": wrong_value(lambda: NOISING.sigma(-0.1), r"^t=-0\.1 is outside \[0\.0, 1\.0\]"),
    "t after T": wrong_value(
        lambda: VP(T=2.0).mean_factor([0.1, 2.1]),
        r"^t=2\.1 is outside \[0\.0, 2\.0\]",
    ),
    "t nan": wrong_value(lambda: NOISING.rate(nan), r"^t\[0\]=nan must be finite"),
    "t a string": wrong_type(lambda: NOISING.amplitude("a"), r"^t has dtype"),
    "prior: n": wrong_value(lambda: NOISING.prior(0, 2), r"^n=0 must be at least 1"),
    "prior: dim": wrong_type(
        lambda: NOISING.prior(2, 2.0), r"^dim=2\.0 must be an integer: write dim=2"
    ),
    "prior: rng": wrong_type(lambda: NOISING.prior(2, 2, rng="x"), r"rng='x'"),
    "noised: x": wrong_value(
        lambda: NOISING.noised([[0.0, nan]], 0.5), r"^x\[0, 1\]=nan must be finite"
    ),
    "noised: t": wrong_value(lambda: NOISING.noised(X, 1.5), r"^t=1\.5 is outside \[0\.0, 1\.0\]"),
    # mixtures
    "covs not symmetric": wrong_value(
        lambda: one([[1.0, 0.2], [0.1, 1.0]]), r"^covs\[0\]=\[\[1\.0, 0\.2\], .* must be symm"
    ),
    "covs indefinite": wrong_value(
        lambda: one([[1.0, 2.0], [2.0, 1.0]]),
        r"^covs\[0\]=.*semidefinite.* lowest eigenvalue is -1",
    ),
    "covs negative": wrong_value(lambda: one(-1.0), r"^covs\[0\]=.*lowest eigenvalue is -1"),
    "covs negative in the second": wrong_value(
        lambda: two([1.0, -2.0]), r"^covs\[1\]=\[\[-2\.0\]\] must be .*lowest eigenvalue is -2"
    ),
    "covs of another dimension": wrong_value(
        lambda: one(np.eye(3)), r"^covs has shape \(3, 3\): give \(1, 2, 2\), \(2, 2\) or"
    ),
    "covs of four axes": wrong_value(
        lambda: one(np.ones((1, 1, 2, 2))), r"^covs has shape \(1, 1, 2, 2\): give \(1, 2, 2\)"
    ),
    "covs too many": wrong_value(
        lambda: two([1.0, 1.0, 1.0]),
        r"^covs has 3 entries: give one number, or one per component \(2\)",
    ),
    "covs nan": wrong_value(
        lambda: one([[1.0, nan], [nan, 1.0]]), r"^covs\[0, 1\]=nan must be finite"
    ),
    "covs text": wrong_type(lambda: one("a"), r"^covs has dtype"),
    "a point has no score": wrong_value(
        lambda: POINT.score(X), r"^sigma=0 leaves component 0 singular: smooth with sigma > 0"
    ),
    "nor a density": wrong_value(
        lambda: POINT.log_density(X),
        r"^sigma=0 leaves component 0 singular: smooth with sigma > 0",
    ),
    "nor a divergence": wrong_value(
        lambda: POINT.divergence(X),
        r"^sigma=0 leaves component 0 singular: smooth with sigma > 0",
    ),
    "nor a law on a line": wrong_value(
        lambda: LAID.score(X), r"^sigma=0 leaves component 0 singular: smooth with sigma > 0"
    ),
    "divergence: sigma": wrong_value(lambda: P.divergence(X, nan), r"^sigma=nan must be finite"),
    "divergence: one point": wrong_value(
        lambda: P.divergence([0.0, 0.0]),
        r"^x has shape \(2,\): give \(n, 2\), one point per row",
    ),
    "weights 0": wrong_value(
        lambda: one(1.0, [1.0, 0.0], np.eye(2)),
        r"^weights=\[1\.0, 0\.0\] must be positive: leave out",
    ),
    "weights of two axes": wrong_value(lambda: one(1.0, [[1.0]]), r"^weights has shape \(1, 1\)"),
    "means flat": wrong_value(lambda: one(1.0, [1.0], [0.0]), r"^means has shape \(1,\)"),
    "means too many": wrong_value(
        lambda: one(1.0, [1.0], np.eye(2)),
        r"^means has 2 rows and weights 1 entries: give one mean per",
    ),
    "sample: n": wrong_type(lambda: P.sample(2.5), r"^n=2\.5 must be an integer"),
}
# What is told only once something runs.
LATER = {
    "VP without any data left": wrong_value(lambda: VP(0.1, 4000.0), r"^beta_max=4000"),
    "noised at several times": wrong_type(
        lambda: NOISING.noised(X, [0.1, 0.2]), r"^t=\[0\.1, 0\.2\] must be a real number"
    ),
    "covs not symmetric, and why": wrong_value(
        lambda: one([[1.0, 0.2], [0.1, 1.0]]), r"\(covs \+ covs\.T\)/2|symmetrise"
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_refused_by_name_and_value_before_anything_is_compiled(case):
    before = compilations()
    refused(CASES[case])
    assert compilations() == before


@pytest.mark.parametrize("case", LATER)
def test_bad_input_is_refused_by_name_and_value(case):
    refused(LATER[case])


def test_a_covariance_that_is_symmetric_to_rounding_is_taken_and_made_symmetric():
    taken = one([[2.0, 1e-17], [0.0, 2.0]]).covs[0]
    assert np.array_equal(taken, taken.T) and np.allclose(taken, 2.0 * np.eye(2))


def test_a_lone_integer_is_a_number_everywhere():
    assert VE(1, 2, T=3).sigma(3) == pytest.approx(2.0) and VP(1, 2, T=3).mean_factor(0) == 1.0
    np.testing.assert_array_equal(GaussianMixture([1], [[0, 0]], 1).covs, [np.eye(2)])
