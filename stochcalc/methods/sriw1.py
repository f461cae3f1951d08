"""SRIW1: strong order 1.5 for scalar and diagonal noise, without derivatives.

The interpretation is Ito's. Beside dW the scheme takes I11 = (dW^2 - dt)/2,
I111 = (dW^3 - 3 dt dW)/6 and the second driver I10 = int (W_s - W_t) ds. With root = sqrt(dt),

    a1 = a(t_k, X_k),  b1 = b(t_k, X_k)
    b2 = b(t_k + dt/4, X_k + a1 dt/4 + b1 root/2)
    b3 = b(t_{k+1}, X_k + a1 dt - b1 root)
    b4 = b(t_k + dt/4, X_k + a1 dt/4 + (-5 b1 + 3 b2 + b3/2) root)
    a2 = a(t_k + 3/4 dt, X_k + 3/4 a1 dt + 3/2 b1 I10/dt)
    X_{k+1} = X_k + (a1 + 2 a2) dt/3
              + sum_i b_i (beta1_i dW + beta2_i I11/root + beta3_i I10/dt + beta4_i I111/dt)

with beta as in the tableau below. The weak order is 2. The scheme is not for stiff drifts. It takes
four times the work of Euler-Maruyama, so that it is worth it when a path must be right to more than
two digits; for additive noise `sra1` is cheaper.

Source: Roessler, SIAM J. Numer. Anal. 48 (2010) 922, table 6.1 (SRI1W1).
"""

from __future__ import annotations

import math

from stochcalc.methods.method import Method
from stochcalc.methods.tableau import Tableau
from stochcalc.typing import DiffusionFunction, DriftFunction, Noise, Parameters, State

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
    name="sriw1",
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


def sriw1(
    a: DriftFunction,
    b: DiffusionFunction,
    t: float,
    x: State,
    dt: float,
    dW: Noise,
    I10: Noise,
    args: Parameters,
) -> State:
    """Return X_{k+1} from x = X_k, a step of length dt later."""
    root = math.sqrt(dt)
    # The integrals as the tableau has them: I11/root, I10/dt and I111/dt.
    I11 = (dW * dW - dt) / (2.0 * root)
    mean = I10 / dt
    I111 = dW * (dW * dW - 3.0 * dt) / (6.0 * dt)
    # a1 and a2 are multiplied by dt.
    a1 = a(t, x, *args) * dt
    b1 = b(t, x, *args)
    b2 = b(t + 0.25 * dt, x + 0.25 * a1 + (0.5 * root) * b1, *args)
    b3 = b(t + dt, x + a1 - root * b1, *args)
    b4 = b(t + 0.25 * dt, x + 0.25 * a1 + root * (3.0 * b2 - 5.0 * b1 + 0.5 * b3), *args)
    a2 = a(t + 0.75 * dt, x + 0.75 * a1 + 1.5 * (b1 * mean), *args) * dt
    # x + (a1 + 2 a2)/3 + sum_i b_i (beta1_i dW + beta2_i I11 + beta3_i mean + beta4_i I111)
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
    sources=("roessler2010",),
    drivers=("dW", "I10"),
)
