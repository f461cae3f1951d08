"""The text of a number beside its standard error, with the digits that mean something."""

from __future__ import annotations

import numpy as np


def show_with_error(value: float, stderr: float) -> str:
    """Return the text of one number and its standard error."""
    return f"{value:.{choose_digits(value, stderr)}g} +- {stderr:.2g}"


def choose_digits(value: float, stderr: float) -> int:
    """Return the significant digits that show a value to the second digit of its standard error."""
    if not (np.isfinite(value) and np.isfinite(stderr)) or value == 0 or stderr <= 0:
        return 6
    return int(np.clip(np.floor(np.log10(abs(value))) - np.floor(np.log10(stderr)) + 2, 2, 15))
