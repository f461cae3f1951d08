"""Pictures. The only file that imports matplotlib, when a figure is wanted; every function takes `ax` and returns it.

One style, used through a context: colours that colour-blind readers tell apart (Okabe and Ito 2008), line styles and markers
that differ as well, theory drawn through the points, a title that is the claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
MARKERS, LINES = "osD^v<", ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)))
STYLE: dict[Any, Any] = {
    "axes.grid": True, "grid.alpha": 0.3, "axes.titlesize": 12, "axes.labelsize": 11,
    "xtick.labelsize": 10, "ytick.labelsize": 10, "legend.fontsize": 9, "legend.frameon": False, "axes.spines.top": False,
    "axes.spines.right": False, "figure.figsize": (7.0, 4.6), "figure.dpi": 120, "savefig.bbox": "tight",
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


def plot_paths(t: Any, values: Any, *, ax: Any = None, **line: Any) -> Any:
    """Paths (paths, times[, dim]) against time; of several components, the first."""
    ax = _axes(ax)
    rows = values if values.ndim == 2 else values[..., 0]
    many = len(rows) > 6
    for i, row in enumerate(rows):
        look = {"color": COLOURS[i % len(COLOURS)], "lw": 0.6 if many else 1.1, "alpha": 0.6 if many else 1.0}
        ax.plot(t, row, **{**look, **line})
    ax.set(xlabel="t", ylabel="$W_t$", title=f"{len(rows)} Brownian path{'s' * (len(rows) > 1)}")
    return ax


def plot_solution(solution: Any, *, ax: Any = None, **line: Any) -> Any:
    """Paths of the first component, or for save="stats" mean and two standard deviations."""
    ax = _axes(ax)
    t = solution.t
    if solution.x is not None:
        plot_paths(t, solution.x[:50], ax=ax, **line)
    mean, var = (values if values.ndim == 1 else values[:, 0] for values in (solution.mean, solution.var))
    if solution.x is None or len(solution.x) > 1:
        ax.plot(t, mean, color="black", lw=1.6, label="mean")
        ax.fill_between(t, mean - 2 * np.sqrt(var), mean + 2 * np.sqrt(var), color="black", alpha=0.12, lw=0,
                        label="mean ± 2 standard deviations")
        ax.legend()
    ax.set(xlabel="t", ylabel="$X_t$", title=f"{solution.info['paths']} paths by {solution.info['method']}")
    return ax


def plot_convergence(study: Any, *, ax: Any = None) -> Any:
    """Errors with bars of two standard errors, exact finite-step curves through them, slopes in the legend."""
    ax = _axes(ax)
    for i, name in enumerate(study.error):
        colour, slope = COLOURS[i % len(COLOURS)], study.order[name]
        label = f"{name}: slope {slope.value:.3f} ± {slope.stderr:.3f}"
        if name in study.exact_order:
            label += f" (exact {study.exact_order[name]:.3f})"
        ax.errorbar(study.dt, study.error[name], yerr=2 * study.stderr[name], fmt=MARKERS[i % len(MARKERS)], color=colour,
                    ms=9 - 3 * (i % 3), mfc="none" if i % 2 else colour, capsize=3, label=label)
        if name in study.exact:
            ax.plot(study.dt, study.exact[name], color=colour, ls=LINES[i % len(LINES)], lw=1.2)
    ax.set(xscale="log", yscale="log", xlabel="step size dt", ylabel=study.quantity, title=study.title)
    ax.plot([], [], color="grey", lw=1.2, label="lines: exact at these steps") if study.exact else None
    ax.legend()
    return ax


def plot_isometry(sides: Sequence[tuple[int, Any, float]], *, ax: Any = None) -> Any:
    """(n, estimate of E I^2, E int G^2 dt) for several n: both sides of the isometry."""
    ax = _axes(ax)
    n = [side[0] for side in sides]
    ax.errorbar(n, [side[1].value for side in sides], yerr=[2 * side[1].stderr for side in sides], fmt="o", color=COLOURS[0],
                capsize=3, label="E I², measured (± 2 standard errors)")
    ax.plot(n, [side[2] for side in sides], ls="-", color=COLOURS[1], label="E ∫ G² dt = T²/2 (1 − 1/n), exact")
    ax.axhline(0.5, ls=":", color="grey", label="limit T²/2")
    ax.set(xscale="log", xlabel="number of steps n", ylabel="second moment", title="Ito's isometry holds at every n: G = W")
    ax.set_xticks(n, [str(value) for value in n], minor=False)
    ax.minorticks_off()
    ax.legend()
    return ax


def plot_readings(solutions: Sequence[tuple[float, Any]], sigma: float, *, ax: Any = None) -> Any:
    """Means of dX = sigma X (lambda) dW under several readings, each with the theorem's curve and a few paths."""
    ax = _axes(ax)
    for i, (lam, sol) in enumerate(solutions):
        colour = COLOURS[i]
        ax.plot(sol.t, sol.x[:3].T, color=colour, lw=0.5, alpha=0.4)
        ax.errorbar(sol.t[50::50], sol.mean[50::50], yerr=2 * sol.stderr[50::50], fmt=MARKERS[i], color=colour, capsize=3,
                    label=f"λ = {lam:g}, measured mean")
        ax.plot(sol.t, np.exp(lam * sigma**2 * sol.t), color=colour, ls=LINES[i], lw=1.6, label=f"exp({lam:g} σ² t)")
    ax.set(xlabel="t", ylabel="$X_t$", ylim=(0, 1.6 * np.exp(sigma**2 * solutions[0][1].t[-1])),
           title="The reading changes the model: dX = σX ∘λ dW on the same W")
    ax.legend(ncols=3)
    return ax


def plot_bias(points: Sequence[tuple[float, Any]], *, ax: Any = None) -> Any:
    """(h, estimate of the variance) of ULA on N(0, 1), with the theorem's curve."""
    ax = _axes(ax)
    h = np.array([point[0] for point in points])
    ax.errorbar(h, [point[1].value for point in points], yerr=[2 * point[1].stderr for point in points], fmt="o",
                color=COLOURS[0], capsize=3, label="variance of the chains (± 2 standard errors)")
    grid = np.linspace(0.0, h.max(), 100)
    ax.plot(grid, 1 / (1 - grid / 4), color=COLOURS[1], label="1 / (1 − h/4), exact")
    ax.axhline(1.0, ls=":", color="grey", label="the target's variance")
    ax.set(xlabel="step h of x + (h/2) s + √h z", ylabel="variance", title="ULA on N(0, 1) is biased, by a known amount")
    ax.legend()
    return ax


def plot_samplers(clouds: Sequence[tuple[str, Any, float | None]], *, ax: Any = None) -> Any:
    """Samples in the plane side by side, with the share of points above the line x + y = 0, and its exact value."""
    ax = _axes(ax)
    ax.set(xticks=[], yticks=[])
    ax.set_title("The target's weight at (5, 5) is 0.8:\nannealing comes close, the others do not", y=0.88)
    for side in ax.spines.values():
        side.set_visible(False)
    for i, (name, points, exact) in enumerate(clouds):
        panel = ax.inset_axes((i / len(clouds) + 0.02, 0.0, 1 / len(clouds) - 0.04, 0.75))
        panel.scatter(points[:, 0], points[:, 1], s=3, alpha=0.3, color=COLOURS[i], lw=0)
        panel.plot([-10, 10], [10, -10], ls=":", color="grey", lw=1)
        share = float((points.sum(axis=1) > 0).mean())
        panel.set(xlim=(-10, 10), ylim=(-10, 10), aspect="equal", xlabel="x", ylabel="y" if i == 0 else "",
                  xticks=(-5, 0, 5), yticks=(-5, 0, 5) if i == 0 else ())
        known = "" if exact is None else f" (exact {exact:.3f})"
        panel.set_title(f"{name}\nweight {share:.2f}{known}", fontsize=10)
    return ax
