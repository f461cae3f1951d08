"""The picture of many z at once: sorted, against the quantiles of the normal law."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.plot.look import drawing, ink
from stochcalc.typing import Axes


def plot_z(z: Sequence[float], *, ax: Axes | None = None) -> Axes:
    """Draw sorted z against the normal quantiles of their ranks.

    They lie near the diagonal if each is a standard normal number. Numbers of one claim share their
    paths, so that a few of them may leave it together.

    Parameters
    ----------
    z : sequence of float
        Distances in standard errors, at least one.
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    Axes

    Raises
    ------
    TypeError, ValueError
        For what is no sequence of finite numbers.

    Examples
    --------
    >>> from stochcalc.plot.normal_plot import plot_z
    >>> plot_z([-0.5, 1.0, 0.2]).get_xlabel()
    'normal quantile'
    """
    with hold_interrupts_back():
        from scipy.special import ndtri

    values = np.sort(checks.observations("z", z))
    quantiles = ndtri((np.arange(len(values)) + 0.5) / len(values))
    reach = max(3.0, float(np.abs(values).max()) + 0.3)
    with drawing(ax) as axes:
        axes.plot([-reach, reach], [-reach, reach], color=ink(axes), lw=1.0, ls="--")
        axes.plot(quantiles, values, "o", ms=4, mfc="none")
        axes.set(xlim=(-3.0, 3.0), ylim=(-reach, reach))
        axes.set(xlabel="normal quantile", ylabel="z, sorted")
        axes.set_title(f"{len(values)} z: mean square {float(np.mean(values**2)):.2f}, exact 1")
    return axes
