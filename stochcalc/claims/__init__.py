"""The catalogue of theorems behind `stochcalc verify`.

A claim is a theorem with a number that is known exactly, a measurement of it on simulated paths,
and a twin: a plausible wrong number. The claim holds if the measurement agrees with the exact
number and rejects the twin; if it cannot reject the twin yet, it says how many paths would.

Read `claim` for these records, then any file of `theorems`, such as `g09_riemann_sums`: one file is
one theorem, with its measurement and its figure. `report` runs the catalogue and prints it, `page`
writes it as HTML, and `chain_law` is the quadrature behind the claims on samplers. Adding a claim
is adding a function to a file of `theorems`.
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
