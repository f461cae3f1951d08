"""The score of a mixture for a block: the plain formula's numbers, for any number of components,
dimension and place.
"""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from evidence import seed
from leaf_calls import callable_leaf

import stochcalc as sc
from stochcalc.engine.elementary.exponential import exp2_of_negative
from stochcalc.score import VP, GaussianMixture

HALVING = callable_leaf(exp2_of_negative)


def mixture(K: int, d: int, *, shared: bool, shift: float = 0.0) -> GaussianMixture:
    rng = np.random.default_rng(seed(f"{K} {d} {shared}"))
    roots = rng.normal(size=(1 if shared else K, d, d))
    covs = roots @ roots.transpose(0, 2, 1) + 0.2 * np.eye(d)
    weights = rng.uniform(0.5, 1.5, K)
    return GaussianMixture(
        weights / weights.sum(), 4.0 * rng.normal(size=(K, d)) + shift, covs[0] if shared else covs
    )


def moved(p: GaussianMixture, x: np.ndarray) -> np.ndarray:
    """The compiled score: one step of length 2 at temperature 0 moves by it."""
    chains = sc.langevin.sample(
        p, x, step=2.0, n=1, chains=len(x), starts=True, temperature=0.0, save="last", key=1
    )
    return chains.x[:, 0] - x


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("K, d", [(1, 1), (3, 2), (4, 2), (5, 3), (100, 2)])
def test_the_score_of_a_block_is_that_of_numpy(K, d, shared):
    p = mixture(K, d, shared=shared)
    x = 6.0 * np.random.default_rng(1).normal(size=(300, d))
    due = p.score(x)
    assert p.shared == (shared or K == 1)
    np.testing.assert_allclose(moved(p, x), due, rtol=1e-10, atol=1e-11 * np.abs(due).max())
    with pytest.raises(AssertionError):  # what is off by a thousandth
        np.testing.assert_allclose(
            moved(p, x), 1.001 * due, rtol=1e-10, atol=1e-11 * np.abs(due).max()
        )


@pytest.mark.parametrize("shared", [True, False])
def test_far_from_the_origin_the_score_keeps_its_digits(shared):
    """Shifted by 1e5 together with the points, the score is the same up to the rounding of
    positions. The derivative of a score is at most P + S^2, with the largest precision P and the
    largest pull S of a component on a point.
    """
    p, far = mixture(6, 2, shared=shared), mixture(6, 2, shared=shared, shift=1e5)
    x = np.random.default_rng(1).normal(size=(300, 2)) * 5.0
    near = (x + 1e5) - 1e5
    covs = np.broadcast_to(p.covs, (6, 2, 2))
    pulls = [np.linalg.solve(cov, (near - mean).T) for cov, mean in zip(covs, p.means)]
    pull = max(np.linalg.norm(one, axis=0).max() for one in pulls)
    precision = np.linalg.norm(np.linalg.inv(covs), 2, axis=(1, 2)).max()
    rounding = 2.0 * np.spacing(1e5)  # of a mean's two coordinates, and of the end of the step
    bound = rounding * (1.0 + precision + pull**2)
    assert bound < 1e-5  # a score from squares of the coordinates would be off by more
    assert np.abs(moved(far, x + 1e5) - p.score(near)).max() < bound


def test_a_noising_that_shrinks_the_data_takes_the_score_at_the_right_place():
    p, noising = mixture(7, 2, shared=False), VP()
    x = noising.prior(200, 2, rng=1)
    lanes, batched = (
        sc.score.reverse_sde(score, noising, x, n=20, key=1) for score in (p, p.score)
    )
    np.testing.assert_allclose(lanes, batched, rtol=1e-9, atol=1e-9)


def test_a_power_of_two_is_right_to_two_ulp_and_never_zero():
    places = [0.0, -0.5, -1.0, -1e-17, -math.pi, -52.25, -700.1, -1021.9]
    places += list(-np.random.default_rng(1).uniform(0.0, 1020.0, 500))
    with mpmath.workdps(40):
        for x in places:
            due = mpmath.mpf(2) ** mpmath.mpf(x)
            assert abs((mpmath.mpf(HALVING(x)) - due) / due) < 5e-16, x
    assert 0.0 < HALVING(-1e300) <= 2.0**-1021 and HALVING(0.0) == 1.0
