"""A study is asked for a scheme by its name, and drawn with its orders and reference slopes."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

import stochcalc as sc


@pytest.fixture(scope="module")
def study():
    sde = sc.SDE(lambda t, x: 0.1 * x, lambda t, x: 0.5 * x, diffusion_dx=lambda t, x: 0.5)
    methods = ("euler_maruyama", "milstein")
    return sc.strong_convergence(sde, 1.0, 1.0, methods=methods, levels=(3, 4, 5), key=1)


@pytest.mark.parametrize("name", ["nope", 0, None, ["milstein"]])
@pytest.mark.parametrize("ask", ["slope", "local_order", "estimates", "mean_squares"])
def test_a_name_that_a_study_does_not_have_is_answered_with_those_it_has(study, ask, name):
    with pytest.raises(ValueError, match=r"name=.* it has 'euler_maruyama', 'milstein'"):
        getattr(study, ask)(name)


def test_an_exact_slope_that_is_not_known_is_named(study):
    with pytest.raises(ValueError, match=r"name='milstein' is not in \.exact of this study"):
        study.exact_slope("milstein")


@pytest.mark.parametrize("levels", [slice(0, 1), slice(5, 9), 2, None])
def test_a_slope_needs_two_levels(study, levels):
    with pytest.raises(ValueError, match=r"levels=.* two or more of the 3 levels"):
        study.slope("milstein", levels)


def test_a_picture_has_the_fitted_orders_and_the_slopes_they_are_near(study):
    ax = study.plot()
    title = ax.get_title()
    assert study.title in title
    for name, order in study.order.items():
        assert f"{name} {order.value:.2f}" in title
    dotted = [line for line in ax.lines if line.get_linestyle() == ":"]
    slopes = [
        np.diff(np.log(line.get_ydata()))[0] / np.diff(np.log(line.get_xdata()))[0]
        for line in dotted
    ]
    np.testing.assert_allclose(slopes, [0.5, 1.0], rtol=1e-12)
    assert [text.get_text() for text in ax.texts] == ["dt$^{1/2}$", "dt"]
    plt.close(ax.figure)
