"""Heun: the trapezoid rule with an Euler guess, for drift and noise alike.

The interpretation is Stratonovich's.

    guess   = X_k + a dt + b dW
    X_{k+1} = X_k + (a(t_k, X_k) + a(t_{k+1}, guess)) dt/2 + (b(t_k, X_k) + b(t_{k+1}, guess)) dW/2

The strong order is 1 while the noises commute (scalar, diagonal, additive, commuting) and 1/2
otherwise: the Levy areas are missing then, and no scheme that sees dW alone does better (Clark and
Cameron 1980). The weak order is 1. Without noise the order is 2.

Source: Ruemelin, SIAM J. Numer. Anal. 19 (1982) 604, theorem 2; McShane (1974).
"""

from __future__ import annotations

from stochcalc.methods.method import Method
from stochcalc.typing import DiffusionFunction, DriftFunction, Noise, Parameters, State


def heun(
    a: DriftFunction,
    b: DiffusionFunction,
    t: float,
    x: State,
    dt: float,
    dW: Noise,
    args: Parameters,
) -> State:
    """Return X_{k+1} from x = X_k, a step of length dt later."""
    a0 = a(t, x, *args)
    b0 = b(t, x, *args)
    guess = x + a0 * dt + b0 * dW
    return x + 0.5 * (a0 + a(t + dt, guess, *args)) * dt + 0.5 * (b0 + b(t + dt, guess, *args)) * dW


METHOD = Method(
    name="heun",
    step=heun,
    strong_order={
        "scalar": 1.0,
        "diagonal": 1.0,
        "additive": 1.0,
        "commuting": 1.0,
        "general": 0.5,
    },
    weak_order={"scalar": 1.0, "diagonal": 1.0, "additive": 1.0, "commuting": 1.0, "general": 1.0},
    calculus=0.5,
    reference="Ruemelin (1982), theorem 2",
    sources=("ruemelin1982",),
    any_noise=True,
)
