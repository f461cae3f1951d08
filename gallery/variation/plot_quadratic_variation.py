r"""
Quadratic variation: the squared increments add up to T
=======================================================

**Theorem.** Let :math:`W` be a Brownian motion, and cut :math:`[0, T]` into steps :math:`t_0 < t_1
< \dots < t_n` that are chosen before the path is seen. As the longest step tends to 0,

.. math::

    Q = \sum_k (W_{t_{k+1}} - W_{t_k})^2 \longrightarrow T \quad \text{in mean square,}
    \qquad E\,(Q - T)^2 = 2 \sum_k (t_{k+1} - t_k)^2 .

The left side is random: it is made of a random path. The right side is not. Almost every path has
the same quadratic variation, although no two of them look alike, and this one number is what
separates stochastic calculus from the calculus of Newton. (If each partition refines the one before
it, the sums converge on almost every path.) For a path with a continuous derivative the sum
tends to 0, because :math:`n` squares of the size :math:`1/n^2` vanish. Brownian increments are of
the size :math:`1/\sqrt n`, and so the squares stay. The shorthand for it is
:math:`(\dd W)^2 = \dd t`.
"""

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Take three paths with 4,096 steps each, look at fewer of the steps first, and then at more. A
# smooth curve, the sine, is treated in the same way.

W = sc.brownian(T=1.0, n=4096, paths=3, rng=3)
sine = np.sin(2 * np.pi * W.t)

for n in (16, 256, 4096):
    sums = sc.quadratic_variation(W.coarsen(4096 // n)).value
    smooth = sc.quadratic_variation(sine[:: 4096 // n]).value
    print(f"n = {n:4d}: three paths {np.round(sums, 3)}, the sine {smooth:.4f}")

# %%
# The sum up to every time :math:`t` says more than the last one. Above, the three paths go their
# ways. Below, their quadratic variations climb the same straight line, the clock itself.


def draw_clock(ax):
    title = "Three different paths have one quadratic variation: [W]$_t$ = t"
    top, bottom = plot.panels(ax, 2, title, stacked=True)
    running = sc.quadratic_variation(W, running=True).value
    for i in range(3):
        top.plot(W.t, W.values[i], lw=0.9, color=f"C{i}")
        bottom.plot(W.t, running[i], lw=1.2, color=f"C{i}", label=f"path {i + 1}")
    bottom.plot(W.t, W.t, ":", color=plot.look.ink(bottom), label="t")
    top.set(ylabel="W")
    bottom.set(xlabel="time t", ylabel="sum of squares up to t")
    bottom.legend()


figure = plot.figure(
    draw_clock,
    alt="Three Brownian paths wander apart, but the sums of their squared increments "
    "up to time t all lie on the line t.",
)

# %%
# Check it
# --------
# That the sums lie near 1 is not yet a test. For every partition their mean and their mean-square
# error are known exactly, also for the graded partition :math:`t_k = (k/n)^2`, whose steps grow
# from left to right. A hundred thousand paths are compared with these numbers.

finding = sc.CLAIMS["G03"].run(paths=100_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# On :math:`n` equal steps even the law is known. An increment is :math:`\sqrt{T/n}\,Z`, and so
# :math:`n Q/T` is a sum of :math:`n` squares of independent standard normals, whose law is that of
# :math:`\chi^2` with :math:`n` degrees of freedom. It leans to the right: more than half of all
# paths have :math:`Q < T`, at every :math:`n`.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, sums of squared increments of 40 paths close in on T; in the "
    "second, histograms of the sums lie on chi-squared densities for 4, 16 and 64 steps.",
)

# %%
# The wrong twin
# --------------
# Who computes :math:`E\,(Q - T)^2` in haste finds :math:`\sum (t_{k+1} - t_k)^2`, without the
# factor 2. It comes from the belief that :math:`(\Delta W)^2` spreads around its mean
# :math:`\Delta` by as much as that mean. It is not so: the square of a normal has a long tail, its
# fourth moment is :math:`3 \Delta^2`, and :math:`3 - 1 = 2`.

spread = finding.rows[1]
print(f"measured {spread.measured}, exact {spread.exact}, twin {spread.twin}")
print(f"the twin is {abs(spread.twin_z):.0f} standard errors away")
assert spread.twin_refuted

# %%
# Why
# ---
# The increments over different steps are independent, with mean 0 and variance :math:`\Delta_k`.
# Hence
#
# .. math::
#
#     E\,Q = \sum_k \Delta_k = T, \qquad
#     E\,(Q - T)^2 = \sum_k \bigl(3 \Delta_k^2 - \Delta_k^2\bigr) = 2 \sum_k \Delta_k^2
#     \le 2\, T \max_k \Delta_k .
#
# The mean is right on *every* partition, even on one of a single step. All that refinement does is
# to average more independent squares, as in the law of large numbers. The derivation with all its
# exact numbers stands in :mod:`stochcalc.claims.theorems.g03_quadratic_variation`.

# %%
# The hypothesis that is easily overlooked
# ----------------------------------------
# The partition must not look at the path. A spiteful reader keeps only the points at which the
# path turns, its local maxima and minima. Two neighbouring increments of the same sign are then
# joined to one, and :math:`(a + b)^2 > a^2 + b^2`: the sum is larger on every path. The second
# exercise computes its mean. It does not tend to :math:`T`, although the longest step of these
# partitions does tend to 0.

# %%
# Play
# ----
# :sandbox:`Keep only the turns of a path <variation?n=64&grid=turns>`, and compare them with equal
# steps. The page shows the mean that the second exercise asks for, and 400 paths beside it; the
# reason for it is left to you.

# %%
# Exercise
# --------
# 1. A large :math:`|W_1|` needs large increments. How strongly are :math:`Q` and :math:`W_1^2`
#    correlated on :math:`n` equal steps of :math:`[0, 1]`? Measure the covariance for
#    :math:`n = 16`.
# 2. Find the mean of the sum over the turning points of a path with :math:`n` equal steps, and its
#    limit. Hint: the increments :math:`i < j` are joined if all signs from :math:`i` to :math:`j`
#    agree.
#
# .. solution::

# 1. Expand W_1^2 = (sum dW_k)^2. The mixed products have mean 0 and are uncorrelated with Q, so
# the covariance is that of Q with itself, 2/n. The variances are 2/n and 2, and the correlation is
# 1/sqrt(n): in the limit the quadratic variation tells nothing about where the path ends.
n = 16
few = sc.brownian(n=n, paths=200_000, store=False, rng=1)
products = sc.expectation(
    lambda w: ((np.diff(w, axis=1) ** 2).sum(axis=1) - 1.0) * (w[:, -1] ** 2 - 1.0), few
)
covariance = products.estimate()
print(f"covariance {covariance.value:.4f} +- {covariance.stderr:.4f}, exact {2 / n}")
assert abs(covariance.z(2 / n)) <= 6

# 2. Sizes and signs of increments are independent, and the product of two sizes has the mean
# (2/pi)/n. Increments at the distance d are joined with probability 2^-d, which adds twice their
# product to the sum. There are n - d such pairs, and the mean is
# 1 + (4/pi) sum_d (1 - d/n) 2^-d = 1 + (4/pi) (1 - (2 - 2^(1-n))/n).


def sum_over_turning_points(w):
    total = np.zeros(len(w))
    rise = np.zeros(len(w))  # since the last turning point
    for step in np.diff(w, axis=1).T:
        turned = rise * step < 0.0
        total += np.where(turned, rise**2, 0.0)
        rise = np.where(turned, 0.0, rise) + step
    return total + rise**2


n = 64
exact = 1 + 4 / np.pi * (1 - (2 - 2.0 ** (1 - n)) / n)
W64 = sc.brownian(n=n, paths=100_000, store=False, rng=2)
turning = sc.expectation(sum_over_turning_points, W64).estimate()
print(f"turning points: {turning.value:.4f} +- {turning.stderr:.4f}, exact {exact:.4f}")
print(f"as n grows: {1 + 4 / np.pi:.4f}, and not 1")
assert abs(turning.z(exact)) <= 6

# %%
# References
# ----------
# The theorem is due to :cite:t:`levy1940`; :cite:t:`evans2013` proves it in section 4.1, and
# :cite:t:`karatzasshreve1991`, section 1.5, for martingales. The functions here:
# :func:`stochcalc.quadratic_variation`, :func:`stochcalc.brownian`, :func:`stochcalc.expectation`,
# and :func:`stochcalc.variation_convergence`, which measures the rate at which Q tends to T.
