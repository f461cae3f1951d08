"""Layers in which the mean changes quickly: cells must be shorter than they are thick.

What is not smooth, as a kink of f or a wall that absorbs, is smoothed within sqrt(T) of it. Where
paths are killed at the rate V on one side alone, the mean falls within 1/sqrt(2 V) of the boundary.
A grid that is too coarse for a layer does not see it, and neither do the two grids that it is
compared with, so that no error would be seen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from stochcalc.kolmogorov.cells import Piece
from stochcalc.typing import Array

COARSEST = 4.0  # cells of the coarsest grid, in those of the finest
MOST_KILLING = 10.0  # the rate times the square of a cell of the coarsest grid, next to a boundary


def check_layers(
    pieces: Sequence[Piece],
    rates: Sequence[Array],
    absorbing: tuple[bool, bool],
    T: float,
    cells: int,
    most: int,
) -> None:
    """Refuse cells that are too long for the layers that there may be.

    Parameters
    ----------
    pieces : sequence of Piece
        The pieces.
    rates : sequence of ndarray
        The killing rate at all nodes of each piece.
    absorbing : tuple of two bool
        Whether the lower and the upper wall absorb.
    T : float
        The time.
    cells : int
        How many cells were asked for.
    most : int
        How many may be.

    Raises
    ------
    ValueError
        With the number of cells that would do.
    """
    longest = COARSEST * max(piece.h for piece in pieces)
    if longest * longest > T * (1.0 + 1e-9):
        need = cells * longest / math.sqrt(T)
        raise ValueError(
            f"cells={cells} is too few for T={T:g}: by then paths hardly leave a cell, so that "
            f"kinks and walls are not seen; give {_suggest(need, most)}low= and high= closer to "
            "each other"
        )
    fastest, x = _find_fastest(pieces, rates, absorbing)
    if fastest * longest * longest > MOST_KILLING:
        need = cells * longest * math.sqrt(fastest / MOST_KILLING)
        raise ValueError(
            f"cells={cells} is too few for killing at the rate {fastest:.4g} next to x={x:g}: the "
            f"mean falls there within less than a cell; give {_suggest(need, most)}low= and high= "
            "closer to each other"
        )


def _find_fastest(
    pieces: Sequence[Piece], rates: Sequence[Array], absorbing: tuple[bool, bool]
) -> tuple[float, float]:
    """Return the largest killing rate at a wall that absorbs, or change of it at a break; where."""
    found = [(0.0, float(pieces[0].x[0]))]
    for j, (before, after) in enumerate(pairwise(rates)):
        found.append((abs(float(after[0] - before[-1])), float(pieces[j].x[-1])))
    if absorbing[0]:
        found.append((float(rates[0][0]), float(pieces[0].x[0])))
    if absorbing[1]:
        found.append((float(rates[-1][-1]), float(pieces[-1].x[-1])))
    return max(found)


def _suggest(need: float, most: int) -> str:
    """Return the number of cells that is needed, as an argument, if it may be given."""
    wanted = math.ceil(need / 100.0) * 100
    if wanted > most:
        return ""
    return f"cells={wanted}, or "
