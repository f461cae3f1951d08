"""Every function that takes a motion takes its components and motions of own increments.

What depends on the values alone is the same, to the bit, for a motion that was drawn by itself and
for the same path given by its increments; what draws more refuses the latter by name.
"""

from __future__ import annotations

import numpy as np
import pytest
from evidence import assert_same_bits, seed_of

import stochcalc as sc

ALONE = sc.brownian(2.0, 16, paths=300, rng=seed_of(__name__))
OWN = sc.BrownianPaths.from_increments(ALONE.increments, ALONE.t)
PLANE = sc.brownian(2.0, 16, paths=300, dim=2, rng=seed_of(__name__))
STREAMED = sc.brownian(2.0, 16, paths=300, dim=2, store=False, rng=seed_of(__name__))
SAME = {"own increments": OWN, "component": PLANE[0], "streamed component": STREAMED[0]}

OF_ONE = {
    "paley_wiener_zygmund": lambda W: sc.paley_wiener_zygmund(lambda t: t, lambda t: 1.0, W),
    "StepProcess": lambda W: sc.StepProcess([0.0, 1.0, 2.0], [1.0, -2.0]).integrate(W),
    "iterated_integrals": lambda W: sc.iterated_integrals(W, 3),
    "exponential_martingale": lambda W: sc.exponential_martingale(W, 0.5),
    "grid maximum": lambda W: sc.maximum(W, continuous=False),
    "riemann_limit": lambda W: sc.riemann_limit(lambda t, w: t * w * w, W, 0.0),
    "ito_residual": lambda W: sc.ito_residual(lambda t, w: t * w * w, W),
    "quadratic_variation": lambda W: sc.quadratic_variation(W).value,
    "power_variation": lambda W: sc.power_variation(W, 1.5).value,
    "spot_variance": lambda W: sc.spot_variance(W, window=8).value,
    "jump_test": lambda W: sc.jump_test(W).pvalue,
    "expectation": lambda W: sc.expectation(lambda w: w.max(axis=1), W).mean,
    "gbm.exact": lambda W: sc.models.gbm(0.1, 0.2).exact(W),
    "solve": lambda W: sc.solve(sc.models.gbm(0.1, 0.2), 1.0, noise=W, method="milstein").x,
    "bridge": lambda W: sc.bridge(W, 1.0),
}
DRAWS_MORE = {
    "maximum": lambda W: sc.maximum(W),
    "observe": lambda W: sc.observe(W, noise=0.5),
    "at": lambda W: W.at(0.3),
    "refine": lambda W: W.refine(2).values,
    "riemann_sum": lambda W: sc.riemann_sum(lambda t, w: w, W, 0.5),
}


@pytest.mark.parametrize("which", SAME)
@pytest.mark.parametrize("what", OF_ONE)
def test_the_same_path_gives_the_same_bits(what, which):
    assert_same_bits(OF_ONE[what](SAME[which]), OF_ONE[what](ALONE))


@pytest.mark.parametrize("what", DRAWS_MORE)
def test_what_draws_more_serves_components_and_refuses_own_increments(what):
    due = DRAWS_MORE[what](ALONE)
    for name in ("component", "streamed component"):
        if what == "refine" and "streamed" in name:
            continue
        if what == "riemann_sum":
            np.testing.assert_allclose(DRAWS_MORE[what](SAME[name]), due, rtol=1e-12, atol=1e-12)
        else:
            assert_same_bits(DRAWS_MORE[what](SAME[name]), due)
    with pytest.raises(ValueError, match=r"given by its increments|at its grid times alone"):
        DRAWS_MORE[what](OWN)


def test_areas_take_a_plane_of_own_increments_or_refuse_it():
    own = sc.BrownianPaths.from_increments(PLANE.increments, PLANE.t)
    assert_same_bits(sc.levy_area(own), sc.levy_area(PLANE))
    with pytest.raises(ValueError, match="W was given by its increments, and the areas belong"):
        sc.double_integrals(own)


def test_pictures_are_drawn_of_every_view():
    import matplotlib.pyplot as plt

    for W in (*SAME.values(), PLANE.reversed(), PLANE.coarsen(2)[1]):
        axes = W.plot()
        assert axes.lines or axes.collections
        plt.close(axes.figure)
