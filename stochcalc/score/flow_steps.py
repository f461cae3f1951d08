"""Steps of equal length through the probability flow: Euler's, Heun's and Runge and Kutta's.

An explicit scheme for dx/dt = v(t, x) is a table of numbers. Its stages are

    k_i = v(t + c_i h, x + h sum_j a_ij k_j),    c_i = sum_j a_ij

and a step is x + h sum_i b_i k_i:

    euler           heun                rk4
      0 |             0 |                 0  |
     ---+---          1 | 1              1/2 | 1/2
        | 1          ---+---------       1/2 |  0  1/2
                        | 1/2 1/2         1  |  0   0   1
                                         ----+----------------
                                             | 1/6 1/3 1/3 1/6

The number of stages is the number of scores that a step takes, and here the order as well. Unlike
an integrator that chooses its steps, these cost the same whatever the score, and what they leave is
a bias that is known on a Gaussian (claim G49).

Source: E. Hairer, S. P. Norsett and G. Wanner, Solving Ordinary Differential Equations I (1993),
section II.1; Karras, Aittala, Aila and Laine, NeurIPS 2022, algorithm 1, for Heun's steps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from stochcalc.typing import Array


@dataclass(frozen=True)
class Tableau:
    """The table of an explicit scheme for an ordinary differential equation.

    Attributes
    ----------
    stages : tuple of tuples of float
        The rows a_i of the stages, each with one number for every stage before it.
    weights : tuple of float
        The b_i.
    """

    stages: tuple[tuple[float, ...], ...]
    weights: tuple[float, ...]


TABLEAUS = {
    "euler": Tableau(stages=((),), weights=(1.0,)),
    "heun": Tableau(stages=((), (1.0,)), weights=(0.5, 0.5)),
    "rk4": Tableau(
        stages=((), (0.5,), (0.0, 0.5), (0.0, 0.0, 1.0)),
        weights=(1.0 / 6.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0),
    ),
}


def take_steps(
    velocity: Callable[[float, Array], Array],
    x: Array,
    t0: float,
    t1: float,
    n: int,
    tableau: Tableau,
) -> Array:
    """Return the state at t1 after n equal steps from x at t0.

    Parameters
    ----------
    velocity : callable
        v(t, x), in the shape of x.
    x : ndarray
        The state at t0.
    t0, t1 : float
        Start and end; time may run backwards.
    n : int
        Number of steps.
    tableau : Tableau
        The scheme.
    """
    h = (t1 - t0) / n
    for k in range(n):
        t = t0 + (t1 - t0) * (k / n)
        slopes: list[Array] = []
        for row in tableau.stages:
            moved = _add_slopes(x, h, row, slopes)
            slopes.append(velocity(t + h * sum(row), moved))
        x = _add_slopes(x, h, tableau.weights, slopes)
    return x


def find_first_time(t0: float, t1: float, n: int, tableau: Tableau) -> float:
    """Return the earliest time at which n equal steps from t0 to t1 take the velocity.

    It is an end of the flow, unless time runs backwards and no stage is at the end of a step.
    """
    latest_stage = max(sum(row) for row in tableau.stages)
    return min(t0, t0 + (t1 - t0) * ((n - 1 + latest_stage) / n))


def _add_slopes(x: Array, h: float, factors: tuple[float, ...], slopes: list[Array]) -> Array:
    """Return x + h sum_j factors_j slopes_j."""
    for factor, slope in zip(factors, slopes, strict=True):
        if factor:
            x = x + (h * factor) * slope
    return x
