"""G11: when the evaluation point does not matter.

R(lambda = 1) - R(lambda = 0) = sum df dW is the covariation of integrand and integrator. For f = W
it is the quadratic variation, which stays; for a deterministic f = g(t) and for an independent
motion it vanishes: E of its square is h sum dg^2, and sum dt^2.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.estimate import Estimate
from stochcalc.motion.brownian import brownian

N = 64


def left_and_right(
    f: NDArray[np.float64], w: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Left and right sums of f dw, for values f and w (paths, times)."""
    steps = np.diff(w, axis=1)
    return (f[:, :-1] * steps).sum(axis=1), (f[:, 1:] * steps).sum(axis=1)


def squared_gap(w: NDArray[np.float64], f: Any, t: NDArray[np.float64]) -> NDArray[np.float64]:
    """(R_1 - R_0)^2 for f(t, w) against the first component of w."""
    left, right = left_and_right(f(t, w), w[..., 0])
    return (right - left) ** 2


@claim(
    "G11",
    chapter="lambda",
    title="lambda does not matter for g(t) dW, nor for W' dW with an independent W'",
)
def spread(run: Run) -> Finding:
    """Squared differences and means of left and right sums."""
    W = brownian(1.0, N, paths=run.paths, dim=2, store=False, key=run.key)

    def numbers(w: NDArray[np.float64]) -> Any:
        left, right = left_and_right(W.t[None, :], w[..., 0])
        other_left, other_right = left_and_right(w[..., 1], w[..., 0])
        return (right - left) ** 2, (other_right - other_left) ** 2, other_left, other_right

    found, h = run.expect(numbers, W, 4), 1.0 / N
    as_for_w, shift = "T^2 + 2 T h, as for W dW", "(lambda - 1/2) T, as for W dW"
    rows = (
        Row(
            statement=f"E (R_1 - R_0)^2, t dW, n = {N}",
            exact=h * h,
            measured=found[0].estimate(),
            twin=1 + 2 * h,
            twin_statement=as_for_w,
            paths=run.paths,
            limit=0.0,
        ),
        Row(
            statement=f"E (R_1 - R_0)^2, W' dW, n = {N}",
            exact=h,
            measured=found[1].estimate(),
            twin=1 + 2 * h,
            twin_statement=as_for_w,
            paths=run.paths,
            limit=0.0,
        ),
        Row(
            statement="E R_0, W' dW",
            exact=0.0,
            measured=found[2].estimate(),
            twin=-0.5,
            twin_statement=shift,
            paths=run.paths,
            limit=0.0,
        ),
        Row(
            statement="E R_1, W' dW",
            exact=0.0,
            measured=found[3].estimate(),
            twin=0.5,
            twin_statement=shift,
            paths=run.paths,
            limit=0.0,
        ),
    )

    def draw(ax: Any) -> Any:
        from stochcalc.plot import curve, points

        sizes = 2 ** np.arange(2, 10)
        cases = (
            ("W dW", lambda t, w: w[..., 0], np.sqrt(1 + 2 / sizes), "√(T$^2$ + 2hT)"),
            ("W′ dW, W′ independent", lambda t, w: w[..., 1], np.sqrt(1 / sizes), "√(hT)"),
            ("t dW", lambda t, w: t[None, :], 1 / sizes, "h √T"),
        )
        for i, (name, f, exact, formula) in enumerate(cases):
            measured = []
            for n in sizes:
                V = brownian(1.0, int(n), paths=20_000, dim=2, store=False, key=run.key)
                square = run.expect(functools.partial(squared_gap, f=f, t=V.t), V).estimate()
                measured.append(
                    Estimate.normal(
                        np.sqrt(square.value), square.stderr / (2 * np.sqrt(square.value))
                    )
                )
            points(ax, sizes, measured, name, i)
            curve(ax, sizes, exact, f"{formula}, exact", i)
        ax.set(
            xscale="log",
            yscale="log",
            xlabel="number of steps n",
            ylabel="RMS of R(λ = 1) − R(λ = 0)",
            title="λ matters only where integrand and integrator vary together",
        )
        ax.legend(ncols=2)
        return ax

    return Finding(rows, draw)
