"""The theta method: part of the drift is taken at the end of the step, so that stiff drifts do not
explode.

    X_{k+1} = X_k + (1 - theta) a(t_k, X_k) dt + theta a(t_{k+1}, X_{k+1}) dt + b(t_k, X_k) dW

an equation for X_{k+1}, solved by Newton's method with `drift_dx`; a path on which it does not
converge becomes nan, and is reported. theta = 1 (drift-implicit Euler) is METHODS["theta"];
`theta_method(0.5)` is the trapezoid rule.

Strong order 1/2 (1 for additive noise), weak order 1. On dX = -k X dt + s dW the stationary
variance is s^2/(2k) times 1/(1 - (1 - 2 theta) k dt/2): too large and then infinite for theta = 0,
exact for 1/2, too small for 1.

Source: Kloeden and Platen (1992), section 12.2; Higham, SIAM J. Numer. Anal. 38 (2000) 753.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from stochcalc.engine import checks
from stochcalc.engine.registers.small_systems import norm, solved
from stochcalc.methods.method import Method

ITERATIONS = 12  # of Newton's method; one is enough where the drift is linear
# size of the last correction, relative: the one after it would be of the order of its square
TOLERANCE = 1e-8


def theta_method(theta: float) -> Method:
    """The scheme with this share of the drift taken at the end of the step, for `solve(method=)`.

    Raises
    ------
    TypeError, ValueError
        Unless 0 <= theta <= 1.

    Examples
    --------
    >>> theta_method(0.5).name
    'theta(0.5)'
    """
    theta = checks.number("theta", theta, least=0.0, most=1.0)

    def step(a: Any, da: Any, b: Any, t: float, x: Any, dt: float, dW: Any, args: Any) -> Any:
        """One step."""
        share, start = theta * dt, a(t, x, *args)
        known = x + (1.0 - theta) * dt * start + b(t, x, *args) * dW
        # The first guess is x itself: one by Euler would be far off where the drift is steep.
        y = x
        change = 0.0 * x
        for _ in range(ITERATIONS):
            change = solved(share * da(t + dt, y, *args), y - known - share * a(t + dt, y, *args))
            y = y - change
        return y + converged(norm(change), norm(y))

    return Method(
        name=f"theta({theta:g})",
        step=step,
        strong_order={
            "scalar": 0.5,
            "diagonal": 0.5,
            "additive": 1.0,
            "commuting": 0.5,
            "general": 0.5,
        },
        weak_order={
            "scalar": 1.0,
            "diagonal": 1.0,
            "additive": 1.0,
            "commuting": 1.0,
            "general": 1.0,
        },
        calculus=0.0,
        reference="Kloeden and Platen (1992), section 12.2",
        functions=("drift", "drift_dx", "diffusion"),
    )


def converged(change: Any, size: Any) -> Any:
    """Zero, or nan if the last correction was not small."""
    # No branch, so that the lanes stay together.
    return 0.0 / (1.0 * (change <= TOLERANCE * (1.0 + size)))


METHOD = replace(theta_method(1.0), name="theta")
