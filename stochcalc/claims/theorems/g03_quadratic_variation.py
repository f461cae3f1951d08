"""G03: quadratic variation. Along a partition with steps D_k, Q = sum dW_k^2 has mean T and
variance 2 sum D_k^2 exactly.

On a uniform partition n Q/T has the chi-squared law with n degrees of freedom.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import gammainc, gammaincinv

from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.motion.brownian import brownian
from stochcalc.motion.partition import Partition
from stochcalc.variation.along_motion import variation_job

N, FEW = 64, 16


def deviation(t: float, x: Any, args: Any) -> Any:
    """Observe Q and (Q - T)^2 on the state (Q, sum dW^4)."""
    return x[0], (x[0] - t) * (x[0] - t)


@claim(
    "G03",
    chapter="variation",
    title="Quadratic variation over [0, T] is T, with variance 2 sum dt^2",
)
def quadratic_variation(run: Run) -> Finding:
    """Measure mean and variance of Q on two partitions, and its law on sixteen steps."""
    rows = []
    for name, partition in (
        (f"uniform, n = {N}", Partition.uniform(1.0, N)),
        (f"graded, n = {N}", Partition.graded(1.0, N, 2.0)),
    ):
        W = brownian(partition=partition, paths=run.paths, store=False, key=run.key)
        Q, spread = run.measure(variation_job(W, 2.0, deviation, 2, save_rows=False), 2)
        squares = float((partition.steps**2).sum())
        rows += [
            Row(
                statement=f"E Q, {name}",
                exact=1.0,
                measured=Q.estimate(),
                twin=1.0 - 1.0 / N,
                twin_statement="T (1 - 1/n), as if a mean were subtracted",
                paths=run.paths,
                limit=1.0,
            ),
            Row(
                statement=f"E (Q - T)^2, {name}",
                exact=2 * squares,
                measured=spread.estimate(),
                twin=squares,
                twin_statement="sum dt^2",
                paths=run.paths,
                limit=0.0,
            ),
        ]
    few = brownian(1.0, FEW, paths=run.paths, store=False, key=run.key)
    below = run.expect(lambda w: (np.diff(w, axis=1) ** 2).sum(axis=1) <= 1.0, few)
    rows.append(
        Row(
            statement=f"P(Q <= T), uniform, n = {FEW}",
            exact=float(gammainc(FEW / 2, FEW / 2)),
            measured=below.estimate(),
            twin=0.5,
            twin_statement="1/2, a normal law",
            paths=run.paths,
            limit=0.5,
        )
    )

    def draw(ax: Any) -> Any:
        from stochcalc.plot import COLOURS, curve, limit_line, panels

        left, right = panels(
            ax, 2, "Quadratic variation is T: its spread is T √(2/n), its law that of χ$^2$"
        )
        levels = np.arange(3, 13)
        fine = brownian(1.0, 2 ** int(levels[-1]), paths=40, key=run.key)
        Q = np.array(
            [
                (fine.coarsen(2 ** int(levels[-1] - level)).increments ** 2).sum(axis=1)
                for level in levels
            ]
        )
        left.plot(2.0**levels, Q, color=COLOURS[0], lw=0.6, alpha=0.6)
        for sign, label in ((1, "T ± 2 standard deviations"), (-1, "")):
            curve(left, 2.0**levels, 1 + sign * 2 * np.sqrt(2 / 2.0**levels), label, 1)
        left.lines[0].set_label("40 paths, refined")
        limit_line(left, 1.0, "T")
        left.set(xscale="log", xlabel="number of steps n", ylabel="Q = Σ ΔW$^2$", ylim=(0, 2.2))
        left.legend()
        n, paths = FEW, 20_000
        many = np.sort((brownian(1.0, n, paths=paths, key=run.key).increments ** 2).sum(axis=1)) * n
        share = (np.arange(paths) + 0.5) / paths
        exact = 2 * gammaincinv(n / 2, share)
        shown = np.arange(25, paths, 50)
        right.plot(
            exact[shown],
            many[shown],
            ls="",
            marker="o",
            ms=4,
            mfc="none",
            color=COLOURS[0],
            label=f"{paths} paths, n = {n}",
        )
        curve(right, exact[shown[[0, -1]]], exact[shown[[0, -1]]], "the χ$^2_n$ law", 1)
        right.set(xlabel="quantile of χ$^2_n$", ylabel="quantile of n Q / T")
        right.legend()
        return ax

    return Finding(tuple(rows), draw)
