"""Extreme scales: a number too large or too small to be squared is refused by its name."""

from __future__ import annotations

import math

import numpy as np
import pytest
from evidence import assert_mean, must_reject
from refusals import refused, wrong_value

import stochcalc as sc
from stochcalc.laboratory.level_choice import FIRST
from stochcalc.laboratory.level_sampler import LevelSampler

MOTION = sc.SDE(lambda t, x: 0.0, lambda t, x: 1.0)
GBM = sc.models.gbm(0.1, 0.2)


def mlmc(sde=MOTION, x0=0.0, T=1.0, test=lambda x: x, **options):
    return sc.mlmc(sde, x0, T, **({"test": test, "rng": 1, "target": 0.1} | options))


REFUSED = {
    "a square above the range": wrong_value(
        lambda: mlmc(test=lambda x: 1e160 * x, target=5e158), r"target=5e\+158 .*power of ten"
    ),
    "a square below the range": wrong_value(
        lambda: mlmc(test=lambda x: 1e-170 * x, target=5e-172), r"target=5e-172 .*power of ten"
    ),
    "the smallest float": wrong_value(lambda: mlmc(target=5e-324), r"target=4\.94066e-324"),
    "a variance above the range": wrong_value(
        lambda: mlmc(test=lambda x: 1e160 * x, target=1e149), r"target=1e\+149 needs inf paths"
    ),
    "too many paths": wrong_value(
        lambda: mlmc(target=1e-12), r"target=1e-12 needs 2e\+24 paths .*2\*\*40: use target="
    ),
    "a large start": wrong_value(
        lambda: mlmc(GBM, x0=1e9, target=1e-12), r"target=1e-12 needs .* paths"
    ),
    "a late end": wrong_value(
        lambda: mlmc(GBM, x0=1.0, T=2.0**63, test=lambda x: x * x, target=1e-3),
        r"target=0\.001 needs .* paths",
    ),
}


for small in (1e-12, 1e-200, 5e-324):
    REFUSED[f"target_stderr={small}"] = wrong_value(
        lambda small=small: sc.solve(GBM, 1.0, 1.0, n=2, save="stats", target_stderr=small, key=1),
        r"target_stderr=\S+ needs about \S+ paths",
    )
REFUSED["moments above the range"] = wrong_value(
    lambda: sc.solve(GBM, 1e200, 1.0, n=2, save="stats", target_stderr=1.0, key=1),
    r"target_stderr=1 needs about inf paths",
)


@pytest.mark.parametrize("slip", REFUSED.values(), ids=REFUSED)
def test_a_target_out_of_reach_is_refused_with_the_paths_it_needs(slip):
    refused(slip)


def motion_of_size(scale):
    """The equation dX = scale dW."""
    return sc.SDE(lambda t, x, s: 0.0, lambda t, x, s: s, args=(scale,), noise="additive")


@pytest.mark.parametrize("scale", [1e-140, 1e140])
def test_an_estimate_scales_with_its_equation(rng_seed, scale):
    found = mlmc(motion_of_size(scale), x0=scale, target=0.02 * scale, rng=rng_seed)
    unit = mlmc(motion_of_size(1.0), x0=1.0, target=0.02, rng=rng_seed)
    assert found.estimate.value / scale == pytest.approx(unit.estimate.value, rel=1e-9)
    assert found.paths.tolist() == unit.paths.tolist()
    assert_mean(unit.estimate, 1.0, detects=0.3, sigmas=7)
    with must_reject("a start at 0", min_z=10):
        assert_mean(unit.estimate, 0.0)


def test_a_target_out_of_reach_is_refused_before_its_many_paths_are_sampled(monkeypatch):
    wanted = []
    extend = LevelSampler.extend

    def watch(self, paths, means):
        wanted.append(paths)
        extend(self, paths, means)

    monkeypatch.setattr(LevelSampler, "extend", watch)
    ou = sc.models.ou(1.0, 0.0, 0.5)  # its bias is some 5% of the start's square on 4 steps
    with pytest.raises(ValueError, match=r"target=0\.25 needs more than 1048576 steps.*target=2e"):
        mlmc(ou, x0=2**63, target=0.25, test=lambda x: x * x)
    assert max(wanted) == FIRST


def test_the_target_that_a_message_names_is_within_reach():
    """The number of paths falls as the inverse square of the target."""
    with pytest.raises(ValueError, match="use target=") as caught:
        mlmc(target=1e-12)
    words = str(caught.value)
    named = float(words.split("use target=")[1].split(",")[0])
    needed = float(words.split("needs ")[1].split(" paths")[0])
    assert 2**20 < needed * (1e-12 / named) ** 2 < 2**32


@pytest.mark.parametrize("progress", [np.zeros(3), "yes", 1, None, math.nan])
def test_progress_that_is_neither_a_bool_nor_a_function_is_named(progress):
    for call in (
        lambda: mlmc(progress=progress),
        lambda: sc.strong_convergence(GBM, 1.0, 1.0, progress=progress),
        lambda: sc.weak_convergence(GBM, 1.0, 1.0, test=lambda x: x, progress=progress),
        lambda: sc.solve(GBM, 1.0, 1.0, n=2, progress=progress),
    ):
        with pytest.raises(TypeError, match=r"progress=.* must be True, False, or a function"):
            call()
