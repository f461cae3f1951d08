"""Bad parameters of the named equations, and bad questions to them: the slip is named, with the
value, before anything runs.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from refusals import refused_before_anything_is_compiled, wrong_type, wrong_value

import stochcalc as sc
from stochcalc import models

nan = math.nan
inf = math.inf
W = sc.brownian(n=4, paths=2, key=1, store=False)
W2 = sc.brownian(n=4, paths=2, dim=2, key=1, store=False)
ONE = [[1.0, 0.0], [0.0, 1.0]]
CIR, SPIRAL = models.cir(2.0, 0.5, 1.0), models.linear_commuting(-0.5, 2.0, 0.3, 0.0, 0.0, 0.4)
LINEAR, CLARK = models.linear_noncommuting(ONE, ONE, ONE), models.clark_cameron()

CASES = {
    # parameters
    "bridge: T": wrong_value(lambda: models.bridge(0.0), r"T=0\.0 must be greater than 0"),
    "bridge: T nan": wrong_value(lambda: models.bridge(nan), r"T=nan must be finite"),
    "bridge: end": wrong_type(lambda: models.bridge(1.0, "b"), r"end='b' must be a real number"),
    "bridge: sigma": wrong_value(
        lambda: models.bridge(1.0, 0.0, -1.0), r"sigma=-1\.0 must be at least 0"
    ),
    "sinh: c": wrong_value(lambda: models.sinh(inf), r"c=inf must be finite"),
    "sinh: sigma": wrong_value(lambda: models.sinh(1.0, -0.5), r"sigma=-0\.5"),
    "arctan: sigma": wrong_type(lambda: models.arctan([1.0]), r"sigma=\[1\.0\]"),
    "arctan: sigma negative": wrong_value(
        lambda: models.arctan(-2), r"sigma=-2 must be at least 0"
    ),
    "double_well: sigma zero": wrong_value(
        lambda: models.double_well(0.0), r"sigma=0\.0 must be greater than 0"
    ),
    "double_well: sigma True": wrong_type(lambda: models.double_well(True), r"sigma=True"),
    "cubic: sigma": wrong_value(lambda: models.cubic(-1.0), r"sigma=-1\.0 must be greater than 0"),
    "cir: kappa": wrong_value(
        lambda: models.cir(0.0, 0.5, 1.0), r"kappa=0\.0 must be greater than 0"
    ),
    "cir: theta": wrong_value(
        lambda: models.cir(2.0, -0.5, 1.0), r"theta=-0\.5 must be greater than 0"
    ),
    "cir: sigma": wrong_type(lambda: models.cir(2.0, 0.5, None), r"sigma=None"),
    "linear_commuting: w": wrong_type(
        lambda: models.linear_commuting(-0.5, 2.0j, 0.3, 0.0, 0.0, 0.4),
        r"w=2j must be a real number",
    ),
    "linear_commuting: c2": wrong_value(
        lambda: models.linear_commuting(-0.5, 2.0, 0.3, 0.0, 0.0, nan), r"c2=nan must be finite"
    ),
    "linear_noncommuting: A": wrong_value(
        lambda: models.linear_noncommuting(1.0, ONE, ONE), r"A has shape \(\): give 2 rows of 2"
    ),
    "linear_noncommuting: B1": wrong_value(
        lambda: models.linear_noncommuting(ONE, np.eye(3), ONE), r"B1 has shape \(3, 3\)"
    ),
    "linear_noncommuting: B2": wrong_value(
        lambda: models.linear_noncommuting(ONE, ONE, [[0.0, nan], [0.0, 0.0]]), r"B2\[0, 1\]=nan"
    ),
    "linear_noncommuting: ragged": wrong_value(
        lambda: models.linear_noncommuting([[1.0], [0.0, 1.0]], ONE, ONE), r"A is ragged"
    ),
    "lorenz: rho": wrong_type(lambda: models.lorenz(rho="28"), r"rho='28'"),
    "lorenz: beta": wrong_value(lambda: models.lorenz(beta=nan), r"beta=nan"),
    "lorenz: amplitude": wrong_value(
        lambda: models.lorenz(amplitude=-0.1), r"amplitude=-0\.1 must be at least 0"
    ),
    # questions
    "bridge: mean beyond the end": wrong_value(
        lambda: models.bridge(2.0).mean([1.0, 2.5]), r"t=2\.5 is outside \[0\.0, 2\.0\]"
    ),
    "bridge: from its end": wrong_value(
        lambda: sc.solve(models.bridge(), 0.0, 2.0, n=4, t0=1.0), r"drift\(1, 0, .*= nan.*start"
    ),
    "bridge: on a refinement": wrong_value(
        lambda: models.bridge().exact(W.refine(2)), r"bridge .*W was refined"
    ),
    "invariant: text": wrong_type(lambda: models.double_well().invariant("x"), r"x has dtype"),
    "invariant: nan": wrong_value(lambda: models.cubic().invariant([0.0, nan]), r"x\[1\]=nan"),
    "cir: no path": wrong_value(lambda: CIR.exact(W), r"cir has no exact path"),
    "cir: exact scheme": wrong_value(
        lambda: sc.solve(CIR, 1.0, 1.0, n=4, method="exact"), r"method='exact' needs a model"
    ),
    "cir: start below zero": wrong_value(
        lambda: CIR.mean(1.0, -0.1), r"x0=-0\.1 must be at least 0"
    ),
    "cir: milstein from zero": wrong_value(
        lambda: sc.solve(CIR, 0.0, 1.0, n=4, method="milstein"), r"diffusion_dx\(0, 0, .*= inf"
    ),
    "sample: t negative": wrong_value(lambda: CIR.sample(-1.0), r"t=-1\.0 .*none negative"),
    "sample: t falls": wrong_value(
        lambda: CIR.sample([1.0, 0.5]), r"t must increase, but t\[1\]=0\.5"
    ),
    "sample: t a table": wrong_value(
        lambda: CIR.sample([[0.5, 1.0], [2.0, 3.0]]), r"t=\[\[0\.5, 1\.0\]"
    ),
    "sample: paths": wrong_type(lambda: CIR.sample(1.0, 1e3), r"paths=1000\.0.*write paths=1000"),
    "sample: x0": wrong_value(lambda: CIR.sample(1.0, 4, -1.0), r"x0=-1\.0 must be at least 0"),
    "sample: rng": wrong_type(lambda: CIR.sample(1.0, 4, 1.0, "seed"), r"rng='seed'"),
    "sample: memory": wrong_value(
        lambda: CIR.sample(np.arange(1, 10**5), 10**9), r"the sample .*bytes.*fewer paths"
    ),
    "arctan: no mean": wrong_value(
        lambda: models.arctan().mean(1.0, 0.0),
        r"mean and variance of arctan have no closed form",
    ),
    "lorenz: no mean": wrong_value(
        lambda: models.lorenz().var(1.0, [1.0, 1.0, 1.0]),
        r"variance of lorenz have no closed form",
    ),
    "lorenz: x0": wrong_value(
        lambda: sc.solve(models.lorenz(), [1.0, 2.0], 1.0, n=4),
        r"x0=\[1\.0, 2\.0\].*lorenz .*3 numbers",
    ),
    "linear_commuting: x0": wrong_value(
        lambda: SPIRAL.mean(1.0, 1.0), r"x0 has shape \(\).*2 numbers"
    ),
    "linear_commuting: W": wrong_value(lambda: SPIRAL.exact(W, [1.0, 0.0]), r"W has dim=1"),
    "linear_noncommuting: no path": wrong_value(
        lambda: LINEAR.exact(W2, [1.0, 0.0]), r"linear_noncommuting has no exact path"
    ),
    "second_moment: t": wrong_value(
        lambda: LINEAR.second_moment([0.0, -1.0], [1.0, 0.0]),
        r"t=\[0\.0, -1\.0\] must not be negative",
    ),
    "second_moment: x0": wrong_value(
        lambda: LINEAR.second_moment(1.0, [1.0]), r"x0 has shape \(1,\)"
    ),
    "clark_cameron: x0": wrong_value(
        lambda: CLARK.exact(W2, [1.0, 2.0, 3.0]), r"x0 has shape \(3,\)"
    ),
    "clark_cameron: milstein": wrong_value(
        lambda: sc.solve(CLARK, [0.0, 0.0], 1.0, n=4, method="milstein"),
        r"no theorem for general",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_model_is_refused_by_name_and_value_before_anything_is_compiled(case):
    refused_before_anything_is_compiled(CASES[case])
