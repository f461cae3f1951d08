"""Stored numbers are collected in sheets: whatever is kept, each is found at its place."""

from __future__ import annotations

import numpy as np
import pytest
from evidence import assert_same_bits

import stochcalc as sc
from stochcalc.engine.loop.sinks import count_sheet


@pytest.mark.parametrize("kept", [1, 2, 3, 8, 17, 130, 1000])
def test_a_sheet_holds_whole_eights_of_times(kept):
    times = count_sheet(kept)
    assert times % 8 == 0
    assert 8 <= times <= 64
    assert kept * times <= 128 or times == 8


NUMBER = sc.SDE(lambda t, x: -x, lambda t, x: 0.1 * x)
THREE = sc.SDE(
    lambda t, x: (-x[1], -x[2], -x[0]),
    lambda t, x: (0.1 * x[0], 0.2 * x[1], 0.3 * x[2]),
    noise="diagonal",
)
ARRAYS = sc.SDE(lambda t, x: -x, lambda t, x: 0.1 * x, noise="diagonal", vectorized=True)
STARTS = {"number": 1.0, "three": [1.0, 2.0, 3.0], "arrays": np.arange(17.0)}


@pytest.mark.parametrize(
    "name, sde", [("number", NUMBER), ("three", THREE), ("arrays", ARRAYS)], ids=STARTS
)
@pytest.mark.parametrize("n", [62, 63, 64, 129])
def test_states_at_all_times_are_those_at_each_time_alone(name, sde, n):
    """The last state alone never fills a sheet."""
    call = {"n": n, "paths": 259, "key": 3}
    stored = sc.solve(sde, STARTS[name], 1.0, **call)
    moments = sc.solve(sde, STARTS[name], 1.0, save="stats", **call)
    last = sc.solve(sde, STARTS[name], 1.0, save="last", **call)
    assert_same_bits(np.ascontiguousarray(stored.x[:, -1]), np.ascontiguousarray(last.x[:, 0]))
    np.testing.assert_allclose(stored.x.mean(axis=0), moments.mean, rtol=1e-12, atol=1e-12)
    for path in (0, 258):
        assert_same_bits(stored.x[path], stored.replay(path).x[0])
