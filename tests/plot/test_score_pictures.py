"""Arrows are scores: they begin where the score is taken, and point and stretch as it does."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from stochcalc import plot
from stochcalc.score import Empirical, GaussianMixture

TOY = GaussianMixture([0.8, 0.2], [[5.0, 5.0], [-5.0, -5.0]], 1.0)


@pytest.fixture(autouse=True)
def closed():
    """No figure of a test is left open."""
    before = plt.get_fignums()
    yield
    for number in set(plt.get_fignums()) - set(before):
        plt.close(number)


def arrows_of(ax):
    """The starts and the vectors of the arrows as they are drawn, in units of the data."""
    (found,) = [part for part in ax.collections if hasattr(part, "U")]
    vectors = np.stack([found.U, found.V], axis=1) / found.scale
    assert found.angles == found.scale_units == "xy"
    return np.asarray(found.XY), vectors


def shades_of(ax):
    """The areas of the picture that are no arrows."""
    return [part for part in ax.collections if not hasattr(part, "U")]


@pytest.mark.parametrize("sigma", [0.0, 1.0, 20.0])
def test_an_arrow_is_the_score_where_it_begins(sigma):
    starts, vectors = arrows_of(plot.plot_score(TOY, sigma, arrows=9))
    assert len(starts) == 81 and np.abs(starts).max() == 10.0
    exact = TOY.score(starts, sigma)
    factor = 1.4 * 2.5 / np.linalg.norm(exact, axis=1).max()  # the grid's spacing is 2.5
    np.testing.assert_allclose(vectors, factor * exact, rtol=1e-12, atol=1e-14)
    with pytest.raises(AssertionError):  # uphill is not downhill
        np.testing.assert_allclose(vectors, -factor * exact, rtol=1e-12)


def test_the_title_tells_the_length_of_the_longest_arrow():
    title = plot.plot_score(lambda x, sigma: -x, 2.0, reach=3.0).get_title()
    assert title == f"score at σ = 2, largest {np.hypot(3.0, 3.0):.3g}"


def test_a_density_is_shaded_and_a_callable_has_none():
    assert shades_of(plot.plot_score(TOY, 1.0))
    assert not shades_of(plot.plot_score(TOY.score, 1.0))
    assert not shades_of(plot.plot_score(lambda x, sigma: 0.0 * x, 1.0))  # no arrow is longest


def test_arrows_take_keywords_and_the_colour_of_the_text():
    with plt.style.context("dark_background"):
        for given, colour in (({}, "#ffffff"), ({"color": None}, "#ffffff"), ({"color": "C1"}, "")):
            ax = plot.plot_score(TOY, 1.0, **given)
            (found,) = [part for part in ax.collections if hasattr(part, "U")]
            expected = colour or to_hex("C1")
            assert to_hex(found.get_facecolor()[0]) == expected


def test_a_score_is_drawn_on_the_axes_it_is_given():
    _, ax = plt.subplots()
    assert plot.plot_score(TOY, 1.0, ax=ax) is ax
    assert ax.get_xlim()[1] > 10.0 and ax.get_aspect() == 1.0


@pytest.mark.parametrize(
    "arguments, error",
    [
        ({"score": GaussianMixture([1.0], [[0.0]], 1.0)}, "dim=1"),
        ({"score": 3.0}, "must be a distribution or a callable"),
        ({"score": Empirical([[0.0, 0.0]])}, "sigma"),
        ({"score": lambda x, sigma: np.full(x.shape, np.nan)}, "not finite"),
        ({"score": TOY, "sigma": -1.0}, "sigma"),
        ({"score": TOY, "reach": 0.0}, "reach"),
        ({"score": TOY, "arrows": 1}, "arrows"),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_leaves_no_figure(arguments, error):
    before = plt.get_fignums()
    with pytest.raises((TypeError, ValueError), match=error):
        plot.plot_score(**arguments)
    assert plt.get_fignums() == before


@pytest.mark.parametrize("count, rows, shape", [(4, 2, (2, 2)), (5, 2, (2, 3)), (3, 1, (1, 3))])
def test_panels_are_spread_over_rows(count, rows, shape):
    figure, ax = plt.subplots(layout="constrained")
    places = plot.panels(ax, count, "Some panels", rows=rows)
    assert len(places) == count and not ax.get_visible()
    figure.draw_without_rendering()
    corners = np.array([place.get_window_extent().get_points()[0] for place in places]).round()
    assert (len(set(corners[:, 1])), len(set(corners[:, 0]))) == shape
    assert len(figure.axes) == count + 1  # and the hidden one
