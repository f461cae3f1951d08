"""The catalogue of theorems behind `stochcalc verify`.

Adding a claim is one function in one file of the folder theorems.
"""

from __future__ import annotations

import importlib
import pkgutil

from stochcalc.claims import theorems
from stochcalc.claims.claim import CLAIMS, Claim, Estimate, Finding, Row, Run

for _module in pkgutil.iter_modules(theorems.__path__):
    importlib.import_module(f"{theorems.__name__}.{_module.name}")

from stochcalc.claims.report import Report, verify  # noqa: E402  (the report needs the catalogue)

__all__ = ["CLAIMS", "Claim", "Estimate", "Finding", "Report", "Row", "Run", "verify"]
