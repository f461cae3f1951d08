"""G17: the exponential martingale exp(a W_t - a^2 t/2) has mean 1 for ever, and tends to 0 on every
path.

Its median is exp(-a^2 t/2): ever fewer paths carry the mean, and once a^2 t is well above 2 log M
no sample of M paths holds one of them. So the sample mean of a correct simulation goes to 0.
Bounded functions of it are measured instead.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.integrals.iterated import exponential_martingale
from stochcalc.motion.brownian import brownian

LATE = 16.0


@claim(
    "G17",
    chapter="integrals",
    title="exp(a W - a^2 t/2) is a martingale of mean 1 whose paths tend to 0",
)
def exponential(run: Run) -> Finding:
    """Mean and median at t = 1, and what is left of min(E, 1) at t = 16; a = 1."""
    W = brownian(LATE, int(LATE), paths=run.paths, store=False, key=run.key)

    def numbers(w: NDArray[np.float64]) -> Any:
        early, late = np.exp(w[:, 1] - 0.5), np.exp(w[:, -1] - LATE / 2)
        return early, early > 1.0, np.minimum(late, 1.0)

    found = run.expect(numbers, W, 3)
    rows = (
        Row(
            statement="E exp(W_t - t/2), t = 1",
            exact=1.0,
            measured=found[0].estimate(),
            twin=math.exp(0.5),
            twin_statement="e^(1/2), without -a^2 t/2",
            paths=run.paths,
        ),
        Row(
            statement="P(exp(W_t - t/2) > 1), t = 1",
            exact=float(ndtr(-0.5)),
            measured=found[1].estimate(),
            twin=0.5,
            twin_statement="1/2: the median is the mean",
            paths=run.paths,
        ),
        Row(
            statement="E min(exp(W_t - t/2), 1), t = 16",
            exact=2 * float(ndtr(-2.0)),
            measured=found[2].estimate(),
            twin=1.0,
            twin_statement="1, the mean without the bound",
            paths=run.paths,
            limit=0.0,
        ),
    )

    def draw(ax: Any) -> Any:
        from stochcalc.plot import COLOURS, curve

        paths = 10_000
        V = brownian(30.0, 300, paths=paths, key=run.key)
        E = exponential_martingale(V, 1.0)
        ax.plot(V.t, E[:40].T, color="0.75", lw=0.4)
        ax.plot(V.t, E.mean(axis=0), color=COLOURS[0], lw=1.8, label=f"mean of {paths} paths")
        ax.plot(V.t, np.median(E, axis=0), color=COLOURS[2], lw=1.8, ls="-.", label="their median")
        curve(ax, V.t, np.ones_like(V.t), "E = 1, exact", 1)
        curve(ax, V.t, np.exp(-V.t / 2), "exp(−a$^2$t/2), exact median", 3)
        ax.axvline(2 * math.log(paths), ls=":", color="0.35", lw=1.4, label="t = 2 log M")
        ax.set(
            yscale="log",
            xlabel="time t",
            ylabel="exp(W$_t$ − t/2)",
            ylim=(1e-8, 1e4),
            title="A martingale of mean 1 that goes to 0: the sample mean loses it",
        )
        ax.legend(loc="lower left")
        return ax

    return Finding(rows, draw)
