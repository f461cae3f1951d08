"""The velocity of the probability flow, at all points together, with its divergence if need be.

    v(t, x) = -rate x - (1/2) g^2 s_t(x),    s_t(x) = s(x/m, sigma/m)/m

Source: Song et al., ICLR 2021, section 4.3 and appendix D.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from stochcalc.score.divergence import divergence_of
from stochcalc.score.evaluation import check_score, evaluate
from stochcalc.score.noising import Noising
from stochcalc.typing import Array, Score, WithLogDensity


def make_velocity(
    score: Score, noising: Noising, x: Array, first: float, divergence: bool
) -> Callable[[float, Array], Array]:
    """Return the velocity of a state, all points in a row and the divergence behind them.

    `first` is the earliest time at which the score is taken.
    """
    n, d = x.shape
    check_score(score)
    _check_end(score, noising, first, x)
    trace = divergence_of(score)

    def velocity(t: float, state: Array) -> Array:
        """Return dx/dt of all points, and behind it the divergence at each."""
        points = state[: n * d].reshape(n, d)
        m = noising.mean_factor(t)
        rate = noising.rate(t)
        half = 0.5 * noising.amplitude(t) ** 2
        sigma = noising.sigma(t) / m
        # -rate x - (1/2) g^2 s_t(x), and its divergence
        slope: Array = -rate * points - half / m * evaluate(
            score, points / m, sigma, f"at t={t:.4g}"
        )
        if not divergence:
            return slope.ravel()
        return np.concatenate([slope.ravel(), -rate * d - half / m**2 * trace(points / m, sigma)])

    return velocity


def _check_end(score: Score, noising: Noising, t: float, x: Array) -> None:
    """Refuse to go where the data have no density, before going anywhere."""
    if t == 0.0 and noising.sigma(0.0) == 0.0 and isinstance(score, WithLogDensity):
        try:
            score.log_density(x[:1], 0.0)
        except ValueError as error:
            raise ValueError(
                f"the flow takes the score at t=0, where VP leaves no noise, and {error}: end or "
                f"begin at a t > 0, such as 1e-3, or use VE"
            ) from None
