"""The picture of a convergence study: errors by step size, exact curves, reference slopes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from stochcalc.engine.given_values import check_kind
from stochcalc.plot.annotations import write_power
from stochcalc.plot.legends import place_legend
from stochcalc.plot.look import (
    choose_line_style,
    choose_marker,
    drawing,
    ink,
    is_narrow,
    read_line_keywords,
)
from stochcalc.plot.scales import tick_round_numbers, tick_steps
from stochcalc.plot.titles import write_title
from stochcalc.typing import Array, Axes

if TYPE_CHECKING:
    from stochcalc.laboratory.study import ConvergenceStudy

CLOSE = 0.2  # a slope as close as this to a multiple of 1/2 gets one reference line, else two
SIZES = (7, 6, 4)  # of markers, so that points on each other are all seen
BELOW = 0.6  # a reference line is this factor below the errors


def plot_convergence(study: ConvergenceStudy, *, ax: Axes | None = None, **line: object) -> Axes:
    """Draw errors by step size, with bars of two standard errors, and their exact values.

    The points are measured and the lines are exact. The thin dashed lines have the slopes 1/2, 1
    and so on that are next to the measured slopes. The title has the slope of one method, the
    legend the slopes of several.

    Parameters
    ----------
    study : ConvergenceStudy
        What `strong_convergence`, `weak_convergence` or another study returned.
    ax : Axes, optional
        Where to draw; new axes by default. A second study on the same axes has the next colours.
    **line
        Properties of the points and the lines, as `Axes.plot` of Matplotlib takes them. A label
        goes before the names of the methods.

    Returns
    -------
    Axes
        The axes, both logarithmic, with ticks at the step sizes.

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
    check_kind("study", study, "ConvergenceStudy")
    properties = read_line_keywords(line)
    prefix = properties.pop("label", None)
    with drawing(ax) as axes:
        axes.set(xscale="log", yscale="log", xlabel="step size dt", ylabel=study.quantity)
        narrow = is_narrow(axes.figure.canvas.figure)
        axes.margins(y=0.16 if narrow else 0.1)  # room for the names of the slopes
        drawn_before = len(axes.containers)
        for i, name in enumerate(study.error):
            label = _write_label(study, name, prefix)
            _draw_scheme(axes, study, name, drawn_before + i, label, properties)
        _draw_reference_slopes(axes, study)
        if study.exact:
            key: dict[str, Any] = {
                "marker": "o",
                "markersize": 5,
                "linewidth": 1.2,
                "color": ink(axes),
            }
            axes.plot([], [], **key, label="points: measured, lines: exact")
        write_title(axes, _write_title(study), study.quantity)
        tick_steps(axes.xaxis, study.dt)
        place_legend(axes)
        tick_round_numbers(axes.yaxis)
    return axes


def _write_slope(study: ConvergenceStudy, name: str) -> str:
    """Return the measured slope of one method, and the exact one where it is known."""
    slope = study.order[name]
    digits = 3
    if 0.0 < slope.stderr < 0.001:
        digits = min(math.ceil(-math.log10(slope.stderr)), 6)
    text = f"slope {slope.value:.{digits}f} ± {slope.stderr:.{digits}f}"
    if name in study.exact_order:
        text += f", exact {study.exact_order[name]:.{digits}f}"
    return text


def _write_label(study: ConvergenceStudy, name: str, prefix: object) -> str:
    """Return the entry of one method in the legend."""
    if prefix is None:
        return f"{name}: {_write_slope(study, name)}"
    if len(study.error) == 1:
        return f"{prefix}: {_write_slope(study, name)}"
    return f"{prefix}, {name}: {_write_slope(study, name)}"


def _write_title(study: ConvergenceStudy) -> str:
    """Return what was studied and, of one method, the slope that was found."""
    if len(study.error) > 1:
        return study.title
    (name,) = study.error
    return f"{study.title}\n{name}: {_write_slope(study, name)}"


def _draw_scheme(
    ax: Axes,
    study: ConvergenceStudy,
    name: str,
    i: int,
    label: str,
    properties: dict[str, Any],
) -> None:
    """Draw one scheme's errors, and its exact curve if that is known."""
    look: dict[str, Any] = {
        "linestyle": "",
        "marker": choose_marker(i),
        "markersize": SIZES[i % len(SIZES)],
        "capsize": 3,
        **properties,
    }
    if i % 2:
        look.setdefault("markerfacecolor", "none")
    found = ax.errorbar(
        study.dt, study.error[name], yerr=2 * study.stderr[name], label=label, **look
    )
    if name in study.exact:
        exact_look: dict[str, Any] = {
            "color": found.lines[0].get_color(),
            "linestyle": choose_line_style(i),
            "linewidth": 1.2,
            **{key: properties[key] for key in ("linestyle", "alpha") if key in properties},
        }
        ax.plot(study.dt, study.exact[name], **exact_look)


def _draw_reference_slopes(ax: Axes, study: ConvergenceStudy) -> None:
    """Draw a line of each reference slope below the errors whose slope is next to it."""
    scales: dict[float, float] = {}
    for name, slope in study.order.items():
        for power in reference_slopes(slope.value):
            error = study.error[name]
            seen = np.isfinite(error) & (error > 0)
            scale = BELOW * float((error[seen] / study.dt[seen] ** power).min())
            scales[power] = min(scale, scales.get(power, scale))
    for power, scale in scales.items():
        _draw_reference(ax, study.dt, power, scale)


def reference_slopes(slope: float) -> list[float]:
    """Return the multiples of 1/2 next to a slope: one if it is close to one, else two.

    A slope of 0 or below, and one that is not known, has none.

    Parameters
    ----------
    slope : float
        The measured slope.
    """
    if not slope > 0.0:
        return []
    nearest = round(2.0 * slope) / 2.0
    if nearest > 0.0 and abs(slope - nearest) <= CLOSE:
        return [nearest]
    low = np.floor(2.0 * slope) / 2.0
    return [float(power) for power in (low, low + 0.5) if power > 0.0]


def _draw_reference(ax: Axes, dt: Array, power: float, scale: float) -> None:
    """Draw scale dt^power as a thin line, with its slope written below its lower end."""
    values = scale * dt**power
    ax.plot(dt, values, color=ink(ax), linestyle=(0, (6, 3)), linewidth=0.8, alpha=0.7)
    ax.annotate(
        f"slope {write_power(power)}",
        (float(dt[-1]), float(values[-1])),
        xytext=(4, -2),
        textcoords="offset points",
        ha="left",
        va="top",
        fontsize="small",
        color=ink(ax),
    )
