"""Noise run backwards, in law.

The mixture TWO has one isotropic covariance, so that along the axis of its modes each chain is a
chain on the line, whose law is known by quadrature; across it, it is that of one Gaussian."""

import math

import numpy as np
import pytest
from evidence import (
    assert_count,
    assert_mean,
    must_reject,
)
from nights import mostly_at_night
from noise_targets import SCHEMES, SHORT
from scipy.special import ndtr

from stochcalc.score import (
    GaussianMixture,
    ancestral,
    reverse_sde,
)
from stochcalc.score.denoising_steps import ancestral_moves
from stochcalc.score.reverse import euler

AXIS, VARIANCE = np.array([0.8, 0.6]), 0.5
TWO = GaussianMixture([0.7, 0.3], [2.0 * AXIS, -2.0 * AXIS], VARIANCE)
LINE = GaussianMixture([0.7, 0.3], [[2.0], [-2.0]], VARIANCE)


def weight_by_quadrature(moves, spread):
    """P(u > 0) at the end of a table from N(0, spread^2), all steps with noise.

    Along AXIS it is one chain on the line, and its transitions are Gaussian. The trapezoidal rule
    is exponentially accurate."""
    grid = np.linspace(-9 * spread, 9 * spread, 2001)
    masses = np.exp(-0.5 * (grid / spread) ** 2)
    masses /= masses.sum()
    for k in range(len(moves)):
        scale, kick = moves.scale[k], moves.kick[k]
        centre = (
            moves.keep[k] * grid
            + moves.push[k] * scale * LINE.score(scale * grid[:, None], moves.sigma[k])[:, 0]
        )
        kept = masses > 1e-20
        centre, masses = centre[kept], masses[kept]
        if k == len(moves) - 1:
            return float(masses @ ndtr(centre / kick))
        low, high = centre.min() - 9 * kick, centre.max() + 9 * kick
        grid, spacing = np.linspace(low, high, 2 + int((high - low) / (0.25 * kick)), retstep=True)
        z = (grid[:, None] - centre) / kick
        masses = spacing / (kick * math.sqrt(2 * math.pi)) * np.exp(-0.5 * z * z) @ masses
        assert abs(masses.sum() - 1) < 1e-9
    return None


CHAINS = {
    "Euler": (lambda x, key: reverse_sde(TWO, SHORT, x, n=10, key=key), euler(SHORT, 10)),
    "corrected": (
        lambda x, key: reverse_sde(TWO, SHORT, x, n=10, corrections=1, key=key),
        euler(SHORT, 10, 1),
    ),
    "ancestral": (
        lambda x, key: ancestral(TWO, SHORT, x, n=10, key=key),
        ancestral_moves(SHORT, 10, 1.0),
    ),
}


@pytest.mark.parametrize(
    "name, twin", [("Euler", "ancestral"), ("corrected", "ancestral"), ("ancestral", "Euler")]
)
def test_the_weight_after_ten_steps_from_the_prior_is_that_of_the_chain_on_the_line(
    name, twin, rng_seed
):
    """Euler 0.676, corrected 0.679, ancestral 0.711.

    With ever more steps all tend to what the prior leaves, near 0.689."""
    run, table = CHAINS[name]
    n = 200_000
    above = int((run(SHORT.prior(n, 2, rng=rng_seed), rng_seed) @ AXIS > 0).sum())
    assert_count(above, n, weight_by_quadrature(table, 8.0), alpha=2.6e-12, detects=0.02)
    with must_reject(f"the weight of {twin}"):
        assert_count(above, n, weight_by_quadrature(CHAINS[twin][1], 8.0))


ACROSS = np.array([-0.6, 0.8])
END_VARIANCE = VARIANCE + 0.3**2


def reversed_by(name, seed):
    start = SHORT.noised(TWO.sample(50_000, rng=seed), 1.0, rng=seed + 1)
    return reverse_sde(TWO, SHORT, start, n=200, method=name, key=seed)


@pytest.mark.parametrize(
    "name",
    mostly_at_night(["euler_maruyama", *SCHEMES], lambda name: name in ("euler_maruyama", "sra1")),
)
def test_from_the_true_noised_law_each_scheme_ends_near_the_law_of_the_data(name, rng_seed):
    """With 200 steps the weight errs by less than 0.002, a quarter of the limit.

    The variance across the axis is told apart."""
    ends, n, spread = reversed_by(name, rng_seed), 50_000, math.sqrt(END_VARIANCE)
    share = 0.7 * ndtr(2 / spread) + 0.3 * ndtr(-2 / spread)
    assert_count(int((ends @ AXIS > 0).sum()), n, share, alpha=2.6e-12, detects=0.03)
    assert_mean(ends @ ACROSS, 0.0, sigmas=7)
    assert_mean((ends @ ACROSS) ** 2, END_VARIANCE, sigmas=7, detects=0.06)


def test_half_the_score_ends_too_wide(rng_seed):
    start = SHORT.noised(TWO.sample(20_000, rng=rng_seed), 1.0, rng=rng_seed + 1)
    ends = reverse_sde(lambda x, sigma: 0.5 * TWO.score(x, sigma), SHORT, start, n=50, key=rng_seed)
    with must_reject("half the score, as in the flow, with the noise of the equation"):
        assert_mean((ends @ ACROSS) ** 2, END_VARIANCE)
