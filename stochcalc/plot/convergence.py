"""Pictures of errors by step size: convergence studies, and multilevel estimates."""

from __future__ import annotations

from typing import Any

import numpy as np

from stochcalc.plot.look import COLOURS, axes_or_new, colour, line_style, marker


def plot_convergence(study: Any, *, ax: Any = None) -> Any:
    """Draw errors with bars of two standard errors, and exact finite-step curves through them.

    The slopes stand in the legend.
    """
    ax = axes_or_new(ax)
    for i, name in enumerate(study.error):
        _draw_scheme(ax, study, name, i)
    ax.set(
        xscale="log", yscale="log", xlabel="step size dt", ylabel=study.quantity, title=study.title
    )
    few_ticks = bool(study.dt[0] < 10 * study.dt[-1] and len(study.dt) < 4)
    ax.tick_params(axis="x", which="minor", labelbottom=few_ticks)
    if study.exact:
        ax.plot([], [], color="grey", lw=1.2, label="lines: exact at these steps")
    ax.legend()
    return ax


def _draw_scheme(ax: Any, study: Any, name: str, i: int) -> None:
    """Draw one scheme's errors, and its exact curve if that is known."""
    slope = study.order[name]
    label = f"{name}: slope {slope.value:.3f} ± {slope.stderr:.3f}"
    if name in study.exact_order:
        label += f" (exact {study.exact_order[name]:.3f})"
    face = "none" if i % 2 else colour(i)
    ax.errorbar(
        study.dt,
        study.error[name],
        yerr=2 * study.stderr[name],
        fmt=marker(i),
        color=colour(i),
        ms=9 - 3 * (i % 3),
        mfc=face,
        capsize=3,
        label=label,
    )
    if name in study.exact:
        ax.plot(study.dt, study.exact[name], color=colour(i), ls=line_style(i), lw=1.2)


def plot_multilevel(found: Any, *, ax: Any = None) -> Any:
    """Draw the variance and the mean of the multilevel differences by the number of steps."""
    ax = axes_or_new(ax)
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
