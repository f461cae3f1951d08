"""The score of a Gaussian mixture for a block of 256 states.

Two passes over the components, first for the maximum of their logarithms: so there is one
exponential a component, and the loop over lanes is innermost. The formulas are in `mixture_lanes`.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from stochcalc.densities.mixture_at_a_state import LOWEST
from stochcalc.engine.compiler.jit import allocating_routine, leaf, routine
from stochcalc.engine.elementary import log
from stochcalc.engine.elementary.exponential import exp2_of_negative
from stochcalc.engine.registers.lane_columns import load, store
from stochcalc.engine.registers.parameter_arrays import (
    add_transposed,
    read_row,
    read_square,
    subtract_product,
    subtract_squares,
)
from stochcalc.engine.statistics import LANES

LOG2_E = 1.4426950408889634


@routine
def _prepared(sigma, scale, weights, means, axes, spectra, constants, centres, maps):
    """Write for each component the constant c, the matrix R and the centre R m.

    With c = log w - (1/2) sum log spread and the rows Q'/sqrt(2 spread) of R, a component has l = c
    - |R m - scale R x|^2. All is in units of log 2, since powers of 2 are cheaper than those of e.
    Components beyond K, which fill up four, weigh nothing.
    """
    K, d = means.shape
    for k in range(len(constants)):
        constants[k] = weights[k] * LOG2_E if k < K else LOWEST
        for i in range(d):
            spread = spectra[k, i] + sigma * sigma if k < K else 1.0
            root = math.sqrt(0.5 * LOG2_E / spread)
            centre = 0.0
            for j in range(d):
                maps[0, k, i, j] = scale * root * axes[0, k, i, j] if k < K else 0.0
                centre += root * axes[0, k, i, j] * means[k, j] if k < K else 0.0
            centres[k, i] = centre
            constants[k] -= 0.5 * LOG2_E * log(spread)


@leaf
def _towards(x, centre, turn):
    """Return y = R (m - x)."""
    return subtract_product(centre, turn, x)


@functools.lru_cache(maxsize=64)
def mixture_field(d: int, skip: int, place: Any) -> Any:
    """Return the field of a mixture's score at the first d rows of x.

    Its parameters are args[skip:], and place(t, args) gives (sigma, scale): the score is taken at
    scale * x. Four components at a time share what a lane loads and stores.
    """

    @allocating_routine
    def field(t, x, args, out):
        weights, means, axes, spectra = args[skip:]
        sigma, scale = place(t, args)
        K = (len(weights) + 3) // 4 * 4
        constants = np.empty(K)
        centres = np.empty((K, d))
        maps = np.empty((1, K, d, d))
        _prepared(sigma, scale, weights, means, axes, spectra, constants, centres, maps)
        unit = 2.0 / (LOG2_E * scale)  # the gradient of |R (m - x)|^2 is 2 R'R (m - x)
        top = np.empty(LANES)
        mass = np.empty(LANES)
        total = out[len(out) - d :]
        like = load(x, 0, d)
        for lane in range(LANES):
            top[lane] = LOWEST
            mass[lane] = 0.0
            store(total, lane, 0.0 * load(x, lane, d))
        for k in range(0, K, 4):
            c0, c1, c2, c3 = constants[k], constants[k + 1], constants[k + 2], constants[k + 3]
            m0, m1 = read_row(centres, k, like), read_row(centres, k + 1, like)
            m2, m3 = read_row(centres, k + 2, like), read_row(centres, k + 3, like)
            R0, R1 = read_square(maps, 0, k, like), read_square(maps, 0, k + 1, like)
            R2, R3 = read_square(maps, 0, k + 2, like), read_square(maps, 0, k + 3, like)
            for lane in range(LANES):
                at = load(x, lane, d)
                one = subtract_squares(c0, _towards(at, m0, R0))
                two = subtract_squares(c1, _towards(at, m1, R1))
                three = subtract_squares(c2, _towards(at, m2, R2))
                four = subtract_squares(c3, _towards(at, m3, R3))
                top[lane] = max(top[lane], max(max(one, two), max(three, four)))
        for k in range(0, K, 4):
            c0, c1, c2, c3 = constants[k], constants[k + 1], constants[k + 2], constants[k + 3]
            m0, m1 = read_row(centres, k, like), read_row(centres, k + 1, like)
            m2, m3 = read_row(centres, k + 2, like), read_row(centres, k + 3, like)
            R0, R1 = read_square(maps, 0, k, like), read_square(maps, 0, k + 1, like)
            R2, R3 = read_square(maps, 0, k + 2, like), read_square(maps, 0, k + 3, like)
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
                    total,
                    lane,
                    add_transposed(add_transposed(pull, three, R2, y2), four, R3, y3),
                )
        for lane in range(LANES):
            store(total, lane, load(total, lane, d) * (unit / mass[lane]))

    return field
