"""Pictures of paths: Brownian motions, solutions of equations, and first passages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stochcalc.plot.look import choose_axes, choose_colour, choose_line_style
from stochcalc.typing import Array, Axes

if TYPE_CHECKING:
    from stochcalc.passage.passage_times import FirstPassage
    from stochcalc.solver.solution import Solution

MOST_PATHS = 50  # of a solution that are drawn


def plot_paths(t: Array, values: Array, *, ax: Axes | None = None, **line: object) -> Axes:
    """Draw paths against time.

    Parameters
    ----------
    t : ndarray, shape (times,)
        The times.
    values : ndarray, shape (paths, times) or (paths, times, dim)
        The paths. Of several components the first is drawn.
    ax : Axes, optional
        Where to draw; new axes by default.
    **line
        Properties of the lines, as `Axes.plot` of Matplotlib takes them.

    Returns
    -------
    Axes
        The axes with the paths.

    Examples
    --------
    >>> import stochcalc as sc
    >>> from stochcalc.plot import plot_paths
    >>> W = sc.brownian(1.0, 64, paths=3, rng=1)
    >>> plot_paths(W.t, W.values).get_title()
    '3 Brownian paths'
    """
    ax = choose_axes(ax)
    rows = values
    if values.ndim > 2:
        rows = values[..., 0]
    if len(rows) > 6:
        look = {"lw": 0.6, "alpha": 0.6}
    else:
        look = {"lw": 1.1, "alpha": 1.0}
    for i, row in enumerate(rows):
        properties: dict[str, Any] = {"color": choose_colour(i), **look, **line}
        ax.plot(t, row, **properties)
    noun = "paths"
    if len(rows) == 1:
        noun = "path"
    ax.set(xlabel="t", ylabel="$W_t$", title=f"{len(rows)} Brownian {noun}")
    return ax


def plot_solution(solution: Solution, *, ax: Axes | None = None, **line: object) -> Axes:
    """Draw paths of a solution's first component, with its mean and two standard deviations.

    Parameters
    ----------
    solution : Solution
        What `solve` returned. If it was saved with save="stats" it has no paths: its mean and its
        standard deviations are drawn.
    ax : Axes, optional
        Where to draw; new axes by default.
    **line
        Properties of the lines, as `Axes.plot` of Matplotlib takes them.

    Returns
    -------
    Axes
        The axes with up to 50 paths.

    Examples
    --------
    >>> import stochcalc as sc
    >>> from stochcalc.plot import plot_solution
    >>> found = sc.solve(sc.models.ou(1.0, 0.0, 0.5), 1.0, 1.0, n=64, paths=20, rng=1)
    >>> plot_solution(found).get_xlabel()
    't'
    """
    ax = choose_axes(ax)
    t = solution.t
    if solution.x is not None:
        plot_paths(t, solution.x[:MOST_PATHS], ax=ax, **line)
    if solution.x is None or len(solution.x) > 1:
        mean = _take_first_component(solution.mean)
        deviation = np.sqrt(_take_first_component(solution.var))
        ax.plot(t, mean, color="black", lw=1.6, label="mean")
        ax.fill_between(
            t,
            mean - 2 * deviation,
            mean + 2 * deviation,
            color="black",
            alpha=0.12,
            lw=0,
            label="mean ± 2 standard deviations",
        )
        ax.legend()
    title = f"{solution.info['paths']} paths by {solution.info['method']}"
    ax.set(xlabel="t", ylabel="$X_t$", title=title)
    return ax


def _take_first_component(values: Array) -> Array:
    """Return the first component of values of shape (times,) or (times, dim)."""
    if values.ndim == 1:
        return values
    return values[:, 0]


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
        The number of the colour and line style.
    side : {"low", "high"}, optional
        Count the passages through the lower, or the upper, barrier only.
    **line
        Properties of the line, as `Axes.plot` of Matplotlib takes them.

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
    ax = choose_axes(ax)
    t = np.linspace(0.0, found.T, 401)
    law = found.law(t, side=side)
    n = found.info["n"]
    if found.info["correction"]:
        label = f"n = {n} and the bridges between"
    else:
        label = f"n = {n} grid times alone"
    if side is not None:
        label = f"{side} first, {label}"
    look: dict[str, Any] = {
        "color": choose_colour(i),
        "ls": choose_line_style(i),
        "lw": 1.5,
        "label": label,
        **line,
    }
    ax.plot(t, law.value, **look)
    ax.fill_between(t, law.low, law.high, color=look["color"], alpha=0.2, lw=0)
    ax.set(xlabel="t", ylabel="P(τ ≤ t)", title=found.title)
    return ax
