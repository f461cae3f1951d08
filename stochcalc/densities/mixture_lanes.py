"""FIELDS: the score of a Gaussian mixture, at one state and for a block of 256.

Smoothed by sigma, component k has covariance Q_k diag(lambda_k + sigma^2) Q_k', so that with y =
Q_k' (m_k - x)

    l_k = log w_k - (1/2) sum_i (y_i^2 / (lambda_ki + sigma^2) + log(lambda_ki + sigma^2))
    s = sum_k r_k Q_k (y / (lambda_k + sigma^2))

with r the softmax of l. The eigenvectors do not depend on sigma, which may therefore vary from step
to step.

At one state, one pass: the running maximum of l is subtracted inside the exponentials, and what was
summed before is rescaled; two exponentials a component. For a block, two passes, first the maximum:
one exponential, and the loop over lanes innermost.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from stochcalc.engine.compiler.jit import allocating_routine, leaf, routine
from stochcalc.engine.elementary import log
from stochcalc.engine.elementary.exponential import halving
from stochcalc.engine.registers.parameter_arrays import (
    dot,
    less_product,
    less_squares,
    plus_dot,
    plus_scaled,
    plus_turned,
    row,
    square,
)
from stochcalc.engine.registers.stacked_states import part_of
from stochcalc.engine.registers.vec import load, store
from stochcalc.engine.statistics import LANES

LOWEST, LOG2_E = -1e300, 1.4426950408889634


@leaf
def _spread(sigma, k, spectra, x):
    """lambda_k + sigma^2, and the sum of its logarithms."""
    spread = row(spectra, k, x) + sigma * sigma
    logs = 0.0
    for value in spread.items:
        logs += log(value)
    return spread, logs


@leaf
def _term(x, k, constant, spread, means, axes):
    """(l_k, y / spread)."""
    along = square(axes, 0, k, x) * (row(means, k, x) - x)
    scaled = along / spread
    return constant - 0.5 * dot(along, scaled), scaled


def mixture_score(sigma: float, x: Any, weights: Any, means: Any, axes: Any, spectra: Any) -> Any:
    """The score at one state: weights (K,) are logarithms, means (K, d), axes (2, K, d, d) hold Q'
    and Q, spectra (K, d).
    """
    highest, mass, total = LOWEST, 0.0, 0.0 * x
    for k in range(len(weights)):
        spread, logs = _spread(sigma, k, spectra, x)
        term, scaled = _term(x, k, weights[k] - 0.5 * logs, spread, means, axes)
        top = max(highest, term)
        old, new = math.exp(highest - top), math.exp(term - top)
        mass, total, highest = (
            old * mass + new,
            old * total + new * (square(axes, 1, k, x) * scaled),
            top,
        )
    return total / mass


def mixture_log_density(
    sigma: float, x: Any, weights: Any, means: Any, axes: Any, spectra: Any
) -> Any:
    """The log density at one state, up to the constant of the dimension."""
    highest, mass = LOWEST, 0.0
    for k in range(len(weights)):
        spread, logs = _spread(sigma, k, spectra, x)
        term, _ = _term(x, k, weights[k] - 0.5 * logs, spread, means, axes)
        top = max(highest, term)
        mass, highest = math.exp(highest - top) * mass + math.exp(term - top), top
    return highest + math.log(mass)


@routine
def _prepared(sigma, scale, weights, means, axes, spectra, constants, centres, maps):
    """For each component c = log w - (1/2) sum log spread, the rows Q'/sqrt(2 spread), R, and R m:
    l = c - |R m - scale R x|^2.

    In units of log 2, since powers of 2 are cheaper than those of e. Components beyond K, to fill
    up four, weigh nothing.
    """
    K, d = means.shape
    for k in range(len(constants)):
        constants[k] = weights[k] * LOG2_E if k < K else LOWEST
        for i in range(d):
            spread = spectra[k, i] + sigma * sigma if k < K else 1.0
            root, centre = math.sqrt(0.5 * LOG2_E / spread), 0.0
            for j in range(d):
                maps[0, k, i, j] = scale * root * axes[0, k, i, j] if k < K else 0.0
                centre += root * axes[0, k, i, j] * means[k, j] if k < K else 0.0
            centres[k, i] = centre
            constants[k] -= 0.5 * LOG2_E * log(spread)


@leaf
def _towards(x, centre, turn):
    """y = R (m - x)."""
    return less_product(centre, turn, x)


@functools.lru_cache(maxsize=64)
def mixture_field(d: int, skip: int, place: Any) -> Any:
    """The field of a mixture's score at the first d rows of x; args[skip:] are its parameters.

    place(t, args) gives (sigma, scale): the score is taken at scale * x. Four components at a time
    share what a lane loads and stores.
    """

    @allocating_routine
    def field(t, x, args, out):
        weights, means, axes, spectra = args[skip:]
        sigma, scale = place(t, args)
        K = (len(weights) + 3) // 4 * 4
        constants, centres, maps = np.empty(K), np.empty((K, d)), np.empty((1, K, d, d))
        _prepared(sigma, scale, weights, means, axes, spectra, constants, centres, maps)
        unit = 2.0 / (LOG2_E * scale)  # the gradient of |R (m - x)|^2 is 2 R'R (m - x)
        top, mass, total = np.empty(LANES), np.empty(LANES), out[len(out) - d :]
        like = load(x, 0, d)
        for lane in range(LANES):
            top[lane], mass[lane] = LOWEST, 0.0
            store(total, lane, 0.0 * load(x, lane, d))
        for k in range(0, K, 4):
            c0, c1, c2, c3 = constants[k], constants[k + 1], constants[k + 2], constants[k + 3]
            m0, m1 = row(centres, k, like), row(centres, k + 1, like)
            m2, m3 = row(centres, k + 2, like), row(centres, k + 3, like)
            R0, R1 = square(maps, 0, k, like), square(maps, 0, k + 1, like)
            R2, R3 = square(maps, 0, k + 2, like), square(maps, 0, k + 3, like)
            for lane in range(LANES):
                at = load(x, lane, d)
                one, two = (
                    less_squares(c0, _towards(at, m0, R0)),
                    less_squares(c1, _towards(at, m1, R1)),
                )
                three, four = (
                    less_squares(c2, _towards(at, m2, R2)),
                    less_squares(c3, _towards(at, m3, R3)),
                )
                top[lane] = max(top[lane], max(max(one, two), max(three, four)))
        for k in range(0, K, 4):
            c0, c1, c2, c3 = constants[k], constants[k + 1], constants[k + 2], constants[k + 3]
            m0, m1 = row(centres, k, like), row(centres, k + 1, like)
            m2, m3 = row(centres, k + 2, like), row(centres, k + 3, like)
            R0, R1 = square(maps, 0, k, like), square(maps, 0, k + 1, like)
            R2, R3 = square(maps, 0, k + 2, like), square(maps, 0, k + 3, like)
            for lane in range(LANES):
                at, highest = load(x, lane, d), top[lane]
                y0, y1, y2, y3 = (
                    _towards(at, m0, R0),
                    _towards(at, m1, R1),
                    _towards(at, m2, R2),
                    _towards(at, m3, R3),
                )
                one, two = (
                    halving(less_squares(c0, y0) - highest),
                    halving(less_squares(c1, y1) - highest),
                )
                three, four = (
                    halving(less_squares(c2, y2) - highest),
                    halving(less_squares(c3, y3) - highest),
                )
                mass[lane] += (one + two) + (three + four)
                pull = plus_turned(plus_turned(load(total, lane, d), one, R0, y0), two, R1, y1)
                store(total, lane, plus_turned(plus_turned(pull, three, R2, y2), four, R3, y3))
        for lane in range(LANES):
            store(total, lane, load(total, lane, d) * (unit / mass[lane]))

    return field


@routine
def _prepared_shared(
    sigma, weights, means, axes, spectra, middle, constants, pulls, centres, precision
):
    """For one covariance P^-1: c = log w - (1/2) m'P m, P m and m, in units of log 2, m counted
    from their mean.
    """
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
    for k in range(len(constants)):
        constants[k] = weights[k] * LOG2_E if k < K else LOWEST
        for i in range(d):
            centres[k, i] = means[k, i] - middle[0, i] if k < K else 0.0
        for i in range(d):
            pull = 0.0
            for j in range(d):
                pull += LOG2_E * precision[0, 0, i, j] * centres[k, j]
            pulls[k, i] = pull
            constants[k] -= 0.5 * centres[k, i] * pull


@functools.lru_cache(maxsize=64)
def shared_field(d: int, skip: int, place: Any) -> Any:
    """`mixture_field` for components of one covariance, P^-1: l = c + (P m)'x and s = P (sum_k r_k
    m_k - x), half the work.

    Positions and means are counted from the mean of the means: far from it l would lose its digits.
    """

    @allocating_routine
    def field(t, x, args, out):
        weights, means, axes, spectra = args[skip:]
        sigma, scale = place(t, args)
        K = (len(weights) + 3) // 4 * 4
        constants, pulls, centres, precision = (
            np.empty(K),
            np.empty((K, d)),
            np.empty((K, d)),
            np.empty((1, 1, d, d)),
        )
        middle, from_middle = np.empty((1, d)), np.empty((d, LANES))
        _prepared_shared(
            sigma, weights, means, axes, spectra, middle, constants, pulls, centres, precision
        )
        top, mass, total = np.empty(LANES), np.empty(LANES), out[len(out) - d :]
        like = load(x, 0, d)
        origin = row(middle, 0, like)
        for lane in range(LANES):
            top[lane], mass[lane] = LOWEST, 0.0
            store(from_middle, lane, scale * load(x, lane, d) - origin)
            store(total, lane, 0.0 * load(x, lane, d))
        for k in range(0, K, 4):
            c0, c1, c2, c3 = constants[k], constants[k + 1], constants[k + 2], constants[k + 3]
            p0, p1, p2, p3 = (
                row(pulls, k, like),
                row(pulls, k + 1, like),
                row(pulls, k + 2, like),
                row(pulls, k + 3, like),
            )
            for lane in range(LANES):
                at = load(from_middle, lane, d)
                one, two, three = plus_dot(c0, p0, at), plus_dot(c1, p1, at), plus_dot(c2, p2, at)
                four = plus_dot(c3, p3, at)
                top[lane] = max(top[lane], max(max(one, two), max(three, four)))
        for k in range(0, K, 4):
            c0, c1, c2, c3 = constants[k], constants[k + 1], constants[k + 2], constants[k + 3]
            p0, p1, p2, p3 = (
                row(pulls, k, like),
                row(pulls, k + 1, like),
                row(pulls, k + 2, like),
                row(pulls, k + 3, like),
            )
            m0, m1 = row(centres, k, like), row(centres, k + 1, like)
            m2, m3 = row(centres, k + 2, like), row(centres, k + 3, like)
            for lane in range(LANES):
                at, highest = load(from_middle, lane, d), top[lane]
                one, two = (
                    halving(plus_dot(c0, p0, at) - highest),
                    halving(plus_dot(c1, p1, at) - highest),
                )
                three, four = (
                    halving(plus_dot(c2, p2, at) - highest),
                    halving(plus_dot(c3, p3, at) - highest),
                )
                mass[lane] += (one + two) + (three + four)
                store(
                    total,
                    lane,
                    plus_scaled(
                        plus_scaled(
                            plus_scaled(plus_scaled(load(total, lane, d), one, m0), two, m1),
                            three,
                            m2,
                        ),
                        four,
                        m3,
                    ),
                )
        P = square(precision, 0, 0, like)
        for lane in range(LANES):
            store(
                total,
                lane,
                P * (load(total, lane, d) * (1.0 / mass[lane]) - load(from_middle, lane, d)),
            )

    return field


def score_field(d: int, skip: int, place: Any, shared: bool) -> Any:
    """The field of a mixture's score; `shared` if all its components have one covariance."""
    return (shared_field if shared else mixture_field)(d, skip, place)


@leaf
def time_is_sigma(t, args):
    """For samplers whose time is the smoothing: (sigma, 1)."""
    return t, 1.0


def given(t: float, x: Any, s: Any) -> Any:
    """The score of a step whose field has been there before: its last argument."""
    return s


@functools.lru_cache(maxsize=256)
def on_field(step: Any, d: int, noise: int, parameters: int) -> Any:
    """A step that takes its score from the field's d rows behind `noise` rows; args begin with the
    step's own parameters.
    """

    def moved(t: float, x: Any, dt: float, rows: Any, args: Any) -> Any:
        return step(
            given, t, x, dt, part_of(rows, 0, noise), args[:parameters] + (part_of(rows, noise, d),)
        )

    return moved
