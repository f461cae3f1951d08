"""Kind H: every result goes through pickle, and what can be run again is run again."""

from __future__ import annotations

import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
from evidence import assert_same_bits

import stochcalc as sc
from stochcalc.engine.portable import find_unportable
from stochcalc.models.presets import PRESETS


def drift(t, x):
    return -x


def diffusion(t, x):
    return 0.5 * x


def slope(t, x):
    return 0.5


def drift_slope(t, x):
    return -1.0


def score(x):
    return -x


OWN = sc.SDE(drift, diffusion, drift_dx=drift_slope, diffusion_dx=slope)
OPTIONS = {"n": 4, "paths": 300, "rng": 1}
MIXTURE = sc.score.GaussianMixture([0.5, 0.5], [[0.0, 0.0], [2.0, 2.0]], 1.0)
PRICES = 100.0 * np.exp(np.cumsum(np.sin(np.arange(400.0)) * 0.01))
RESULTS = {
    "W": lambda: sc.brownian(n=8, paths=3, rng=1).refine(2),
    "moments": lambda: sc.riemann_sum(lambda t, w: w, sc.brownian(n=8, paths=3), save="stats"),
    "estimate": lambda: sc.quadratic_variation(np.log(PRICES)),
    "volatility": lambda: sc.volatility(PRICES),
    "jumps": lambda: sc.detect_jumps(np.log(PRICES), window=60),
    "study": lambda: sc.strong_convergence(OWN, 1.0, 1.0, levels=(2, 3), paths=2048, rng=1),
    "mlmc": lambda: sc.mlmc(OWN, 1.0, 1.0, test=lambda x: x, target=0.05, rng=1),
    "passage": lambda: sc.first_passage(OWN, 1.0, 2.0, 1.0, n=8, paths=300, rng=1),
    "density": lambda: sc.stationary_density(OWN, 0.5, 2.0),
    "backward": lambda: sc.backward_equation(OWN, score, 1.0, 0.5, 2.0),
    "report": lambda: sc.verify("G04", paths=2048),
    "mixture": lambda: MIXTURE,
    "noising": lambda: sc.score.VE(0.1, 2.0),
    **{
        f"chains by {name}": lambda name=name: sc.langevin.sample(
            MIXTURE, np.zeros(2), step=0.1, n=4, rng=1, method=name
        )
        for name in sc.langevin.SAMPLERS
    },
    "chains of a score": lambda: sc.langevin.sample(score, 0.0, step=0.1, n=4, rng=1),
}


def copy(value):
    return pickle.loads(pickle.dumps(value))


@pytest.mark.parametrize("make", RESULTS.values(), ids=RESULTS)
def test_a_result_that_was_pickled_prints_as_before(make):
    value = make()
    assert str(copy(value)) == str(value)


@pytest.mark.parametrize("name", PRESETS)
def test_h1_a_model_and_its_solutions_are_pickled_and_replayed(name):
    preset = PRESETS[name]
    model = preset.model({})
    again = copy(model)
    sol = sc.solve(model, preset.x0, 0.5 * preset.T, **OPTIONS)
    assert_same_bits(sc.solve(again, preset.x0, 0.5 * preset.T, **OPTIONS).x, sol.x)
    read = copy(sol)
    assert_same_bits(read.x, sol.x)
    assert_same_bits(read.replay(270).x[0], sol.x[270])


CENTRAL = sc.SDE(drift, diffusion, drift_dx="central", diffusion_dx="central")
READINGS = {"Ito": OWN, "Stratonovich": CENTRAL.to_stratonovich(), "central": CENTRAL}


@pytest.mark.parametrize("method", [name for name in sc.METHODS if name not in ("exact", "sra1")])
@pytest.mark.parametrize("sde", READINGS.values(), ids=READINGS)
def test_a_solution_of_functions_with_names_is_replayed_whatever_the_scheme(sde, method):
    sol = sc.solve(sde, 1.0, 1.0, method=method, **OPTIONS)
    assert_same_bits(copy(sol).replay(270).x[0], sol.x[270])


def test_a_solution_of_functions_without_names_keeps_its_paths_and_says_why_it_is_not_replayed():
    sol = sc.solve(sc.SDE(lambda t, x: -x, lambda t, x: 0.5), 1.0, 1.0, **OPTIONS)
    assert find_unportable(sol.job) is not None
    read = copy(sol)
    assert_same_bits(read.x, sol.x)
    assert_same_bits(read.mean, sol.mean)
    assert repr(read) == repr(sol)
    with pytest.raises(ValueError, match=f"<lambda>.*key={sol.key}"):
        read.replay(0)


NAMELESS = sc.SDE(lambda t, x: -x, lambda t, x: 0.5, lam=0.5)


def test_laws_and_means_of_functions_without_names_keep_their_numbers():
    p = sc.stationary_density(NAMELESS)
    u = sc.backward_equation(NAMELESS, lambda x: x, 1.0, -4.0, 4.0)
    for result in (p, u):
        read = copy(result)
        assert read.sde is None and read.lam == 0.5 and str(read) == str(result)
        assert read.plot() is not None
    assert copy(p).cdf(0.3) == p.cdf(0.3) and copy(p).var == p.var
    assert copy(u)(0.3) == u(0.3) and copy(u).error(0.3) == u.error(0.3)
    named = copy(sc.stationary_density(OWN, 0.5, 2.0))
    assert named.sde is not None


def test_a_model_is_solved_in_processes_that_are_spawned():
    model = sc.models.gbm(0.1, 0.2)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        sol = sc.solve(model, 1.0, 1.0, executor=pool, **OPTIONS)
    assert_same_bits(sol.x, sc.solve(model, 1.0, 1.0, **OPTIONS).x)


def test_a_corrected_equation_of_arrays_is_pickled_and_replayed():
    for derivative in (slope, "central"):
        many = sc.SDE(drift, diffusion, diffusion_dx=derivative, vectorized=True).to_stratonovich()
        sol = sc.solve(many, 1.0, 1.0, method="heun", **OPTIONS)
        assert repr(copy(many)) == repr(many)
        assert_same_bits(copy(sol).replay(270).x[0], sol.x[270])
