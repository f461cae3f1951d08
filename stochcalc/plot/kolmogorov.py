"""Pictures of Kolmogorov's equations: a stationary density, and the mean by the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.given_values import check_kind
from stochcalc.plot.legends import place_legend
from stochcalc.plot.look import choose_line_style, drawing, read_line_keywords
from stochcalc.plot.titles import write_title
from stochcalc.typing import Array, Axes

if TYPE_CHECKING:
    from stochcalc.kolmogorov.backward_solution import BackwardSolution
    from stochcalc.kolmogorov.density import StationaryDensity

POINTS = 801
SHARE = 0.001  # of the law that is left out on each side of a picture on new axes


def plot_density(
    density: StationaryDensity, *, ax: Axes | None = None, i: int = 0, **line: object
) -> Axes:
    """Draw a stationary density.

    On axes that show something, such as a histogram, it is drawn over the range that they have.

    Parameters
    ----------
    density : StationaryDensity
        What `stationary_density` returned.
    ax : Axes, optional
        Where to draw; new axes by default.
    i : int
        The number of the line style, for several curves on the same axes. Each has the next
        colour.
    **line
        Properties of the line, as `Axes.plot` of Matplotlib takes them.

    Returns
    -------
    Axes
        The axes with the curve.

    Examples
    --------
    >>> import stochcalc as sc
    >>> from stochcalc.plot import plot_density
    >>> plot_density(sc.stationary_density(sc.models.double_well(0.5))).get_title()
    'Stationary density, λ = 0'
    """
    check_kind("density", density, "StationaryDensity")
    i = checks.integer("i", i, 0)
    properties = read_line_keywords(line)
    with drawing(ax) as axes:
        reach = _find_reach(density)
        shown = axes.has_data()
        if shown:
            reach = axes.get_xlim()
        x = np.linspace(*reach, POINTS)
        own = density.x
        x = np.union1d(x, own[(own > reach[0]) & (own < reach[1])])
        look: dict[str, Any] = {
            "linestyle": choose_line_style(i),
            "linewidth": 1.5,
            "label": f"stationary density, λ = {density.lam:g}",
            **properties,
        }
        axes.plot(x, density.pdf(x), **look)
        if shown:
            axes.set_xlim(reach)
        axes.set(xlabel="x", ylabel="density")
        write_title(axes, f"Stationary density, λ = {density.lam:g}", "Stationary densities")
        place_legend(axes)
    return axes


def _find_reach(density: StationaryDensity) -> tuple[float, float]:
    """Return the ends of the bulk of a law, which it leaves with a probability of 2/1000."""
    x: Array = density.x
    shares = density.cdf(x)
    bulk = x[(shares > SHARE) & (shares < 1.0 - SHARE)]
    return float(bulk[0]), float(bulk[-1])


def plot_backward(
    solution: BackwardSolution, *, ax: Axes | None = None, i: int = 0, **line: object
) -> Axes:
    """Draw the mean of f(X_T) against the start, with a band of its error where that can be seen.

    Parameters
    ----------
    solution : BackwardSolution
        What `backward_equation` returned.
    ax : Axes, optional
        Where to draw; new axes by default.
    i : int
        The number of the line style, for several curves on the same axes. Each has the next
        colour.
    **line
        Properties of the line, as `Axes.plot` of Matplotlib takes them.

    Returns
    -------
    Axes
        The axes with the curve.

    Examples
    --------
    >>> import stochcalc as sc
    >>> from stochcalc.plot import plot_backward
    >>> u = sc.backward_equation(sc.models.ou(1.0, 0.0, 1.0), lambda x: x, 1.0, -6.0, 6.0)
    >>> plot_backward(u).get_title()
    'Backward equation to T = 1'
    """
    check_kind("solution", solution, "BackwardSolution")
    i = checks.integer("i", i, 0)
    properties = read_line_keywords(line)
    with drawing(ax) as axes:
        errors = solution.error(solution.x)
        look: dict[str, Any] = {
            "linestyle": choose_line_style(i),
            "linewidth": 1.5,
            "label": f"backward equation, T = {solution.T:g}",
            **properties,
        }
        (curve,) = axes.plot(solution.x, solution.values, **look)
        axes.fill_between(
            solution.x,
            solution.values - errors,
            solution.values + errors,
            color=curve.get_color(),
            alpha=0.2,
            lw=0,
        )
        axes.set(xlabel="start x", ylabel="E f($X_T$)")
        write_title(axes, f"Backward equation to T = {solution.T:g}", "Backward equations")
        place_legend(axes)
    return axes
