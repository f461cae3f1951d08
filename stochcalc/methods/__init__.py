"""The SCHEMES: one file each, found by looking. `METHODS` maps names to records; adding a scheme is adding a file."""

from __future__ import annotations

import importlib
import pkgutil

from stochcalc.methods.method import Method

METHODS: dict[str, Method] = {}
for _module in pkgutil.iter_modules(__path__):
    if _module.name not in ("method", "tableau"):
        _record = importlib.import_module(f"{__name__}.{_module.name}").METHOD
        METHODS[_record.name] = _record

__all__ = ["METHODS", "Method"]
