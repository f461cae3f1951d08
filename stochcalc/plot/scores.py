"""The picture of a score in the plane: an arrow at each point of a grid, over the density."""

from __future__ import annotations

from typing import Any

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.plot.look import FILL, drawing, ink
from stochcalc.plot.titles import write_title
from stochcalc.typing import Array, Axes, Score, WithLogDensity

MOST_ARROWS = 1000  # in each direction: a picture has fewer pixels

FINE = 121  # points of the grid for the density, along each axis
LENGTH = 1.4  # of the longest arrow, in spacings of the arrows' grid
# Where log p is so far below its largest value, the shade changes: for one Gaussian, at 3, 2 and 1
# standard deviations.
DEPTHS = (-4.5, -2.0, -0.5)
SHADES = (0.2, 0.4, 0.65)


def plot_score(
    score: Score,
    sigma: float = 0.0,
    *,
    ax: Axes | None = None,
    reach: float = 10.0,
    arrows: int = 15,
    **arrow: object,
) -> Axes:
    """Draw a score in the plane as arrows, over the smoothed density if the score knows it.

    Every arrow begins at the point where the score is taken, and its length is proportional to the
    score's. The longest arrow is nearly one and a half times as long as the arrows are apart; the
    title says which length of the score that is, the largest in the picture.

    Parameters
    ----------
    score : distribution, or callable score(x, sigma)
        A score in two dimensions. A distribution with `log_density` has its density shaded: the
        shades end where log p is 0.5, 2 and 4.5 below its largest value, which for one Gaussian is
        at one, two and three standard deviations.
    sigma : float
        Standard deviation of the smoothing, at least 0.
    ax : Axes, optional
        Where to draw; new axes by default.
    reach : float
        The picture shows the square from -reach to reach.
    arrows : int
        Number of arrows along each side, at least 2.
    **arrow
        Properties of the arrows, as `Axes.quiver` of Matplotlib takes them.

    Returns
    -------
    Axes
        The axes with the arrows.

    Raises
    ------
    TypeError, ValueError
        For a score of another dimension, one that is not finite somewhere, or bad numbers.

    Examples
    --------
    >>> from stochcalc.plot import plot_score
    >>> from stochcalc.score import GaussianMixture
    >>> p = GaussianMixture([0.8, 0.2], [[5.0, 5.0], [-5.0, -5.0]], 1.0)
    >>> plot_score(p, sigma=5.0).get_title()
    'score at σ = 5, largest 0.568'
    """
    from stochcalc.score.evaluation import check_score, evaluate_as_returned

    sigma = checks.number("sigma", sigma, least=0.0)
    reach = checks.number("reach", reach, above=0.0)
    arrows = checks.integer("arrows", arrows, 2, MOST_ARROWS)
    check_score(score)
    dim = getattr(score, "dim", 2)
    if dim != 2:
        raise ValueError(f"score has dim={dim}, and arrows are drawn in the plane: give dim=2")
    start = _make_grid(reach, arrows)
    s = evaluate_as_returned(
        score, start, sigma, where=" of the picture", remedy="choose another reach= or sigma="
    )
    longest = float(np.hypot(s[:, 0], s[:, 1]).max())
    spacing = 2.0 * reach / (arrows - 1)
    given = {name: value for name, value in arrow.items() if value is not None}
    with drawing(ax) as axes:
        if isinstance(score, WithLogDensity):
            _shade(axes, score, sigma, reach)
        look: dict[str, Any] = {"color": ink(axes), "width": 0.006, "zorder": 3, **given}
        axes.quiver(
            *start.T,
            *s.T,
            angles="xy",
            scale_units="xy",
            scale=(longest or 1.0) / (LENGTH * spacing),
            **look,
        )
        edge = reach + 0.5 * spacing
        axes.set(xlim=(-edge, edge), ylim=(-edge, edge), aspect="equal", xlabel="x", ylabel="y")
        axes.grid(False)
        write_title(axes, f"score at σ = {sigma:g}, largest {longest:.3g}", "scores")
    return axes


def _make_grid(reach: float, n: int) -> Array:
    """Return the n^2 points of a grid on the square from -reach to reach, shape (n^2, 2)."""
    line = np.linspace(-reach, reach, n)
    return np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)


def _shade(ax: Axes, score: WithLogDensity, sigma: float, reach: float) -> None:
    """Shade a density by how far its logarithm is below the largest value on the square."""
    with hold_interrupts_back():
        from matplotlib.colors import to_rgba

    fine = _make_grid(1.1 * reach, FINE)
    log_p = score.log_density(fine, sigma).reshape(FINE, FINE)
    x = fine[:FINE, 0]
    ax.contourf(
        x,
        x,
        log_p - log_p.max(),
        levels=(*DEPTHS, 0.1),
        colors=[to_rgba(FILL, shade) for shade in SHADES],
    )
