"""Calls whose bits are kept: Langevin samplers, and sampling by scores of ever less noise.

Flows and likelihoods are not among them: they run in SciPy and NumPy alone, whose last bits differ
between processors.
"""

from __future__ import annotations

import math

import numpy as np
from bits_motion import estimate, seven

import stochcalc as sc

KEY = 987_654
CHAINS = 300
PLAIN = ("ula", "lm", "baoab", "aboba", "obabo", "oabao", "baoa")
SAMPLERS = (*PLAIN, "mala")
TWO = sc.score.GaussianMixture([0.75, 0.25], [[1.0, 2.0], [-2.0, 0.5]], 1.0)
SIZES = sc.score.GaussianMixture([0.5, 0.25, 0.25], [[0.0], [3.0], [-2.0]], [1.0, 0.25, 2.0])
SKEW = sc.score.GaussianMixture(
    [0.5, 0.5], [[1.0, 0.0], [-1.0, 1.0]], [[[1.0, 0.5], [0.5, 2.0]], [[0.5, 0.0], [0.0, 1.0]]]
)
MANY = sc.score.GaussianMixture(
    np.full(32, 1.0 / 32.0), np.arange(96.0).reshape(32, 3) % 7.0 - 3.0, 0.5
)
SHARED = sc.score.GaussianMixture([0.25, 0.75], [[1.0, 0.0], [-1.0, 1.0]], [[1.0, 0.5], [0.5, 2.0]])


def well(x):
    """Score of a number in a double well."""
    return x - x**3 + 0.2 * math.sin(x)


def well_density(x):
    """Log density whose slope is `well`."""
    return 0.5 * x * x - 0.25 * x**4 - 0.2 * math.cos(x)


def banana(x, c):
    """Score of a curved density in the plane."""
    off = x[1] - c * x[0] * x[0]
    return -x[0] + 4.0 * c * x[0] * off, -2.0 * off


def banana_density(x, c):
    """Log density whose gradient is `banana`."""
    off = x[1] - c * x[0] * x[0]
    return -0.5 * x[0] * x[0] - off * off


def chains_of(target, x0, method, density=None, **options):
    """Run chains, with the log density for the sampler that asks for one."""
    if method == "mala" and density is not None:
        options["log_density"] = density
    given = {"step": 0.2, "n": 20, "chains": CHAINS, "key": KEY, "method": method} | options
    return sc.langevin.sample(target, x0, **given)


def states(chains):
    """Return what was kept: positions, momenta if there are any, the share accepted."""
    found = (chains.x, *estimate(chains.acceptance))
    return found if chains.p is None else (*found, chains.p)


def moments(chains):
    """Return the moments of positions, of momenta if there are any, and the share accepted."""
    found = (*seven(chains.moments), *estimate(chains.acceptance))
    return found if chains.p_moments is None else (*found, *seven(chains.p_moments))


CALLS = {
    f"{method} on a number": lambda method=method: states(
        chains_of(well, 0.5, method, well_density)
    )
    for method in SAMPLERS
}
CALLS |= {
    f"{method} in the plane": lambda method=method: states(
        chains_of(banana, (0.5, -0.5), method, banana_density, args=(0.3,))
    )
    for method in SAMPLERS
}
CALLS |= {
    f"{method} on a mixture": lambda method=method: states(chains_of(TWO, (0.5, -0.5), method))
    for method in SAMPLERS
}
CALLS |= {
    f"the moments of {method} on a mixture of three sizes": lambda method=method: moments(
        chains_of(SIZES, (0.5,), method, save="stats")
    )
    for method in ("ula", "mala", "baoab")
}
CALLS |= {
    f"the moments of {method} on a number": lambda method=method: moments(
        chains_of(well, 0.5, method, well_density, save="stats")
    )
    for method in SAMPLERS
}
CALLS |= {
    "chains that start apart": lambda: states(
        chains_of(well, np.linspace(-1.0, 1.0, CHAINS), "lm", starts=True)
    ),
    "chains on a mixture that start apart": lambda: states(
        chains_of(
            TWO, np.linspace(-2.0, 2.0, 2 * CHAINS).reshape(CHAINS, 2), "ula", starts=True, thin=4
        )
    ),
    "cold chains with friction": lambda: states(
        chains_of(banana, (0.5, -0.5), "obabo", args=(0.3,), friction=3.0, temperature=0.25, thin=5)
    ),
    "cold chains that accept or reject": lambda: states(
        chains_of(well, 0.5, "mala", well_density, temperature=0.5, save="last")
    ),
    "chains with a momentum to start from": lambda: states(
        chains_of(TWO, (0.5, -0.5), "baoab", p0=(1.0, 0.0), save="last")
    ),
    "ula on a mixture of two shapes": lambda: states(chains_of(SKEW, (0.5, -0.5), "ula")),
    "ula on a mixture of one shape": lambda: states(chains_of(SHARED, (0.5, -0.5), "ula")),
    "ula on a mixture of many": lambda: states(chains_of(MANY, (0.5, -0.5, 0.0), "ula")),
    "mala on a mixture of many": lambda: states(chains_of(MANY, (0.5, -0.5, 0.0), "mala")),
    "baoab on a mixture of many": lambda: states(chains_of(MANY, (0.5, -0.5, 0.0), "baoab")),
    "mala on a mixture of two shapes": lambda: states(chains_of(SKEW, (0.5, -0.5), "mala")),
}

# ---- noise run backwards

VE = sc.score.VE(0.05, 8.0)
VP = sc.score.VP(0.1, 12.0)


def cloud(dim, scale):
    """Return points that the package's own normals place."""
    ends = sc.brownian(n=1, paths=CHAINS, dim=dim, key=KEY + 1).values[:, -1]
    return scale * ends.reshape(CHAINS, dim)


def plain_score(x, sigma):
    """Score of a standard normal, smoothed: a function of arrays, by exact operations."""
    return -x / (1.0 + sigma * sigma)


def backwards(score, noising, dim, **options):
    """Run noise backwards to data."""
    scale = 8.0 if noising is VE else 1.0
    return sc.score.reverse_sde(score, noising, cloud(dim, scale), n=25, key=KEY, **options)


CALLS |= {
    "annealed Langevin on a mixture": lambda: sc.score.annealed_langevin(
        TWO, [8.0, 2.0, 0.5], cloud(2, 8.0), step=0.05, n_steps=8, key=KEY
    ),
    "annealed Langevin on a mixture of three sizes": lambda: sc.score.annealed_langevin(
        SIZES, [8.0, 2.0, 0.5], cloud(1, 8.0), step=0.05, n_steps=8, key=KEY
    ),
    "annealed Langevin on a mixture of two shapes": lambda: sc.score.annealed_langevin(
        SKEW, [8.0, 2.0, 0.5], cloud(2, 8.0), step=0.05, n_steps=8, key=KEY
    ),
    "annealed Langevin on a function": lambda: sc.score.annealed_langevin(
        plain_score, [8.0, 2.0, 0.5], cloud(2, 8.0), step=0.05, n_steps=8, key=KEY
    ),
    "annealed Langevin on a function, denoised": lambda: sc.score.annealed_langevin(
        plain_score, [8.0, 2.0, 0.5], cloud(2, 8.0), step=0.05, n_steps=8, key=KEY, denoise=True
    ),
    "the variance exploding noise run backwards": lambda: backwards(TWO, VE, 2),
    "the variance exploding noise run backwards in one dimension": lambda: backwards(SIZES, VE, 1),
    "the variance preserving noise run backwards": lambda: backwards(TWO, VP, 2),
    "the variance preserving noise run backwards on two shapes": lambda: backwards(SKEW, VP, 2),
    "noise run backwards on a mixture of many": lambda: backwards(MANY, VE, 3),
    "noise run backwards with corrections": lambda: backwards(TWO, VE, 2, corrections=2),
    "noise run backwards on a function": lambda: backwards(plain_score, VP, 2, corrections=1),
    "ancestral sampling": lambda: sc.score.ancestral(TWO, VP, cloud(2, 1.0), n=25, key=KEY),
    "ancestral sampling with less noise": lambda: sc.score.ancestral(
        TWO, VE, cloud(2, 8.0), n=25, eta=0.5, key=KEY
    ),
    "sampling without noise": lambda: sc.score.ancestral(
        SIZES, VP, cloud(1, 1.0), n=25, eta=0.0, key=KEY
    ),
}
CALLS |= {
    f"noise run backwards by {method} with {name}": lambda method=method, noising=noising: (
        backwards(TWO, noising, 2, method=method)
    )
    for method, name, noising in (
        ("heun", "exploding variance", VE),
        ("sra1", "exploding variance", VE),
        ("sri2", "preserved variance", VP),
        ("weak2", "preserved variance", VP),
        ("lambda_euler", "exploding variance", VE),
    )
}
