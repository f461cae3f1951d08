"""What fills the noise buffer: exactly sqrt(dt) z, sqrt(dt) L z, the stored array, the nodes of the
bridge tree.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from evidence import Rejected, assert_same_bits, seed
from leaf_calls import kernel

from stochcalc.engine.loop.numpy_march import draw_block
from stochcalc.engine.random.fills import (
    TREE_SIZE,
    fill_correlated,
    fill_normals,
    midpoint,
    pack_fills,
)
from stochcalc.engine.random.normal import normal
from stochcalc.engine.random.normal_arrays import block_normals, path_normals
from stochcalc.engine.random.philox import (
    BRIDGE_NODES,
    INCREMENTS,
    SPACE_TIME_AREA,
    make_key,
)
from stochcalc.engine.random.sources import (
    NO_FLOATS,
    NO_IDS,
    NO_TABLE,
    Beside,
    Extra,
    KeyedNoise,
    Nodes,
    StoredNoise,
    as_ids,
    cut_source,
)
from stochcalc.engine.statistics import LANES
from stochcalc.motion.brownian import brownian

FACTOR = np.array([[1.0, 0.0, 0.0], [0.6, 0.8, 0.0], [-0.3, 0.1, 0.95]])


def filled(source, k, count, first=0, paths=LANES, capacity=None):
    """Return the buffer (steps, rows, lanes) of `count` steps from k on, nan where untouched.

    Its lanes are the paths from `first` on.
    """
    buffer = np.full((capacity or count + count % 2, max(source.size, 1), LANES), np.nan)
    fills = source.open(first, first + paths)
    draw_block()(pack_fills(fills), first, k, count, buffer)
    return buffer


@kernel
def _normals(first, index, component, purpose, key, out):
    for lane in range(len(out)):
        out[lane] = normal(first + lane, index, component, purpose, key)


def normals(key, index, component=0, purpose=INCREMENTS, first=0):
    out = np.empty(LANES)
    _normals(
        np.uint64(first),
        np.uint64(index),
        np.uint64(component),
        np.uint64(purpose),
        np.uint64(key),
        out,
    )
    return out


def table(key, steps, dim, first=0, k=0, purpose=INCREMENTS):
    """z of `steps` steps, shape (steps, dim, lanes)."""
    return np.array(
        [[normals(key, k + j, i, purpose, first) for i in range(dim)] for j in range(steps)]
    )


def steps_of(n):
    return np.random.default_rng(seed("steps")).uniform(0.01, 0.3, n)


@pytest.mark.parametrize("dim, first", [(0, 0), (1, 256), (3, 0), (2, 2**32 - 256)])
def test_increments_are_the_root_of_the_step_times_the_normal(rng_seed, dim, first):
    key, steps = make_key(rng_seed), steps_of(8)
    got = filled(KeyedNoise(key, steps, dim), 2, 4, first)
    z = table(key, 4, max(dim, 1), first, 2)
    assert_same_bits(got, np.sqrt(steps)[2:6, None, None] * z)
    for broken in (
        steps[2:6, None, None] * z,
        np.sqrt(steps)[1:5, None, None] * z,
        np.sqrt(steps)[2:6, None, None] * z[::-1],
    ):
        with pytest.raises(Rejected):
            assert_same_bits(got, broken)


@pytest.mark.parametrize("dim, factor", [(0, None), (3, None), (3, FACTOR)])
@pytest.mark.parametrize("n", [1, 5, 7])
def test_an_odd_number_of_steps_reads_and_writes_nothing_else(rng_seed, dim, factor, n):
    key, steps = make_key(rng_seed), steps_of(n + 1)
    odd = filled(KeyedNoise(key, steps[:n], dim, factor), 0, n, capacity=10)
    even = filled(KeyedNoise(key, steps, dim, factor), 0, n + 1, capacity=10)
    assert_same_bits(odd[:n], even[:n])
    assert np.isnan(odd[n + 1 :]).all() and np.isfinite(odd[:n]).all()


def test_steps_drawn_tile_by_tile_are_the_steps_drawn_at_once(rng_seed):
    source = KeyedNoise(make_key(rng_seed), steps_of(12), 3, FACTOR)
    at_once = filled(source, 0, 12)
    assert_same_bits(np.concatenate([filled(source, k, 4) for k in (0, 4, 8)]), at_once)
    assert_same_bits(np.concatenate([filled(source, k, 4) for k in (8, 4, 0)][::-1]), at_once)


def apply(factor, z, roots):
    """roots * (L z), each row summed from left to right: z has shape (steps, dim, lanes)."""
    out = np.empty_like(z)
    for i in range(len(factor)):
        total = factor[i, 0] * z[:, 0]
        for j in range(1, i + 1):
            total = total + factor[i, j] * z[:, j]
        out[:, i] = roots[:, None] * total
    return out


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_correlated_increments_are_exactly_the_factor_times_the_normals(rng_seed, dim):
    key, steps, factor = make_key(rng_seed), steps_of(6), FACTOR[:dim, :dim].copy()
    got = filled(KeyedNoise(key, steps, dim, factor), 2, 4, first=512)
    z = table(key, 4, dim, first=512, k=2)
    assert_same_bits(got, apply(factor, z, np.sqrt(steps[2:])))
    if dim == 3:
        used_up = z.copy()
        for i in range(
            dim
        ):  # from the first row down in place: the rows above are no normals any more
            used_up[:, i] = apply(factor, used_up, np.ones(4))[:, i]
        for broken in (
            apply(factor.T.copy(), z, np.sqrt(steps[2:])),
            np.sqrt(steps[2:])[:, None, None] * used_up,
        ):
            with pytest.raises(Rejected):
                assert_same_bits(got, broken)


@dataclass(frozen=True)
class Unscaled:
    """Correlated normals L z, as the drivers beside the increments have them: with one root."""

    key: int
    size: int = 3

    def open(self, first, last):
        ids = as_ids(self.key, INCREMENTS, 0, self.size)
        return (
            (0, fill_normals(), ids, NO_FLOATS, NO_TABLE),
            (0, fill_correlated(), NO_IDS, NO_FLOATS, FACTOR[None]),
        )


def test_correlated_normals_without_steps_are_the_factor_times_the_normals(rng_seed):
    key = make_key(rng_seed)
    got = filled(Unscaled(key), 2, 4, first=512)
    z = table(key, 4, 3, first=512, k=2)
    assert_same_bits(got, apply(FACTOR, z, np.ones(4)))
    with pytest.raises(Rejected):
        assert_same_bits(got, apply(FACTOR, z, np.full(4, 1.01)))


def test_a_motion_with_correlation_uses_the_lower_cholesky_factor(rng_seed):
    correlation = np.array([[1.0, 0.5, 0.2], [0.5, 1.0, -0.3], [0.2, -0.3, 1.0]])
    W = brownian(n=4, T=1.0, paths=LANES, dim=3, correlation=correlation, rng=rng_seed)
    due = apply(np.linalg.cholesky(correlation), table(W.key, 4, 3), np.full(4, 0.5))
    assert_same_bits(W.increments, np.moveaxis(due, -1, 0).copy())
    # The factor is no chance product of the test: L L^T is the matrix.
    np.testing.assert_allclose(
        np.linalg.cholesky(correlation) @ np.linalg.cholesky(correlation).T, correlation, atol=1e-15
    )


@pytest.mark.parametrize(
    "first, offset, paths", [(0, 0, 256), (256, 0, 512), (512, 512, 256), (256, 256, 100)]
)
def test_stored_increments_come_back_as_they_are(first, offset, paths):
    dW = np.random.default_rng(seed()).standard_normal((paths, 6, 2))
    got = filled(StoredNoise(dW, 2, offset), 2, 4, first)
    rows = np.minimum(
        first - offset + np.arange(LANES), paths - 1
    )  # lanes beyond the last path repeat it
    assert_same_bits(got, np.moveaxis(dW[rows, 2:6], 0, -1).copy())
    with pytest.raises(Rejected):
        assert_same_bits(got, np.moveaxis(dW[rows, 1:5], 0, -1).copy())


def test_a_stored_motion_fills_what_the_streamed_one_draws(rng_seed):
    W = brownian(n=6, paths=LANES, dim=2, rng=rng_seed)
    stored = StoredNoise(W.increments, 2)
    assert_same_bits(filled(stored, 0, 6), filled(W.noise(), 0, 6))


def test_a_read_only_array_is_read_and_stays_read_only():
    dW = np.ones((LANES, 2, 1))
    dW.flags.writeable = False
    assert_same_bits(filled(StoredNoise(dW), 0, 2), np.ones((2, 1, LANES)))
    assert not dW.flags.writeable


@pytest.mark.parametrize("k", [0, 1, 1000, 2**25 - 1])
def test_bridge_nodes_are_the_normals_at_their_place_in_the_heap(rng_seed, k):
    key, nodes = make_key(rng_seed), (1, 2, 3, 7, 12345, TREE_SIZE - 1)
    got = filled(Nodes(key, 1 << 20, nodes), k, 1, first=256)[0]
    due = [normals(key, k * TREE_SIZE + node, purpose=BRIDGE_NODES, first=256) for node in nodes]
    assert_same_bits(got, np.array(due))
    for broken in (
        [normals(key, k * TREE_SIZE + node, purpose=INCREMENTS, first=256) for node in nodes],
        [
            normals(key, k * TREE_SIZE + (node ^ 1), purpose=BRIDGE_NODES, first=256)
            for node in nodes
        ],
        [
            normals(key, k * TREE_SIZE + node // 2, purpose=BRIDGE_NODES, first=256)
            for node in nodes
        ],
    ):
        with pytest.raises(Rejected):
            assert_same_bits(got, np.array(broken))


def test_no_node_is_shared_between_levels_steps_or_paths(rng_seed):
    nodes = tuple(range(1, 64))
    several = filled(Nodes(make_key(rng_seed), 4, nodes), 0, 4)
    assert len(np.unique(several)) == 4 * len(nodes) * LANES


def test_the_middle_of_the_path_uses_node_one_of_each_step(rng_seed):
    W = brownian(2.0, 8, paths=LANES, rng=rng_seed)
    z = filled(Nodes(W.key, 8, (1,)), 0, 8)[:, 0].T
    assert_same_bits(
        W.at(W.t[:-1] + 0.125), midpoint.py_func(W.values[:, :-1], W.values[:, 1:], 0.25, z)
    )


def test_normals_of_another_purpose_stand_beside_the_increments(rng_seed):
    key, steps = make_key(rng_seed), steps_of(4)
    both = Beside(KeyedNoise(key, steps, 2), Extra(key, SPACE_TIME_AREA, 3))
    got = filled(both, 0, 4, first=256)
    assert both.size == 3
    assert_same_bits(got[:, :2], filled(KeyedNoise(key, steps, 2), 0, 4, first=256))
    assert_same_bits(
        got[:, 2], np.array([normals(key, j, 3, SPACE_TIME_AREA, 256) for j in range(4)])
    )
    assert len(np.unique(got)) == got.size


def test_a_plain_float_of_noise_counts_as_one_row_beside_another(rng_seed):
    key = make_key(rng_seed)
    both = Beside(Beside(KeyedNoise(key, steps_of(2)), Nodes(key, 2, (1, 3))), Nodes(key, 2, (2,)))
    got = filled(both, 0, 2)
    assert both.size == 4
    assert_same_bits(got[:, 1:], filled(Nodes(key, 2, (1, 3, 2)), 0, 2))


def test_a_part_of_two_sources_has_the_same_rows_in_the_same_order():
    increments = np.random.default_rng(1).standard_normal((3 * LANES, 4, 1))
    one = StoredNoise(increments, 1)
    two = StoredNoise(2.0 * increments, 1)
    both = Beside(one, two)
    part = both.cut(LANES, 2 * LANES)
    assert_same_bits(filled(both, 0, 4, first=LANES), filled(part, 0, 4, first=LANES))
    assert len(part.first.increments) == len(part.second.increments) == LANES
    drawn = Beside(KeyedNoise(1, np.ones(4)), Extra(1, SPACE_TIME_AREA))
    assert drawn.cut(LANES, 2 * LANES) is drawn  # what is made from a key has no arrays
    assert cut_source(one, 0, LANES).increments.shape == (LANES, 4, 1)
    assert cut_source(drawn.first, 0, LANES) is drawn.first


@pytest.mark.parametrize("indices", [1, 2, 5, 6])
def test_arrays_of_normals_have_the_normal_of_each_name(rng_seed, indices):
    key = make_key(rng_seed)
    rows = path_normals(key, SPACE_TIME_AREA, 512, (4, indices), component=2)
    block = block_normals(key, SPACE_TIME_AREA, indices, (4, 3))
    for index in range(indices):
        due = normals(key, index, 2, SPACE_TIME_AREA, first=512)[:4]
        assert_same_bits(np.ascontiguousarray(rows[:, index]), due)
    for component in range(3):
        due = normals(key, indices, component, SPACE_TIME_AREA)[:4]
        assert_same_bits(np.ascontiguousarray(block[:, component]), due)
