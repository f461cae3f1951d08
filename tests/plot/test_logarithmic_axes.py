"""Ticks are at the steps that were run and at round numbers; reference lines have their slopes."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from pictures import results

from stochcalc.plot import save
from stochcalc.plot.convergence import reference_slopes
from stochcalc.plot.scales import tick_round_numbers, write_step


@pytest.fixture(autouse=True)
def closed():
    """No figure of a test is left open."""
    before = plt.get_fignums()
    yield
    for number in set(plt.get_fignums()) - set(before):
        plt.close(number)


def test_ticks_are_at_the_steps_and_at_round_numbers():
    ax = results()["study"].plot()
    ax.figure.canvas.draw()
    assert [text.get_text() for text in ax.get_xticklabels()] == ["1/64", "1/32", "1/16", "1/8"]
    shown = [text.get_text() for text in ax.get_yticklabels() if text.get_text()]
    assert len(shown) >= 3
    assert all("10^" not in text and float(text) > 0.0 for text in shown)
    assert not ax.xaxis.get_minorticklocs().size and not ax.yaxis.get_minorticklocs().size


@pytest.mark.parametrize(
    "step, text",
    [(0.25, "1/4"), (1 / 3, "1/3"), (1.0, "1"), (2.0, "2"), (0.3, "0.3"), (4096.0, "4096")],
)
def test_a_step_is_written_as_people_write_it(step, text):
    assert write_step(step) == text


@pytest.mark.parametrize(
    "slope, lines",
    [
        (0.52, [0.5]),
        (1.02, [1.0]),
        (1.45, [1.5]),
        (0.74, [0.5, 1.0]),
        (0.2, [0.5]),
        (-0.3, []),
        (float("nan"), []),
    ],
)
def test_reference_slopes_are_next_to_the_measured_one(slope, lines):
    assert reference_slopes(slope) == lines


def test_reference_lines_have_their_slopes_and_lie_below_the_errors():
    study = results()["three methods"]
    ax = study.plot()
    powers = {"slope 1/2": 0.5, "slope 1": 1.0, "slope 3/2": 1.5, "slope 2": 2.0}
    dashed = [line for line in ax.get_lines() if line.get_linewidth() == 0.8]
    drawn = {}
    for line, text in zip(dashed, ax.texts, strict=True):
        x, y = line.get_data()
        power = powers[text.get_text()]
        assert np.isclose(np.log(y[0] / y[-1]) / np.log(x[0] / x[-1]), power)
        drawn[power] = y
    for name, slope in study.order.items():
        for power in reference_slopes(slope.value):
            assert (drawn[power] < study.error[name]).all()


def labels(axis) -> list[str]:
    """The texts of the ticks within the limits of an axis."""
    axis.figure.canvas.draw()
    low, high = sorted(axis.get_view_interval())
    return [
        label.get_text()
        for place, label in zip(axis.get_majorticklocs(), axis.get_ticklabels())
        if low <= place <= high
    ]


@pytest.mark.parametrize(
    "places, ticks",
    [
        ([8, 64, 512, 4096], ["8", "64", "512", "4096"]),
        ([0.25, 0.0625], ["1/16", "1/4"]),
        ([0.7, 3.0, 11.0], ["1", "2", "5", "10"]),
    ],
)
def test_a_figure_that_is_saved_has_ticks_that_can_be_read(places, ticks, tmp_path):
    drawn = []

    def draw(ax):
        ax.plot(places, np.linspace(0.04, 0.5, len(places)), "o")
        ax.plot([0.123, 0.456], [0.1, 0.1])  # no markers: no ticks
        ax.set(xscale="log", yscale="log", xlim=(0.9 * min(places), 1.1 * max(places)))
        drawn.append(ax)

    save(draw, tmp_path / "figure.png")
    assert labels(drawn[0].xaxis) == ticks
    assert labels(drawn[0].yaxis) == ["0.05", "0.1", "0.2", "0.5"]


def test_ticks_that_somebody_has_set_stay(tmp_path):
    drawn = []

    def draw(ax):
        ax.plot([1.0, 10.0], [1.0, 10.0], "o")
        ax.set(xscale="log", yscale="log")
        ax.set_xticks([2.0, 3.0], labels=["two", "three"])
        drawn.append(ax)

    save(draw, tmp_path / "figure.png")
    assert labels(drawn[0].xaxis) == ["two", "three"]


@pytest.mark.parametrize(
    "low, high, ticks",
    [
        (82.0, 203.0, ["100", "125", "150", "175", "200"]),
        (100.4, 103.1, ["101", "102", "103"]),
        (90.0, 900.0, ["100", "200", "500"]),
    ],
)
def test_an_axis_of_prices_has_ticks_from_its_lower_end_to_its_upper_one(low, high, ticks):
    """Multiples of powers of ten would be 90 and 100 on the first axis, and none on the second."""
    _, ax = plt.subplots()
    ax.set(yscale="log", ylim=(low, high))
    tick_round_numbers(ax.yaxis)
    assert labels(ax.yaxis) == ticks
