"""The picture of a multilevel estimate: variances and means of the differences by level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stochcalc.engine.given_values import check_kind
from stochcalc.plot.legends import place_legend
from stochcalc.plot.look import drawing, read_line_keywords
from stochcalc.plot.scales import tick_round_numbers, tick_steps
from stochcalc.plot.titles import write_title
from stochcalc.typing import Axes

if TYPE_CHECKING:
    from stochcalc.laboratory.multilevel_estimate import MultilevelEstimate


def plot_multilevel(found: MultilevelEstimate, *, ax: Axes | None = None, **line: object) -> Axes:
    """Draw the variance and the mean of the multilevel differences by the number of steps.

    Parameters
    ----------
    found : MultilevelEstimate
        What `mlmc` returned.
    ax : Axes, optional
        Where to draw; new axes by default.
    **line
        Properties of the lines, as `Axes.plot` of Matplotlib takes them. A label goes before what
        is drawn.

    Returns
    -------
    Axes
        The axes, both logarithmic.

    Examples
    --------
    >>> import stochcalc as sc
    >>> from stochcalc.plot import plot_multilevel
    >>> gbm = sc.models.gbm(0.1, 0.5)
    >>> found = sc.mlmc(gbm, 1.0, 1.0, test=lambda x: x, target=0.02, rng=1)
    >>> plot_multilevel(found).get_xlabel()
    'steps on the finer level'
    """
    check_kind("found", found, "MultilevelEstimate")
    properties = read_line_keywords(line)
    prefix = ""
    if "label" in properties:
        prefix = f"{properties.pop('label')}: "
    with drawing(ax) as axes:
        axes.set(
            xscale="log", yscale="log", xlabel="steps on the finer level", ylabel="variance, mean"
        )
        _draw_differences(axes, found, prefix, properties)
        title = (
            f"Multilevel: {_round(found.cost)} steps for an error of {found.target:g},\n"
            f"plain Monte Carlo {_round(found.plain_cost)}"
        )
        write_title(axes, title, "Multilevel Monte Carlo")
        tick_steps(axes.xaxis, 2.0 ** found.level[1:])
        place_legend(axes)
        tick_round_numbers(axes.yaxis)
    return axes


def _round(cost: float) -> str:
    """Return a number of steps with two digits that count, and commas: 47,000."""
    return f"{float(f'{cost:.2g}'):,.0f}"


def _draw_differences(
    ax: Axes, found: MultilevelEstimate, prefix: str, properties: dict[str, Any]
) -> None:
    """Draw variances and means of the differences, and the variance without levels."""
    fine = slice(1, None)  # the coarsest level has no difference
    steps = (2.0**found.level)[fine]
    errors = np.sqrt(found.variance / found.paths)[fine]
    variance = {"marker": "o", **properties}
    ax.plot(
        steps,
        found.variance[fine],
        **variance,
        label=f"{prefix}variance of f(X$_l$) - f(X$_{{l-1}}$)",
    )
    mean: dict[str, Any] = {
        "marker": "s",
        "markerfacecolor": "none",
        "linestyle": "--",
        "capsize": 3,
        **properties,
    }
    ax.errorbar(
        steps,
        np.abs(found.mean[fine]),
        yerr=2 * errors,
        **mean,
        label=f"{prefix}|mean of f(X$_l$) - f(X$_{{l-1}}$)|",
    )
    plain = {"linestyle": "-.", "marker": "", **properties}
    ax.plot(
        steps[[0, -1]],
        found.variance[[0, 0]],
        **plain,
        label=f"{prefix}variance of f itself",
    )
