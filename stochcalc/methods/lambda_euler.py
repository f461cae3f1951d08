"""Lambda-Euler: the noise is evaluated where lambda says, at a guess of the state there.

No derivatives are needed.

    guess   = X_k + a dt + b dW
    X_{k+1} = X_k + a dt + [(1 - lam) b(t_k, X_k) + lam b(t_{k+1}, guess)] dW

It converges to the equation interpreted with lambda, for every lambda in [0, 1]: the second
evaluation adds lam b b' dW^2, whose mean is the correction lam b b' dt. The strong order is 1/2 (1
for additive noise, and 1 at lambda = 1/2 with commuting noise), the weak order 1. At lambda = 0 it
is Euler-Maruyama and pays for a guess it does not use.

Source: the Riemann sums of Evans (2013), section 4.1.3, made explicit; lambda = 1/2 is the
Euler-Heun scheme of Gard (1988).
"""

from __future__ import annotations

from stochcalc.methods.method import Method
from stochcalc.typing import DiffusionFunction, DriftFunction, Noise, Parameters, State


def lambda_euler(
    a: DriftFunction,
    b: DiffusionFunction,
    t: float,
    x: State,
    dt: float,
    dW: Noise,
    args: Parameters,
    lam: float,
) -> State:
    """Return X_{k+1} from x = X_k, a step of length dt later."""
    drift = a(t, x, *args) * dt
    noise = b(t, x, *args) * dW
    guess = x + drift + noise
    return x + drift + (1.0 - lam) * noise + lam * (b(t + dt, guess, *args) * dW)


METHOD = Method(
    name="lambda_euler",
    step=lambda_euler,
    strong_order={
        "scalar": 0.5,
        "diagonal": 0.5,
        "additive": 1.0,
        "commuting": 0.5,
        "general": 0.5,
    },
    weak_order={"scalar": 1.0, "diagonal": 1.0, "additive": 1.0, "commuting": 1.0, "general": 1.0},
    calculus="any",
    reference="Evans (2013), section 4.1.3; Gard (1988), section 7.3",
    sources=("evans2013", "gard1988"),
    any_noise=True,
)
