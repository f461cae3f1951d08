"""The gambler's ruin, the first exercise on hitting probabilities, in a few lines."""

from __future__ import annotations

from evidence import assert_mean, must_reject

import stochcalc as sc


def test_the_gambler_is_ruined_two_times_in_three(rng_seed):
    motion = sc.SDE(lambda t, x: 0.0, lambda t, x: 1.0)
    game = sc.first_passage(motion, 0.0, (-1.0, 2.0), 60.0, n=60, paths=200_000, rng=rng_seed)
    assert_mean(game.low_first, 2.0 / 3.0, sigmas=7, detects=0.02)
    assert game.probability.value == 1.0
    seen = sc.first_passage(
        motion, 0.0, (-1.0, 2.0), 60.0, n=60, paths=200_000, rng=rng_seed, correction=False
    )
    with must_reject("grid times alone"):
        assert_mean(seen.low_first, 2.0 / 3.0)
