"""Sums of powers of increments along Brownian motion, streamed.

These are the marches behind `quadratic_variation` and the studies.
"""

from __future__ import annotations

import math
from typing import Any

from stochcalc.engine.compiler.interrupts import interrupts_held_back
from stochcalc.engine.functions.assemble import Step
from stochcalc.engine.loop.march import March
from stochcalc.motion.marching import march_along
from stochcalc.motion.paths import BrownianPaths


def powers(t: float, x: Any, dt: float, dW: Any, args: Any) -> Any:
    """One step of sum |dW|^p and sum |dW|^2p; args = (p,)."""
    size = abs(dW) ** args[0]
    return x[0] + size, x[1] + size * size


def squares(t: float, x: Any, dt: float, dW: Any, args: Any) -> Any:
    """One step of sum dW^2 and sum dW^4."""
    square = dW * dW
    return x[0] + square, x[1] + square * square


def first_sum(t: float, x: Any, args: Any) -> float:
    """Observe the first of the two sums."""
    return x[0]


def squared_deviation(t: float, x: Any, args: Any) -> float:
    """Observe (Q - t)^2."""
    return (x[0] - t) * (x[0] - t)


def variation_job(W: BrownianPaths, p: float, observe: Any, kept: int, *, save_rows: bool) -> March:
    """Return the march behind the p-variation of a motion, observed at the end.

    Its state is (sum |dW|^p, sum |dW|^2p).
    """
    quadratic = p == 2.0
    return march_along(
        W,
        Step(squares if quadratic else powers),
        dim=2,
        kept=kept,
        args=() if quadratic else (p,),
        observe=observe,
        save_rows=save_rows,
        noise=W.noise(plain=True),
    )


def absolute_moment(p: float) -> float:
    """E |Z|^p = 2^(p/2) Gamma((p + 1)/2) / sqrt(pi) for a standard normal Z."""
    return math.exp(log_absolute_moment(p))


def log_absolute_moment(p: float) -> float:
    """Logarithm of E |Z|^p."""
    with interrupts_held_back():
        from scipy.special import gammaln

    return 0.5 * p * math.log(2.0) + float(gammaln(0.5 * (p + 1.0))) - 0.5 * math.log(math.pi)
