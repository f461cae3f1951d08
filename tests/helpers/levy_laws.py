"""Drawn drivers of a step, and the law that increments and areas have at any truncation."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from stochcalc.engine.loop.numpy_march import draw_block
from stochcalc.engine.random import drivers
from stochcalc.engine.random.fills import pack_fills
from stochcalc.engine.random.philox import make_key
from stochcalc.engine.random.sources import KeyedNoise
from stochcalc.engine.statistics import LANES


def driven(seed, h, n, paths, terms=1, factor=None, **layout):
    """Rows of noise of n steps, (n, rows, paths)."""
    key, steps, layout = make_key(seed), np.full(n, h), drivers.Layout(**layout)
    increments = KeyedNoise(key, steps, layout.size, factor)
    fills = drivers.Driven(increments, layout, key, steps, factor, terms).open(0, paths)
    table = pack_fills(fills)
    rows, buffer = np.empty((n, layout.rows, paths)), np.empty((n + n % 2, layout.rows, LANES))
    for first in range(0, paths, LANES):
        draw_block()(table, first, 0, n, buffer)
        rows[..., first : first + LANES] = buffer[:n, :, : paths - first]
    return rows


def flat(rows):
    """Samples (steps and paths, rows)."""
    return rows.transpose(0, 2, 1).reshape(-1, rows.shape[1])


def drawn(seed, m, terms, paths=40_000):
    """(w, A): increments (16 paths, m) over sqrt(h), areas above the diagonal over h."""
    rows = flat(driven(seed, 0.5, 16, paths, terms, size=m, matrix=True, areas=True))
    return rows[:, :m] / math.sqrt(0.5), rows[:, m:] / 0.5


def psi(terms):
    return float(special.polygamma(1, terms + 1))


def characteristic(u, k, terms):
    """E cos(u A + k w) for h = 1 and areas cut after `terms`.

    Term r is X^T U (Y - sqrt(2) w)/r, with U antisymmetric and all else normal."""
    unit, U = np.eye(len(k)), np.zeros((len(k), len(k)))
    U[np.triu_indices(len(k), 1)] = u
    S = (U - U.T).T @ (U - U.T) / (2 * math.pi) ** 2
    Q, log = psi(terms) * S, -0.5 * psi(terms) * np.trace(S)
    for r in range(1, terms + 1):
        Q = Q + np.linalg.solve(unit + S / r**2, S / r**2)
        log -= 0.5 * np.linalg.slogdet(unit + S / r**2)[1]
    M = unit + 2.0 * Q
    return math.exp(log - 0.5 * np.dot(k, np.linalg.solve(M, k))) / math.sqrt(np.linalg.det(M))


def area_of(integrals):
    """Areas above the diagonal, on the last axis."""
    j, k = np.triu_indices(integrals.shape[-1], 1)
    return 0.5 * (integrals[..., j, k] - integrals[..., k, j])
