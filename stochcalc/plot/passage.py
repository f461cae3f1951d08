"""The picture of a first passage: the probability to have been at the barrier by time t."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.given_values import check_kind
from stochcalc.plot.legends import place_legend
from stochcalc.plot.look import choose_line_style, drawing, read_line_keywords
from stochcalc.plot.titles import write_title
from stochcalc.typing import Axes

if TYPE_CHECKING:
    from stochcalc.passage.passage_times import FirstPassage


def plot_passage(
    found: FirstPassage,
    *,
    ax: Axes | None = None,
    i: int = 0,
    side: str | None = None,
    **line: object,
) -> Axes:
    """Draw the probability P(tau <= t) of a first passage by time t, with its interval.

    The curve is a staircase where the paths were looked at on grid times alone.

    Parameters
    ----------
    found : FirstPassage
        What `first_passage` returned.
    ax : Axes, optional
        Where to draw; new axes by default.
    i : int
        The number of the line style, for several curves on the same axes. Each has the next
        colour.
    side : {"low", "high"}, optional
        Count the passages through the lower, or the upper, barrier only.
    **line
        Properties of the line, as `Axes.plot` of Matplotlib takes them. The interval has the
        colour of the line.

    Returns
    -------
    Axes
        The axes with the curve.

    Examples
    --------
    >>> import stochcalc as sc
    >>> from stochcalc.plot import plot_passage
    >>> motion = sc.SDE(lambda t, x: 0.0, lambda t, x: 1.0)
    >>> found = sc.first_passage(motion, 0.0, 1.0, 1.0, n=4, paths=500, rng=1)
    >>> plot_passage(found).get_title()
    'First passage from 0 to 1'
    """
    check_kind("found", found, "FirstPassage")
    i = checks.integer("i", i, 0)
    t = np.linspace(0.0, found.T, 401)
    law = found.law(t, side=side)
    properties = read_line_keywords(line)
    with drawing(ax) as axes:
        look: dict[str, Any] = {
            "linestyle": choose_line_style(i),
            "linewidth": 1.5,
            "label": _describe(found, side),
            **properties,
        }
        (curve,) = axes.plot(t, law.value, **look)
        axes.fill_between(t, law.low, law.high, color=curve.get_color(), alpha=0.2, lw=0)
        axes.set(xlabel="t", ylabel="P(τ ≤ t)")
        write_title(axes, found.title, "First passages")
        place_legend(axes)
    return axes


def _describe(found: FirstPassage, side: str | None) -> str:
    """Return how the paths were looked at, and at which side."""
    n = found.info["n"]
    label = f"n = {n} grid times alone"
    if found.info["correction"]:
        label = f"n = {n} and the bridges between"
    if side is None:
        return label
    return f"{side} first, {label}"
