"""Pictures of solutions: paths with their mean and spread, the phase plane, the law at one time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stochcalc.engine.given_values import check_kind
from stochcalc.plot.legends import place_legend
from stochcalc.plot.look import drawing, read_line_keywords, take_colour
from stochcalc.plot.paths import MOST_PATHS, choose_component, count_paths
from stochcalc.plot.spread import check_components, draw_ends, draw_plane, draw_spread, refuse_pair
from stochcalc.plot.titles import write_title
from stochcalc.typing import Axes

if TYPE_CHECKING:
    from stochcalc.solver.solution import Solution


def plot_solution(
    solution: Solution,
    *,
    ax: Axes | None = None,
    component: int | None = None,
    components: tuple[int, int] | None = None,
    **line: object,
) -> Axes:
    """Draw up to 50 paths of a solution with the mean, and a band that holds most of the paths.

    The band reaches from 5 % to 95 % of all paths at each time. A solution of save="stats" has no
    paths; its band is mean ± 2 standard deviations, within the smallest and the largest value seen,
    so that the band of positive paths is positive. Of paths with weights, the weighted mean is
    drawn beside the mean without weights. A solution at one time alone is drawn as a histogram.

    Parameters
    ----------
    solution : Solution
        What `solve` returned.
    ax : Axes, optional
        Where to draw; new axes by default.
    component : int, optional
        The component that is drawn, if there are several: 0 by default. The title names it.
    components : tuple of two int, optional
        Draw the second of these components against the first, the phase plane, without time.
    **line
        Properties of the lines, as `Axes.plot` of Matplotlib takes them. The band has their colour,
        and the label is that of the mean.

    Returns
    -------
    Axes
        The axes with the picture.

    Raises
    ------
    TypeError, ValueError
        For components that do not exist; for a phase plane without paths.

    Examples
    --------
    >>> import stochcalc as sc
    >>> from stochcalc.plot import plot_solution
    >>> found = sc.solve(sc.models.ou(1.0, 0.0, 0.5), 1.0, 1.0, n=64, paths=20, rng=1)
    >>> plot_solution(found).get_title()
    '20 paths by euler_maruyama'
    """
    check_kind("solution", solution, "Solution")
    refuse_pair(component)
    properties = read_line_keywords(line)
    if components is not None:
        components = check_components(solution.x, component, components)
        assert solution.x is not None  # it was checked
        with drawing(ax) as axes:
            draw_plane(axes, solution.x, components, properties)
            title = _describe(solution, min(len(solution.x), MOST_PATHS))
            write_title(axes, title, "paths")
            place_legend(axes)
        return axes
    values = solution.x
    if values is None:
        values = np.empty((0, *solution.moments.shape))
    rows, which = choose_component(values, component)
    with drawing(ax) as axes:
        if len(solution.t) == 1 and len(rows) > 1:
            draw_ends(axes, rows[:, 0], properties)
            axes.set(xlabel=f"$X_t$ at t = {solution.t[0]:g}", ylabel="density")
            write_title(axes, _describe(solution, len(rows)) + which, "states")
        else:
            moments = solution.moments
            if which:
                moments = moments[:, component or 0]
            called = "mean" if solution.weights is None else "mean without weights"
            band = draw_spread(axes, solution.t, rows, moments, properties, called)
            if solution.weights is not None:
                _draw_weighted_mean(axes, solution, component)
            axes.set(xlabel="t", ylabel="$X_t$")
            title = _describe(solution, min(len(rows), MOST_PATHS)) + which
            if band and "label" in properties:
                title += f"; {band}"
            write_title(axes, title, f"line: {called}; {band}" if band else "paths")
        place_legend(axes)
    return axes


def _draw_weighted_mean(ax: Axes, solution: Solution, component: int | None) -> None:
    """Draw the mean of Z X, with the weight Z of each path."""
    moments = solution.weighted_moments
    if solution.dim:
        moments = moments[:, component or 0]
    ax.plot(
        solution.t,
        moments.mean,
        label="weighted mean",
        color=take_colour(ax),
        linestyle="--",
        linewidth=2.0,
    )


def _describe(solution: Solution, shown: int) -> str:
    """Return how many paths there are, how many of them are drawn, and the method."""
    info = solution.info
    if "path" in info:
        return f"path {info['path']} by {info['method']}"
    return f"{count_paths(info['paths'], shown or None)} by {info['method']}"
