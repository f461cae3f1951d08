"""The drivers of a step beside dW: I(1,0), Levy areas, and normals for what these do not determine.

A step of length h is driven by dW = int dW, by I10 = int_t^(t+h) (W_s - W_t) ds, and by the areas
A_jk = 1/2 int (W_j dW_k - W_k dW_j). Over two adjoining steps, left then right, of length h each,

    dW = dW_l + dW_r
    I10 = I10_l + I10_r + h dW_l
    A_jk = A_jk,l + A_jk,r + (dW_j,l dW_k,r - dW_k,l dW_j,r)/2

(the last is Chen's rule), so drivers drawn on the finest grid drive every coarser one along the
same path.

I10 = h/2 (dW + sqrt(h/3) z) with its own normal z: it has variance h^3/3, and covariance h^2/2 with
dW. An area given dW is a series of independent normals (Levy), cut after `terms` with its tail
replaced by normals of the right conditional variance (Mrongowius and Roessler, Stoch. Anal. Appl.
40 (2022) 397): E A^2 and E[A^2 | dW] hold for any number of terms.

I10 and the areas of one step are drawn independently of each other given dW, which they are not: a
scheme may take one of them or the other. Merged from finer steps they tend to their joint law.

*Loose areas*, for weak schemes, are normals V of the areas' variance h^2/4 that are independent of
dW, on every level: V = sqrt(2) (V_l + V_r).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from stochcalc.engine.random.driver_fills import (
    compute_tail_scale,
    fill_levy_areas,
    fill_space_time,
)
from stochcalc.engine.random.fills import Fill, fill_correlated, fill_normals
from stochcalc.engine.random.layout import Layout
from stochcalc.engine.random.philox import (
    COMPONENTS,
    INDICES,
    LEVY_AREA,
    PATHS,
    SPACE_TIME_AREA,
    check_index,
)
from stochcalc.engine.random.sources import NO_FLOATS, NO_IDS, NO_TABLE, Source, as_ids
from stochcalc.engine.statistics import LANES
from stochcalc.typing import Array


def count_area_terms(h: float, m: int) -> int:
    """Return how many terms of Levy's series a step of length h of m noises needs.

    They keep the error of an area, h sqrt(m/12) / (pi terms), below h^(3/2), which strong order 1
    asks for.
    """
    return max(1, math.ceil(math.sqrt(m / 12.0) / (math.pi * math.sqrt(h))))


@dataclass(frozen=True, eq=False)
class Driven:
    """A source of increments with the further drivers of a layout beside them.

    Attributes
    ----------
    increments : Source
        The source of dW.
    layout : Layout
        Which drivers are drawn, and in which rows.
    key : int
        The key of their normals.
    steps : array (n,)
        The step sizes, in units of time.
    factor : array (size, size), optional
        The lower triangular matrix L of correlated increments L z sqrt(h).
    terms : int, optional
        The terms of Levy's series; None takes what the shortest step needs.
    """

    increments: Source
    layout: Layout
    key: int
    steps: Array
    factor: Array | None = None
    terms: int | None = None

    @property
    def size(self) -> int:
        """The rows of noise that a step sees."""
        return self.layout.rows

    def open(self, first: int, last: int) -> tuple[Fill, ...]:
        """Return the fills of all drivers, after checking that their names fit the counter."""
        check_index("path", max(last - 1, 0), PATHS)
        check_index("step", len(self.steps), INDICES)
        roots = np.append(np.sqrt(self.steps), 0.0)
        fills = list(self.increments.open(first, last))
        if self.layout.second:
            fills.extend(self._fill_second(roots))
        if self.layout.loose:
            fills.extend(self._fill_loose(roots))
        if self.layout.areas and self.layout.pairs > 0:
            fills.extend(self._fill_areas(roots))
        if self.layout.rest:
            ids = as_ids(self.key, SPACE_TIME_AREA, self.layout.width, self.layout.rest)
            fills.append((self.layout.first_rest, fill_normals(), ids, NO_FLOATS, NO_TABLE))
        return tuple(fills)

    def _fill_second(self, roots: Array) -> list[Fill]:
        """Return the fills of I10: normals, correlated as the increments, then joined with them."""
        m = self.layout.width
        ids = as_ids(self.key, SPACE_TIME_AREA, 0, m)
        fills: list[Fill] = [(m, fill_normals(), ids, NO_FLOATS, NO_TABLE)]
        if self.factor is not None:
            fills.append((m, fill_correlated(), NO_IDS, NO_FLOATS, self.factor[None]))
        fills.append((m, fill_space_time(), as_ids(m), roots, NO_TABLE))
        return fills

    def _fill_loose(self, roots: Array) -> list[Fill]:
        """Return the fills of normals of the areas' variance h^2/4.

        Their components count down from the last: those of the areas count up from the first.
        """
        half = 0.5 * roots**2
        fills: list[Fill] = []
        for p in range(self.layout.pairs):
            ids = as_ids(self.key, LEVY_AREA, COMPONENTS - 1 - p, 1)
            fills.append((self.layout.first_loose + p, fill_normals(), ids, half, NO_TABLE))
        return fills

    def _fill_areas(self, roots: Array) -> list[Fill]:
        """Return the fills of Levy areas: the normals of the tail, then the series."""
        m = self.layout.width
        row = self.layout.first_area
        terms = self.terms
        if terms is None:
            terms = count_area_terms(float(self.steps.min()), m)
        check_index("component", 2 * self.layout.pairs + m + 2 * m * terms, COMPONENTS)
        tail = compute_tail_scale(terms)
        ids = as_ids(self.key, LEVY_AREA, 0, self.layout.pairs)
        series = as_ids(self.key, m, terms)
        workspace = np.empty((2, 2 * m, LANES))
        return [
            (row, fill_normals(), ids, np.full(len(roots), tail), NO_TABLE),
            (row, fill_levy_areas(), series, np.append(roots, tail), workspace),
        ]


def add_drivers(
    increments: Source, layout: Layout, key: int, steps: Array, factor: Array | None = None
) -> Source:
    """Return a source of all drivers of a layout: the increments alone, if it has no others.

    The arguments are the fields of `Driven`.
    """
    if layout.rows == layout.size:
        return increments
    return Driven(increments=increments, layout=layout, key=key, steps=steps, factor=factor)
