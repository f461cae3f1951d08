"""Noise run backwards: every scheme against its step in NumPy and the others on its noise."""

import math

import numpy as np
import pytest
from evidence import (
    assert_order,
    assert_same_bits,
)
from noise_targets import MIXTURE, SCHEMES, SHORT, START

from stochcalc.engine.random.normal_arrays import block_normals
from stochcalc.engine.random.philox import INCREMENTS, SPACE_TIME_AREA
from stochcalc.methods import METHODS
from stochcalc.score import (
    VE,
    VP,
    GaussianMixture,
    reverse_sde,
)


def test_the_schemes_are_those_for_additive_noise_that_need_no_slope_of_the_drift():
    with pytest.raises(ValueError, match="method='none' must be one of") as refused:
        reverse_sde(MIXTURE, SHORT, START, n=1, method="none")
    accepted = [name for name in METHODS if repr(name) in str(refused.value).partition("one of")[2]]
    assert accepted == ["euler_maruyama", *SCHEMES]


def in_numpy(name, target, noising, x, n, key):
    """The scheme's own step on the reverse-time equation, with the noise the lanes make.

    The equation is the one of Song et al. (2021)."""
    scheme, h = METHODS[name], noising.T / n

    def drift(u, y):
        t = max(noising.T - u, 0.0)
        m, sigma, g = noising.mean_factor(t), noising.sigma(t), noising.amplitude(t)
        law = GaussianMixture(
            target.weights, m * target.means, m * m * target.covs + sigma**2 * np.eye(2)
        )
        return noising.rate(t) * y + g * g * law.score(y.T).T

    made = {
        "drift": drift,
        "diffusion": lambda u, y: 0 * y + noising.amplitude(max(noising.T - u, 0.0)),
        "diffusion_dx": lambda u, y: 0 * y,
    }
    y = x.T
    for k in range(n):
        dW = math.sqrt(h) * block_normals(key, INCREMENTS, k, x.shape).T
        z = block_normals(key, SPACE_TIME_AREA, k, x.shape).T
        noise = {"dW": dW, "I10": 0.5 * h * (dW + math.sqrt(h / 3) * z), "A": 0.0, "V": 0.0}
        lam = (0.0,) if scheme.calculus == "any" else ()
        y = scheme.step(
            *(made[f] for f in scheme.functions),
            k * h,
            y,
            h,
            *(noise[d] for d in scheme.drivers),
            (),
            *lam,
        )
    return y.T


@pytest.mark.parametrize(
    "name, noising",
    [
        *((name, VE(0.2, 9.0, T=2.0)) for name in SCHEMES),
        ("heun", VP(0.1, 12.0, T=1.5)),
        ("sra1", VP(0.1, 12.0, T=1.5)),
    ],
)
def test_each_scheme_is_its_step_on_the_reverse_equation_and_keeps_its_bits(name, noising):
    ours = [
        reverse_sde(MIXTURE, noising, START, n=20, method=name, key=9, workers=workers)
        for workers in (1, 3)
    ]
    assert_same_bits(*ours)
    np.testing.assert_allclose(
        ours[0], in_numpy(name, MIXTURE, noising, START, 20, 9), rtol=1e-8, atol=1e-8
    )


@pytest.mark.parametrize(
    "name", [name for name in SCHEMES if name not in ("heun", "lambda_euler", "weak2", "srs2")]
)
def test_schemes_on_the_same_noise_differ_by_the_first_power_of_the_step(name, rng_seed):
    """The others are one of these where noise is additive.

    Heun is weak2, sri2 is srs2, and Milstein is Euler for every lambda."""
    start, logs = SHORT.noised(MIXTURE.sample(10_000, rng=rng_seed), 1.0, rng=rng_seed + 1), []
    for n in (200, 400):
        away = (
            reverse_sde(MIXTURE, SHORT, start, n=n, method=way, key=rng_seed)
            for way in (name, "heun")
        )
        logs.append(np.log2(np.linalg.norm(next(away) - next(away), axis=1)))
    slope = logs[0].mean() - logs[1].mean()
    assert_order(
        (slope, math.sqrt((logs[0].var() + logs[1].var()) / len(start))),
        1.0,
        tolerance=0.1,
        sigmas=7,
    )


def test_schemes_that_coincide_for_additive_noise_do():
    def run(name):
        return reverse_sde(MIXTURE, VE(0.2, 9.0), START, n=30, method=name, key=9)

    for one, other in (("heun", "weak2"), ("sri2", "srs2"), ("milstein", "lambda_euler")):
        np.testing.assert_allclose(run(one), run(other), rtol=1e-9, atol=1e-9)
    assert not np.allclose(run("heun"), run("milstein"))
