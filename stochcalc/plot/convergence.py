"""Pictures of errors by step size: convergence studies, and multilevel estimates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stochcalc.plot.look import (
    COLOURS,
    choose_axes,
    choose_colour,
    choose_line_style,
    choose_marker,
)
from stochcalc.typing import Axes

if TYPE_CHECKING:
    from stochcalc.laboratory.multilevel_estimate import MultilevelEstimate
    from stochcalc.laboratory.study import ConvergenceStudy

MOST_IN_TITLE = 3  # fitted orders; those of more schemes are in the legend alone


def plot_convergence(study: ConvergenceStudy, *, ax: Axes | None = None) -> Axes:
    """Draw errors by step size, with bars of two standard errors, and their exact values.

    The legend has the slopes.

    Parameters
    ----------
    study : ConvergenceStudy
        What `strong_convergence`, `weak_convergence` or another study returned.
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    Axes
        The axes, both logarithmic.

    Examples
    --------
    >>> import stochcalc as sc
    >>> from stochcalc.plot import plot_convergence
    >>> study = sc.strong_convergence(
    ...     sc.models.gbm(0.1, 0.5), 1.0, 1.0, levels=range(3, 6), paths=2048, rng=1
    ... )
    >>> plot_convergence(study).get_xlabel()
    'step size dt'
    """
    ax = choose_axes(ax)
    for i, name in enumerate(study.error):
        _draw_scheme(ax, study, name, i)
    _draw_slopes(ax, study)
    title = study.title
    if len(study.order) <= MOST_IN_TITLE:
        orders = [f"{name} {order.value:.2f}" for name, order in study.order.items()]
        title = f"{title}\nfitted order: {', '.join(orders)}"
    ax.set(xscale="log", yscale="log", xlabel="step size dt", ylabel=study.quantity, title=title)
    few_ticks = bool(study.dt[0] < 10 * study.dt[-1] and len(study.dt) < 4)
    ax.tick_params(axis="x", which="minor", labelbottom=few_ticks)
    if study.exact:
        ax.plot([], [], color="grey", lw=1.2, label="lines: exact at these steps")
    ax.legend()
    return ax


def _draw_slopes(ax: Axes, study: ConvergenceStudy) -> None:
    """Draw dotted lines of the slopes 1/2 and 1 (and 3/2 and 2), where schemes have such slopes."""
    measured = np.array([order.value for order in study.order.values()])
    dt = study.dt[[0, -1]]
    for order, label in ((0.5, "dt$^{1/2}$"), (1.0, "dt"), (1.5, "dt$^{3/2}$"), (2.0, "dt$^2$")):
        near = [name for name, slope in zip(study.order, measured) if abs(slope - order) < 0.25]
        if not near:
            continue
        line = 0.6 * study.error[near[0]][0] * (dt / dt[0]) ** order
        ax.plot(dt, line, color="grey", ls=":", lw=1.0, zorder=1)
        ax.annotate(label, (dt[-1], line[-1]), color="grey", ha="right", va="top", fontsize="small")


def _draw_scheme(ax: Axes, study: ConvergenceStudy, name: str, i: int) -> None:
    """Draw one scheme's errors, and its exact curve if that is known."""
    slope = study.order[name]
    label = f"{name}: slope {slope.value:.3f} ± {slope.stderr:.3f}"
    if name in study.exact_order:
        label += f" (exact {study.exact_order[name]:.3f})"
    face = choose_colour(i)
    if i % 2:
        face = "none"
    ax.errorbar(
        study.dt,
        study.error[name],
        yerr=2 * study.stderr[name],
        fmt=choose_marker(i),
        color=choose_colour(i),
        ms=9 - 3 * (i % 3),
        mfc=face,
        capsize=3,
        label=label,
    )
    if name in study.exact:
        exact = study.exact[name]
        ax.plot(study.dt, exact, color=choose_colour(i), ls=choose_line_style(i), lw=1.2)


def plot_multilevel(found: MultilevelEstimate, *, ax: Axes | None = None) -> Axes:
    """Draw the variance and the mean of the multilevel differences by the number of steps.

    Parameters
    ----------
    found : MultilevelEstimate
        What `mlmc` returned.
    ax : Axes, optional
        Where to draw; new axes by default.

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
    ax = choose_axes(ax)
    fine = slice(1, None)  # the coarsest level has no difference
    steps = (2.0**found.level)[fine]
    errors = np.sqrt(found.variance / found.paths)[fine]
    ax.plot(
        steps,
        found.variance[fine],
        marker="o",
        color=COLOURS[0],
        label="variance of f(X$_l$) - f(X$_{l-1}$)",
    )
    ax.errorbar(
        steps,
        np.abs(found.mean[fine]),
        yerr=2 * errors,
        marker="s",
        mfc="none",
        color=COLOURS[1],
        ls="--",
        capsize=3,
        label="its mean, without sign",
    )
    ax.axhline(found.variance[0], color=COLOURS[2], ls="-.", label="variance of f itself")
    ax.set(
        xscale="log",
        yscale="log",
        xlabel="steps on the finer level",
        ylabel="variance, mean",
        title=f"Multilevel: {found.cost:.2g} steps for an error of {found.target:g}, "
        f"plainly {found.plain_cost:.2g}",
    )
    ax.legend()
    return ax
