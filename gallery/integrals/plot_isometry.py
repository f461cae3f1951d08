r"""
Ito's isometry: the variance of an integral
===========================================

**Theorem.** Let :math:`W` be a Brownian motion, and let the process :math:`G` be adapted: its value
at time :math:`t` depends on the path up to :math:`t` only. If :math:`E \int_0^T G^2 \,
\dd t` is finite, then

.. math::

    E \int_0^T G \, \dd W = 0, \qquad
    E \Bigl( \int_0^T G \, \dd W \Bigr)^2
    = E \int_0^T G^2 \, \dd t.

Think of a game. In every short step you stake :math:`G` on the next increment of :math:`W`. The
stake may depend on everything that has been seen so far, and the integral is your gain. The theorem
says that no strategy wins on average, and that the risk of a strategy is the mean of its squared
stakes, whether the stakes depend on the path or not. It is not only a formula for a variance: it is
the reason why Ito's integral exists.
"""

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# A strategy of eight rounds on a hundred thousand paths: stake :math:`e^{W/2}`, so bet more the
# higher the path is. The stakes of each round are known at its beginning.

W = sc.brownian(n=8, paths=100_000, rng=7)
stakes = np.exp(0.5 * W.values[:, :-1])
gain = sc.StepProcess(W.t, stakes).integrate(W)

print("E I          =", sc.Estimate.mean(gain), "should be 0")
print("E I^2        =", sc.Estimate.mean(gain**2))
print("E int G^2 dt =", sc.Estimate.mean((stakes**2).mean(axis=1)))

# %%
# The last two numbers are measured on the same paths and yet in quite different ways: one squares a
# sum of products with normal increments, the other never looks at an increment. They agree within
# their standard errors, and the second has the much smaller one. The isometry says nothing about
# the law of the gain, which is far from normal here. The likeliest outcome is a loss of about one
# half, and rare large gains make good for it:


def draw_gains(ax):
    edges = np.linspace(-4.0, 4.0, 81)
    plot.histogram(ax, gain, edges, "gains of 100,000 paths")
    x = np.linspace(-4.0, 4.0, 200)
    variance = gain.var()
    density = np.exp(-x * x / (2 * variance)) / np.sqrt(2 * np.pi * variance)
    plot.curve(ax, x, density, "normal of the same variance", 1)
    ax.set(xlabel="gain, the sum of G ΔW", ylabel="density")
    ax.set_title("The isometry gives the variance, not the law")
    ax.legend()


figure = plot.figure(
    draw_gains,
    alt="The gains of a strategy that stakes exp(W/2) have mean 0 and a law that is "
    "skewed and more peaked than the normal one.",
)

# %%
# Check it
# --------
# For step processes the isometry is not a limit: it holds at every :math:`n`, and its right side is
# a finite sum. Three integrands, and a distance of two integrands, are compared with these sums.
# Squares of integrals have long tails, so that half a million paths are taken.

finding = sc.CLAIMS["G13"].run(paths=500_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# The left picture has the two sides of the isometry for three integrands. In the right one the
# isometry acts on the difference of two integrands. As the steps shrink, the step process
# :math:`W^n` approaches :math:`W`, and its integral approaches :math:`\int W \, \dd W` at the
# same speed: both squared distances are :math:`\frac{1}{2n}`, one in the space of processes, the
# other in that of random numbers.

figure = plot.figure(
    finding.draw,
    alt="Second moments of left sums of W, t and exp(W/2) lie on the integrals of "
    "E G^2; squared distances of integrals and of integrands share the line 1/(2n).",
)

# %%
# The wrong twin
# --------------
# For deterministic stakes the variance is :math:`\int G^2 \, \dd t`. For random stakes it is
# tempting to put their mean into this formula, :math:`\int (E G)^2 \, \dd t`. That
# forgets the variance of the stakes themselves:

row = finding.rows[3]
print(f"measured {row.measured}, exact {row.exact:.5f}")
print(f"twin {row.twin:.5f}: {row.twin_z:+.0f} standard errors away")
assert row.twin_refuted

# %%
# Why
# ---
# Write the integral of a step process as a sum of terms :math:`G_k \, \Delta W_k`, and its square
# as a double sum. Take two rounds :math:`j < k`. Everything in :math:`G_j \, \Delta W_j \, G_k` is
# known when round :math:`k` begins, and :math:`\Delta W_k` is independent of it, with mean 0:
#
# .. math::
#
#     E \, G_j \, \Delta W_j \, G_k \, \Delta W_k
#     = E (G_j \, \Delta W_j \, G_k) \cdot E \, \Delta W_k = 0.
#
# In a square, :math:`\Delta W_k^2` is independent of :math:`G_k` as well:
#
# .. math::
#
#     E \, G_k^2 \, \Delta W_k^2 = E \, G_k^2 \cdot \Delta t_k.
#
# All mixed terms vanish, although the rounds may depend on each other in any way, and the squares
# add up to :math:`E \int G^2 \, \dd t`. This is Pythagoras' theorem: the rounds are
# orthogonal. Nothing but the adaptedness of :math:`G` has been used.
#
# Now let :math:`G` be any adapted process, and approximate it by step processes :math:`G^n`. The
# isometry for :math:`G^n - G^m` says that their integrals are as close to each other as they are
# themselves. So the integrals form a Cauchy sequence in mean square, and have a limit, and this
# limit *is* Ito's integral of :math:`G`. The exact sums are derived in
# :mod:`stochcalc.claims.theorems.g13_isometry`.
#
# What happens to a player who sees one step ahead? Stake :math:`W_{t_{k+1}}` in the place of
# :math:`W_{t_k}`. The mean of the gain is then :math:`\sum_k E \, \Delta W_k^2 = T`,
# however short the steps are, and the theorem is lost with the adaptedness.

peeking = sc.StepProcess(W.t, W.values[:, 1:]).integrate(W)
unfair = sc.Estimate.mean(peeking)
print("E of the gain with W one step ahead:", unfair, "exact 1")
assert abs(unfair.z(1.0)) <= 6

# %%
# Exercise
# --------
# 1. Find :math:`E \bigl( \sum_k W_{t_k}^2 \, \Delta W_k \bigr)^2` on :math:`n` equal steps
#    of :math:`[0, 1]`, and measure it at :math:`n = 8`. What is its limit?
# 2. Let :math:`I = \sum_k W_{t_k} \, \Delta W_k`. Show that :math:`I` and :math:`W_1` are
#    uncorrelated. Are they independent? Compute :math:`E \, I \, W_1^2`.
#
# .. solution::

# 1. E W_t^4 = 3 t^2, so the sum is 3 h sum t_k^2 = (n - 1)(2 n - 1)/(2 n^2), with the limit 1.
n = 8
exact = (n - 1) * (2 * n - 1) / (2 * n**2)
square = sc.ito(lambda t, w: w * w, W, save="stats").mean_square()
print(f"E (sum W^2 dW)^2: measured {square}, exact {exact:.5f}")
assert abs(square.z(exact)) <= 6

# 2. W_1 is the integral of 1. Polarise the isometry: E I W_1 = sum E W(t_k) h = 0. But
# W_1^2 = 2 I + sum dW^2, and I has no term dW_k^2, so that E I W_1^2 = 2 E I^2 = 1 - 1/n:
# uncorrelated integrals are not independent.
ito_sum = sc.ito(lambda t, w: w, W)
end = W.values[:, -1]
first = sc.Estimate.mean(ito_sum * end)
second = sc.Estimate.mean(ito_sum * end**2)
print(f"E I W_1: measured {first}, exact 0")
print(f"E I W_1^2: measured {second}, exact {1 - 1 / n}")
assert abs(first.z(0.0)) <= 6 and abs(second.z(1 - 1 / n)) <= 6

# %%
# References
# ----------
# :cite:t:`ito1944` builds the integral on the isometry; :cite:t:`evans2013`, section 4.2, has step
# processes and the limit. The functions here: :class:`stochcalc.StepProcess`,
# :func:`stochcalc.ito`, :func:`stochcalc.brownian`, :class:`stochcalc.Estimate`.
