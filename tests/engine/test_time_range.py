"""Times that equal a grid time up to rounding are taken for it, and no others."""

from __future__ import annotations

import numpy as np
import pytest

from stochcalc.engine.given_values import check_finite, read_size
from stochcalc.engine.time_range import snap, snap_to_ends


def test_times_are_moved_to_the_grid_if_they_are_a_rounding_away():
    grid = np.arange(11) / 10
    times = np.array([0.1 + 0.2, 0.7 - 1e-16, 0.35, 0.4 + 1e-12, 1.0])
    found = snap(times, grid)
    assert found[0] == grid[3] and found[1] == grid[7] and found[4] == 1.0
    assert found[2] == 0.35 and found[3] == 0.4 + 1e-12


def test_times_beyond_the_ends_are_moved_there_or_refused():
    assert snap_to_ends("t", np.array([1.0 + 2e-16]), 0.0, 1.0, "extend it")[0] == 1.0
    for wrong in (1.0 + 1e-12, -1e-12):
        with pytest.raises(ValueError, match=r"t=.*is outside.*extend it"):
            snap_to_ends("t", np.array([wrong]), 0.0, 1.0, "extend it")


def test_a_result_that_is_not_finite_is_refused_with_the_message():
    assert check_finite(2.5, "too large") == 2.5
    for bad in (np.inf, np.nan, np.array([1.0, -np.inf])):
        with pytest.raises(ValueError, match="too large"):
            check_finite(bad, "too large")


def test_a_size_is_any_positive_number_whose_square_is_a_float_and_0_where_that_is_one():
    for size in (1e-3, 1e-100, 5.0, 1e100):
        assert read_size("sigma", size, zero=False) == read_size("sigma", size) == size
    assert read_size("sigma", 0.0) == 0.0
    with pytest.raises(ValueError, match=r"sigma=0\.0 must be greater than 0"):
        read_size("sigma", 0.0, zero=False)
    for size in (1e-200, 1e200):
        with pytest.raises(ValueError, match="so that its square is a float"):
            read_size("sigma", size)
