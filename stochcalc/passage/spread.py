"""How fast one component spreads over a step, and how the others move with it.

The diffusion is frozen over the step, at its start. Let b_i be its row for component i, so that the
component has the variance |b_i|^2 in a unit of time. Given where component i is, another component
j has moved by b_j . b_i/|b_i|^2 times as far from the line between the ends of the step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stochcalc.engine.registers.choices import choose
from stochcalc.engine.registers.vec import mat, vec
from stochcalc.typing import DiffusionFunction, Parameters, State

KINDS = ("number", "own noises", "one noise", "rows")


def build_spread(diffusion: DiffusionFunction, kind: str, i: int) -> Callable[..., Any]:
    """Return spread(t, x, own): the variance of component i, and how the others move with it.

    The latter is a vector, or a number that is not used. `own` are the equation's parameters.

    Parameters
    ----------
    diffusion : callable
        The diffusion of the equation.
    kind : {"number", "own noises", "one noise", "rows"}
        What it returns: a number; d numbers for noises of their own, or for one noise that all
        components share; d rows.
    i : int
        The component.
    """

    def of_number(t: float, x: State, own: Parameters) -> tuple[State, State]:
        b = 1.0 * diffusion(t, x, *own)
        return b * b, 0.0

    def of_own_noises(t: float, x: State, own: Parameters) -> tuple[State, State]:
        b = vec(diffusion(t, x.items, *own))
        return b[i] * b[i], 0.0 * x

    def of_one_noise(t: float, x: State, own: Parameters) -> tuple[State, State]:
        b = vec(diffusion(t, x.items, *own))
        return b[i] * b[i], choose(b[i] == 0.0, 0.0 * b, b / b[i])

    def of_rows(t: float, x: State, own: Parameters) -> tuple[State, State]:
        rows = diffusion(t, x.items, *own)
        covariances = mat(rows) * vec(rows[i])
        variance = covariances[i]
        return variance, choose(variance == 0.0, 0.0 * covariances, covariances / variance)

    built = {
        "number": of_number,
        "own noises": of_own_noises,
        "one noise": of_one_noise,
        "rows": of_rows,
    }
    return built[kind]


def build_place(dim: int, i: int) -> Callable[..., Any]:
    """Return the function that takes component i out of a state, or a number as it is."""

    def take_number(x: State) -> State:
        return x

    def take_component(x: State) -> State:
        return x[i]

    if dim == 0:
        return take_number
    return take_component
