"""The drivers of a step beside dW, and how they merge: I(1,0), Levy areas, and normals for what
these do not determine.

A step of length h is driven by dW = int dW, by I10 = int_t^(t+h) (W_s - W_t) ds, and by the areas
A_jk = 1/2 int (W_j dW_k - W_k dW_j). Over two adjoining steps, left then right, of length h each,

    dW = dW_l + dW_r
    I10 = I10_l + I10_r + h dW_l
    A_jk = A_jk,l + A_jk,r + (dW_j,l dW_k,r - dW_k,l dW_j,r)/2

(the last is Chen's rule), so drivers drawn on the finest grid drive every coarser one along the
same path.

I10 = h/2 (dW + sqrt(h/3) z) with its own normal z: variance h^3/3, covariance h^2/2 with dW. An
area given dW is a series of independent normals (Levy), cut after `terms` with its tail replaced by
normals of the right conditional variance (Mrongowius and Roessler, Stoch. Anal. Appl. 40 (2022)
397): E A^2 and E[A^2 | dW] hold for any number of terms.

I10 and the areas of one step are drawn independently of each other given dW, which they are not: a
scheme may take one of them or the other. Merged from finer steps they tend to their joint law.

Loose areas, for weak schemes, are normals V of the areas' variance h^2/4 that are independent of
dW, on every level: V = sqrt(2) (V_l + V_r).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import types
from numpy.typing import NDArray

from stochcalc.engine.compiler.jit import routine
from stochcalc.engine.random.driver_fills import levy_areas, levy_tail, space_time
from stochcalc.engine.random.fills import Fill, correlated, normals
from stochcalc.engine.random.philox import (
    COMPONENTS,
    INDICES,
    LEVY_AREA,
    PATHS,
    SPACE_TIME_AREA,
    check_index,
)
from stochcalc.engine.random.sources import NO_FLOATS, NO_IDS, NO_TABLE, Source, as_ids
from stochcalc.engine.registers.vec import MatType, VecType, pack, read_column
from stochcalc.engine.statistics import LANES

Place = tuple[str, int, int]  # what, its first row, and how many rows or the size of the matrix


@dataclass(frozen=True)
class Layout:
    """The rows of noise of one step: dW, then I10, then the areas above the diagonal, then loose
    areas, then the rest.

    Attributes
    ----------
    size : int
        Components of dW; 0 for a plain float.
    matrix : bool
        Whether the noise enters through a matrix: A is then a matrix too, of zeros without `areas`.
    second, areas, loose : bool
        Whether I10, the areas, and independent normals of the areas' variance are drawn.
    rest : int
        Further normals.
    """

    size: int
    matrix: bool = False
    second: bool = False
    areas: bool = False
    loose: bool = False
    rest: int = 0

    @property
    def width(self) -> int:
        """Components of dW."""
        return max(self.size, 1)

    @property
    def first_area(self) -> int:
        """Row of the first area."""
        return self.width * (2 if self.second else 1)

    @property
    def pairs(self) -> int:
        """Pairs of components: areas of a step."""
        return self.width * (self.width - 1) // 2

    @property
    def first_loose(self) -> int:
        """Row of the first loose area."""
        return self.first_area + (self.pairs if self.areas else 0)

    @property
    def first_rest(self) -> int:
        """Row of the first further normal."""
        return self.first_loose + (self.pairs if self.loose else 0)

    @property
    def rows(self) -> int:
        """Rows in all; 0 for a plain float."""
        rows = self.first_rest + self.rest
        return 0 if rows == 1 and self.size == 0 else rows

    def union(self, other: Layout) -> Layout:
        """A layout that serves both."""
        return Layout(
            self.size,
            self.matrix,
            self.second or other.second,
            self.areas or other.areas,
            self.loose or other.loose,
            max(self.rest, other.rest),
        )

    def places(self, names: Sequence[str]) -> tuple[Place, ...]:
        """Where the named drivers stand in the rows of a step's noise."""
        m = self.size
        dim = m if self.matrix else 0
        known = {
            "dW": ("rows", 0, m),
            "I10": ("rows", self.width, m),
            "A": ("areas", self.first_area if self.areas else -1, dim),
            "rest": ("rows", self.first_rest, 0 if self.rest <= 1 else self.rest),
            "V": ("areas", self.first_loose if self.loose else -1, dim),
        }
        return tuple(known[name] for name in names)

    @property
    def shape(self) -> NDArray[np.int64]:
        """What `merge` must know: width, rows of I10, areas, loose areas, and where these begin."""
        counts = [
            self.width,
            self.width if self.second else 0,
            self.pairs if self.areas else 0,
            self.pairs if self.loose else 0,
        ]
        return np.array([*counts, self.first_area, self.first_loose], dtype=np.int64)


# What compiled code takes out of the noise of one lane. Rows are a Vec, or a float if there is one
# and no vector is asked for; areas are an antisymmetric matrix, of zeros if none are drawn, or the
# number 0 for a single noise.


def kind_of_driver(place: Place) -> Any:
    """Return the Numba type of the driver at a place."""
    what, _, n = place
    if n == 0:
        return types.float64
    return VecType(n) if what == "rows" else MatType(n, n)


def read_driver(context: Any, builder: Any, place: Place, kind: Any, noise: Any, lane: Any) -> Any:
    """Return the LLVM value of the driver at a place of the noise, an array of this Numba type."""
    what, first, n = place
    if what == "rows":
        return read_column(context, builder, kind, noise, lane, first, n)
    zero = context.get_constant(types.float64, 0.0)
    if n == 0:
        return zero
    values = [zero] * (n * n)
    if first >= 0:
        row = first
        for i in range(n):
            for j in range(i + 1, n):
                area = read_column(context, builder, kind, noise, lane, row, 0)
                values[i * n + j] = area
                values[j * n + i] = builder.fneg(area)
                row += 1
    return pack(context, builder, MatType(n, n), values)


def area_terms(h: float, m: int) -> int:
    """Terms that keep the error of an area, h sqrt(m/12) / (pi terms), below h^(3/2), as strong
    order 1 asks.
    """
    return max(1, math.ceil(math.sqrt(m / 12.0) / (math.pi * math.sqrt(h))))


@dataclass(frozen=True, eq=False)
class Driven:
    """A source of increments with the further drivers of a layout beside them."""

    increments: Source
    layout: Layout
    key: int
    steps: NDArray[np.float64]
    factor: NDArray[np.float64] | None = None
    terms: int | None = None

    @property
    def size(self) -> int:
        return self.layout.rows

    def open(self, first: int, last: int) -> tuple[Fill, ...]:
        check_index("path", max(last - 1, 0), PATHS)
        check_index("step", len(self.steps), INDICES)
        roots = np.append(np.sqrt(self.steps), 0.0)
        fills = list(self.increments.open(first, last))
        if self.layout.second:
            fills.extend(self._second(roots))
        if self.layout.loose:
            fills.extend(self._loose(roots))
        if self.layout.areas and self.layout.pairs > 0:
            fills.extend(self._areas(roots))
        if self.layout.rest:
            ids = as_ids(self.key, SPACE_TIME_AREA, self.layout.width, self.layout.rest)
            fills.append((self.layout.first_rest, normals(), ids, NO_FLOATS, NO_TABLE))
        return tuple(fills)

    def _second(self, roots: NDArray[np.float64]) -> list[Fill]:
        """I10: normals, as correlated as the increments, joined with these."""
        m = self.layout.width
        ids = as_ids(self.key, SPACE_TIME_AREA, 0, m)
        fills: list[Fill] = [(m, normals(), ids, NO_FLOATS, NO_TABLE)]
        if self.factor is not None:
            fills.append((m, correlated(), NO_IDS, NO_FLOATS, self.factor[None]))
        fills.append((m, space_time(), as_ids(m), roots, NO_TABLE))
        return fills

    def _loose(self, roots: NDArray[np.float64]) -> list[Fill]:
        """Normals of the areas' variance h^2/4.

        Their components count down from the last: those of the areas count up from the first.
        """
        half = 0.5 * roots**2
        return [
            (
                self.layout.first_loose + p,
                normals(),
                as_ids(self.key, LEVY_AREA, COMPONENTS - 1 - p, 1),
                half,
                NO_TABLE,
            )
            for p in range(self.layout.pairs)
        ]

    def _areas(self, roots: NDArray[np.float64]) -> list[Fill]:
        """Levy areas: the normals of the tail, then the series."""
        m = self.layout.width
        row = self.layout.first_area
        terms = area_terms(float(self.steps.min()), m) if self.terms is None else self.terms
        check_index("component", 2 * self.layout.pairs + m + 2 * m * terms, COMPONENTS)
        tail = levy_tail(terms)
        ids = as_ids(self.key, LEVY_AREA, 0, self.layout.pairs)
        series = as_ids(self.key, m, terms)
        workspace = np.empty((2, 2 * m, LANES))
        return [
            (row, normals(), ids, np.full(len(roots), tail), NO_TABLE),
            (row, levy_areas(), series, np.append(roots, tail), workspace),
        ]


@routine
def merge(left, now, h, shape):
    """Write the drivers of two adjoining steps of length h into `now`, by the rules above.

    `shape` is that of the layout.
    """
    width = shape[0]
    second = shape[1]
    areas = shape[2]
    loose = shape[3]
    first_area = shape[4]
    first_loose = shape[5]
    root = math.sqrt(2.0)
    for p in range(first_loose, first_loose + loose):
        for lane in range(LANES):
            now[p, lane] = root * (left[p, lane] + now[p, lane])
    if areas > 0:
        p = first_area
        for i in range(width):
            for j in range(i + 1, width):
                for lane in range(LANES):
                    chord = left[i, lane] * now[j, lane] - left[j, lane] * now[i, lane]
                    now[p, lane] = left[p, lane] + now[p, lane] + 0.5 * chord
                p += 1
    for i in range(second):
        for lane in range(LANES):
            total = left[width + i, lane] + now[width + i, lane]
            now[width + i, lane] = total + h * left[i, lane]
    for i in range(width):
        for lane in range(LANES):
            now[i, lane] = left[i, lane] + now[i, lane]
