"""Pictures of paths: Brownian motions, solutions of equations, and first passages."""

from __future__ import annotations

from typing import Any

import numpy as np

from stochcalc.plot.look import axes_or_new, colour, line_style


def plot_paths(t: Any, values: Any, *, ax: Any = None, **line: Any) -> Any:
    """Draw paths against time.

    `values` has shape (paths, times) or (paths, times, dim); of several components the first is
    drawn.
    """
    ax = axes_or_new(ax)
    rows = values
    if values.ndim > 2:
        rows = values[..., 0]
    if len(rows) > 6:
        look = {"lw": 0.6, "alpha": 0.6}
    else:
        look = {"lw": 1.1, "alpha": 1.0}
    for i, row in enumerate(rows):
        ax.plot(t, row, **{"color": colour(i), **look, **line})
    noun = "path" if len(rows) == 1 else "paths"
    ax.set(xlabel="t", ylabel="$W_t$", title=f"{len(rows)} Brownian {noun}")
    return ax


def plot_solution(solution: Any, *, ax: Any = None, **line: Any) -> Any:
    """Draw paths of a solution's first component, with its mean and two standard deviations.

    A solution that was saved with save="stats" has no paths: its mean and deviations are drawn.
    """
    ax = axes_or_new(ax)
    t = solution.t
    if solution.x is not None:
        plot_paths(t, solution.x[:50], ax=ax, **line)
    if solution.x is None or len(solution.x) > 1:
        mean = _first_component(solution.mean)
        deviation = np.sqrt(_first_component(solution.var))
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


def _first_component(values: Any) -> Any:
    """Return the first component of values of shape (times,) or (times, dim)."""
    if values.ndim == 1:
        return values
    return values[:, 0]


def plot_passage(found: Any, *, ax: Any = None, i: int = 0, **line: Any) -> Any:
    """Draw P(tau <= t) with its interval, in the i-th colour and line style.

    The curve is a staircase where the paths were looked at on grid times alone.
    """
    ax = axes_or_new(ax)
    t = np.linspace(0.0, found.T, 401)
    law = found.law(t)
    n = found.info["n"]
    if found.info["correction"]:
        label = f"n = {n} and the bridges between"
    else:
        label = f"n = {n} grid times alone"
    look = {"color": colour(i), "ls": line_style(i), "lw": 1.5, "label": label, **line}
    ax.plot(t, law.value, **look)
    ax.fill_between(t, law.low, law.high, color=look["color"], alpha=0.2, lw=0)
    title = f"First passage from {found.x0:g} to {found.barrier:g}"
    ax.set(xlabel="t", ylabel="P(τ ≤ t)", title=title)
    return ax
