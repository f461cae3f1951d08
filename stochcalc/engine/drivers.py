"""The DRIVERS of a step beside dW: I(1,0), Levy areas, and normals for what these do not determine; and how they merge.

A step of length h is driven by dW = int dW, by I10 = int_t^(t+h) (W_s - W_t) ds, and by the areas
A_jk = 1/2 int (W_j dW_k - W_k dW_j). Over two adjoining steps, left then right, of length h each,

    dW = dW_l + dW_r,   I10 = I10_l + I10_r + h dW_l,   A_jk = A_jk,l + A_jk,r + (dW_j,l dW_k,r - dW_k,l dW_j,r)/2

(the last is Chen's rule), so drivers drawn on the finest grid drive every coarser one along the same path.

I10 = h/2 (dW + sqrt(h/3) z) with its own normal z: variance h^3/3, covariance h^2/2 with dW. An area given dW is a series
of independent normals (Levy), cut after `terms` with its tail replaced by normals of the right conditional variance
(Mrongowius and Roessler, Appl. Math. Comput. 2022, section 2): E A^2 and E[A^2 | dW] hold for any number of terms.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import float64, int64, types, uint64, void
from numba.extending import intrinsic
from numpy.typing import NDArray

from stochcalc.engine.jit import callback, leaf, routine
from stochcalc.engine.noise import Fill, Source, correlate
from stochcalc.engine.normal import fill_pairs
from stochcalc.engine.philox import COMPONENTS, INDICES, LEVY_AREA, PATHS, SPACE_TIME_AREA, check_index
from stochcalc.engine.statistics import LANES
from stochcalc.engine.vec import MatType, VecType, items_of, pack

_FILL = void(uint64[::1], float64[::1], float64[:, :, ::1], int64, int64, int64, float64[:, :, ::1], int64)
_NO_TABLE = np.zeros((1, 1, 1))


@dataclass(frozen=True)
class Layout:
    """The rows of noise of one step: dW, then I10, then the areas above the diagonal, then the rest.

    Attributes
    ----------
    size : int
        Components of dW; 0 for a plain float.
    matrix : bool
        Whether the noise enters through a matrix: A is then a matrix too, of zeros without `areas`.
    second, areas : bool
        Whether I10 and the areas are drawn.
    rest : int
        Further normals.
    """

    size: int
    matrix: bool = False
    second: bool = False
    areas: bool = False
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
    def first_rest(self) -> int:
        """Row of the first further normal."""
        return self.first_area + (self.width * (self.width - 1) // 2 if self.areas else 0)

    @property
    def rows(self) -> int:
        """Rows in all; 0 for a plain float."""
        rows = self.first_rest + self.rest
        return 0 if rows == 1 and self.size == 0 else rows

    def union(self, other: Layout) -> Layout:
        """A layout that serves both."""
        return Layout(self.size, self.matrix, self.second or other.second, self.areas or other.areas,
                      max(self.rest, other.rest))

    def pick(self, names: Sequence[str]) -> tuple[Any, ...]:
        """Leaves that take the named drivers out of a step's noise."""
        m, picks = self.size, {"dW": part(0, self.size)}
        picks["I10"] = part(self.width, m)
        picks["A"] = antisymmetric(self.first_area if self.areas else -1, m) if self.matrix else no_area
        picks["rest"] = part(self.first_rest, 0 if self.rest <= 1 else self.rest)
        picks["V"] = picks["A"]
        return tuple(picks[name] for name in names)


@leaf
def no_area(noise):
    """The area of one noise with itself."""
    return 0.0


@functools.lru_cache(maxsize=256)
def part(first: int, n: int) -> Any:
    """A leaf: items first .. first + n - 1 of a Vec as a Vec, or for n = 0 the float at `first`; a float stays itself."""
    @intrinsic
    def taken(typingctx: Any, v: Any) -> Any:
        target = types.float64 if n == 0 else VecType(n)

        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            if not isinstance(v, VecType):
                return args[0] if n == 0 else pack(context, builder, target, [args[0]])
            values = items_of(builder, args[0], v.n)[first:first + max(n, 1)]
            return values[0] if n == 0 else pack(context, builder, target, values)

        return target(v), codegen

    return leaf(lambda v: taken(v))


@functools.lru_cache(maxsize=256)
def antisymmetric(first: int, m: int) -> Any:
    """A leaf: the antisymmetric m x m Mat whose upper triangle, row by row, is the Vec's items from `first` on.

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
                        values[i * m + j] = builder.extract_value(builder.extract_value(args[0], 0), at)
                        values[j * m + i] = builder.fneg(values[i * m + j])
                    at += 1
            return pack(context, builder, target, values)

        return target(v), codegen

    return leaf(lambda v: taken(v))


@callback(_FILL)
def space_time(ids, roots, table, first, k, count, buffer, row):
    """Rows of I10 beside the increments in rows 0 .. dim - 1; ids = (key, dim, whether `table` correlates them)."""
    key, dim = ids[0], np.int64(ids[1])
    third = 1.0 / math.sqrt(3.0)
    for j in range(0, count, 2):
        for i in range(dim):
            fill_pairs(first, (k + j) >> 1, i, SPACE_TIME_AREA, key, 1.0, 1.0, buffer[j, row + i], buffer[j + 1, row + i])
    for j in range(count):
        root = roots[k + j]
        if ids[2] != 0:
            correlate(table[0], 1.0, buffer[j], row)
        for i in range(dim):
            for lane in range(LANES):
                buffer[j, row + i, lane] = 0.5 * root * root * (buffer[j, i, lane] + third * root * buffer[j, row + i, lane])


@routine
def _cross(out, scale, one, two, dw_one, dw_two, u, v, shift):
    """Add scale (u_1 (v_2 - shift w_2) - u_2 (v_1 - shift w_1)), rows one and two, w = dW."""
    for lane in range(LANES):
        out[lane] += scale * (u[one, lane] * (v[two, lane] - shift * dw_two[lane])
                              - u[two, lane] * (v[one, lane] - shift * dw_one[lane]))


@callback(_FILL)
def levy_areas(ids, roots, table, first, k, count, buffer, row):
    """Rows of areas beside the independent increments in rows 0 .. dim - 1; ids = (key, dim, terms)."""
    key, dim, terms = ids[0], np.int64(ids[1]), np.int64(ids[2])
    u, v = np.empty((2, dim, LANES)), np.empty((2, dim, LANES))
    pairs = dim * (dim - 1) // 2
    left = math.pi * math.pi / 6.0
    for r in range(1, terms + 1):
        left -= 1.0 / (r * r)
    tail, zero = math.sqrt(2.0 * left), np.zeros((dim, LANES))
    for j in range(0, count, 2):
        index = (k + j) >> 1
        for p in range(pairs):
            fill_pairs(first, index, p, LEVY_AREA, key, tail, tail, buffer[j, row + p], buffer[j + 1, row + p])
        for term in range(terms + 1):       # term 0 is the tail
            start = pairs + (0 if term == 0 else dim + 2 * dim * (term - 1))
            for i in range(dim):
                fill_pairs(first, index, start + i, LEVY_AREA, key, 1.0, 1.0, u[0, i], u[1, i])
                if term > 0:
                    fill_pairs(first, index, start + dim + i, LEVY_AREA, key, 1.0, 1.0, v[0, i], v[1, i])
            for half in range(min(2, count - j)):
                p, now, root = 0, buffer[j + half], roots[k + j + half]
                for one in range(dim):
                    for two in range(one + 1, dim):
                        if term == 0:
                            _cross(now[row + p], tail, one, two, now[one], now[two], u[half], zero, 1.0 / root)
                        else:
                            _cross(now[row + p], 1.0 / term, one, two, now[one], now[two], u[half], v[half],
                                   math.sqrt(2.0) / root)
                        p += 1
        for half in range(min(2, count - j)):
            for p in range(pairs):
                for lane in range(LANES):
                    buffer[j + half, row + p, lane] *= roots[k + j + half] ** 2 / (2.0 * math.pi)


@callback(_FILL)
def loose_areas(ids, roots, table, first, k, count, buffer, row):
    """Normals of the areas' variance h^2/4, independent of dW; ids = (key, pairs)."""
    for j in range(0, count, 2):
        even, odd = 0.5 * roots[k + j] ** 2, 0.5 * roots[k + j + 1] ** 2
        for p in range(np.int64(ids[1])):
            fill_pairs(first, (k + j) >> 1, p, LEVY_AREA, ids[0], even, odd, buffer[j, row + p], buffer[j + 1, row + p])


@callback(_FILL)
def rest_normals(ids, roots, table, first, k, count, buffer, row):
    """Further normals of the space-time expansion; ids = (key, first component, rows)."""
    for j in range(0, count, 2):
        for i in range(np.int64(ids[2])):
            fill_pairs(first, (k + j) >> 1, np.int64(ids[1]) + i, SPACE_TIME_AREA, ids[0], 1.0, 1.0, buffer[j, row + i],
                       buffer[j + 1, row + i])


def area_terms(h: float) -> int:
    """Terms that keep the error of an area, h sqrt(7/12) / (pi terms), below h^(3/2), as strong order 1 asks."""
    return max(1, math.ceil(math.sqrt(7.0 / 12.0) / (math.pi * math.sqrt(h))))


@dataclass(frozen=True, eq=False)
class Driven:
    """A source of increments with the further drivers of a layout beside them; `loose` areas are all a weak scheme asks."""

    increments: Source
    layout: Layout
    key: int
    steps: NDArray[np.float64]
    factor: NDArray[np.float64] | None = None
    terms: int | None = None
    loose: bool = False

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
            fills.append((m, space_time(), _ids(self.key, m, self.factor is not None), roots, table))
        if layout.areas and m > 1 and self.loose:
            fills.append((layout.first_area, loose_areas(), _ids(self.key, m * (m - 1) // 2), roots, _NO_TABLE))
        elif layout.areas and m > 1:
            terms = self.terms or area_terms(float(self.steps.min()))
            check_index("component", m * (m - 1) // 2 + m + 2 * m * terms, COMPONENTS)
            fills.append((layout.first_area, levy_areas(), _ids(self.key, m, terms), roots, _NO_TABLE))
        if layout.rest:
            fills.append((layout.first_rest, rest_normals(), _ids(self.key, m, layout.rest), roots, _NO_TABLE))
        return tuple(fills)


def _ids(*integers: int) -> NDArray[np.uint64]:
    return np.array(integers, dtype=np.uint64)


@functools.lru_cache(maxsize=64)
def merging(width: int, second: bool, first_area: int, areas: bool) -> Any:
    """A routine merge(left, now, h): the drivers of two adjoining steps of length h, into `now`, by the rules above."""
    @routine
    def merge(left, now, h):
        if areas:
            p = first_area
            for i in range(width):
                for j in range(i + 1, width):
                    for lane in range(LANES):
                        now[p, lane] = left[p, lane] + now[p, lane] + 0.5 * (
                            left[i, lane] * now[j, lane] - left[j, lane] * now[i, lane])
                    p += 1
        if second:
            for i in range(width):
                for lane in range(LANES):
                    now[width + i, lane] = left[width + i, lane] + now[width + i, lane] + h * left[i, lane]
        for i in range(width):
            for lane in range(LANES):
                now[i, lane] = left[i, lane] + now[i, lane]

    return merge
