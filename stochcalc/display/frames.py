"""Columns of numbers as a data frame of pandas, which is imported when it is needed."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from types import ModuleType

from numpy.typing import ArrayLike

from stochcalc.engine.compiler.interrupts import hold_interrupts_back
from stochcalc.typing import DataFrame


def make_data_frame(columns: Mapping[str, ArrayLike]) -> DataFrame:
    """Return columns as a DataFrame of pandas.

    Parameters
    ----------
    columns : dict of str to array_like
        The columns, all of one length.

    Raises
    ------
    ImportError
        If pandas is not installed.
    """
    return import_pandas().DataFrame(dict(columns))


def import_pandas() -> ModuleType:
    """Import pandas, or say how to install it.

    Raises
    ------
    ImportError
        If pandas is not installed.
    """
    try:
        with hold_interrupts_back():
            return importlib.import_module("pandas")
    except ImportError:
        raise ImportError("a DataFrame needs pandas: pip install pandas") from None
