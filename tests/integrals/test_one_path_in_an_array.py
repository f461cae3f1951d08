"""One path in an array of shape (n + 1,) stands beside sampled paths of which there is one."""

from __future__ import annotations

import numpy as np
import pytest
from evidence import assert_same_bits

import stochcalc as sc

N = 8


@pytest.fixture
def W(rng_seed):
    return sc.brownian(n=N, rng=rng_seed)


def test_its_covariation_with_a_motion_is_that_of_the_motion_itself(W):
    x = W.values[0]
    whole = sc.covariation(W, W)
    for pair in ((W, x), (x, W), (x, (W.t, W.values)), (W.values, x)):
        assert_same_bits(sc.covariation(*pair).value, whole.value)
        assert_same_bits(sc.covariation(*pair).stderr, whole.stderr)
    running = sc.covariation(x, W, running=True).value
    assert running.shape == (1, N + 1)
    np.testing.assert_allclose(running[0, 1:], np.cumsum(np.diff(x) ** 2), rtol=1e-14)


def test_its_quadratic_variation_is_a_number(W):
    found = sc.quadratic_variation(W.values[0])
    assert isinstance(found.value, float)
    assert found.value == pytest.approx(sc.quadratic_variation(W).value[0], rel=1e-14)


@pytest.mark.parametrize("lam", [0.0, 0.5, 1.0])
def test_it_is_an_integrand_and_an_integrator(W, lam):
    x = W.values[0]
    whole = sc.riemann_sum(lambda t, w: w, W, lam, at="value")
    for found in (
        sc.riemann_sum(x, W, lam, at="value"),
        sc.riemann_sum(lambda t, w: w, W, lam, at="value", against=x),
    ):
        np.testing.assert_allclose(found, whole, rtol=1e-12)


def test_of_another_length_or_beside_several_paths_it_is_refused(W):
    x = W.values[0]
    two = sc.brownian(n=N, paths=2, rng=1)
    with pytest.raises(ValueError, match=r"y has shape \(8,\) and x has \(1, 9\): observe both"):
        sc.covariation(W, x[:-1])
    with pytest.raises(ValueError, match=r"y has shape \(9,\) and x has \(2, 9\)"):
        sc.covariation(two, x)
    for path, values in ((W, x[:-1]), (two, x)):
        with pytest.raises(ValueError, match=r"must have the shape of W.values"):
            sc.riemann_sum(values, path, 0.0)
