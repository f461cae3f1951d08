"""Bad parameters of the named equations, and bad questions to them: the slip is named, with the
value, before anything runs.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from refusals import bad, refused_before_anything_is_compiled

import stochcalc as sc
from stochcalc import models

nan, inf, T, V = math.nan, math.inf, TypeError, ValueError
W = sc.brownian(n=4, paths=2, key=1, store=False)
W2 = sc.brownian(n=4, paths=2, dim=2, key=1, store=False)
ONE = [[1.0, 0.0], [0.0, 1.0]]
CIR, SPIRAL = models.cir(2.0, 0.5, 1.0), models.linear_commuting(-0.5, 2.0, 0.3, 0.0, 0.0, 0.4)
LINEAR, CLARK = models.linear_noncommuting(ONE, ONE, ONE), models.clark_cameron()

CASES = {
    # parameters
    "bridge: T": bad(lambda: models.bridge(0.0), V, r"T=0\.0 must be greater than 0"),
    "bridge: T nan": bad(lambda: models.bridge(nan), V, r"T=nan must be finite"),
    "bridge: end": bad(lambda: models.bridge(1.0, "b"), T, r"end='b' must be a real number"),
    "bridge: sigma": bad(
        lambda: models.bridge(1.0, 0.0, -1.0), V, r"sigma=-1\.0 must be at least 0"
    ),
    "sinh: c": bad(lambda: models.sinh(inf), V, r"c=inf must be finite"),
    "sinh: sigma": bad(lambda: models.sinh(1.0, -0.5), V, r"sigma=-0\.5"),
    "arctan: sigma": bad(lambda: models.arctan([1.0]), T, r"sigma=\[1\.0\]"),
    "arctan: sigma negative": bad(lambda: models.arctan(-2), V, r"sigma=-2 must be at least 0"),
    "double_well: sigma zero": bad(
        lambda: models.double_well(0.0), V, r"sigma=0\.0 must be greater than 0"
    ),
    "double_well: sigma True": bad(lambda: models.double_well(True), T, r"sigma=True"),
    "cubic: sigma": bad(lambda: models.cubic(-1.0), V, r"sigma=-1\.0 must be greater than 0"),
    "cir: kappa": bad(lambda: models.cir(0.0, 0.5, 1.0), V, r"kappa=0\.0 must be greater than 0"),
    "cir: theta": bad(lambda: models.cir(2.0, -0.5, 1.0), V, r"theta=-0\.5 must be greater than 0"),
    "cir: sigma": bad(lambda: models.cir(2.0, 0.5, None), T, r"sigma=None"),
    "linear_commuting: w": bad(
        lambda: models.linear_commuting(-0.5, 2.0j, 0.3, 0.0, 0.0, 0.4),
        T,
        r"w=2j must be a real number",
    ),
    "linear_commuting: c2": bad(
        lambda: models.linear_commuting(-0.5, 2.0, 0.3, 0.0, 0.0, nan), V, r"c2=nan must be finite"
    ),
    "linear_noncommuting: A": bad(
        lambda: models.linear_noncommuting(1.0, ONE, ONE), V, r"A has shape \(\): give 2 rows of 2"
    ),
    "linear_noncommuting: B1": bad(
        lambda: models.linear_noncommuting(ONE, np.eye(3), ONE), V, r"B1 has shape \(3, 3\)"
    ),
    "linear_noncommuting: B2": bad(
        lambda: models.linear_noncommuting(ONE, ONE, [[0.0, nan], [0.0, 0.0]]), V, r"B2\[0, 1\]=nan"
    ),
    "linear_noncommuting: ragged": bad(
        lambda: models.linear_noncommuting([[1.0], [0.0, 1.0]], ONE, ONE), V, r"A is ragged"
    ),
    "lorenz: rho": bad(lambda: models.lorenz(rho="28"), T, r"rho='28'"),
    "lorenz: beta": bad(lambda: models.lorenz(beta=nan), V, r"beta=nan"),
    "lorenz: amplitude": bad(
        lambda: models.lorenz(amplitude=-0.1), V, r"amplitude=-0\.1 must be at least 0"
    ),
    # questions
    "bridge: mean beyond the end": bad(
        lambda: models.bridge(2.0).mean([1.0, 2.5]), V, r"t=2\.5 is beyond T=2"
    ),
    "bridge: from its end": bad(
        lambda: sc.solve(models.bridge(), 0.0, 2.0, n=4, t0=1.0), V, r"drift\(1, 0, .*= nan.*start"
    ),
    "bridge: on a refinement": bad(
        lambda: models.bridge().exact(W.refine(2)), V, r"bridge .*W was refined"
    ),
    "invariant: text": bad(lambda: models.double_well().invariant("x"), T, r"x has dtype"),
    "invariant: nan": bad(lambda: models.cubic().invariant([0.0, nan]), V, r"x\[1\]=nan"),
    "cir: no path": bad(lambda: CIR.exact(W), V, r"cir has no exact path"),
    "cir: exact scheme": bad(
        lambda: sc.solve(CIR, 1.0, 1.0, n=4, method="exact"), V, r"method='exact' needs a model"
    ),
    "cir: start below zero": bad(lambda: CIR.mean(1.0, -0.1), V, r"x0=-0\.1 must be at least 0"),
    "cir: milstein from zero": bad(
        lambda: sc.solve(CIR, 0.0, 1.0, n=4, method="milstein"), V, r"diffusion_dx\(0, 0, .*= inf"
    ),
    "sample: t negative": bad(lambda: CIR.sample(-1.0), V, r"t=-1\.0 .*none negative"),
    "sample: t falls": bad(lambda: CIR.sample([1.0, 0.5]), V, r"t must increase, but t\[1\]=0\.5"),
    "sample: t a table": bad(
        lambda: CIR.sample([[0.5, 1.0], [2.0, 3.0]]), V, r"t=\[\[0\.5, 1\.0\]"
    ),
    "sample: paths": bad(lambda: CIR.sample(1.0, 1e3), T, r"paths=1000\.0.*write paths=1000"),
    "sample: x0": bad(lambda: CIR.sample(1.0, 4, -1.0), V, r"x0=-1\.0 must be at least 0"),
    "sample: rng": bad(lambda: CIR.sample(1.0, 4, 1.0, "seed"), T, r"rng='seed'"),
    "sample: memory": bad(
        lambda: CIR.sample(np.arange(1, 10**5), 10**9), V, r"the sample .*bytes.*fewer paths"
    ),
    "arctan: no mean": bad(
        lambda: models.arctan().mean(1.0, 0.0),
        V,
        r"mean and variance of arctan have no closed form",
    ),
    "lorenz: no mean": bad(
        lambda: models.lorenz().var(1.0, [1.0, 1.0, 1.0]),
        V,
        r"variance of lorenz have no closed form",
    ),
    "lorenz: x0": bad(
        lambda: sc.solve(models.lorenz(), [1.0, 2.0], 1.0, n=4),
        V,
        r"x0=\[1\.0, 2\.0\].*lorenz .*3 numbers",
    ),
    "linear_commuting: x0": bad(lambda: SPIRAL.mean(1.0, 1.0), V, r"x0 has shape \(\).*2 numbers"),
    "linear_commuting: W": bad(lambda: SPIRAL.exact(W, [1.0, 0.0]), V, r"W has dim=1"),
    "linear_noncommuting: no path": bad(
        lambda: LINEAR.exact(W2, [1.0, 0.0]), V, r"linear_noncommuting has no exact path"
    ),
    "second_moment: t": bad(
        lambda: LINEAR.second_moment([0.0, -1.0], [1.0, 0.0]),
        V,
        r"t=\[0\.0, -1\.0\] must not be negative",
    ),
    "second_moment: x0": bad(lambda: LINEAR.second_moment(1.0, [1.0]), V, r"x0 has shape \(1,\)"),
    "clark_cameron: x0": bad(lambda: CLARK.exact(W2, [1.0, 2.0, 3.0]), V, r"x0 has shape \(3,\)"),
    "clark_cameron: milstein": bad(
        lambda: sc.solve(CLARK, [0.0, 0.0], 1.0, n=4, method="milstein"),
        V,
        r"no theorem for general",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_model_is_refused_by_name_and_value_before_anything_is_compiled(case):
    refused_before_anything_is_compiled(CASES[case])
