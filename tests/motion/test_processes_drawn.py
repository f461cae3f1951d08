"""Processes have the same bits however their paths are made, and go where paths go."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from evidence import assert_same_bits

import stochcalc as sc

MAKERS = {
    "poisson": lambda **options: sc.poisson(5.0, **options),
    "compound": lambda **options: sc.poisson(5.0, jump=-0.5, deviation=0.3, **options),
    "coloured": lambda **options: sc.coloured_noise(0.3, size=2.0, **options),
    "telegraph": lambda **options: sc.telegraph_noise(0.3, size=2.0, **options),
    "fractional": lambda **options: sc.fractional_brownian(0.3, **options),
}


def make(name, **options):
    return MAKERS[name](**{"n": 12, "paths": 700, "key": 5, **options})


# ---- the same paths in every way


@pytest.mark.parametrize("name", MAKERS)
def test_stored_streamed_and_repeated_paths_are_the_same_bits(name):
    stored = make(name)
    assert stored.values.shape == (700, 13)
    for other in (make(name, workers=1), make(name, workers=3), copy.deepcopy(stored)):
        assert_same_bits(stored.values, other.values)
    streamed = make(name, store=False)
    travelled = pickle.loads(pickle.dumps(streamed))
    for first, last in ((0, 700), (256, 300), (512, 700), (256, 512)):
        assert_same_bits(stored.values[first:last], streamed.block(first, last))
        assert_same_bits(stored.values[first:last], travelled.block(first, last))
    more = make(name, paths=1000)
    assert_same_bits(stored.values, more.values[:700])
    assert not np.array_equal(stored.values, make(name, key=6).values)


@pytest.mark.parametrize("n", [300, 40_000])
def test_fractional_motion_in_several_strips_has_the_same_bits_path_by_path(n):
    stored = make("fractional", n=n, paths=261, workers=2)
    streamed = make("fractional", n=n, paths=261, store=False)
    assert_same_bits(stored.values[:100], streamed.block(0, 100))
    assert_same_bits(stored.values[256:], streamed.block(256, 261))
    assert_same_bits(np.diff(stored.values[:3, :2])[:, 0], stored.increments[:3, 0])


class SetLater:
    """A flag that is set once it has been looked at so many times."""

    def __init__(self, looks):
        self.looks = looks

    def __getitem__(self, place):
        self.looks -= 1
        return self.looks < 0


def test_fractional_motion_stops_inside_a_block():
    job = make("fractional", n=40_000, paths=256, store=False)._job(256)
    job.prepare()
    rows = np.full((256, 40_001), np.nan)
    job.compute(0, 1, rows, SetLater(4))
    written = np.isfinite(rows).all(axis=1)
    assert 1 <= written.sum() <= 4
    assert written[: written.sum()].all()


def test_views_of_one_long_path_take_the_memory_of_one_path():
    for maker in (sc.fractional_brownian, sc.coloured_noise):
        X = maker(0.3, n=2**16, paths=1, rng=1)
        result = 8 * (2**16 + 1)
        for view in (X.integral(), X.coarsen(2)):
            needed = sc.estimate_memory(lambda view=view: view.values)
            assert needed.peak < 4 * result + (10 << 20)


@pytest.mark.parametrize("name", MAKERS)
def test_first_values_are_those_of_the_paths(name):
    process = make(name)
    for first, last in ((0, 700), (256, 300), (512, 512)):
        starts = make(name, store=False).block_starts(first, last)
        assert_same_bits(starts, np.ascontiguousarray(process.values[first:last, 0]))


def test_one_long_path_of_fractional_motion_takes_the_memory_of_one_path():
    """It is not drawn as one of 256."""
    needed = sc.estimate_memory(sc.fractional_brownian, 0.3, n=10**6, paths=1, workers=1)
    assert needed.result == 8 * (10**6 + 1)
    assert needed.peak < 20 * needed.result
    values = make("fractional", n=2**17, paths=1).values
    assert values.shape == (1, 2**17 + 1)
    assert np.isfinite(values).all()


@pytest.mark.parametrize("name", MAKERS)
def test_increments_and_coarser_grids_are_those_of_the_values(name):
    process = make(name)
    sums = process.values[:, :1] + np.cumsum(process.increments, axis=1)
    np.testing.assert_allclose(sums, process.values[:, 1:], rtol=0, atol=1e-13)
    coarse = process.coarsen(3)
    assert_same_bits(coarse.values, np.ascontiguousarray(process.values[:, ::3]))
    assert coarse.t.tolist() == process.t[::3].tolist()
    with pytest.raises(ValueError, match="k=5 must divide n=12"):
        process.coarsen(5)


@pytest.mark.parametrize("name", MAKERS)
def test_a_process_is_an_integrator_and_an_integrand(name):
    """Sums with any lambda are NumPy's, whether the process is stored or streamed."""
    stored = make(name, n=64)
    streamed = make(name, n=64, store=False)
    W = sc.brownian(n=64, paths=700, key=9)
    d = np.diff(stored.values, axis=1)
    for lam in (0.0, 0.3, 1.0):
        for path, against in ((stored.values, None), (W.values, stored)):
            f = path**2
            due = np.sum(((1 - lam) * f[:, :-1] + lam * f[:, 1:]) * d, axis=1)
            kept = W if against is not None else stored
            made = W if against is not None else streamed
            other = streamed if against is not None else None
            one = sc.riemann_sum(lambda t, x: x * x, kept, lam, at="value", against=against)
            two = sc.riemann_sum(lambda t, x: x * x, made, lam, at="value", against=other)
            np.testing.assert_allclose(one, due, rtol=1e-12, atol=1e-12)
            assert_same_bits(one, two)


@pytest.mark.parametrize("name", MAKERS)
def test_variations_and_expectations_take_a_process(name):
    stored = make(name)
    streamed = make(name, store=False)
    squares = np.sum(np.diff(stored.values, axis=1) ** 2, axis=1)
    for process in (stored, streamed):
        np.testing.assert_allclose(sc.quadratic_variation(process).value, squares, rtol=1e-13)
        moments = sc.expectation(lambda x: x[:, -1], process)
        assert moments.mean == pytest.approx(stored.values[:, -1].mean(), rel=1e-13, abs=1e-15)
    with pytest.raises(ValueError, match=r"values need 72,800 bytes.*store=True"):
        _ = streamed.values
    assert make(name).plot().lines
