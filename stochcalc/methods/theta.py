"""The theta method: part of the drift is taken at the end of the step, for stiff drifts.

    X_{k+1} = X_k + (1 - theta) a(t_k, X_k) dt + theta a(t_{k+1}, X_{k+1}) dt + b(t_k, X_k) dW

This is an equation for X_{k+1}. It is solved by Newton's method with `drift_dx`; a path on which
that does not converge becomes nan, and is reported. theta = 1 (drift-implicit Euler) is
METHODS["theta"]; `theta_method(0.5)` is the trapezoid rule.

The strong order is 1/2 (1 for additive noise) and the weak order 1. On dX = -k X dt + s dW the
stationary variance is s^2/(2k) times 1/(1 - (1 - 2 theta) k dt/2): too large and then infinite for
theta = 0, exact for 1/2, too small for 1.

Source: Kloeden and Platen (1992), section 12.2; Higham, SIAM J. Numer. Anal. 38 (2000) 753.
"""

from __future__ import annotations

from dataclasses import replace

from stochcalc.engine import checks
from stochcalc.engine.portable import portable
from stochcalc.engine.registers.small_systems import norm, solve_one_minus
from stochcalc.methods.method import Method
from stochcalc.typing import (
    DiffusionFunction,
    DriftFunction,
    Noise,
    Number,
    Parameters,
    State,
)

ITERATIONS = 12  # of Newton's method; one is enough where the drift is linear
# The largest size of the last correction, relative to 1 + |X_{k+1}|. The correction after it would
# be of the order of its square.
TOLERANCE = 1e-8


@portable
def theta_method(theta: float) -> Method:
    r"""Return the scheme with this share of the drift taken at the end of the step.

    Parameters
    ----------
    theta : float
        The share, in [0, 1]: 0 is Euler-Maruyama, 1/2 the trapezoid rule, 1 drift-implicit Euler.

    Returns
    -------
    Method
        The scheme, for `solve(method=)`. The equation must have `drift_dx`.

    Raises
    ------
    TypeError, ValueError
        Unless 0 <= theta <= 1.

    Notes
    -----
    The step solves

    .. math::

        X_{k+1} = X_k + (1 - \theta) a(t_k, X_k) h + \theta a(t_{k+1}, X_{k+1}) h
                  + b(t_k, X_k) \Delta W_k

    by Newton's method, which starts at :math:`X_k`.

    References
    ----------
    P. E. Kloeden and E. Platen, Numerical Solution of Stochastic Differential Equations (Springer,
    1992), section 12.2. [kloedenplaten1992]

    Examples
    --------
    >>> theta_method(0.5).name
    'theta(0.5)'
    """
    theta = checks.number("theta", theta, least=0.0, most=1.0)

    def step(
        a: DriftFunction,
        da: DriftFunction,
        b: DiffusionFunction,
        t: float,
        x: State,
        dt: float,
        dW: Noise,
        args: Parameters,
    ) -> State:
        """Return X_{k+1} from x = X_k, a step of length dt later."""
        share = theta * dt
        start = a(t, x, *args)
        known = x + (1.0 - theta) * dt * start + b(t, x, *args) * dW
        # Newton's method for y = known + theta dt a(t + dt, y):
        # change = (y - known - theta dt a(y)) / (1 - theta dt a'(y)), and y - change is the next y.
        # The first guess is x itself: one by Euler would be far off where the drift is steep.
        y = x
        change = 0.0 * x  # a zero of the form of x
        for _ in range(ITERATIONS):
            error = y - known - share * a(t + dt, y, *args)
            change = solve_one_minus(share * da(t + dt, y, *args), error)
            y = y - change
        return y + zero_if_small(norm(change), norm(y))

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
        sources=("kloedenplaten1992", "higham2000"),
        functions=("drift", "drift_dx", "diffusion"),
    )


def zero_if_small(change: Number, size: Number) -> Number:
    """Return 0 if the last correction was small relative to 1 + size, else nan."""
    # The comparison is used as a number, so that this is 0/1 or 0/0: a branch would end the packing
    # of lanes, and one expression serves floats and arrays.
    return 0.0 / (1.0 * (change <= TOLERANCE * (1.0 + size)))


METHOD = replace(theta_method(1.0), name="theta")
