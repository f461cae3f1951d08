"""A warning points at the line of the user who called the package, from every public function."""

from __future__ import annotations

import json
import math
import warnings

import numpy as np
import pytest

import stochcalc as sc
from stochcalc import langevin, score
from stochcalc.engine import checks
from stochcalc.score import archive

W = sc.brownian(100.0, 8, paths=300, rng=7)
SHORT = sc.brownian(1.0, 8, paths=300, rng=7)
CUBE = sc.SDE(lambda t, x: x * x * x, lambda t, x: 1.0)
PAIR = sc.SDE(lambda t, x: (x[0] * x[0] * x[0], x[1]), lambda t, x: (1.0, 1.0))
CUBES_OF_ARRAYS = sc.SDE(lambda t, x: x * x * x, lambda t, x: 1.0 + 0.0 * x, vectorized=True)
WITH_LIST = sc.SDE(lambda t, x: -sum({"a": x}.values()), lambda t, x: 1.0)
SORTED = sc.SDE(
    lambda t, x: np.take_along_axis(x, x.argsort(0), 0), lambda t, x: x, vectorized=True
)
MIXTURE = score.GaussianMixture([1.0], [[0.0]], 1e-6)
NOISING = score.VP(5.0)


def steep(w):
    return math.exp(400.0 * w)


def steeper(w):
    return 400.0 * math.exp(400.0 * w)


def steepest(w):
    return 160_000.0 * math.exp(400.0 * w)


def late(w):
    return np.where(w[:, -1] > 12.0, np.inf, 0.0)


SUMS = [
    lambda: sc.riemann_sum(lambda t, w: math.exp(1e5 * abs(w)), W, 0.0),
    lambda: sc.riemann_sum(lambda t, w: math.exp(1e5 * abs(w)), W, 0.5, save="stats"),
    lambda: sc.ito(lambda t, w: math.exp(1e5 * abs(w)), W, workers=2),
    lambda: sc.stratonovich(lambda t, w: math.exp(1e5 * abs(w)), W),
    lambda: sc.backward(lambda t, w: math.exp(1e5 * abs(w)), W),
    lambda: sc.riemann_limit(steep, steepest, W, 0.5),
    lambda: sc.ito_residual(steep, steeper, steepest, W),
    lambda: sc.expectation(late, W),
]
SOLUTIONS = [
    lambda: sc.solve(CUBE, 9.0, 9.0, n=9, paths=300, rng=7),
    lambda: sc.solve(CUBE, 9.0, 9.0, n=9, paths=300, rng=7, save="stats", workers=2),
    lambda: sc.solve(CUBE, 9.0, noise=SHORT),
    lambda: sc.solve(PAIR, (9.0, 1.0), 9.0, n=9, paths=300, rng=7, method="milstein_free"),
    lambda: sc.solve(CUBES_OF_ARRAYS, 9.0, 9.0, n=9, paths=300, rng=7),
    lambda: sc.solve(CUBE, 9.0, 9.0, n=9, paths=300, rng=7, target_stderr=1.0),
    lambda: sc.solve(sc.models.gbm(1e4, 0.5), 1.0, 1.0, n=4, paths=300, rng=7, method="exact"),
    lambda: sc.models.gbm(1e4, 0.5).exact(SHORT, 1.0),
    lambda: sc.first_passage(CUBE, 0.0, -1.0, 8.0, n=20, paths=300, rng=7),
    lambda: sc.first_passage(CUBE, 0.0, -1.0, 8.0, n=20, paths=300, rng=7, save="stats"),
]
CHAINS = [
    lambda: langevin.sample(lambda x: x * x * x, 5.0, step=1.0, n=50, chains=300, rng=7),
    lambda: langevin.sample(lambda x: x, 5.0, step=9.0, n=900, chains=9, rng=7, method="baoab"),
    lambda: score.annealed_langevin(MIXTURE, [1.0], [[9.0]], step=9.0, n_steps=900, rng=7),
    lambda: score.reverse_sde(MIXTURE, NOISING, [[1e308]], n=3, rng=7),
    lambda: score.reverse_sde(MIXTURE, NOISING, [[1e308]], n=3, rng=7, method="heun"),
    lambda: score.ancestral(MIXTURE, NOISING, [[1e308]], n=3, rng=7),
]
SLOW = [
    lambda: sc.solve(WITH_LIST, 1.0, 1.0, n=4, paths=3, rng=7),
    lambda: sc.solve(SORTED, (1.0, 2.0), 1.0, n=4, paths=3, rng=7),
]


def place_of_warning(call, text):
    """File and line of the one warning that a call gives."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    (warning,) = caught
    assert warning.category is RuntimeWarning and text in str(warning.message)
    return warning.filename, warning.lineno


def line_of(call):
    return __file__, call.__code__.co_firstlineno


@pytest.mark.parametrize("call", [*SUMS, *SOLUTIONS, *CHAINS])
def test_what_left_the_finite_range_is_reported_at_the_line_of_the_call(call):
    assert place_of_warning(call, "left the finite range") == line_of(call)


@pytest.mark.parametrize("call", SLOW)
def test_what_runs_in_numpy_is_reported_at_the_line_of_the_call(call):
    assert place_of_warning(call, "cannot compile") == line_of(call)


def test_a_damaged_file_is_reported_at_the_line_that_reads_it(tmp_path):
    read = lambda: archive.read_latest(tmp_path / "a", "state")
    for number in (1.0, 2.0):
        archive.write(tmp_path / "a", "state", {"n": 1}, {"x": np.full(3, number)}, keep=True)
    (tmp_path / "a").write_bytes(b"")
    assert place_of_warning(read, "is used") == line_of(read)


def test_a_call_through_a_library_is_reported_at_the_line_of_the_library():
    call = lambda: SUMS[0]()
    place = place_of_warning(lambda: json.loads("[1]", parse_int=lambda _: call()), "finite range")
    assert place == line_of(SUMS[0])


def test_a_broken_twin_that_counts_levels_points_elsewhere(monkeypatch):
    def count_levels(text, category=RuntimeWarning):
        warnings.warn(text, category, stacklevel=4)

    monkeypatch.setattr(checks, "warn_user", count_levels)
    places = [place_of_warning(call, "finite range") == line_of(call) for call in SUMS]
    assert not all(places)
