"""Weak order 2, without derivatives, for any noise.

The interpretation is Ito's. With root = sqrt(dt), I_jk = (dW_j dW_k - delta_jk dt)/2 + V_jk, and I'
the matrix I with zeros on its diagonal,

    ahead   = X_n + a dt
    right_k = b_k(t_{n+1}, ahead + b_k root),    left_k  = b_k(t_{n+1}, ahead - b_k root)
    D       = b I'/root
    above_k = b_k(t_n, X_n + D_k),               below_k = b_k(t_n, X_n - D_k)
    X_{n+1} = X_n + (a + a(t_{n+1}, ahead + b dW)) dt/2
              + sum_k (right_k + left_k + 2 b_k) dW_k/4
              + sum_k (right_k - left_k) I_kk/(2 root)
              + sum_k (above_k + below_k - 2 b_k) dW_k/4
              + sum_k (above_k - below_k) root/2

Here b_k without an argument is b_k(t_n, X_n). The first three lines of the sum are Platen's scheme;
the last two carry the other noises into the k-th. V is independent of dW with the areas' variance
dt^2/4: with true areas the last sums would have weak order 1 only, because E[A^2 dW^2] is 5/12
dt^3, not 1/4.

The strong order is 1 while the noises commute, else 1/2.

Source: Platen (1984), in Kloeden and Platen (1992), equation (15.1.1); the stages of the other
noises as in Roessler, SIAM J. Numer. Anal. 47 (2009) 1713, equations (3.1) to (3.3).
"""

from __future__ import annotations

import math

from stochcalc.engine.registers.linear import compute_double_integrals
from stochcalc.engine.registers.matrix_columns import (
    evaluate_columns,
    remove_diagonal,
    sum_columns,
    take_diagonal,
)
from stochcalc.methods.method import Method
from stochcalc.typing import DiffusionFunction, DriftFunction, Noise, Parameters, State


def weak2(
    a: DriftFunction,
    b: DiffusionFunction,
    t: float,
    x: State,
    dt: float,
    dW: Noise,
    V: Noise,
    args: Parameters,
) -> State:
    """Return X_{k+1} from x = X_k, a step of length dt later."""
    root = math.sqrt(dt)
    a0 = a(t, x, *args)
    b0 = b(t, x, *args)
    integrals = compute_double_integrals(dW, V, dt)
    ahead = x + a0 * dt
    D = (b0 * remove_diagonal(integrals)) / root
    right = evaluate_columns(b, t + dt, ahead, b0 * root, args)
    left = evaluate_columns(b, t + dt, ahead, -root * b0, args)
    above = evaluate_columns(b, t, x, D, args)
    below = evaluate_columns(b, t, x, -D, args)
    # The 2 b_k of the second and the fourth line of the sum cancel.
    return (
        x
        + 0.5 * (a0 + a(t + dt, ahead + b0 * dW, *args)) * dt
        + 0.25 * ((right + left + above + below) * dW)
        + (0.5 / root) * ((right - left) * take_diagonal(integrals))
        + (0.5 * root) * sum_columns(above - below)
    )


METHOD = Method(
    name="weak2",
    step=weak2,
    strong_order={
        "scalar": 1.0,
        "diagonal": 1.0,
        "additive": 1.0,
        "commuting": 1.0,
        "general": 0.5,
    },
    weak_order={"scalar": 2.0, "diagonal": 2.0, "additive": 2.0, "commuting": 2.0, "general": 2.0},
    calculus=0.0,
    reference="Kloeden and Platen (1992), equation (15.1.1); Roessler (2009)",
    sources=("kloedenplaten1992", "roessler2009"),
    drivers=("dW", "V"),
)
