"""The weights that annealed Langevin dynamics leaves depend on the schedule, and the law of the
discrete chain says how.

Two Gaussians of weights 0.8 and 0.2 at +-(5, 5), sigma from 20 to 1: more steps and more levels
bring the weight nearer to 0.8, slowly, and by the same work either way. Curves are exact
(quadrature), points are sampled. Source: Song and Ermon, NeurIPS 2019, for the toy; the exact law
is claim G29's."""

import sys

import numpy as np

import stochcalc as sc
from stochcalc.claims.chain_law import diagonal_of_square, weight_above
from stochcalc.claims.theorems.g29_annealed import HALF, STEP, toy
from stochcalc.plot import curve, limit_line, points, save

plane, axis = toy(1.0)
start, chains, counts, levels = (
    diagonal_of_square(HALF),
    10_000,
    np.array([5, 10, 20, 40, 80]),
    (5, 10, 20),
)


def exact(number, steps):
    sigmas = np.geomspace(20.0, 1.0, number)
    return weight_above(axis, sigmas, STEP * sigmas**2, int(steps), start)


def sampled(number, steps):
    x0 = np.random.default_rng(1).uniform(-HALF, HALF, (chains, 2))
    ends = sc.score.annealed_langevin(
        plane, np.geomspace(20.0, 1.0, number), x0, step=STEP, n_steps=int(steps), rng=2
    )
    share = (ends.sum(axis=1) > 0).mean()
    return sc.Estimate.normal(share, np.sqrt(share * (1 - share) / chains))


found = {number: [sampled(number, steps) for steps in counts] for number in levels}
due = {number: [exact(number, steps) for steps in counts] for number in levels}
for number in levels:
    for steps, estimate, weight in zip(counts, found[number], due[number]):
        print(
            f"{number} levels of {steps} steps: exact {weight:.4f}, sampled {estimate}, z "
            f"{estimate.z(weight):+.2f}"
        )
        assert abs(estimate.z(weight)) < 6


def draw(ax):
    """Weight against steps per level."""
    for i, number in enumerate(levels):
        points(ax, counts, found[number], f"{number} levels", i)
        curve(ax, counts, due[number], f"{number} levels, exact", i)
    limit_line(ax, 0.8, "the target's weight")
    ax.set(
        xscale="log",
        xlabel="steps per level",
        ylabel="P(x + y > 0)",
        xticks=counts,
        xticklabels=map(str, counts),
        title="The schedule decides the weights that annealing leaves",
    )
    ax.minorticks_off()
    ax.legend(ncol=2)
    return ax


save(draw, sys.argv[1] if len(sys.argv) > 1 else "schedules.png")
