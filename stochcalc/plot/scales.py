"""Ticks of logarithmic axes: at the step sizes that were run, and at round numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.plot.look import MARKERS
from stochcalc.typing import Axes

if TYPE_CHECKING:
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

MOST_TICKS = 6
ROUND: tuple[tuple[float, ...], ...] = ((1.0,), (1.0, 2.0, 5.0), tuple(range(1, 10)))


def tick_steps(axis: Axis, steps: ArrayLike) -> None:
    """Put the ticks of a logarithmic axis at step sizes, or at numbers of steps.

    Of more than six every second is taken, or every third, and so on; the finest step is among
    them. Steps that had ticks before, from another picture on the same axes, keep them.

    Parameters
    ----------
    axis : matplotlib.axis.Axis
        The axis, such as `ax.xaxis`.
    steps : array_like, shape (levels,)
        The step sizes.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from stochcalc.plot import tick_steps
    >>> figure, ax = plt.subplots()
    >>> ax.set_xscale("log")
    >>> tick_steps(ax.xaxis, [1 / 4, 1 / 16, 1 / 64])
    >>> [text.get_text() for text in ax.get_xticklabels()]
    ['1/64', '1/16', '1/4']
    >>> plt.close(figure)
    """
    with hold_interrupts_back():
        from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter, NullLocator

    places = set(np.asarray(steps, dtype=float).tolist())
    locator = axis.get_major_locator()
    if isinstance(locator, FixedLocator):
        places |= set(locator())
    ordered = sorted(places)
    stride = -(-len(ordered) // MOST_TICKS)
    axis.set_major_locator(FixedLocator(ordered[::stride]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: write_step(value)))
    axis.set_minor_locator(NullLocator())
    axis.set_minor_formatter(NullFormatter())


def tick_round_numbers(axis: Axis) -> None:
    """Put the ticks of a logarithmic axis at round numbers, at least three if possible.

    They are powers of ten, or 1, 2 and 5 times these where the axis is shorter. On an axis that is
    shorter still, such as one of prices, they are equally spaced. They are written 0.02, and not as
    2 times a power of ten, if they lie between 0.0001 and 100,000.

    Parameters
    ----------
    axis : matplotlib.axis.Axis
        The axis, such as `ax.yaxis`, with its limits as they will be.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from stochcalc.plot import tick_round_numbers
    >>> figure, ax = plt.subplots()
    >>> ax.set(yscale="log", ylim=(0.015, 0.6))  # doctest: +ELLIPSIS
    [...]
    >>> tick_round_numbers(ax.yaxis)
    >>> [text.get_text() for text in ax.get_yticklabels() if 0.015 < text.get_position()[1] < 0.6]
    ['0.02', '0.05', '0.1', '0.2', '0.5']
    >>> plt.close(figure)
    """
    with hold_interrupts_back():
        from matplotlib.ticker import (
            FuncFormatter,
            LogLocator,
            MaxNLocator,
            NullFormatter,
            NullLocator,
        )

    low, high = sorted(axis.get_view_interval())
    multiples = _choose_multiples(low, high)
    plain = 1e-4 <= low and high <= 1e5
    if plain and len(multiples) > 3:
        axis.set_major_locator(MaxNLocator(MOST_TICKS - 1, steps=(1.0, 2.0, 2.5, 5.0, 10.0)))
    else:
        axis.set_major_locator(LogLocator(subs=multiples, numticks=MOST_TICKS + 3))
    if plain:
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_locator(NullLocator())
    axis.set_minor_formatter(NullFormatter())


def _choose_multiples(low: float, high: float) -> Sequence[float]:
    """Return the fewest multiples of powers of ten of which three lie in [low, high]."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for multiples in ROUND:
        inside = [m * 10.0**k for k in decades for m in multiples if low <= m * 10.0**k <= high]
        if len(inside) >= 3:
            return multiples
    return ROUND[-1]


def tidy_logarithmic_axes(figure: Figure) -> None:
    """Give the logarithmic axes of a figure ticks that can be read, where nobody has set others.

    The horizontal ticks are at the points, if these are numbers of steps or one over such numbers;
    all others are at round numbers.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure, with everything drawn.
    """
    for ax in figure.axes:
        if _has_automatic_ticks(ax.xaxis):
            places = _find_points(ax)
            if len(places) >= 2 and all(map(_counts_steps, places)):
                tick_steps(ax.xaxis, places)
            else:
                tick_round_numbers(ax.xaxis)
        if _has_automatic_ticks(ax.yaxis):
            tick_round_numbers(ax.yaxis)


def thin_dates(figure: Figure) -> None:
    """Give the axes of dates of a narrow figure so few ticks that their labels do not overlap.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure, with everything drawn.
    """
    with hold_interrupts_back():
        from matplotlib import dates

    untyped: Any = dates
    for ax in figure.axes:
        if isinstance(ax.xaxis.get_major_locator(), dates.AutoDateLocator):
            locator = untyped.AutoDateLocator(minticks=3, maxticks=MOST_TICKS)
            ax.xaxis.set_major_locator(locator)
            ax.xaxis.set_major_formatter(untyped.ConciseDateFormatter(locator))


def _has_automatic_ticks(axis: Axis) -> bool:
    """Return whether an axis is logarithmic and has the ticks that Matplotlib gave it."""
    with hold_interrupts_back():
        from matplotlib.ticker import LogFormatterSciNotation

    formatter = axis.get_major_formatter()
    return axis.get_scale() == "log" and isinstance(formatter, LogFormatterSciNotation)


def _find_points(ax: Axes) -> list[float]:
    """Return the horizontal places of all markers, each once."""
    places: set[float] = set()
    for line in ax.get_lines():
        if line.get_marker() in (*MARKERS, "."):
            places |= set(np.asarray(line.get_xdata(), dtype=float).tolist())
    return sorted(places)


def _counts_steps(place: float) -> bool:
    """Return whether a number is a positive integer, or one over such an integer."""
    if not place > 0.0:
        return False
    number = max(place, 1.0 / place)
    return abs(number - round(number)) < 1e-9 * number


def write_step(step: float) -> str:
    """Return a step size as text: 1/64 where it is one over an integer, else a decimal.

    Parameters
    ----------
    step : float
        The step size.
    """
    if 0.0 < step < 1.0:
        number = round(1.0 / step)
        if abs(number * step - 1.0) < 1e-9:
            return f"1/{number}"
    return f"{step:.3g}" if step < 1000 else f"{step:g}"
