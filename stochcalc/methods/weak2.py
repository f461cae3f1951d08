"""Weak order 2, without derivatives, for any noise. Ito.

With root = sqrt(dt), ahead = X_k + a dt, I_jk = (dW_j dW_k - delta_jk dt)/2 + V_jk, and D the
matrix of off-diagonal b I/root,

    X_{k+1} = X_k + (a + a(t_{k+1}, ahead + b dW)) dt/2
              + sum_k (b_k(t_{k+1}, ahead + b_k root) + b_k(t_{k+1}, ahead - b_k root) + 2 b_k)
              dW_k/4 + sum_k (b_k(t_{k+1}, ahead + b_k root) - b_k(t_{k+1}, ahead - b_k root))
              I_kk/(2 root) + sum_k (b_k(t_k, X_k + D_k) + b_k(t_k, X_k - D_k) - 2 b_k) dW_k/4 +
              sum_k (b_k(t_k, X_k + D_k) - b_k(t_k, X_k - D_k)) root/2

The first three lines are Platen's scheme; the last two carry the other noises into the k-th. V is
independent of dW with the areas' variance dt^2/4: with true areas the last sums would have weak
order 1 only, for E[A^2 dW^2] is 5/12 dt^3, not 1/4.

Strong order 1 while the noises commute, else 1/2.

Source: Platen (1984), in Kloeden and Platen (1992), equation (15.1.1); the stages of the other
noises as in Roessler, SIAM J. Numer. Anal. 47 (2009) 1713, equations (3.1) to (3.3).
"""

from __future__ import annotations

import math
from typing import Any

from stochcalc.engine.registers.linear import (
    diagonal_of,
    double_integrals,
    each_column,
    off_diagonal,
    summed,
)
from stochcalc.methods.method import Method


def weak2(a: Any, b: Any, t: float, x: Any, dt: float, dW: Any, V: Any, args: Any) -> Any:
    """One step."""
    root = math.sqrt(dt)
    a0, b0, I = a(t, x, *args), b(t, x, *args), double_integrals(dW, V, dt)  # noqa: E741
    ahead, D = x + a0 * dt, (b0 * off_diagonal(I)) / root
    right, left = (
        each_column(b, t + dt, ahead, b0 * root, args),
        each_column(b, t + dt, ahead, -root * b0, args),
    )
    above, below = each_column(b, t, x, D, args), each_column(b, t, x, -D, args)
    return (
        x
        + 0.5 * (a0 + a(t + dt, ahead + b0 * dW, *args)) * dt
        + 0.25 * ((right + left + above + below) * dW)
        + (0.5 / root) * ((right - left) * diagonal_of(I))
        + (0.5 * root) * summed(above - below)
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
    drivers=("dW", "V"),
)
