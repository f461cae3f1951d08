"""Pictures. The only file that imports matplotlib, when a figure is wanted; every function takes
`ax` and returns it.

One style, used through a context: colours that colour-blind readers tell apart (Okabe and Ito
2008), line styles and markers that differ as well, theory drawn through the points, a title that is
the claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
MARKERS, LINES = "osD^v<", ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)))
STYLE: dict[Any, Any] = {
    "axes.grid": True,
    "grid.alpha": 0.3,
    "axes.titlesize": 12,
    "axes.labelsize": 11,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.figsize": (7.0, 4.6),
    "figure.dpi": 120,
    "savefig.bbox": "tight",
}


def style() -> Any:
    """The style as a context: `with style(): ...` changes nothing outside."""
    import matplotlib as mpl
    from cycler import cycler

    return mpl.rc_context({**STYLE, "axes.prop_cycle": cycler(color=COLOURS)})


def _axes(ax: Any) -> Any:
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    with style():
        return plt.subplots(layout="constrained")[1]


def save(draw: Any, path: str | Path) -> Path:
    """Draw on new axes (`draw(ax)`), write the figure and close it."""
    import matplotlib.pyplot as plt

    with style():
        figure, ax = plt.subplots(layout="constrained")
        draw(ax)
        figure.savefig(path)
        plt.close(figure)
    return Path(path)


def panels(
    ax: Any, count: int, title: str, *, stacked: bool = False, widths: Sequence[float] | None = None
) -> list[Any]:
    """`count` axes side by side (or stacked, over one x-axis) under one title, in the place of
    `ax`, which is hidden.

    Alone on its figure, `ax` grows to make room.
    """
    figure = ax.figure
    if figure.axes == [ax]:
        figure.set_size_inches(
            *((9.0, 6.4) if stacked else ((5.2 if count < 3 else 4.2) * count, 4.6))
        )
    ax.set_visible(False)
    part = figure.add_subfigure(ax.get_subplotspec())
    part.suptitle(title, fontsize=STYLE["axes.titlesize"])
    if figure.get_layout_engine() is not None and not stacked:
        figure.get_layout_engine().set(wspace=0.08)
    return list(
        part.subplots(count, 1, sharex=True)
        if stacked
        else part.subplots(1, count, width_ratios=widths)
    )


def points(ax: Any, x: Any, estimates: Sequence[Any], label: str, i: int = 0) -> None:
    """Measured values with bars of two standard errors, in the i-th colour and marker."""
    hollow = {"mfc": "none"} if i % 2 else {}
    ax.errorbar(
        x,
        [e.value for e in estimates],
        yerr=[2 * e.stderr for e in estimates],
        fmt=MARKERS[i % len(MARKERS)],
        color=COLOURS[i % len(COLOURS)],
        ms=6,
        capsize=3,
        lw=1.2,
        label=label,
        zorder=3,
        **hollow,
    )


def curve(ax: Any, x: Any, y: Any, label: str, i: int = 0) -> None:
    """A theorem's line in the i-th colour and line style."""
    ax.plot(x, y, color=COLOURS[i % len(COLOURS)], ls=LINES[i % len(LINES)], lw=1.5, label=label)


def limit_line(ax: Any, y: float, label: str) -> None:
    """The value in the limit: dotted and grey, for what is shown and not tested."""
    ax.axhline(y, ls=":", color="0.35", lw=1.4, label=label)


def histogram(ax: Any, samples: Any, bins: Any, label: str, i: int = 5) -> None:
    """A normalised histogram under the lines."""
    ax.hist(
        samples, bins=bins, density=True, color=COLOURS[i % len(COLOURS)], alpha=0.45, label=label
    )


def plot_paths(t: Any, values: Any, *, ax: Any = None, **line: Any) -> Any:
    """Paths (paths, times[, dim]) against time; of several components, the first."""
    ax = _axes(ax)
    rows = values if values.ndim == 2 else values[..., 0]
    many = len(rows) > 6
    for i, row in enumerate(rows):
        look = {
            "color": COLOURS[i % len(COLOURS)],
            "lw": 0.6 if many else 1.1,
            "alpha": 0.6 if many else 1.0,
        }
        ax.plot(t, row, **{**look, **line})
    ax.set(xlabel="t", ylabel="$W_t$", title=f"{len(rows)} Brownian path{'s' * (len(rows) > 1)}")
    return ax


def plot_solution(solution: Any, *, ax: Any = None, **line: Any) -> Any:
    """Paths of the first component, or for save="stats" mean and two standard deviations."""
    ax = _axes(ax)
    t = solution.t
    if solution.x is not None:
        plot_paths(t, solution.x[:50], ax=ax, **line)
    mean, var = (
        values if values.ndim == 1 else values[:, 0] for values in (solution.mean, solution.var)
    )
    if solution.x is None or len(solution.x) > 1:
        ax.plot(t, mean, color="black", lw=1.6, label="mean")
        ax.fill_between(
            t,
            mean - 2 * np.sqrt(var),
            mean + 2 * np.sqrt(var),
            color="black",
            alpha=0.12,
            lw=0,
            label="mean ± 2 standard deviations",
        )
        ax.legend()
    ax.set(
        xlabel="t",
        ylabel="$X_t$",
        title=f"{solution.info['paths']} paths by {solution.info['method']}",
    )
    return ax


def plot_convergence(study: Any, *, ax: Any = None) -> Any:
    """Errors with bars of two standard errors, exact finite-step curves through them, slopes in the
    legend.
    """
    ax = _axes(ax)
    for i, name in enumerate(study.error):
        colour, slope = COLOURS[i % len(COLOURS)], study.order[name]
        label = f"{name}: slope {slope.value:.3f} ± {slope.stderr:.3f}"
        if name in study.exact_order:
            label += f" (exact {study.exact_order[name]:.3f})"
        ax.errorbar(
            study.dt,
            study.error[name],
            yerr=2 * study.stderr[name],
            fmt=MARKERS[i % len(MARKERS)],
            color=colour,
            ms=9 - 3 * (i % 3),
            mfc="none" if i % 2 else colour,
            capsize=3,
            label=label,
        )
        if name in study.exact:
            ax.plot(study.dt, study.exact[name], color=colour, ls=LINES[i % len(LINES)], lw=1.2)
    ax.set(
        xscale="log", yscale="log", xlabel="step size dt", ylabel=study.quantity, title=study.title
    )
    ax.tick_params(
        axis="x",
        which="minor",
        labelbottom=bool(study.dt[0] < 10 * study.dt[-1] and len(study.dt) < 4),
    )
    ax.plot(
        [], [], color="grey", lw=1.2, label="lines: exact at these steps"
    ) if study.exact else None
    ax.legend()
    return ax


def plot_multilevel(found: Any, *, ax: Any = None) -> Any:
    """Variance and mean of the multilevel differences by step size, with the slope of the variance."""
    ax = _axes(ax)
    steps, fine = 2.0**found.level, slice(1, None)
    errors = np.sqrt(found.variance / found.paths)
    ax.plot(
        steps[fine],
        found.variance[fine],
        marker="o",
        color=COLOURS[0],
        label="variance of f(X$_l$) - f(X$_{l-1}$)",
    )
    ax.errorbar(
        steps[fine],
        np.abs(found.mean[fine]),
        yerr=2 * errors[fine],
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
        title=f"Multilevel: {found.cost:.2g} steps for an error of {found.target:g}, plainly {found.plain_cost:.2g}",
    )
    ax.legend()
    return ax


def plot_volatility(found: Any, *, ax: Any = None) -> Any:
    """The values of a series with their jumps above, the rolling volatility with its interval
    below.
    """
    ax = _axes(ax)
    series, roll, jumps = found.series, found.rolling, found.jumps.index
    t = np.arange(len(found.x)) if series.times is None else series.times
    whole, smooth = found.annual["realized"], found.annual["medrv"]
    share = (
        f"{len(jumps)} jumps"
        if found.test is None
        else (
            f"{100 * found.test.share:.0f} % of its variation came in jumps (p = "
            f"{found.test.pvalue:.1g})"
        )
    )
    top, bottom = panels(ax, 2, f"{series.name}: {share}", stacked=True)
    top.plot(t, series.values, color=COLOURS[0], lw=1.0, label=series.name)
    if len(jumps):
        top.plot(
            t[jumps],
            series.values[jumps],
            ls="",
            marker="o",
            ms=6,
            mfc="none",
            mew=1.6,
            color=COLOURS[1],
            label=f"{len(jumps)} jumps beyond {found.jumps.threshold:.1f} standard deviations",
        )
    top.axvspan(
        t[0], t[found.jump_window], color="0.5", alpha=0.12, lw=0, label="not tested for jumps"
    )
    top.set(ylabel=series.name, yscale="log" if found.log else "linear")
    if found.log:
        top.yaxis.set_major_formatter("{x:g}")
        top.yaxis.set_minor_formatter("{x:g}")
        bottom.yaxis.set_major_formatter("{x:.0%}")
    top.legend()
    sure = f"{100 * roll.confidence:g} % interval"
    bottom.fill_between(t, roll.low, roll.high, color=COLOURS[5], alpha=0.4, lw=0, label=sure)
    bottom.plot(t, roll.value, color=COLOURS[0], lw=1.2, label=f"over {found.window} returns")
    for i, (name, level) in enumerate(
        (("whole series, realized", whole), ("whole series, medRV", smooth)), start=1
    ):
        bottom.axhline(level.value, color=COLOURS[i], ls=LINES[i], lw=1.4, label=name)
    bottom.set(
        ylabel="volatility per year",
        xlabel="observation" if series.times is None else "time",
        ylim=(0, None),
    )
    bottom.legend(ncols=2)
    return ax


def contact_sheet(pictures: Sequence[str | Path], path: str | Path, columns: int = 4) -> Path:
    """All these PNG files on one page, each under its name."""
    import matplotlib.pyplot as plt

    rows = -(-len(pictures) // columns)
    figure, places = plt.subplots(
        rows, columns, figsize=(5.0 * columns, 3.5 * rows), squeeze=False, layout="constrained"
    )
    for place in places.flat:
        place.set_axis_off()
    for place, picture in zip(places.flat, pictures):
        place.imshow(plt.imread(picture))
        place.set_title(Path(picture).stem, fontsize=11)
    figure.savefig(path, dpi=200)
    plt.close(figure)
    return Path(path)


def plot_passage(found: Any, *, ax: Any = None, i: int = 0, **line: Any) -> Any:
    """P(tau <= t) with its interval, in the i-th colour and line style; a staircase where only grid
    times were looked at.
    """
    ax = _axes(ax)
    t = np.linspace(0.0, found.T, 401)
    law, inside = found.law(t), found.info["correction"]
    label = (
        f"n = {found.info['n']} and the bridges between"
        if inside
        else f"n = {found.info['n']} grid times alone"
    )
    look = {
        "color": COLOURS[i % len(COLOURS)],
        "ls": LINES[i % len(LINES)],
        "lw": 1.5,
        "label": label,
    }
    ax.plot(t, law.value, **{**look, **line})
    ax.fill_between(t, law.low, law.high, color=line.get("color", look["color"]), alpha=0.2, lw=0)
    ax.set(
        xlabel="t", ylabel="P(τ ≤ t)", title=f"First passage from {found.x0:g} to {found.barrier:g}"
    )
    return ax
