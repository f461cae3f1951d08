"""G03: quadratic variation. Along a partition with steps D_k, Q = sum dW_k^2 has mean T and variance 2 sum D_k^2 exactly."""

from __future__ import annotations

from typing import Any

from stochcalc.brownian import brownian
from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.convergence import variation_convergence
from stochcalc.partition import Partition
from stochcalc.variation.motion import variation_job


def deviation(t: float, x: Any, args: Any) -> Any:
    """Observe Q and (Q - T)^2 on the state (Q, sum dW^4)."""
    return x[0], (x[0] - t) * (x[0] - t)


@claim("G03", "variation", "Quadratic variation over [0, T] is T, with variance 2 sum dt^2")
def quadratic_variation(run: Run) -> Finding:
    """Mean and variance of Q on a uniform and on a graded partition."""
    rows = []
    for name, partition in (("uniform, n = 64", Partition.uniform(1.0, 64)),
                            ("graded, n = 64", Partition.graded(1.0, 64, 2.0))):
        W = brownian(partition=partition, paths=run.paths, store=False, key=run.key)
        Q, spread = run.measure(variation_job(W, 2.0, deviation, 2, save_rows=False), 2)
        squares = float((partition.steps**2).sum())
        rows += [
            Row(f"E Q, {name}", 1.0, Q.estimate(), 1.0 - 1.0 / 64, "T (1 - 1/n), as if a mean were subtracted", run.paths, 1.0),
            Row(f"E (Q - T)^2, {name}", 2 * squares, spread.estimate(), squares, "sum dt^2", run.paths, 0.0),
        ]

    def draw(ax: Any) -> Any:
        study = variation_convergence(1.0, levels=range(2, 11), paths=20_000, key=run.key, workers=run.workers)
        return study.plot(ax)

    return Finding(tuple(rows), draw)
