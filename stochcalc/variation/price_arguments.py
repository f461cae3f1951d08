"""The arguments of the report of a price series, and parts of it in other units and places."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.engine import arrays, checks
from stochcalc.estimate import Estimate
from stochcalc.typing import Array, Integers
from stochcalc.variation.csv_fields import escape_control_signs
from stochcalc.variation.csv_series import Series
from stochcalc.variation.jumps import Jumps
from stochcalc.variation.sessions import find_gaps


def check_series(series: Series | ArrayLike) -> Series:
    """Return a series whose parts fit together; observations in an array have numbers for names.

    Raises
    ------
    TypeError, ValueError
        If the values are not finite real numbers, or if labels or times are not one for each of
        them, in order.
    """
    if not isinstance(series, Series):
        values = _check_values("series", series)
        labels = tuple(f"observation {i}" for i in range(len(values)))
        return Series(name="series", values=values, times=None, labels=labels)
    values = _check_values("series.values", series.values)
    times = series.times
    if times is not None:
        times = checks.not_decreasing(
            "series.times", arrays.read_reals("series.times", times, dates=True)
        )
    for name, part in (("labels", series.labels), ("times", times)):
        if part is not None and len(part) != len(values):
            raise ValueError(
                f"series.{name} has {len(part)} entries and series.values has {len(values)}: give "
                f"one for each value"
            )
    return replace(series, values=values, times=times)


def _check_values(name: str, values: ArrayLike) -> NDArray[Any]:
    """Return the values of a series as an array (n,) of finite numbers, whole ones unrounded."""
    numbers = arrays.read_reals(name, values)
    if numbers.dtype.kind == "f" or numbers.ndim != 1 or not numbers.size:
        return checks.array(name, numbers, ndim=1)
    return numbers


def check_window(name: str, width: int, n: int, *, least: int, most: int, option: str = "") -> int:
    """Return a number of returns in a window, checked for a series of n returns."""
    width = checks.integer(name, width, least)
    if width > most:
        raise ValueError(
            f"{name}={width} is too long for a series of {n} returns: choose a shorter one{option}"
        )
    return width


def take_logarithms(series: Series) -> Array:
    """Return the logarithms of the values of a series, or fail at the first that has none."""
    values = series.values
    wrong = np.flatnonzero(values <= 0)
    if wrong.size:
        i = wrong[0]
        raise ValueError(
            f"{escape_control_signs(series.name)}={values[i]:g} at "
            f"{escape_control_signs(series.labels[i])} is not positive: fix it, or "
            f"log=False (--no-log)"
        )
    logarithms: Array = np.log(values)
    return logarithms


def read_values(series: Series) -> Array:
    """Return the values of a series as floats, of which the increments alone matter."""
    if series.values.dtype.kind == "f":
        return np.asarray(series.values, dtype=np.float64)
    return arrays.subtract_lowest(series.name, series.values)


def spread(numbers: Array, place: Integers, count: int) -> Array:
    """Return numbers at their places among `count`, and nan at the others."""
    spread_out = np.full(count, np.nan)
    spread_out[place] = numbers
    return spread_out


def spread_estimate(estimate: Estimate, place: Integers, count: int) -> Estimate:
    """Return an estimate of arrays with its numbers at their places among `count`."""
    return Estimate(
        value=spread(estimate.value, place, count),
        stderr=spread(estimate.stderr, place, count),
        low=spread(estimate.low, place, count),
        high=spread(estimate.high, place, count),
        confidence=estimate.confidence,
    )


def spread_jumps(jumps: Jumps, place: Integers, count: int) -> Jumps:
    """Return jumps with their returns at their places among `count`."""
    found = np.zeros(count, dtype=bool)
    found[place] = jumps.found
    return replace(jumps, found=found, statistic=spread(jumps.statistic, place, count))


def choose_gaps(series: Series, sessions: bool | None) -> NDArray[np.bool_]:
    """Return which steps are gaps between sessions: none if they are not to be kept apart."""
    none = np.zeros(len(series.values) - 1, dtype=bool)
    if sessions is not None and not checks.flag("sessions", sessions):
        return none
    gaps = find_gaps(series.times)
    if sessions and not gaps.any():
        what = "no step between its times is many times the usual one"
        if series.times is None:
            what = "it has no times, name their column (--time)"
        raise ValueError(
            f"sessions=True, but {escape_control_signs(series.name)} shows none: {what}; or "
            f"sessions=None (without --sessions)"
        )
    if series.times is None:
        return none
    return gaps
