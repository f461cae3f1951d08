"""G22: the bias of a scheme on geometric Brownian motion is known exactly, and is what we measure.

Each step multiplies the state by a factor that is independent of the past, so expectations are n-th
powers. For dX = a X dt + b X dW with X_0 = 1,

    Euler-Maruyama   E X_n = (1 + ah)^n,   E X_n^2 = ((1 + ah)^2 + b^2 h)^n
    weak2            E X_n = (1 + ah + (ah)^2/2)^n

while E X_T = e^(aT) and E X_T^2 = e^((2a + b^2) T). The bias of Euler's scheme is c h + O(h^2), so
2 E X_2n - E X_n loses the first term and has order 2 (Talay and Tubaro, Stoch. Anal. Appl. 8 (1990)
483). All of these are measured as differences from the exact solution on the same paths, because
the variance of such a difference is only that of the strong error.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.engine.statistics import record_of_rows
from stochcalc.estimate import Estimate
from stochcalc.laboratory.scheme_errors import weak_convergence
from stochcalc.models import gbm
from stochcalc.moments import Moments
from stochcalc.motion.brownian import brownian
from stochcalc.solver.solve import solve

A, B, T = 1.0, 0.5, 1.0
MODEL = gbm(A, B)
EULER, WEAK = "euler_maruyama", "weak2"


def euler_mean(n: int) -> float:
    """E X_n by Euler-Maruyama."""
    return (1.0 + A * T / n) ** n


def richardson(run: Run, n: int, paths: int) -> Moments:
    """2 X_2n - X_n - X_T on one motion."""
    W = brownian(T, 2 * n, paths=paths, key=run.key)
    fine, coarse, exact = (
        solve(MODEL, 1.0, noise=noise, method=method, save="last", workers=run.workers).x
        for noise, method in ((W, EULER), (W.coarsen(2), EULER), (W, "exact"))
    )
    assert fine is not None and coarse is not None and exact is not None
    return Moments(record_of_rows(2.0 * fine - coarse - exact))


@claim(
    "G22",
    chapter="schemes",
    title=(
        "Euler-Maruyama converges weakly with order 1, extrapolated with order 2, with "
        "its exact bias"
    ),
)
def weak_order(run: Run) -> Finding:
    """Biases of means and of a second moment, on common paths."""
    how: dict[str, Any] = {"paths": run.paths, "key": run.key, "workers": run.workers}
    means = weak_convergence(
        MODEL, 1.0, T, test=lambda x: x, methods=(EULER, WEAK), levels=(1, 2, 3, 4), **how
    )
    squares = weak_convergence(MODEL, 1.0, T, test=lambda x: x * x, levels=(2, 3), **how)

    def bias(study: Any, name: str, i: int) -> Estimate:
        return Estimate.normal(study.error[name][i], study.stderr[name][i])

    limit, square = math.exp(A * T), math.exp((2 * A + B * B) * T)
    after = (1 + A / 8) ** 2 + B * B / 8
    two, four = ((1 + A / n + A * A / (2 * n * n)) ** n for n in (2, 4))
    extrapolated = 2 * euler_mean(8) - euler_mean(4)
    rows = (
        Row(
            statement="E X_T - E X_n, n = 8",
            exact=limit - euler_mean(8),
            measured=bias(means, EULER, 2),
            twin=A * A * T * T * limit / 16,
            twin_statement="the leading term alone",
            paths=run.paths,
            limit=0.0,
        ),
        Row(
            statement="E X_T - E X_n, n = 16",
            exact=limit - euler_mean(16),
            measured=bias(means, EULER, 3),
            twin=(limit - euler_mean(8)) / math.sqrt(2),
            twin_statement="order 1/2 from n = 8 on",
            paths=run.paths,
            limit=0.0,
        ),
        Row(
            statement="E X_T^2 - E X_n^2, n = 8",
            exact=square - after**8,
            measured=bias(squares, EULER, 1),
            twin=square - (1 + A / 8) ** 16,
            twin_statement="without the variance b^2 h of a step",
            paths=run.paths,
            limit=0.0,
        ),
        Row(
            statement="E X_T - E X_n by weak2, n = 4",
            exact=limit - four,
            measured=bias(means, WEAK, 1),
            twin=(limit - two) / 2,
            twin_statement="order 1 from n = 2 on",
            paths=run.paths,
            limit=0.0,
        ),
        Row(
            statement="2 E X_2n - E X_n - E X_T, n = 4",
            exact=extrapolated - limit,
            measured=richardson(run, 4, run.paths).estimate(),
            twin=(4 * euler_mean(8) - euler_mean(4)) / 3 - limit,
            twin_statement="the weights 4/3 and -1/3 of a scheme of order 2",
            paths=run.paths,
            limit=0.0,
        ),
    )

    def draw(ax: Any) -> Any:
        from stochcalc.plot import curve, points

        study = weak_convergence(
            MODEL,
            1.0,
            T,
            test=lambda x: x,
            methods=(EULER, WEAK),
            levels=range(1, 7),
            paths=100_000,
            key=run.key,
            workers=run.workers,
        )
        study.plot(ax)
        steps = 2 ** np.arange(1, 6)
        found = [richardson(run, int(n), 100_000).estimate() for n in steps]
        points(
            ax,
            T / (2 * steps),
            [Estimate.normal(abs(e.value), e.stderr) for e in found],
            "2 E X$_{2n}$ − E X$_n$, at the finer step",
            2,
        )
        curve(
            ax,
            T / (2 * steps),
            [abs(2 * euler_mean(2 * int(n)) - euler_mean(int(n)) - limit) for n in steps],
            "its exact bias",
            2,
        )
        ax.set(
            ylabel="|bias| of E X$_T$",
            title="Weak order 1, and 2 by weak2 or by extrapolation, each with its exact bias",
        )
        ax.legend()
        return ax

    return Finding(rows, draw)
