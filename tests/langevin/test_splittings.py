"""Splittings of kinetic Langevin dynamics take the letters of their names."""

import math

import numpy as np
import pytest

from stochcalc.engine.random.normal_arrays import block_normals
from stochcalc.engine.random.philox import CHAIN_NOISE
from stochcalc.langevin import SAMPLERS, sample
from stochcalc.langevin.samplers.kinetic import baoab

SPLITTINGS = [name for name in SAMPLERS if set(name) <= set("abo")]


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
    step = baoab(1)
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
    assert SAMPLERS[method].noises == method.count("o")
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
