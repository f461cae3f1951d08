"""Partitions: the points are where the formulas say, and refining keeps them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from evidence import assert_law, assert_same_bits, must_reject, seed
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import stochcalc as sc

ENDS = st.floats(1e-3, 1e3)
SIZES = st.integers(1, 200)


@given(ENDS, SIZES, st.floats(-10.0, 10.0))
def test_a_uniform_partition_has_equal_steps_and_ends_on_the_end_time_exactly(length, n, t0):
    T = t0 + length
    p = sc.Partition.uniform(T, n, t0=t0)
    assert p.n == n and p.times.shape == (n + 1,) and p.steps.shape == (n,)
    assert p.times[0] == t0 and p.times[-1] == T
    assert np.all(p.steps == (T - t0) / n) and p.mesh == (T - t0) / n
    assert_same_bits(p.times[:-1], t0 + np.arange(n) * ((T - t0) / n))
    np.testing.assert_allclose(
        np.diff(p.times), p.steps, rtol=0, atol=4 * np.spacing(max(abs(T), abs(t0)))
    )


def test_a_dyadic_partition_is_the_uniform_one_with_a_power_of_two():
    for level in (0, 1, 5, 10):
        assert_same_bits(
            sc.Partition.dyadic(3.0, level).times, sc.Partition.uniform(3.0, 2**level).times
        )


@given(ENDS, SIZES, st.sampled_from([0.5, 1.0, 2.0, 3.5]))
def test_a_graded_partition_follows_its_power(T, n, power):
    p = sc.Partition.graded(T, n, power)
    np.testing.assert_allclose(p.times, T * (np.arange(n + 1) / n) ** power, rtol=1e-14)
    assert p.times[0] == 0.0 and p.times[-1] == T
    assert p.mesh == np.diff(p.times).max()


def test_a_random_partition_is_cut_at_uniform_points(rng_seed):
    p = sc.Partition.random(2.0, 20_001, rng=rng_seed)
    assert (
        p.n == 20_001 and p.times[0] == 0.0 and p.times[-1] == 2.0 and np.all(np.diff(p.times) > 0)
    )
    assert_law(p.times[1:-1], stats.uniform(0.0, 2.0), detects=0.05)
    with must_reject("graded points, power 1.5", min_z=6.0):
        assert_law(sc.Partition.graded(2.0, 20_001, 1.5).times[1:-1], stats.uniform(0.0, 2.0))


def test_a_random_partition_is_named_by_its_seed():
    first, again, other = (
        sc.Partition.random(1.0, 50, rng=s).times for s in (seed("a"), seed("a"), seed("b"))
    )
    assert_same_bits(first, again)
    assert not np.isin(first[1:-1], other).any()
    assert_same_bits(
        first, sc.Partition.random(1.0, 50, rng=np.random.default_rng(seed("a"))).times
    )
    assert_same_bits(sc.Partition.random(1.0, 1).times, np.array([0.0, 1.0]))


def partitions() -> st.SearchStrategy[sc.Partition]:
    return st.one_of(
        st.builds(sc.Partition.uniform, ENDS, SIZES),
        st.builds(sc.Partition.graded, ENDS, SIZES, st.sampled_from([0.5, 1.5, 2.0])),
        st.builds(
            lambda T, n, s: sc.Partition.random(T, n, rng=s), ENDS, SIZES, st.integers(0, 2**32)
        ),
    )


@given(partitions(), st.integers(1, 8))
def test_refining_keeps_every_point_and_cuts_each_step_evenly(p, k):
    fine = p.refine(k)
    assert fine.n == k * p.n
    assert_same_bits(fine.times[::k], p.times)
    due = p.times[:-1, None] + np.arange(k) / k * np.diff(p.times)[:, None]
    np.testing.assert_allclose(
        fine.times[:-1], due.ravel(), rtol=1e-13, atol=4 * np.spacing(p.times[-1])
    )
    np.testing.assert_allclose(fine.mesh, p.mesh / k, rtol=1e-9)


@given(partitions(), st.integers(1, 8))
def test_coarsening_undoes_refining(p, k):
    back = p.refine(k).coarsen(k)
    assert_same_bits(back.times, p.times)
    np.testing.assert_allclose(back.steps, p.steps, rtol=1e-15)


def test_coarsening_joins_steps():
    p = sc.Partition([0.0, 1.0, 1.5, 4.0, 4.5, 7.0, 8.0])
    assert_same_bits(p.coarsen(3).times, np.array([0.0, 4.0, 8.0]))
    assert_same_bits(p.coarsen(2).steps, np.array([1.5, 3.0, 3.5]))
    assert sc.Partition.uniform(1.0, 12).coarsen(4).steps.tolist() == [1 / 3] * 3
    with pytest.raises(ValueError, match=r"k=4 .*divide n=6"):
        p.coarsen(4)


def test_a_partition_cannot_be_changed_from_outside():
    points = np.array([0.0, 1.0, 3.0])
    p = sc.Partition(points)
    points[1] = 2.0
    assert p.times.tolist() == [0.0, 1.0, 3.0] and p.steps.tolist() == [1.0, 2.0]
    for array in (p.times, p.steps):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 5.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        p.times = points


def test_points_may_be_integers_a_list_or_start_anywhere():
    p = sc.Partition([-2, 0, 5])
    assert p.times.dtype == np.float64 and p.n == 2 and p.mesh == 5.0
    assert repr(p) == "Partition([-2, 5], n=2, mesh=5)"
