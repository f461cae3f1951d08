"""Vectors and matrices in registers: NumPy's arithmetic, to the bit, inside a loop over lanes."""

from __future__ import annotations

import numpy as np
import pytest
from assembly import of_dispatcher
from evidence import Rejected, assert_same_bits, seed
from leaf_calls import kernel

from stochcalc.engine.compiler.jit import leaf
from stochcalc.engine.registers.corrections import add_product
from stochcalc.engine.registers.lane_columns import load, store
from stochcalc.engine.registers.vec import mat, vec

LANES = 256


def numbers(*shape):
    """Numbers of all sizes, with zeros of both signs, infinities and a subnormal among them."""
    rng = np.random.default_rng(seed(str(shape)))
    x = rng.standard_normal(shape) * np.exp2(rng.integers(-20, 20, size=shape))
    x.reshape(-1)[:5] = 0.0, -0.0, np.inf, -np.inf, 5e-324
    return x


def in_lanes(expression, dim, *arrays):
    """Values of expression(lane's vectors) in a compiled loop over lanes, (dim or 1, LANES)."""
    inline = leaf(expression)

    @kernel
    def one(a, out):
        for lane in range(LANES):
            store(out, lane, inline(load(a, lane, dim)))

    @kernel
    def two(a, b, out):
        for lane in range(LANES):
            store(out, lane, inline(load(a, lane, dim), load(b, lane, dim)))

    out = np.full((max(dim, 1), LANES), np.nan)
    run = one if len(arrays) == 1 else two
    run(*arrays, out)
    return out, run


EXPRESSIONS = {
    "sum": lambda a, b: a + b,
    "difference": lambda a, b: a - b,
    "product": lambda a, b: a * b,
    "quotient": lambda a, b: a / b,
    "a number on the left": lambda a, b: 2.0 - b * 3.0 + 1.0 / a,
    "a number on the right": lambda a, b: (a - 2.0) / 4.0 * 0.5 + b,
    "an integer": lambda a, b: 2 * a + b / 3,
    "a step of Euler": lambda a, b: a + a * 0.01 + b * 0.1,
    "a step of Milstein": lambda a, b: a + 0.5 * a * b * (b * b - 0.01),
}


@pytest.mark.parametrize("dim", [0, 1, 3])
@pytest.mark.parametrize("name", EXPRESSIONS)
def test_an_expression_gives_the_bits_of_numpy(name, dim):
    a, b = numbers(max(dim, 1), LANES), numbers(LANES, max(dim, 1)).T.copy()
    with np.errstate(all="ignore"):
        due = EXPRESSIONS[name](a, b)
    got, _ = in_lanes(EXPRESSIONS[name], dim, a, b)
    finite = ~np.isnan(due)  # the sign of a NaN is nobody's promise
    assert_same_bits(got[finite], due[finite])
    assert np.isnan(got[~finite]).all() and finite.mean() > 0.95


def test_the_bits_tell_a_fused_product_from_two_roundings():
    a, b = numbers(3, LANES), numbers(3, LANES)[::-1].copy()
    with np.errstate(all="ignore"):
        fused = (a.astype(np.longdouble) + a.astype(np.longdouble) * b).astype(float)
    got, _ = in_lanes(lambda a, b: a + a * b, 3, a, b)
    with pytest.raises(Rejected):
        assert_same_bits(got, fused)


def test_negation_changes_every_sign():
    a = numbers(3, LANES)
    assert_same_bits(in_lanes(lambda a: -a, 3, a)[0], -a)


def test_a_component_can_be_read_by_number():
    a = numbers(3, LANES)
    got, _ = in_lanes(lambda a: vec((a[2], a[0], a[-2])), 3, a)
    assert_same_bits(got, a[[2, 0, 1]])


def test_a_vector_is_made_of_mixed_numbers():
    a = numbers(3, LANES)
    got, _ = in_lanes(lambda a: vec((1, a[1], 2.5)), 3, a)
    assert_same_bits(got, np.stack([np.ones(LANES), a[1], np.full(LANES, 2.5)]))


def test_a_matrix_times_a_vector_sums_from_left_to_right():
    a = numbers(3, LANES)
    a[~np.isfinite(a)] = 1.0
    table = ((1.5, 0.1, -2.0), (a[0], 1e8, 3))

    def product(v):
        return vec((0.0, 0.0, 0.0)) + 1.0 * pad(mat(((1.5, 0.1, -2.0), (v[0], 1e8, 3))) * v)

    @leaf
    def pad(v):
        return vec((v[0], v[1], 7.0))

    got, _ = in_lanes(product, 3, a)
    due = [(row[0] * a[0] + row[1] * a[1]) + row[2] * a[2] for row in table]
    assert_same_bits(got[:2], np.stack(due))
    other_order = [row[0] * a[0] + (row[1] * a[1] + row[2] * a[2]) for row in table]
    with pytest.raises(Rejected):
        assert_same_bits(got[:2], np.stack(other_order))


def test_a_matrix_can_be_scaled_before_it_is_applied():
    a = numbers(2, LANES)
    a[~np.isfinite(a)] = 1.0
    got, _ = in_lanes(lambda v: (0.5 * mat(((1.0, 2.0), (3.0, 4.0))) / 3.0) * v, 2, a)
    m = 0.5 * np.array([[1.0, 2.0], [3.0, 4.0]]) / 3.0
    assert_same_bits(got, np.stack([m[i, 0] * a[0] + m[i, 1] * a[1] for i in range(2)]))


@pytest.mark.parametrize("dim", [0, 3])
def test_plus_product_is_the_line_it_stands_for(dim):
    a, b = numbers(max(dim, 1), LANES), numbers(LANES, max(dim, 1)).T.copy()
    got, _ = in_lanes(lambda a, b: add_product(a, 0.25, b, a), dim, a, b)
    with np.errstate(all="ignore"):
        due = add_product(a, 0.25, b, a)
    assert_same_bits(got[~np.isnan(due)], due[~np.isnan(due)])
    assert add_product((1.0, 2.0), 0.5, (3.0, 4.0), (5.0, 6.0)) == (8.5, 14.0)


def test_vectors_of_different_lengths_do_not_add():
    with pytest.raises(Exception, match=r"(?i)no implementation|cannot"):
        in_lanes(lambda a: a + vec((1.0, 2.0)), 3, numbers(3, LANES))


def test_load_and_store_move_one_lane_and_leave_the_others():
    source, target = numbers(4, LANES), np.zeros((4, LANES))

    @kernel
    def three(source, target):
        store(target, 7, load(source, 5, 3))

    @kernel
    def one(source, target):
        store(target, 9, load(source, 6, 0) + 0.0)

    three(source, target)
    one(source, target)
    due = np.zeros((4, LANES))
    due[:3, 7], due[0, 9] = source[:3, 5], source[0, 6]
    assert_same_bits(target, due)


@pytest.mark.parametrize("dim", [0, 3])
def test_the_loop_over_lanes_is_packed(dim):
    a, b = numbers(max(dim, 1), LANES), numbers(max(dim, 1), LANES)
    _, run = in_lanes(EXPRESSIONS["a step of Milstein"], dim, a, b)
    found = of_dispatcher(run)
    assert found.packed >= 4 * max(dim, 1), found


def test_a_loop_of_unknown_length_in_every_lane_is_not_packed():
    def slow(a, b):
        while a > 1.0:
            a = a / 2.0 - b * b
        return a

    _, run = in_lanes(slow, 0, numbers(1, LANES), numbers(1, LANES) + 1.0)
    assert of_dispatcher(run).packed == 0
