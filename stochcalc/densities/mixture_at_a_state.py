"""The score and the log density of a Gaussian mixture at one state.

One pass over the components: the running maximum of their logarithms is subtracted inside the
exponentials, and what was summed before is rescaled. So there are two exponentials a component. The
formulas are in `mixture_lanes`.

In every function here the weights (K,) are logarithms, the means have shape (K, d), the axes
(2, K, d, d) hold the transposed eigenvectors Q' and the eigenvectors Q of the covariances, and the
spectra (K, d) hold their eigenvalues.
"""

from __future__ import annotations

import math

from stochcalc.engine.compiler.jit import leaf
from stochcalc.engine.elementary import log
from stochcalc.engine.registers.parameter_arrays import dot, read_row, read_square
from stochcalc.typing import Array, State

LOWEST = -1e300  # below every logarithm of a weight


@leaf
def _smooth_spectrum(sigma: float, k: int, spectra: Array, x: State) -> tuple[State, float]:
    """Return lambda_k + sigma^2, and the sum of its logarithms."""
    spread = read_row(spectra, k, x) + sigma * sigma
    logs = 0.0
    for value in spread.items:
        logs += log(value)
    return spread, logs


@leaf
def _term(
    x: State, k: int, constant: float, spread: State, means: Array, axes: Array
) -> tuple[float, State]:
    """Return (l_k, y / spread)."""
    along = read_square(axes, 0, k, x) * (read_row(means, k, x) - x)
    scaled = along / spread
    return constant - 0.5 * dot(along, scaled), scaled


def mixture_score(
    sigma: float, x: State, weights: Array, means: Array, axes: Array, spectra: Array
) -> State:
    """Return the score, smoothed by sigma, at one state."""
    highest = LOWEST
    mass = 0.0
    total = 0.0 * x
    for k in range(len(weights)):
        spread, logs = _smooth_spectrum(sigma, k, spectra, x)
        term, scaled = _term(x, k, weights[k] - 0.5 * logs, spread, means, axes)
        top = max(highest, term)
        old = math.exp(highest - top)
        new = math.exp(term - top)
        mass = old * mass + new
        total = old * total + new * (read_square(axes, 1, k, x) * scaled)
        highest = top
    return total / mass


def mixture_log_density(
    sigma: float, x: State, weights: Array, means: Array, axes: Array, spectra: Array
) -> float:
    """Return the log density at one state, up to the constant of the dimension."""
    highest = LOWEST
    mass = 0.0
    for k in range(len(weights)):
        spread, logs = _smooth_spectrum(sigma, k, spectra, x)
        term, _ = _term(x, k, weights[k] - 0.5 * logs, spread, means, axes)
        top = max(highest, term)
        mass = math.exp(highest - top) * mass + math.exp(term - top)
        highest = top
    return highest + math.log(mass)
