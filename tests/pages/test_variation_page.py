"""The variation page: its sums are those of Python, its means those of an enumeration of signs."""

from __future__ import annotations

import itertools
import json
import math

import numpy as np
import pytest
from sandbox_pages import KEYS, ShownPage, call

import stochcalc as sc

SIZES = (2, 8, 64, 1024)
FILES = ["powers.js", "motion.js"]
SUMS = """
const values = new Float64Array(1025);
fillMotion(readKey("KEY"), 0, values);
return ["even", "turns"].map(grid => SIZES.map(n => POWERS.map(
    p => sumOfPowers(choosePoints(values, n, grid).heights, p))));
"""


def keep_turns(w):
    """Return the ends of a path and its turns."""
    steps = np.diff(w)
    turns = np.flatnonzero(np.sign(steps[:-1]) != np.sign(steps[1:])) + 1
    return w[np.concatenate([[0], turns, [len(w) - 1]])]


@pytest.mark.parametrize("key", KEYS)
def test_sums_are_those_of_power_variation(browser, key):
    body = SUMS.replace("KEY", str(key)).replace("SIZES", json.dumps(SIZES))
    names = ["POWERS", "choosePoints", "fillMotion", "readKey", "sumOfPowers"]
    even, turns = np.array(call(browser, FILES, names, body))
    W = sc.brownian(n=1024, key=key)
    for i, n in enumerate(SIZES):
        coarse = W.coarsen(1024 // n)
        for p in (1, 2, 3):
            expected = np.sum(np.abs(coarse.increments[0]) ** p)
            at_turns = np.sum(np.abs(np.diff(keep_turns(coarse.values[0]))) ** p)
            assert even[i, p - 1] == pytest.approx(expected, rel=1e-12)
            assert turns[i, p - 1] == pytest.approx(at_turns, rel=1e-12)
        assert even[i, 1] == pytest.approx(sc.quadratic_variation(coarse).value[0], rel=1e-12)


def mean_over_signs(n, p):
    """Return the mean at the turns: all signs of n increments, and the moments of runs of each.

    Given the signs, the increments are independent with |Z| as their sizes. A run of m of them has
    the sum of m sizes, whose second and third moments follow from those of |Z| by independence.
    """
    first, second, third = math.sqrt(2 / math.pi), 1.0, 2 * math.sqrt(2 / math.pi)
    variance = second - first**2
    skew = third - 3 * first * second + 2 * first**3  # the third central moment
    total = 0.0
    for signs in itertools.product((-1, 1), repeat=n):
        for _, run in itertools.groupby(signs):
            m = len(list(run))
            mean = m * first
            moments = {
                1: mean,
                2: mean**2 + m * variance,
                3: mean**3 + 3 * mean * m * variance + m * skew,
            }
            total += moments[p]
    return total / 2**n * n ** (-p / 2)


@pytest.mark.parametrize("n", [1, 2, 3, 5, 8])
def test_means_at_the_turns_are_those_of_all_signs(browser, n):
    body = f"return POWERS.map(p => exactMean({n}, p, 'turns'));"
    found = call(browser, FILES, ["POWERS", "exactMean"], body)
    assert found == pytest.approx([mean_over_signs(n, p) for p in (1, 2, 3)], rel=1e-12)


def test_means_and_deviations_on_equal_steps(browser):
    """n h^(p/2) E|Z|^p, where E|Z|^p = 2^(p/2) Gamma((p + 1)/2)/sqrt(pi)."""
    body = "return POWERS.map(p => [exactMean(64, p, 'even'), exactDeviation(64, p)]);"
    found = call(browser, FILES, ["POWERS", "exactDeviation", "exactMean"], body)

    def moment(p):
        return 2 ** (p / 2) * math.gamma((p + 1) / 2) / math.sqrt(math.pi)

    for p, (mean, deviation) in zip((1, 2, 3), found):
        assert mean == pytest.approx(64 * 64 ** (-p / 2) * moment(p), rel=1e-12)
        variance = 64 * 64.0**-p * (moment(2 * p) - moment(p) ** 2)
        assert deviation == pytest.approx(math.sqrt(variance), rel=1e-12)


@pytest.mark.parametrize("grid", ["even", "turns"])
def test_the_page_shows_400_paths_and_the_exact_mean(browser, tmp_path, grid):
    shown = ShownPage(browser, tmp_path, "variation", f"#v=1&key=11&n=256&grid={grid}")
    shown.page.wait_for_function(
        "document.querySelector('[data-cell=\"paths value\"]').dataset.value === '400'"
    )
    numbers = shown.numbers()
    values = sc.brownian(n=1024, paths=400, key=11).coarsen(4).values
    chosen = [keep_turns(w) if grid == "turns" else w for w in values]
    sums = sc.Estimate.mean([np.sum(np.diff(w) ** 2) for w in chosen])
    assert numbers["mean value"] == pytest.approx(sums.value, abs=1e-12)
    assert numbers["stderr value"] == pytest.approx(sums.stderr, rel=1e-9)
    assert abs(numbers["z value"]) < 6
    limit = 1.0 if grid == "even" else 1 + 4 / math.pi
    assert numbers["limit value"] == pytest.approx(limit)
    if grid == "turns":
        assert numbers["mean value"] - numbers["twin value"] > 20 * numbers["stderr value"]
    assert shown.reports == []
    shown.close()
