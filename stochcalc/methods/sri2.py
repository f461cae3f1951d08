"""SRI2: strong order 1 for any noise, without derivatives; the equation is read in Ito's sense.

The scheme uses the Ito double integrals, with I the matrix of the I_jk:

    D       = b I / sqrt(dt)
    ahead   = X_k + a dt
    X_{k+1} = X_k + (a + a(t_{k+1}, ahead + b dW)) dt/2 + b dW
              + sqrt(dt)/2 sum_k [b_k(t_{k+1}, ahead + D_k) - b_k(t_{k+1}, ahead - D_k)]

The k-th column D_k of D says where the k-th noise b_k is evaluated, on both sides of `ahead`. With
scalar, diagonal and commuting noise the double integrals are known from dW; otherwise they take
Levy areas (drawn with `dW`, or merged from a finer grid). The weak order is 1; without noise the
order is 2.

Source: Roessler, SIAM J. Numer. Anal. 48 (2010) 922, table 5.1 (SRI2).
"""

from __future__ import annotations

import math
from typing import Any

from stochcalc.engine.registers.linear import double_integrals, each_column, summed
from stochcalc.methods.method import Method
from stochcalc.methods.tableau import Tableau

#      c0 | A0     | B0             c1 | A1     | B1
#      0  |        |                0  |        |
#      1  | 1      | 1              1  | 1      | 1
#      0  | 0  0   | 0  0           1  | 1  0   | -1  0
#     alpha 1/2 1/2 0; beta 1 0 0 for dW and 0 1/2 -1/2 for sqrt(dt)
TABLEAU = Tableau(
    "sri2",
    A0=[[0, 0, 0], [1, 0, 0], [0, 0, 0]],
    B0=[[0, 0, 0], [1, 0, 0], [0, 0, 0]],
    A1=[[0, 0, 0], [1, 0, 0], [1, 0, 0]],
    B1=[[0, 0, 0], [1, 0, 0], [-1, 0, 0]],
    alpha=[0.5, 0.5, 0],
    beta=[[1, 0, 0], [0, 0.5, -0.5]],
    family="general",
)


def sri2(a: Any, b: Any, t: float, x: Any, dt: float, dW: Any, A: Any, args: Any) -> Any:
    """One step."""
    root = math.sqrt(dt)
    a0, b0 = a(t, x, *args), b(t, x, *args)
    D = (b0 * double_integrals(dW, A, dt)) / root
    ahead, noise = x + a0 * dt, b0 * dW
    right, left = each_column(b, t + dt, ahead, D, args), each_column(b, t + dt, ahead, -D, args)
    return (
        x
        + 0.5 * (a0 + a(t + dt, ahead + noise, *args)) * dt
        + noise
        + (0.5 * root) * summed(right - left)
    )


METHOD = Method(
    name="sri2",
    step=sri2,
    strong_order={
        "scalar": 1.0,
        "diagonal": 1.0,
        "additive": 1.0,
        "commuting": 1.0,
        "general": 1.0,
    },
    weak_order={"scalar": 1.0, "diagonal": 1.0, "additive": 1.0, "commuting": 1.0, "general": 1.0},
    calculus=0.0,
    reference="Roessler (2010), table 5.1",
    drivers=("dW", "A"),
)
