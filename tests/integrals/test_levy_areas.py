"""Drivers of a step and double integrals: the whole law of dW and the areas at any truncation,
merging, accuracy, bad input.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from evidence import assert_mean, assert_same_bits, must_reject
from scipy import linalg, special

import stochcalc as sc
from stochcalc.engine.compiler.jit import compilations, kernel
from stochcalc.engine.random import drivers
from stochcalc.engine.random.philox import LEVY_AREA, make_key
from stochcalc.engine.random.sources import KeyedNoise, block_normals
from stochcalc.engine.statistics import LANES
from stochcalc.integrals.levy_areas import ERRORS, double_integrals, levy_area_terms


@kernel
def run_fills(fills, first, count, buffer):
    for row, fill, ids, roots, table in fills:
        fill(ids, roots, table, first, 0, count, buffer, row)


def driven(seed, h, n, paths, terms=1, factor=None, **layout):
    """Rows of noise of n steps, (n, rows, paths)."""
    key, steps, layout = make_key(seed), np.full(n, h), drivers.Layout(**layout)
    increments = KeyedNoise(key, steps, layout.size, factor)
    fills = drivers.Driven(increments, layout, key, steps, factor, max(terms, 1)).open(0, paths)
    if terms == 0:
        fills[-1][2][2] = 0  # the fill takes no terms at all, its source does not
    rows, buffer = np.empty((n, layout.rows, paths)), np.empty((n + n % 2, layout.rows, LANES))
    for first in range(0, paths, LANES):
        run_fills(fills, first, n, buffer)
        rows[..., first : first + LANES] = buffer[:n, :, : paths - first]
    return rows


def flat(rows):
    """Samples (steps and paths, rows)."""
    return rows.transpose(0, 2, 1).reshape(-1, rows.shape[1])


def drawn(seed, m, terms, paths=40_000):
    """(w, A): increments (16 paths, m) over sqrt(h), areas above the diagonal over h."""
    rows = flat(driven(seed, 0.5, 16, paths, terms, size=m, matrix=True, areas=True))
    return rows[:, :m] / math.sqrt(0.5), rows[:, m:] / 0.5


def psi(terms):
    return float(special.polygamma(1, terms + 1))


def characteristic(u, k, terms):
    """E cos(u A + k w), h = 1, areas cut after `terms`: term r is X^T U (Y - sqrt(2) w)/r, U
    antisymmetric, all normal.
    """
    unit, U = np.eye(len(k)), np.zeros((len(k), len(k)))
    U[np.triu_indices(len(k), 1)] = u
    S = (U - U.T).T @ (U - U.T) / (2 * math.pi) ** 2
    Q, log = psi(terms) * S, -0.5 * psi(terms) * np.trace(S)
    for r in range(1, terms + 1):
        Q = Q + np.linalg.solve(unit + S / r**2, S / r**2)
        log -= 0.5 * np.linalg.slogdet(unit + S / r**2)[1]
    M = unit + 2.0 * Q
    return math.exp(log - 0.5 * np.dot(k, np.linalg.solve(M, k))) / math.sqrt(np.linalg.det(M))


def area_of(integrals):
    """Areas above the diagonal, on the last axis."""
    j, k = np.triu_indices(integrals.shape[-1], 1)
    return 0.5 * (integrals[..., j, k] - integrals[..., k, j])


@pytest.mark.parametrize("terms", [0, 1, 5])
def test_the_areas_have_their_moments_given_the_increments_for_every_number_of_terms(
    terms, rng_seed
):
    w, A = drawn(rng_seed, 3, terms)
    j, k = np.triu_indices(3, 1)
    excess = (
        A**2 - (1.0 + w[:, j] ** 2 + w[:, k] ** 2) / 12.0
    )  # 0 given w, so orthogonal to every function of it
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
    n, h, paths, layout = (
        8,
        0.125,
        800 * LANES,
        drivers.Layout(2, True, second=True, areas=True, loose=True),
    )
    fine = driven(rng_seed, h, n, paths, **dataclasses.asdict(layout))
    rule, rows, length = drivers.merging(layout), fine.copy(), h
    merge = kernel(lambda left, now, h: rule(left, now, h))
    while len(rows) > 1:
        for left, now in zip(rows[::2], rows[1::2]):
            for first in range(0, paths, LANES):
                mine = np.ascontiguousarray(now[:, first : first + LANES])
                merge(np.ascontiguousarray(left[:, first : first + LANES]), mine, length)
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
    H = (
        J - 0.5 * W
        # E[A | dW, I10] = H_1 W_2 - H_2 W_1, of variance 1/6; a finest step draws I10 and A apart: less
        # h^2/6
    )
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
        z, w = (
            block_normals(W.key, LEVY_AREA, k, (paths, 6 + 2 * m * terms))[p],
            W.increments[p, k] / math.sqrt(h),
        )
        X, Y = z[6:].reshape(terms, 2, m).swapaxes(0, 1)
        series = sum(turn @ np.kron(X[r], Y[r] - math.sqrt(2) * w) / (r + 1) for r in range(terms))
        sigma = (
            turn @ np.kron(np.eye(m), np.eye(m) + 2 * np.outer(w, w)) @ turn.T
        )  # of one term's X Y^T - Y X^T, given w
        wedge, alpha = (
            turn @ np.kron(w[:, None], np.eye(m)),
            math.sqrt(1 + w @ w),
        )  # P -> w_j P_k - w_k P_j
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
    """E (sqrt(V) - sqrt(E V))^2 for V = sum_(r>terms) |Y_r - sqrt(2) w|^2/r^2 in the plane, |w|^2 =
    radius, from E exp(-sV).
    """
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
            n, proved = (
                levy_area_terms(1e-3, 0.1, dim, method),
                constant * math.sqrt(dim) * 0.1 / math.pi,
            )
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
    for method, n in (
        ("mrongowius_roessler", 5),
        ("wiktorsson", 10),
    ):  # constant sqrt(2/h)/pi, h the shortest step
        assert_same_bits(*(double_integrals(W, method=method, **how) for how in ({}, {"terms": n})))


V, T, nan = ValueError, TypeError, math.nan
W1, W2 = (sc.brownian(n=4, paths=2, dim=m, key=1, store=False) for m in (1, 2))
TIED = sc.brownian(n=4, dim=2, correlation=[[1.0, 0.5], [0.5, 1.0]], key=1, store=False)
HUGE = sc.brownian(n=10**7, paths=10**7, dim=2, key=1, store=False)
BAD = {
    "an array": bad(lambda: double_integrals(np.zeros((2, 4, 2))), T, r"W=array"),
    "one component": bad(lambda: double_integrals(W1), V, r"W has dim=1: 2 components"),
    "refined": bad(
        lambda: double_integrals(W2.refine(2)),
        V,
        r"W was refined or coarsened.*draw it on this grid",
    ),
    "correlated": bad(lambda: double_integrals(TIED), V, r"W has correlated components.*L I L\^T"),
    "memory": bad(
        lambda: double_integrals(HUGE), V, r"double integrals .*bytes.*fewer paths or steps"
    ),
    "lam": bad(lambda: double_integrals(W2, lam=2.0), V, r"lam=2\.0"),
    "method": bad(
        lambda: double_integrals(W2, method="milstein"), V, r"method='milstein'.*'wiktorsson'"
    ),
    "error and terms": bad(
        lambda: double_integrals(W2, error=0.1, terms=2), V, r"error=0\.1 and terms=2"
    ),
    "terms a float": bad(lambda: double_integrals(W2, terms=2.0), T, r"terms=2\.0.*write terms=2"),
    "terms too many": bad(
        lambda: double_integrals(W2, terms=10**7), V, r"terms=10000000 must be at most 4194303"
    ),
    "error zero": bad(
        lambda: double_integrals(W2, error=0.0), V, r"error=0\.0 must be greater than 0"
    ),
    "error tiny": bad(
        lambda: double_integrals(W2, error=1e-12),
        V,
        r"error=1e-12 on steps of h=0\.25 .*allow a larger error",
    ),
    "workers": bad(lambda: double_integrals(W2, workers=0), V, r"workers=0"),
    "terms: h": bad(lambda: levy_area_terms(0.1, -1.0), V, r"h=-1\.0"),
    "terms: dim": bad(lambda: levy_area_terms(0.1, 1.0, 1), V, r"dim=1 must be at least 2"),
    "terms: method": bad(lambda: levy_area_terms(0.1, 1.0, 2, 3), V, r"method=3"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_by_name_and_value_before_anything_is_compiled(case):
    call, kind, pattern = BAD[case]
    before = compilations()
    with pytest.raises(kind, match=pattern) as caught:
        call()
    assert caught.type is kind
    assert compilations() <= before
    assert len(str(caught.value)) < 400
