r"""
Levels of noise: where a sampler should take its steps
======================================================

**Theorem.** Let :math:`s(x, \sigma)` be the score of data with noise of size :math:`\sigma`, and
let :math:`x` have the law of data with noise of size :math:`\sigma_1`. The flow

.. math::

    \frac{\dd x}{\dd \sigma} = -\sigma \, s(x, \sigma)

takes :math:`x` to the law of the data as :math:`\sigma` falls to 0. For data :math:`N(0, v)` every
step of Heun's scheme along the levels :math:`\sigma_1 > \dots > \sigma_N`, and the step of Euler's
to 0, multiplies :math:`x` by a number, so the law after any number of levels is known. With levels
that are equally spaced in :math:`\sigma^{1/\rho}`, its distance of Wasserstein to the limit of
many levels, :math:`N(0, v^2/(v + \sigma_N^2))`, is of the order :math:`1/N^2`.

A sampler of pictures is a slow machine: each score is a run of a large network. So the question is
what to do with, say, fifteen of them. :cite:t:`karras2022` gave three answers which are in use
everywhere. The noise level itself is the time. The levels are dense where there is little noise.
And some noise may be added again on the way, which is called *churn*. On a Gaussian each of the
three has an exact effect.
"""

import math
from itertools import pairwise

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Eight levels from 80 down to 0.002, spaced in three ways. Each way takes two scores a level and
# one at the last: fifteen.

data = sc.score.GaussianMixture([1.0], [[0.0]], 1.0)
noisy = np.sqrt(1.0 + 80.0**2) * np.random.default_rng(1).normal(size=(20_000, 1))
spacings = {
    "equal steps of sigma": sc.score.rho_schedule(0.002, 80.0, 8, rho=1),
    "equal steps of log sigma": np.geomspace(80.0, 0.002, 8),
    "rho = 7": sc.score.rho_schedule(0.002, 80.0, 8),
}
for name, levels in spacings.items():
    ends = sc.score.karras_sampler(data, levels, noisy)
    print(f"{name}: levels", *(f"{sigma:.3g}" for sigma in levels))
    print(f"    E x^2 = {sc.Estimate.mean(ends[:, 0] ** 2)}, of the data 1")

# %%
# With equal steps the sampler jumps from 11.4 to 0.002 at once, and all that distinguishes the data
# from noise happens in between. Watch a point on its way: along the flow :math:`x/\sqrt{1 +
# \sigma^2}` stays as it is. A loop over the levels with Heun's
# step shows the way.


def draw_ways(ax):
    for i, (name, levels) in enumerate(spacings.items()):
        x, way = np.array([[math.sqrt(1.0 + 80.0**2)]]), [1.0]
        for now, after in pairwise(levels):
            slope = -now * data.score(x, now)
            ahead = x + (after - now) * slope
            x = x + 0.5 * (after - now) * (slope - after * data.score(ahead, after))
            way.append(x[0, 0] / math.sqrt(1.0 + after**2))
        plot.curve(ax, levels, way, name, i)
        ax.plot(levels, way, "o", color=ax.lines[-1].get_color())
    plot.limit_line(ax, 1.0, "the flow")
    ax.set(xscale="log", xlim=(150.0, 0.0015), ylim=(0.0, 6.5))
    ax.set(xlabel="level of noise σ, falling", ylabel="x / (1 + σ$^2$)$^{1/2}$")
    ax.set_title("Three ways to spend fifteen scores")
    ax.legend(loc="upper left")


figure = plot.figure(
    draw_ways,
    alt="A point on its way along falling noise, beside the constant line of the flow: with rho = "
    "7 it ends at 1.3, with equal steps of the logarithm at 1.45, and with equal steps of sigma "
    "the last jump throws it to almost 6.",
)

# %%
# Check it
# --------
# The claim measures mean squares at level 0, for the three spacings, with churn, with fresh noise
# that is too loud, with a last level that is too far from 0, and from a start that is wrong.

finding = sc.CLAIMS["G56"].run(paths=200_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# The lines have the slope of order 2, but their heights differ by a factor of sixty. The other
# panel starts from noise of the variance 4 that should have been data with noise, of the variance
# 8: without churn the error at the start is the error at the end.

figure = plot.figure(
    finding.draw,
    alt="In the first panel the distance to the data falls with the number of scores, with slope "
    "minus 2, lowest for rho = 7 and highest for equal steps of sigma; in the second the variance "
    "from a wrong start rises with churn from 2 towards 4, and from the right start it stays near "
    "4.",
)

# %%
# The wrong twin
# --------------
# *Churn repairs errors, so some of it can only help.* It is said because with a learned score a
# moderate churn does improve pictures. But a lifted level makes the next step longer, and where
# nothing has to be repaired that is a loss.

row = finding.rows[3]
print(f"{row.statement}: {row.measured}, exact {row.exact:.5f}")
print(f"without churn {row.twin:.5f}: {row.twin_z:+.0f} standard errors away")
assert row.twin_refuted and row.exact > row.twin > 1

# %%
# Why
# ---
# For data :math:`N(0, v)` the score is :math:`-x/(v + \sigma^2)`, and the flow is :math:`\dd x =
# f x \, \dd \sigma` with :math:`f = \sigma/(v + \sigma^2)`. A step of Heun's scheme over :math:`h
# < 0` multiplies by
#
# .. math::
#
#     A = 1 + \frac{h}{2} \left( f + f' (1 + h f) \right), \qquad
#     \text{and Euler's to 0 by } \ 1 - \sigma f = \frac{v}{v + \sigma^2} .
#
# Far above the data, :math:`\sigma^2 \gg v`, the flow is :math:`\dd x/\dd \sigma = x/\sigma` and
# its lines are straight: long steps cost nothing there. Far below, nothing moves. The lines bend
# where :math:`\sigma` is near :math:`\sqrt v`, and there the levels should be. For one :math:`v` a
# spacing could be made to measure. Real data have structure on every scale, and :math:`\rho = 7` is
# a compromise between them.
#
# Churn takes the variance :math:`V` to :math:`A^2 [V + \sigma^2 ((1 + \gamma)^2 - 1)]`. With many
# levels the difference :math:`E` from the right variance solves :math:`E' = 2 f (\sigma' - S
# \sigma) E`. The first term is the flow, and the second forgets. The derivation is in
# :mod:`stochcalc.claims.theorems.g56_karras`.

# %%
# Exercise
# --------
# 1. The last step goes to the mean of the data given :math:`x`. What variance does the sampler end
#    with if it takes many levels down to :math:`\sigma_N = 1`, for data :math:`N(0, 1)`? What would
#    the flow from there have ended with? Check the first by a sample.
# 2. Take data :math:`N(0, 4)` and :math:`N(0, \frac14)`, eight levels and :math:`\rho = 3`. One
#    point at :math:`x = 1` tells the factor by which the sampler multiplies all of them. For which
#    of the two is :math:`\rho = 3` better than 7?
#
# .. solution::

# 1. v^2/(v + 1) = 1/2. The flow multiplies by the root of v/(v + 1) and ends with 1.
levels = sc.score.rho_schedule(1.0, 80.0, 128)
ends = sc.score.karras_sampler(data, levels, noisy)
square = sc.Estimate.mean(ends[:, 0] ** 2)
print(f"down to 1: E x^2 = {square}, exact 0.5 but for the steps")
assert abs(square.z(0.5)) <= 6 and square.z(1.0) < -20

# 2. The factor squared, times the variance v + 80^2 of the start, is the variance at the end.
for v in (4.0, 0.25):
    wide = sc.score.GaussianMixture([1.0], [[0.0]], v)
    found = {}
    for rho in (3.0, 7.0):
        levels = sc.score.rho_schedule(0.002, 80.0, 8, rho=rho)
        factor = sc.score.karras_sampler(wide, levels, [[1.0]])[0, 0]
        found[rho] = abs(factor * math.sqrt(v + 80.0**2) - math.sqrt(v))
        print(f"v = {v}, rho = {rho:g}: distance of Wasserstein {found[rho]:.4f}")
    assert (found[3.0] < found[7.0]) == (v > 1.0)

# %%
# References
# ----------
# :cite:t:`karras2022` have the levels, the steps and churn as their algorithms 1 and 2;
# :cite:t:`pierretgalerne2024` follow samplers on Gaussian data as it is done here. The functions
# here: :func:`stochcalc.score.karras_sampler`, :func:`stochcalc.score.rho_schedule`,
# :class:`stochcalc.score.GaussianMixture`.
