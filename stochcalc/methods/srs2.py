"""SRS2: strong order 1 for any noise, without derivatives, from the Stratonovich double integrals
J_jk. Stratonovich.

`sri2` with J for I: J_jk = dW_j dW_k / 2 + A_jk, so that the noise brings b b' dW^2/2 with the
ordinary chain rule.

    D       = b J / sqrt(dt)
    ahead   = X_k + a dt
    X_{k+1} = X_k + (a + a(t_{k+1}, ahead + b dW)) dt/2 + b dW
              + sqrt(dt)/2 sum_k [b_k(t_{k+1}, ahead + D_k) - b_k(t_{k+1}, ahead - D_k)]

Weak order 1; order 2 where there is no noise.

Source: Roessler, SIAM J. Numer. Anal. 48 (2010) 922, section 5 (SRS2).
"""

from __future__ import annotations

import math
from typing import Any

from stochcalc.engine.registers.linear import double_integrals, each_column, summed
from stochcalc.methods.method import Method


def srs2(a: Any, b: Any, t: float, x: Any, dt: float, dW: Any, A: Any, args: Any) -> Any:
    """One step."""
    root = math.sqrt(dt)
    a0, b0 = a(t, x, *args), b(t, x, *args)
    D = (b0 * double_integrals(dW, A, dt, 0.5)) / root
    ahead, noise = x + a0 * dt, b0 * dW
    right, left = each_column(b, t + dt, ahead, D, args), each_column(b, t + dt, ahead, -D, args)
    return (
        x
        + 0.5 * (a0 + a(t + dt, ahead + noise, *args)) * dt
        + noise
        + (0.5 * root) * summed(right - left)
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
    drivers=("dW", "A"),
)
