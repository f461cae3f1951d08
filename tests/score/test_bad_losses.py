"""Bad losses: the argument is named, with its value."""

import numpy as np
import pytest
from loss_quadrature import P

from stochcalc.densities.circle import Circle
from stochcalc.score import denoising_loss, explicit_loss, ncsn_loss, sliced_loss

D, linear_score = np.array([[0.0, 1.0], [2.0, 3.0], [-1.0, 0.5]]), lambda x, sigma: -x


def nan_at_two(x, sigma):
    return np.where(np.abs(x - 2.0) < 0.01, np.nan, -x)


BAD = [
    (lambda: explicit_loss(3.0, D), TypeError, "score=3.0 must be a distribution or a callable"),
    (lambda: ncsn_loss("score", D, [1.0]), TypeError, "score='score'"),
    (lambda: denoising_loss(linear_score, [0.0, 1.0], 1.0), ValueError, r"data has shape \(2,\)"),
    (lambda: sliced_loss(linear_score, [[0.0, np.nan]]), ValueError, r"data\[0, 1\]=nan"),
    (
        lambda: explicit_loss(P, D),
        ValueError,
        r"data has shape \(3, 2\) and the distribution has dim=1: give \(n, 1\)",
    ),
    (lambda: explicit_loss(linear_score, D, -1.0), ValueError, "sigma=-1.0 must be at least 0"),
    (lambda: denoising_loss(linear_score, D, 0.0), ValueError, "sigma=0.0 must be greater than 0"),
    (
        lambda: denoising_loss(linear_score, D, [1.0]),
        TypeError,
        r"sigma=\[1.0\] must be a real number",
    ),
    (lambda: explicit_loss(Circle(), D), ValueError, "sigma=0 has no score"),
    (
        lambda: denoising_loss(linear_score, D, 1.0, draws=0),
        ValueError,
        "draws=0 must be at least 1",
    ),
    (
        lambda: ncsn_loss(linear_score, D, [1.0], draws=1.5),
        TypeError,
        "draws=1.5 must be an integer",
    ),
    (lambda: sliced_loss(linear_score, D, projections=0), ValueError, "projections=0"),
    (lambda: denoising_loss(linear_score, D, 1.0, rng="seven"), TypeError, "rng='seven'"),
    (
        lambda: ncsn_loss(linear_score, D, [0.5, 1.0]),
        ValueError,
        r"sigmas=\[0.5, 1.0\] must be positive and decrease",
    ),
    (lambda: ncsn_loss(linear_score, D, 1.0), ValueError, r"sigmas has shape \(\)"),
    (
        lambda: ncsn_loss(linear_score, D, [2.0, 1.0], weights=[1.0]),
        ValueError,
        "weights has 1 entries and sigmas 2",
    ),
    (
        lambda: ncsn_loss(linear_score, D, [2.0, 1.0], weights=[1.0, -1.0]),
        ValueError,
        r"weights=\[1.0, -1.0\] must be",
    ),
    (lambda: ncsn_loss(linear_score, D, [2.0, 1.0], weights=[0.0, 0.0]), ValueError, "not all 0"),
    (
        lambda: explicit_loss(nan_at_two, D),
        ValueError,
        r"score\(x, sigma=0\) is not finite for point 1, x=\[2.0, 3.0\]",
    ),
    (
        lambda: sliced_loss(nan_at_two, D, 1.0),
        ValueError,
        r"score\(x, sigma=1\) is not finite for point 1",
    ),
    (
        lambda: denoising_loss(lambda x, s: x[0], D, 1.0),
        ValueError,
        r"score\(x, sigma=1\) returned shape \(2,\)",
    ),
    (
        lambda: sliced_loss(lambda x, s: x[:, :1], D),
        ValueError,
        r"returned shape \(3, 1\) for x of shape \(3, 2\)",
    ),
    (lambda: explicit_loss(lambda x, s: 1j * x, D), TypeError, "returned dtype complex128"),
    (lambda: explicit_loss(lambda x, s: None, D), TypeError, "returned dtype object"),
    (
        lambda: explicit_loss(linear_score, D, jacobian=7),
        TypeError,
        "jacobian=7 must be a callable",
    ),
    (
        lambda: explicit_loss(linear_score, D, jacobian=lambda x, s: -np.eye(2)),
        ValueError,
        r"jacobian\(.* returned shape",
    ),
    (
        lambda: explicit_loss(linear_score, D, jacobian=lambda x, s: np.full((3, 2, 2), np.inf)),
        ValueError,
        "not finite",
    ),
]


@pytest.mark.parametrize("call, kind, message", BAD)
def test_bad_input_names_the_argument_and_the_value(call, kind, message):
    with pytest.raises(kind, match=message):
        call()
