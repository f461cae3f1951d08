"""Small results of every kind that draws itself, and what is seen in a picture of them."""

from __future__ import annotations

import functools
from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np

import stochcalc as sc

GBM = sc.models.gbm(0.5, 0.8)
LEVELS = range(3, 7)


@functools.cache
def results() -> dict[str, object]:
    """One result of each kind, by name."""
    returns = 0.01 * np.random.default_rng(1).standard_normal(120)
    return {
        "one path": sc.brownian(n=50, rng=1),
        "many paths": sc.brownian(n=50, paths=30, rng=1),
        "solution": sc.solve(GBM, 1.0, 1.0, n=50, paths=60, rng=1),
        "few": sc.solve(GBM, 1.0, 1.0, n=50, paths=3, rng=1),
        "stats": sc.solve(GBM, 1.0, 1.0, n=50, paths=60, save="stats", rng=1),
        "last": sc.solve(GBM, 1.0, 1.0, n=50, paths=60, save="last", rng=1),
        "study": strong("euler_maruyama"),
        "three methods": strong("euler_maruyama", "milstein", "sriw1"),
        "multilevel": sc.mlmc(GBM, 1.0, 1.0, test=lambda x: x, target=0.05, rng=1),
        "passage": sc.first_passage(GBM, 1.0, 2.0, 1.0, n=8, paths=500, rng=1),
        "density": sc.stationary_density(sc.models.double_well(0.5)),
        "backward": sc.backward_equation(GBM, lambda x: x, 1.0, 0.1, 9.0),
        "chains": sc.langevin.sample(lambda x: -x, 0.0, step=0.1, n=50, chains=30, rng=1),
        "prices": sc.volatility(100.0 * np.exp(returns.cumsum())),
    }


def strong(*methods: str) -> sc.ConvergenceStudy:
    """The strong errors of methods on geometric Brownian motion."""
    return sc.strong_convergence(GBM, 1.0, 1.0, methods=methods, levels=LEVELS, paths=2048, rng=1)


def panels_of(ax) -> list:
    """The axes that show something: `ax`, or the panels that took its place."""
    shown = [one for one in ax.figure.axes if one.get_visible() and one.has_data()]
    return shown or [ax]


def seen_points(ax) -> np.ndarray:
    """Points in pixels on all lines, bars and edges of areas, densely; shape (points, 2)."""
    found = []
    for line in ax.get_lines():
        found.append(_dense(line.get_transform().transform(line.get_xydata()), line))
    for collection in ax.collections:
        for path in collection.get_paths():
            found.append(_dense(collection.get_transform().transform(path.vertices), None))
    points = np.concatenate([np.empty((0, 2)), *found])
    return points[np.isfinite(points).all(axis=1)]


def _dense(vertices: np.ndarray, line) -> np.ndarray:
    if len(vertices) < 2 or (line is not None and line.get_linestyle() == "None"):
        return vertices
    places = np.linspace(0, len(vertices) - 1, 20 * len(vertices))
    return np.stack([np.interp(places, range(len(vertices)), v) for v in vertices.T], axis=1)


def points_under_legend(ax) -> int:
    """How many seen points lie under the legend of the axes, as it is when it is drawn."""
    return points_under_legends([ax])[0]


def points_under_legends(axes) -> list[int]:
    """The same of several axes of one figure, which is drawn once."""
    axes[0].figure.canvas.draw()
    counts = []
    for ax in axes:
        counts.append(0)
        if ax.get_legend() is not None:
            box = ax.get_legend().get_window_extent()
            x, y = seen_points(ax).T
            inside = (box.x0 <= x) & (x <= box.x1) & (box.y0 <= y) & (y <= box.y1)
            counts[-1] = int(inside.sum())
    return counts


def drawn_with(draw: Callable, **figure) -> object:
    """The axes of a figure of this size on which something is drawn."""
    _, ax = plt.subplots(**figure)
    return draw(ax)
