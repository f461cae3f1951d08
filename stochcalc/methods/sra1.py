"""SRA1: strong order 1.5 for additive noise, two evaluations of the drift and one double integral,
I10 = int (W_s - W_t) ds.

    second  = X_k + 3/4 a(t_k, X_k) dt + 3/2 b(t_{k+1}) I10/dt
    X_{k+1} = X_k + (a(t_k, X_k) + 2 a(t_k + 3/4 dt, second)) dt/3 + b(t_{k+1}) (dW - I10/dt) +
    b(t_k) I10/dt

Weak order 2 for additive noise. Not for stiff drifts.

Source: Roessler, SIAM J. Numer. Anal. 48 (2010) 922, table 6.3 (SRA1).
"""

from __future__ import annotations

from typing import Any

from stochcalc.methods.method import Method
from stochcalc.methods.tableau import Tableau

#      c0  | A0    | B0
#      0   |       |
#      3/4 | 3/4   | 3/2
#     -----+-------+------     beta1: dW, beta2: I10/dt; the noise at t + dt and at t
#          | 1/3 2/3
TABLEAU = Tableau(
    "sra1",
    A0=[[0, 0], [0.75, 0]],
    B0=[[0, 0], [1.5, 0]],
    A1=[[0, 0], [0, 0]],
    B1=[[0, 0], [0, 0]],
    alpha=[1 / 3, 2 / 3],
    beta=[[1, 0], [-1, 1]],
    c1=(1, 0),
    family="additive",
)


def sra1(a: Any, b: Any, t: float, x: Any, dt: float, dW: Any, I10: Any, args: Any) -> Any:
    """One step."""
    a1, start, end, mean = a(t, x, *args), b(t, x, *args), b(t + dt, x, *args), I10 / dt
    a2 = a(t + 0.75 * dt, x + 0.75 * a1 * dt + 1.5 * (end * mean), *args)
    return x + (a1 + 2.0 * a2) * (dt / 3.0) + end * (dW - mean) + start * mean


METHOD = Method(
    name="sra1",
    step=sra1,
    strong_order={"additive": 1.5},
    weak_order={"additive": 2.0},
    calculus=0.0,
    reference="Roessler (2010), table 6.3",
    drivers=("dW", "I10"),
)
