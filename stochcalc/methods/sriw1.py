"""SRIW1: strong order 1.5 for scalar and diagonal noise, without derivatives (for additive noise,
`sra1` is cheaper).

Beside dW it takes I11 = (dW^2 - dt)/2, I111 = (dW^3 - 3 dt dW)/6 and the second driver I10 = int
(W_s - W_t) ds; two evaluations of the drift and four of the noise. Weak order 2. Not for stiff
drifts; four times the work of Euler-Maruyama, so worth it when a path must be right to more than
two digits.

Source: Roessler, SIAM J. Numer. Anal. 48 (2010) 922, table 6.1 (SRI1W1).
"""

from __future__ import annotations

import math
from typing import Any

from stochcalc.methods.method import Method
from stochcalc.methods.tableau import Tableau

#      c0  | A0        | B0
#      0   |           |
#      3/4 | 3/4       | 3/2
#      0   | 0   0     | 0   0
#      0   | 0   0  0  | 0   0  0
#     -----+-----------+-----------
#      c1  | A1        | B1
#      0   |           |
#      1/4 | 1/4       | 1/2
#      1   | 1   0     | -1  0
#      1/4 | 0   0 1/4 | -5  3  1/2
#     -----+-----------+-----------     alpha, and beta for dW, I11/sqrt(dt), I10/dt, I111/dt
TABLEAU = Tableau(
    "sriw1",
    A0=[[0, 0, 0, 0], [0.75, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]],
    B0=[[0, 0, 0, 0], [1.5, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]],
    A1=[[0, 0, 0, 0], [0.25, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0.25, 0]],
    B1=[[0, 0, 0, 0], [0.5, 0, 0, 0], [-1, 0, 0, 0], [-5, 3, 0.5, 0]],
    alpha=[1 / 3, 2 / 3, 0, 0],
    beta=[
        [-1, 4 / 3, 2 / 3, 0],
        [-1, 4 / 3, -1 / 3, 0],
        [2, -4 / 3, -2 / 3, 0],
        [-2, 5 / 3, -2 / 3, 1],
    ],
    family="diagonal",
)


def sriw1(a: Any, b: Any, t: float, x: Any, dt: float, dW: Any, I10: Any, args: Any) -> Any:
    """One step."""
    root = math.sqrt(dt)
    I11, mean, I111 = (
        (dW * dW - dt) / (2.0 * root),
        I10 / dt,
        dW * (dW * dW - 3.0 * dt) / (6.0 * dt),
    )
    a1, b1 = a(t, x, *args) * dt, b(t, x, *args)
    b2 = b(t + 0.25 * dt, x + 0.25 * a1 + (0.5 * root) * b1, *args)
    b3 = b(t + dt, x + a1 - root * b1, *args)
    b4 = b(t + 0.25 * dt, x + 0.25 * a1 + root * (3.0 * b2 - 5.0 * b1 + 0.5 * b3), *args)
    a2 = a(t + 0.75 * dt, x + 0.75 * a1 + 1.5 * (b1 * mean), *args) * dt
    return (
        x
        + (a1 + 2.0 * a2) / 3.0
        + b1 * (2.0 * (mean - I111) - dW - I11)
        + b2 * ((4.0 * (dW + I11 - mean) + 5.0 * I111) / 3.0)
        + b3 * ((2.0 * (dW - mean - I111) - I11) / 3.0)
        + b4 * I111
    )


METHOD = Method(
    name="sriw1",
    step=sriw1,
    strong_order={"scalar": 1.5, "diagonal": 1.5},
    weak_order={"scalar": 2.0, "diagonal": 2.0},
    calculus=0.0,
    reference="Roessler (2010), table 6.1",
    drivers=("dW", "I10"),
)
