"""Triangles have the slope that they name, and names have the colours of their lines."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from stochcalc.plot import curve, name_line, slope_triangle
from stochcalc.plot.annotations import write_power


@pytest.fixture
def ax():
    """Logarithmic axes, which are closed after the test."""
    figure, axes = plt.subplots()
    axes.set(xscale="log", yscale="log")
    yield axes
    plt.close(figure)


@pytest.mark.parametrize("power, name", [(0.5, "1/2"), (1.0, "1"), (2.0, "2"), (-3.0, "−3")])
def test_a_triangle_has_the_slope_that_it_names(ax, power, name):
    slope_triangle(ax, (0.01, 0.16), 0.1, power)
    x, y = np.log(ax.get_lines()[0].get_data())
    assert (y[1] - y[0]) / (x[1] - x[0]) == pytest.approx(power)  # the long side
    assert [text.get_text() for text in ax.texts] == ["1", name]
    assert y[2] == min(y[0], y[1]) and x[2] in (x[0], x[1])  # the right angle lies below
    assert (x[3], y[3]) == (x[0], y[0])


def test_a_triangle_lies_below_its_line(ax):
    for power in (0.5, 1.0, -2.0):
        slope_triangle(ax, (0.01, 0.16), 0.1, power)
        x, y = ax.get_lines()[-1].get_data()
        assert (y <= 0.1 * (x / 0.01) ** power * (1 + 1e-12)).all()


@pytest.mark.parametrize("power, inverted", [(1.0, False), (-1.0, False), (-1.0, True)])
def test_the_slope_is_written_outside_of_the_triangle(ax, power, inverted):
    if inverted:
        ax.invert_xaxis()
    slope_triangle(ax, (0.01, 0.16), 0.1, power)
    ax.figure.draw_without_rendering()
    sides = ax.transData.transform(ax.get_lines()[0].get_xydata())[:, 0]
    name = ax.texts[1].get_window_extent()
    assert name.x1 < sides.min() or name.x0 > sides.max()


def test_a_name_has_the_colour_of_its_line(ax):
    curve(ax, [1.0, 2.0], [1.0, 4.0], "", 2)
    name_line(ax, 2.0, 4.0, "x²", 2)
    assert to_hex(ax.texts[0].get_color()) == to_hex(ax.get_lines()[0].get_color())


def test_powers_are_written_as_people_write_them():
    assert [write_power(p) for p in (0.5, 1.5, 2.0, -0.5)] == ["1/2", "3/2", "2", "−1/2"]
