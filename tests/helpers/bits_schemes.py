"""Calls whose bits are kept: every scheme on every kind of noise that it has a theorem for."""

from __future__ import annotations

from functools import partial

import numpy as np

import stochcalc as sc

KEY = 7_654_321
PATHS = 300
SPAN = 1.25
STEPS = 20
# Those whose digests are kept; a new scheme gets its own when it is added here.
SCHEMES = (
    "euler_maruyama",
    "heun",
    "lambda_euler",
    "milstein",
    "milstein_free",
    "sra1",
    "sri2",
    "sriw1",
    "srs2",
    "tamed_euler",
    "theta",
    "weak2",
)

# ---- a scalar problem; c is its argument


def pull(t, x, c):
    """Drift of a scalar problem."""
    return np.sin(x) - 0.5 * x + c * t


def pull_dx(t, x, c):
    """Slope of `pull`."""
    return np.cos(x) - 0.5


def spread(t, x, c):
    """Diffusion of a scalar problem."""
    return 0.4 * np.exp(-0.5 * x * x) + 0.1 * t


def spread_dx(t, x, c):
    """Slope of `spread`."""
    return -0.4 * x * np.exp(-0.5 * x * x)


def steady(t, x, c):
    """Diffusion that depends on the time alone."""
    return 0.3 + 0.2 * np.cos(t)


# ---- a system of two components


def flow(t, x, c):
    """Drift of a system."""
    return np.sin(x[1]) - x[0] + c * t, 0.5 * x[0] - np.tanh(x[1])


def flow_dx(t, x, c):
    """Jacobian of `flow`."""
    return (-1.0, np.cos(x[1])), (0.5, np.tanh(x[1]) ** 2 - 1.0)


def one_noise(t, x, c):
    """Diffusion by a single motion, which mixes the components."""
    return 0.3 + 0.1 * np.sin(x[1]), 0.2 * x[0] + 0.1 * t


def one_noise_dx(t, x, c):
    """Jacobian of `one_noise`."""
    return (0.0, 0.1 * np.cos(x[1])), (0.2, 0.0)


def own_noises(t, x, c):
    """Diffusion with a motion for each component."""
    return 0.4 * np.exp(-x[0] * x[0]), 0.3 * np.cos(x[1]) + 0.1 * t


def own_noises_dx(t, x, c):
    """Slope of each part of `own_noises`."""
    return -0.8 * x[0] * np.exp(-x[0] * x[0]), -0.3 * np.sin(x[1])


def rows(t, x, c):
    """Diffusion by three motions that depends on the time alone."""
    return (0.3, 0.1 * t, -0.2), (0.1, 0.2 + 0.1 * np.sin(t), 0.0)


def two_steady(t, x, c):
    """Diffusion with a motion for each component that depends on the time alone."""
    return 0.3, 0.2 + 0.1 * t


def commuting(t, x, c):
    """Diffusion whose rows depend on their own component alone, so that the noises commute."""
    first = np.cos(x[0])
    second = 1.0 / (1.0 + x[1] * x[1])
    return (0.3 * first, -0.1 * first), (0.2 * second, 0.4 * second)


def commuting_dx(t, x, c):
    """Derivatives of `commuting`."""
    first = -np.sin(x[0])
    root = 1.0 + x[1] * x[1]
    second = -2.0 * x[1] / (root * root)
    return (((0.3 * first, 0.0), (-0.1 * first, 0.0)), ((0.0, 0.2 * second), (0.0, 0.4 * second)))


def general(t, x, c):
    """Diffusion by two motions that do not commute."""
    return (0.3 + 0.1 * np.sin(x[1]), 0.2 * x[0]), (0.2 * x[1] + 0.1 * t, 0.3 * np.cos(x[0]))


def general_dx(t, x, c):
    """Derivatives of `general`."""
    return (((0.0, 0.1 * np.cos(x[1])), (0.2, 0.0)), ((0.0, 0.2), (-0.3 * np.sin(x[0]), 0.0)))


def three_noises(t, x, c):
    """Diffusion by three motions that do not commute."""
    return (0.3, 0.2 * x[1], 0.1 * x[0]), (0.1 * x[0], 0.2, 0.2 * np.sin(x[0]))


def equation(drift, drift_dx, diffusion, diffusion_dx, noise, **options):
    """Make an SDE with the argument that all functions here take."""
    return sc.SDE(
        drift,
        diffusion,
        noise=noise,
        args=(0.7,),
        drift_dx=drift_dx,
        diffusion_dx=diffusion_dx,
        **options,
    )


NUMBERS = {
    "scalar": equation(pull, pull_dx, spread, spread_dx, "scalar"),
    "diagonal": equation(pull, pull_dx, spread, spread_dx, "diagonal"),
    "additive": equation(pull, pull_dx, steady, None, "additive"),
}
SYSTEMS = {
    "scalar": equation(flow, flow_dx, one_noise, one_noise_dx, "scalar"),
    "diagonal": equation(flow, flow_dx, own_noises, own_noises_dx, "diagonal"),
    "additive": equation(flow, flow_dx, rows, None, "additive"),
    "commuting": equation(flow, flow_dx, commuting, commuting_dx, "commuting"),
    "general": equation(flow, flow_dx, general, general_dx, "general"),
}
START = (0.4, -0.3)


def solved(sde, x0, method, **options):
    """Solve with the sizes of this chapter."""
    given = {"n": STEPS, "paths": PATHS, "key": KEY, "method": method} | options
    return sc.solve(sde, x0, SPAN, **given)


def paths_of(sde, x0, method, **options):
    """Return the paths of a solution."""
    return solved(sde, x0, method, **options).x


def read_by_stratonovich(method, noise, diffusion_and_slope):
    """Return the paths of a system whose noise is read at the middle of each step."""
    sde = equation(flow, "central", *diffusion_and_slope, noise, lam=0.5)
    return paths_of(sde, START, method)


def milstein_with_differences(noise, diffusion):
    """Return the paths of milstein, which takes the slopes by central differences."""
    return paths_of(equation(flow, None, diffusion, "central", noise), START, "milstein")


def fits(method, noise):
    """Say whether a scheme has a theorem for a kind of noise."""
    return noise in sc.METHODS[method].strong_order


CALLS = {
    f"{method} on a number with {noise} noise": lambda method=method, sde=sde: paths_of(
        sde, 0.3, method
    )
    for method in SCHEMES
    for noise, sde in NUMBERS.items()
    if fits(method, noise)
}
CALLS |= {
    f"{method} on a system with {noise} noise": lambda method=method, sde=sde: paths_of(
        sde, START, method
    )
    for method in SCHEMES
    for noise, sde in SYSTEMS.items()
    if fits(method, noise)
}
CALLS |= {
    f"{method} on a system with additive noise by component": lambda method=method: paths_of(
        equation(flow, flow_dx, two_steady, None, "additive"), START, method
    )
    for method in ("euler_maruyama", "sra1", "srs2", "weak2")
}
CALLS |= {
    f"{method} on a system with three noises and central differences": lambda method=method: (
        paths_of(equation(flow, "central", three_noises, "central", "general"), START, method)
    )
    for method in ("euler_maruyama", "heun", "sri2", "srs2", "weak2", "theta")
}

# ---- other readings than Ito's, and derivatives by differences

CALLS |= {
    f"{method} on a number read by Stratonovich": lambda method=method: paths_of(
        equation(pull, "central", spread, spread_dx, "diagonal", lam=0.5), 0.3, method
    )
    for method in SCHEMES
    if fits(method, "diagonal")
}
CALLS |= {
    f"{method} on a system with {noise} noise read by Stratonovich": partial(
        read_by_stratonovich, method, noise, parts
    )
    for method, noise, parts in (
        ("euler_maruyama", "general", (general, general_dx)),
        ("heun", "scalar", (one_noise, one_noise_dx)),
        ("lambda_euler", "general", (general, general_dx)),
        ("lambda_euler", "commuting", (commuting, commuting_dx)),
        ("milstein", "commuting", (commuting, commuting_dx)),
        ("milstein", "scalar", (one_noise, one_noise_dx)),
        ("srs2", "general", (general, general_dx)),
        ("theta", "diagonal", (own_noises, own_noises_dx)),
    )
}
CALLS |= {
    f"lambda_euler on a number read at lambda {lam:g}": lambda lam=lam: paths_of(
        equation(pull, None, spread, spread_dx, "diagonal", lam=lam), 0.3, "lambda_euler"
    )
    for lam in (0.25, 1.0)
}
CALLS |= {
    f"milstein on a number read at lambda {lam:g} with central differences": lambda lam=lam: (
        paths_of(equation(pull, None, spread, "central", "diagonal", lam=lam), 0.3, "milstein")
    )
    for lam in (0.25, 1.0)
}
CALLS |= {
    f"milstein on a system with {noise} noise and central differences": partial(
        milstein_with_differences, noise, diffusion
    )
    for noise, diffusion in (
        ("scalar", one_noise),
        ("diagonal", own_noises),
        ("commuting", commuting),
    )
}
CALLS |= {
    "theta on a number with central differences": lambda: paths_of(
        equation(pull, "central", spread, None, "diagonal"), 0.3, "theta"
    ),
    "theta on a system with central differences": lambda: paths_of(
        equation(flow, "central", general, None, "general"), START, "theta"
    ),
}
