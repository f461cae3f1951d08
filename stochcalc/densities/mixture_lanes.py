"""The score of a Gaussian mixture, written for the time loop.

Smoothed by sigma, component k has covariance Q_k diag(lambda_k + sigma^2) Q_k', so that with y =
Q_k' (m_k - x)

    l_k = log w_k - (1/2) sum_i (y_i^2 / (lambda_ki + sigma^2) + log(lambda_ki + sigma^2))
    s = sum_k r_k Q_k (y / (lambda_k + sigma^2))

with r the softmax of l. The eigenvectors do not depend on sigma, which may therefore vary from step
to step.

At one state the score is a sum of some terms (`mixture_at_a_state`), and for a block of 256 it is a
*field*, which runs before the step (`mixture_field`, `mixture_shared_field`). Here a step is joined
with the field that it takes its score from.
"""

from __future__ import annotations

import functools
from typing import Any

from stochcalc.densities.mixture_field import mixture_field
from stochcalc.densities.mixture_shared_field import shared_field
from stochcalc.engine.compiler.jit import leaf
from stochcalc.engine.registers.stacked_states import take_part


def score_field(d: int, skip: int, place: Any, shared: bool) -> Any:
    """Return the field of a mixture's score; `shared` says that it has one covariance for all."""
    return (shared_field if shared else mixture_field)(d, skip, place)


@leaf
def time_is_sigma(t, args):
    """For samplers whose time is the smoothing: (sigma, 1)."""
    return t, 1.0


def given(t: float, x: Any, s: Any) -> Any:
    """Return the score that the field has found before the step: its last argument."""
    return s


@functools.lru_cache(maxsize=256)
def on_field(step: Any, d: int, noise: int, parameters: int) -> Any:
    """Return a step that takes its score from the field's d rows, which follow `noise` rows.

    The args begin with the step's own parameters.
    """

    def moved(t: float, x: Any, dt: float, rows: Any, args: Any) -> Any:
        found = (take_part(rows, noise, d),)
        return step(given, t, x, dt, take_part(rows, 0, noise), args[:parameters] + found)

    return moved
