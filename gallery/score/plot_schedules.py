"""The weights that annealed Langevin dynamics leaves depend on the schedule, and the law of the
discrete chain says how.

Two Gaussians of weights 0.8 and 0.2 at +-(5, 5), sigma from 20 to 1: more steps bring the weight
nearer to 0.8, slowly, and at equal work more levels are better than more steps in each. With 200
steps in all, 5, 10 and 20 levels leave 0.7134, 0.7309 and 0.7357; with 400 steps they leave 0.7484,
0.7630 and 0.7667. Curves are exact (quadrature), points are sampled. Source: Song and Ermon,
NeurIPS 2019, for the toy; the exact law is claim G29's."""

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
equal_work = {200: (0.7134, 0.7309, 0.7357), 400: (0.7484, 0.7630, 0.7667)}
for work, quoted in equal_work.items():
    assert tuple(round(exact(number, work // number), 4) for number in levels) == quoted


def draw(ax):
    """Weight against all steps that are taken."""
    for i, number in enumerate(levels):
        points(ax, number * counts, found[number], f"{number} levels", i)
        curve(ax, number * counts, due[number], f"{number} levels, exact", i)
    work = (25, 50, 100, 200, 400, 800, 1600)
    limit_line(ax, 0.8, "the target's weight")
    ax.set(
        xscale="log",
        xlabel="steps in all",
        ylabel="P(x + y > 0)",
        xticks=work,
        xticklabels=map(str, work),
        title="At equal work more levels leave a better weight than more steps in each",
    )
    ax.minorticks_off()
    ax.legend(ncol=2)
    return ax


save(draw, sys.argv[1] if len(sys.argv) > 1 else "schedules.png")
