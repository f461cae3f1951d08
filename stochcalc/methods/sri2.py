"""SRI2: strong order 1 for any noise, without derivatives.

The interpretation is Ito's. With I the matrix of the Ito double integrals I_jk,

    D       = b I / sqrt(dt)
    ahead   = X_n + a dt
    X_{n+1} = X_n + (a + a(t_{n+1}, ahead + b dW)) dt/2 + b dW
              + sqrt(dt)/2 sum_k [b_k(t_{n+1}, ahead + D_k) - b_k(t_{n+1}, ahead - D_k)]

The k-th column D_k of D says where the k-th noise b_k is evaluated, on both sides of `ahead`. With
scalar, diagonal and commuting noise the double integrals are known from dW; otherwise they take
Levy areas (drawn with `dW`, or merged from a finer grid). The weak order is 1; without noise the
order is 2.

Source: Roessler, SIAM J. Numer. Anal. 48 (2010) 922, table 5.1 (SRI2).
"""

from __future__ import annotations

import math

from stochcalc.engine.registers.linear import compute_double_integrals
from stochcalc.engine.registers.matrix_columns import evaluate_columns, sum_columns
from stochcalc.methods.method import Method
from stochcalc.methods.tableau import Tableau
from stochcalc.typing import DiffusionFunction, DriftFunction, Noise, Parameters, State

#      c0 | A0     | B0             c1 | A1     | B1
#      0  |        |                0  |        |
#      1  | 1      | 1              1  | 1      | 1
#      0  | 0  0   | 0  0           1  | 1  0   | -1  0
#     alpha 1/2 1/2 0; beta 1 0 0 for dW and 0 1/2 -1/2 for sqrt(dt)
TABLEAU = Tableau(
    name="sri2",
    A0=[[0, 0, 0], [1, 0, 0], [0, 0, 0]],
    B0=[[0, 0, 0], [1, 0, 0], [0, 0, 0]],
    A1=[[0, 0, 0], [1, 0, 0], [1, 0, 0]],
    B1=[[0, 0, 0], [1, 0, 0], [-1, 0, 0]],
    alpha=[0.5, 0.5, 0],
    beta=[[1, 0, 0], [0, 0.5, -0.5]],
    family="general",
)


def sri2(
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
    D = (b0 * compute_double_integrals(dW, A, dt)) / root
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
    sources=("roessler2010",),
    drivers=("dW", "A"),
)
