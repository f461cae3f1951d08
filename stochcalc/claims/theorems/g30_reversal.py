"""G30: noise runs backwards. The reverse-time equation and the probability flow of an exact score,
against exact numbers.

The target is the two-Gaussian toy, weights 0.8 and 0.2, and the start is its own law at time T.
Along u = (x + y)/sqrt(2) Euler's scheme is a chain on the line, whose law after n steps is known by
quadrature (`chain_law`): so is what n steps leave of the weight. The flow has no bias but that of
its start: from N(0, sigma_T^2) it maps quantiles to quantiles, and keeps for ever

    P(u > 0) = P(sigma_T z > q),    F_T(q) = F_0(0),

with F_t the distribution function of the noised target. And it carries a density: the mean of log p
over data is minus the entropy.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr

from stochcalc.claims.chain_law import after_moves, smoothed_law
from stochcalc.claims.claim import Finding, Row, Run, claim
from stochcalc.claims.theorems.g29_annealed import toy
from stochcalc.engine.random.philox import make_key
from stochcalc.estimate import Estimate
from stochcalc.score import (
    VE,
    VP,
    GaussianMixture,
    Noising,
    log_likelihood,
    probability_flow,
    reverse_sde,
)
from stochcalc.score.moves import Moves

PLANE, AXIS = toy(1.0)
EXPLODING, PRESERVING, SHORT = VE(0.1, 20.0), VP(), VE(0.1, 4.0)
NOISINGS: dict[str, VE | VP] = {"VE": EXPLODING, "VP": PRESERVING}
N = 10


def noised(target: GaussianMixture, noising: Noising, n: int, key: int) -> NDArray[np.float64]:
    """Points of the target's own law at time T."""
    data, noise = (make_key(np.random.SeedSequence([key, purpose])) for purpose in (1, 2))
    return noising.noised(target.sample(n, rng=data), noising.T, rng=noise)


def along(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """u = (x + y)/sqrt(2)."""
    found: NDArray[np.float64] = x.sum(axis=1) / math.sqrt(2.0)
    return found


def sampled(values: NDArray[np.float64]) -> Estimate:
    """A mean with its standard error."""
    return Estimate.normal(float(values.mean()), float(values.std(ddof=1)) / math.sqrt(len(values)))


def share(u: NDArray[np.float64]) -> Estimate:
    """The share of points with u > 0."""
    return sampled((u > 0).astype(float))


def exact_chain(noising: VE | VP, n: int) -> tuple[float, float]:
    """(P(u > 0), E u^2) after n steps of Euler's scheme."""
    t, h = noising.T * (1.0 - np.arange(n) / n), noising.T / n
    if isinstance(noising, VE):  # dx = g^2 s_t(x) dt + g dW backwards, g^2 = d sigma^2/dt
        rate, m, sigma = (
            0.0 * t,
            1.0 + 0.0 * t,
            noising.sigma_min * (noising.sigma_max / noising.sigma_min) ** (t / noising.T),
        )
        squared = 2.0 * math.log(noising.sigma_max / noising.sigma_min) / noising.T * sigma**2
    else:  # dx = (x/2 + s_t(x)) beta dt + sqrt(beta) dW backwards
        squared = noising.beta_min + (noising.beta_max - noising.beta_min) * t / noising.T
        rate, m = (
            0.5 * squared,
            np.exp(-0.5 * (noising.beta_min * t + 0.5 * (squared - noising.beta_min) * t)),
        )
        sigma = np.sqrt(1.0 - m * m)
    table = Moves(1.0 + rate * h, squared * h, np.sqrt(squared * h), sigma / m, 1.0 / m)
    return after_moves(AXIS, table, smoothed_law(AXIS, float(m[0]), float(sigma[0])))


def reversed_points(run: Run, noising: Noising, n: int, points: int) -> NDArray[np.float64]:
    """u after n steps of Euler's scheme."""
    return along(
        reverse_sde(
            PLANE,
            noising,
            noised(PLANE, noising, points, run.key),
            n=n,
            key=run.key,
            workers=run.workers,
        )
    )


def kept_weight(noising: Noising) -> float:
    """P(u > 0) of the flow from N(0, sigma_T^2)."""
    m, sigma = noising.mean_factor(noising.T), noising.sigma(noising.T)

    def distribution(u: float, m: float, sigma: float) -> float:
        spread = np.sqrt(m * m * AXIS.covs[:, 0, 0] + sigma * sigma)
        return float(AXIS.weights @ ndtr((u - m * AXIS.means[:, 0]) / spread))

    below = distribution(0.0, 1.0, noising.sigma(0.0))
    return float(ndtr(-brentq(lambda q: distribution(q, m, sigma) - below, -50.0, 50.0) / sigma))


def entropy(sigma: float) -> float:
    """Return -int p log p of the toy smoothed by sigma: along its axis, plus across it."""
    u = np.linspace(-30.0, 30.0, 20_001)
    log_p = AXIS.log_density(u[:, None], sigma)
    return -float(np.trapezoid(np.exp(log_p) * log_p, u)) + 0.5 * math.log(
        2.0 * math.pi * math.e * (1.0 + sigma**2)
    )


@claim(
    "G30",
    chapter="score",
    title=(
        "The reverse-time equation and the probability flow give back the data, up to a"
        " bias that is known"
    ),
)
def reversal(run: Run) -> Finding:
    """Weights, second moments and likelihoods."""
    points, few, rows = max(512, run.paths // 4), max(256, run.paths // 40), []
    for name, noising in NOISINGS.items():
        u, (weight, second) = reversed_points(run, noising, N, points), exact_chain(noising, N)
        own = 51.0 + noising.sigma(0.0) ** 2
        rows.append(
            Row(
                statement=f"P(u > 0), reverse {name} by Euler, n = {N}",
                exact=weight,
                measured=share(u),
                twin=0.8,
                twin_statement="0.8, the target's weight",
                paths=points,
                limit=0.8,
            )
        )
        if name == "VP":
            rows.append(
                Row(
                    statement=f"E u^2, reverse VP by Euler, n = {N}",
                    exact=second,
                    measured=sampled(u * u),
                    twin=own,
                    twin_statement="the target's",
                    paths=points,
                    limit=own,
                )
            )
    start = noised(PLANE, SHORT, few, run.key)
    flowed = along(probability_flow(PLANE, SHORT, start, rtol=1e-4, atol=1e-4))
    prior = SHORT.prior(few, 2, rng=make_key(np.random.SeedSequence([run.key, 3])))
    biased, kept = (
        along(probability_flow(PLANE, SHORT, prior, rtol=1e-4, atol=1e-4)),
        kept_weight(SHORT),
    )
    below = float(
        AXIS.weights @ ndtr((0.0 - AXIS.means[:, 0]) / math.sqrt(1.0 + SHORT.sigma(0.0) ** 2))
    )
    rows.append(
        Row(
            statement="P(u > 0), flow from the law at T",
            exact=1.0 - below,
            measured=share(flowed),
            twin=kept,
            twin_statement="that from a Gaussian",
            paths=few,
            limit=0.8,
        )
    )
    rows.append(
        Row(
            statement=f"P(u > 0), flow from N(0, sigma_T^2), sigma_T = {SHORT.sigma_max:g}",
            exact=kept,
            measured=share(biased),
            twin=0.8,
            twin_statement="0.8: the flow forgets its start",
            paths=few,
            limit=kept,
        )
    )
    data = SHORT.noised(PLANE.sample(few, rng=run.key), 0.0, rng=run.key + 1 & 2**64 - 1)
    likelihood, sigma = log_likelihood(PLANE, SHORT, data, rtol=1e-5, atol=1e-5), SHORT.sigma(0.0)
    choice = -float(AXIS.weights @ np.log(AXIS.weights))
    rows.append(
        Row(
            statement="E log p(X) by the flow",
            exact=-entropy(sigma),
            measured=sampled(likelihood),
            twin=choice - entropy(sigma),
            twin_statement="that of one Gaussian, without the choice between two",
            paths=few,
        )
    )
    return Finding(tuple(rows), lambda ax: draw(ax, run))


def draw(ax: Any, run: Run) -> Any:
    """Clouds on their way back, and the bias of Euler's scheme against n."""
    from stochcalc.plot import COLOURS, curve, limit_line, panels, points

    first, second, third = panels(
        ax, 3, "Noise runs backwards: clouds at t = T, T/2, 0, and Euler's weight against n"
    )
    x = noised(PLANE, EXPLODING, 1500, run.key)
    half = probability_flow(PLANE, EXPLODING, x, t1=0.5, rtol=1e-3, atol=1e-3)
    end = reverse_sde(PLANE, EXPLODING, x, n=100, key=run.key, workers=run.workers)
    for i, (cloud, label) in enumerate(((x, "t = T"), (half, "t = T/2"), (end, "t = 0"))):
        first.scatter(cloud[:, 0], cloud[:, 1], s=4, alpha=0.4, color=COLOURS[i], lw=0, label=label)
    first.set(
        xlim=(-45, 45), ylim=(-45, 45), xlabel="x", ylabel="y", title="reverse VE", aspect="equal"
    )
    first.legend(markerscale=3)
    grid = np.linspace(-10.0, 10.0, 41)
    cells = np.stack(np.meshgrid(grid, grid), axis=2).reshape(-1, 2)
    found = log_likelihood(PLANE, EXPLODING, cells, rtol=1e-5, atol=1e-5)
    true = PLANE.log_density(cells, EXPLODING.sigma(0.0))
    second.plot(true, found, ".", color=COLOURS[0], ms=4, label="by the flow")
    curve(second, [true.min(), true.max()], [true.min(), true.max()], "equal", 1)
    second.set(xlabel="log p, exact", ylabel="log p by the flow", title="log likelihood on a grid")
    second.legend()
    steps = np.array([5, 8, 12, 20, 40])
    for i, (label, noising) in enumerate(NOISINGS.items()):
        points(
            third,
            steps,
            [share(reversed_points(run, noising, int(n), 20_000)) for n in steps],
            label,
            i,
        )
        curve(third, steps, [exact_chain(noising, int(n))[0] for n in steps], f"{label}, exact", i)
    limit_line(third, 0.8, "the target's weight")
    third.set(
        xscale="log",
        xlabel="steps n",
        ylabel="P(x + y > 0)",
        title="weight by Euler's scheme",
        xticks=steps,
        xticklabels=map(str, steps),
    )
    third.minorticks_off()
    third.legend()
    return ax
