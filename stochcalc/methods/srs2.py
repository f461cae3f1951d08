"""SRS2: strong order 1 for any noise, without derivatives.

The interpretation is Stratonovich's. The scheme is `sri2` with the Stratonovich double integrals
J_jk = dW_j dW_k / 2 + A_jk in the place of the Ito ones, so that the noise adds b b' dW^2/2, as in
the ordinary chain rule.

    D       = b J / sqrt(dt)
    ahead   = X_n + a dt
    X_{n+1} = X_n + (a + a(t_{n+1}, ahead + b dW)) dt/2 + b dW
              + sqrt(dt)/2 sum_k [b_k(t_{n+1}, ahead + D_k) - b_k(t_{n+1}, ahead - D_k)]

The weak order is 1. Without noise the order is 2.

Source: Roessler, SIAM J. Numer. Anal. 48 (2010) 922, section 5 (SRS2).
"""

from __future__ import annotations

import math

from stochcalc.engine.registers.linear import compute_double_integrals
from stochcalc.engine.registers.matrix_columns import evaluate_columns, sum_columns
from stochcalc.methods.method import Method
from stochcalc.typing import DiffusionFunction, DriftFunction, Noise, Parameters, State


def srs2(
    a: DriftFunction,
    b: DiffusionFunction,
    t: float,
    x: State,
    dt: float,
    dW: Noise,
    A: Noise,
    args: Parameters,
) -> State:
    """Return X_{k+1} from x = X_k, a step of length dt later."""
    root = math.sqrt(dt)
    a0 = a(t, x, *args)
    b0 = b(t, x, *args)
    D = (b0 * compute_double_integrals(dW, A, dt, 0.5)) / root
    ahead = x + a0 * dt
    noise = b0 * dW
    right = evaluate_columns(b, t + dt, ahead, D, args)
    left = evaluate_columns(b, t + dt, ahead, -D, args)
    # one noise: x + (a0 + a(ahead + noise)) dt/2 + noise + root/2 (b(ahead + D) - b(ahead - D))
    return (
        x
        + 0.5 * (a0 + a(t + dt, ahead + noise, *args)) * dt
        + noise
        + (0.5 * root) * sum_columns(right - left)
    )


METHOD = Method(
    name="srs2",
    step=srs2,
    strong_order={
        "scalar": 1.0,
        "diagonal": 1.0,
        "additive": 1.0,
        "commuting": 1.0,
        "general": 1.0,
    },
    weak_order={"scalar": 1.0, "diagonal": 1.0, "additive": 1.0, "commuting": 1.0, "general": 1.0},
    calculus=0.5,
    reference="Roessler (2010), section 5",
    sources=("roessler2010",),
    drivers=("dW", "A"),
)
