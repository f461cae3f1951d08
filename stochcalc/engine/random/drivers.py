"""The DRIVERS of a step beside dW: I(1,0), Levy areas, and normals for what these do not determine;
and how they merge.

A step of length h is driven by dW = int dW, by I10 = int_t^(t+h) (W_s - W_t) ds, and by the areas
A_jk = 1/2 int (W_j dW_k - W_k dW_j). Over two adjoining steps, left then right, of length h each,

    dW = dW_l + dW_r,   I10 = I10_l + I10_r + h dW_l,   A_jk = A_jk,l + A_jk,r + (dW_j,l dW_k,r - dW_k,l dW_j,r)/2

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

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from stochcalc.engine.compiler.jit import leaf, routine
from stochcalc.engine.random.fills import levy_areas, loose_areas, rest_normals, space_time
from stochcalc.engine.random.philox import COMPONENTS, INDICES, PATHS, check_index
from stochcalc.engine.random.sources import Fill, Source
from stochcalc.engine.registers.vec import MatType, VecType, items_of, pack
from stochcalc.engine.statistics import LANES

_NO_TABLE = np.zeros((1, 1, 1))


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

    def pick(self, names: Sequence[str]) -> tuple[Any, ...]:
        """Leaves that take the named drivers out of a step's noise."""
        m, picks = self.size, {"dW": part(0, self.size)}
        picks["I10"] = part(self.width, m)
        picks["A"] = (
            antisymmetric(self.first_area if self.areas else -1, m) if self.matrix else no_area
        )
        picks["rest"] = part(self.first_rest, 0 if self.rest <= 1 else self.rest)
        picks["V"] = (
            antisymmetric(self.first_loose if self.loose else -1, m) if self.matrix else no_area
        )
        return tuple(picks[name] for name in names)


@leaf
def no_area(noise):
    """The area of one noise with itself."""
    return 0.0


@functools.lru_cache(maxsize=256)
def part(first: int, n: int) -> Any:
    """A leaf: items first ..

    first + n - 1 of a Vec as a Vec, or for n = 0 the float at `first`; a float stays itself.
    """

    @intrinsic
    def taken(typingctx: Any, v: Any) -> Any:
        target = types.float64 if n == 0 else VecType(n)

        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            if not isinstance(v, VecType):
                return args[0] if n == 0 else pack(context, builder, target, [args[0]])
            values = items_of(builder, args[0], v.n)[first : first + max(n, 1)]
            return values[0] if n == 0 else pack(context, builder, target, values)

        return target(v), codegen

    return leaf(lambda v: taken(v))


@functools.lru_cache(maxsize=256)
def antisymmetric(first: int, m: int) -> Any:
    """A leaf: the antisymmetric m x m Mat whose upper triangle, row by row, is the Vec's items from
    `first` on.

    A negative `first` gives zeros.
    """

    @intrinsic
    def taken(typingctx: Any, v: Any) -> Any:
        target = MatType(m, m)

        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            zero = context.get_constant(types.float64, 0.0)
            values = [zero] * (m * m)
            at = first
            for i in range(m):
                for j in range(i + 1, m):
                    if first >= 0:
                        values[i * m + j] = builder.extract_value(
                            builder.extract_value(args[0], 0), at
                        )
                        values[j * m + i] = builder.fneg(values[i * m + j])
                    at += 1
            return pack(context, builder, target, values)

        return target(v), codegen

    return leaf(lambda v: taken(v))


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
        layout, m = self.layout, self.layout.width
        check_index("path", max(last - 1, 0), PATHS)
        check_index("step", len(self.steps), INDICES)
        fills = list(self.increments.open(first, last))
        roots = np.append(np.sqrt(self.steps), 0.0)
        if layout.second:
            table = _NO_TABLE if self.factor is None else self.factor[None]
            fills.append(
                (m, space_time(), _ids(self.key, m, self.factor is not None), roots, table)
            )
        if layout.loose and m > 1:
            fills.append(
                (layout.first_loose, loose_areas(), _ids(self.key, layout.pairs), roots, _NO_TABLE)
            )
        if layout.areas and m > 1:
            terms = area_terms(float(self.steps.min()), m) if self.terms is None else self.terms
            check_index("component", 2 * layout.pairs + m + 2 * m * terms, COMPONENTS)
            fills.append(
                (layout.first_area, levy_areas(), _ids(self.key, m, terms), roots, _NO_TABLE)
            )
        if layout.rest:
            fills.append(
                (
                    layout.first_rest,
                    rest_normals(),
                    _ids(self.key, m, layout.rest),
                    roots,
                    _NO_TABLE,
                )
            )
        return tuple(fills)


def _ids(*integers: int) -> NDArray[np.uint64]:
    return np.array(integers, dtype=np.uint64)


@functools.lru_cache(maxsize=64)
def merging(layout: Layout) -> Any:
    """A routine merge(left, now, h): the drivers of two adjoining steps of length h, into `now`, by
    the rules above.
    """
    width, second, areas, pairs = (
        layout.width,
        layout.second,
        layout.areas,
        layout.pairs if layout.loose else 0,
    )
    first_area, first_loose, root = layout.first_area, layout.first_loose, math.sqrt(2.0)

    @routine
    def merge(left, now, h):
        for p in range(first_loose, first_loose + pairs):
            for lane in range(LANES):
                now[p, lane] = root * (left[p, lane] + now[p, lane])
        if areas:
            p = first_area
            for i in range(width):
                for j in range(i + 1, width):
                    for lane in range(LANES):
                        now[p, lane] = (
                            left[p, lane]
                            + now[p, lane]
                            + 0.5 * (left[i, lane] * now[j, lane] - left[j, lane] * now[i, lane])
                        )
                    p += 1
        if second:
            for i in range(width):
                for lane in range(LANES):
                    now[width + i, lane] = (
                        left[width + i, lane] + now[width + i, lane] + h * left[i, lane]
                    )
        for i in range(width):
            for lane in range(LANES):
                now[i, lane] = left[i, lane] + now[i, lane]

    return merge
