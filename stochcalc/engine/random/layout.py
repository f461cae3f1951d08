"""Where the drivers of a step lie in the rows of its noise.

`drivers` says what the drivers are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from stochcalc.typing import Integers

# What a driver is ("rows" or "areas"), its first row, and how many rows or the matrix's size.
Place = tuple[str, int, int]


@dataclass(frozen=True)
class Layout:
    """The order of the drivers in the rows of noise of one step.

    The rows of dW come first, then those of I10, the areas above the diagonal, the loose areas, and
    the rest.

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

    @classmethod
    def of(
        cls,
        drivers: Iterable[str],
        *,
        size: int,
        matrix: bool = False,
        draw_areas: bool = False,
    ) -> Layout:
        """Return the layout that holds the named drivers.

        Parameters
        ----------
        drivers : iterable of str
            Names such as "dW", "I10", "A", "V" and "rest"; every "rest" is one further normal.
        size : int
            Components of dW; 0 for a plain float.
        matrix : bool
            Whether the noise enters through a matrix.
        draw_areas : bool
            Whether areas are drawn for those who ask for them. Otherwise they get zeros in their
            place: while the noises commute, areas drop out.
        """
        names = list(drivers)
        return cls(
            size=size,
            matrix=matrix,
            second="I10" in names,
            areas=draw_areas and "A" in names,
            loose=draw_areas and "V" in names,
            rest=names.count("rest"),
        )

    @property
    def width(self) -> int:
        """The rows of dW."""
        return max(self.size, 1)

    @property
    def pairs(self) -> int:
        """The pairs of components, each of which has an area."""
        return self.width * (self.width - 1) // 2

    @property
    def first_area(self) -> int:
        """The row of the first area."""
        return self.width + _count_rows(self.second, self.width)

    @property
    def first_loose(self) -> int:
        """The row of the first loose area."""
        return self.first_area + _count_rows(self.areas, self.pairs)

    @property
    def first_rest(self) -> int:
        """The row of the first further normal."""
        return self.first_loose + _count_rows(self.loose, self.pairs)

    @property
    def rows(self) -> int:
        """The rows in all; 0 for a plain float."""
        rows = self.first_rest + self.rest
        if rows == 1 and self.size == 0:
            return 0
        return rows

    def union(self, other: Layout) -> Layout:
        """Return a layout that serves both, for noise of one size."""
        return Layout(
            size=self.size,
            matrix=self.matrix,
            second=self.second or other.second,
            areas=self.areas or other.areas,
            loose=self.loose or other.loose,
            rest=max(self.rest, other.rest),
        )

    def places(self, names: Sequence[str]) -> tuple[Place, ...]:
        """Return the places of the named drivers in the rows of a step's noise.

        Areas that are not drawn have the first row -1. Further normals are one float if there is
        only one.
        """
        m = self.size
        dim = m if self.matrix else 0
        first_area = self.first_area if self.areas else -1
        first_loose = self.first_loose if self.loose else -1
        rest = self.rest if self.rest > 1 else 0
        known = {
            "dW": ("rows", 0, m),
            "I10": ("rows", self.width, m),
            "A": ("areas", first_area, dim),
            "rest": ("rows", self.first_rest, rest),
            "V": ("areas", first_loose, dim),
        }
        return tuple(known[name] for name in names)

    @property
    def shape(self) -> Integers:
        """What `merge` must know of the layout.

        These are the rows of dW, of I10, of the areas and of the loose areas, and the first rows of
        the latter two.
        """
        counts = [
            self.width,
            _count_rows(self.second, self.width),
            _count_rows(self.areas, self.pairs),
            _count_rows(self.loose, self.pairs),
        ]
        return np.array([*counts, self.first_area, self.first_loose], dtype=np.int64)


def _count_rows(drawn: bool, rows: int) -> int:
    """Return the rows of drivers that are drawn or not."""
    return rows if drawn else 0
