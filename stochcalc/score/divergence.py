"""The divergence of a score: the distribution's own, or central differences."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from stochcalc.score.evaluation import evaluate
from stochcalc.typing import Array, Score, WithDivergence

BUMP = 2.0**-17  # step of the central differences, in units of sigma


def divergence_of(score: Score) -> Callable[[Array, float], Array]:
    """Return div s(x, sigma) of the distribution, or by central differences along all axes."""
    if isinstance(score, WithDivergence):
        return score.divergence

    def divergence(x: Array, sigma: float) -> Array:
        """Return the divergence at points x (n, d), by 2 d evaluations of the score."""
        width = BUMP * max(sigma, 1e-6)
        total = np.zeros(len(x))
        for i in range(x.shape[1]):
            step = np.zeros(x.shape[1])
            step[i] = width
            above = evaluate(score, x + step, sigma, "beside it")[:, i]
            below = evaluate(score, x - step, sigma, "beside it")[:, i]
            total += (above - below) / (2.0 * width)
        return total

    return divergence
