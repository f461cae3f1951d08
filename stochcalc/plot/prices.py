"""The picture of a price series: its jumps above, its rolling volatility below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.plot.look import COLOURS, LINES, choose_axes
from stochcalc.plot.marks import panels
from stochcalc.typing import Axes
from stochcalc.variation.csv_fields import show

LONGEST_NAME = 40  # characters of a name in a picture

if TYPE_CHECKING:
    from stochcalc.variation.price_report import Volatility


def plot_volatility(found: Volatility, *, ax: Axes | None = None) -> Axes:
    """Draw a series with its jumps, and below it the rolling volatility with its interval.

    Parameters
    ----------
    found : Volatility
        What `volatility` returned.
    ax : Axes, optional
        The axes whose place the two panels take; new axes by default.

    Returns
    -------
    Axes
        The axes that were given or made. They are hidden behind the panels.

    Examples
    --------
    >>> import numpy as np
    >>> import stochcalc as sc
    >>> from stochcalc.plot import plot_volatility
    >>> prices = 100.0 * np.exp(0.01 * np.random.default_rng(1).standard_normal(200).cumsum())
    >>> ax = plot_volatility(sc.volatility(prices))
    >>> len(ax.figure.axes)
    3
    """
    ax = choose_axes(ax)
    series = found.series
    if series.times is None:
        t = np.arange(len(found.x))
        time_label = "observation"
    else:
        t = series.times
        time_label = "time"
    name = _write_plainly(series.name)
    top, bottom = panels(ax, 2, f"{name}: {_describe_jumps(found)}", stacked=True)
    _draw_prices(top, t, found)
    _draw_rolling(bottom, t, found)
    bottom.set(ylabel="volatility per year", xlabel=time_label, ylim=(0, None))
    bottom.legend(ncols=2)
    return ax


def _write_plainly(name: str) -> str:
    """Return a name as Matplotlib must get it to show its own characters: `$` begins mathematics.

    A long name is cut, and a character that has no picture is written as Python does.
    """
    plain = show(name)
    if len(plain) > LONGEST_NAME:
        plain = plain[: LONGEST_NAME - 3] + "..."
    return plain.replace("$", r"\$")


def _describe_jumps(found: Volatility) -> str:
    """Return the end of the title, which says how much of the variation came in jumps."""
    if found.test is None:
        return f"{len(found.jumps.index)} jumps"
    share = 100 * found.test.share
    return f"{share:.0f} % of its variation came in jumps (p = {found.test.pvalue:.1g})"


def _draw_prices(top: Axes, t: NDArray[Any], found: Volatility) -> None:
    """Draw the values, a circle at each jump, and a grey band where no jump was looked for."""
    series = found.series
    name = _write_plainly(series.name)
    jumps = found.jumps.index
    top.plot(t, series.values, color=COLOURS[0], lw=1.0, label=name)
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
    # The first return that is tested ends behind a full window, and the gaps within it.
    tested = np.flatnonzero(np.isfinite(found.jumps.statistic))
    untested = t[-1]
    if len(tested):
        untested = t[tested[0] - 1]
    top.axvspan(t[0], untested, color="0.5", alpha=0.12, lw=0, label="not tested for jumps")
    top.set(ylabel=name)
    if found.log:
        top.set_yscale("log")
        top.yaxis.set_major_formatter("{x:g}")
        top.yaxis.set_minor_formatter("{x:g}")
    top.legend()


def _draw_rolling(bottom: Axes, t: NDArray[Any], found: Volatility) -> None:
    """Draw the rolling volatility with its interval, and two estimates over the whole series."""
    roll = found.rolling
    if found.log:
        bottom.yaxis.set_major_formatter("{x:.0%}")
    sure = f"{100 * roll.confidence:g} % interval"
    bottom.fill_between(t, roll.low, roll.high, color=COLOURS[5], alpha=0.4, lw=0, label=sure)
    bottom.plot(t, roll.value, color=COLOURS[0], lw=1.2, label=f"over {found.window} returns")
    whole = {
        "whole series, realized": found.annual["realized"],
        "whole series, medRV": found.annual["medrv"],
    }
    for i, (name, level) in enumerate(whole.items(), start=1):
        bottom.axhline(level.value, color=COLOURS[i], ls=LINES[i], lw=1.4, label=name)
