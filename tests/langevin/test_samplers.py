"""Langevin samplers against their own algebra: stationary laws to rounding, moments step by step,
MALA's law and acceptance.
"""

import math

import numpy as np
import pytest
from evidence import assert_law, assert_mean, assert_same_bits, must_reject
from scipy.integrate import cumulative_trapezoid
from scipy.special import ndtr

from stochcalc.engine.random.philox import CHAIN_NOISE
from stochcalc.engine.random.sources import block_normals
from stochcalc.langevin import SAMPLERS, linear_chain, sample
from stochcalc.langevin.kinetic import splitting
from stochcalc.score import GaussianMixture

SPLITTINGS = ("baoab", "aboba", "obabo", "oabao", "baoa")
LINEAR = ("ula", "lm", *SPLITTINGS)
PRECISION = np.array([[2.0, 0.5], [0.5, 1.0]])


def pair_score(x):
    return -2.0 * x[0] - 0.5 * x[1], -0.5 * x[0] - x[1]


def pair_log_density(x):
    return -x[0] * x[0] - 0.5 * x[0] * x[1] - 0.5 * x[1] * x[1]


def array_score(x):
    return -PRECISION @ x


def array_log_density(x):
    return -0.5 * (x * (PRECISION @ x)).sum(axis=0)


def quartic(x):  # a score that no splitting treats exactly
    return -x - x**3


def composed(letters, q, p, h, friction, normals):
    """The step a name spells, letter by letter, as chapter 7 of Leimkuhler and Matthews has it."""
    normals = iter(normals)
    for letter in letters:
        share = h / letters.count(letter)
        if letter == "A":
            q = q + share * p
        elif letter == "B":
            p = p + share * quartic(q)
        else:
            p = math.exp(-friction * share) * p + math.sqrt(
                1.0 - math.exp(-2.0 * friction * share)
            ) * next(normals)
    return q, p


def test_a_baoab_step_is_kick_flight_friction_flight_kick(rng_seed):
    h, friction = 0.3, 0.7
    q, p, z = np.random.default_rng(rng_seed).normal(size=(3, 1, 50))
    step = splitting("BAOAB", 1)
    moved = step(
        lambda t, x: quartic(x),
        0.0,
        np.concatenate([q, p]),
        h,
        math.sqrt(h) * z,
        SAMPLERS["baoab"].parameters(h, friction, 1.0),
    )
    half = p + h / 2 * quartic(q)
    middle = q + h / 2 * half
    rubbed = math.exp(-friction * h) * half + math.sqrt(1 - math.exp(-2 * friction * h)) * z
    end = middle + h / 2 * rubbed
    np.testing.assert_allclose(moved[:1], end, rtol=1e-14, atol=1e-15)
    np.testing.assert_allclose(moved[1:], rubbed + h / 2 * quartic(end), rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("method", SPLITTINGS)
def test_a_compiled_splitting_takes_the_letters_of_its_name_with_fresh_noise_for_every_o(
    method, rng_seed
):
    h, friction, letters = 0.3, 0.7, method.upper()
    q, p, noises = np.linspace(-2.0, 2.0, 300), 0.4, letters.count("O")
    chains = sample(
        lambda x: -x - x**3,
        q,
        step=h,
        n=2,
        chains=300,
        method=method,
        friction=friction,
        starts=True,
        p0=p,
        rng=rng_seed,
    )
    for n in (0, 1):
        z = block_normals(chains.key, CHAIN_NOISE, n, (300, noises)).T
        q, p = composed(letters, q, p, h, friction, z)
        np.testing.assert_allclose(chains.x[:, n + 1], q, rtol=1e-11, atol=1e-12)
        np.testing.assert_allclose(chains.p[:, n + 1], p, rtol=1e-11, atol=1e-12)


# Claims, G28


def due(method, frequency, h):
    """((<q^2>, <q p>), (<q p>, <p^2>)) at unit temperature, any friction; (<q^2>,) of an overdamped
    method.
    """
    k, c = frequency**2, (h * frequency) ** 2 / 4
    if method in ("ula", "lm"):
        return np.array([[1 / k / (1 - k * h / 4) if method == "ula" else 1 / k]])
    q, p = {
        "baoab": (1, 1 - c),
        "aboba": (1, 1 / (1 - c)),
        "obabo": (1 / (1 - c), 1),
        "oabao": (1 - c, 1),
        "baoa": (1, 1),
    }[method]
    crossed = h / 2 if method == "baoa" else 0.0
    return np.array([[q / k, crossed], [crossed, p]])


@pytest.mark.parametrize("method", LINEAR)
def test_stationary_covariances_are_those_of_the_claims_whatever_the_friction(method):
    for h in (0.1, 0.4, 1.0):
        for frequency in (0.8, 1.7):
            for friction in (0.3, 5.0):
                found = linear_chain(
                    frequency**2, step=h, method=method, friction=friction
                ).stationary
                np.testing.assert_allclose(found, due(method, frequency, h), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("method", LINEAR)
def test_a_precision_matrix_is_one_oscillator_along_each_of_its_axes(method):
    h, turn = 0.5, np.array([[0.6, -0.8], [0.8, 0.6]])
    along = [due(method, frequency, h) for frequency in (0.8, 1.7)]
    found = linear_chain(
        turn @ np.diag([0.8**2, 1.7**2]) @ turn.T, step=h, method=method, friction=0.7
    ).stationary
    blocks = len(along[0])
    exact = np.block(
        [
            [turn @ np.diag([one[i, j] for one in along]) @ turn.T for j in range(blocks)]
            for i in range(blocks)
        ]
    )
    np.testing.assert_allclose(found, exact, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("method", LINEAR)
def test_covariances_after_n_steps_tend_to_the_stationary_ones_and_scale_with_the_temperature(
    method,
):
    cold, hot = (
        linear_chain(PRECISION, step=0.4, method=method, friction=0.7, temperature=T)
        for T in (1.0, 2.5)
    )
    np.testing.assert_allclose(cold.after(400), cold.stationary, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(hot.stationary, 2.5 * cold.stationary, rtol=1e-12, atol=1e-13)
    assert abs(cold.after(3) - cold.stationary).max() > 0.01
    assert not cold.after(0).any()


def test_ula_covariance_after_n_steps_is_a_geometric_sum():
    k, h, n, V = 2.0, 0.3, 4, 5.0
    rho = 1 - k * h / 2
    exact = rho ** (2 * n) * V + h * (1 - rho ** (2 * n)) / (1 - rho**2)
    assert linear_chain(k, step=h).after(n, np.array([[V]])).item() == pytest.approx(
        exact, rel=1e-14
    )


# Simulated chains


@pytest.mark.parametrize("method", ["ula", "lm", "baoab", "oabao"])
def test_simulated_second_moments_after_n_steps_are_the_recursion_s(method, rng_seed):
    n, many, kinetic = 5, 400_000, SAMPLERS[method].momentum
    options = {"step": 0.7, "method": method, "friction": 0.7, "temperature": 1.5}
    for precision, score, x0 in (
        (2.0, lambda x: -2.0 * x, 0.0),
        (PRECISION, pair_score, [0.0, 0.0]),
    ):
        chain, d = linear_chain(precision, **options), np.size(x0)
        start = (
            np.diag([0.0] * d + [1.5] * d) if kinetic else None
        )  # momenta are drawn at the temperature
        exact = chain.after(n, start)
        chains = sample(score, x0, n=n, chains=many, save="last", rng=rng_seed, **options)
        state = np.column_stack([chains.x[:, 0], chains.p[:, 0]] if kinetic else [chains.x[:, 0]])
        np.testing.assert_allclose(chains.moments.var, chains.x.var(axis=0, ddof=1), rtol=1e-12)
        assert_mean(state**2, np.diag(exact), detects=0.03 * exact.max())
        if len(exact) > 1:
            assert_mean(state[:, 0] * state[:, -1], exact[0, -1], detects=0.03 * exact.max())
    if kinetic:
        np.testing.assert_allclose(chains.p_moments.mean, chains.p.mean(axis=0), atol=1e-12)
        np.testing.assert_allclose(chains.p_moments.var, chains.p.var(axis=0, ddof=1), rtol=1e-12)
    with must_reject("noise scaled by the temperature, not by its root"):
        assert_mean(
            state**2,
            np.diag(linear_chain(precision, **(options | {"temperature": 1.5**2})).after(n, start)),
        )


def _with_density(method, log_density):
    return {"log_density": log_density} if method == "mala" else {}


@pytest.mark.parametrize("method", SAMPLERS)
def test_bits_depend_on_neither_workers_nor_what_is_kept_and_a_key_replays_them(method, rng_seed):
    options = {
        "step": 0.3,
        "n": 8,
        "method": method,
        "chains": 700,
        **_with_density(method, pair_log_density),
    }
    full = sample(pair_score, [0.3, -0.2], rng=rng_seed, **options)
    again = {"key": full.key, **options}
    for workers in (1, 2, 3):
        assert_same_bits(full.rows, sample(pair_score, [0.3, -0.2], workers=workers, **again).rows)
    assert_same_bits(full.x[:, ::4], sample(pair_score, [0.3, -0.2], thin=4, **again).x)
    last, stats = (
        sample(pair_score, [0.3, -0.2], save=save, **again) for save in ("last", "stats")
    )
    assert_same_bits(full.x[:, -1:], last.x)
    assert stats.x is None and stats.p is None
    names = ("moments", "p_moments")[: 1 + SAMPLERS[method].momentum]
    for one, other in ((getattr(full, name), getattr(stats, name)) for name in names):
        assert_same_bits(one.record, other.record)
    assert full.acceptance == stats.acceptance


@pytest.mark.parametrize("method", SAMPLERS)
def test_functions_of_arrays_give_the_states_of_the_compiled_loop(method, rng_seed):
    options = {
        "step": 0.3,
        "n": 6,
        "method": method,
        "chains": 700,
        "temperature": 0.8,
        "rng": rng_seed,
    }
    lanes = sample(pair_score, [0.3, -0.2], **options, **_with_density(method, pair_log_density))
    arrays = sample(
        array_score,
        [0.3, -0.2],
        vectorized=True,
        **options,
        **_with_density(method, array_log_density),
    )
    np.testing.assert_allclose(lanes.rows, arrays.rows, rtol=1e-12, atol=1e-13)
    assert lanes.acceptance == arrays.acceptance


@pytest.mark.parametrize("method", ["ula", "lm", "mala", "oabao"])
def test_a_scalar_target_is_a_system_of_one_component(method, rng_seed):
    options = {"step": 0.3, "n": 6, "method": method, "chains": 300, "rng": rng_seed}
    one = sample(lambda x: -2.0 * x, 0.3, **options, **_with_density(method, lambda x: -x * x))
    system = sample(
        lambda x: (-2.0 * x[0],), [0.3], **options, **_with_density(method, lambda x: -x[0] * x[0])
    )
    assert one.x.shape == (300, 7) and system.x.shape == (300, 7, 1)
    assert_same_bits(one.x, system.x[..., 0])


# The adjusted algorithm

HEAT, GRID = 0.5, np.linspace(-2.6, 2.6, 4001)


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
