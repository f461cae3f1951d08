"""Brownian motion in any number of components compiles nothing that two did not compile."""

from __future__ import annotations

import numpy as np
import pytest
from evidence import assert_same_bits

import stochcalc as sc
from stochcalc.engine.compiler.pointers import compilations, loads

TIMES = (0.1, 0.25, 0.7)


def motion(dim, rng_seed, **options):
    return sc.brownian(1.0, 4, paths=3, dim=dim, rng=rng_seed, **options)


def all_views(dim, rng_seed, **options):
    """Everything that a motion can be asked for, each of shape (paths, times, dim)."""
    W = motion(dim, rng_seed, **options)
    fine = W.refine(3)
    found = {
        "values": W.values,
        "increments": W.increments,
        "refined": fine.values,
        "refined increments": fine.increments,
        "coarse": W.coarsen(2).values,
        "coarse increments": W.coarsen(2).increments,
        "refined and coarse": fine.coarsen(4).values,
        "at": W.at(TIMES),
    }
    return {name: array.reshape(3, -1, dim) for name, array in found.items()}


def correlated(dim):
    """A correlation matrix: one half between any two components."""
    return np.full((dim, dim), 0.5) + 0.5 * np.eye(dim)


@pytest.fixture
def warm(rng_seed):
    """What one and two components need is in memory."""
    for dim in (1, 2):
        all_views(dim, rng_seed)
        all_views(dim, rng_seed, correlation=correlated(dim))


def fetched():
    """Functions that were compiled or taken from disk so far."""
    return compilations() + loads()


def test_brownian_motion_in_one_to_a_thousand_components_compiles_nothing(warm, rng_seed):
    before = fetched()
    largest = sc.brownian(1.0, 2, dim=1000, rng=rng_seed).values
    for dim in range(1, 1001):
        values = sc.brownian(1.0, 2, dim=dim, rng=rng_seed).values
        assert_same_bits(values.reshape(1, 3, dim), largest[..., :dim])
    assert fetched() == before


@pytest.mark.parametrize("dim", [1, 2, 7, 100, 1000])
def test_refined_coarse_and_intermediate_values_compile_nothing(dim, warm, rng_seed):
    before = fetched()
    found = all_views(dim, rng_seed)
    assert fetched() == before
    alone = all_views(1, rng_seed)
    for name, array in found.items():
        assert_same_bits(array[..., :1], alone[name])


@pytest.mark.parametrize("dim", [3, 7, 100])
def test_correlated_components_compile_nothing(dim, warm, rng_seed):
    before = fetched()
    found = all_views(dim, rng_seed, correlation=correlated(dim))
    assert fetched() == before
    alone = all_views(1, rng_seed)
    for name, array in found.items():
        assert_same_bits(array[..., :1], alone[name])
