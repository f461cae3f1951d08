"""The score of a Gaussian mixture, written for the time loop.

Smoothed by sigma, component k has covariance Q_k diag(lambda_k + sigma^2) Q_k', so that with y =
Q_k' (m_k - x)

    l_k = log w_k - (1/2) sum_i (y_i^2 / (lambda_ki + sigma^2) + log(lambda_ki + sigma^2))
    s = sum_k r_k Q_k (y / (lambda_k + sigma^2))

with r the softmax of l. The eigenvectors do not depend on sigma, which may therefore vary from step
to step.

At one state the score is a sum of some terms (`mixture_at_a_state`). For a block of 256 states it
is a *field*: a routine that runs before the step and writes the scores of all states into rows of
the noise (`mixture_field`, `mixture_shared_field`). Here a step is joined with the field that it
takes its score from.
"""

from __future__ import annotations

import functools

from stochcalc.densities.mixture_field import FieldRoutine, SmoothingRule, mixture_field
from stochcalc.densities.mixture_shared_field import build_shared_field
from stochcalc.engine.compiler.jit import leaf
from stochcalc.engine.portable import portable
from stochcalc.engine.registers.stacked_states import take_part
from stochcalc.typing import Noise, Parameters, State, StepFunction


def score_field(d: int, skip: int, smoothing: SmoothingRule, shared: bool) -> FieldRoutine:
    """Return the field of a mixture's score.

    Parameters
    ----------
    d : int
        Dimension of the mixture.
    skip : int
        Number of args of the step that come before those of the mixture.
    smoothing : callable
        smoothing(t, args) -> (sigma, scale), a leaf: the score smoothed by sigma is taken at
        scale x.
    shared : bool
        Whether all components have one covariance.
    """
    if shared:
        return build_shared_field(d, skip, smoothing)
    return mixture_field(d, skip, smoothing)


@leaf
def smooth_by_time(t: float, args: Parameters) -> tuple[float, float]:
    """Return (sigma, 1) for a sampler whose time is the smoothing sigma."""
    return t, 1.0


def read_score(t: float, x: State, s: State) -> State:
    """Return the score s that the field has found before the step."""
    return s


@portable
@functools.lru_cache(maxsize=256)
def take_score_from_field(step: StepFunction, d: int, noise: int, parameters: int) -> StepFunction:
    """Return a step that takes its score from the field.

    Parameters
    ----------
    step : callable
        step(score, t, x, dt, noise, args) -> x at t + dt.
    d : int
        Number of rows of the field, which follow those of the noise.
    noise : int
        Number of rows of noise.
    parameters : int
        Number of args that are the step's own; they come before those of the score.
    """

    def step_on_field(t: float, x: State, dt: float, rows: Noise, args: Parameters) -> State:
        """Return the state after one step; the rows are those of the noise, then the scores."""
        score = (take_part(rows, noise, d),)
        return step(read_score, t, x, dt, take_part(rows, 0, noise), args[:parameters] + score)

    return step_on_field
