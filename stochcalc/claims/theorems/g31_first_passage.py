"""G31: the first passage through a barrier, at any number of steps.

Brownian motion with drift reaches a level by T with probability Phi((mu T - d)/(sigma sqrt(T))) +
e^(2 mu d/sigma^2) Phi((-mu T - d)/(sigma sqrt(T))). Four grid times see it much too rarely; the
bridges between them repair the law exactly, the time of the passage included. For the
Ornstein-Uhlenbeck process with its exact steps the bridges' frozen volatility leaves an error of
order h^2; what n steps see is known by quadrature and the law itself by an integral equation
(`passage_law`).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.models import ou
from stochcalc.passage.chain_law import chain_passage
from stochcalc.passage.exact_laws import brownian_mean, brownian_passage, ou_passage
from stochcalc.passage.first_passage import first_passage
from stochcalc.sde import SDE

D, MU, SIGMA, N = 1.0, 0.5, 0.8, 4  # Brownian motion with drift, to the level D
OU, START, BARRIER, FINE = (2.0, 0.5, 1.0), 0.0, 1.0, 64
SHIFT = 0.5826  # -zeta(1/2)/sqrt(2 pi)


def drifting() -> SDE:
    """Brownian motion with drift."""
    return SDE(
        lambda t, x, mu, sigma: mu,
        lambda t, x, mu, sigma: sigma,
        noise="additive",
        args=(MU, SIGMA),
    )


@claim(
    "G31",
    chapter="schemes",
    title=(
        "Bridges between grid times give the law of the first passage; grid times alone"
        " see it too late"
    ),
)
def passage(run: Run) -> Finding:
    """Probabilities and a mean of Brownian motion on 4 steps, and a probability of an
    Ornstein-Uhlenbeck process on 64.
    """
    how: dict[str, Any] = {
        "paths": run.paths,
        "save": "stats",
        "key": run.key,
        "workers": run.workers,
        "progress": run.progress,
    }
    bridged = first_passage(drifting(), 0.0, D, 1.0, n=N, **how)
    grid = first_passage(drifting(), 0.0, D, 1.0, n=N, correction=False, **how)
    reverting = first_passage(ou(*OU), START, BARRIER, 1.0, n=FINE, method="exact", **how)
    law, mean = brownian_passage(1.0, D, MU, SIGMA), brownian_mean(1.0, D, MU, SIGMA)
    seen = chain_passage(N, 1.0, 0.0, D, mu=MU, sigma=SIGMA, correction=False)
    moved = brownian_passage(1.0, D + SHIFT * SIGMA / math.sqrt(N), MU, SIGMA)
    rounded = float(np.mean([1.0 - brownian_passage(k / N, D, MU, SIGMA) for k in range(N)]))
    theta, mu, sigma = OU
    with_bridges, without, euler = (
        chain_passage(
            FINE,
            1.0,
            START,
            BARRIER,
            theta=theta,
            mu=mu,
            sigma=sigma,
            method=method,
            correction=correction,
        )
        for method, correction in (("exact", True), ("exact", False), ("euler_maruyama", True))
    )
    limit = ou_passage(1.0, START, BARRIER, theta, mu, sigma)
    rows = (
        Row(
            statement=f"P(tau <= 1) of mu t + sigma W, bridges on n = {N}",
            exact=law,
            measured=bridged.probability,
            twin=seen,
            twin_statement="as grid times see it",
            paths=run.paths,
            limit=law,
        ),
        Row(
            statement=f"P(tau <= 1) seen at {N} grid times",
            exact=seen,
            measured=grid.probability,
            twin=moved,
            twin_statement="the law at a barrier 0.5826 sigma sqrt(h) further away",
            paths=run.paths,
            limit=law,
        ),
        Row(
            statement=f"E min(tau, 1), bridges on n = {N}",
            exact=mean,
            measured=bridged.mean_restricted,
            twin=rounded,
            twin_statement="each passage at the end of its step",
            paths=run.paths,
            limit=mean,
        ),
        Row(
            statement=(
                "P(tau <= 1) of an Ornstein-Uhlenbeck process, exact steps and bridges on "
                f"n = {FINE}"
            ),
            exact=with_bridges,
            measured=reverting.probability,
            twin=without,
            twin_statement="as grid times see it",
            paths=run.paths,
            limit=limit,
        ),
    )
    remark = (
        f"Ornstein-Uhlenbeck, n = {FINE}, against the law {limit:.6f}: exact steps with bridges "
        f"are off by {with_bridges - limit:+.1e}, Euler-Maruyama with bridges by "
        f"{euler - limit:+.1e}, grid times alone by {without - limit:+.1e}"
    )

    def draw(ax: Any) -> Any:
        from stochcalc.plot import curve

        for i, correction in enumerate((True, False)):
            found = first_passage(
                drifting(),
                0.0,
                D,
                1.0,
                n=N,
                paths=20_000,
                correction=correction,
                key=run.key,
                workers=run.workers,
            )
            found.plot(ax, i=i)
        t = np.linspace(0.0, 1.0, 401)
        curve(ax, t, brownian_passage(t, D, MU, SIGMA), "exact law", 2)
        ax.set_title(f"{N} steps and their bridges give the law of the first passage")
        ax.legend()
        return ax

    return Finding(rows, draw, (remark,))
