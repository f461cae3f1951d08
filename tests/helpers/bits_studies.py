"""Calls whose bits are kept: studies of convergence, and multilevel Monte Carlo."""

from __future__ import annotations

import math

from bits_models import GBM, OU, PLANE
from bits_schemes import NUMBERS, START, SYSTEMS

import stochcalc as sc

KEY = 31_337
SIZES = {"levels": (1, 2, 3, 5), "paths": 2048, "key": KEY}


def errors(study):
    """Return the errors of a study and their standard errors, by name."""
    return [(study.error[name], study.stderr[name]) for name in study.error]


def strong(sde, x0, methods, **options):
    """Return the strong errors of some schemes."""
    return errors(sc.strong_convergence(sde, x0, 1.0, methods=methods, **(SIZES | options)))


def weak(sde, x0, methods, test, **options):
    """Return the weak errors of some schemes."""
    given = SIZES | options
    return errors(sc.weak_convergence(sde, x0, 1.0, test=test, methods=methods, **given))


def multilevel(sde, x0, test, target, **options):
    """Return what multilevel Monte Carlo finds, level by level."""
    found = sc.mlmc(sde, x0, 1.0, test=test, target=target, key=KEY, **options)
    return (
        found.estimate.value,
        found.estimate.stderr,
        found.bias,
        found.level,
        found.paths,
        found.mean,
        found.variance,
    )


CALLS = {
    "a strong study against the exact path": lambda: strong(
        GBM, 1.2, ("euler_maruyama", "milstein", "sriw1", "heun")
    ),
    "a strong study against the exact path of ou": lambda: strong(
        OU, -0.4, ("euler_maruyama", "sra1", "weak2"), reference="exact"
    ),
    "a strong study against itself": lambda: strong(
        NUMBERS["diagonal"], 0.3, ("euler_maruyama", "srs2"), finer=1
    ),
    "a strong study against another scheme": lambda: strong(
        NUMBERS["diagonal"], 0.3, ("theta", "milstein_free"), reference="sriw1"
    ),
    "a strong study of a system with commuting noise": lambda: strong(
        PLANE, (1.0, 0.2), ("milstein", "sri2")
    ),
    "a strong study of a system with general noise": lambda: strong(
        SYSTEMS["general"], START, ("euler_maruyama", "sri2", "srs2")
    ),
    "a strong study of a system with additive noise": lambda: strong(
        SYSTEMS["additive"], START, ("sra1", "lambda_euler")
    ),
    "a weak study against the exact path": lambda: weak(
        GBM, 1.2, ("euler_maruyama", "weak2"), lambda x: x * x
    ),
    "a weak study with a test that has a branch": lambda: weak(
        NUMBERS["diagonal"],
        0.3,
        ("euler_maruyama", "tamed_euler"),
        lambda x: math.exp(-x) if x > 0.2 else 0.0,
    ),
    "a weak study of a system": lambda: weak(
        SYSTEMS["general"], START, ("weak2", "heun"), lambda x: x[0] * math.cos(x[1])
    ),
    "a weak study with an exact path, of a function": lambda: weak(
        PLANE, (1.0, 0.2), ("milstein",), lambda x: x[0] * x[0]
    ),
    "a study of integrals": lambda: errors(
        sc.integral_convergence(lambda t, w: w, lam=(0.0, 0.25, 1.0), **SIZES)
    ),
    "a study of integrals by value": lambda: errors(
        sc.integral_convergence(
            lambda t, w: math.sin(w),
            lam=(0.0, 0.5),
            at="value",
            limit=(lambda w: -math.cos(w), lambda w: math.cos(w)),
            **SIZES,
        )
    ),
    "a study of quadratic variation": lambda: errors(sc.variation_convergence(**SIZES)),
    "a study of cubic variation": lambda: errors(sc.variation_convergence(p=3.0, **SIZES)),
    "a study of 3/2-variation": lambda: errors(sc.variation_convergence(p=1.5, **SIZES)),
    "multilevel Monte Carlo of a call": lambda: multilevel(
        GBM, 1.0, lambda x: max(x - 1.0, 0.0), 0.02
    ),
    "multilevel Monte Carlo by milstein": lambda: multilevel(
        NUMBERS["diagonal"], 0.3, lambda x: math.sin(x), 0.01, method="milstein", coarsest=1
    ),
    "multilevel Monte Carlo of a system": lambda: multilevel(
        SYSTEMS["general"], START, lambda x: x[0] * x[1], 0.02
    ),
}
