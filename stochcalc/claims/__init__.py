"""The catalogue of theorems behind `stochcalc verify`. Adding a claim is one function in one file of this folder."""

from __future__ import annotations

import importlib
import pkgutil

from stochcalc.claims.claim import CLAIMS, Claim, Estimate, Finding, Row, Run

_MACHINERY = ("claim", "report", "page", "chain_law")
for _module in pkgutil.iter_modules(__path__):
    if _module.name not in _MACHINERY:
        importlib.import_module(f"{__name__}.{_module.name}")

from stochcalc.claims.report import Report, verify  # noqa: E402  (the report needs the catalogue)

__all__ = ["CLAIMS", "Claim", "Estimate", "Finding", "Report", "Row", "Run", "verify"]
