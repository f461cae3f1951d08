"""Pictures of paths name their component, and their bands are what their labels say."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from pictures import GBM, results

import stochcalc as sc


@pytest.fixture(autouse=True)
def closed():
    """No figure of a test is left open."""
    before = plt.get_fignums()
    yield
    for number in set(plt.get_fignums()) - set(before):
        plt.close(number)


def test_the_component_that_is_drawn_is_named():
    pair = sc.brownian(n=8, paths=2, dim=2, rng=1)
    assert pair.plot().get_title() == "2 Brownian paths, component 0 of 2"
    ax = pair.plot(component=1)
    assert ax.get_title() == "2 Brownian paths, component 1 of 2"
    assert (ax.get_lines()[1].get_ydata() == pair.values[1, :, 1]).all()
    for bad in (2, -1):
        with pytest.raises(ValueError, match=f"component={bad} must be at"):
            pair.plot(component=bad)


@pytest.fixture(scope="module")
def lorenz():
    """Three paths of a system of three components."""
    return sc.solve(sc.models.lorenz(), (1.0, 2.0, 3.0), 0.5, n=20, paths=3, rng=1)


def test_the_phase_plane_has_one_component_against_another(lorenz):
    ax = lorenz.plot(components=(2, 0))
    for path, line in enumerate(ax.get_lines()[:3]):
        assert (line.get_xydata() == lorenz.x[path][:, [2, 0]]).all()
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("component 2", "component 0")


def test_a_phase_plane_that_does_not_exist_is_refused(lorenz):
    for components, message in (
        ((0, 3), "components=3 must be at most 2"),
        ((0, 1, 2), r"components=\(0, 1, 2\) must be two numbers"),
        (1, "components=1 must be two numbers"),
    ):
        with pytest.raises(ValueError, match=message):
            lorenz.plot(components=components)
    with pytest.raises(ValueError, match="exclude each other"):
        lorenz.plot(component=0, components=(0, 1))
    with pytest.raises(ValueError, match="needs a system"):
        results()["solution"].plot(components=(0, 1))
    with pytest.raises(ValueError, match='save="stats" keeps none'):
        results()["stats"].plot(components=(0, 1))


def test_a_pair_given_as_one_component_is_answered_with_the_argument_for_two(lorenz):
    chains = sc.langevin.sample(
        lambda x: (-x[0], -x[1]), (0.0, 1.0), step=0.1, n=8, chains=4, rng=1
    )
    for picture in (lorenz.plot, chains.plot):
        with pytest.raises(TypeError, match=r"component=\(0, 1\).*give components=\(0, 1\)$"):
            picture(component=(0, 1))
        assert picture(components=(0, 1)).get_xlabel() == "component 0"


def test_the_band_of_a_positive_process_is_positive():
    for kind in ("solution", "stats"):
        (band,) = results()[kind].plot().collections
        low = band.get_paths()[0].vertices[:, 1].min()
        assert low > 0.0
    wide = sc.solve(GBM, 1.0, 4.0, n=50, paths=60, save="stats", rng=1)
    assert (wide.mean - 2 * np.sqrt(wide.var)).min() < 0.0  # what the band would show without ends


def test_the_band_is_what_its_label_says():
    solution = results()["solution"]
    ax = solution.plot()
    assert "5 % to 95 %" in [text.get_text() for text in ax.get_legend().get_texts()]
    vertices = ax.collections[0].get_paths()[0].vertices
    low = np.sort(solution.x[:, -1])[2:4]  # 5 % of 59 gaps is 2.95
    expected = low[0] + 0.95 * (low[1] - low[0])
    assert np.isclose(vertices[vertices[:, 0] == 1.0][:, 1].min(), expected)


def test_the_envelope_of_brownian_motion_is_two_standard_deviations():
    W = sc.brownian(4.0, 16, paths=2, rng=1)
    ax = W.plot()
    upper, lower = ax.get_lines()[2:]
    assert upper.get_ydata()[-1] == 4.0 and lower.get_ydata()[-1] == -4.0
    assert len(W.plot(envelope=False).get_lines()) == 2
    W.plot(ax)
    assert len(ax.get_lines()) == 6  # four paths, and the curves once


def test_one_saved_time_is_drawn_as_a_histogram():
    ax = results()["last"].plot()
    area = sum(bar.get_width() * bar.get_height() for bar in ax.patches)
    assert np.isclose(area, 1.0) and ax.get_ylabel() == "density"


def test_a_chain_has_its_histogram_beside_it():
    chains = results()["chains"]
    ax = chains.plot(density=lambda x: np.exp(-x * x / 2) / np.sqrt(2 * np.pi))
    (side,) = ax.child_axes
    area = sum(bar.get_width() * bar.get_height() for bar in side.patches)
    assert np.isclose(area, 1.0) and len(side.get_lines()) == 1
    assert ax.get_lines()[-1].get_xdata()[-1] == 50.0


def test_a_wrong_place_or_option_is_refused_by_name():
    W = sc.brownian(n=4, rng=1)
    _, places = plt.subplots(1, 2)
    for wrong in (3, places, places[0].figure):
        with pytest.raises(TypeError, match=r"^ax=.* must be axes of Matplotlib"):
            W.plot(wrong)
    with pytest.raises(TypeError, match="envelope=1 must be"):
        W.plot(envelope=1)
    with pytest.raises(TypeError, match=r"density=0\.5 must be a function"):
        results()["chains"].plot(density=0.5)


def test_one_state_of_one_path_is_seen():
    one = sc.solve(GBM, 1.0, 1.0, n=4, save="last", rng=1).plot()
    assert [line.get_marker() for line in one.get_lines()] == ["o"]


@pytest.mark.filterwarnings("ignore:.*left the finite range")
@pytest.mark.parametrize("save", ["all", "stats"])
def test_paths_that_explode_are_drawn_as_far_as_they_are_finite(save):
    cube = sc.SDE(lambda t, x: x * x * x, lambda t, x: 1.0)
    exploding = sc.solve(cube, 2.0, 3.0, n=30, paths=100, save=save, rng=1)
    assert exploding.nonfinite > 0
    mean = exploding.plot().get_lines()[-1].get_ydata()
    assert np.isfinite(mean[0]) and not np.isfinite(mean[-1])
