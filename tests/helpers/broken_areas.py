"""Broken areas: those of a path, and what is drawn in the place of the motion inside a step."""

from __future__ import annotations

import numpy as np
from broken import SIGMAS, Defect, assert_near
from evidence import assert_mean
from levy_laws import driven, flat

import stochcalc as sc

DRIVERS = "engine/random/driver_fills.py"


def check_area(seed):
    """Levy's area of a polygon is half the sum of the determinants of neighbouring corners."""
    W = sc.brownian(1.0, 20, dim=2, paths=100, rng=seed)
    x, y = W.values[..., 0], W.values[..., 1]
    due = 0.5 * (x[:, :-1] * y[:, 1:] - x[:, 1:] * y[:, :-1]).sum(axis=1)
    assert_near(sc.levy_area(W), due, 1e-12)


def check_drawn_areas(seed):
    """The Levy area of a step of length h = 1/2 has the variance h^2/4 at any truncation."""
    rows = flat(driven(seed, 0.5, 16, 1 << 12, size=2, matrix=True, areas=True))
    assert_mean(rows[:, 2] ** 2, 0.0625, sigmas=SIGMAS)


def check_loose_areas(seed):
    """The normals in the place of areas have the variance h^2/4 too, here with h = 1/2."""
    rows = flat(driven(seed, 0.5, 16, 1 << 12, size=2, matrix=True, loose=True))
    assert_mean(rows[:, 2] ** 2, 0.0625, sigmas=SIGMAS)


def check_space_time(seed):
    """I10 of a step of length h = 1/2 has the variance h^3/3, and with dW the covariance h^2/2."""
    rows = flat(driven(seed, 0.5, 16, 1 << 12, size=1, second=True))
    products = np.stack([rows[:, 1] ** 2, rows[:, 0] * rows[:, 1]], axis=1)
    assert_mean(products, [0.125 / 3.0, 0.125], sigmas=SIGMAS)


def check_polygon_of_areas(seed):
    """Given the path, the mean square of 1/2 (x dy - y dx) over 8 steps is (1 - 1/8)/4."""
    W = sc.brownian(1.0, 8, dim=2, paths=1 << 13, rng=seed)
    ends = W.values[:, -1].prod(axis=1)
    area = sc.levy_area(W)
    products = np.stack([area**2, area * ends], axis=1)
    assert_mean(products, [0.25 * (1.0 - 1.0 / 8.0), 0.0], sigmas=SIGMAS)


DEFECTS = (
    Defect(
        name="orientation of the area",
        what="An area that is swept anticlockwise counts as negative.",
        file="integrals/path_areas.py",
        old="0.5 * (x[:, :-1] * np.diff(y, axis=1) - y[:, :-1] * np.diff(x, axis=1))",
        new="0.5 * (y[:, :-1] * np.diff(x, axis=1) - x[:, :-1] * np.diff(y, axis=1))",
        check=check_area,
        by="bits",
    ),
    Defect(
        name="plus in the area",
        what="The two parts of the area are added instead of subtracted.",
        file="integrals/path_areas.py",
        old="np.diff(y, axis=1) - y[:, :-1]",
        new="np.diff(y, axis=1) + y[:, :-1]",
        check=check_polygon_of_areas,
        by="law",
    ),
    Defect(
        name="scale of Levy areas",
        what="The series of Levy's area is divided by pi instead of by 2 pi.",
        file=DRIVERS,
        old="roots[k + j] ** 2 / (2.0 * math.pi)",
        new="roots[k + j] ** 2 / math.pi",
        check=check_drawn_areas,
        by="law",
    ),
    Defect(
        name="tail of Levy areas",
        what="The terms that are cut off Levy's series are not replaced by anything.",
        file=DRIVERS,
        old="return math.sqrt(2.0 * left)",
        new="return 0.0 * left",
        check=check_drawn_areas,
        by="law",
    ),
    Defect(
        name="variance of loose areas",
        what="The normals in the place of areas have the variance h^2 instead of h^2/4.",
        file="engine/random/drivers.py",
        old="half = 0.5 * roots**2",
        new="half = roots**2",
        check=check_loose_areas,
        by="law",
    ),
    Defect(
        name="noise of I10",
        what="I10 is h dW/2, without the noise that dW leaves undetermined.",
        file=DRIVERS,
        old="third = 1.0 / math.sqrt(3.0)",
        new="third = 0.0",
        check=check_space_time,
        by="law",
    ),
)
