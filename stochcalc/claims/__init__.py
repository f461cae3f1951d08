"""The catalogue of theorems behind `stochcalc verify`.

A claim is a theorem with a number that is known exactly, a measurement of it on simulated paths,
and a twin: a plausible wrong number. The verdict is "agrees" if the measurement is within six
standard errors of the exact number and rejects the twin; if it cannot reject the twin yet, it says
how many paths would. A measurement never proves a theorem: the derivation in the file does.

Read `row` for the records that a claim yields, `run` for the calls that it makes, and `claim` for
the catalogue. Then read any file of `theorems`, such as `g09_riemann_sums`: one file is one
theorem, with its derivation, its measurement and its figure. `help(stochcalc.CLAIMS["G09"])` prints
the derivation. `report` runs the catalogue, `table` prints it and `page` writes it as HTML.
`chain_law` computes the law of a sampler's chain by quadrature, for the claims on samplers, and
`cubic_chains` those of three schemes with a steep drift. To add a claim, add a file to `theorems`:
every file there is read.
"""

from __future__ import annotations

import importlib
import pkgutil

from stochcalc.claims import theorems
from stochcalc.claims.claim import CLAIMS, Claim
from stochcalc.claims.row import Finding, Row
from stochcalc.claims.run import Run
from stochcalc.estimate import Estimate

for _module in pkgutil.iter_modules(theorems.__path__):
    importlib.import_module(f"{theorems.__name__}.{_module.name}")

from stochcalc.claims.report import Report, verify  # noqa: E402  (the report needs the catalogue)

__all__ = ["CLAIMS", "Claim", "Estimate", "Finding", "Report", "Row", "Run", "verify"]
