"""G05: the signature plot. Observed with noise of variance eta^2, realized variance has mean
sigma^2 T + 2 n eta^2.

The finer the sampling the worse, until the noise is all one sees; sampling rarely wastes data. The
mean-square error is smallest in between, and estimators that see through noise use everything.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.motion.brownian import brownian
from stochcalc.variation.measure import quadratic_variation
from stochcalc.variation.noisy_paths import NoisyPaths

N, ETA, EVERY = 64, 0.05, 4
ROBUST = ("two_scale", "preaveraged", "realized_kernel")


def realized(y: NDArray[np.float64], every: int = 1) -> NDArray[np.float64]:
    """Realized variance of every `every`-th observation."""
    return quadratic_variation(y[:, ::every], workers=1).value


def mean_square_error(n: float, eta: float) -> float:
    """E (RV - 1)^2 for n returns of variance 1/n with noise: a quadratic form in normals, 2 tr (s +
    eta^2 M)^2 plus bias^2.
    """
    s = 1.0 / n
    return (
        2.0 * (n * s * s + 4.0 * n * s * eta**2 + (6.0 * n - 2.0) * eta**4)
        + (2.0 * n * eta**2) ** 2
    )


@claim(
    "G05",
    chapter="variation",
    title=(
        "With noise of variance eta^2 on prices, realized variance has mean sigma^2 T + 2 n eta^2"
    ),
)
def signature(run: Run) -> Finding:
    """Means of realized variance at two sampling rates, and of three estimators that see through
    noise.
    """
    paths = max(2048, run.paths // 4)
    Y = NoisyPaths(brownian(1.0, N, paths=paths, store=False, key=run.key), ETA, 1.0)

    def numbers(y: NDArray[np.float64]) -> Any:
        return (
            realized(y),
            realized(y, EVERY),
            *(quadratic_variation(y, estimator=name, workers=1).value for name in ROBUST),
        )

    found = run.expect(numbers, Y, 2 + len(ROBUST))
    rows = [
        Row(
            statement=f"E RV, n = {n}, eta = {ETA}",
            exact=1 + 2 * n * ETA**2,
            measured=found[i].estimate(),
            twin=1 + n * ETA**2,
            twin_statement="sigma^2 T + n eta^2",
            paths=paths,
        )
        for i, n in enumerate((N, N // EVERY))
    ]
    rows += [
        Row(
            statement=f"E {name}, n = {N}, eta = {ETA}",
            exact=1.0,
            measured=found[2 + i].estimate(),
            twin=1 + 2 * N * ETA**2,
            twin_statement="realized variance's",
            paths=paths,
            limit=1.0,
        )
        for i, name in enumerate(ROBUST)
    ]

    def draw(ax: Any) -> Any:
        from stochcalc.plot import curve, limit_line, panels, points

        left, right = panels(
            ax, 2, "Sampling faster shows the noise, not the price: the signature plot"
        )
        n, eta, count = 1024, 0.02, 4096
        fine = NoisyPaths(brownian(1.0, n, paths=count, store=False, key=run.key), eta, 1.0)
        rates = np.array([1, 2, 4, 8, 16, 32, 64, 128])
        sizes, grid = n // rates, np.geomspace(8, n, 100)
        seen = run.expect(lambda y: tuple(realized(y, int(k)) for k in rates), fine, len(rates))
        errors = run.expect(
            lambda y: tuple((realized(y, int(k)) - 1) ** 2 for k in rates), fine, len(rates)
        )
        scales = run.expect(
            lambda y: tuple(
                quadratic_variation(y[:, :: int(k)], estimator="two_scale", workers=1).value
                for k in rates[:-2]
            ),
            fine,
            len(rates) - 2,
        )
        points(left, sizes, [seen[i].estimate() for i in range(len(rates))], "realized variance", 0)
        points(
            left, sizes[:-2], [scales[i].estimate() for i in range(len(rates) - 2)], "two scales", 1
        )
        curve(left, grid, 1 + 2 * grid * eta**2, "σ$^2$T + 2nη$^2$, exact", 0)
        limit_line(left, 1.0, "σ$^2$T")
        left.set(xscale="log", xlabel="number of returns n", ylabel="mean")
        left.legend()
        points(
            right,
            sizes,
            [errors[i].estimate() for i in range(len(rates))],
            "measured ± 2 standard errors",
            0,
        )
        curve(right, grid, [mean_square_error(k, eta) for k in grid], "exact", 0)
        right.set(
            xscale="log",
            yscale="log",
            xlabel="number of returns n",
            ylabel="mean-square error of realized variance",
        )
        right.legend()
        return ax

    return Finding(tuple(rows), draw)
