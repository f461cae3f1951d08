"""The score and the log density of a Gaussian mixture at one state.

One pass over the components: the running maximum of their logarithms is subtracted inside the
exponentials, and what was summed before is rescaled. So there are two exponentials a component. The
formulas are in `mixture_lanes`.
"""

from __future__ import annotations

import math
from typing import Any

from stochcalc.engine.compiler.jit import leaf
from stochcalc.engine.elementary import log
from stochcalc.engine.registers.parameter_arrays import dot, read_row, read_square

LOWEST = -1e300  # below every logarithm of a weight


@leaf
def _spread(sigma, k, spectra, x):
    """Return lambda_k + sigma^2, and the sum of its logarithms."""
    spread = read_row(spectra, k, x) + sigma * sigma
    logs = 0.0
    for value in spread.items:
        logs += log(value)
    return spread, logs


@leaf
def _term(x, k, constant, spread, means, axes):
    """Return (l_k, y / spread)."""
    along = read_square(axes, 0, k, x) * (read_row(means, k, x) - x)
    scaled = along / spread
    return constant - 0.5 * dot(along, scaled), scaled


def mixture_score(sigma: float, x: Any, weights: Any, means: Any, axes: Any, spectra: Any) -> Any:
    """Return the score at one state.

    The weights (K,) are logarithms, the means have shape (K, d), the axes (2, K, d, d) hold Q' and
    Q, and the spectra have shape (K, d).
    """
    highest = LOWEST
    mass = 0.0
    total = 0.0 * x
    for k in range(len(weights)):
        spread, logs = _spread(sigma, k, spectra, x)
        term, scaled = _term(x, k, weights[k] - 0.5 * logs, spread, means, axes)
        top = max(highest, term)
        old = math.exp(highest - top)
        new = math.exp(term - top)
        mass = old * mass + new
        total = old * total + new * (read_square(axes, 1, k, x) * scaled)
        highest = top
    return total / mass


def mixture_log_density(
    sigma: float, x: Any, weights: Any, means: Any, axes: Any, spectra: Any
) -> Any:
    """Return the log density at one state, up to the constant of the dimension."""
    highest = LOWEST
    mass = 0.0
    for k in range(len(weights)):
        spread, logs = _spread(sigma, k, spectra, x)
        term, _ = _term(x, k, weights[k] - 0.5 * logs, spread, means, axes)
        top = max(highest, term)
        mass = math.exp(highest - top) * mass + math.exp(term - top)
        highest = top
    return highest + math.log(mass)
