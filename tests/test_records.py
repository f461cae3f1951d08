"""Public records check what they are given, whoever makes them."""

import numpy as np
import pytest

from stochcalc import Estimate, Moments
from stochcalc.engine.checks import number
from stochcalc.score import VE, Noising, RandomFeatureScore, ScoreNetwork

MOMENTS = Moments.of([1.0, 2.0, 4.0, 8.0])
ESTIMATES = {
    "Estimate": lambda confidence: Estimate(0.0, 1.0, -1.0, 1.0, confidence),
    "mean": lambda confidence: Estimate.mean([1.0, 2.0], confidence),
    "share": lambda confidence: Estimate.share(1, 2, confidence),
    "normal": lambda confidence: Estimate.normal(0.0, 1.0, confidence),
    "student": lambda confidence: Estimate.student(0.0, 1.0, 3, confidence),
    "positive": lambda confidence: Estimate.positive(1.0, 1.0, confidence),
    "Moments.estimate": lambda confidence: MOMENTS.estimate(confidence),
    "Moments.variance": lambda confidence: MOMENTS.variance(confidence),
    "Moments.mean_square": lambda confidence: MOMENTS.mean_square(confidence),
}


@pytest.mark.parametrize("make", ESTIMATES.values(), ids=ESTIMATES)
@pytest.mark.parametrize("confidence", [-1.0, 0.0, 1.0, 2.0, float("nan")])
def test_a_confidence_that_is_no_probability_is_refused_everywhere(make, confidence):
    with pytest.raises(ValueError, match="confidence="):
        make(confidence)


@pytest.mark.parametrize("make", ESTIMATES.values(), ids=ESTIMATES)
@pytest.mark.parametrize("confidence", ["0.95", True, None])
def test_a_confidence_that_is_no_number_is_refused_everywhere(make, confidence):
    with pytest.raises(TypeError, match="confidence="):
        make(confidence)


@pytest.mark.parametrize(
    "make, named",
    [
        (lambda: Estimate.normal(0.0, -1.0), "stderr"),
        (lambda: Estimate.normal(np.zeros(2), np.array([1.0, -1.0])), "stderr"),
        (lambda: Estimate(0.0, 1.0, 2.0, 1.0), "low"),
        (lambda: Estimate.student(0.0, 1.0, 0), "freedom"),
        (lambda: Estimate.student(0.0, 1.0, -1), "freedom"),
        (lambda: Moments(np.zeros((7, 3))), "record"),
        (lambda: Moments(np.zeros((6, 1))), "record"),
        (lambda: number("x", 10**400), "x is beyond the range"),
        (lambda: ScoreNetwork("mlp", [0.0], 1.0, (0.1, 1.0), {}), "arrays"),
        (lambda: ScoreNetwork("magic", [0.0], 1.0, (0.1, 1.0), {}), "kind"),
        (lambda: ScoreNetwork("mlp", [0.0], -1.0, (0.1, 1.0), {}), "scale"),
        (lambda: ScoreNetwork("mlp", [0.0], 1.0, (1.0, 0.1), {}), "sigmas"),
        (lambda: RandomFeatureScore(*[np.zeros((1, 1))] * 7), "mean"),
        (
            lambda: RandomFeatureScore(np.ones(1), np.zeros(2), *[np.zeros((1, 2))] * 5),
            "precisions",
        ),
        (lambda: VE(0.1, 1.0, T=-1.0), "T="),
    ],
)
def test_a_record_that_cannot_be_right_is_refused_and_the_field_is_named(make, named):
    with pytest.raises(ValueError, match=named):
        make()


@pytest.mark.parametrize(
    "make, named",
    [
        (lambda: Estimate.student(0.0, 1.0, None), "freedom"),
        (lambda: Noising(1.0, (2.0,)), "VE or VP"),
    ],
)
def test_a_record_of_the_wrong_type_is_refused(make, named):
    with pytest.raises(TypeError, match=named):
        make()


def test_unknown_errors_and_infinite_values_are_no_faults():
    assert np.isnan(Estimate.normal(1.0, float("nan")).low)
    assert Estimate.normal(float("inf"), float("nan")).value == float("inf")
