"""Many paths as a whole: pale lines, their mean, and a band that holds most of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.words import show
from stochcalc.plot.look import ink, take_colour
from stochcalc.plot.paths import MOST_PATHS, draw_rows
from stochcalc.typing import Array, Axes

if TYPE_CHECKING:
    from stochcalc.moments import Moments

LEAST_PATHS = 20  # for which a band is shown: one path in twenty is above it, and one below
BAND_TIMES = 200  # at which they are computed, at most
BAND = (0.05, 0.95)
BAND_TEXT = "5 % to 95 %"
DEVIATIONS_TEXT = "mean ± 2 sd, within the values seen"


def draw_spread(
    ax: Axes,
    t: Array,
    rows: Array,
    moments: Moments,
    properties: dict[str, Any],
    called: str = "mean",
) -> str:
    """Draw up to 50 rows, and the mean and the spread of all; return what the band shows.

    Fewer than 20 rows are drawn alone.
    With a label, the mean alone has an entry in the legend; else the mean and the band have one
    each.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    t : ndarray, shape (times,)
        The times.
    rows : ndarray, shape (paths, times)
        The paths. There is none if they were not kept: then the band comes from the moments.
    moments : Moments, shape (times,)
        The moments over all paths.
    properties : dict
        Properties of lines under their full names.
    called : str
        What the legend calls the mean.
    """
    if 0 < len(rows) < LEAST_PATHS:
        draw_rows(ax, t, rows, properties)
        return ""
    own = dict(properties)
    if len(rows) == 0 or "label" in own:
        own.setdefault("color", take_colour(ax))
    if len(rows):
        unnamed = {name: value for name, value in own.items() if name != "label"}
        draw_rows(ax, t, rows[:MOST_PATHS], unnamed, bold="label" not in own)
    mean = {"color": ink(ax), "linewidth": 2.0, "label": called, **own}
    ax.plot(t, moments.mean, **mean)
    named = "label" not in properties
    if len(rows):
        return _draw_shares(ax, t, rows, mean, named)
    return _draw_deviations(ax, t, moments, mean, named)


def _draw_shares(ax: Axes, t: Array, rows: Array, line: dict[str, Any], named: bool) -> str:
    """Draw the band from 5 % to 95 % of the rows."""
    stride = -(-len(t) // BAND_TIMES)
    kept = np.unique(np.append(np.arange(0, len(t), stride), len(t) - 1))
    at_times = np.ascontiguousarray(rows[:, kept].T)  # a copy that may be sorted in its place
    at_times[~np.isfinite(at_times)] = np.nan  # then the band is nan, as the mean is
    low, high = np.quantile(at_times, BAND, axis=1, overwrite_input=True)
    _fill(ax, t[kept], low, high, line, BAND_TEXT if named else None)
    return f"band: {BAND_TEXT}"


def _draw_deviations(
    ax: Axes, t: Array, moments: Moments, line: dict[str, Any], named: bool
) -> str:
    """Draw the band of two standard deviations about the mean, within the extreme values."""
    low = np.maximum(moments.mean - 2 * moments.std, moments.min)
    high = np.minimum(moments.mean + 2 * moments.std, moments.max)
    _fill(ax, t, low, high, line, DEVIATIONS_TEXT if named else None)
    return f"band: {DEVIATIONS_TEXT}"


def _fill(
    ax: Axes, t: Array, low: Array, high: Array, line: dict[str, Any], label: str | None
) -> None:
    """Draw a pale band in the colour of a line."""
    ax.fill_between(
        t,
        low,
        high,
        color=line["color"],
        alpha=0.18 * (line.get("alpha") or 1.0),
        linewidth=0,
        zorder=line.get("zorder", 1),
        label=label,
    )


def draw_ends(ax: Axes, ends: Array, properties: dict[str, Any]) -> None:
    """Draw the histogram of the states at one time, without those that are not finite.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    ends : ndarray, shape (paths,)
        The states.
    properties : dict
        Properties of lines under their full names; the bars take colour, alpha and label.
    """
    look: dict[str, Any] = {
        "color": properties.get("color") or take_colour(ax),
        "alpha": properties.get("alpha", 0.5),
        "label": properties.get("label"),
    }
    ax.hist(ends[np.isfinite(ends)], bins="auto", density=True, **look)


def draw_plane(
    ax: Axes, values: Array, components: tuple[int, int], properties: dict[str, Any]
) -> None:
    """Draw one component of up to 50 paths against another, with a dot at each start.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    values : ndarray, shape (paths, times, dim)
        The paths.
    components : tuple of two int
        The component to the right, and the one upwards.
    properties : dict
        Properties of lines under their full names.
    """
    x, y = (values[:MOST_PATHS, :, i] for i in components)
    draw_rows(ax, x, y, properties)
    starts = np.unique(np.stack([x[:, 0], y[:, 0]]), axis=1)
    ax.plot(*starts, color=ink(ax), linestyle="", marker="o", markersize=4)
    ax.set(xlabel=f"component {components[0]}", ylabel=f"component {components[1]}")


def refuse_pair(component: object) -> None:
    """Refuse two components where one is asked for, and name the argument that takes two.

    Parameters
    ----------
    component : object
        What was given as the one component to draw against time.
    """
    if isinstance(component, tuple | list) and len(component) == 2:
        raise TypeError(
            f"component={show(component)} must be one number: to draw one component against "
            f"another, give components={show(component)}"
        )


def check_components(
    values: Array | None, component: int | None, components: tuple[int, int]
) -> tuple[int, int]:
    """Return the two components of a phase plane, or refuse them.

    Parameters
    ----------
    values : ndarray, shape (paths, times[, dim]), or None
        The paths, if they were kept.
    component : int or None
        What was given as the one component to draw against time.
    components : tuple of two int
        The two components.
    """
    if component is not None:
        raise ValueError(
            f"component={show(component)} and components={show(components)} exclude each other: "
            "leave one "
            f"out, since a picture shows one component against time or one against another"
        )
    if values is None:
        raise ValueError(
            f'components={show(components)} needs the paths, and save="stats" keeps none: use '
            f'save="all"'
        )
    if values.ndim < 3:
        raise ValueError(
            f"components={show(components)} needs a system, and here the state is one number: "
            "leave it out"
        )
    if not isinstance(components, tuple | list) or len(components) != 2:
        raise ValueError(f"components={show(components)} must be two numbers, such as (0, 1)")
    first, second = (checks.integer("components", i, 0, values.shape[2] - 1) for i in components)
    return first, second
