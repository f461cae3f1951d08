"""G29: annealed Langevin on the two-Gaussian toy of Song and Ermon (2019), weights 0.8 and 0.2 at
+-(5, 5).

It does not end at weight 0.8: with finitely many steps the mixing stops early, and plain Langevin
hardly moves mass between the modes at all. Along u = (x + y)/sqrt(2) the chain is one-dimensional,
so the law of the discrete chain is known by quadrature (`chain_law`): that number is tested, 0.8 is
the twin.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.claims.chain_law import diagonal_of_square, weight_above
from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.engine.random.philox import make_key
from stochcalc.estimate import Estimate
from stochcalc.langevin import sample
from stochcalc.score import GaussianMixture, annealed_langevin

WEIGHTS, HALF, STEP, N_STEPS = [0.8, 0.2], 8.0, 0.1, 100
SIGMAS = np.geomspace(20.0, 1.0, 10)
CHUNK = 1 << 16  # chains at a time: memory does not grow with their number


def toy(variance: float) -> tuple[GaussianMixture, GaussianMixture]:
    """The toy in the plane, and along the axis through its modes."""
    return (
        GaussianMixture(WEIGHTS, [[5.0, 5.0], [-5.0, -5.0]], variance),
        GaussianMixture(WEIGHTS, [[5.0 * math.sqrt(2.0)], [-5.0 * math.sqrt(2.0)]], variance),
    )


def anneal(p: GaussianMixture, x0: NDArray[np.float64], run: Run) -> NDArray[np.float64]:
    """The published schedule: sigma from 20 to 1 in 10 levels of 100 steps, alpha_i = 0.1
    sigma_i^2.
    """
    return annealed_langevin(
        p, SIGMAS, x0, step=STEP, n_steps=N_STEPS, key=run.key, workers=run.workers
    )


def plain(
    p: GaussianMixture, x0: NDArray[np.float64], run: Run, temperature: float = 1.0
) -> NDArray[np.float64]:
    """1000 steps of plain Langevin; gradient ascent at temperature 0."""
    chains = sample(
        p,
        x0,
        step=STEP,
        n=1000,
        chains=len(x0),
        starts=True,
        save="last",
        temperature=temperature,
        key=run.key,
        workers=run.workers,
    )
    assert chains.x is not None
    return chains.x[:, 0]


def weight(sampler: Any, p: GaussianMixture, run: Run, chains: int) -> Estimate:
    """Share of chains that end with x + y > 0, from uniform starts on [-8, 8]^2."""
    above = 0
    for first in range(0, chains, CHUNK):
        part = Run(0, make_key(np.random.SeedSequence([run.key, first])), run.workers)
        x0 = np.random.default_rng(part.key).uniform(-HALF, HALF, (min(CHUNK, chains - first), 2))
        above += int((sampler(p, x0, part).sum(axis=1) > 0).sum())
    share = above / chains
    near = (above + 1) / (chains + 2)  # not 0 for a share of 0 or 1
    return Estimate.normal(share, math.sqrt(near * (1 - near) / chains))


@claim(
    "G29",
    chapter="score",
    title="Annealed Langevin recovers the weights up to a bias that is known",
)
def annealed(run: Run) -> Finding:
    """Weights after annealed and plain Langevin, against the law of the discrete chain."""
    chains, start, rows = max(256, 2 * run.paths // 5), diagonal_of_square(HALF), []
    alphas = STEP * SIGMAS**2
    for rule, variance in (("components of width sigma_i", 0.0), ("exact smoothing", 1.0)):
        plane, axis = toy(variance)
        exact = weight_above(axis, SIGMAS, alphas, N_STEPS, start)
        rows.append(
            Row(
                statement=f"P(x + y > 0), annealed, {rule}",
                exact=exact,
                measured=weight(anneal, plane, run, chains),
                twin=0.8,
                twin_statement="0.8, the target's weight",
                paths=chains,
                limit=0.8,
            )
        )
    plane, axis = toy(1.0)
    exact = weight_above(axis, np.zeros(1), np.array([STEP]), 1000, start)
    rows.append(
        Row(
            statement="P(x + y > 0), plain Langevin, 1000 steps",
            exact=exact,
            measured=weight(plain, plane, run, chains // 4),
            twin=0.8,
            twin_statement="0.8, the target's weight",
            paths=chains // 4,
            limit=0.8,
        )
    )

    def draw(ax: Any) -> Any:
        from stochcalc.plot import COLOURS, panels

        x0 = np.random.default_rng(run.key).uniform(-HALF, HALF, (1500, 2))
        clouds = [
            ("gradient ascent", plain(plane, x0, run, 0.0), None),
            ("plain Langevin", plain(plane, x0, run), rows[2].exact),
            ("annealed", anneal(plane, x0, run), rows[1].exact),
        ]
        title = "The target's weight at (5, 5) is 0.8: annealing comes close, the others do not"
        for i, (panel, (name, points, exact)) in enumerate(zip(panels(ax, 3, title), clouds)):
            panel.scatter(
                points[:, 0], points[:, 1], s=20 if i == 0 else 3, alpha=0.3, color=COLOURS[i], lw=0
            )
            panel.plot([-10, 10], [10, -10], ls=":", color="0.35", lw=1.2)
            share = float((points.sum(axis=1) > 0).mean())
            known = "" if exact is None else f" (exact {exact:.3f})"
            panel.set(
                xlim=(-10, 10),
                ylim=(-10, 10),
                aspect="equal",
                xlabel="x",
                ylabel="y",
                xticks=(-5, 0, 5),
                yticks=(-5, 0, 5),
                title=f"{name}: weight {share:.2f}{known}",
            )
        return ax

    return Finding(tuple(rows), draw)
