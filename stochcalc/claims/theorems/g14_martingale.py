"""G14: Ito integrals are martingales, and no other choice of lambda gives one.

E [I_T | I_s] = I_s: the regression of I_T on I_s has slope 1 and intercept 0. With lambda > 0 the
sums of W dW drift by lambda (T - s).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.motion.brownian import brownian

N = 16


def halves(w: NDArray[np.float64], lam: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sums of w dw, values blended at lambda, up to the middle and from there to the end."""
    terms = ((1 - lam) * w[:, :-1] + lam * w[:, 1:]) * np.diff(w, axis=1)
    middle = terms.shape[1] // 2
    return terms[:, :middle].sum(axis=1), terms[:, middle:].sum(axis=1)


@claim(
    "G14",
    chapter="integrals",
    title=("Ito integrals are martingales: E [I_T | I_s] = I_s; for lambda > 0 the sums drift"),
)
def martingale(run: Run) -> Finding:
    """Regression of I_T on I_s at s = 1/2, and the drift at lambda = 0 and 1/2."""
    W = brownian(1.0, N, paths=run.paths, store=False, key=run.key)

    def numbers(w: NDArray[np.float64]) -> Any:
        first, rest = halves(w, 0.0)
        return rest * first, first * first, rest, halves(w, 0.5)[1]

    found = run.expect(numbers, W, 4)
    product, square, rest, drifting = (found[i] for i in range(4))
    # slope - 1 = E (I_T - I_s) I_s / E I_s^2; at slope 1 the fluctuation of the denominator does
    # not count
    slope = Estimate.normal(1 + product.mean / square.mean, product.stderr / square.mean)
    rows = (
        Row(
            statement="slope of I_T on I_s, s = 1/2",
            exact=1.0,
            measured=slope,
            twin=0.5,
            twin_statement="s/T",
            paths=run.paths,
            limit=1.0,
        ),
        Row(
            statement="E (I_T - I_s)",
            exact=0.0,
            measured=rest.estimate(),
            twin=0.25,
            twin_statement="(T - s)/2, Stratonovich's drift",
            paths=run.paths,
            limit=0.0,
        ),
        Row(
            statement="E (S_T - S_s), lambda = 1/2",
            exact=0.25,
            measured=drifting.estimate(),
            twin=0.0,
            twin_statement="0: a martingale for every lambda",
            paths=run.paths,
            limit=0.25,
        ),
    )

    def draw(ax: Any) -> Any:
        from stochcalc.plot import curve, points

        V = brownian(1.0, N, paths=50_000, key=run.key)
        for i, lam in enumerate((0.0, 0.5)):
            first, rest = halves(V.values, lam)
            groups = np.array_split(np.argsort(first), 10)
            means = [
                Estimate.normal(first[k].mean() + rest[k].mean(), rest[k].std() / np.sqrt(len(k)))
                for k in groups
            ]
            places = np.array([first[k].mean() for k in groups])
            points(ax, places, means, f"λ = {lam:g}: means by decile", i)
            curve(
                ax,
                places,
                places + lam / 2,
                "slope 1" + (", intercept λ (T − s)" if lam else ", intercept 0"),
                i,
            )
        ax.set(
            xlabel="value at s = 1/2",
            ylabel="mean value at T = 1, given the one at s",
            title="Ito's sums of W dW are a martingale, Stratonovich's are not",
        )
        ax.legend()
        return ax

    return Finding(rows, draw)
