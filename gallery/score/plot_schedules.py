r"""
Schedules: the same work leaves different weights
=================================================

**Theorem.** Annealed Langevin on two equally wide round modes takes :math:`n` steps of size
:math:`\alpha_i = 0.1\,\sigma_i^2` at each of :math:`L` levels :math:`\sigma_1 > \dots > \sigma_L`.
On the line :math:`u` through the modes, the density after a step at level :math:`i` is
:math:`K_i p(v) = \int p(u) \, \varphi(v;\, u + \frac{\alpha_i}{2} s(u, \sigma_i), \alpha_i) \,
\dd u`, where :math:`\varphi(v; c, \alpha)` is the normal density of mean :math:`c` and
variance :math:`\alpha`. From the start :math:`p_0` the schedule therefore leaves the weight

.. math::

    w(L, n) = \int_0^\infty K_L^n \cdots K_2^n K_1^n \, p_0(u) \, \dd u

at the mode on the positive side.

So a schedule is judged by a number that needs no samples: one can compute what a schedule does
before it is run. The question here is how 200 steps should be spent. Few levels, so that each has
the time to settle? Or many, with hardly a step at each?
"""

import numpy as np

import stochcalc as sc
from stochcalc import plot
from stochcalc.claims.chain_law import diagonal_of_square, weight_above

# %%
# Try it
# ------
# The target has the weights 0.8 and 0.2, and the chains start anywhere on a square, one half of
# them on either side. The levels go from 20 down to 1 by equal factors.

target = sc.score.GaussianMixture([0.8, 0.2], [[5.0, 5.0], [-5.0, -5.0]], 1.0)
starts = np.random.default_rng(1).uniform(-8.0, 8.0, (20_000, 2))


def measure_weight(levels, n_steps, top=20.0):
    sigmas = np.geomspace(top, 1.0, levels)
    ends = sc.score.annealed_langevin(
        target,
        sigmas,
        starts,
        step=0.1,  # of the last level, where sigma = 1
        n_steps=n_steps,
        rng=2,
    )
    return sc.Estimate.mean((ends.sum(axis=1) > 0).astype(float))


for levels in (5, 10, 20):
    n_steps = 200 // levels
    print(f"{levels:2} levels of {n_steps:2} steps: {measure_weight(levels, n_steps)}")

# %%
# Check it
# --------
# The integrals are computed on a grid, where the trapezoid rule is as good as exact for densities
# as smooth as these. Every schedule is compared with 20,000 chains.

far = 5.0 * np.sqrt(2.0)
axis = sc.score.GaussianMixture([0.8, 0.2], [[far], [-far]], 1.0)
p0 = diagonal_of_square(8.0)


def exact_weight(levels, n_steps, top=20.0):
    sigmas = np.geomspace(top, 1.0, levels)
    return weight_above(axis, sigmas, 0.1 * sigmas**2, n_steps, p0)


counts = (5, 10, 20, 40, 80)
measured = {}
exact = {}
for levels in (5, 10, 20):
    measured[levels] = [measure_weight(levels, n) for n in counts]
    exact[levels] = [exact_weight(levels, n) for n in counts]
    for n, found, weight in zip(counts, measured[levels], exact[levels]):
        z = found.z(weight)
        print(f"{levels:2} levels of {n:2}: exact {weight:.4f}, {found}, z = {z:+.1f}")
        assert abs(z) <= 6

# %%
# Against *all* steps that are taken, the curves lie above each other: the more levels, the better.


def draw(ax):
    for i, levels in enumerate((5, 10, 20)):
        work = levels * np.array(counts)
        plot.points(ax, work, measured[levels], "", i)
        plot.curve(ax, work, exact[levels], "", i)
        ax.annotate(
            f"{levels} levels",
            (work[-1], exact[levels][-1]),
            xytext=(8, -11 if levels == 20 else -17),
            textcoords="offset points",
            color=plot.look.choose_colour(i),
        )
    plot.limit_line(ax, 0.8, "the target's weight")
    key = "points: measured, lines: exact"
    ax.plot([], [], "o-", color=plot.look.ink(ax), label=key)
    ax.set(xscale="log", xlim=(20, 3000), xlabel="steps in all", ylabel="P(x + y > 0)")
    work = (25, 50, 100, 200, 400, 800, 1600)
    ax.set_xticks(work, map(str, work))
    ax.minorticks_off()
    ax.set_title("At equal work, more levels leave a better weight")
    ax.legend(loc="lower right")


figure = plot.figure(
    draw,
    alt="The weight rises with the number of all steps, along exact curves: that of 20 "
    "levels lies highest, that of 5 levels lowest, and all stay below 0.8.",
)

# %%
# The wrong twin
# --------------
# *Two hundred steps are two hundred steps.* It is tempting to believe that only the total matters,
# since all these schedules travel over the same range of noise. Then 20 levels would leave the
# weight of 5 levels, which is this far from the measurement:

found = measure_weight(20, 10)
twin = exact_weight(5, 40)
print(f"20 levels of 10: {found}, exact {exact_weight(20, 10):.4f}")
print(f"5 levels of 40: {twin:.4f}, {found.z(twin):+.1f} standard errors away")
assert abs(found.z(exact_weight(20, 10))) <= 6 and found.z(twin) > 6

# %%
# Why
# ---
# A level pulls the weight of the chain towards that of its own smoothed law, as long as the valley
# between the modes can be crossed; in the lesson on annealed Langevin this ends near
# :math:`\sigma = 3.6`. With 5 levels the last ones are 4.5, 2.1 and 1. At 4.5 the smoothed law has
# the weight 0.763, and at 2.1 hardly any chain crosses: even a long stay at 4.5 gains little more
# than that. With 20 levels there are also 4.1, 3.5 and 3.0, whose weights lie nearer to 0.8. With
# more levels the target moves in smaller steps, and the chain can follow it further, as a glass
# that is cooled slowly follows its equilibrium further. This gain has a limit: even a level for
# every single step leaves no more than 0.74.

for levels in (20, 40, 200):
    weight = exact_weight(levels, 200 // levels)
    print(f"{levels:3} levels of {200 // levels:2} steps: {weight:.4f}")

# %%
# Exercise
# --------
# Keep 20 levels of 10 steps, and choose the largest level: 20, 10 or 5. Which one leaves the best
# weight? Guess first; then compute it, and confirm the best one by a sample.
#
# .. solution::

weights = {top: exact_weight(20, 10, top) for top in (20.0, 10.0, 5.0)}
best = max(weights, key=weights.get)
found = measure_weight(20, 10, best)
print({top: round(weight, 4) for top, weight in weights.items()})
print(f"from {best:g}: measured {found}, exact {weights[best]:.4f}")
assert best == 10.0 and abs(found.z(weights[best])) <= 6
# At 20 the modes are one hill for long, and steps are wasted on noise that says nothing of the
# weights; from 5 on the chain has too little time to leave the half of its start.

# %%
# References
# ----------
# :cite:t:`songermon2019` introduced the schedule and the two modes. The functions here:
# :func:`stochcalc.score.annealed_langevin`, :class:`stochcalc.score.GaussianMixture`; the
# quadrature is in :mod:`stochcalc.claims.chain_law`, and the claim in
# :mod:`stochcalc.claims.theorems.g29_annealed`.
