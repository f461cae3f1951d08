"""The adjusted Langevin algorithm: its law, and the share of proposals it accepts."""

import math

import numpy as np
import pytest
from evidence import assert_law, assert_mean, must_reject
from scipy.integrate import cumulative_trapezoid
from scipy.special import ndtr

from stochcalc.langevin import sample
from stochcalc.score import GaussianMixture

HEAT, GRID = 0.5, np.linspace(-2.6, 2.6, 4001)
TABLE = np.zeros(4)  # too short for some states


def well_score(x, T):
    return -4.0 * x * (x * x - 1.0) / T


def well_log_density(x, T):
    return -((x * x - 1.0) ** 2) / T


WEIGHTS = np.exp(well_log_density(GRID, HEAT)) / np.trapezoid(
    np.exp(well_log_density(GRID, HEAT)), GRID
)
CUMULATED = cumulative_trapezoid(WEIGHTS, GRID, initial=0.0)


def well_cdf(x):
    return np.interp(x, GRID, CUMULATED)


def from_the_well(n, seed):
    return np.interp(np.random.default_rng(seed).uniform(size=n), CUMULATED, GRID)


MALA = {"method": "mala", "log_density": well_log_density, "args": (HEAT,)}


def test_mala_keeps_the_law_of_a_double_well_and_ula_does_not(rng_seed):
    options = {
        "step": 0.07,
        "n": 50,
        "chains": 100_000,
        "starts": True,
        "save": "last",
        "rng": rng_seed,
    }
    start = from_the_well(100_000, rng_seed)
    assert_law(sample(well_score, start, **options, **MALA).x[:, 0], well_cdf, detects=0.02)
    with must_reject("nothing is ever rejected: ULA at the same step"):
        assert_law(sample(well_score, start, **options, args=(HEAT,)).x[:, 0], well_cdf)


def test_mala_finds_both_wells_from_one_of_them(rng_seed):
    options = {"step": 0.1, "chains": 50_000, "save": "last", "rng": rng_seed}
    assert_law(sample(well_score, 1.2, n=800, **options, **MALA).x[:, 0], well_cdf, detects=0.03)
    with must_reject("50 steps are too few to cross"):
        assert_law(sample(well_score, 1.2, n=50, **options, **MALA).x[:, 0], well_cdf)


def test_mala_at_a_temperature_samples_the_density_to_the_power_of_its_inverse(rng_seed):
    options = {
        "step": 0.2,
        "n": 40,
        "chains": 100_000,
        "starts": True,
        "save": "last",
        "rng": rng_seed,
    }
    x = sample(
        well_score,
        from_the_well(100_000, rng_seed),
        temperature=HEAT,
        **options,
        **(MALA | {"args": (1.0,)}),
    ).x[:, 0]
    assert_law(x, well_cdf, detects=0.02)


def test_mala_keeps_the_law_of_a_banana(rng_seed):
    many, options = (
        100_000,
        {"step": 0.15, "n": 50, "starts": True, "save": "last", "rng": rng_seed},
    )
    first, second = np.random.default_rng(rng_seed).normal(size=(2, many))
    bent = np.column_stack([first, 1.5 * first**2 + 0.5 * second])
    chains = sample(
        lambda x, b, s: (
            -x[0] + 2.0 * b * x[0] * (x[1] - b * x[0] * x[0]) / (s * s),
            -(x[1] - b * x[0] * x[0]) / (s * s),
        ),
        bent,
        chains=many,
        method="mala",
        args=(1.5, 0.5),
        log_density=lambda x, b, s: -0.5 * x[0] * x[0] - 0.5 * ((x[1] - b * x[0] * x[0]) / s) ** 2,
        **options,
    )
    x = chains.x[:, 0]
    assert 0.3 < chains.acceptance.value < 0.9
    assert_law(x[:, 0], ndtr, detects=0.02)
    assert_law((x[:, 1] - 1.5 * x[:, 0] ** 2) / 0.5, ndtr, detects=0.02)


def test_mala_takes_the_density_of_a_mixture_from_the_mixture(rng_seed):
    mixture = GaussianMixture([0.3, 0.7], [[-1.5], [1.0]], [[[0.25]], [[0.5]]])
    options = {
        "step": 0.6,
        "n": 30,
        "chains": 100_000,
        "starts": True,
        "save": "last",
        "rng": rng_seed,
    }
    start = mixture.sample(100_000, rng=rng_seed)
    cdf = lambda x: 0.3 * ndtr((x + 1.5) / 0.5) + 0.7 * ndtr((x - 1.0) / math.sqrt(0.5))
    assert_law(sample(mixture, start, method="mala", **options).x[:, 0, 0], cdf, detects=0.02)
    with must_reject("nothing is ever rejected: ULA at the same step"):
        assert_law(sample(mixture, start, **options).x[:, 0, 0], cdf)


def exact_acceptance(h, T=HEAT):
    """E min(1, e^r) by the trapezoidal rule over x ~ p and z ~ N(0, 1)."""
    x, z = GRID[::4, None], np.linspace(-6.0, 6.0, 1001)[None]
    y = x + h / 2 * well_score(x, T) + math.sqrt(h) * z
    back = x - y - h / 2 * well_score(y, T)
    r = well_log_density(y, T) - well_log_density(x, T) + z * z / 2 - back**2 / (2 * h)
    inner = np.trapezoid(
        np.exp(np.minimum(r, 0.0) - z * z / 2) / math.sqrt(2 * math.pi), z[0], axis=1
    )
    return np.trapezoid(inner * WEIGHTS[::4], x[:, 0])


@pytest.mark.parametrize("h", [0.03, 0.2])
def test_the_share_of_accepted_proposals_is_the_integral_over_state_and_noise(h, rng_seed):
    chains = sample(
        well_score,
        from_the_well(50_000, rng_seed),
        step=h,
        n=20,
        chains=50_000,
        starts=True,
        save="stats",
        rng=rng_seed,
        **MALA,
    )
    assert_mean(chains.acceptance, exact_acceptance(h), detects=0.01)


def test_rejections_are_of_order_three_halves_in_the_step():
    rejected = [1 - exact_acceptance(h) for h in (8e-4, 4e-4, 2e-4, 1e-4)]
    slopes = np.log2(np.divide(rejected[:-1], rejected[1:]))
    np.testing.assert_allclose(slopes, 1.5, atol=0.02)
    assert abs(slopes[-1] - 1.5) < abs(slopes[0] - 1.5)


def test_thinning_does_not_lower_the_acceptance():
    chains = sample(
        lambda x: -x,
        0.0,
        step=1e-9,
        n=10,
        thin=4,
        chains=50,
        method="mala",
        log_density=lambda x: -0.5 * x * x,
    )
    assert chains.acceptance.value == 1.0


@pytest.mark.parametrize(
    "log_density",
    [
        lambda x: -0.5 * x * x + TABLE[int(abs(4.0 * x))],
        lambda x: -0.5 * (int(x * 1e10) ** 2) * 1e-20,
    ],
    ids=["a table", "an integer"],
)
def test_a_log_density_without_a_value_is_a_fault_and_no_rejection(log_density):
    with pytest.warns(RuntimeWarning, match="chains"):
        chains = sample(
            lambda x: -x,
            0.1,
            step=0.5,
            n=200,
            chains=300,
            method="mala",
            log_density=log_density,
            key=1,
        )
    assert chains.nonfinite > 0


def test_a_density_of_zero_is_a_reason_to_reject():
    def log_density(x):
        return -x if x > 0.0 else -math.inf

    chains = sample(
        lambda x: -1.0,
        1.0,
        step=0.5,
        n=200,
        chains=300,
        method="mala",
        log_density=log_density,
        key=1,
    )
    assert chains.nonfinite == 0 and chains.x.min() > 0.0
