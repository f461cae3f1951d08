"""Distances between sets of points.

Source: Szekely and Rizzo, "Energy statistics", J. Stat. Plan. Inference 143, 2013.
"""

from __future__ import annotations

import numpy as np

from stochcalc.typing import Array


def pairwise_distances(a: Array, b: Array) -> Array:
    """Return |a_i - b_j| for the rows of a (n, d) and of b (m, d), shape (n, m).

    They are right to some 1e-8, because squares come from |a|^2 + |b|^2 - 2 a.b.
    """
    squares = (a * a).sum(axis=1)[:, None] + (b * b).sum(axis=1) - 2.0 * a @ b.T
    distances: Array = np.sqrt(np.maximum(squares, 0.0))
    return distances


def energy_distance(a: Array, b: Array) -> float:
    """Return 2 E|X - Y| - E|X - X'| - E|Y - Y'| of the empirical laws of the rows of a and b.

    Each row is paired with itself as well.
    """
    within = [pairwise_distances(x, x) for x in (a, b)]
    for table in within:
        np.fill_diagonal(table, 0.0)
    return float(2.0 * pairwise_distances(a, b).mean() - within[0].mean() - within[1].mean())


def energies_of_subsets(
    a: Array, b: Array, n: int, repeats: int, rng: np.random.Generator
) -> Array:
    """Return the energy distances to b of random sets of n rows of a, shape (repeats,).

    All sets share one table of distances: to compute them anew for each takes ten times as long.
    """
    within_a = pairwise_distances(a, a)
    np.fill_diagonal(within_a, 0.0)
    within_b = pairwise_distances(b, b)
    np.fill_diagonal(within_b, 0.0)
    mean_within_b = within_b.mean()
    to_b = pairwise_distances(a, b).mean(axis=1)
    energies = np.empty(repeats)
    for i in range(repeats):
        chosen = rng.choice(len(a), n, replace=False)
        within = within_a[np.ix_(chosen, chosen)].mean()
        energies[i] = 2.0 * to_b[chosen].mean() - within - mean_within_b
    return energies


def find_nearest(x: Array, data: Array) -> Array:
    """Return for each row of x the row of data that is nearest."""
    rows: Array = data[pairwise_distances(x, data).argmin(axis=1)]
    return rows
