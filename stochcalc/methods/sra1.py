"""SRA1: strong order 1.5 for additive noise, from two evaluations of the drift.

Beside dW the scheme takes one double integral, I10 = int (W_s - W_t) ds over the step.

    second  = X_k + 3/4 a(t_k, X_k) dt + 3/2 b(t_{k+1}) I10/dt
    X_{k+1} = X_k + (a(t_k, X_k) + 2 a(t_k + 3/4 dt, second)) dt/3
              + b(t_{k+1}) (dW - I10/dt) + b(t_k) I10/dt

The weak order is 2 for additive noise. The scheme is not for stiff drifts.

Source: Roessler, SIAM J. Numer. Anal. 48 (2010) 922, table 6.3 (SRA1).
"""

from __future__ import annotations

from stochcalc.methods.method import Method
from stochcalc.methods.tableau import Tableau
from stochcalc.typing import DiffusionFunction, DriftFunction, Noise, Parameters, State

#      c0  | A0    | B0
#      0   |       |
#      3/4 | 3/4   | 3/2
#     -----+-------+------     beta1: dW, beta2: I10/dt; the noise at t + dt and at t
#          | 1/3 2/3
TABLEAU = Tableau(
    name="sra1",
    A0=[[0, 0], [0.75, 0]],
    B0=[[0, 0], [1.5, 0]],
    A1=[[0, 0], [0, 0]],
    B1=[[0, 0], [0, 0]],
    alpha=[1 / 3, 2 / 3],
    beta=[[1, 0], [-1, 1]],
    c1=(1, 0),
    family="additive",
)


def sra1(
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
    a1 = a(t, x, *args)
    start = b(t, x, *args)  # the noise at t_k
    end = b(t + dt, x, *args)  # the noise at t_{k+1}
    mean = I10 / dt  # of W_s - W_t over the step
    second = x + 0.75 * a1 * dt + 1.5 * (end * mean)
    a2 = a(t + 0.75 * dt, second, *args)
    return x + (a1 + 2.0 * a2) * (dt / 3.0) + end * (dW - mean) + start * mean


METHOD = Method(
    name="sra1",
    step=sra1,
    strong_order={"additive": 1.5},
    weak_order={"additive": 2.0},
    calculus=0.0,
    reference="Roessler (2010), table 6.3",
    sources=("roessler2010",),
    drivers=("dW", "I10"),
)
