"""G02: Levy's construction and the Karhunen-Loeve expansion, and how far their partial sums are
from the path.

A polygon of n equal pieces misses int (W - W_n)^2 dt = T^2/(6 n) on average, n terms of
Karhunen-Loeve sum_{k>n} of T^2/((k - 1/2)^2 pi^2), about T^2/(pi^2 n): no n functions do better. On
a grid both are finite sums.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.motion.brownian import brownian
from stochcalc.motion.constructions import expand, inscribe, karhunen_loeve_variances
from stochcalc.motion.partition import Partition

TERMS, FINE = 16, 8  # pieces or terms, and steps of the grid in each piece


def polygon_error(pieces: int) -> float:
    """E of the trapezoid rule for int (W - polygon)^2 dt: the bridge's variance s (h - s) on a grid
    of FINE steps a piece.
    """
    return (1.0 - 1.0 / FINE**2) / (6.0 * pieces)


def expansion_error(terms: int) -> float:
    """The same for the expansion: the variances left over."""
    return float(karhunen_loeve_variances(1.0, FINE * TERMS)[terms:].sum())


def squared_distance(
    w: NDArray[np.float64], other: NDArray[np.float64], t: NDArray[np.float64]
) -> NDArray[np.float64]:
    """int (w - other)^2 dt by the trapezoid rule."""
    return np.asarray(np.trapezoid((w - other) ** 2, t, axis=1))


@claim(
    "G02",
    chapter="motion",
    title=(
        "n straight lines miss 1/(6n) of the path in mean square, n terms of Karhunen-"
        "Loeve 1/(pi^2 n)"
    ),
)
def path_expansions(run: Run) -> Finding:
    """Mean squared distances of sixteen pieces and of sixteen terms."""
    paths = max(2048, run.paths // 4)
    t = Partition.uniform(1.0, FINE * TERMS).times
    W = brownian(1.0, FINE * TERMS, paths=paths, store=False, key=run.key)

    def numbers(w: NDArray[np.float64]) -> Any:
        return squared_distance(w, inscribe(w, t, TERMS), t), squared_distance(
            w, expand(w, TERMS), t
        )

    found = run.expect(numbers, W, 2)
    tail = 0.5 - sum(1.0 / ((k - 0.5) * math.pi) ** 2 for k in range(1, TERMS + 1))
    rows = (
        Row(
            statement=f"E int (W - polygon)^2 dt, {TERMS} pieces",
            exact=polygon_error(TERMS),
            measured=found[0].estimate(),
            twin=1 / (math.pi**2 * TERMS),
            twin_statement="1/(pi^2 n), as for the best expansion",
            paths=paths,
            limit=1 / (6 * TERMS),
        ),
        Row(
            statement=f"E int (W - expansion)^2 dt, {TERMS} terms",
            exact=expansion_error(TERMS),
            measured=found[1].estimate(),
            twin=1 / (6 * TERMS),
            twin_statement="1/(6 n), as for the polygon",
            paths=paths,
            limit=tail,
        ),
    )

    def draw(ax: Any) -> Any:
        from stochcalc.plot import COLOURS, curve, panels, points

        left, right = panels(
            ax,
            2,
            "Lévy's polygons and Karhunen-Loève's sines converge to the same path, the sines "
            "closer",
        )
        one = brownian(1.0, FINE * TERMS, key=run.key)
        left.plot(t, one.values[0], color="0.6", lw=1.0, label="W")
        left.plot(t, inscribe(one.values, t, 8)[0], color=COLOURS[0], lw=1.6, label="8 pieces")
        left.plot(t, expand(one.values, 8)[0], color=COLOURS[1], ls="--", lw=1.6, label="8 terms")
        left.set(xlabel="time t", ylabel="$W_t$")
        left.legend()
        sizes, many = (
            np.array([2, 4, 8, 16]),
            brownian(1.0, FINE * TERMS, paths=4000, store=False, key=run.key),
        )
        points(
            right,
            sizes,
            [
                run.expect(
                    lambda w, n=n: squared_distance(w, inscribe(w, t, n), t), many
                ).estimate()
                for n in sizes
            ],
            "polygon, measured",
            0,
        )
        points(
            right,
            sizes,
            [
                run.expect(lambda w, n=n: squared_distance(w, expand(w, n), t), many).estimate()
                for n in sizes
            ],
            "expansion, measured",
            1,
        )
        steps = FINE * TERMS // sizes
        curve(right, sizes, (1 - 1 / steps**2) / (6 * sizes), "1/(6n) on this grid, exact", 0)
        curve(
            right,
            sizes,
            [expansion_error(int(n)) for n in sizes],
            "Σ of the variances left, exact",
            1,
        )
        right.set(
            xscale="log",
            yscale="log",
            xlabel="pieces or terms n",
            ylabel="E ∫ (W − W$_n$)² dt",
            xticks=sizes,
            xticklabels=map(str, sizes),
        )
        right.minorticks_off()
        right.set_yticks([0.005, 0.01, 0.02, 0.05, 0.1], ["0.005", "0.01", "0.02", "0.05", "0.1"])
        right.legend()
        return ax

    return Finding(rows, draw)
