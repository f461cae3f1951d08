"""The particles page: its particles are those of Python, and its exact laws those of the claims."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from sandbox_pages import KEYS, ShownPage, call
from scipy.stats import norm

import stochcalc as sc
from stochcalc.claims.chain_law import after_moves, exploding_schedule, smoothed_law, weight_above
from stochcalc.claims.theorems import g29_annealed as g29
from stochcalc.claims.theorems import g30_reversal as g30
from stochcalc.score import VE, GaussianMixture, annealed_langevin, reverse_sde
from stochcalc.score.moves import Moves

WAYS = ("annealed", "backwards", "plain")
STARTS = ("noise", "data")
PARTICLES = 60
PLANE, AXIS = g29.toy(1.0)
FILES = ["mixture.js"]

RUNS = """
const moves = makeMoves("WAY", STEPS);
const found = [];
for (let path = 0; path < PARTICLES; path++) {
  const shots = runParticle(drawParticle(readKey("KEY"), path), "START", moves);
  found.push([0, 25, 50].map(time => [shots[2 * time], shots[2 * time + 1]]));
}
return found;
"""
LAW = """
const law = new ChainLaw(makeMoves("WAY", STEPS), "START");
while (!law.isDone) law.advance();
return law.weights;
"""


def call_page(browser, names, body, **words):
    """Return what a body returns in which some words are replaced."""
    for word, value in words.items():
        body = body.replace(word.upper(), str(value))
    return call(browser, FILES, names, body)


def draw_starts(key, start, particles):
    """Return the points that the particles start from, with the normals of `brownian`."""
    z = sc.brownian(n=1, paths=particles, dim=3, key=key).values[:, 1]
    if start == "noise":
        return 20.0 * z[:, :2]
    side = np.where(z[:, 2:] < norm.ppf(0.8), 5.0, -5.0)
    return side + math.sqrt(401.0) * z[:, :2]


def run_in_python(way, n, x, key, share=1.0):
    """Return the points after a share of the n steps, by the public functions.

    A part of a run is a run of its own: annealing stops after some of its levels, and Euler's
    scheme stops at the time at which the noising with a larger sigma_min ends.
    """
    if way == "backwards":
        least = 0.1 * 200.0 ** (1.0 - share)
        return reverse_sde(PLANE, VE(least, 20.0, T=share), x, n=round(n * share), key=key)
    if way == "plain":
        return annealed_langevin(PLANE, [1.0], x, step=0.1, n_steps=round(n * share), key=key)
    levels = g29.SIGMAS[: round(10 * share)]
    step = 0.1 * levels[-1] ** 2
    return annealed_langevin(PLANE, levels, x, step=step, n_steps=n // 10, key=key)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("n", [10, 1000])
@pytest.mark.parametrize("way", WAYS)
def test_particles_are_those_of_the_public_functions(browser, key, n, way):
    """At the start, after half of the steps and at the end."""
    names = ["drawParticle", "makeMoves", "readKey", "runParticle"]
    words = {"way": way, "steps": n, "particles": PARTICLES, "key": key}
    for start in STARTS:
        found = np.array(call_page(browser, names, RUNS, start=start, **words))
        x = draw_starts(key, start, PARTICLES)
        np.testing.assert_allclose(found[:, 0], x, rtol=0, atol=1e-13)
        half = run_in_python(way, n, x, key, share=0.5)
        np.testing.assert_allclose(found[:, 1], half, rtol=0, atol=1e-10)
        end = run_in_python(way, n, x, key)
        np.testing.assert_allclose(found[:, 2], end, rtol=0, atol=1e-10)


def starting_law(start):
    """Return the law along the axis at the start, as nodes and masses."""
    if start == "data":
        return smoothed_law(AXIS, 1.0, 20.0)
    return smoothed_law(GaussianMixture([1.0], [[0.0]], 0.0), 1.0, 20.0)


def find_exact_weight(way, n, start):
    """Return the weight at the end by the quadratures of claims G29 and G30."""
    law = starting_law(start)
    if way == "backwards":
        schedule = exploding_schedule(g30.EXPLODING, n)
        moves = Moves(
            keep=np.ones(n),
            push=schedule.square * schedule.h,
            kick=np.sqrt(schedule.square * schedule.h),
            sigma=schedule.sigma,
            scale=np.ones(n),
        )
        return after_moves(AXIS, moves, law, resolution=4.0)[0]
    if way == "plain":
        return weight_above(AXIS, np.ones(1), np.array([0.1]), n, law, resolution=3.0)
    return weight_above(AXIS, g29.SIGMAS, 0.1 * g29.SIGMAS**2, n // 10, law, resolution=3.0)


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("n", [10, 20, 50, 100])
@pytest.mark.parametrize("way", WAYS)
def test_the_exact_weight_is_that_of_another_quadrature(browser, way, n, start):
    found = call_page(browser, ["ChainLaw", "makeMoves"], LAW, way=way, steps=n, start=start)
    assert len(found) == 51
    assert found[-1] == pytest.approx(find_exact_weight(way, n, start), abs=1e-10)


def test_exact_weights_are_those_of_the_claims(browser):
    """G29's uniform start is forgotten at the first level; G30 starts from noised data."""
    names = ["ChainLaw", "makeMoves"]
    annealed = call_page(browser, names, LAW, way="annealed", steps=1000, start="noise")
    assert annealed[-1] == pytest.approx(g29.annealed_weight(1.0), abs=1e-9)
    assert annealed[0] == pytest.approx(0.5, abs=1e-15)
    backwards = call_page(browser, names, LAW, way="backwards", steps=50, start="data")
    assert backwards[-1] == pytest.approx(g30.exact_exploding(50)[0], abs=1e-9)
    far = 5.0 * math.sqrt(2.0) / math.sqrt(401.0)
    start = 0.8 * norm.cdf(far) + 0.2 * norm.cdf(-far)
    assert backwards[0] == pytest.approx(start, abs=1e-14)


def test_exact_weights_on_the_way_are_those_of_chains_that_stop_there(browser):
    """The weight after 30 % of 100 steps, three levels of annealing and 30 steps backwards."""
    names = ["ChainLaw", "makeMoves"]
    annealed = call_page(browser, names, LAW, way="annealed", steps=100, start="noise")
    levels = g29.SIGMAS[:3]
    expected = weight_above(AXIS, levels, 0.1 * levels**2, 10, starting_law("noise"))
    assert annealed[15] == pytest.approx(expected, abs=1e-9)
    backwards = call_page(browser, names, LAW, way="backwards", steps=100, start="data")
    stopped = exploding_schedule(VE(0.1 * 200.0**0.7, 20.0, T=0.3), 30)
    moves = Moves(
        keep=np.ones(30),
        push=stopped.square * stopped.h,
        kick=np.sqrt(stopped.square * stopped.h),
        sigma=stopped.sigma,
        scale=np.ones(30),
    )
    expected = after_moves(AXIS, moves, starting_law("data"))[0]
    assert backwards[15] == pytest.approx(expected, abs=1e-9)


def test_the_normal_distribution_function_and_the_score(browser):
    points = [-8.6, -8.4, -5.0, -1.0, -1e-9, 0.0, 0.3, 2.0, 6.0, 8.4, 9.0]
    found = call(browser, FILES, ["normalBelow"], f"return {json.dumps(points)}.map(normalBelow);")
    np.testing.assert_allclose(found, norm.cdf(points), rtol=0, atol=1e-15)
    x = np.array([[0.3, -0.2], [7.0, 1.0], [-40.0, 3.0]])
    for sigma in (0.1, 1.0, 20.0):
        body = f"return {json.dumps(x.tolist())}.map(([x, y]) => score(x, y, {sigma}));"
        scores = call(browser, FILES, ["score"], body)
        np.testing.assert_allclose(scores, PLANE.score(x, sigma), rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("way", WAYS)
def test_the_page_shows_the_share_of_python_and_the_exact_weight(browser, tmp_path, way, key):
    shown = ShownPage(
        browser, tmp_path, "particles", f"#v=1&key={key}&time=50&way={way}&n=100&start=data"
    )
    numbers = shown.numbers()
    assert shown.reports == []
    x = draw_starts(key, "data", 400)
    for column, share in (("at this step", 0.5), ("at the end", 1.0)):
        ends = run_in_python(way, 100, x, key, share)
        measured = sc.Estimate.mean((ends.sum(axis=1) > 0).astype(float))
        exact = numbers[f"exact {column}"]
        z = (measured.value - exact) / measured.stderr
        assert numbers[f"step {column}"] == 100 * share
        assert numbers[f"share {column}"] == pytest.approx(measured.value, abs=1e-12)
        assert numbers[f"stderr {column}"] == pytest.approx(measured.stderr, rel=1e-9)
        assert numbers[f"z {column}"] == pytest.approx(z, abs=1e-9)
        assert abs(z) < 6
    exact = find_exact_weight(way, 100, "data")
    assert numbers["exact at the end"] == pytest.approx(exact, abs=1e-10)
    plain = find_exact_weight("plain", 100, "data")
    assert numbers["twin at the end"] == pytest.approx(plain, abs=1e-10)
    assert numbers["target at the end"] == 0.8
    shown.close()


def test_plain_langevin_does_not_reach_the_weight_of_annealing(browser, tmp_path):
    """The twin: the share of the annealed particles is many standard errors from its exact one."""
    shown = ShownPage(browser, tmp_path, "particles", "#v=1&key=5&way=annealed&n=1000")
    numbers = shown.numbers()
    distance = numbers["share at the end"] - numbers["twin at the end"]
    assert distance > 10 * numbers["stderr at the end"]
    shown.close()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("start", STARTS)
def test_the_lines_of_python_give_the_share_of_every_way(browser, tmp_path, capsys, way, start):
    shown = ShownPage(
        browser, tmp_path, "particles", f"#v=1&key=12&way={way}&n=50&start={start}&time=20"
    )
    exec(shown.python(), {})
    printed = float(capsys.readouterr().out)
    assert printed == pytest.approx(shown.numbers()["share at the end"], abs=1e-12)
    shown.close()
