"""G01: scaled random walks tend to Brownian motion (Donsker), and share its covariance min(s, t) at
every n.

A walk of n steps of +-1/sqrt(n) has E S_1^4 = 3 - 2/n, and for even n its distance from the normal
law is largest at 0, where half of P(S_1 = 0) = C(n, n/2)/2^n sticks out: sup |F_n - Phi| = C(n,
n/2)/2^(n+1), about 1/sqrt(2 pi n).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.motion.brownian import brownian

N = 8


def walk_of(w: NDArray[np.float64]) -> NDArray[np.float64]:
    """The walk of +-1/sqrt(n) that takes the signs of the increments of w."""
    steps = np.sign(np.diff(w, axis=1)) / math.sqrt(w.shape[1] - 1)
    return np.concatenate([np.zeros((len(w), 1)), np.cumsum(steps, axis=1)], axis=1)


def distance(n: int) -> float:
    """sup |F_n - Phi| for even n."""
    return math.comb(n, n // 2) / 2.0 ** (n + 1)


@claim(
    "G01",
    chapter="motion",
    title=("Scaled random walks tend to Brownian motion (Donsker); both have covariance min(s, t)"),
)
def random_walk(run: Run) -> Finding:
    """Covariances, fourth moment and Kolmogorov distance of a walk of 8 steps."""
    W = brownian(1.0, N, paths=run.paths, store=False, key=run.key)

    def numbers(w: NDArray[np.float64]) -> Any:
        S = walk_of(w)
        early, late = N // 4, 3 * N // 4
        # the walk sits on a lattice of mesh 2/sqrt(n): half a mesh keeps rounding away from P(S <=
        # 0)
        return (
            w[:, early] * w[:, late],
            S[:, early] * S[:, late],
            S[:, -1] ** 4,
            S[:, -1] < 1.0 / math.sqrt(N),
        )

    found = run.expect(numbers, W, 4)
    below = found[3].estimate()
    bridge = "min(s, t) - s t, the bridge's"
    rows = (
        Row(
            statement="E W_s W_t, s = 1/4, t = 3/4",
            exact=0.25,
            measured=found[0].estimate(),
            twin=0.25 - 0.1875,
            twin_statement=bridge,
            paths=run.paths,
            limit=0.25,
        ),
        Row(
            statement=f"E S_s S_t, the walk, n = {N}",
            exact=0.25,
            measured=found[1].estimate(),
            twin=0.25 - 0.1875,
            twin_statement=bridge,
            paths=run.paths,
            limit=0.25,
        ),
        Row(
            statement=f"E S_1^4, n = {N}",
            exact=3.0 - 2.0 / N,
            measured=found[2].estimate(),
            twin=3.0,
            twin_statement="3, as for a normal",
            paths=run.paths,
            limit=3.0,
        ),
        Row(
            statement=f"sup |F_n - Phi| = P(S_1 <= 0) - 1/2, n = {N}",
            exact=distance(N),
            measured=Estimate.normal(below.value - 0.5, below.stderr),
            twin=2 * distance(N),
            twin_statement="P(S_1 = 0), all of the atom",
            paths=run.paths,
            limit=0.0,
        ),
    )

    def draw(ax: Any) -> Any:
        from stochcalc.plot import COLOURS, curve, panels, points

        left, right = panels(
            ax,
            2,
            "Random walks look like Brownian motion from afar; their law comes close like "
            "n$^{-1/2}$",
        )
        for i, n in enumerate((16, 256, 4096)):
            left.plot(
                np.linspace(0, 1, n + 1),
                walk_of(brownian(1.0, n, key=run.key ^ n).values)[0],
                color=COLOURS[i],
                lw=(1.8, 1.2, 0.7)[i],
                label=f"n = {n}",
            )
        left.set(xlabel="time t", ylabel="scaled walk $S_t$")
        left.legend()
        sizes = np.array([4, 8, 16, 32, 64, 128])
        measured: list[Estimate] = []
        for n in sizes:
            motion = brownian(1.0, int(n), paths=50_000, store=False, key=run.key)
            share = run.expect(
                lambda w, n=n: walk_of(w)[:, -1] < 1.0 / math.sqrt(n), motion
            ).estimate()
            measured.append(Estimate.normal(share.value - 0.5, share.stderr))
        points(right, sizes, measured, "measured ± 2 standard errors")
        curve(right, sizes, [distance(int(n)) for n in sizes], "C(n, n/2) / 2$^{n+1}$, exact", 1)
        curve(right, sizes, 1 / np.sqrt(2 * np.pi * sizes), "1/√(2πn)", 2)
        right.set(xscale="log", yscale="log", xlabel="number of steps n", ylabel="sup |F$_n$ − Φ|")
        right.legend()
        return ax

    return Finding(rows, draw)
