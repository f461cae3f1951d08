"""G21: strong errors of Euler-Maruyama and Milstein on geometric Brownian motion, level by level
against their exact values.

E |X_n - X_T|^2 = [(1 + ah)^2 + b^2 h + m]^n + e^((2a + b^2) T) - 2 [e^(ah) (1 + ah + b^2 h + m)]^n
for X_0 = 1, with m = 0 for Euler and b^4 h^2/2 for Milstein: each expectation is a product over
independent steps. A slope over all levels is not the order; the errors are what is tested.
"""

from __future__ import annotations

import math
from typing import Any

from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.laboratory.scheme_errors import strong_convergence
from stochcalc.models import gbm

A, B = 0.5, 0.5
EULER, MILSTEIN = "euler_maruyama", "milstein"


def mean_squares(name: str, levels: range) -> list[float]:
    """The mean-square errors at T = 1 by the formula above."""
    found = []
    for n in (2**level for level in levels):
        h = 1.0 / n
        second = B**2 * h + (0.5 * B**4 * h * h if name == MILSTEIN else 0.0)
        ours, cross = (
            ((1 + A * h) ** 2 + second) ** n,
            (math.exp(A * h) * (1 + A * h + second)) ** n,
        )
        found.append(ours + math.exp(2 * A + B**2) - 2 * cross)
    return found


@claim(
    "G21",
    chapter="schemes",
    title=(
        "Euler-Maruyama has strong order 1/2 and Milstein 1, each with its exact error "
        "at every step"
    ),
)
def strong_order(run: Run) -> Finding:
    """Mean-square errors at eight levels, driven by the same paths."""
    model, levels = gbm(A, B), range(2, 10)
    study = strong_convergence(
        model,
        1.0,
        1.0,
        methods=(EULER, MILSTEIN),
        levels=levels,
        paths=run.paths,
        key=run.key,
        workers=run.workers,
    )
    rows = []
    for name, wrong_power in ((EULER, 2), (MILSTEIN, 1)):
        exact, others = (
            mean_squares(name, levels),
            mean_squares(MILSTEIN if name == EULER else EULER, levels),
        )
        for i, level in enumerate(levels):
            n, rms, se = 2**level, study.error[name][i], study.stderr[name][i]
            twin, wrong = (
                (others[0], "the other scheme's")
                if i == 0
                else (exact[0] * (4 / n) ** wrong_power, f"order {wrong_power / 2:g} from n = 4 on")
            )
            rows.append(
                Row(
                    statement=f"E |X_n - X_T|^2 by {name}, n = {n}",
                    exact=exact[i],
                    measured=Estimate.normal(rms**2, 2 * rms * se),
                    twin=twin,
                    twin_statement=wrong,
                    paths=run.paths,
                    limit=0.0,
                )
            )

    def draw(ax: Any) -> Any:
        study = strong_convergence(
            model,
            1.0,
            1.0,
            methods=(EULER, MILSTEIN),
            levels=range(3, 11),
            paths=20_000,
            key=run.key,
            workers=run.workers,
        )
        study.plot(ax).set_title(
            "Euler-Maruyama has strong order 1/2, Milstein 1, with the exact error at every step"
        )
        return ax

    return Finding(tuple(rows), draw)
