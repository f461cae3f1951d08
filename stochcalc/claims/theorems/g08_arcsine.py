"""G08: the arcsine law. The path spends most of its time on one side.

The number of positive values among W_{t_1}, ..., W_{t_n} has the law u_k u_{n-k}, u_k = C(2k,
k)/4^k, for every symmetric walk with continuous steps (Sparre Andersen 1953); the fraction of time
tends to (2/pi) arcsin sqrt(x).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.motion.brownian import brownian

N = 16


def law(n: int) -> np.ndarray[Any, Any]:
    """P(k of n values are positive), k = 0..n."""
    u = np.array([math.comb(2 * k, k) / 4**k for k in range(n + 1)])
    return u * u[::-1]


@claim(
    "G08",
    chapter="motion",
    title="The time spent above 0 has the arcsine law: mostly all of it, or none",
)
def arcsine(run: Run) -> Finding:
    """Probabilities and spread of the number of positive values among sixteen."""
    W = brownian(1.0, N, paths=run.paths, store=False, key=run.key)

    def numbers(w: Any) -> Any:
        positive = (w[:, 1:] > 0).sum(axis=1)
        return positive == 0, positive == N // 2, (positive / N - 0.5) ** 2

    found, p = run.expect(numbers, W, 3), law(N)
    spread = float(p @ (np.arange(N + 1) / N - 0.5) ** 2)
    rows = (
        Row(
            statement=f"P(no value positive), n = {N}",
            exact=p[0],
            measured=found[0].estimate(),
            twin=1 / (N + 1),
            twin_statement="uniform",
            paths=run.paths,
            limit=0.0,
        ),
        Row(
            statement=f"P(half of them positive), n = {N}",
            exact=p[N // 2],
            measured=found[1].estimate(),
            twin=1 / (N + 1),
            twin_statement="uniform",
            paths=run.paths,
            limit=0.0,
        ),
        Row(
            statement=f"E (share - 1/2)^2, n = {N}",
            exact=spread,
            measured=found[2].estimate(),
            twin=(N + 2) / (12 * N),
            twin_statement="uniform",
            paths=run.paths,
            limit=0.125,
        ),
    )

    def draw(ax: Any) -> Any:
        from stochcalc.plot import COLOURS, curve, points

        paths, k = 100_000, np.arange(N + 1)
        motion = brownian(1.0, N, paths=paths, store=False, key=run.key)
        shares = run.expect(lambda w: (w[:, 1:] > 0).sum(axis=1)[:, None] == k, motion, N + 1)
        points(ax, k / N, [shares[i].estimate() for i in k], "measured ± 2 standard errors")
        ax.bar(
            k / N,
            p,
            width=0.6 / N,
            color=COLOURS[5],
            alpha=0.5,
            label=f"u$_k$ u$_{{n-k}}$, exact for n = {N}",
        )
        x = np.linspace(0.008, 0.992, 400)
        curve(ax, x, 1 / (np.pi * np.sqrt(x * (1 - x))) / N, "arcsine density / n", 1)
        ax.axhline(1 / (N + 1), ls=":", color="0.35", lw=1.4, label="uniform")
        ax.set(
            xlabel="share of the values that are positive",
            ylabel="probability",
            ylim=(0, 0.2),
            title="The path is mostly on one side: the arcsine law",
        )
        ax.legend()
        return ax

    return Finding(rows, draw)
