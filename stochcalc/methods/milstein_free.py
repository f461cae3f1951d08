"""Milstein without derivatives: b b' from one more evaluation of b, a standard deviation away.

The interpretation is Ito's.

    beyond  = X_k + a dt + b sqrt(dt)
    X_{k+1} = X_k + a dt + b dW + (b(t_k, beyond) - b(t_k, X_k)) (dW^2 - dt) / (2 sqrt(dt))

The strong order is 1 and the weak order 1, for scalar and diagonal noise; for additive noise the
last term is 0 and the scheme is Euler-Maruyama.

Source: Kloeden and Platen (1992), equation (11.1.3) and theorem 11.1.1.
"""

from __future__ import annotations

import math

from stochcalc.methods.method import Method
from stochcalc.typing import DiffusionFunction, DriftFunction, Noise, Parameters, State


def milstein_free(
    a: DriftFunction,
    b: DiffusionFunction,
    t: float,
    x: State,
    dt: float,
    dW: Noise,
    args: Parameters,
) -> State:
    """Return X_{k+1} from x = X_k, a step of length dt later."""
    root = math.sqrt(dt)
    drift = a(t, x, *args) * dt
    b0 = b(t, x, *args)
    beyond = x + drift + b0 * root
    return x + drift + b0 * dW + (b(t, beyond, *args) - b0) * ((dW * dW - dt) / (2.0 * root))


METHOD = Method(
    name="milstein_free",
    step=milstein_free,
    strong_order={"scalar": 1.0, "diagonal": 1.0},
    weak_order={"scalar": 1.0, "diagonal": 1.0},
    calculus=0.0,
    reference="Kloeden and Platen (1992), equation (11.1.3)",
    sources=("kloedenplaten1992",),
)
