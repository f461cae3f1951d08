"""Elementary functions of our own, each a leaf that vectorises when inlined in a loop over lanes."""

from __future__ import annotations

from typing import Any

from stochcalc.engine.elementary.exponential import exp, exp2, expm1
from stochcalc.engine.elementary.hyperbolic import cosh, sinh, tanh
from stochcalc.engine.elementary.logarithm import log, log1p, log2, log10
from stochcalc.engine.elementary.power import fabs, pow, sqrt
from stochcalc.engine.elementary.trigonometric import cos, sin, tan

OWN: dict[str, Any] = {
    "exp": exp, "exp2": exp2, "expm1": expm1,
    "log": log, "log1p": log1p, "log2": log2, "log10": log10,
    "pow": pow, "power": pow, "float_power": pow, "sqrt": sqrt, "fabs": fabs, "abs": fabs, "absolute": fabs,
    "sin": sin, "cos": cos, "tan": tan,
    "sinh": sinh, "cosh": cosh, "tanh": tanh,
}  # fmt: skip

__all__ = ["OWN", *sorted({"exp"})]
