"""Drivers of a step: the whole law of increments and areas at any truncation, and merging."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from evidence import assert_mean, must_reject
from leaf_calls import kernel
from levy_laws import area_of, characteristic, drawn, driven, flat
from scipy import linalg

import stochcalc as sc
from stochcalc.engine.random import driver_merge, drivers
from stochcalc.engine.statistics import LANES
from stochcalc.integrals.area_errors import ERRORS
from stochcalc.integrals.levy_areas import double_integrals


@pytest.mark.parametrize("terms", [0, 1, 5])
def test_the_areas_have_their_moments_given_the_increments_for_every_number_of_terms(
    terms, rng_seed
):
    w, A = drawn(rng_seed, 3, terms)
    j, k = np.triu_indices(3, 1)
    # 0 in the mean given w, so orthogonal to every function of it.
    excess = A**2 - (1.0 + w[:, j] ** 2 + w[:, k] ** 2) / 12.0
    assert_mean(A**2, 0.25, sigmas=7, detects=0.01)
    assert_mean(
        np.concatenate([excess * w[:, j] ** 2, excess * w[:, j] * w[:, k]], axis=1),
        0.0,
        sigmas=7,
        detects=0.05,
    )
    assert_mean(
        (A[:, 0] * A[:, 1] - w[:, 1] * w[:, 2] / 12.0) * w[:, 1] * w[:, 2],
        0.0,
        sigmas=7,
        detects=0.02,
    )
    with must_reject("h^2/12, the variance at dW = 0"):
        assert_mean(A[:, 0] ** 2, 1 / 12)
    with must_reject("areas that know nothing of the increments"):
        assert_mean((A[:, 0] ** 2 - 0.25) * w[:, 0] ** 2, 0.0)


@pytest.mark.parametrize("terms", [0, 1, 5])
def test_the_characteristic_function_is_exact_at_every_truncation_and_levy_s_in_the_limit(
    terms, rng_seed
):
    w, A = drawn(rng_seed, 2, terms, paths=250_000 if terms == 1 else 40_000)
    for u, k in ((1.0, 0.0), (4.0, 0.0), (8.0, 0.0), (3.0, 1.0)):
        assert_mean(
            np.cos(u * A[:, 0] + k * w[:, 0]),
            characteristic(u, [k, 0.0], terms),
            sigmas=7,
            detects=0.015,
        )
        assert characteristic(u, [0.0, 0.0], 10**4) == pytest.approx(1 / math.cosh(u / 2), abs=1e-9)
    c, radius = 2.0, np.sum(w * w, axis=1)  # given dW: Levy's formula with u = 2c
    given = c / math.sinh(c) * np.exp(-0.5 * radius * (c / math.tanh(c) - 1))
    if terms == 5:  # 2e-4 away
        assert_mean((np.cos(2 * c * A[:, 0]) - given) * radius, 0.0, sigmas=7, detects=0.05)
    for u, z in {0: ((4.0, 40), (8.0, 20)), 1: ((8.0, 8),), 5: ()}[terms]:
        with must_reject("too few terms", min_z=z):
            assert_mean(np.cos(u * A[:, 0]), 1 / math.cosh(u / 2))
    with must_reject("a normal area"):
        assert_mean(np.cos(4 * A[:, 0]), math.exp(-2.0))


@pytest.mark.parametrize("method", ERRORS)
def test_both_methods_have_the_same_joint_law_of_increments_and_areas(method, rng_seed):
    W = sc.brownian(8.0, 8, dim=3, paths=80_000, store=False, rng=rng_seed)
    A = area_of(double_integrals(W, method=method, terms=1)).reshape(-1, 3)
    w = driven(rng_seed, 1.0, 8, W.paths, size=3).transpose(2, 0, 1).reshape(-1, 3)
    assert_mean(A**2, 0.25, sigmas=7, detects=0.01)
    for u, k in (
        ((2.0, -1.0, 3.0), (0.0, 0.0, 0.0)),
        ((0.0, 3.0, 3.0), (0.0, 1.0, 1.0)),
        ((2.0, 2.0, 2.0), (1.0, -1.0, 0.5)),
    ):
        assert_mean(
            np.cos(A @ np.array(u) + w @ np.array(k)),
            characteristic(u, k, 1),
            sigmas=7,
            detects=0.015,
        )
    with must_reject("the third area turned round"):
        assert_mean(
            np.cos(A @ np.array([2.0, 2.0, -2.0]) + w @ np.array(k)), characteristic(u, k, 1)
        )


def test_i10_is_the_integral_of_the_path_and_the_rest_stands_alone(rng_seed):
    n, h, L = 8, 0.5, np.linalg.cholesky([[1.0, 0.6], [0.6, 1.0]])
    x = flat(driven(rng_seed, h, n, 50_000, factor=L, size=2, second=True, rest=1))
    products = np.stack([x[:, i] * x[:, j] for i in range(5) for j in range(i, 5)], axis=1)
    due = linalg.block_diag(np.kron([[h, h**2 / 2], [h**2 / 2, h**3 / 3]], L @ L.T), 1.0)
    assert_mean(products, due[np.triu_indices(5)], sigmas=7, detects=0.03)


def test_merged_drivers_are_those_of_the_coarse_step_path_by_path_and_in_law(rng_seed):
    n = 8
    h = 0.125
    paths = 800 * LANES
    layout = drivers.Layout(2, True, second=True, areas=True, loose=True)
    fine = driven(rng_seed, h, n, paths, **dataclasses.asdict(layout))
    rows = fine.copy()
    length = h
    merge = kernel(lambda left, now, h, shape: driver_merge.merge(left, now, h, shape))
    while len(rows) > 1:
        for left, now in zip(rows[::2], rows[1::2]):
            for first in range(0, paths, LANES):
                mine = np.ascontiguousarray(now[:, first : first + LANES])
                merge(
                    np.ascontiguousarray(left[:, first : first + LANES]), mine, length, layout.shape
                )
                now[:, first : first + LANES] = mine
        rows, length = rows[1::2], 2 * length
    dW, I10, A, V = np.split(fine, [2, 4, 5], axis=1)
    before = np.cumsum(dW, axis=0) - dW
    chen = 0.5 * np.sum(before[:, 0] * dW[:, 1] - before[:, 1] * dW[:, 0], axis=0)
    due = np.vstack(
        [
            dW.sum(axis=0),
            (I10 + h * before).sum(axis=0),
            A.sum(axis=0) + chen,
            math.sqrt(n) * V.sum(axis=0),
        ]
    )
    np.testing.assert_allclose(rows[0], due, rtol=1e-9, atol=1e-13)
    W, J, B, V = rows[0, :2].T, rows[0, 2:4].T, rows[0, 4], rows[0, 5]
    assert_mean(J**2, 1 / 3, sigmas=7, detects=0.02)
    assert_mean(J * W, 1 / 2, sigmas=7, detects=0.03)
    assert_mean(np.stack([B**2, V**2], axis=1), 1 / 4, sigmas=7, detects=0.02)
    assert_mean(
        (B**2 - (1 + np.sum(W**2, axis=1)) / 12) * W[:, 0] ** 2, 0.0, sigmas=7, detects=0.05
    )
    assert_mean((V**2 - 1 / 4) * W[:, 0] ** 2, 0.0, sigmas=7, detects=0.03)
    # E[A | dW, I10] = H_1 W_2 - H_2 W_1 has variance 1/6, less h^2/6, for a finest step draws I10
    # and A apart.
    H = J - 0.5 * W
    turned = H[:, 0] * W[:, 1] - H[:, 1] * W[:, 0]
    assert_mean(B * turned, (1 - h * h) / 6, sigmas=7, detects=0.02)
    with must_reject("Chen's rule with the other sign"):
        assert_mean((A.sum(axis=(0, 1)) - chen) * turned, (1 - h * h) / 6)
    with must_reject("areas added up, without Chen's rule"):
        assert_mean(A.sum(axis=(0, 1)) ** 2, 1 / 4)
    with must_reject("I10 refined as if it were another Brownian motion"):
        assert_mean(I10.sum(axis=0)[0] ** 2, 1 / 3)
    with must_reject("Chen's rule for loose areas"):
        assert_mean(((fine[:, 5].sum(axis=0) + chen) ** 2 - 1 / 4) * W[:, 0] ** 2, 0.0)
