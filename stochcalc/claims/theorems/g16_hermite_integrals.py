"""G16: iterated integrals are Hermite polynomials of the path's end, I_k = t^(k/2)
He_k(W_t/sqrt(t))/k!.

By left sums on n steps of length h, E I_j I_k = delta_jk C(n, k) h^k, I_2 misses (W^2 - T)/2 by (T
- sum dW^2)/2, so E (I_2 - H_2)^2 = T h/2, and E (I_3 - H_3)^2 = T^2 h/2 - T h^2/3.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.integrals.iterated import hermite, iterated_integrals, iterated_sums
from stochcalc.motion.brownian import brownian

N = 64


@claim(
    "G16",
    chapter="integrals",
    title=("Iterated integrals are Hermite polynomials of W_t, orthogonal, with E I_k^2 = t^k/k!"),
)
def hermite_integrals(run: Run) -> Finding:
    """Measure the distances of I_2 and I_3 from the polynomials, E I_2^2, and E I_1 I_3."""
    W = brownian(1.0, N, paths=run.paths, store=False, key=run.key)

    def numbers(w: NDArray[np.float64]) -> Any:
        end, (_, second, third) = w[:, -1], (sums[:, -1] for sums in iterated_sums(w, 3))
        return (
            (second - hermite(2, 1.0, end)) ** 2,
            (third - hermite(3, 1.0, end)) ** 2,
            second * second,
            end * third,
        )

    found, h = run.expect(numbers, W, 4), 1.0 / N
    rows = (
        Row(
            statement=f"E (I_2 - (W^2 - T)/2)^2, n = {N}",
            exact=h / 2,
            measured=found[0].estimate(),
            twin=(1 + 2 * h) / 4,
            twin_statement="I_2 = W^2/2",
            paths=run.paths,
            limit=0.0,
        ),
        Row(
            statement=f"E (I_3 - (W^3 - 3TW)/6)^2, n = {N}",
            exact=h / 2 - h * h / 3,
            measured=found[1].estimate(),
            twin=h,
            twin_statement="T h",
            paths=run.paths,
            limit=0.0,
        ),
        Row(
            statement=f"E I_2^2, n = {N}",
            exact=math.comb(N, 2) * h**2,
            measured=found[2].estimate(),
            twin=1.0,
            twin_statement="T^2, without 1/2!",
            paths=run.paths,
            limit=0.5,
        ),
        Row(
            statement=f"E I_1 I_3, n = {N}",
            exact=0.0,
            measured=found[3].estimate(),
            twin=0.5,
            twin_statement="1/2, as for W and W^3/6",
            paths=run.paths,
            limit=0.0,
        ),
    )

    def draw(ax: Any) -> Any:
        from stochcalc.plot import COLOURS, curve, panels

        places = panels(ax, 2, "Iterated integrals lie on Hermite polynomials of the path's end")
        V = brownian(1.0, 256, paths=1500, key=run.key)
        x = np.linspace(V.values[:, -1].min(), V.values[:, -1].max(), 200)
        integrals = iterated_integrals(V, 3)
        for k, (panel, formula) in enumerate(
            zip(places, ("(w$^2$ − T)/2", "(w$^3$ − 3Tw)/6")), start=2
        ):
            panel.plot(
                V.values[:, -1],
                integrals[:, k - 1],
                ls="",
                marker="o",
                ms=2.5,
                alpha=0.4,
                color=COLOURS[0],
                label="left sums, n = 256",
            )
            curve(panel, x, hermite(k, 1.0, x), formula, 1)
            panel.set(xlabel="$W_T$", ylabel=f"I$_{k}$")
            panel.legend()
        return ax

    return Finding(rows, draw)
