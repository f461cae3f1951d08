"""A heat map shows each value by how strong its colour is, on any background."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from stochcalc import plot
from stochcalc.score import digits

X = [0.0, 1.0, 2.0]
Y = [0.0, 1.0]
VALUES = [[0.0, 0.5, 1.0], [1.0, 0.5, 0.0]]


@pytest.fixture
def ax():
    """Axes that are closed after the test."""
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


def opacities(ax):
    """How strong the colours of the map are, in the order of the values."""
    (image,) = ax.collections
    return image.to_rgba(image.get_array())[..., 3].ravel()


def test_zero_is_clear_and_the_largest_value_is_strong(ax):
    plot.heat_map(ax, X, Y, VALUES)
    np.testing.assert_allclose(opacities(ax), np.ravel(VALUES), atol=0.01)


def test_values_beyond_the_most_are_as_strong_as_it(ax):
    plot.heat_map(ax, X, Y, VALUES, most=0.5, label="a number")
    np.testing.assert_allclose(opacities(ax), [0.0, 1.0, 1.0, 1.0, 1.0, 0.0], atol=0.01)
    _, scale = ax.figure.axes
    assert scale.get_ylabel() == "a number"


def test_a_map_of_zeros_is_clear(ax):
    plot.heat_map(ax, X, Y, np.zeros((2, 3)))
    assert not opacities(ax).any()


@pytest.mark.parametrize(
    "values, error",
    [
        (np.transpose(VALUES), r"give \(2, 3\)"),
        (-np.ones((2, 3)), "at least 0"),
        (VALUES[0], "dimension"),
    ],
)
def test_what_is_no_map_is_refused(ax, values, error):
    with pytest.raises(ValueError, match=error):
        plot.heat_map(ax, X, Y, values)
    assert not ax.collections


def test_digits_are_written_in_the_ink_of_the_page_and_leave_it_clear(ax):
    """White tiles would shine out of a dark page."""
    ax.xaxis.label.set_color("#ffffff")
    image = np.zeros((1, 64))
    image[0, 0] = 1.0
    digits.draw(ax, image, columns=1)
    (shown,) = ax.images
    pixels = shown.to_rgba(shown.get_array())
    np.testing.assert_allclose(pixels[1, 1], [1.0, 1.0, 1.0, 1.0])
    assert pixels[1, 2, 3] == 0.0
