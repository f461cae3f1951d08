"""The SCHEMES: one file each, found by looking.

`METHODS` maps names to records; adding a scheme is adding a file.
"""

from __future__ import annotations

import importlib
import pkgutil

from stochcalc.methods.method import Method


def discover() -> dict[str, Method]:
    """The records of all files in this folder that hold one, by name."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        if module.name not in ("method", "tableau"):
            record: Method = importlib.import_module(f"{__name__}.{module.name}").METHOD
            found[record.name] = record
    return found


METHODS = discover()

__all__ = ["METHODS", "Method"]
