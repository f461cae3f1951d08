"""Milstein: Euler-Maruyama and the double integrals of dW, with the diffusion's derivative b'.

It takes the equation's own lambda, whatever it is.

    X_{k+1} = X_k + a dt + b dW + b b' (dW^2 - (1 - 2 lam) dt)/2

and for several noises b_ij, X_i + a_i dt + sum_j b_ij dW_j + sum_jkl (d b_ij / dx_k) b_kl I_lj,
with I_lj the double integral of dW_l and dW_j interpreted with lambda. While the noises commute the
sum sees only the symmetric part of I, which is (dW_l dW_j - (1 - 2 lam) delta_lj dt)/2; otherwise
it needs Levy areas, and `sri2` has them.

The term in lambda follows from Ito's case. The equation interpreted with lambda is the Ito
equation with the drift a + lam b b', for which a step adds

    (a + lam b b') dt + b dW + b b' (dW^2 - dt)/2 = a dt + b dW + b b' (dW^2 - (1 - 2 lam) dt)/2

The strong order is 1 and the weak order 1. The scheme is as poor as Euler-Maruyama where the drift
is stiff or superlinear.

Source: Milstein, Theory Probab. Appl. 19 (1974) 557; Kloeden and Platen (1992), theorem 10.3.5.
"""

from __future__ import annotations

from stochcalc.engine.registers.linear import compute_double_integrals, contract
from stochcalc.methods.method import Method
from stochcalc.typing import DiffusionFunction, DriftFunction, Noise, Parameters, State


def milstein(
    a: DriftFunction,
    b: DiffusionFunction,
    db: DiffusionFunction,
    t: float,
    x: State,
    dt: float,
    dW: Noise,
    A: Noise,
    args: Parameters,
    lam: float,
) -> State:
    """Return X_{k+1} from x = X_k, a step of length dt later."""
    b0 = b(t, x, *args)
    # scalar: x + a dt + b dW + b b' (dW^2 - (1 - 2 lam) dt)/2
    # general: x_i + a_i dt + sum_j b_ij dW_j + sum_jkl (d b_ij/dx_k) b_kl I_lj. The Levy areas A
    # are 0: while the noises commute they drop out of this sum.
    return (
        x
        + a(t, x, *args) * dt
        + b0 * dW
        + contract(db(t, x, *args), b0 * compute_double_integrals(dW, A, dt, lam))
    )


METHOD = Method(
    name="milstein",
    step=milstein,
    strong_order={"scalar": 1.0, "diagonal": 1.0, "additive": 1.0, "commuting": 1.0},
    weak_order={"scalar": 1.0, "diagonal": 1.0, "additive": 1.0, "commuting": 1.0},
    calculus="any",
    reference="Kloeden and Platen (1992), theorem 10.3.5",
    sources=("milstein1974", "kloedenplaten1992"),
    functions=("drift", "diffusion", "diffusion_dx"),
    drivers=("dW", "A"),
)
