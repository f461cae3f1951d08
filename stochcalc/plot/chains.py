"""The picture of the chains of a sampler: their way through the states, and where they end up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from stochcalc.engine.given_values import check_call, check_kind
from stochcalc.engine.words import count, show
from stochcalc.plot.legends import place_legend
from stochcalc.plot.look import FILL, drawing, ink, read_line_keywords
from stochcalc.plot.paths import MOST_PATHS, choose_component
from stochcalc.plot.spread import check_components, draw_ends, draw_plane, draw_spread, refuse_pair
from stochcalc.plot.titles import write_title
from stochcalc.typing import Array, Axes

if TYPE_CHECKING:
    from stochcalc.langevin.chains import Chains

BESIDE = (1.02, 0.0, 0.22, 1.0)  # the place of the histogram: left, bottom, width, height
DEEP = 14.0  # points, the height of the numbers at an axis


def plot_chains(
    chains: Chains,
    *,
    ax: Axes | None = None,
    component: int | None = None,
    components: tuple[int, int] | None = None,
    density: Callable[[Array], Array] | None = None,
    **line: object,
) -> Axes:
    """Draw up to 50 chains by step, and beside them the histogram of their second half.

    Chains of save="stats" have no states: their mean and its band are drawn, as for a solution. One
    kept state is drawn as a histogram alone.

    Parameters
    ----------
    chains : Chains
        What `langevin.sample` returned.
    ax : Axes, optional
        Where to draw; new axes by default.
    component : int, optional
        The component that is drawn, if there are several: 0 by default. The title names it.
    components : tuple of two int, optional
        Draw the second of these components against the first, without steps.
    density : callable, optional
        The density that was sampled, density(x) of an array. It is drawn over the histogram.
    **line
        Properties of the lines, as `Axes.plot` of Matplotlib takes them.

    Returns
    -------
    Axes
        The axes with the chains.

    Raises
    ------
    TypeError, ValueError
        For components that do not exist, or a density that is no function.

    Examples
    --------
    >>> import stochcalc as sc
    >>> from stochcalc.plot import plot_chains
    >>> chains = sc.langevin.sample(lambda x: -x, 0.0, step=0.1, n=100, chains=20, rng=1)
    >>> plot_chains(chains).get_title()
    '20 chains of ula'
    """
    if density is not None and not callable(density):
        raise TypeError(f"density={show(density)} must be a function of an array, density(x)")
    if density is not None:
        check_call("density", density, "x", None)
    check_kind("chains", chains, "Chains")
    refuse_pair(component)
    properties = read_line_keywords(line)
    if components is not None:
        components = check_components(chains.x, component, components)
        assert chains.x is not None  # it was checked
        with drawing(ax) as axes:
            draw_plane(axes, chains.x, components, properties)
            write_title(axes, _describe(chains), "chains")
            place_legend(axes)
        return axes
    values = chains.x
    if values is None:
        values = np.empty((0, *chains.moments.shape))
    rows, which = choose_component(values, component)
    with drawing(ax) as axes:
        if chains.saved == 1:
            draw_ends(axes, rows[:, 0], properties)
            _draw_density(axes, density, "horizontal")
            axes.set(xlabel=f"x after {count(chains.last, 'step')}", ylabel="density")
        else:
            moments = chains.moments
            if which:
                moments = moments[:, component or 0]
            steps = np.linspace(0.0, chains.last, chains.saved)
            draw_spread(axes, steps, rows, moments, properties)
            axes.set(xlabel="step", ylabel="x")
            if len(rows):
                _draw_beside(axes, rows[:, chains.saved // 2 :], density)
        write_title(axes, _describe(chains) + which, "chains")
        place_legend(axes)
    return axes


def _describe(chains: Chains) -> str:
    """Return how many chains there are, how many of them are drawn, and the method."""
    if chains.x is not None and chains.saved > 1 and chains.chains > MOST_PATHS:
        return f"{MOST_PATHS} of {chains.chains} chains of {chains.sampler.name}"
    return f"{count(chains.chains, 'chain')} of {chains.sampler.name}"


def _draw_beside(ax: Axes, states: Array, density: Callable[[Array], Array] | None) -> None:
    """Draw a histogram of states at the right of the axes, with its values upwards."""
    side = ax.inset_axes(BESIDE, sharey=ax)
    finite = states[np.isfinite(states)]
    side.hist(
        finite, bins=60, density=True, orientation="horizontal", color=FILL, alpha=0.6, linewidth=0
    )
    _draw_density(side, density, "vertical")
    side.tick_params(labelleft=False)
    side.set_xticks([])
    # The label is below the numbers of the axes to the left.
    side.set_xlabel("density", labelpad=DEEP, fontsize="small")
    side.set_title("second half", fontsize="small")


def _draw_density(ax: Axes, density: Callable[[Array], Array] | None, direction: str) -> None:
    """Draw a density over the values that a histogram covers."""
    if density is None:
        return
    limits = ax.get_xlim() if direction == "horizontal" else ax.get_ylim()
    x = np.linspace(*limits, 400)
    look: dict[str, Any] = {"color": ink(ax), "linewidth": 1.4, "label": "density"}
    if direction == "horizontal":
        ax.plot(x, density(x), **look)
    else:
        ax.plot(density(x), x, **look)
