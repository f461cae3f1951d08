"""G07: the maximum of Brownian motion, seen at grid times and seen at all times.

By reflection P(max W >= a) = 2 P(W_T >= a), so E max W = sqrt(2 T/pi). At grid times the maximum is
smaller: E M_n = sqrt(h/(2 pi)) sum_{k<=n} k^(-1/2) exactly (Spitzer), short by 0.5826 sqrt(h) =
-zeta(1/2)/sqrt(2 pi) sqrt(h) in the limit. The maximum of the bridges between grid times repairs
it, at any n.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.special import ndtr

from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.motion.brownian import brownian
from stochcalc.motion.maximum import make_maximum_job

N = 64


def spitzer(n: int) -> float:
    """E of the maximum over n grid times of [0, 1]."""
    return float(np.sum(np.arange(1, n + 1) ** -0.5) / math.sqrt(2.0 * math.pi * n))


def peak_and_excess(t: float, x: Any, args: Any) -> Any:
    """Observe the maximum, and whether it is at least 1, on the state (W, maximum)."""
    return x[1], 1.0 if x[1] >= 1.0 else 0.0


@claim(
    "G07",
    chapter="motion",
    title=("P(max W >= a) = 2 P(W_T >= a); grid times alone miss 0.5826 sqrt(h) of the maximum"),
)
def reflection(run: Run) -> Finding:
    """Means of the maximum with and without the bridges between 64 grid times."""
    W = brownian(1.0, N, paths=run.paths, store=False, key=run.key)
    grid = run.expect(lambda w: w.max(axis=1), W)
    peak, excess = run.measure(
        make_maximum_job(W, peak_and_excess, 2, np.array([N]), save_rows=False), 2
    )
    everywhere = math.sqrt(2 / math.pi)
    rows = (
        Row(
            statement=f"E max over {N} grid times",
            exact=spitzer(N),
            measured=grid.estimate(),
            twin=everywhere,
            twin_statement="sqrt(2T/pi), as over all times",
            paths=run.paths,
            limit=everywhere,
        ),
        Row(
            statement=f"E max over all times, bridges on n = {N}",
            exact=everywhere,
            measured=peak.estimate(),
            twin=spitzer(N),
            twin_statement="the grid's",
            paths=run.paths,
            limit=everywhere,
        ),
        Row(
            statement=f"P(max >= 1) over all times, n = {N}",
            exact=2 * float(ndtr(-1.0)),
            measured=excess.estimate(),
            twin=float(ndtr(-1.0)),
            twin_statement="P(W_T >= 1), without reflection",
            paths=run.paths,
            limit=2 * float(ndtr(-1.0)),
        ),
    )

    def draw(ax: Any) -> Any:
        from stochcalc.plot import curve, limit_line, points

        sizes = np.array([4, 8, 16, 32, 64, 128, 256])
        before: list[Estimate] = []
        after: list[Estimate] = []
        for n in sizes:
            motion = brownian(1.0, int(n), paths=100_000, store=False, key=run.key)
            seen = run.expect(lambda w: w.max(axis=1), motion).estimate()
            job = make_maximum_job(motion, peak_and_excess, 2, np.array([int(n)]), save_rows=False)
            whole = run.measure(job, 2)[0].estimate()
            for measured, into in ((seen, before), (whole, after)):
                into.append(Estimate.normal(everywhere - measured.value, measured.stderr))
        points(ax, sizes, before, "grid times only", 0)
        points(ax, sizes, after, "with the bridges' maxima", 1)
        curve(ax, sizes, [everywhere - spitzer(int(n)) for n in sizes], "Spitzer's sum, exact", 0)
        curve(ax, sizes, 0.5826 * np.sqrt(1.0 / sizes), "0.5826 √h", 2)
        limit_line(ax, 0.0, "no bias")
        ax.set(
            xscale="log",
            xlabel="number of grid times n",
            ylabel="√(2T/π) − mean of the maximum",
            xticks=sizes,
            xticklabels=map(str, sizes),
            title="A grid misses the top of the path; the bridge maximum does not",
        )
        ax.minorticks_off()
        ax.legend()
        return ax

    return Finding(rows, draw)
