r"""
How high, how far, how wide: Donsker's theorem for a functional
===============================================================

**Theorem** (Donsker; Erdos and Kac for the maximum). Let :math:`S_k` be the sums of independent
steps with one law, of mean 0 and variance 1, and let :math:`W` be a Brownian motion on
:math:`[0, 1]`. The path with the values :math:`S_k/\sqrt n` at :math:`t = k/n` tends to :math:`W`
in law. Hence :math:`F(S/\sqrt n)` tends in law to :math:`F(W)` for every functional :math:`F` that
is continuous in the supremum norm. For example,

.. math::

    \frac{E \max_{k \le n} S_k}{\sqrt n} \to \sqrt{\frac 2 \pi}, \qquad
    \frac{E \max_{k \le n} |S_k|}{\sqrt n} \to \sqrt{\frac \pi 2}, \qquad
    \frac{E (\max S_k - \min S_k)^2}{n} \to 4 \log 2 ,

whatever the coin. The walk of a fair coin, :math:`\pm 1`, is late by half a step:

.. math::

    \frac{E \max_{k \le n} S_k}{\sqrt n} = \sqrt{\frac 2 \pi} - \frac{1}{2 \sqrt n}
    + O\Bigl(\frac 1n\Bigr) .

The central limit theorem speaks of one number, the end of the walk. A gambler asks other things:
how much was I ahead at best, how far did it go either way, how wide was the swing? All of these
depend on the whole path, and one limit answers all of them.
"""

import math

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Take three coins of variance 1. The *fair* one shows :math:`\pm 1`. The *lazy* one shows
# :math:`\pm \sqrt 2`, or nothing at all half of the time; it is the sum of two tosses over
# :math:`\sqrt 2`. The third has normal steps. All of them can be made from increments of Brownian
# motion, whose signs are fair tosses.

n = 400
W = sc.brownian(T=float(n), n=2 * n, paths=10_000, rng=7)
tosses = np.sign(W.increments)
steps = {
    "fair": tosses[:, :n],
    "lazy": (tosses[:, 0::2] + tosses[:, 1::2]) / np.sqrt(2),
    "normal": W.increments[:, 0::2] + W.increments[:, 1::2],
}


def scale(steps):
    """Return S_k/sqrt(n) for k = 0, ..., n."""
    sums = np.cumsum(steps, axis=1) / np.sqrt(steps.shape[1])
    return np.pad(sums, ((0, 0), (1, 0)))


walks = {name: scale(found) for name, found in steps.items()}
peaks = {name: walk.max(axis=1) for name, walk in walks.items()}
for name, peak in peaks.items():
    print(f"{name:6}: E max = {sc.Estimate.mean(peak)}, the limit is {np.sqrt(2 / np.pi):.4f}")

# %%
# The laws of the three maxima are nearly the same. By the principle of reflection that of
# :math:`\max W` is the law of :math:`|W_1|`, with the distribution function
# :math:`2 \Phi(x) - 1`.


def draw_laws(ax):
    places = np.linspace(0.2, 2.2, 6)
    for i, (name, peak) in enumerate(peaks.items()):
        own = places + 0.05 * (i - 1)  # beside one another
        shares = [sc.Estimate.share((peak <= x + 1e-9).sum(), len(peak)) for x in own]
        plot.points(ax, own, shares, f"{name} steps, n = {n}", i)
    x = np.linspace(0.0, 3.0, 200)
    plot.curve(ax, x, [math.erf(value / math.sqrt(2)) for value in x], "max W", 3)
    ax.set(xlabel="x", ylabel="P(max S$_k$/√n ≤ x)", xlim=(0, 3), ylim=(0, 1.02))
    ax.set_title("Three coins, and nearly one law of the maximum")
    ax.legend(loc="lower right")


figure = plot.figure(
    draw_laws,
    alt="The measured distribution functions of the maximum for fair, lazy and normal steps lie "
    "close to that of the maximum of Brownian motion, all a little above it.",
)

# %%
# Nearly: the points lie a little above the curve, which says that the maxima are a little too
# small. That is not chance. It is the rate at which the theorem comes true.
#
# Check it
# --------
# For a walk on a lattice the means are known exactly at every :math:`n`: those of the maximum by
# one mirror, and those of the other two by a pair of mirrors that face each other.

finding = sc.CLAIMS["G52"].run(paths=300_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# The first panel has the means of the fair coin, which creep up on their limits. The second has
# what the maximum lacks, multiplied by :math:`\sqrt n`. That tends to a constant, so that the rate
# is :math:`1/\sqrt n`. The limit is the same for all coins. The constant is not.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, the means of the maximum and of the largest distance lie on exact "
    "curves that rise slowly to their limits; in the second, root n times what the maximum lacks "
    "tends to 1/2 for the fair coin, 0.5826 for normal steps and 0.707 for the lazy coin.",
)

# %%
# The wrong twin
# --------------
# *With 25 steps the central limit theorem is in force; use the limit.* For the end of the walk this
# is sound advice: :math:`E S_n^2/n = 1` at every :math:`n`. For the maximum it is wrong by an
# eighth:

row = finding.rows[0]
print(f"measured {row.measured}, exact {row.exact:.6f}")
print(f"twin {row.twin:.6f}: {row.twin_z:+.0f} standard errors away")
assert row.twin_refuted

# %%
# How many steps would one need, to be wrong by one per cent? The answer is nearly four thousand:
# :math:`\frac{1}{2 \sqrt n} = 0.01 \sqrt{2/\pi}`.

print("steps for one per cent:", round((0.5 / (0.01 * math.sqrt(2 / math.pi))) ** 2))

# %%
# Why
# ---
# *Why does a functional converge?* Wait until a Brownian path has moved by :math:`1/\sqrt n` up or
# down, note which, and begin again from there. The notes are fair tosses, so that this is the walk,
# inside the path (Skorokhod). Each takes :math:`\frac1n` of time on average, and by the law of
# large numbers the walk's clock agrees with the path's as :math:`n` grows. Then the two are close
# to each other at *all* times together. If :math:`F` is continuous in the supremum norm, :math:`F`
# of the one is close to :math:`F` of the other. Nothing was asked about :math:`F` but this. The
# maximum and the range move by at most twice as much as the path is moved, so they are continuous.
# For the means one has to know in addition that large values contribute little; Doob's inequality
# and :math:`E S_n^2/n = 1` see to that.
#
# *Why half a step?* The embedded walk takes note of the path at whole levels only, so its maximum
# is that of the path rounded down. What is lost by rounding down is half of a step, on average,
# which is :math:`\frac12 \cdot \frac{1}{\sqrt n}`. For a proof, reflect the walk in the level
# :math:`r`. The walks that reach it and end below are as many as those that end above, and those
# that end at it are their own mirror images:
#
# .. math::
#
#     P(M \ge r) = 2 P(S_n > r) + P(S_n = r) = 2 P(S_n \ge r) - P(S_n = r) .
#
# Add over :math:`r = 1, 2, \dots`. The first part gives :math:`E |S_n|` and the second
# :math:`\frac12 (1 - P(S_n = 0))`:
#
# .. math::
#
#     E M = E |S_n| - \tfrac12 + \tfrac12 P(S_n = 0) .
#
# Here :math:`E |S_n| = \sqrt{2 n/\pi} + O(1/\sqrt n)`, and :math:`P(S_n = 0)` is of the order
# :math:`1/\sqrt n` as well. The half that remains is the atom on the mirror. The steps of the lazy
# coin are :math:`\sqrt 2` times as high, and so is its constant. Normal steps have no lattice, but
# they jump over the levels, and lose :math:`0.5826 = -\zeta(\frac12)/\sqrt{2 \pi}` in the same
# units; see the lesson on reflection.
#
# *Why two mirrors?* To stay between :math:`-a` and :math:`b`, a walk must reach neither. Take away
# those that reach :math:`b` and those that reach :math:`-a`, and what reaches both has been taken
# away twice; the correction needs a correction in turn. Between two mirrors one sees images without
# end, and the signs alternate. See :mod:`stochcalc.claims.theorems.g52_donsker`.
#
# *And what is not covered?* The number of visits to 0 is a functional, too, but two paths can be as
# close as you like while one touches 0 and the other does not. For such questions Donsker's theorem
# is silent, and one has to look, as in the exercise.

# %%
# Exercise
# --------
# 1. Three tosses: list all eight walks, and find the mean of the maximum and of the largest
#    distance. Compare with the formula.
# 2. For even :math:`n`, how often does the walk return to 0 on average? The probability to be there
#    at time :math:`2k` is :math:`u_k = \binom{2k}{k} 4^{-k}`, and :math:`u_0 + \dots + u_m =
#    (2m + 1) u_m`. What is the limit over :math:`\sqrt n`, and where have you met it?
# 3. Correct for the lattice: which simple change to the maximum of the walk makes its mean right up
#    to an error of the order :math:`1/n`?
#
# .. solution::

# 1. The maxima are 3, 2, 1, 1, 1, 0, 0, 0, of mean 1. By the formula E |S_3| = (3 + 3 * 1)/4 = 3/2,
# and 3/2 - 1/2 = 1. The largest distances are 3, 2, 1, 1, 1, 1, 2, 3, of mean 7/4.
every = np.array([[1 - 2 * (code >> k & 1) for k in range(3)] for code in range(8)])
sums = np.pad(np.cumsum(every, axis=1), ((0, 0), (1, 0)))
assert sums.max(axis=1).mean() == 1.0 and np.abs(sums).max(axis=1).mean() == 1.75

# 2. (n + 1) u_(n/2) - 1 times. Over sqrt(n) this tends to sqrt(2/pi), the mean of the maximum of W
# and of its local time at 0 (Levy, Tanaka): the limit exists although Donsker does not give it.
returns = sc.Estimate.mean((np.abs(walks["fair"][:, 1:]) < 1e-9).sum(axis=1))
exact = (n + 1) * math.comb(n, n // 2) / 2**n - 1
print(f"returns to 0 in {n} steps: {returns}, exact {exact:.4f}")
assert abs(returns.z(exact)) <= 6

# 3. Add half a step: M + 1/2. What is left is E |S_n| + P(S_n = 0)/2 - sqrt(2n/pi), which for even
#    n is sqrt(2/pi)/(4 sqrt(n)) to first order.
corrected = sc.Estimate.mean(peaks["fair"] + 0.5 / math.sqrt(n))
exact = ((n + 0.5) * math.comb(n, n // 2) / 2**n) / math.sqrt(n)
gap = exact - math.sqrt(2 / math.pi)
print(f"E max + 1/(2 sqrt(n)) = {corrected}, exact {exact:.6f}, beyond the limit {gap:.6f}")
assert abs(corrected.z(exact)) <= 6
assert abs(gap - math.sqrt(2 / math.pi) / (4 * n)) < 1 / n**2

# %%
# References
# ----------
# :cite:t:`erdoskac1946` for the maximum with any coin, :cite:t:`donsker1951` for every functional,
# :cite:t:`skorokhod1965` for walks inside a path, :cite:t:`feller1951` for the range, and
# :cite:t:`feller1968`, chapters III and XIV, for mirrors. The functions here:
# :func:`stochcalc.brownian`, :class:`stochcalc.Estimate`.
