"""G21: the strong error of Euler-Maruyama on geometric Brownian motion, level by level against its closed form.

E |X_n - X_T|^2 = [(1 + ah)^2 + b^2 h]^n + e^((2a + b^2) T) - 2 [e^(ah) (1 + ah + b^2 h)]^n for X_0 = 1: each expectation is a
product over independent steps. A slope over all levels is not the order; the errors are what is tested.
"""

from __future__ import annotations

import math
from typing import Any

from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.laboratory import strong_convergence
from stochcalc.models import gbm

A, B = 0.5, 0.5


@claim("G21", "schemes", "Euler-Maruyama converges strongly with order 1/2, with the error of its closed form")
def strong_order(run: Run) -> Finding:
    """Mean-square errors at three levels, driven by the same paths."""
    model, levels = gbm(A, B), (4, 6, 8)
    study = strong_convergence(model, 1.0, 1.0, levels=levels, paths=run.paths, key=run.key, workers=run.workers)
    errors, stderrs = study.error["euler_maruyama"], study.stderr["euler_maruyama"]
    exact = study.exact["euler_maruyama"] ** 2
    rows = []
    for level, rms, se, value in zip(levels, errors, stderrs, exact):
        n = 2**level
        twin, wrong = (math.exp(2 * A + B * B) * B**4 / (2 * n), "the leading term alone") if level == 4 else (
            exact[0] * (16 / n) ** 2, "order 1 from n = 16 on")
        rows.append(Row(f"E |X_n - X_T|^2, n = {n}", value, Estimate.normal(rms**2, 2 * rms * se), twin, wrong, run.paths, 0.0))

    def draw(ax: Any) -> Any:
        study = strong_convergence(model, 1.0, 1.0, levels=range(3, 11), paths=20_000, key=run.key, workers=run.workers)
        study.plot(ax).set_title("Euler-Maruyama has strong order 1/2, and its exact error at every step")
        return ax

    return Finding(tuple(rows), draw)
