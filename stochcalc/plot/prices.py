"""The picture of a price series: its jumps above, its rolling volatility below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine.given_values import check_kind
from stochcalc.engine.words import count
from stochcalc.plot.legends import place_legend
from stochcalc.plot.look import FILL, LINES, choose_colour, drawing, ink, read_line_keywords
from stochcalc.plot.marks import panels
from stochcalc.plot.scales import tick_round_numbers
from stochcalc.typing import Axes
from stochcalc.variation.csv_fields import escape_control_signs

LONGEST_NAME = 40  # characters of a name in a picture

if TYPE_CHECKING:
    from stochcalc.variation.price_report import Volatility


def plot_volatility(found: Volatility, *, ax: Axes | None = None, **line: object) -> Axes:
    """Draw a series with its jumps, and below it the rolling volatility with its interval.

    Parameters
    ----------
    found : Volatility
        What `volatility` returned.
    ax : Axes, optional
        The axes whose place the two panels take; new axes by default.
    **line
        Properties of the lines of the series and of its volatility, as `Axes.plot` of Matplotlib
        takes them. A label is the name of the series.

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
    check_kind("found", found, "Volatility")
    properties = read_line_keywords(line)
    series = found.series
    name = _write_plainly(str(properties.pop("label", series.name)))
    if series.times is None:
        t = np.arange(len(found.x))
        time_label = "observation"
    else:
        t = series.times
        time_label = "time"
    with drawing(ax) as axes:
        title = f"{name}: {_describe_jumps(found)}"
        top, bottom = panels(axes, 2, title, stacked=True)
        _draw_prices(top, t, found, name, properties)
        _draw_rolling(bottom, t, found, properties)
        bottom.set(ylabel="volatility per year", xlabel=time_label, ylim=(0, None))
        place_legend(top)
        place_legend(bottom)
    return axes


def _write_plainly(name: str) -> str:
    """Return a name as Matplotlib must get it to show its own characters: `$` begins mathematics.

    A long name is cut, and a character that has no picture is written as Python does.
    """
    plain = escape_control_signs(name)
    if len(plain) > LONGEST_NAME:
        plain = plain[: LONGEST_NAME - 3] + "..."
    return plain.replace("$", r"\$")


def _describe_jumps(found: Volatility) -> str:
    """Return the end of the title, which says how much of the variation came in jumps."""
    if found.test is None:
        return count(len(found.jumps.index), "jump")
    share = 100 * found.test.share
    return f"{share:.0f} % of its variation came in jumps (p = {found.test.pvalue:.1g})"


def _draw_prices(
    top: Axes, t: NDArray[Any], found: Volatility, name: str, properties: dict[str, Any]
) -> None:
    """Draw the values, a circle at each jump, and a pale band where no jump was looked for."""
    series = found.series
    jumps = found.jumps.index
    look = {"color": choose_colour(0), "linewidth": 1.0, **properties}
    top.plot(t, series.values, label=name, **look)
    if len(jumps):
        found_jumps = count(len(jumps), "jump")
        top.plot(
            t[jumps],
            series.values[jumps],
            ls="",
            marker="o",
            ms=6,
            mfc="none",
            mew=1.6,
            color=choose_colour(1),
            label=f"{found_jumps} beyond {found.jumps.threshold:.1f} standard deviations",
        )
    # The first return that is tested ends behind a full window, and the gaps within it.
    tested = np.flatnonzero(np.isfinite(found.jumps.statistic))
    untested = t[-1]
    if len(tested):
        untested = t[tested[0] - 1]
    top.axvspan(t[0], untested, color=ink(top), alpha=0.1, lw=0, label="not tested for jumps")
    top.set(ylabel="value")  # the title and the legend say whose
    if found.log:
        top.set(ylabel="price", yscale="log")
        tick_round_numbers(top.yaxis)


def _draw_rolling(
    bottom: Axes, t: NDArray[Any], found: Volatility, properties: dict[str, Any]
) -> None:
    """Draw the rolling volatility with its interval, and two estimates over the whole series."""
    roll = found.rolling
    if found.log:
        bottom.yaxis.set_major_formatter("{x:.0%}")
    sure = f"{100 * roll.confidence:g} % interval"
    bottom.fill_between(t, roll.low, roll.high, color=FILL, alpha=0.4, lw=0, label=sure)
    look = {"color": choose_colour(0), "linewidth": 1.2, **properties}
    bottom.plot(t, roll.value, **look, label=f"over {found.window} returns")
    whole = {
        "whole series, realized": found.annual["realized"],
        "whole series, medRV": found.annual["medrv"],
    }
    for i, (name, level) in enumerate(whole.items(), start=1):
        bottom.axhline(level.value, color=choose_colour(i), ls=LINES[i], lw=1.4, label=name)
