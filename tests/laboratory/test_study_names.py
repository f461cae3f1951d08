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


def test_a_picture_has_the_fitted_slopes_and_lines_of_the_orders_they_are_near(study):
    ax = study.plot()
    entries = [text.get_text() for text in ax.get_legend().get_texts()]
    assert study.title in ax.get_title()
    for name, order in study.order.items():
        assert any(name in entry and f"{order.value:.2f}" in entry for entry in entries), entries
    dashed = [line for line in ax.lines if line.get_linestyle() == "--" and len(line.get_xdata())]
    slopes = {
        round(
            float(
                np.diff(np.log(line.get_ydata()[[0, -1]]))[0]
                / np.diff(np.log(line.get_xdata()[[0, -1]]))[0]
            ),
            9,
        )
        for line in dashed
    }
    assert {0.5, 1.0} <= slopes
    plt.close(ax.figure)
