"""Milstein without derivatives: b b' from one more evaluation of b, a standard deviation away. Ito.

    beyond  = X_k + a dt + b sqrt(dt)
    X_{k+1} = X_k + a dt + b dW + (b(t_k, beyond) - b(t_k, X_k)) (dW^2 - dt) / (2 sqrt(dt))

Strong order 1, weak order 1, for scalar and diagonal noise; for additive noise the last term is 0
and it is Euler-Maruyama.

Source: Kloeden and Platen (1992), equation (11.1.3) and theorem 11.1.1.
"""

from __future__ import annotations

import math
from typing import Any

from stochcalc.methods.method import Method


def milstein_free(a: Any, b: Any, t: float, x: Any, dt: float, dW: Any, args: Any) -> Any:
    """One step."""
    root = math.sqrt(dt)
    drift, b0 = a(t, x, *args) * dt, b(t, x, *args)
    return (
        x
        + drift
        + b0 * dW
        + (b(t, x + drift + b0 * root, *args) - b0) * ((dW * dW - dt) / (2.0 * root))
    )


METHOD = Method(
    name="milstein_free",
    step=milstein_free,
    strong_order={"scalar": 1.0, "diagonal": 1.0},
    weak_order={"scalar": 1.0, "diagonal": 1.0},
    calculus=0.0,
    reference="Kloeden and Platen (1992), equation (11.1.3)",
)
