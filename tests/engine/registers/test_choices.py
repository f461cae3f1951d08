"""Choices in registers: what is chosen has the bits it had, in compiled code and in NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from evidence import assert_same_bits
from leaf_calls import kernel
from numba.core.errors import TypingError

from stochcalc.engine.compiler.jit import leaf
from stochcalc.engine.registers.choices import choose, replace_item
from stochcalc.engine.registers.lane_columns import load, store

LANES = 256
inline = leaf(lambda a, b: choose(a[0] < b[0], a, b))
inline_numbers = leaf(lambda a, b: choose(a < b, a, 1.0))
put = leaf(lambda a: replace_item(a, 1, a[0] * 2.0))


@kernel
def choose_vectors(a, b, out):
    for lane in range(LANES):
        store(out, lane, inline(load(a, lane, 3), load(b, lane, 3)))


@kernel
def choose_numbers(a, b, out):
    for lane in range(LANES):
        store(out, lane, inline_numbers(load(a, lane, 0), load(b, lane, 0)))


@kernel
def put_number(a, out):
    for lane in range(LANES):
        store(out, lane, put(load(a, lane, 3)))


def test_a_lane_takes_one_vector_or_the_other_with_what_is_not_finite_in_it():
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, 3, LANES))
    a[1, :4] = np.nan, np.inf, -0.0, 5e-324
    b[2, :4] = -np.inf, 0.0, np.nan, -5e-324
    out = np.empty((3, LANES))
    choose_vectors(a, b, out)
    assert_same_bits(out, np.where(a[0] < b[0], a, b), choose(a[0] < b[0], a, b))
    assert 0 < (a[0] < b[0]).sum() < LANES
    numbers = np.empty((1, LANES))
    choose_numbers(a[:1].copy(), b[:1].copy(), numbers)
    assert_same_bits(numbers[0], choose(a[0] < b[0], a[0], 1.0))


def test_one_component_is_replaced_and_the_others_are_not():
    a = np.random.default_rng(1).standard_normal((3, LANES))
    out = np.empty((3, LANES))
    put_number(a, out)
    assert_same_bits(out, replace_item(a, 1, a[0] * 2.0))
    assert_same_bits(out[[0, 2]], a[[0, 2]])


@kernel
def mix(a, out):
    for lane in range(LANES):
        store(out, lane, choose(True, load(a, lane, 3), load(a, lane, 2)))


def test_states_of_two_sizes_are_no_choice():
    with pytest.raises(TypingError, match="choose"):
        mix(np.zeros((3, LANES)), np.zeros((3, LANES)))
