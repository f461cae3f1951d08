"""Tamed Euler: the drift of one step is never longer than 1, so that it cannot explode.

    X_{k+1} = X_k + a dt / (1 + |a| dt) + b dW

The strong order is 1/2 (1 for additive noise) for drifts that are one-sided Lipschitz with
polynomial growth, where Euler-Maruyama's moments diverge; the weak order is 1. Where both work this
scheme has the larger error: the taming changes a step by |a|^2 dt^2.

Source: Hutzenthaler, Jentzen and Kloeden, Ann. Appl. Probab. 22 (2012) 1611, equation (4) and
theorem 1.1.
"""

from __future__ import annotations

from stochcalc.engine.registers.small_systems import norm
from stochcalc.methods.method import Method
from stochcalc.typing import DiffusionFunction, DriftFunction, Noise, Parameters, State


def tamed_euler(
    a: DriftFunction,
    b: DiffusionFunction,
    t: float,
    x: State,
    dt: float,
    dW: Noise,
    args: Parameters,
) -> State:
    """Return X_{k+1} from x = X_k, a step of length dt later."""
    # x + a dt/(1 + |a| dt) + b dW
    drift = a(t, x, *args) * dt
    return x + drift / (1.0 + norm(drift)) + b(t, x, *args) * dW


METHOD = Method(
    name="tamed_euler",
    step=tamed_euler,
    strong_order={
        "scalar": 0.5,
        "diagonal": 0.5,
        "additive": 1.0,
        "commuting": 0.5,
        "general": 0.5,
    },
    weak_order={"scalar": 1.0, "diagonal": 1.0, "additive": 1.0, "commuting": 1.0, "general": 1.0},
    calculus=0.0,
    reference="Hutzenthaler, Jentzen and Kloeden (2012), theorem 1.1",
    sources=("hutzenthaler2012",),
)
