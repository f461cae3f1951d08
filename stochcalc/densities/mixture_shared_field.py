"""The score of a mixture whose Gaussians have one covariance, for a block of 256 states.

The quadratic form is then the same for all components and drops out of their weights, which are
exponentials of linear functions.
"""

from __future__ import annotations

import functools

import numpy as np

from stochcalc.densities.mixture_at_a_state import LOWEST
from stochcalc.densities.mixture_field import (
    LOG2_E,
    FieldRoutine,
    SmoothingRule,
    four_numbers,
    four_rows,
)
from stochcalc.engine.compiler.jit import allocating_routine, routine
from stochcalc.engine.elementary.exponential import exp2_of_negative
from stochcalc.engine.portable import portable
from stochcalc.engine.registers.lane_columns import load, store
from stochcalc.engine.registers.parameter_arrays import add_dot, add_scaled, read_row, read_square
from stochcalc.engine.statistics import LANES
from stochcalc.typing import Array, Parameters


@routine
def _prepare_precision(
    sigma: float, means: Array, axes: Array, spectra: Array, middle: Array, precision: Array
) -> None:
    """Write the mean of the means and the precision P, the inverse of the smoothed covariance."""
    K, d = means.shape
    for i in range(d):
        middle[0, i] = 0.0
        for k in range(K):
            middle[0, i] += means[k, i] / K
        for j in range(d):
            precision[0, 0, i, j] = 0.0
            for e in range(d):
                precision[0, 0, i, j] += (
                    axes[0, 0, e, i] * axes[0, 0, e, j] / (spectra[0, e] + sigma * sigma)
                )


@routine
def _prepare_components(
    weights: Array,
    means: Array,
    middle: Array,
    precision: Array,
    constants: Array,
    pulls: Array,
    centres: Array,
) -> None:
    """Write the constants c = log w - (1/2) m'P m, the pulls P m, and the means m.

    The constants and pulls are in units of log 2, and m is counted from the mean of the means.
    Components beyond K, which fill up four, weigh nothing.
    """
    K, d = means.shape
    for k in range(K):
        constants[k] = weights[k] * LOG2_E
        for i in range(d):
            centres[k, i] = means[k, i] - middle[0, i]
        for i in range(d):
            pull = 0.0
            for j in range(d):
                pull += LOG2_E * precision[0, 0, i, j] * centres[k, j]
            pulls[k, i] = pull
            constants[k] -= 0.5 * centres[k, i] * pull
    for k in range(K, len(constants)):
        constants[k] = LOWEST
        for i in range(d):
            centres[k, i] = 0.0
            pulls[k, i] = 0.0


@portable
@functools.lru_cache(maxsize=64)
def build_shared_field(d: int, skip: int, smoothing: SmoothingRule) -> FieldRoutine:
    """Return `mixture_field` for components of one covariance P^-1, which is half the work.

    Here l = c + (P m)'x and s = P (sum_k r_k m_k - x). Positions and means are counted from the
    mean of the means, since far from it l would lose its digits.
    """

    @allocating_routine
    def field(t: float, x: Array, args: Parameters, out: Array) -> None:
        """Write the scores at the states x into the last d rows of out."""
        weights, means, axes, spectra = args[skip:]
        sigma, scale = smoothing(t, args)
        K = (len(weights) + 3) // 4 * 4
        constants = np.empty(K)
        pulls = np.empty((K, d))
        centres = np.empty((K, d))
        precision = np.empty((1, 1, d, d))
        middle = np.empty((1, d))
        from_middle = np.empty((d, LANES))
        _prepare_precision(sigma, means, axes, spectra, middle, precision)
        _prepare_components(weights, means, middle, precision, constants, pulls, centres)
        top = np.empty(LANES)
        mass = np.empty(LANES)
        total = out[len(out) - d :]
        like = load(x, 0, d)
        origin = read_row(middle, 0, like)
        for lane in range(LANES):
            top[lane] = LOWEST
            mass[lane] = 0.0
            store(from_middle, lane, scale * load(x, lane, d) - origin)
            store(total, lane, 0.0 * load(x, lane, d))
        # top = max_k l_k
        for k in range(0, K, 4):
            c0, c1, c2, c3 = four_numbers(constants, k)
            p0, p1, p2, p3 = four_rows(pulls, k, like)
            for lane in range(LANES):
                at = load(from_middle, lane, d)
                one = add_dot(c0, p0, at)
                two = add_dot(c1, p1, at)
                three = add_dot(c2, p2, at)
                four = add_dot(c3, p3, at)
                top[lane] = max(top[lane], max(max(one, two), max(three, four)))
        # mass = sum_k exp(l_k - top),   total = sum_k exp(l_k - top) m_k
        for k in range(0, K, 4):
            c0, c1, c2, c3 = four_numbers(constants, k)
            p0, p1, p2, p3 = four_rows(pulls, k, like)
            m0, m1, m2, m3 = four_rows(centres, k, like)
            for lane in range(LANES):
                at = load(from_middle, lane, d)
                highest = top[lane]
                one = exp2_of_negative(add_dot(c0, p0, at) - highest)
                two = exp2_of_negative(add_dot(c1, p1, at) - highest)
                three = exp2_of_negative(add_dot(c2, p2, at) - highest)
                four = exp2_of_negative(add_dot(c3, p3, at) - highest)
                mass[lane] += (one + two) + (three + four)
                mean = add_scaled(add_scaled(load(total, lane, d), one, m0), two, m1)
                store(total, lane, add_scaled(add_scaled(mean, three, m2), four, m3))
        P = read_square(precision, 0, 0, like)
        for lane in range(LANES):
            mean = load(total, lane, d) * (1.0 / mass[lane])
            store(total, lane, P * (mean - load(from_middle, lane, d)))

    return field
