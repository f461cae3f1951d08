"""The text of a number beside its standard error, with the digits that mean something."""

from __future__ import annotations

import numpy as np


def show_with_error(value: float, stderr: float) -> str:
    """Return the text of one number and its standard error."""
    number, error = show_apart(value, stderr)
    return f"{number} +- {error}"


def show_apart(value: float, stderr: float) -> tuple[str, str]:
    """Return the text of one number, and that of its standard error, to the same place."""
    return show_beside(value, stderr), show_error(stderr)


def show_beside(number: float, stderr: float) -> str:
    """Return the text of a number to the second digit of a standard error."""
    if not _has_place(number, stderr):
        return f"{number:.6g}"
    rounded = float(f"{number:.{choose_digits(number, stderr) - 1}e}")
    digits = choose_digits(rounded, stderr)  # 0.9996 +- 0.050 is 1.000, with a digit more
    return f"{rounded:#.{digits}g}".rstrip(".")


def show_error(stderr: float) -> str:
    """Return the text of a standard error: two significant digits, also if the second is 0."""
    if stderr == 0.0 or not np.isfinite(stderr):
        return f"{stderr:g}"
    return f"{stderr:#.2g}".rstrip(".")


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
    if not _has_place(value, stderr):
        return 6
    place = np.floor(np.log10(float(f"{stderr:.1e}"))) - 1  # as it is printed: 0.0996 is 0.10
    return int(np.clip(np.floor(np.log10(abs(value))) - place + 1, 2, 15))


def _has_place(value: float, stderr: float) -> bool:
    """Say whether the standard error tells how many digits of the value mean something."""
    return bool(np.isfinite(value) and np.isfinite(stderr) and value != 0.0 and stderr > 0.0)
