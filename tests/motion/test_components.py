"""A component, a reversal and given increments are Brownian motions like any other.

A component is the same path as the motion's own, to the bit, however it is reached.
"""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from evidence import assert_mean, assert_same_bits, must_reject, sample_size, seed

import stochcalc as sc

CORRELATION = [[1.0, 0.5, 0.2], [0.5, 1.0, -0.3], [0.2, -0.3, 1.0]]
CORRELATIONS = {"independent": None, "correlated": CORRELATION}


def make_motion(correlation, *, store=True, paths=300, n=24):
    return sc.brownian(
        2.0, n, paths=paths, dim=3, correlation=correlation, store=store, rng=seed("motion")
    )


@pytest.mark.parametrize("correlation", CORRELATIONS.values(), ids=CORRELATIONS)
def test_a_component_is_the_path_of_the_motion_to_the_bit(correlation):
    W = make_motion(correlation)
    streamed = make_motion(correlation, store=False)
    times = [0.0, 0.3, 1.111, 2.0]
    for i in range(3):
        w = W[i]
        assert (w.dim, w.paths, w.key) == (1, 300, W.key)
        assert_same_bits(w.values, W.values[..., i], W.component(i).values)
        assert_same_bits(w.increments, W.increments[..., i])
        assert_same_bits(w.at(times), W.at(times)[..., i])
        assert_same_bits(w.at(0.3), W.at(0.3)[..., i])
        assert_same_bits(w.refine(3).values, W.refine(3).values[..., i], W.refine(3)[i].values)
        assert_same_bits(
            w.coarsen(4).increments, W.coarsen(4).increments[..., i], W.coarsen(4)[i].increments
        )
        assert_same_bits(streamed[i].block(256, 300), w.values[256:])
        assert_same_bits(streamed[i].at(times), w.at(times))
        for view in (lambda v: v, lambda v: v.coarsen(4), lambda v: v.refine(2)):
            sums = sc.ito(lambda t, w: w, view(W[i]))
            assert_same_bits(sums, sc.ito(lambda t, w: w, view(streamed)[i]))


@pytest.mark.parametrize("correlation", CORRELATIONS.values(), ids=CORRELATIONS)
def test_a_component_keeps_its_bits_on_its_way_to_another_process(correlation):
    W = make_motion(correlation)
    assert_same_bits(pickle.loads(pickle.dumps(W[2])).values, W.values[..., 2])


def test_a_motion_is_the_sequence_of_its_components():
    W = make_motion(CORRELATION)
    values = [w.values for w in W]
    assert len(values) == 3
    assert_same_bits(W[-1].values, values[2])
    alone = sc.brownian(n=8, rng=1)
    assert alone[0] is alone
    assert [w is alone for w in alone] == [True]


def test_a_component_that_is_not_there_is_refused():
    W = make_motion(None)
    alone = sc.brownian(n=8, paths=5, rng=1)
    with pytest.raises(IndexError, match=r"W\[3\] and W has dim=3: .* W\[0\] to W\[2\]; a path"):
        W[3]
    with pytest.raises(IndexError, match=r"dim=1: .*a path is a row of W\.values"):
        alone[1]
    for wrong in (slice(2), True, 1.0, "0", (0, 1)):
        with pytest.raises(TypeError, match=r"W\[.*\] must be one component, W\[0\]: take"):
            W[wrong]
    assert_same_bits(W[np.int64(1)].values, W[1].values)
    with pytest.raises(ValueError, match="i=3 and W has dim=3"):
        W.component(3)
    with pytest.raises(TypeError, match="i=True"):
        W.component(True)
    with pytest.raises(ValueError, match=r"W has dim=3: one component is needed, such as W\[0\]"):
        sc.maximum(W)


def test_what_is_drawn_beside_the_increments_differs_between_components():
    W = make_motion(None)
    first = sc.observe(W[0], noise=1.0) - W[0].values
    second = sc.observe(W[1], noise=1.0) - W[1].values
    assert not np.isclose(first, second).any()
    above = sc.maximum(W[1]) - W[1].values.max(axis=1)
    assert (above >= 0.0).all()
    with pytest.raises(ValueError, match=r"sra1 takes more .* noise= is one component of another"):
        sc.solve(sc.models.ou(1.0, 0.0, 1.0), 0.0, noise=W[1], method="sra1")


def test_components_have_their_covariance():
    W = sc.brownian(
        2.0, 4, paths=sample_size(40_000), dim=2, correlation=[[1, 0.5], [0.5, 1]], rng=seed()
    )
    product = W[0].values[:, -1] * W[1].values[:, -1]
    assert_mean(product, 0.5 * 2.0, detects=0.2)
    with must_reject("the covariance of independent components"):
        assert_mean(product, 0.0)


@pytest.mark.parametrize("partition", [None, sc.Partition.graded(2.0, 24, 2.0)], ids=["eq", "gr"])
def test_a_motion_reversed_in_time_runs_back_from_its_end(partition):
    W = sc.brownian(2.0, 24, paths=40, dim=2, partition=partition, rng=seed())
    back = W.reversed()
    assert (back.t[0], back.t[-1]) == (W.t[0], W.t[-1])
    np.testing.assert_allclose(back.t, W.t[-1] - W.t[::-1], atol=1e-15)
    assert_same_bits(back.increments, np.ascontiguousarray(W.increments[:, ::-1]))
    assert_same_bits(back.values, W.values[:, -1:] - W.values[:, ::-1])
    assert_same_bits(back.at(back.t), back.values)
    assert_same_bits(back[1].values, W[1].reversed().values)
    inside = np.array([0.3, 0.77])
    np.testing.assert_allclose(
        back.at(inside), W.at([2.0])[:, [0, 0]] - W.at(2.0 - inside), atol=1e-12
    )
    assert back.reversed() is W
    streamed = sc.brownian(2.0, 24, paths=40, dim=2, partition=partition, store=False, rng=seed())
    assert_same_bits(streamed.reversed().block(0, 40), back.values)
    model = sc.models.gbm(0.1, 0.3)
    assert_same_bits(
        sc.solve(model, 1.0, noise=back[0]).x, sc.solve(model, 1.0, noise=streamed.reversed()[0]).x
    )


def test_given_increments_are_the_motion_that_has_them():
    W = make_motion(CORRELATION)
    own = sc.BrownianPaths.from_increments(W.increments, W.t)
    assert own.key is None
    assert_same_bits(own.values, W.values)
    assert_same_bits(own.increments, W.increments)
    assert_same_bits(own[1].values, W[1].values)
    assert_same_bits(own.coarsen(4).increments, W.coarsen(4).increments)
    assert_same_bits(own.reversed().values, W.reversed().values)
    assert_same_bits(own.at([2.0, 0.0]), W.at([2.0, 0.0]))
    assert_same_bits(sc.ito(lambda t, w: w, own[1]), sc.ito(lambda t, w: w, W[1]))
    model = sc.models.gbm(0.1, 0.3)
    ours = sc.solve(model, 1.0, noise=own[2], method="milstein")
    assert ours.key is None
    assert_same_bits(ours.replay(7).x, ours.x[7:8])
    assert_same_bits(ours.x, sc.solve(model, 1.0, noise=W[2], method="milstein").x)
    assert_same_bits(model.exact(own[2]), model.exact(W[2]))
    assert_same_bits(sc.maximum(own[0], continuous=False), sc.maximum(W[0], continuous=False))


def test_a_list_of_increments_is_one_path():
    own = sc.BrownianPaths.from_increments([0.5, -0.25], sc.Partition([1.0, 2.0, 4.0]))
    assert_same_bits(own.values, np.array([[0.0, 0.5, 0.25]]))
    assert_same_bits(own.t, np.array([1.0, 2.0, 4.0]))


def test_given_increments_refuse_what_is_not_known_of_them():
    own = sc.BrownianPaths.from_increments(np.ones((3, 4)), [0.0, 1.0, 2.0, 3.0, 4.0])
    for call, message in {
        lambda: own.at(0.5): "times=0.5 lies inside a step",
        lambda: own.refine(2): "k=2: this motion was given by its increments",
        lambda: sc.maximum(own): r"the maximum inside the steps .* was given by its increments",
        lambda: sc.observe(own, noise=1.0): "noise= of observations draws more numbers",
        lambda: sc.riemann_sum(lambda t, w: w, own, 0.5): "at='time' with lam=0.5",
        lambda: sc.solve(sc.models.ou(1.0, 0.0, 1.0), 0.0, noise=own, method="sra1"): (
            "noise= was given by its increments"
        ),
        lambda: sc.BrownianPaths.from_increments(np.ones((3, 4)), [0.0, 1.0]): (
            r"increments has shape \(3, 4\) and t has 2 times"
        ),
        lambda: sc.BrownianPaths.from_increments([np.nan], [0.0, 1.0]): r"increments\[0\]=nan",
    }.items():
        with pytest.raises(ValueError, match=message):
            call()
    assert_same_bits(own.refine(1).values, own.values)
