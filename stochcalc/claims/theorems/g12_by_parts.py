"""G12: the integral of a deterministic g by parts (Paley, Wiener and Zygmund) against Ito's sum.

-int g' W dt by the trapezoid rule and sum g(t_k) dW_k are both linear in the increments, sum a_k
dW_k and sum b_k dW_k: their variances and the mean square of their difference are finite sums. Both
tend to a normal of variance int g^2.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.integrals.by_parts import paley_wiener_zygmund, pwz_weights
from stochcalc.motion.brownian import brownian

N = 64


def g(t: float) -> float:
    """The integrand sin(pi t): 0 at both ends of [0, 1]."""
    return math.sin(math.pi * t)


def dg(t: float) -> float:
    """Its derivative."""
    return math.pi * math.cos(math.pi * t)


def exact_moments(t: NDArray[np.float64]) -> tuple[float, float]:
    """(E P^2, E (P - I)^2) of the integral by parts P and Ito's sum I on the grid t."""
    steps = np.diff(t)
    a = np.cumsum(pwz_weights(g, dg, t)[:0:-1])[::-1]  # dW_k moves W at all later grid times
    b = np.array([g(s) for s in t[:-1]])
    return float((a * a) @ steps), float((a - b) ** 2 @ steps)


@claim(
    "G12",
    chapter="integrals",
    title="For deterministic g the integral by parts, -int g' W dt, is Ito's integral",
)
def by_parts(run: Run) -> Finding:
    """Variance of the integral by parts, and its distance from Ito's sum."""
    W = brownian(1.0, N, paths=run.paths, store=False, key=run.key)
    weights, values = pwz_weights(g, dg, W.t), np.array([g(t) for t in W.t[:-1]])

    def numbers(w: NDArray[np.float64]) -> Any:
        parts = (w * weights).sum(axis=1)
        return parts, (parts - (np.diff(w, axis=1) * values).sum(axis=1)) ** 2

    found = run.expect(numbers, W, 2)
    variance, distance = exact_moments(W.t)
    rows = (
        Row(
            statement=f"E (-int g' W dt)^2, g = sin(pi t), n = {N}",
            exact=variance,
            measured=found[0].mean_square(),
            twin=0.25,
            twin_statement="1/2 int g^2",
            paths=run.paths,
            limit=0.5,
        ),
        Row(
            statement=f"E (-int g' W dt - sum g dW)^2, n = {N}",
            exact=distance,
            measured=found[1].estimate(),
            twin=distance / 3,
            twin_statement="h^2/12 int g'^2",
            paths=run.paths,
            limit=0.0,
        ),
    )

    def draw(ax: Any) -> Any:
        from stochcalc.integrals.named_integrals import ito
        from stochcalc.plot import COLOURS, curve, histogram, panels

        left, right = panels(
            ax, 2, "By parts or by sums: for deterministic g it is the same integral, and normal"
        )
        V = brownian(1.0, N, paths=20_000, key=run.key)
        parts, sums = paley_wiener_zygmund(g, dg, V), ito(lambda t, w: math.sin(math.pi * t), V)
        left.plot(
            sums[:2000],
            parts[:2000],
            ls="",
            marker="o",
            ms=2.5,
            alpha=0.4,
            color=COLOURS[0],
            label="2000 paths",
        )
        curve(left, [-2.5, 2.5], [-2.5, 2.5], "equal", 1)
        left.set(
            xlabel="Σ g dW",
            ylabel="−∫ g′ W dt",
            title=f"RMS distance {math.sqrt(distance):.4f} at n = {N}",
        )
        left.legend()
        histogram(right, parts, np.linspace(-2.8, 2.8, 57), "−∫ g′ W dt, 20000 paths")
        x = np.linspace(-2.8, 2.8, 200)
        curve(
            right,
            x,
            np.exp(-x * x / (2 * variance)) / math.sqrt(2 * math.pi * variance),
            "normal, exact variance",
            1,
        )
        right.set(xlabel="value", ylabel="density")
        right.legend()
        return ax

    return Finding(rows, draw)
