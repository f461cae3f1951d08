"""The score of a Gaussian mixture for a block of 256 states.

Two passes over the components, first for the maximum of their logarithms: so there is one
exponential a component, and the loop over lanes is innermost. The formulas are in `mixture_lanes`.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from stochcalc.densities.mixture_at_a_state import LOWEST
from stochcalc.engine.compiler.jit import allocating_routine, leaf, routine
from stochcalc.engine.elementary import log
from stochcalc.engine.elementary.exponential import exp2_of_negative
from stochcalc.engine.portable import portable
from stochcalc.engine.registers.lane_columns import load, store
from stochcalc.engine.registers.parameter_arrays import (
    add_transposed,
    read_row,
    read_square,
    subtract_product,
    subtract_squares,
)
from stochcalc.engine.statistics import LANES
from stochcalc.typing import Array, Parameters, State

FieldRoutine: TypeAlias = Callable[..., None]  # field(t, x, args, out) writes the last rows of out
SmoothingRule: TypeAlias = Callable[[float, Any], tuple[float, float]]  # (t, args): sigma, scale

LOG2_E = 1.4426950408889634


@leaf
def four_numbers(values: Array, k: int) -> tuple[float, float, float, float]:
    """Return values[k] to values[k + 3]."""
    return values[k], values[k + 1], values[k + 2], values[k + 3]


@leaf
def four_rows(table: Array, k: int, like: State) -> tuple[State, State, State, State]:
    """Return rows k to k + 3 of a table, as vectors of the size of `like`."""
    return (
        read_row(table, k, like),
        read_row(table, k + 1, like),
        read_row(table, k + 2, like),
        read_row(table, k + 3, like),
    )


@leaf
def _four_squares(matrices: Array, k: int, like: State) -> tuple[State, State, State, State]:
    """Return the matrices k to k + 3 of matrices[0], of the size of `like`."""
    return (
        read_square(matrices, 0, k, like),
        read_square(matrices, 0, k + 1, like),
        read_square(matrices, 0, k + 2, like),
        read_square(matrices, 0, k + 3, like),
    )


@routine
def _prepare(
    sigma: float,
    scale: float,
    weights: Array,
    means: Array,
    axes: Array,
    spectra: Array,
    constants: Array,
    centres: Array,
    maps: Array,
) -> None:
    """Write for each component the constant c, the matrix scale R and the centre R m.

    With c = log w - (1/2) sum log spread and the rows Q'/sqrt(2 spread) of R, a component has l = c
    - |R m - scale R x|^2. All is in units of log 2, since powers of 2 are cheaper than those of e.
    Components beyond K, which fill up four, weigh nothing.
    """
    K, d = means.shape
    for k in range(K):
        constants[k] = weights[k] * LOG2_E
        for i in range(d):
            spread = spectra[k, i] + sigma * sigma
            root = math.sqrt(0.5 * LOG2_E / spread)
            centre = 0.0
            for j in range(d):
                maps[0, k, i, j] = scale * root * axes[0, k, i, j]
                centre += root * axes[0, k, i, j] * means[k, j]
            centres[k, i] = centre
            constants[k] -= 0.5 * LOG2_E * log(spread)
    for k in range(K, len(constants)):
        constants[k] = LOWEST
        for i in range(d):
            centres[k, i] = 0.0
            for j in range(d):
                maps[0, k, i, j] = 0.0


@leaf
def _towards(x: State, centre: State, turn: State) -> State:
    """Return y = R (m - x)."""
    return subtract_product(centre, turn, x)


@portable
@functools.lru_cache(maxsize=64)
def mixture_field(d: int, skip: int, smoothing: SmoothingRule) -> FieldRoutine:
    """Return the field of a mixture's score at the first d rows of x.

    Its parameters are args[skip:], and smoothing(t, args) gives (sigma, scale): the score is taken
    at scale x. Four components at a time share what a lane loads and stores.
    """

    @allocating_routine
    def field(t: float, x: Array, args: Parameters, out: Array) -> None:
        """Write the scores at the states x into the last d rows of out."""
        weights, means, axes, spectra = args[skip:]
        sigma, scale = smoothing(t, args)
        K = (len(weights) + 3) // 4 * 4
        constants = np.empty(K)
        centres = np.empty((K, d))
        maps = np.empty((1, K, d, d))
        _prepare(sigma, scale, weights, means, axes, spectra, constants, centres, maps)
        unit = 2.0 / (LOG2_E * scale)  # the gradient of -|R (m - x)|^2 is 2 R'R (m - x)
        top = np.empty(LANES)
        mass = np.empty(LANES)
        total = out[len(out) - d :]
        like = load(x, 0, d)
        for lane in range(LANES):
            top[lane] = LOWEST
            mass[lane] = 0.0
            store(total, lane, 0.0 * load(x, lane, d))
        # top = max_k l_k
        for k in range(0, K, 4):
            c0, c1, c2, c3 = four_numbers(constants, k)
            m0, m1, m2, m3 = four_rows(centres, k, like)
            R0, R1, R2, R3 = _four_squares(maps, k, like)
            for lane in range(LANES):
                at = load(x, lane, d)
                one = subtract_squares(c0, _towards(at, m0, R0))
                two = subtract_squares(c1, _towards(at, m1, R1))
                three = subtract_squares(c2, _towards(at, m2, R2))
                four = subtract_squares(c3, _towards(at, m3, R3))
                top[lane] = max(top[lane], max(max(one, two), max(three, four)))
        # mass = sum_k exp(l_k - top),   total = sum_k exp(l_k - top) R'R (m_k - x)
        for k in range(0, K, 4):
            c0, c1, c2, c3 = four_numbers(constants, k)
            m0, m1, m2, m3 = four_rows(centres, k, like)
            R0, R1, R2, R3 = _four_squares(maps, k, like)
            for lane in range(LANES):
                at = load(x, lane, d)
                highest = top[lane]
                y0 = _towards(at, m0, R0)
                y1 = _towards(at, m1, R1)
                y2 = _towards(at, m2, R2)
                y3 = _towards(at, m3, R3)
                one = exp2_of_negative(subtract_squares(c0, y0) - highest)
                two = exp2_of_negative(subtract_squares(c1, y1) - highest)
                three = exp2_of_negative(subtract_squares(c2, y2) - highest)
                four = exp2_of_negative(subtract_squares(c3, y3) - highest)
                mass[lane] += (one + two) + (three + four)
                pull = add_transposed(
                    add_transposed(load(total, lane, d), one, R0, y0), two, R1, y1
                )
                store(
                    total, lane, add_transposed(add_transposed(pull, three, R2, y2), four, R3, y3)
                )
        for lane in range(LANES):
            store(total, lane, load(total, lane, d) * (unit / mass[lane]))

    return field
