"""Euler-Maruyama: freeze drift and diffusion over the step.

    X_{k+1} = X_k + a(t_k, X_k) dt + b(t_k, X_k) dW_k

The strong order is 1/2 for Lipschitz coefficients of linear growth. It is 1 for additive noise, and
the weak order is 1, if the coefficients are smooth as well (four bounded derivatives will do). The
scheme is poor for stiff drifts (it explodes once dt is large against the fastest time) and for
drifts that grow faster than linearly (its moments diverge although the equation's do not:
Hutzenthaler, Jentzen and Kloeden 2011).

Source: Maruyama, Rend. Circ. Mat. Palermo 4 (1955) 48; Kloeden and Platen (1992), theorems 10.2.2
and 14.1.5.
"""

from __future__ import annotations

from stochcalc.methods.method import Method
from stochcalc.typing import DiffusionFunction, DriftFunction, Noise, Parameters, State


def euler_maruyama(
    a: DriftFunction,
    b: DiffusionFunction,
    t: float,
    x: State,
    dt: float,
    dW: Noise,
    args: Parameters,
) -> State:
    """Return X_{k+1} from x = X_k, a step of length dt later."""
    return x + a(t, x, *args) * dt + b(t, x, *args) * dW


METHOD = Method(
    name="euler_maruyama",
    step=euler_maruyama,
    strong_order={
        "scalar": 0.5,
        "diagonal": 0.5,
        "additive": 1.0,
        "commuting": 0.5,
        "general": 0.5,
    },
    weak_order={"scalar": 1.0, "diagonal": 1.0, "additive": 1.0, "commuting": 1.0, "general": 1.0},
    calculus=0.0,
    reference="Kloeden and Platen (1992), theorems 10.2.2 and 14.1.5",
    sources=("maruyama1955", "kloedenplaten1992"),
    any_noise=True,
)
