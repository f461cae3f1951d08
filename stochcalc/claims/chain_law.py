"""The exact law of a one-dimensional Langevin chain on a Gaussian mixture, by quadrature.

The chain u <- u + (alpha/2) s(u) + sqrt(alpha) z has a transition density that is Gaussian in the
point of arrival: one step turns a law held as (nodes, masses) into a smooth density, for which the
trapezoid rule on a uniform grid converges exponentially. One kernel matrix serves all steps of a
level; it is sparse, since a point hardly ever moves by more than ten standard deviations.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array
from scipy.special import ndtr

from stochcalc.score import GaussianMixture
from stochcalc.score.moves import Moves

Law = tuple[NDArray[np.float64], NDArray[np.float64]]

FURTHEST = 10.0  # standard deviations that a point moves at the most


def weight_above(
    target: GaussianMixture,
    sigmas: NDArray[np.float64],
    alphas: NDArray[np.float64],
    n_steps: int,
    start: Law,
    threshold: float = 0.0,
    *,
    resolution: float = 2.0,
    tail: float = 8.0,
) -> float:
    """P(u > threshold) at the end of an annealed chain on the line: n_steps with step alphas[i] at
    smoothing sigmas[i].

    The error falls like exp(-c resolution^2) and exp(-tail^2/2): 6e-11 at the defaults for the
    two-Gaussian toy.
    """
    nodes, masses = start
    above = math.nan
    for sigma, alpha in zip(sigmas, alphas):

        def arrive(
            u: NDArray[np.float64], sigma: float = float(sigma), alpha: float = float(alpha)
        ) -> NDArray[np.float64]:
            return u + 0.5 * alpha * target.score(u[:, None], sigma)[:, 0]

        width = math.sqrt(alpha)
        variances = target.covs[:, 0, 0] + sigma**2
        # The tails of wider levels must not widen this grid.
        weighty = masses > 1e-18 * masses.max()
        nodes, masses = nodes[weighty], masses[weighty]
        grid = _grid(nodes, target.means[:, 0], variances, width, n_steps, resolution, tail)
        for k in range(n_steps):
            centre = arrive(nodes)
            if k == n_steps - 1:
                above = float(masses @ ndtr((centre - threshold) / width))
            if k < 2:
                kernel = transition(grid, centre, width)
            nodes, masses = grid, kernel @ masses
    return above


def transition(grid: NDArray[np.float64], centres: NDArray[np.float64], width: float) -> csc_array:
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


def _grid(
    nodes: NDArray[np.float64],
    means: NDArray[np.float64],
    variances: NDArray[np.float64],
    width: float,
    n: int,
    resolution: float,
    tail: float,
) -> NDArray[np.float64]:
    """A uniform grid over the hull of start and means, widened by the noise that survives the
    contraction to the means.
    """
    contraction = 1.0 - width**2 / (2.0 * variances.max())
    spread = width * min(math.sqrt(n), 1.0 / math.sqrt(1.0 - contraction**2))
    low, high = (
        min(means.min(), nodes.min()) - tail * spread,
        max(means.max(), nodes.max()) + tail * spread,
    )
    switch = variances.min() / max(float(np.ptp(means)), math.sqrt(variances.min()))
    return np.linspace(low, high, 2 + int((high - low) * resolution / min(width, switch)))


def diagonal_of_square(half: float, n: int = 128) -> Law:
    """The law of (x + y)/sqrt(2) for x, y uniform on [-half, half]: Gauss-Legendre nodes on its two
    straight pieces.
    """
    x, w = np.polynomial.legendre.leggauss(n)
    u = half * math.sqrt(2.0) * (x + 1.0) / 2.0
    mass = w / 2.0 * (1.0 - u / (half * math.sqrt(2.0)))
    return np.concatenate([-u[::-1], u]), np.concatenate([mass[::-1], mass])


def smoothed_law(
    target: GaussianMixture, m: float, sigma: float, *, points: int = 4000, tail: float = 9.0
) -> Law:
    """The law of m X + sigma z on the line, as nodes and masses."""
    reach = float(np.abs(target.means).max()) * m + tail * math.sqrt(
        float(target.covs.max()) * m * m + sigma * sigma
    )
    grid, spacing = np.linspace(-reach, reach, points, retstep=True)
    return grid, spacing * np.exp(target.log_density(grid[:, None] / m, sigma / m)) / m


def after_moves(
    target: GaussianMixture,
    moves: Moves,
    start: Law,
    threshold: float = 0.0,
    *,
    resolution: float = 2.5,
    tail: float = 8.0,
) -> tuple[float, float]:
    """(P(u > threshold), E u^2) at the end of a chain of moves on the line, each with noise of its
    own size.
    """
    nodes, masses = start
    above = second = math.nan
    for k in range(len(moves)):
        centre, width, kept = (
            _arrivals(target, moves, k, nodes),
            float(moves.kick[k]),
            masses > 1e-18 * masses.max(),
        )
        centre, masses = centre[kept], masses[kept]
        above = float(masses @ ndtr((centre - threshold) / width))
        second = float(masses @ (centre**2 + width**2))
        if k + 1 < len(moves):
            low, high = centre.min() - tail * width, centre.max() + tail * width
            grid = np.linspace(low, high, 2001)
            steepest = float(np.abs(np.gradient(_arrivals(target, moves, k + 1, grid), grid)).max())
            fine = min(width, float(moves.kick[k + 1]) / max(steepest, 1e-3))
            nodes = np.linspace(low, high, 2 + int((high - low) * resolution / fine))
            masses = transition(nodes, centre, width) @ masses
    return above, second


def _arrivals(
    target: GaussianMixture, moves: Moves, k: int, u: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Where a move takes the points of the line, before its noise."""
    pull = target.score(moves.scale[k] * u[:, None], float(moves.sigma[k]))[:, 0]
    found: NDArray[np.float64] = moves.keep[k] * u + moves.push[k] * moves.scale[k] * pull
    return found
