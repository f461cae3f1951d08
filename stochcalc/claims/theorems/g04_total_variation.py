"""G04: Brownian paths have infinite variation, and p = 2 is the only power at which their variation
converges.

E sum |dW| = sqrt(2 n T/pi) grows without bound while its variance T (1 - 2/pi) stays: sooner or
later every path passes every bound. In general E sum |dW|^p = m_p T^(p/2) n^(1 - p/2) with m_p = E
|Z|^p.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.motion.brownian import brownian
from stochcalc.variation.along_motion import absolute_moment, first_sum, variation_job

N = 64


@claim(
    "G04",
    chapter="variation",
    title=(
        "Brownian paths have infinite variation: sum |dW|^p grows for p < 2 and vanishes for p > 2"
    ),
)
def total_variation(run: Run) -> Finding:
    """Mean and variance of the first variation, mean of the third."""
    W = brownian(1.0, N, paths=run.paths, store=False, key=run.key)
    (first,), (third,) = (
        run.measure(variation_job(W, p, first_sum, 1, save_rows=False)) for p in (1.0, 3.0)
    )
    rows = (
        Row(
            statement=f"E sum |dW|, n = {N}",
            exact=math.sqrt(2 * N / math.pi),
            measured=first.estimate(),
            twin=math.sqrt(N),
            twin_statement="sqrt(n T)",
            paths=run.paths,
        ),
        Row(
            statement=f"Var sum |dW|, n = {N}",
            exact=1 - 2 / math.pi,
            measured=first.variance(),
            twin=1.0,
            twin_statement="T, as if |dW| had mean 0",
            paths=run.paths,
            limit=1 - 2 / math.pi,
        ),
        Row(
            statement=f"E sum |dW|^3, n = {N}",
            exact=absolute_moment(3.0) / math.sqrt(N),
            measured=third.estimate(),
            twin=1 / math.sqrt(N),
            twin_statement="n^(-1/2), without E |Z|^3",
            paths=run.paths,
            limit=0.0,
        ),
    )

    def draw(ax: Any) -> Any:
        from stochcalc.plot import curve, points

        n = 2 ** np.arange(2, 11)
        motions = [brownian(1.0, int(k), paths=4096, store=False, key=run.key) for k in n]
        for i, p in enumerate((1.0, 1.5, 2.0, 2.5, 3.0)):
            found = [
                run.measure(variation_job(W, p, first_sum, 1, save_rows=False))[0].estimate()
                for W in motions
            ]
            points(ax, n, found, "", i)
            curve(
                ax,
                n,
                absolute_moment(p) * n ** (1 - p / 2),
                f"p = {p:g}: m$_p$ n$^{{{1 - p / 2:g}}}$, exact",
                i,
            )
        ax.set(
            xscale="log",
            yscale="log",
            xlabel="number of steps n",
            ylabel="mean of Σ |ΔW|$^p$",
            title="Only p = 2 has a limit: below it variation explodes, above it vanishes",
        )
        ax.legend()
        return ax

    return Finding(rows, draw)
