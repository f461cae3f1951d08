"""What the pictures of G12, G13 and G20 draw as exact, by the numbers that are measured."""

import numpy as np
import pytest

import stochcalc as sc
from stochcalc.claims.theorems import g12_by_parts, g13_isometry, g20_area


@pytest.mark.parametrize("n", [4, 64, 256])
def test_the_line_of_distances_goes_through_the_finite_sums(n):
    t = sc.Partition.uniform(1.0, n).times
    _, distance = g12_by_parts.exact_moments(t)
    assert float(g12_by_parts.distance_of_steps(np.array(n))) == pytest.approx(distance, rel=1e-9)


@pytest.mark.parametrize("case", g13_isometry.CASES, ids=lambda case: case.name)
def test_the_lines_of_the_isometry_go_through_the_exact_sums(case):
    drawn = g13_isometry.second_moment(case.name, np.array(float(g13_isometry.STEPS)))
    assert float(drawn) == pytest.approx(case.exact, rel=1e-12)
    far = g13_isometry.second_moment(case.name, np.array(1e7))
    assert float(far) == pytest.approx(case.limit, rel=1e-6)


def test_the_coloured_area_is_levy_s_area():
    """A path that turns twice to the left and once, in a smaller circle, to the right."""
    turn = np.linspace(0.0, 4 * np.pi, 401)
    left = np.stack([np.sin(turn), 1.0 - np.cos(turn)], axis=1)
    right = np.stack([0.5 * np.sin(turn[:201]), 0.5 * np.cos(turn[:201]) - 0.5], axis=1)
    increments = np.diff(np.concatenate([left, right]), axis=0)
    path = sc.BrownianPaths.from_increments(increments[None], np.arange(602.0))
    x, y = path.values[0].T
    at = np.linspace(-2.1, 2.1, 1502)
    windings = g20_area.count_windings(x, y, at, at)
    assert set(np.unique(windings)) == {-1, 0, 2}
    drawn = windings.sum() * (at[1] - at[0]) ** 2
    area = sc.levy_area(path)[0]
    assert area == pytest.approx(1.75 * np.pi, rel=1e-3)  # 2 pi - pi/4, by polygons
    assert drawn == pytest.approx(area, rel=2e-3)
