"""The exact law of a one-dimensional Langevin chain on a Gaussian mixture, by quadrature.

One step of the chain is

    u <- u + (alpha/2) s(u) + sqrt(alpha) z

Given u, the point of arrival is normal. So one step turns a law that is held as nodes and masses
into a smooth density, for which the trapezoid rule on a uniform grid converges exponentially. One
kernel matrix serves all steps of a level. It is sparse, because a point hardly ever moves by more
than ten standard deviations.

A chain of moves, as the samplers of `score` take them, is the same with coefficients that change in
every step; Euler's scheme for the reverse-time equation is one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array
from scipy.special import ndtr

from stochcalc.score import VE, VP, GaussianMixture
from stochcalc.score.moves import Moves
from stochcalc.typing import Array

Law = tuple[Array, Array]  # nodes, and the mass of each

FURTHEST = 10.0  # standard deviations that a point moves at the most
LEAST = 1e-18  # of the largest mass: smaller masses are left out


def weight_above(
    target: GaussianMixture,
    sigmas: Array,
    alphas: Array,
    n_steps: int,
    start: Law,
    threshold: float = 0.0,
    *,
    resolution: float = 2.0,
    tail: float = 8.0,
) -> float:
    """Return P(u > threshold) at the end of an annealed chain on the line.

    The chain takes n_steps of size alphas[i] with the score of the target smoothed by sigmas[i],
    level after level.

    Parameters
    ----------
    target : GaussianMixture
        In one dimension.
    sigmas, alphas : ndarray, shape (levels,)
        Smoothing and step of each level.
    n_steps : int
        Steps of each level.
    start : tuple of two ndarrays
        Nodes and masses of the law that the chain starts from.
    threshold : float
    resolution, tail : float
        Grid points per width of the narrowest feature, and standard deviations that the grid
        reaches beyond the centres. The error falls like exp(-c resolution^2) and exp(-tail^2/2): it
        is 6e-11 at the defaults for the two-Gaussian toy of G29.
    """
    nodes, masses = start
    above = math.nan
    for sigma, alpha in zip(sigmas.tolist(), alphas.tolist()):
        nodes, masses = _without_tails(nodes, masses)
        width = math.sqrt(alpha)
        variances = target.covs[:, 0, 0] + sigma**2
        grid = _level_grid(
            nodes, target.means[:, 0], variances, width, n_steps, resolution=resolution, tail=tail
        )
        for k in range(n_steps):
            centres = nodes + 0.5 * alpha * target.score(nodes[:, None], sigma)[:, 0]
            if k == n_steps - 1:
                above = float(masses @ ndtr((centres - threshold) / width))
            if k < 2:  # from the nodes before, then from the grid: the same for all later steps
                kernel = transition(grid, centres, width)
            nodes = grid
            masses = kernel @ masses
    return above


def after_moves(
    target: GaussianMixture,
    moves: Moves,
    start: Law,
    threshold: float = 0.0,
    *,
    resolution: float = 2.5,
    tail: float = 8.0,
) -> tuple[float, float]:
    """Return P(u > threshold) and E u^2 at the end of a chain of moves on the line.

    Every move has noise of its own size. The other arguments are those of `weight_above`.
    """
    nodes, masses = start
    above = math.nan
    second = math.nan
    for k in range(len(moves)):
        nodes, masses = _without_tails(nodes, masses)
        centres = _move_without_noise(target, moves, k, nodes)
        width = float(moves.kick[k])
        above = float(masses @ ndtr((centres - threshold) / width))
        second = float(masses @ (centres**2 + width**2))
        if k + 1 < len(moves):
            low = centres.min() - tail * width
            high = centres.max() + tail * width
            narrowest = min(width, _narrowest_before(target, moves, k + 1, low, high))
            nodes = np.linspace(low, high, 2 + int((high - low) * resolution / narrowest))
            masses = transition(nodes, centres, width) @ masses
    return above, second


@dataclass(frozen=True, kw_only=True)
class ReverseSchedule:
    """The coefficients of a noising at the times of Euler's scheme, backwards from T."""

    h: float
    rate: Array
    square: Array  # g^2
    m: Array
    sigma: Array


def exploding_schedule(noising: VE, n: int) -> ReverseSchedule:
    """Return VE's coefficients, where g^2 is the slope of sigma^2."""
    t = noising.T * (1.0 - np.arange(n) / n)
    growth = noising.sigma_max / noising.sigma_min
    sigma = noising.sigma_min * growth ** (t / noising.T)
    square = 2.0 * math.log(growth) / noising.T * sigma**2
    return ReverseSchedule(
        h=noising.T / n, rate=np.zeros(n), square=square, m=np.ones(n), sigma=sigma
    )


def preserving_schedule(noising: VP, n: int) -> ReverseSchedule:
    """Return VP's coefficients, where beta grows linearly and m = exp(-(1/2) int beta)."""
    t = noising.T * (1.0 - np.arange(n) / n)
    beta = noising.beta_min + (noising.beta_max - noising.beta_min) * t / noising.T
    integral = 0.5 * (noising.beta_min + beta) * t
    m = np.exp(-0.5 * integral)
    sigma = np.sqrt(1.0 - m * m)
    return ReverseSchedule(h=noising.T / n, rate=0.5 * beta, square=beta, m=m, sigma=sigma)


def after_reversal(target: GaussianMixture, schedule: ReverseSchedule) -> tuple[float, float]:
    """Return P(u > 0) and E u^2 after Euler's scheme backwards from the law at T.

    The table of moves is derived here once more, apart from the sampler that is tested with it:

        u <- (1 + rate h) u + g^2 h s_t(u) + g sqrt(h) z,    s_t(u) = s(u/m, sigma/m)/m
    """
    moves = Moves(
        keep=1.0 + schedule.rate * schedule.h,
        push=schedule.square * schedule.h,
        kick=np.sqrt(schedule.square * schedule.h),
        sigma=schedule.sigma / schedule.m,
        scale=1.0 / schedule.m,
    )
    start = smoothed_law(target, float(schedule.m[0]), float(schedule.sigma[0]))
    return after_moves(target, moves, start)


def transition(grid: Array, centres: Array, width: float) -> csc_array:
    """Return the matrix that takes masses at the centres to masses on a uniform grid.

    Its entry (i, j) is the spacing times the density of N(c_j, width^2) at point i; it is left out
    beyond ten standard deviations, where it is below 1e-21 of its maximum.
    """
    spacing = float(grid[1] - grid[0])
    reach = FURTHEST * width
    first = np.searchsorted(grid, centres - reach)
    last = np.searchsorted(grid, centres + reach, side="right")
    ends = np.concatenate([[0], np.cumsum(last - first)])
    rows = np.arange(ends[-1]) - np.repeat(ends[:-1] - first, last - first)
    z = (grid[rows] - np.repeat(centres, last - first)) / width
    values = spacing / (width * math.sqrt(2.0 * math.pi)) * np.exp(-0.5 * z * z)
    return csc_array((values, rows, ends), shape=(len(grid), len(centres)))


def diagonal_of_square(half: float, n: int = 128) -> Law:
    """Return the law of (x + y)/sqrt(2) for x and y uniform on [-half, half].

    Its density is a triangle. The nodes are those of Gauss and Legendre on its two straight sides,
    n on each.
    """
    x, w = np.polynomial.legendre.leggauss(n)
    end = half * math.sqrt(2.0)
    u = end * (x + 1.0) / 2.0
    mass = w / 2.0 * (1.0 - u / end)
    return np.concatenate([-u[::-1], u]), np.concatenate([mass[::-1], mass])


def distribution(target: GaussianMixture, u: float, m: float, sigma: float) -> float:
    """Return P(m X + sigma z <= u) on the line, for X from the target."""
    spread = np.sqrt(m * m * target.covs[:, 0, 0] + sigma * sigma)
    return float(target.weights @ ndtr((u - m * target.means[:, 0]) / spread))


def smoothed_law(
    target: GaussianMixture, m: float, sigma: float, *, points: int = 4000, tail: float = 9.0
) -> Law:
    """Return the law of m X + sigma z on the line, as nodes and masses."""
    spread = math.sqrt(float(target.covs.max()) * m * m + sigma * sigma)
    reach = float(np.abs(target.means).max()) * m + tail * spread
    grid, spacing = np.linspace(-reach, reach, points, retstep=True)
    density = np.exp(target.log_density(grid[:, None] / m, sigma / m)) / m
    return grid, spacing * density


def _without_tails(nodes: Array, masses: Array) -> Law:
    """Return the nodes that carry mass: far tails must not widen the grid of the next step."""
    weighty = masses > LEAST * masses.max()
    return nodes[weighty], masses[weighty]


def _level_grid(
    nodes: Array,
    means: Array,
    variances: Array,
    width: float,
    n: int,
    *,
    resolution: float,
    tail: float,
) -> Array:
    """Return a uniform grid for n steps of one level.

    It covers start and means, and reaches beyond them as far as the noise that survives the
    contraction to the means.
    """
    contraction = 1.0 - width**2 / (2.0 * variances.max())
    spread = width * min(math.sqrt(n), 1.0 / math.sqrt(1.0 - contraction**2))
    low = min(means.min(), nodes.min()) - tail * spread
    high = max(means.max(), nodes.max()) + tail * spread
    # The score changes from one mean to the other within this length.
    switch = variances.min() / max(float(np.ptp(means)), math.sqrt(variances.min()))
    return np.linspace(low, high, 2 + int((high - low) * resolution / min(width, switch)))


def _narrowest_before(
    target: GaussianMixture, moves: Moves, k: int, low: float, high: float
) -> float:
    """Return the length on [low, high] that move k stretches to one standard deviation."""
    grid = np.linspace(low, high, 2001)
    slopes = np.gradient(_move_without_noise(target, moves, k, grid), grid)
    steepest = float(np.abs(slopes).max())
    return float(moves.kick[k]) / max(steepest, 1e-3)


def _move_without_noise(target: GaussianMixture, moves: Moves, k: int, u: Array) -> Array:
    """Return where move k takes the points of the line, before its noise."""
    pull = target.score(moves.scale[k] * u[:, None], float(moves.sigma[k]))[:, 0]
    moved: Array = moves.keep[k] * u + moves.push[k] * moves.scale[k] * pull
    return moved
