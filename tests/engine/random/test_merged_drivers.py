"""Drivers of three noises are merged pair by pair, and names fit the counter to their ends."""

from __future__ import annotations

import numpy as np
import pytest
from evidence import assert_same_bits
from leaf_calls import kernel

from stochcalc.engine.random import driver_merge
from stochcalc.engine.random.layout import Layout
from stochcalc.engine.random.philox import PATHS
from stochcalc.engine.random.sources import KeyedNoise
from stochcalc.engine.statistics import LANES


def test_names_fit_the_counter_up_to_the_last_path():
    noise = KeyedNoise(1, np.ones(4))
    assert len(noise.open(PATHS - 256, PATHS)) == 1
    with pytest.raises(ValueError, match="path="):
        noise.open(PATHS - 255, PATHS + 1)


def test_the_drivers_of_two_steps_of_three_noises_are_merged_pair_by_pair():
    """Chen's rule for each of the three areas, in the order (0, 1), (0, 2), (1, 2)."""
    layout = Layout(size=3, matrix=True, areas=True)
    rows = layout.rows
    left, now = np.random.default_rng(1).standard_normal((2, rows, LANES))
    merged = now.copy()
    merge = kernel(lambda left, now, h, shape: driver_merge.merge(left, now, h, shape))
    merge(left, merged, 0.5, layout.shape)
    assert_same_bits(merged[:3], left[:3] + now[:3])
    first = layout.first_area
    for p, (i, j) in enumerate(((0, 1), (0, 2), (1, 2))):
        chord = left[i] * now[j] - left[j] * now[i]
        due = left[first + p] + now[first + p] + 0.5 * chord
        np.testing.assert_allclose(merged[first + p], due, rtol=1e-14, atol=1e-15)
