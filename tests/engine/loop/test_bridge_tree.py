"""The path between its grid points is already there: no query changes it, and it has the law of a
Brownian bridge.
"""

from __future__ import annotations

import numpy as np
import pytest
from evidence import assert_law, assert_mean, assert_same_bits, must_reject, seed
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import stochcalc as sc

CORRELATION = [[1.0, -0.6], [-0.6, 1.0]]


@st.composite
def motions(draw, store=None):
    """Motions on grids of every kind, in one or two components, in one block of paths or two."""
    T, n, key = (
        draw(st.sampled_from([1.0, 0.7, 300.0])),
        draw(st.integers(1, 9)),
        draw(st.integers(0, 2**64 - 1)),
    )
    grid = draw(
        st.sampled_from(
            [
                sc.Partition.uniform(T, n),
                sc.Partition.uniform(T + 0.1, n, t0=0.1),
                sc.Partition.graded(T, n, 2.0),
                sc.Partition.random(T, n, rng=n),
                sc.Partition(np.append(-1.0, np.arange(n) / 3.0)),
            ]
        )
    )
    dim, paths = draw(st.sampled_from([1, 2])), draw(st.sampled_from([1, 3, 258]))
    correlation = CORRELATION if dim == 2 and draw(st.booleans()) else None
    keep = draw(st.booleans()) if store is None else store
    return sc.brownian(
        partition=grid, paths=paths, dim=dim, correlation=correlation, store=keep, key=key
    )


def times_in(W: sc.BrownianPaths) -> st.SearchStrategy[np.ndarray]:
    """Grid points, nodes of the tree, and anything between."""
    n = W.partition.n

    def time(cell, fraction):
        return min(float(W.t[cell] + fraction * W.partition.steps[cell]), float(W.t[-1]))

    fractions = st.one_of(
        st.sampled_from([0.0, 0.5, 0.25, 0.75, 0.375, 1 / 3, 0.3, 2.0**-24, 1.5 * 2.0**-24, 1.0]),
        st.floats(0.0, 1.0),
    )
    return st.lists(st.builds(time, st.integers(0, n - 1), fractions), min_size=1, max_size=12).map(
        np.array
    )


@given(st.data())
def test_queries_may_come_in_any_order_number_and_repetition(data):
    W = data.draw(motions())
    times = data.draw(times_in(W))
    shuffled = data.draw(st.permutations(range(len(times))))
    found = W.at(times)
    assert_same_bits(found[:, shuffled], W.at(times[list(shuffled)]))
    assert_same_bits(found[:, :3], np.stack([W.at(float(t)) for t in times[:3]], axis=1))
    assert_same_bits(np.concatenate([found, found], axis=1), W.at(np.tile(times, 2)))


@given(st.data())
def test_refining_and_coarsening_leave_the_path_at_every_time_as_it_was(data):
    W = data.draw(motions())
    times, fresh = (
        data.draw(times_in(W)),
        sc.brownian(partition=W.partition, paths=W.paths, dim=W.dim, key=W.key),
    )
    if W.factor is not None:
        fresh = sc.brownian(
            partition=W.partition, paths=W.paths, dim=2, correlation=CORRELATION, key=W.key
        )
    due, k = fresh.at(times), data.draw(st.integers(1, 6))
    divisor = data.draw(
        st.sampled_from([d for d in range(1, W.partition.n + 1) if W.partition.n % d == 0])
    )
    for derived in (
        W.refine(k),
        W.coarsen(divisor),
        W.refine(k).coarsen(k),
        W.coarsen(divisor).refine(k),
        W.refine(2).refine(k).coarsen(2),
    ):
        assert_same_bits(due, derived.at(times))
    assert_same_bits(due, W.at(times))


@given(motions(store=True), st.integers(1, 9))
def test_a_refinement_keeps_the_stored_values_and_is_the_path_at_its_times(W, k):
    fine = W.refine(k)
    assert_same_bits(fine.values[:, ::k], W.values)
    assert_same_bits(fine.values, W.at(fine.t))
    assert_same_bits(fine.increments, np.diff(fine.values, axis=1))
    assert_same_bits(fine.coarsen(k).values, W.values)
    np.testing.assert_allclose(
        fine.coarsen(k).increments, W.increments, rtol=0, atol=1e-12 * np.sqrt(W.t[-1] + 2)
    )


@given(motions(store=True), st.integers(0, 3), st.integers(0, 3))
def test_refining_twice_is_refining_once_by_the_product(W, a, b):
    once, twice = W.refine(2 ** (a + b)), W.refine(2**a).refine(2**b)
    np.testing.assert_allclose(once.t, twice.t, rtol=1e-15)
    assert_same_bits(once.values, twice.values)
    assert_same_bits(once.increments, twice.increments)


@pytest.mark.parametrize("t0", [0.0, 0.1, 1e3, 1.7e9])
@pytest.mark.parametrize("T", [1e-3, 0.7, 300.0, 1e6])
def test_refining_in_any_chain_is_refining_once_however_the_times_are_rounded(T, t0):
    """Times of seconds since 1970 are rounded by 2e-7, a thousandth of the finest steps here."""
    for n in (2, 7, 9):
        for share in (np.linspace(0.0, 1.0, n + 1), np.linspace(0.0, 1.0, n + 1) ** 2):
            times = t0 + T * share
            if np.diff(times).min() < 4096 * np.spacing(times[-1]):
                continue
            W = sc.brownian(partition=sc.Partition(times), paths=2, rng=seed())
            once = W.refine(16)
            for chain in ((2, 8), (8, 2), (4, 4), (2, 2, 2, 2)):
                fine = W
                for k in chain:
                    fine = fine.refine(k)
                assert_same_bits(once.values, fine.values)


@given(motions(store=True), st.integers(1, 4))
def test_coarsening_strides_values_and_sums_increments_left_to_right(W, k):
    fine = W.refine(2 * k)
    for base, by in ((fine, 2), (fine, k), (fine, 2 * k), (W, W.partition.n)):
        coarse = base.coarsen(by)
        assert_same_bits(coarse.values, base.values[:, ::by])
        assert_same_bits(coarse.t, base.t[::by])
        terms = base.increments.reshape(W.paths, -1, by, W.dim)
        total = terms[:, :, 0]
        for j in range(1, by):
            total = total + terms[:, :, j]
        assert_same_bits(coarse.increments.reshape(total.shape), total)


@given(st.data())
def test_a_streamed_motion_has_the_interior_of_the_stored_one(data):
    W = data.draw(motions(store=True))
    S = sc.BrownianPaths(W.partition, W.paths, W.dim, W.key, False, W.factor)
    times = data.draw(times_in(W))
    assert_same_bits(W.at(times), S.at(times))
    assert_same_bits(W.values, S.at(W.t))
    assert_same_bits(W.refine(3).at(times), S.refine(3).at(times))


def test_a_middle_is_found_although_its_time_is_rounded():
    W = sc.brownian(1.0, 10, paths=2, rng=seed())
    nodes = W.refine(2).values[:, 1::2]
    for k in range(10):
        for t in (0.1 * (k + 0.5), (k + 0.5) / 10, (2 * k + 1) / 20, 0.5 * (W.t[k] + W.t[k + 1])):
            assert_same_bits(W.at(t), nodes[:, k])


def test_below_the_last_level_the_path_is_the_straight_line(rng_seed):
    W = sc.brownian(1.0, 2, paths=6000, rng=rng_seed)
    cell = 2.0**-25
    increments = []
    for k in (1, 12_345, 2**24 - 1, 2**24, 2**25 - 2):
        left, quarter, right = W.at([k * cell, (k + 0.25) * cell, (k + 1) * cell]).T
        np.testing.assert_allclose(quarter, left + 0.25 * (right - left), rtol=0, atol=1e-15)
        increments.append((right - left) / np.sqrt(cell))
    squares = np.square(increments).ravel()
    assert_mean(squares, 1.0, detects=0.1)
    with must_reject("the straight line one level too early"):
        assert_mean(0.5 * squares, 1.0)  # half of a line over two cells


THETAS = [0.5, 0.25, 0.75, 1 / 3, 0.3, 1 - 2.0**-10, 3 * 2.0**-22, 0.625 + 2.0**-26]


def bridge_residuals(W: sc.BrownianPaths, theta: float) -> np.ndarray:
    """(W(t + theta dt) - line) / sqrt(theta (1 - theta) dt): standard normal given the ends, shape
    (paths, n).
    """
    D = W.partition.steps
    line = W.values[:, :-1] + theta * W.increments
    return (W.at(W.t[:-1] + theta * D) - line) / np.sqrt(theta * (1 - theta) * D)


@pytest.mark.parametrize("theta", THETAS)
def test_given_the_ends_the_interior_is_a_brownian_bridge(rng_seed, theta):
    W = sc.brownian(partition=sc.Partition.graded(1.0, 4, 1.5), paths=50_000, rng=rng_seed)
    r = bridge_residuals(W, theta)
    assert_law(r.ravel(), stats.norm, detects=0.015)
    assert_mean(r.ravel() ** 2, 1.0, detects=0.04)
    assert_mean(
        r * W.increments / np.sqrt(W.partition.steps), 0.0, sigmas=7, detects=0.06
    )  # whatever the ends are


def test_the_straight_line_in_place_of_the_bridge_is_rejected(rng_seed):
    W = sc.brownian(1.0, 4, paths=50_000, rng=rng_seed)
    line = 0.5 * (W.values[:, :-1] + W.values[:, 1:])
    with must_reject("linear interpolation"):
        assert_mean((line - W.values[:, :-1]).ravel() ** 2, 0.125)  # Var of half a step
    with must_reject("linear interpolation, in law"):
        assert_law((0.0 * line).ravel(), stats.norm)


def test_a_bridge_variance_off_by_one_percent_is_rejected(rng_seed):
    # z = 0.0099 sqrt(n/2): 20 take 8.2 million residuals, and 14 million leave room for chance
    squares = np.concatenate(
        [
            bridge_residuals(sc.brownian(1.0, 70, paths=50_000, rng=seed(f"part {i}")), 0.5).ravel()
            ** 2
            for i in range(4)
        ]
    )
    assert_mean(squares, 1.0, detects=0.0042)
    with must_reject("bridge variance x 1.01"):
        assert_mean(1.01 * squares, 1.0)


def test_all_points_of_the_tree_have_the_covariance_of_brownian_motion(rng_seed):
    W = sc.brownian(1.0, 2, paths=60_000, rng=rng_seed).refine(8)
    t, X = W.t[1:], W.values[:, 1:]
    i, j = np.triu_indices(len(t))
    assert_mean(X[:, i] * X[:, j], np.minimum(t[i], t[j]), sigmas=7, detects=0.08)
    z = W.increments * 4.0
    i, j = np.triu_indices(len(t), 1)
    assert_mean(z[:, i] * z[:, j], 0.0, sigmas=7, detects=0.06)
    assert_mean(z**2, 1.0, sigmas=7, detects=0.08)
    assert_law(z.ravel(), stats.norm, detects=0.01)


def test_one_node_used_at_two_levels_is_rejected(rng_seed):
    W = sc.brownian(1.0, 1, paths=100_000, rng=rng_seed)
    middle, quarter = W.at([0.5, 0.25]).T
    first = 2.0 * (middle - 0.5 * W.values[:, 1])
    second = (quarter - 0.5 * middle) * np.sqrt(8.0)
    assert_mean(first * second, 0.0, detects=0.05)
    assert_mean(quarter * W.values[:, 1], 0.25)
    with must_reject("the node of the middle used for the quarter too"):
        broken = 0.5 * middle + first / np.sqrt(8.0)
        assert_mean((2 * middle - W.values[:, 1]) * (broken - 0.5 * middle), 0.0)


def test_the_bridge_of_correlated_components_is_correlated(rng_seed):
    W = sc.brownian(1.0, 2, paths=100_000, dim=2, correlation=CORRELATION, rng=rng_seed)
    X = W.at([1 / 3, 0.625])
    line = np.stack([W.values[:, 1] * 2 / 3, 0.75 * W.values[:, 1] + 0.25 * W.values[:, 2]], axis=1)
    r = (X - line) / np.sqrt(np.array([2 / 9, 3 / 16]) * 0.5)[:, None]
    assert_mean(r[..., 0] * r[..., 1], -0.6, sigmas=7, detects=0.06)
    assert_mean(r**2, 1.0, sigmas=7)
    assert_mean(X[..., 0] * X[..., 1], -0.6 * np.array([1 / 3, 0.625]), sigmas=7)
    with must_reject("independent bridges"):
        assert_mean(r[:, 0, 0] * r[:, 0, 1], 0.0)


def test_at_has_the_shape_of_the_question(rng_seed):
    W, W2 = (sc.brownian(1.0, 4, paths=3, dim=d, rng=rng_seed) for d in (1, 2))
    assert (
        W.at(0.3).shape == (3,)
        and W.at([0.3]).shape == (3, 1)
        and W.at(np.array(0.3)).shape == (3,)
    )
    assert W2.at(0.3).shape == (3, 2) and W2.at([0.3, 0.4]).shape == (3, 2, 2)
    assert np.all(W.at(0.0) == 0.0)
    assert_same_bits(W.at(1.0), W.values[:, -1])
