"""Orders: what each scheme declares is what it does, path by path and for every reading."""

from __future__ import annotations

import functools
import math
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from evidence import assert_mean, assert_order, must_reject, sample_size
from nights import mostly_at_night

import stochcalc as sc
from stochcalc import methods
from stochcalc.laboratory import declared_orders as orders
from stochcalc.laboratory.exact_errors import has_exact_error, strong_error, weak_error

ROOT = Path(__file__).resolve().parents[2]
NAMES = [name for name in sc.METHODS if name != "exact"]
THREE_FINEST = slice(-3, None)


@functools.cache
def study(noise: str) -> sc.ConvergenceStudy:
    return orders.measure_orders(noise)


# ---- strong


CASES = [
    (noise, name)
    for noise in orders.PROBLEMS
    for name in NAMES
    if noise in sc.METHODS[name].strong_order
]


@pytest.mark.parametrize("noise, name", mostly_at_night(CASES, lambda case: case[0] == "scalar"))
def test_a_scheme_has_the_strong_order_that_it_declares_for_this_noise(noise, name):
    slope = study(noise).slope(name, THREE_FINEST)
    order = sc.METHODS[name].strong_order[noise]
    assert_order(slope, order, tolerance=0.05, max_stderr=0.02, sigmas=7)
    with must_reject("half an order more"):
        assert_order(slope, order + 0.5, tolerance=0.05, max_stderr=0.02)


@pytest.mark.nightly
def test_the_readme_shows_the_declared_orders_beside_the_measured_ones():
    assert (
        orders.write_table({noise: study(noise) for noise in orders.PROBLEMS}, sc.METHODS)
        in (ROOT / "README.md").read_text()
    )


def squares(found: sc.ConvergenceStudy, name: str) -> SimpleNamespace:
    error = found.error[name]
    return SimpleNamespace(mean=error**2, stderr=2 * error * found.stderr[name], count=found.paths)


@pytest.mark.parametrize(
    "model", [sc.models.gbm(0.3, 0.5, lam=0.25), sc.models.ou(2.0, 0.3, 0.5)], ids=["gbm", "ou"]
)
def test_on_affine_equations_every_error_is_the_exact_one_of_these_steps(rng_seed, model):
    names = [
        name
        for name in NAMES
        if model.noise in sc.METHODS[name].strong_order and has_exact_error(model, sc.METHODS[name])
    ]
    assert len(names) >= 9
    found = sc.strong_convergence(
        model, 1.0, 1.0, methods=names, levels=(1, 3, 5), paths=sample_size(200_000), rng=rng_seed
    )
    for name in names:
        exact = found.exact[name] ** 2
        assert_mean(squares(found, name), exact, sigmas=7, detects=0.5 * exact)
        with must_reject("half an order more"):
            steeper = 2 * sc.METHODS[name].strong_order[model.noise] + 1
            assert_mean(squares(found, name), exact[0] * (found.dt / found.dt[0]) ** steeper)


# ---- lambda


def test_the_bias_of_mean_and_median_extrapolates_to_zero_for_every_reading(rng_seed):
    for lam in (0.0, 0.25, 0.5, 0.75, 1.0):
        _check_reading(lam, rng_seed)


def _check_reading(lam, rng_seed):
    a, b, T = 0.2, 0.5, 1.0
    model = sc.models.gbm(a, b, lam=lam)
    mean, median = math.exp((a + lam * b * b) * T), math.exp((a + (lam - 0.5) * b * b) * T)
    assert model.mean(T) == pytest.approx(mean, rel=1e-14)
    for name in ("lambda_euler", "milstein", "euler_maruyama"):
        bias = [weak_error(model, sc.METHODS[name], 1.0, T, n, (0.0, 1.0, 0.0)) for n in (32, 64)]
        assert abs(2 * bias[1] - bias[0]) < 0.05 * abs(bias[1]) + 1e-12, name
        below = []
        for n in (32, 64):
            x = sc.solve(
                model,
                1.0,
                T,
                n=n,
                paths=sample_size(150_000),
                method=name,
                save="last",
                rng=rng_seed,
            ).x[:, 0]
            assert_mean(
                x,
                mean + weak_error(model, sc.METHODS[name], 1.0, T, n, (0.0, 1.0, 0.0)),
                sigmas=7,
                detects=0.03,
            )
            below.append(np.where(x < median, 1.0, 0.0))
        assert_mean(2 * below[1] - below[0], 0.5, exact_stderr=1e-3, sigmas=7, detects=0.03)
        if lam == 1.0:
            with must_reject("Ito's median whatever the reading"):
                wrong = np.where(x < math.exp((a - 0.5 * b * b) * T), 1.0, 0.0)
                assert_mean(wrong, 0.5)


# ---- a new scheme

SCHEME = '''
"""A random walk along the drift."""
from stochcalc.methods.method import Method


def leap(a, b, t, x, dt, dW, args):
    half = x + 0.5 * a(t, x, *args) * dt
    return half + b(t, half, *args) * dW + 0.5 * a(t + dt, half, *args) * dt


METHOD = Method(name="leap", step=leap, strong_order={"diagonal": 0.5},
                weak_order={"diagonal": 1.0}, calculus=0.0, reference="this test")
'''


def test_adding_a_scheme_is_adding_one_file(tmp_path, monkeypatch):
    assert len(SCHEME.strip().splitlines()) <= 15
    (tmp_path / "leap.py").write_text(SCHEME)
    monkeypatch.setattr(methods, "__path__", [*methods.__path__, str(tmp_path)])
    found = methods.discover()
    assert set(found) == {*sc.METHODS, "leap"}
    monkeypatch.setitem(sc.METHODS, "leap", found["leap"])
    measured = orders.measure_orders("diagonal", [sc.METHODS["leap"]], paths=4096)
    assert_order(measured.slope("leap", THREE_FINEST), 0.5, tolerance=0.05, max_stderr=0.03)
    line = orders.write_table({"diagonal": measured}, {"leap": found["leap"]}).splitlines()[-1]
    assert line.startswith("| `leap` |  | 0.5 (0.") and line.endswith("| 1 |")
    assert measured.plot().get_legend_handles_labels()[1][0].startswith("leap: slope 0.")
    with pytest.raises(
        ValueError, match=r"leap has no theorem for additive noise: use method='euler_maruyama'"
    ):
        sc.solve(sc.models.ou(1.0, 0.0, 1.0), 1.0, 1.0, n=4, method="leap")


def test_strong_errors_by_quadrature_are_those_of_the_closed_form_for_milstein():
    a, b = 0.5, 0.4
    for n in (1, 16, 256):
        h = 1.0 / n
        R, G = 1 + a * h, math.exp(a * h)
        spread = b * b * h + b**4 * h * h / 2
        due = (R**2 + spread) ** n + math.exp(2 * a + b * b) - 2 * (G * (R + spread)) ** n
        assert strong_error(
            sc.models.gbm(a, b), sc.METHODS["milstein"], 1.0, 1.0, n
        ) == pytest.approx(due, rel=1e-6, abs=1e-13)
