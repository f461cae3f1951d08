"""Milstein: Euler-Maruyama and the double integrals of the noise, from its derivative. Any reading.

    X_{k+1} = X_k + a dt + b dW + b b' (dW^2 - (1 - 2 lam) dt)/2

and for several noises b_ij, X_i + a_i dt + sum_j b_ij dW_j + sum_jkl (d b_ij / dx_k) b_kl I_lj,
with I_lj the double integral of dW_l and dW_j read with lambda. While the noises commute the sum
sees only the symmetric part of I, which is (dW_l dW_j - (1 - 2 lam) delta_lj dt)/2; otherwise it
needs Levy areas, and `sri2` has them.

Strong order 1, weak order 1. As poor as Euler-Maruyama where the drift is stiff or superlinear.

Source: Milstein, Theory Probab. Appl. 19 (1974) 557; Kloeden and Platen (1992), theorem 10.3.5.
"""

from __future__ import annotations

from typing import Any

from stochcalc.engine.registers.linear import contract, double_integrals
from stochcalc.methods.method import Method


def milstein(
    a: Any, b: Any, db: Any, t: float, x: Any, dt: float, dW: Any, A: Any, args: Any, lam: float
) -> Any:
    """One step."""
    b0 = b(t, x, *args)
    return (
        x
        + a(t, x, *args) * dt
        + b0 * dW
        + contract(db(t, x, *args), b0 * double_integrals(dW, A, dt, lam))
    )


METHOD = Method(
    name="milstein",
    step=milstein,
    strong_order={"scalar": 1.0, "diagonal": 1.0, "additive": 1.0, "commuting": 1.0},
    weak_order={"scalar": 1.0, "diagonal": 1.0, "additive": 1.0, "commuting": 1.0},
    calculus="any",
    reference="Kloeden and Platen (1992), theorem 10.3.5",
    functions=("drift", "diffusion", "diffusion_dx"),
    drivers=("dW", "A"),
)
