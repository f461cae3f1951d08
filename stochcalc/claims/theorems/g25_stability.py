"""G25: with a step that is too long, stability in mean square and along a path are two things.

Euler-Maruyama on dX = lam X dt + mu X dW multiplies by 1 + h lam + sqrt(h) mu N in each step, with
N standard normal. Hence, for every n,

    E X_n^2 = ((1 + h lam)^2 + h mu^2)^n X_0^2
    (1/n) E ln |X_n/X_0| = E ln |1 + h lam + sqrt(h) mu N|

By the law of large numbers, the second is the almost sure growth rate per step. At lam = -3 and mu
= sqrt(3) the solution decays in both senses, by e^(-3h) and -4.5 h per step. For h = 1, 1/2 and 1/4
the scheme has the factors 7, 1.75 and 0.8125, and the rates 0.437, 0.153 and -0.064. X_n^2 has
heavy tails, so that its sample mean can be trusted for a few steps only: we take two.

Source: Higham, SIAM Review 43 (2001) 525, section 7; Saito and Mitsui, SIAM J. Numer. Anal. 33
(1996) 2254.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.special import ndtri

from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.engine.statistics import record_of_rows
from stochcalc.models import gbm
from stochcalc.moments import Moments
from stochcalc.solver.solve import solve

LAM, MU, STEPS, FEW, MANY = -3.0, math.sqrt(3.0), (1.0, 0.5, 0.25), 2, 20
MODEL = gbm(LAM, MU)


def factor(h: float) -> float:
    """E X_1^2 / X_0^2."""
    return (1 + h * LAM) ** 2 + h * MU * MU


def rate(h: float) -> float:
    """E ln |1 + h lam + sqrt(h) mu N|, the integral cut at the singularity of the logarithm."""
    mean, spread = 1 + h * LAM, math.sqrt(h) * MU

    def integrand(z: float) -> float:
        return math.log(abs(mean + spread * z)) * math.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)

    zero = -mean / spread
    return math.fsum(
        quad(integrand, *ends, epsabs=1e-12, limit=200)[0]
        for ends in ((-np.inf, zero), (zero, np.inf))
    )


def rates(u: NDArray[np.float64], v: NDArray[np.float64]) -> NDArray[np.float64]:
    """E ln |1 + u + sqrt(v) N| for a picture: the mean over equally likely N."""
    z = ndtri((np.arange(1000) + 0.5) / 1000)
    return np.log(np.abs(1.0 + u[..., None] + np.sqrt(v)[..., None] * z) + 1e-9).mean(axis=-1)


def states(run: Run, h: float, n: int) -> NDArray[np.float64]:
    """X_n of Euler-Maruyama from X_0 = 1, one per path."""
    x = solve(
        MODEL, 1.0, n * h, n=n, paths=run.paths, save="last", key=run.key, workers=run.workers
    ).x
    assert x is not None
    return x


@claim(
    "G25",
    chapter="schemes",
    title=(
        "Euler-Maruyama is mean-square stable if (1 + h lam)^2 + h mu^2 < 1, and on "
        "paths for larger h"
    ),
)
def stability(run: Run) -> Finding:
    """Second moments after two steps and growth rates over twenty, at Higham's three step sizes."""
    rows = []
    for h in STEPS:
        twin, wrong = (
            (math.exp((2 * LAM + MU * MU) * h * FEW), "e^((2 lam + mu^2) nh), as the solution")
            if h == 1
            else ((1 + h * LAM) ** (2 * FEW), "(1 + h lam)^(2n), without the noise")
        )
        rows.append(
            Row(
                statement=f"E X_n^2, h = {h:g}, n = {FEW}",
                exact=factor(h) ** FEW,
                measured=Moments(record_of_rows(states(run, h, FEW))).mean_square(),
                twin=twin,
                twin_statement=wrong,
                paths=run.paths,
            )
        )
    for h in STEPS:
        measured = Moments(record_of_rows(np.log(np.abs(states(run, h, MANY))) / MANY)).estimate()
        twin, wrong = (
            ((LAM - MU * MU / 2) * h, "(lam - mu^2/2) h, as the solution")
            if h == 0.5
            else (math.log(factor(h)) / 2, "half the logarithm of the mean-square factor")
        )
        rows.append(
            Row(
                statement=f"E ln |X_n|/n, h = {h:g}, n = {MANY}",
                exact=rate(h),
                measured=measured,
                twin=twin,
                twin_statement=wrong,
                paths=run.paths,
            )
        )

    def draw(ax: Any) -> Any:
        from stochcalc.plot import COLOURS

        u, v = np.meshgrid(np.linspace(-4.0, 1.0, 201), np.linspace(0.0, 4.0, 161))
        square, path = (1 + u) ** 2 + v - 1.0, rates(u, v)
        ax.contourf(u, v, path, levels=[-np.inf, 0.0], colors=[COLOURS[5]], alpha=0.3)
        ax.contourf(u, v, square, levels=[-np.inf, 0.0], colors=[COLOURS[0]], alpha=0.45)
        ax.contour(u, v, path, levels=[0.0], colors=[COLOURS[1]], linestyles="--")
        ax.contour(u, v, square, levels=[0.0], colors=[COLOURS[0]])
        ax.plot([], [], color=COLOURS[0], label=r"(1 + hλ)² + hμ² = 1: mean square")
        ax.plot([], [], color=COLOURS[1], ls="--", label=r"E ln|1 + hλ + √h μN| = 0: paths")
        ax.plot([-4.0, 0.0], [4.0, 0.0], color=COLOURS[2], ls=":", label="λ = −3, μ² = 3, all h")
        for i, h in enumerate(STEPS):
            ax.plot(h * LAM, h * MU * MU, color="black", marker="osD"[i], ms=7, ls="")
            ax.annotate(
                f"h = {h:g}\nE X² × {rows[i].measured.value ** (1 / FEW):.3g}\nrate "
                f"{rows[i + 3].measured.value:+.3f}",
                (h * LAM, h * MU * MU),
                xytext=(8, -2),
                textcoords="offset points",
                fontsize=9,
                va="center",
                bbox={"fc": "white", "alpha": 0.75, "lw": 0},
            )
        ax.set(
            xlabel="h λ",
            ylabel="h μ²",
            xlim=(-4.0, 1.0),
            ylim=(0.0, 4.0),
            title="Where Euler-Maruyama is stable: in mean square (dark), along paths (light)",
        )
        ax.legend(loc="upper right")
        return ax

    return Finding(tuple(rows), draw)
