"""Variations and expectations of sampled paths are those of their values in an array."""

from __future__ import annotations

import numpy as np
import pytest
from evidence import assert_mean, assert_same_bits, must_reject, sample_size, seed, seed_of

import stochcalc as sc

GRID = sc.Partition.graded(2.0, 60, 1.5)
W = sc.brownian(
    partition=GRID, paths=20, dim=2, correlation=[[1.0, 0.5], [0.5, 1.0]], rng=seed_of(__name__)
)
STREAMED = sc.brownian(
    partition=GRID,
    paths=20,
    dim=2,
    correlation=[[1.0, 0.5], [0.5, 1.0]],
    store=False,
    rng=seed_of(__name__),
)
SOLUTION = sc.solve(sc.models.gbm(0.1, 0.4), 1.0, noise=W[1])
SAMPLED = {
    "component": (W[1], W.values[..., 1]),
    "streamed component": (STREAMED[1], W.values[..., 1]),
    "solution": (SOLUTION, SOLUTION.x),
    "component of a solution": (SOLUTION.component(0), SOLUTION.x),
    "pair": ((GRID.times, SOLUTION.x), SOLUTION.x),
    "pair of one path": ((list(GRID.times), list(SOLUTION.x[0])), SOLUTION.x[0]),
}
VARIATIONS = {
    "realized": lambda x, t: sc.quadratic_variation(x, t),
    "running": lambda x, t: sc.quadratic_variation(x, t, running=True),
    "medrv": lambda x, t: sc.quadratic_variation(x, t, estimator="medrv"),
    "two_scale": lambda x, t: sc.quadratic_variation(x, t, estimator="two_scale"),
    "spot": lambda x, t: sc.spot_variance(x, t, window=20),
    "power": lambda x, t: sc.power_variation(x, 1.5),
    "covariation": lambda x, t: sc.covariation(x, x),
}


def near(found, due):
    for name in ("value", "stderr", "low", "high"):
        np.testing.assert_allclose(
            getattr(found, name), getattr(due, name), rtol=1e-12, atol=1e-14, equal_nan=True
        )
        assert np.shape(getattr(found, name)) == np.shape(getattr(due, name))


@pytest.mark.parametrize("what", VARIATIONS)
@pytest.mark.parametrize("which", SAMPLED)
def test_a_variation_of_sampled_paths_is_that_of_their_values(which, what):
    x, values = SAMPLED[which]
    near(VARIATIONS[what](x, None), VARIATIONS[what](values, GRID.times))


@pytest.mark.parametrize("which", [name for name in SAMPLED if "streamed" not in name])
def test_jumps_of_sampled_paths_are_those_of_their_values(which):
    x, values = SAMPLED[which]
    np.testing.assert_allclose(
        sc.detect_jumps(x, window=20).statistic,
        sc.detect_jumps(values, GRID.times, window=20).statistic,
        rtol=1e-9,
    )
    np.testing.assert_allclose(
        sc.jump_test(x).pvalue, sc.jump_test(values, GRID.times).pvalue, rtol=1e-9
    )


def test_an_expectation_takes_sampled_paths():
    peak = lambda x: x.max(axis=1)
    for x, values in list(SAMPLED.values())[:5]:
        np.testing.assert_allclose(sc.expectation(peak, x).mean, values.max(axis=1).mean())
    both = sc.expectation(lambda x: x[:, -1, 0] * x[:, -1, 1], W)
    np.testing.assert_allclose(both.mean, np.mean(W.values[:, -1, 0] * W.values[:, -1, 1]))


def test_the_covariation_of_two_components_is_their_correlation_times_the_length():
    n = 50
    V = sc.brownian(
        2.0, n, paths=sample_size(40_000), dim=2, correlation=[[1, 0.5], [0.5, 1]], rng=seed()
    )
    value = sc.covariation(V[0], V[1]).value
    # the mean of sum dW_1 dW_2 is rho T, its variance (1 + rho^2) T^2 / n
    assert_mean(value, 0.5 * 2.0, detects=0.1)
    assert_mean((value - 1.0) ** 2, 1.25 * 4.0 / n, detects=0.05)
    with must_reject("components that are independent"):
        assert_mean(value, 0.0)
    with must_reject("the variance without rho^2"):
        assert_mean((value - 1.0) ** 2, 4.0 / n, sigmas=3.0)


def test_paths_that_do_not_fit_are_refused():
    coarse = W[0].coarsen(2)
    for call, message in {
        lambda: sc.covariation(W[0], coarse): "y is on 31 times from 0 to 2 and x on 61 times",
        lambda: sc.covariation(SOLUTION, coarse): "y is on 31 times",
        lambda: sc.quadratic_variation(W): r"x has dim=2: one component is needed, such as x\[0\]",
        lambda: sc.quadratic_variation(SOLUTION, GRID.times): "t is given by the grid of x itself",
        lambda: sc.quadratic_variation((GRID.times, SOLUTION.x[:, 1:])): "x has 61 times and val",
        lambda: sc.power_variation(W, 2.0): r"x\[0\]",
    }.items():
        with pytest.raises(ValueError, match=message):
            call()
    moments = sc.solve(sc.models.gbm(0.1, 0.4), 1.0, noise=W[1], save="stats")
    with pytest.raises(ValueError, match='save="stats" keeps none'):
        sc.quadratic_variation(moments)
    with pytest.raises(TypeError, match="W=5 must be Brownian paths"):
        sc.expectation(lambda x: x, 5)


def test_the_covariation_of_streamed_components_is_that_of_stored_ones():
    near(sc.covariation(STREAMED[0], STREAMED[1]), sc.covariation(W[0], W[1]))
    near(sc.covariation(STREAMED[1], W[0], confidence=0.5), sc.covariation(*W, confidence=0.5))
    with pytest.raises(ValueError, match="this motion streams: make it with store=True"):
        sc.covariation(STREAMED[0], STREAMED[1], running=True)
    with pytest.raises(ValueError, match="y is on 31 times from 0 to 2 and x on 61"):
        sc.covariation(STREAMED[0], STREAMED[1].coarsen(2))


def test_what_is_not_finite_is_named_with_its_place():
    values = SOLUTION.x.copy()
    values[3, 7] = np.nan
    for call in (sc.quadratic_variation, lambda x: sc.power_variation(x, 2.0)):
        with pytest.raises(ValueError, match=r"\[3, 7\]=nan"):
            call((GRID.times, values))
    broken = type("Broken", (), {"t": GRID.times, "values": values})()
    with pytest.raises(ValueError, match=r"x\[3, 7\]=nan"):
        sc.quadratic_variation(broken)


def test_the_same_bits_come_from_a_component_and_a_motion_alone():
    V = sc.brownian(partition=GRID, paths=20, dim=2, store=False, rng=seed_of(__name__))
    alone = sc.brownian(partition=GRID, paths=20, store=False, rng=seed_of(__name__))
    assert_same_bits(sc.quadratic_variation(V[0]).value, sc.quadratic_variation(alone).value)
