"""Networks and data for the tests of learned scores."""

import numpy as np
from evidence import assert_same_bits

from stochcalc.score import GaussianMixture, ScoreNetwork, nets

TOY = GaussianMixture([0.8, 0.2], [[5.0, 5.0], [-5.0, -5.0]], 1.0)
DATA = TOY.sample(500, rng=1)
QUICK = {"sigmas": (0.5, 25.0), "steps": 12, "batch": 16, "seed": 3}


def bits_of(network):
    return [network.centre, np.array(network.scale), *network.arrays.values()]


def same(one, other):
    assert list(one.arrays) == list(other.arrays)
    for a, b in zip(bits_of(one), bits_of(other)):
        assert_same_bits(a, b)


def untrained(dim=2, scale=1.5, zero=False):
    """A network made by hand, without torch."""
    arrays = nets.draw_start(nets.KINDS["mlp"].shapes(dim), np.random.default_rng(1))
    return ScoreNetwork(
        "mlp",
        np.arange(dim) + 1.0,
        scale,
        (0.1, 10.0),
        {k: v * (not zero) for k, v in arrays.items()},
    )
