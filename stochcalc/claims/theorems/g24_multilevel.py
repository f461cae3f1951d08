"""G24: the variance of a multilevel difference falls with the level, and is known exactly on
geometric Brownian motion.

For dX = a X dt + b X dW one step of size h multiplies the coarse path by C = 1 + ah + b dW, plus
b^2 (dW^2 - h)/2 for Milstein, and the two steps of h/2 on the same increments multiply the fine
path by F, a product of two such factors, independent of the past. With X_0 = 1 and n coarse steps,

    Var (X_2n - X_n) = (E F^2)^n + (E C^2)^n - 2 (E F C)^n - ((E F)^n - (E C)^n)^2,

the expectations by Gauss-Hermite quadrature, exact for polynomials. It is O(h) for Euler-Maruyama
and O(h^2) for Milstein, as twice the strong order says. The sum of the differences telescopes: the
estimator has the mean of the finest level, (1 + ah)^n for Euler-Maruyama, whatever the coarse
levels are.

Source: Giles, Oper. Res. 56 (2008) 607, sections 2 and 3.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.special import roots_hermitenorm

from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.engine.statistics import record_of_rows
from stochcalc.laboratory.multilevel import mlmc
from stochcalc.models import gbm
from stochcalc.moments import Moments
from stochcalc.motion.brownian import brownian
from stochcalc.solver.solve import solve

A, B, T = 0.5, 0.5, 1.0
MODEL = gbm(A, B)
EULER, MILSTEIN = "euler_maruyama", "milstein"


def factor(method: str, h: float, dW: Any) -> Any:
    """What one step multiplies X by."""
    return 1.0 + A * h + B * dW + (0.5 * B * B * (dW * dW - h) if method == MILSTEIN else 0.0)


def exact_difference(method: str, n: int, *, coupled: bool = True) -> float:
    """Var (X_2n - X_n) with n coarse steps, on one path or on two that are independent."""
    nodes, weights = roots_hermitenorm(12)
    h, z, w = T / n, nodes, weights / weights.sum()
    first, second = np.sqrt(0.5 * h) * z[:, None], np.sqrt(0.5 * h) * z[None, :]
    F, C = (
        factor(method, 0.5 * h, first) * factor(method, 0.5 * h, second),
        factor(method, h, first + second),
    )

    def power(values: Any) -> float:
        return float(w @ values @ w) ** n

    together = power(F * C) if coupled else power(F) * power(C)
    return power(F * F) + power(C * C) - 2.0 * together - (power(F) - power(C)) ** 2


def difference(run: Run, method: str, n: int, paths: int) -> Moments:
    """Moments of X_2n - X_n on one motion."""
    W = brownian(T, 2 * n, paths=paths, key=run.key)
    fine, coarse = (
        solve(MODEL, 1.0, noise=noise, method=method, save="last", workers=run.workers).x
        for noise in (W, W.coarsen(2))
    )
    assert fine is not None and coarse is not None
    return Moments(record_of_rows(fine - coarse))


@claim(
    "G24",
    chapter="schemes",
    title=(
        "Multilevel Monte Carlo: a level's variance falls like h^(2 x strong order), "
        "and the sum telescopes"
    ),
)
def multilevel(run: Run) -> Finding:
    """Variances of differences by two schemes, and the mean of the estimator."""
    rows = []
    for method, n in ((EULER, 4), (EULER, 16), (MILSTEIN, 4), (MILSTEIN, 16)):
        exact, coarse = exact_difference(method, n), exact_difference(method, 4)
        if n == 4:
            twin, wrong = (
                exact_difference(method, n, coupled=False),
                "the two levels on paths of their own",
            )
        else:
            right, other = (1, 2) if method == EULER else (2, 1)
            twin, wrong = coarse / 4**other, f"Var = O(h^{other}), not O(h^{right}), from n = 4 on"
        rows.append(
            Row(
                statement=f"Var (X_2n - X_n) by {method}, n = {n}",
                exact=exact,
                measured=difference(run, method, n, run.paths).variance(),
                twin=twin,
                twin_statement=wrong,
                paths=run.paths,
                limit=0.0,
            )
        )
    found = mlmc(
        MODEL,
        1.0,
        T,
        test=lambda x: x,
        target=1.5 / math.sqrt(run.paths),
        key=run.key,
        workers=run.workers,
    )
    n = 2 ** int(found.level[-1])
    rows.append(
        Row(
            statement=f"E X_n by multilevel Monte Carlo, finest n = {n}",
            exact=(1 + A * T / n) ** n,
            measured=found.estimate,
            twin=1 + A * T,
            twin_statement="the mean of the coarsest level, which has most of the paths",
            paths=run.paths,
            limit=math.exp(A * T),
        )
    )
    remark = (
        f"for a root-mean-square error of {found.target:.2g}: {found.cost:.2g} steps, plain Monte "
        f"Carlo {found.plain_cost:.2g}"
    )

    def draw(ax: Any) -> Any:
        from stochcalc.plot import COLOURS, curve, panels, points

        left, right = panels(
            ax, 2, "Multilevel Monte Carlo: the variance of a level is exact, and so the cost falls"
        )
        steps = 2 ** np.arange(0, 9)
        for i, method in enumerate((EULER, MILSTEIN)):
            measured = [difference(run, method, int(n), 20_000).variance() for n in steps]
            points(left, T / (2 * steps), measured, f"{method}, measured", i)
            curve(
                left, T / (2 * steps), [exact_difference(method, int(n)) for n in steps], "exact", i
            )
        left.axhline(
            math.exp(2 * A * T) * math.expm1(B * B * T),
            color=COLOURS[2],
            ls="-.",
            label="Var X$_T$ itself",
        )
        left.set(
            xscale="log",
            yscale="log",
            xlabel="step of the finer level",
            ylabel="Var (X$_{2n}$ − X$_n$)",
            title="variance of a level",
        )
        left.legend()
        targets = np.array([0.04, 0.02, 0.01, 0.005, 0.0025])
        for i, method in enumerate((EULER, MILSTEIN)):
            runs = [
                mlmc(
                    MODEL,
                    1.0,
                    T,
                    test=lambda x: x,
                    method=method,
                    target=float(eps),
                    key=run.key,
                    workers=run.workers,
                )
                for eps in targets
            ]
            right.plot(
                targets,
                [r.cost for r in runs],
                color=COLOURS[i],
                marker="os"[i],
                ls=("-", "--")[i],
                label=f"multilevel, {method}",
            )
            if not i:
                right.plot(
                    targets,
                    [r.plain_cost for r in runs],
                    color=COLOURS[2],
                    marker="D",
                    ls="-.",
                    label="plain Monte Carlo",
                )
        right.set(
            xscale="log",
            yscale="log",
            xlabel="root-mean-square error asked for",
            ylabel="steps taken in all",
            title="cost of E X$_T$",
        )
        right.tick_params(axis="x", which="minor", labelbottom=False)
        right.legend()
        return ax

    return Finding(tuple(rows), draw, (remark,))
