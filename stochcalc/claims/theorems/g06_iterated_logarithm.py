"""G06: the law of the iterated logarithm, in logarithmic time.

limsup W_t/sqrt(2 t ln ln t) = 1, as slowly as ln ln t grows, so no simulation sees the limit. But
W_t/sqrt(t) at t = e^s is a stationary Ornstein-Uhlenbeck process U_s with covariance e^(-|s -
s'|/2): simulated exactly in s, where t itself would overflow, and that law is what is tested.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.motion.brownian import brownian

S = 50  # ln t at the end: t = 5e21


def stationary(w: NDArray[np.float64], ds: float) -> NDArray[np.float64]:
    """U at s = 0, ds, 2 ds, ...

    from the increments of w on unit steps: U <- e^(-ds/2) U + sqrt(1 - e^(-ds)) z, U_0 = z.
    """
    z, decay = np.diff(w, axis=1), math.exp(-ds / 2)
    u, fresh = z.copy(), math.sqrt(-math.expm1(-ds))
    for k in range(1, u.shape[1]):
        u[:, k] = decay * u[:, k - 1] + fresh * z[:, k]
    return u


@claim(
    "G06",
    chapter="motion",
    title=(
        "W_t/sqrt(t) is stationary in ln t, and exceeds sqrt(2 ln ln t) ever more "
        "rarely, but again and again"
    ),
)
def iterated_logarithm(run: Run) -> Finding:
    """Variance, covariance and excesses of W_t/sqrt(t) at t = e^50."""
    bound = math.sqrt(2.0 * math.log(S))
    W = brownian(S + 1.0, S + 1, paths=run.paths, store=False, key=run.key)

    def numbers(w: NDArray[np.float64]) -> Any:
        u = stationary(w, 1.0)
        return u[:, -1] ** 2, u[:, -1] * u[:, -2], np.abs(u[:, -1]) > bound

    found = run.expect(numbers, W, 3)
    rows = (
        Row(
            statement="E W_t^2/t, t = e^50",
            exact=1.0,
            measured=found[0].estimate(),
            twin=2 * math.log(S),
            twin_statement="2 ln ln t: the envelope is typical",
            paths=run.paths,
            limit=1.0,
        ),
        Row(
            statement="E U_s U_{s+1}, U_s = W_t/sqrt(t), t = e^s",
            exact=math.exp(-0.5),
            measured=found[1].estimate(),
            twin=math.exp(-1.0),
            twin_statement="e^(-1), rate 1 instead of 1/2",
            paths=run.paths,
        ),
        Row(
            statement="P(|W_t| > sqrt(2 t ln ln t)), t = e^50",
            exact=2 * float(ndtr(-bound)),
            measured=found[2].estimate(),
            twin=0.0,
            twin_statement="0: never beyond it",
            paths=run.paths,
            limit=0.0,
        ),
    )

    def draw(ax: Any) -> Any:
        from stochcalc.plot import COLOURS

        ds, n = 0.05, 10_000
        s = 1.5 + ds * np.arange(n)
        u = stationary(brownian(float(n), n, key=run.key).values, ds)[0]
        envelope = np.sqrt(2 * np.log(s))
        ax.plot(s, u, color=COLOURS[0], lw=0.4, label="$W_t/\\sqrt{t}$")
        for sign in (1, -1):
            ax.plot(
                s,
                sign * envelope,
                color=COLOURS[1],
                lw=1.8,
                label="±√(2 ln ln t)" if sign > 0 else None,
            )
        beyond = np.abs(u) > envelope
        ax.plot(s[beyond], u[beyond], ls="", marker="o", ms=3, color="black", label="beyond")
        ax.set(
            xscale="log",
            xlabel="ln t (t itself reaches e$^{500}$)",
            ylabel="$W_t/\\sqrt{t}$",
            ylim=(-5.2, 5.2),
            title="Iterated logarithm: the path touches ±√(2 ln ln t) for ever, ever more rarely",
        )
        ax.legend(loc="upper left", ncols=3)
        return ax

    return Finding(rows, draw)
