"""Small equations and integrands that several tests of bad input start from."""

from __future__ import annotations

import stochcalc as sc


def drift(t, x):
    return -x


def one(t, x):
    return 1.0


def pair(t, x):
    return (x[1], -x[0])


def w_itself(t, w):
    return w


def solve_number(a=drift, b=one, x0=1.0, noise="diagonal", **options):
    """Solve dX = a dt + b dW for a number, on [0, 1] with four steps unless told otherwise."""
    return sc.solve(sc.SDE(a, b, noise=noise), x0, **{"T": 1.0, "n": 4} | options)


def solve_pair(b, noise="diagonal", x0=(1.0, 2.0), a=pair, method="euler_maruyama", **options):
    """Solve dX = a dt + b dW for two components; options of the equation and of `solve`."""
    known = {}
    for name in ("lam", "drift_dx", "diffusion_dx", "vectorized"):
        if name in options:
            known[name] = options.pop(name)
    return sc.solve(sc.SDE(a, b, noise=noise, **known), x0, 1.0, n=4, method=method, **options)
