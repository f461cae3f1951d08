"""Kind G: the end time up to a rounding, and numbers printed too short to see why."""

from __future__ import annotations

import numpy as np
import pytest

import stochcalc as sc

NOISE = sc.SDE(lambda t, x: 0.0, lambda t, x: 1.0)
THIRD = 0.1 * 3  # 0.30000000000000004


def test_g1_the_last_saved_time_is_the_end_up_to_rounding():
    sol = sc.solve(NOISE, 0.0, 0.3, n=3, save=np.arange(0.1, 0.35, 0.1), rng=1)
    assert sol.t == pytest.approx([0.1, 0.2, 0.3], rel=1e-15)
    assert sol.t[-1] == 0.3 and sol.info["n"] == 3


@pytest.mark.parametrize(
    "ask, value",
    [
        (lambda t: sc.models.bridge(0.3, 2.0).mean(t, 1.0), 2.0),
        (lambda t: sc.models.bridge(0.3).var(t), 0.0),
        (
            lambda t: sc.brownian(0.3, 3, rng=1).at(t)[0] - sc.brownian(0.3, 3, rng=1).at(0.3)[0],
            0.0,
        ),
        (lambda t: sc.score.VE(0.1, 2.0, T=0.3).sigma(t), 2.0),
        (lambda t: float(sc.score.VP(T=0.3).noised(np.zeros(1), t, rng=1)[0]), None),
        (
            lambda t: (
                sc.first_passage(sc.models.ou(1.0, 0.0, 1.0), 0.0, -9.0, 0.3, n=3, rng=1)
                .law(t)
                .value
            ),
            0.0,
        ),
    ],
    ids=["bridge mean", "bridge variance", "at", "VE", "VP noised", "passage law"],
)
def test_g3_a_time_that_is_the_end_up_to_rounding_is_the_end_everywhere(ask, value):
    assert THIRD > 0.3
    assert ask(THIRD) == ask(0.3)
    if value is not None:
        assert ask(THIRD) == pytest.approx(value, abs=1e-15)
    with pytest.raises(ValueError, match=r"=0\.3000001 is outside \[0\.0, 0\.3\]"):
        ask(0.3000001)


def test_g3_an_end_before_the_start_is_shown_with_all_its_digits():
    with pytest.raises(ValueError, match=r"T=0\.3 must be greater than t0=0\.30000000000000004"):
        sc.solve(NOISE, 0.0, 0.3, t0=0.1 + 0.2)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: sc.solve(NOISE, 0.0, 1e15 + 1, t0=1e15, n=10),
        lambda: sc.Partition.uniform(1e15 + 1, 10, t0=1e15),
    ],
)
def test_g4_steps_below_the_spacing_of_floats_are_refused_with_the_remedy(ask):
    with pytest.raises(ValueError, match=r"0\.1 long.*0\.125 apart: count time from t0"):
        ask()
    assert sc.Partition.uniform(1.0, 10).n == 10  # the remedy: time counted from t0


def test_g4_steps_of_a_few_spacings_are_steps():
    assert len(set(np.diff(sc.Partition.uniform(1e15 + 8, 10, t0=1e15).times))) <= 3
