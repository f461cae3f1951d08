"""Double integrals: their series written out, their symmetric part, and their accuracy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from evidence import assert_mean, assert_same_bits, must_reject
from levy_laws import area_of, psi
from scipy import special

import stochcalc as sc
from stochcalc.engine.random.normal_arrays import block_normals
from stochcalc.engine.random.philox import LEVY_AREA
from stochcalc.integrals.area_errors import ERRORS, levy_area_terms
from stochcalc.integrals.levy_areas import double_integrals


@pytest.mark.parametrize("method", ERRORS)
def test_the_symmetric_part_is_exact_and_the_reading_moves_the_diagonal_only(method, rng_seed):
    W = sc.brownian(partition=sc.Partition.graded(1.0, 5, 2.0), dim=3, paths=300, rng=rng_seed)
    read = {lam: double_integrals(W, lam=lam, method=method, terms=2) for lam in (0.0, 0.5, 1.0)}
    h, unit = W.partition.steps[:, None, None], np.eye(3)
    outer = W.increments[..., :, None] * W.increments[..., None, :]
    for lam, found in read.items():
        assert found.shape == (300, 5, 3, 3)
        np.testing.assert_allclose(
            found + found.swapaxes(2, 3), outer - (1 - 2 * lam) * h * unit, rtol=1e-12, atol=1e-15
        )
        np.testing.assert_allclose(found, read[0.0] + lam * h * unit, rtol=1e-12, atol=1e-15)
    streamed = sc.brownian(partition=W.partition, dim=3, paths=300, key=W.key, store=False)
    for workers in (1, 3):
        assert_same_bits(
            read[0.0], double_integrals(streamed, method=method, terms=2, workers=workers)
        )


@pytest.mark.parametrize("method", ERRORS)
def test_the_compiled_areas_are_the_series_written_out_with_a_root_of_its_covariance(
    method, rng_seed
):
    m, terms, paths, h = 3, 2, 5, 0.7
    W = sc.brownian(3 * h, 3, dim=m, paths=paths, rng=rng_seed)
    found, upper = area_of(double_integrals(W, method=method, terms=terms)), np.triu_indices(m, 1)
    turn = np.zeros((3, m * m))  # X Y^T, row by row, to the pairs of X Y^T - Y X^T
    for pair, (i, j) in enumerate(zip(*upper)):
        turn[pair, i * m + j], turn[pair, j * m + i] = 1.0, -1.0
    for k, p in np.ndindex(3, paths):
        z = block_normals(W.key, LEVY_AREA, k, (paths, 6 + 2 * m * terms))[p]
        w = W.increments[p, k] / math.sqrt(h)
        X, Y = z[6:].reshape(terms, 2, m).swapaxes(0, 1)
        series = sum(turn @ np.kron(X[r], Y[r] - math.sqrt(2) * w) / (r + 1) for r in range(terms))
        # Given w, sigma is the covariance of one term's X Y^T - Y X^T. The wedge takes P to
        # w_j P_k - w_k P_j.
        sigma = turn @ np.kron(np.eye(m), np.eye(m) + 2 * np.outer(w, w)) @ turn.T
        wedge = turn @ np.kron(w[:, None], np.eye(m))
        alpha = math.sqrt(1 + w @ w)
        root = (sigma + 2 * alpha * np.eye(3)) / (math.sqrt(2) * (1 + alpha))
        np.testing.assert_allclose(root @ root, sigma, rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(
            2 * np.eye(3) + 2 * wedge @ wedge.T, sigma, rtol=1e-12, atol=1e-13
        )
        tail = root @ z[:3] if method == "wiktorsson" else math.sqrt(2) * (z[:3] + wedge @ z[3:6])
        due = h / (2 * math.pi) * (series + math.sqrt(psi(terms)) * tail)
        np.testing.assert_allclose(found[p, k], due, rtol=1e-10, atol=1e-14)


def test_schemes_see_the_same_areas(rng_seed):
    W = sc.brownian(1.0, 6, dim=2, paths=300, rng=rng_seed)
    spiral = sc.SDE(
        lambda t, x: (0.0, 0.0, 0.0),
        lambda t, x: ((1.0, 0.0), (0.0, 1.0), (-0.5 * x[1], 0.5 * x[0])),
        noise="general",
    )  # the third component is Levy's area, and sri2 is exact on it
    found = sc.solve(spiral, (0.0, 0.0, 0.0), noise=W, method="sri2").x[:, :, 2]
    left, dW = W.values[:, :-1], W.increments
    steps = area_of(double_integrals(W))[..., 0] + 0.5 * (
        left[..., 0] * dW[..., 1] - left[..., 1] * dW[..., 0]
    )
    np.testing.assert_allclose(found[:, 1:], np.cumsum(steps, axis=1), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("method", ERRORS)
def test_more_terms_move_the_areas_by_what_they_replace(method, rng_seed):
    few, many, h = 2, 9, 0.25
    W = sc.brownian(4 * h, 4, dim=2, paths=50_000, store=False, rng=rng_seed)
    a, b = (
        area_of(double_integrals(W, method=method, terms=n)).reshape(-1) / h for n in (few, many)
    )
    square = 12 * (psi(few) - math.sqrt(psi(few) * psi(many))) / (2 * math.pi) ** 2
    assert_mean((a - b) ** 2, square, sigmas=7, detects=0.004)
    with must_reject("a tail of its own for every number of terms"):
        assert_mean((a - b) ** 2, 12 * psi(few) / (2 * math.pi) ** 2)


def tail_error(terms, radius=0.0):
    """E (sqrt(V) - sqrt(E V))^2 of the tail of Levy's series in the plane, from E exp(-sV).

    Here V = sum_(r>terms) |Y_r - sqrt(2) w|^2/r^2, and radius = |w|^2."""
    log_s, step = np.linspace(-90.0, 90.0, 9001, retstep=True)
    s = np.exp(log_s)
    z = math.pi * np.sqrt(2 * s)
    log = -np.where(
        z < 1e-2,
        z**2 / 6 - z**4 / 180,
        z + np.log1p(-np.exp(-2 * np.maximum(z, 1e-3))) - np.log(2 * z),
    )
    shift = np.where(z < 1e-2, z**2 / 12 - z**4 / 180, (z / np.tanh(np.maximum(z, 1e-3)) - 1) / 4)
    for r in range(1, terms + 1):
        log, shift = log + np.log1p(2 * s / r**2), shift - s / (r**2 + 2 * s)
    mean_root = (
        np.sum(-np.expm1(log - 2 * radius * shift) / np.sqrt(s)) * step / (2 * math.sqrt(math.pi))
    )
    mean = 2 * psi(terms) * (1 + radius)
    return 2 * mean - 2 * math.sqrt(mean) * mean_root


def test_the_errors_proved_bound_the_exact_ones_and_halve_in_the_limit():
    x, weights = special.roots_laguerre(40)  # |w|^2/2 is exponential
    for terms in (1, 2, 5, 20):
        exact = math.sqrt(tail_error(terms)) / (2 * math.pi)
        other = math.sqrt(sum(p * tail_error(terms, 2 * q) for q, p in zip(x, weights))) / (
            2 * math.pi
        )
        proved = {
            name: constant * math.sqrt(2.0) / (math.pi * terms) for name, constant in ERRORS.items()
        }
        assert exact < 0.5 * proved["mrongowius_roessler"]
        assert exact < other < 0.3 * proved["wiktorsson"]
    assert exact == pytest.approx(0.5 * proved["mrongowius_roessler"], rel=0.04)
    limit = math.sqrt((8 - 2 * math.exp(0.5) * special.exp1(0.5)) / 24) / (2 * math.pi * terms)
    assert other == pytest.approx(limit, rel=0.05)


def test_terms_follow_from_the_error_and_the_error_from_the_longest_step(rng_seed):
    assert levy_area_terms(1.0, 1e-3) == 1
    for dim in (2, 7, 30):
        for method, constant in ERRORS.items():
            n = levy_area_terms(1e-3, 0.1, dim, method)
            proved = constant * math.sqrt(dim) * 0.1 / math.pi
            assert proved / n <= 1e-3 < proved / (n - 1)
    W = sc.brownian(partition=sc.Partition([0.0, 0.1, 0.5]), dim=2, paths=3, rng=rng_seed)
    for method in ERRORS:
        n = levy_area_terms(0.02, 0.4, 2, method)
        assert_same_bits(
            *(double_integrals(W, method=method, **how) for how in ({"error": 0.02}, {"terms": n}))
        )
    n = levy_area_terms(0.1**1.5, 0.1, 2, "wiktorsson")
    assert_same_bits(
        *(double_integrals(W, method="wiktorsson", **how) for how in ({}, {"terms": n}))
    )
    W = sc.brownian(partition=sc.Partition([0.0, 1e-3, 0.4]), dim=2, paths=3, rng=rng_seed)
    # The terms follow from constant sqrt(2/h)/pi, h the shortest step.
    for method, n in (("mrongowius_roessler", 5), ("wiktorsson", 10)):
        assert_same_bits(*(double_integrals(W, method=method, **how) for how in ({}, {"terms": n})))
