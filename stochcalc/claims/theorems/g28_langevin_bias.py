"""G28: the stationary moments of Langevin samplers on a quadratic well, N(0, 1/omega^2).

With step h and k = omega^2, ULA has omega^2 <q^2> = 1/(1 - k h/4), and Leimkuhler-Matthews has 1.
With time step h, unit mass, c = h^2 omega^2/4 and any friction, the splittings have the following
(omega^2 <q^2>, <p^2>):

    BAOAB  (1, 1 - c)
    ABOBA  (1, 1/(1 - c))
    OBABO  (1/(1 - c), 1)
    OABAO  (1 - c, 1)
    BAOA   (1, 1)

Chains start at 0. After N steps the memory of the start has decayed to less than 1e-3 of these
moments, far below a standard error. Both wells are run at once, as a system of two independent
components.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.langevin import SAMPLERS, sample

OMEGAS, STEPS, N = (1.0, 2.0), (0.2, 0.4, 0.8), 40
PRECISION = np.diag(np.square(OMEGAS))
METHODS = tuple(name for name, sampler in SAMPLERS.items() if not sampler.adjusted)


def settled(method: str, k: float, h: float) -> tuple[float, float]:
    """(omega^2 <q^2>, <p^2>) in the limit, by the formulas above; overdamped methods have no
    momentum.
    """
    c = k * h * h / 4
    formulas = {
        "ula": (1 / (1 - k * h / 4), math.nan),
        "lm": (1.0, math.nan),
        "baoab": (1.0, 1 - c),
        "aboba": (1.0, 1 / (1 - c)),
        "obabo": (1 / (1 - c), 1.0),
        "oabao": (1 - c, 1.0),
        "baoa": (1.0, 1.0),
    }
    return formulas[method]


def twin(method: str, k: float, h: float, momentum: bool) -> tuple[float, str]:
    """A plausible wrong value of a moment."""
    c, right = k * h * h / 4, settled(method, k, h)[momentum]
    if right != 1.0:
        return 1.0, "1: no bias"
    if momentum:
        return 1 - c, "1 - c, as BAOAB has it"
    return (
        (1 / (1 - k * h / 4), "ULA's")
        if method == "lm"
        else (1 / (1 - c), "1/(1 - c), as OBABO has it")
    )


def measured(run: Run, method: str, h: float, paths: int, n: int = N) -> Any:
    """Measure the moments of both wells after n steps: of positions, and of momenta if any."""
    chains = sample(
        lambda x, a, b: (-a * x[0], -b * x[1]),
        (0.0, 0.0),
        step=h,
        n=n,
        chains=paths,
        method=method,
        thin=n,
        save="stats",
        args=tuple(np.diag(PRECISION)),
        key=run.key,
        workers=run.workers,
        progress=run.progress,
    )
    return chains.moments, chains.p_moments


def rows_at(run: Run, method: str, h: float, paths: int) -> list[Row]:
    """The moments of one sampler at one step."""
    found, rows = measured(run, method, h, paths), []
    for i, omega in enumerate(OMEGAS):
        for momentum in range(1 + SAMPLERS[method].momentum):
            unit = 1.0 if momentum else omega**2
            square = found[momentum][-1, i].mean_square()
            scaled = Estimate.normal(unit * square.value, unit * square.stderr)
            wrong, what = twin(method, omega**2, h, bool(momentum))
            name = f"<p^2>, {method}" if momentum else f"omega^2 <q^2>, {method}"
            rows.append(
                Row(
                    statement=f"{name}, omega = {omega:g}, h = {h:g}",
                    exact=settled(method, omega**2, h)[momentum],
                    measured=scaled,
                    twin=wrong,
                    twin_statement=what,
                    paths=paths,
                )
            )
    return rows


@claim(
    "G28",
    chapter="langevin",
    title="Langevin samplers settle to moments that are exact or biased by a known amount",
)
def langevin_bias(run: Run) -> Finding:
    """Second moments of seven samplers on two wells."""
    rows = [row for method in METHODS for row in rows_at(run, method, STEPS[1], run.paths)]
    others = [
        row
        for h in (STEPS[0], STEPS[2])
        for method in METHODS
        for row in rows_at(run, method, h, run.paths // 8)
    ]
    worst = max(others, key=lambda row: abs(row.z))
    remark = (
        f"at h = {STEPS[0]:g} and {STEPS[2]:g}, on {run.paths // 8} chains, {len(others)} further "
        f"moments: furthest from its exact value is {worst.statement}, z = {worst.z:+.2f}"
    )

    def draw(ax: Any) -> Any:
        from stochcalc.plot import COLOURS, LINES, panels, points

        left, right = panels(
            ax, 2, "Langevin samplers on N(0, 1): exact, or biased by a known amount"
        )
        steps, grid = np.array([0.3, 0.6, 0.9, 1.2, 1.5]), np.linspace(0.02, 1.6, 80)
        shown = (
            (
                left,
                0,
                {
                    "ula": "ULA",
                    "lm": "LM",
                    "baoab": "BAOAB, ABOBA, BAOA",
                    "obabo": "OBABO",
                    "oabao": "OABAO",
                },
            ),
            (right, 1, {"baoab": "BAOAB", "aboba": "ABOBA", "oabao": "OABAO, OBABO, BAOA"}),
        )
        for panel, momentum, names in shown:
            for i, (name, label) in enumerate(names.items()):
                squares = [
                    measured(run, name, float(h), 20_000)[momentum][-1, 0].mean_square()
                    for h in steps
                ]
                points(panel, steps + 0.02 * (name == "lm"), squares, label, i)
                panel.plot(
                    grid,
                    [settled(name, 1.0, h)[momentum] for h in grid],
                    color=COLOURS[i % len(COLOURS)],
                    ls=LINES[i % len(LINES)],
                    lw=1.2,
                )
            panel.set(xlabel="step h", ylabel="⟨p²⟩" if momentum else "⟨q²⟩", ylim=(0.35, 2.6))
            panel.legend()
        return ax

    return Finding(tuple(rows), draw, (remark,))
