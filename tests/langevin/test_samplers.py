"""Simulated chains: their moments, and the same states whatever the work is cut into."""

import numpy as np
import pytest
from evidence import assert_mean, assert_same_bits, must_reject
from langevin_targets import PRECISION, array_log_density, array_score, pair_log_density, pair_score

from stochcalc.langevin import SAMPLERS, linear_chain, sample

UNADJUSTED = [name for name, sampler in SAMPLERS.items() if not sampler.adjusted]


@pytest.mark.parametrize("method", UNADJUSTED)
def test_simulated_second_moments_after_n_steps_are_the_recursion_s(method, rng_seed):
    n, many, kinetic = 5, 400_000, SAMPLERS[method].momentum
    options = {"step": 0.7, "method": method, "friction": 0.7, "temperature": 1.5}
    for precision, score, x0 in (
        (2.0, lambda x: -2.0 * x, 0.0),
        (PRECISION, pair_score, [0.0, 0.0]),
    ):
        chain, d = linear_chain(precision, **options), np.size(x0)
        # Momenta are drawn at the temperature.
        start = np.diag([0.0] * d + [1.5] * d) if kinetic else None
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


@pytest.mark.parametrize("method", UNADJUSTED)
def test_as_the_step_shrinks_the_stationary_law_becomes_that_of_the_target(method):
    """The law of N(0, T/k), with a momentum of variance T: an error of order h at the most."""
    precision, temperature = 2.0, 1.5
    options = {"method": method, "friction": 0.7, "temperature": temperature}
    variances = [temperature / precision, temperature]
    if not SAMPLERS[method].momentum:
        variances = variances[:1]
    errors = []
    for step in (1e-2, 1e-3):
        law = linear_chain(precision, step=step, **options).stationary
        size = len(variances)
        errors.append(abs(law[:size, :size] - np.diag(variances)).max())
    assert errors[1] < 1e-2
    assert errors[1] < 0.15 * errors[0] or errors[0] < 1e-12
