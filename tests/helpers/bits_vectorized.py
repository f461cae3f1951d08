"""Calls whose functions take arrays: they run in NumPy, and their last bits may change."""

from __future__ import annotations

import numpy as np
from bits_motion import seven
from bits_sampling import chains_of, states
from bits_schemes import START, paths_of, solved

import stochcalc as sc

NUMBER = sc.SDE(
    lambda t, x: np.sin(x) - x,
    lambda t, x: 0.4 * np.exp(-x * x),
    diffusion_dx=lambda t, x: -0.8 * x * np.exp(-x * x),
    vectorized=True,
)
ADDITIVE = sc.SDE(lambda t, x: np.sin(x) - x, lambda t, x: 0.3, noise="additive", vectorized=True)
DIAGONAL = sc.SDE(
    lambda t, x: np.stack([np.sin(x[1]) - x[0], 0.5 * x[0]]),
    lambda t, x: 0.3 * np.cos(x),
    vectorized=True,
)
GENERAL = sc.SDE(
    lambda t, x: (np.sin(x[1]) - x[0], 0.5 * x[0]),
    lambda t, x: ((0.3, 0.2 * x[0]), (0.2 * x[1], 0.3)),
    noise="general",
    vectorized=True,
)

CALLS = {
    f"{method} on arrays for a number": lambda method=method: paths_of(NUMBER, 0.3, method)
    for method in ("euler_maruyama", "lambda_euler", "milstein", "sriw1", "weak2", "heun")
}
CALLS |= {
    f"{method} on arrays for a system with diagonal noise": lambda method=method: paths_of(
        DIAGONAL, START, method
    )
    for method in ("euler_maruyama", "milstein_free", "sri2", "tamed_euler")
}
CALLS |= {
    f"{method} on arrays for a system with general noise": lambda method=method: paths_of(
        GENERAL, START, method
    )
    for method in ("euler_maruyama", "sri2", "weak2")
}
CALLS |= {
    "sra1 on arrays for additive noise": lambda: paths_of(ADDITIVE, 0.3, "sra1"),
    "the moments of euler_maruyama on arrays": lambda: seven(
        solved(NUMBER, 0.3, "euler_maruyama", save="stats").moments
    ),
}
CALLS |= {
    f"{method} chains on arrays": lambda method=method: states(
        chains_of(
            lambda x: -x - x**3,
            (0.5, -0.5),
            method,
            lambda x: -0.5 * (x * x).sum(axis=0) - 0.25 * (x**4).sum(axis=0),
            vectorized=True,
        )
    )
    for method in ("ula", "lm", "mala", "baoab", "obabo")
}
