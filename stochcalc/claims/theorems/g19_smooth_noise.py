"""G19: Wong and Zakai. Equations driven by smooth approximations of W tend to Stratonovich's
solution, not Ito's.

Let W^n be the polygon of n pieces and dX = sigma X dW^n an ordinary equation: X = exp(sigma W) at
the corners, with mean e^(sigma^2 T/2). Solved by m Euler steps in each piece, X is a product of (1
+ sigma dW/m)^m with a known mean: m = 1 is Ito's Euler-Maruyama with mean 1, and m = infinity is
Stratonovich. The limits do not commute.

So on the rough W itself a scheme of Stratonovich's calculus, Heun's, approaches exp(sigma W_T), and
Euler's does not: both distances are known at every n.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.laboratory.scheme_errors import strong_convergence
from stochcalc.models import gbm
from stochcalc.motion.brownian import brownian
from stochcalc.motion.constructions import inscribe

SIGMA, PIECES = 1.0, 16
HEUN = "heun"


def mean(m: int) -> float:
    """E of the solution with m Euler steps in each of the pieces: E (1 + c Z)^m = sum_j C(m, 2j)
    c^2j (2j - 1)!!, to the n.
    """
    c2 = SIGMA**2 / PIECES / m**2
    moment = sum(
        math.comb(m, 2 * j) * c2**j * math.prod(range(1, 2 * j, 2)) for j in range(m // 2 + 1)
    )
    return float(moment**PIECES)


def distance_of_euler(n: int) -> float:
    """E |prod (1 + sigma dW) - e^(sigma W_T)|^2 over n steps: Euler's product against the solution
    for smooth noise.
    """
    s = SIGMA**2 / n
    return (1 + s) ** n + math.exp(2 * SIGMA**2) - 2 * (math.exp(s / 2) * (1 + s)) ** n


def distance_of_heun(n: int) -> float:
    """The same of prod (1 + sigma dW + (sigma dW)^2/2), Heun's product."""
    s = SIGMA**2 / n
    return (
        (1 + 2 * s + 0.75 * s * s) ** n
        + math.exp(2 * SIGMA**2)
        - 2 * (math.exp(s / 2) * (1 + 1.5 * s + 0.5 * s * s)) ** n
    )


def ends(w: NDArray[np.float64], t: NDArray[np.float64], every: int) -> NDArray[np.float64]:
    """X_T by Euler steps along the polygon of w, looking at every `every`-th time."""
    smooth = inscribe(w, t, PIECES)
    return np.prod(1.0 + SIGMA * np.diff(smooth[:, ::every], axis=1), axis=1)


@claim(
    "G19",
    chapter="lambda",
    title="Smooth noise gives Stratonovich's solution (Wong and Zakai)",
)
def smooth_noise(run: Run) -> Finding:
    """Mean of dX = X dW^n with one and with eight Euler steps in each of sixteen pieces, and solved
    exactly.
    """
    m, paths = 8, max(2048, run.paths // 2)
    W = brownian(1.0, m * PIECES, paths=paths, store=False, key=run.key)

    def numbers(w: NDArray[np.float64]) -> Any:
        return ends(w, W.t, m), ends(w, W.t, 1), np.exp(SIGMA * w[:, -1])

    found, ito, stratonovich = run.expect(numbers, W, 3), 1.0, math.exp(SIGMA**2 / 2)
    study = strong_convergence(
        gbm(0.0, SIGMA, lam=0.5),
        1.0,
        1.0,
        methods=(HEUN,),
        levels=(4, 6),
        paths=paths,
        key=run.key,
        workers=run.workers,
    )
    rows = (
        Row(
            statement=f"E X_T, 1 Euler step in each of {PIECES} pieces",
            exact=mean(1),
            measured=found[0].estimate(),
            twin=stratonovich,
            twin_statement="e^(sigma^2 T/2)",
            paths=paths,
            limit=ito,
        ),
        Row(
            statement=f"E X_T, {m} Euler steps in each piece",
            exact=mean(m),
            measured=found[1].estimate(),
            twin=ito,
            twin_statement="1 for smooth noise too",
            paths=paths,
            limit=stratonovich,
        ),
        Row(
            statement="E X_T, every piece solved exactly",
            exact=stratonovich,
            measured=found[2].estimate(),
            twin=ito,
            twin_statement="1 for smooth noise too",
            paths=paths,
            limit=stratonovich,
        ),
        *[
            Row(
                statement=f"E |X_n - exp(sigma W_T)|^2 by {HEUN} on W itself, n = {n}",
                exact=distance_of_heun(n),
                measured=Estimate.normal(
                    study.error[HEUN][i] ** 2, 2 * study.error[HEUN][i] * study.stderr[HEUN][i]
                ),
                twin=distance_of_euler(n),
                twin_statement="Euler-Maruyama's",
                paths=paths,
                limit=0.0,
            )
            for i, n in enumerate((16, 64))
        ],
    )

    def draw(ax: Any) -> Any:
        from stochcalc.plot import curve, points

        steps, fine = np.array([1, 2, 4, 8, 16, 32]), 32
        V = brownian(1.0, fine * PIECES, paths=50_000, store=False, key=run.key)
        found = run.expect(
            lambda w: tuple(ends(w, V.t, int(fine // k)) for k in steps), V, len(steps)
        )
        points(
            ax,
            steps,
            [found[i].estimate() for i in range(len(steps))],
            "mean of X$_T$, measured",
            0,
        )
        curve(ax, steps, [mean(int(k)) for k in steps], "E (1 + σΔW/m)$^m$ per piece, exact", 0)
        curve(ax, steps, np.full(len(steps), stratonovich), "Stratonovich: exp(σ$^2$T/2)", 1)
        curve(ax, steps, np.ones(len(steps)), "Ito: 1", 2)
        ax.set(
            xscale="log",
            xlabel="Euler steps m in each of 16 straight pieces",
            ylabel="E X$_T$",
            xticks=steps,
            xticklabels=map(str, steps),
            title="The smoother the noise, the more Stratonovich: dX = σX dW$^n$",
        )
        ax.minorticks_off()
        ax.legend()
        return ax

    return Finding(rows, draw)
