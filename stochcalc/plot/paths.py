"""Pictures of paths: any paths on a grid, Brownian motions, and one component against another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.given_values import check_kind
from stochcalc.engine.words import count
from stochcalc.plot.legends import place_legend
from stochcalc.plot.look import drawing, ink, read_line_keywords, take_colour
from stochcalc.plot.titles import write_title
from stochcalc.typing import Array, Axes

if TYPE_CHECKING:
    from stochcalc.motion.paths import BrownianPaths

MOST_PATHS = 50  # that are drawn
FEW_PATHS = 6  # that have a colour each
LINES_TO_FADE = 25  # more than these are paler still
ENVELOPE = "two standard deviations of Brownian motion"  # marks its lines


def plot_paths(
    t: Array,
    values: Array,
    *,
    ax: Axes | None = None,
    component: int | None = None,
    **line: object,
) -> Axes:
    """Draw paths against time.

    Up to six paths have a colour each. More are drawn pale, in one colour, and the first of them
    bold. Paths that are given a colour or a label have one colour, and one entry in the legend.

    Parameters
    ----------
    t : ndarray, shape (times,)
        The times.
    values : ndarray, shape (paths, times) or (paths, times, dim)
        The paths.
    ax : Axes, optional
        Where to draw; new axes by default.
    component : int, optional
        The component that is drawn, if there are several: 0 by default. The title names it.
    **line
        Properties of the lines, as `Axes.plot` of Matplotlib takes them.

    Returns
    -------
    Axes
        The axes with the paths.

    Raises
    ------
    TypeError, ValueError
        For a component that does not exist.

    Examples
    --------
    >>> import stochcalc as sc
    >>> from stochcalc.plot import plot_paths
    >>> W = sc.brownian(1.0, 64, paths=3, rng=1)
    >>> plot_paths(W.t, W.values).get_title()
    '3 paths'
    """
    t = checks.array("t", t, ndim=1)
    values = checks.array("values", values, finite=False)
    if values.ndim not in (2, 3) or values.shape[1] != len(t):
        raise ValueError(
            f"values has shape {values.shape} and t has {len(t)} times: give (paths, times) or "
            f"(paths, times, dim)"
        )
    rows, which = choose_component(values, component)
    properties = read_line_keywords(line)
    with drawing(ax) as axes:
        draw_rows(axes, t, rows, properties)
        axes.set(xlabel="t", ylabel="$x_t$")
        write_title(axes, f"{count_paths(len(rows))}{which}", "paths")
        place_legend(axes)
    return axes


def plot_brownian(
    W: BrownianPaths,
    *,
    ax: Axes | None = None,
    component: int | None = None,
    envelope: bool = True,
    **line: object,
) -> Axes:
    """Draw up to 50 Brownian paths, between the curves of two standard deviations.

    Parameters
    ----------
    W : BrownianPaths
        The paths, stored or streamed.
    ax : Axes, optional
        Where to draw; new axes by default.
    component : int, optional
        The component that is drawn, if there are several: 0 by default. The title names it.
    envelope : bool
        Whether the curves 2 sqrt(t) and -2 sqrt(t) are drawn. At each time, 95 % of all paths are
        between them.
    **line
        Properties of the lines, as `Axes.plot` of Matplotlib takes them.

    Returns
    -------
    Axes
        The axes with the paths.

    Raises
    ------
    TypeError, ValueError
        For a component that does not exist, or an envelope that is no bool.

    Examples
    --------
    >>> import stochcalc as sc
    >>> from stochcalc.plot import plot_brownian
    >>> plot_brownian(sc.brownian(1.0, 64, paths=3, rng=1)).get_title()
    '3 Brownian paths'
    """
    check_kind("W", W, "BrownianPaths")
    checks.flag("envelope", envelope)
    shown = min(W.paths, MOST_PATHS)
    rows, which = choose_component(W.block(0, shown), component)
    properties = read_line_keywords(line)
    with drawing(ax) as axes:
        draw_rows(axes, W.t, rows, properties)
        if envelope:
            _draw_envelope(axes, W.t)
        axes.set(xlabel="t", ylabel="$W_t$")
        title = f"{count_paths(W.paths, shown, 'Brownian ')}{which}"
        write_title(axes, title, "Brownian paths")
        place_legend(axes)
    return axes


def choose_component(values: Array, component: int | None) -> tuple[Array, str]:
    """Return one component of paths, and the words of a title that name it.

    Parameters
    ----------
    values : ndarray, shape (paths, times) or (paths, times, dim)
        The paths, or any numbers of these shapes.
    component : int or None
        The number of the component; None for the first.
    """
    dim = 1
    if values.ndim > 2:
        dim = values.shape[2]
    chosen = 0
    if component is not None:
        chosen = checks.integer("component", component, 0, dim - 1)
    if values.ndim == 2:
        return values, ""
    return values[..., chosen], f", component {chosen} of {dim}"


def count_paths(paths: int, shown: int | None = None, kind: str = "") -> str:
    """Return the words "1 path", "20 paths" or "50 of 1000 paths".

    Parameters
    ----------
    paths : int
        How many there are.
    shown : int, optional
        How many are drawn; all by default.
    kind : str
        A word that goes before "path", with a space.
    """
    if shown is not None and shown < paths:
        return f"{shown} of {paths} {kind}paths"
    return count(paths, f"{kind}path")


def draw_rows(
    ax: Axes, x: Array, rows: Array, properties: dict[str, Any], *, bold: bool = True
) -> None:
    """Draw rows of numbers: a few in a colour each, many pale with the first one bold.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    x : ndarray, shape (times,) or (paths, times)
        The horizontal coordinates.
    rows : ndarray, shape (paths, times)
        The vertical coordinates.
    properties : dict
        Properties of lines under their full names. The first line has the label.
    bold : bool
        Whether the first line is bold; not beside a mean of the same colour.
    """
    across = np.broadcast_to(x, rows.shape)
    chosen = dict(properties)
    label = chosen.pop("label", None)
    if rows.shape[1] == 1:
        chosen.setdefault("marker", "o")  # a line through one point is not seen
    many = len(rows) > FEW_PATHS
    if label is not None or many:
        chosen.setdefault("color", take_colour(ax))
    if many:
        pale = {"linewidth": 0.6, "alpha": _choose_alpha(len(rows)), **chosen}
        if label is None and "color" not in properties:
            pale["color"] = ink(ax)
        ax.plot(across[1:].T, rows[1:].T, **pale)
        rows = rows[:1]
    first = {"linewidth": 1.4, **chosen}
    if not bold:
        first = {"linewidth": 0.6, "alpha": _choose_alpha(len(across)), **chosen}
    for i, row in enumerate(rows):
        if i == 0:
            ax.plot(across[i], row, **first, label=label)
        else:
            ax.plot(across[i], row, **first)


def _choose_alpha(count: int) -> float:
    """Return the opacity of pale lines: the more there are, the paler."""
    return 0.35 if count <= LINES_TO_FADE else 0.2


def _draw_envelope(ax: Axes, t: Array) -> None:
    """Draw 2 sqrt(t - t_0) and its mirror image, once on the same axes."""
    if any(line.get_gid() == ENVELOPE for line in ax.get_lines()):
        return
    fine = t[0] + (t[-1] - t[0]) * np.linspace(0.0, 1.0, 201) ** 2  # dense where the root is steep
    root = 2.0 * np.sqrt(fine - t[0])
    for side in (root, -root):
        ax.plot(fine, side, color=ink(ax), linestyle="--", linewidth=1.1, gid=ENVELOPE)
    ax.annotate(
        "±2 √t",
        (float(fine[-1]), float(root[-1])),
        xytext=(5, 0),  # beside the paths, which would cross it
        textcoords="offset points",
        ha="left",
        va="center",
        color=ink(ax),
    )
