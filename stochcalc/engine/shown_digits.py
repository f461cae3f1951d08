"""The text of a number beside its standard error, with the digits that mean something."""

from __future__ import annotations

import numpy as np


def show_with_error(value: float, stderr: float) -> str:
    """Return the text of one number and its standard error."""
    number, error = show_apart(value, stderr)
    return f"{number} +- {error}"


def show_apart(value: float, stderr: float) -> tuple[str, str]:
    """Return the text of one number, and that of its standard error."""
    return f"{value:.{choose_digits(value, stderr)}g}", f"{stderr:.2g}"


def show_shorthand(value: float, stderr: float) -> str:
    """Return the text of one number with its standard error in brackets, in its last two digits.

    0.50012 +- 0.00021 is 0.50012(21), and 1234.5 +- 2.5 is 1234.5(2.5).
    """
    if not (np.isfinite(value) and np.isfinite(stderr)) or stderr <= 0.0:
        return f"{value:.6g}({stderr:.2g})"
    exponent = int(np.floor(np.log10(max(abs(value), stderr))))
    if not -5 < exponent < 9:
        scale = 10.0**exponent
        return f"{show_shorthand(value / scale, stderr / scale)}e{exponent:+03d}"
    rounded = float(f"{stderr:.1e}")
    decimals = 1 - int(np.floor(np.log10(rounded)))
    if decimals <= 0:
        return f"{round(value, decimals):.0f}({rounded:.0f})"
    if rounded >= 1.0:
        return f"{value:.{decimals}f}({rounded:.{decimals}f})"
    return f"{value:.{decimals}f}({rounded * 10.0**decimals:.0f})"


def show_z(z: float) -> str:
    """Return the text of a distance in standard errors; beyond 99 its size says nothing more."""
    if z > 99.0:
        return ">99"
    if z < -99.0:
        return "<-99"
    return f"{z:+.2f}"


def choose_digits(value: float, stderr: float) -> int:
    """Return the significant digits that show a value to the second digit of its standard error."""
    if not (np.isfinite(value) and np.isfinite(stderr)) or value == 0 or stderr <= 0:
        return 6
    return int(np.clip(np.floor(np.log10(abs(value))) - np.floor(np.log10(stderr)) + 2, 2, 15))
