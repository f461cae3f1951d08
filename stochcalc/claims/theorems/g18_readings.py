"""G18: the reading changes the model. dX = sigma X (lambda) dW has mean exp(lambda sigma^2 T):
Ito's is a martingale.

Three schemes that know what a reading is: Euler on the converted equation dX = lambda sigma^2 X dt
+ sigma X dW, Milstein for any lambda, and lambda_euler, which evaluates sigma between the ends of a
step and needs no derivative. On this equation all three have the mean (1 + lambda sigma^2 h)^n
exactly.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.motion.brownian import brownian
from stochcalc.sde import SDE
from stochcalc.solver.solve import solve

SIGMA, N = 0.5, 16
SCHEMES = ("euler_maruyama", "milstein", "lambda_euler")


def reading(lam: float) -> SDE:
    """dX = sigma X (lambda) dW."""
    return SDE(
        lambda t, x, s: 0.0 * x,
        lambda t, x, s: s * x,
        lam=lam,
        args=(SIGMA,),
        diffusion_dx=lambda t, x, s: s,
    )


@claim(
    "G18",
    chapter="lambda",
    title="dX = sigma X dW read with lambda has mean exp(lambda sigma^2 T)",
)
def readings(run: Run) -> Finding:
    """Means of the same equation under three readings, by three schemes."""
    rows = []
    for lam, method in [
        (0.0, SCHEMES[0]),
        *((lam, method) for lam in (0.5, 1.0) for method in SCHEMES),
    ]:
        W = brownian(1.0, N, paths=run.paths, store=False, key=run.key)
        X = solve(
            reading(lam),
            1.0,
            noise=W,
            method=method,
            save="stats",
            workers=run.workers,
            progress=run.progress,
        ).moments[-1]
        twin, wrong = (
            (1.0, "x0: a martingale whatever lambda")
            if lam == 0.5
            else (math.exp(SIGMA**2 / 2), "exp(sigma^2 T/2) whatever lambda")
        )
        exact = (1 + lam * SIGMA**2 / N) ** N
        rows.append(
            Row(
                statement=f"E X_T, lambda = {lam:g}, {method}, n = {N}",
                exact=exact,
                measured=X.estimate(),
                twin=twin,
                twin_statement=wrong,
                paths=run.paths,
                limit=math.exp(lam * SIGMA**2),
            )
        )

    def draw(ax: Any) -> Any:
        from stochcalc.plot import COLOURS, curve, points

        W = brownian(4.0, 400, paths=4000, key=run.key)
        for i, lam in enumerate((0.0, 0.5, 1.0)):
            sol = solve(reading(lam), 1.0, noise=W)
            assert sol.x is not None
            ax.plot(sol.t, sol.x[:3].T, color=COLOURS[i], lw=0.5, alpha=0.4)
            means = [sol.moments[k].estimate() for k in range(50, 401, 50)]
            points(ax, sol.t[50::50], means, f"λ = {lam:g}, measured mean", i)
            curve(ax, sol.t, np.exp(lam * SIGMA**2 * sol.t), f"exp({lam:g} σ² t)", i)
        ax.set(
            xlabel="time t",
            ylabel="$X_t$",
            ylim=(0, 4.4),
            title=r"The reading changes the model: dX = σX $\circ_\lambda$ dW on the same W",
        )
        ax.legend(ncols=3)
        return ax

    return Finding(tuple(rows), draw)
