"""The schemes page: its paths, its strong errors and its exact numbers are those of Python."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from nights import mostly_at_night
from sandbox_pages import KEYS, ShownPage, call

import stochcalc as sc
from stochcalc.laboratory.exact_errors import strong_error

SIZES = (2, 16, 128, 1024)
SCHEMES = ("euler_maruyama", "milstein", "sriw1")
EQUATIONS = {"gbm": (sc.models.gbm(0.5, 0.5), 1.0), "arctan": (sc.models.arctan(1.0), 0.5)}
FILES = ["levels.js"]
NAMES = ["DrivenPath", "EQUATIONS", "ErrorSums", "endError", "readKey", "solveOn"]
WORDS = {"euler_maruyama": "Euler", "milstein": "Milstein", "sriw1": "sriw1"}


def solve_in_the_page(browser, equation, key, scheme):
    """Return the states of the page's scheme on the first path of a key, for every size."""
    body = f"""const path = new DrivenPath(readKey("{key}"), 0);
    return {json.dumps(SIZES)}.map(
        n => Array.from(solveOn(EQUATIONS["{equation}"], "{scheme}", path, n)));"""
    return call(browser, FILES, NAMES, body)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("equation", EQUATIONS)
@pytest.mark.parametrize("scheme", ["exact", "euler_maruyama", "milstein"])
def test_paths_are_those_of_solve(browser, equation, key, scheme):
    model, x0 = EQUATIONS[equation]
    W = sc.brownian(n=1024, key=key)
    found = solve_in_the_page(browser, equation, key, scheme)
    for n, states in zip(SIZES, found):
        expected = sc.solve(model, x0, noise=W.coarsen(1024 // n), method=scheme).values[0]
        np.testing.assert_allclose(states, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("equation", EQUATIONS)
def test_paths_of_sriw1_are_those_of_its_step_along_the_finest_path(browser, equation, key):
    """On the finest grid they are those of solve, and on others those of the integral of W."""
    model, x0 = EQUATIONS[equation]
    W = sc.brownian(n=1024, key=key)
    areas = find_areas(W)
    found = solve_in_the_page(browser, equation, key, "sriw1")
    for n, states in zip(SIZES, found):
        expected = march(model, x0, W.values[0], areas, n)
        np.testing.assert_allclose(states, expected, rtol=1e-12, atol=1e-12)
    finest = sc.solve(model, x0, noise=W, method="sriw1").values[0]
    np.testing.assert_allclose(found[-1], finest, rtol=1e-12, atol=1e-12)


def find_areas(W):
    """Return I10 over each step of a motion: a scheme of our own adds it to the state."""
    adding = sc.Method(
        name="adding",
        step=lambda a, b, t, x, dt, dW, I10, args: x + I10,
        strong_order={"diagonal": 1.0},
        weak_order={"diagonal": 1.0},
        calculus=0.0,
        reference="the definition of I10",
        drivers=("dW", "I10"),
    )
    nothing = sc.SDE(lambda t, x: 0.0 * x, lambda t, x: 0.0 * x + 1.0)
    return np.diff(sc.solve(nothing, 0.0, noise=W, method=adding).values[0])


def march(model, x0, w, areas, n):
    """Return the states of sriw1 on n steps, with I10 = int (W_s - W_t) ds of the finest path."""
    stride = 1024 // n
    step = sc.METHODS["sriw1"].step
    states = [x0]
    for first in range(0, 1024, stride):
        parts = slice(first, first + stride)
        I10 = math.fsum(areas[parts]) + math.fsum(w[parts] - w[first]) / 1024
        dW = w[first + stride] - w[first]
        states.append(
            step(model.drift, model.diffusion, 0.0, states[-1], 1 / n, dW, I10, model.args)
        )
    return states


@pytest.mark.parametrize(
    "equation", mostly_at_night(EQUATIONS, lambda equation: equation == "arctan")
)
def test_strong_errors_are_those_of_a_study(browser, equation):
    """The same 2048 paths: the errors, their standard errors and the orders of three schemes."""
    model, x0 = EQUATIONS[equation]
    sizes = (2, 16, 1024)
    steps = sorted({*sizes, *(n // 2 for n in sizes)})
    study = sc.strong_convergence(
        model, x0, 1.0, methods=SCHEMES, steps=steps, paths=2048, key=2**63 + 5
    )
    body = f"""const sums = {json.dumps(sizes)}.map(
        () => {json.dumps(SCHEMES)}.map(() => new ErrorSums()));
    const equation = EQUATIONS["{equation}"];
    for (let number = 0; number < 2048; number++) {{
        const path = new DrivenPath(readKey("{2**63 + 5}"), number);
        {json.dumps(sizes)}.forEach((n, i) => {json.dumps(SCHEMES)}.forEach((scheme, j) =>
            sums[i][j].add(endError(equation, scheme, path, n),
                           endError(equation, scheme, path, n / 2))));
    }}
    return sums.map(row => row.map(one => one.describe()));"""
    found = call(browser, FILES, NAMES, body)
    for n, row in zip(sizes, found):
        level = steps.index(n)
        for name, errors in zip(SCHEMES, row):
            error = study.error[name]
            order = math.log2(error[level - 1] / error[level])
            # The smallest errors are 1e-6, as differences of numbers that are rounded by 1e-16.
            assert errors["rms"] == pytest.approx(error[level], rel=1e-8, abs=1e-12)
            assert errors["stderr"] == pytest.approx(study.stderr[name][level], rel=1e-7)
            assert errors["order"] == pytest.approx(order, abs=1e-7)


def test_the_standard_error_of_an_order_is_that_of_the_delta_method(browser):
    errors = np.random.default_rng(3).normal(size=(50, 2)) * [1.0, 2.0]
    body = f"""const sums = new ErrorSums();
    {json.dumps(errors.tolist())}.forEach(([one, half]) => sums.add(one, half));
    return sums.describe();"""
    found = call(browser, FILES, NAMES, body)
    squares = errors**2
    A, B = (squares / squares.mean(axis=0)).T
    spread = (B - A).std(ddof=1) / math.sqrt(50) / (2 * math.log(2))
    assert found["orderStderr"] == pytest.approx(spread, rel=1e-12)


def test_the_page_shows_the_numbers_of_solve_and_of_a_study(browser, tmp_path):
    shown = ShownPage(browser, tmp_path, "schemes", "#v=1&key=11&n=16&eq=gbm")
    shown.page.wait_for_function(
        "document.querySelector('[data-cell=\"paths sriw1\"]').dataset.value === '2048'",
        timeout=120_000,
    )
    numbers = shown.numbers()
    model, x0 = EQUATIONS["gbm"]
    W = sc.brownian(n=1024, key=11).coarsen(64)
    solution = sc.solve(model, x0, noise=W, method="exact").values[0, -1]
    study = sc.strong_convergence(
        model, x0, 1.0, methods=SCHEMES, steps=(8, 16, 1024), paths=2048, key=11
    )
    for scheme, words in WORDS.items():
        exact = math.sqrt(strong_error(model, sc.METHODS[scheme], 1.0, 1.0, 16))
        error = study.error[scheme]
        assert numbers[f"solution {words}"] == pytest.approx(solution, abs=1e-12)
        assert numbers[f"size {words}"] == pytest.approx(exact, rel=1e-9)
        assert numbers[f"rms {words}"] == pytest.approx(error[1], abs=1e-12)
        assert numbers[f"rms-stderr {words}"] == pytest.approx(study.stderr[scheme][1], rel=1e-9)
        assert numbers[f"rms-theory {words}"] == pytest.approx(exact, rel=1e-9)
        assert abs(numbers[f"rms-z {words}"]) < 6
        assert numbers[f"order {words}"] == pytest.approx(math.log2(error[0] / error[1]), abs=1e-9)
        if scheme != "sriw1":
            end = sc.solve(model, x0, noise=W, method=scheme).values[0, -1]
            assert numbers[f"end {words}"] == pytest.approx(end, abs=1e-12)
            assert numbers[f"error {words}"] == pytest.approx(end - solution, abs=1e-12)
    assert shown.reports == []
    shown.close()


def test_what_was_visited_is_kept_and_another_key_begins_again(browser, tmp_path):
    shown = ShownPage(browser, tmp_path, "schemes", "#v=1&key=11&n=64&eq=arctan")
    wait = "document.querySelector('[data-cell=\"paths sriw1\"]').dataset.value > 20"
    shown.page.wait_for_function(wait)
    before = shown.numbers()["paths Euler"]
    shown.set(key="11", n="4", eq="arctan")
    shown.set(key="11", n="64", eq="arctan")
    shown.page.wait_for_function(wait)
    assert shown.numbers()["paths Euler"] >= before
    assert math.isnan(shown.numbers()["rms-z sriw1"])  # the theory is not exact
    shown.set(key="12", n="64", eq="arctan")
    shown.page.wait_for_timeout(100)
    W = sc.brownian(n=1024, key=12).coarsen(16)
    end = sc.solve(*EQUATIONS["arctan"], noise=W, method="milstein").values[0, -1]
    assert shown.numbers()["end Milstein"] == pytest.approx(end, abs=1e-12)
    assert shown.reports == []
    shown.close()
