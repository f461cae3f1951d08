r"""
Infinite variation: a Brownian path has no length
=================================================

**Theorem.** Let :math:`W` be a Brownian motion on :math:`[0, T]`, cut into :math:`n` equal steps
with the increments :math:`\Delta W_k`, and let :math:`p > 0`. With :math:`m_p = E\,|Z|^p` of a
standard normal :math:`Z`,

.. math::

    E \sum_k |\Delta W_k|^p = m_p\, T^{p/2}\, n^{1 - p/2},
    \qquad m_p = \frac{2^{p/2}}{\sqrt\pi}\, \Gamma\Bigl(\frac{p + 1}{2}\Bigr) .

For :math:`p = 1` the sum is the way that the path goes up and down. Its mean grows without bound,
and its variance :math:`T (1 - 2/\pi)` does not: the sum grows on *every* path, and by nearly the
same amount. There is no scale at which the length of a path settles, as that of a coast does not.
Only at :math:`p = 2` is the limit finite and not 0.
"""

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Four times as many steps, along the same path, double the way. On 4,096 steps it is some 50 units
# long, up and down, within one unit of time; yet the path ends near the place where it began.

W = sc.brownian(T=1.0, n=4096, rng=5)
print(f"the path ends at W_T = {W.values[0, -1]:+.2f}")

for n in (16, 64, 256, 1024, 4096):
    coarse = W.coarsen(4096 // n)
    way, squares, cubes = (sc.power_variation(coarse, p).value[0] for p in (1, 2, 3))
    print(f"n = {n:4d}: p = 1 {way:7.3f}, p = 2 {squares:6.3f}, p = 3 {cubes:6.3f}")

# %%
# This is why :math:`\int f\, \dd W` cannot be defined path by path for all continuous :math:`f`, as
# Riemann and Stieltjes define an integral: they need an integrator of finite variation. Ito's sums
# converge in mean square instead.


def draw_magnified(ax):
    left, right = plot.panels(ax, 2, "Magnified, a path shows as many turns as before")
    left.plot(W.t, W.values[0], lw=0.8)
    left.axvspan(0.5, 0.5625, color="C1", alpha=0.3, lw=0)
    left.set(xlabel="time t", ylabel="W")
    part = slice(2048, 2305)  # a sixteenth of the time, from 1/2 on
    right.plot(W.t[part], W.values[0, part], lw=0.8, color="C1")
    right.set(xlabel="time t, magnified 16 times")


figure = plot.figure(
    draw_magnified,
    alt="A Brownian path, and a sixteenth of it magnified: both are equally jagged.",
)

# %%
# Check it
# --------
# Mean and variance of the first variation and the mean of the third, on 64 steps.

finding = sc.CLAIMS["G04"].run(paths=50_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# Five powers: two grow, two vanish, and one stays.

figure = plot.figure(
    finding.draw,
    alt="The mean of the sum of |dW|^p grows with n for p = 1 and 1.5, is 1 for p = 2, "
    "and falls to 0 for p = 2.5 and 3.",
)

# %%
# The wrong twin
# --------------
# "An increment has the size :math:`\sqrt{T/n}`, and there are :math:`n` of them, so the way is
# :math:`\sqrt{n T}`." The power of :math:`n` is right, and as a rule of thumb this will do. But
# :math:`\sqrt{T/n}` is the *root mean square* of an increment, and the mean of its absolute value
# is smaller by the factor :math:`\sqrt{2/\pi} \approx 0.798`.

way = finding.rows[0]
print(f"measured {way.measured}, exact {way.exact:.4f}, twin {way.twin:.4f}")
print(f"the twin is {abs(way.twin_z):.0f} standard errors away")
assert way.twin_refuted

# %%
# Why
# ---
# An increment is :math:`\sqrt{T/n}\, Z`, there are :math:`n` of them, and they are independent:
#
# .. math::
#
#     E \sum_k |\Delta W_k| = n \sqrt{\frac{T}{n}} \sqrt{\frac{2}{\pi}}, \qquad
#     \operatorname{Var} \sum_k |\Delta W_k|
#     = n\, \frac{T}{n} \Bigl(1 - \frac{2}{\pi}\Bigr) .
#
# The mean tends to infinity while the variance stays, so by Chebyshev's inequality the sum exceeds
# every bound with a probability that tends to 1. Refining a partition never makes the sum smaller,
# and therefore almost every path exceeds every bound. The details are in
# :mod:`stochcalc.claims.theorems.g04_total_variation`.

# %%
# Play
# ----
# :sandbox:`Refine one path <variation?n=16&grid=even>` by two moves of the slider, which are four
# times as many steps: the mean of the sum of :math:`|\Delta W|` doubles, that of the squares stays,
# and that of the cubes is halved. The sums of the path follow, with noise.

# %%
# Exercise
# --------
# You may choose the times of :math:`n` steps of :math:`[0, T]` before you see the path. Which
# choice makes the mean of :math:`\sum |\Delta W_k|` largest? How much do you lose with
# :math:`t_k = T (k/n)^2`, for :math:`n = 64`? Measure both.
#
# .. solution::

# The mean is sqrt(2/pi) sum sqrt(D_k) with steps D_k that add up to T. The root is concave, so
# equal steps are best (Jensen): sqrt(2 n T/pi).
n = 64
for partition in (sc.Partition.uniform(1.0, n), sc.Partition.graded(1.0, n, power=2.0)):
    motion = sc.brownian(partition=partition, paths=20_000, store=False, rng=1)
    moments = sc.expectation(lambda w: np.abs(np.diff(w, axis=1)).sum(axis=1), motion)
    ways = moments.estimate()
    exact = np.sqrt(2 / np.pi) * np.sqrt(partition.steps).sum()
    print(f"measured {ways.value:.4f} +- {ways.stderr:.4f}, exact {exact:.4f}")
    assert abs(ways.z(exact)) <= 6

# %%
# References
# ----------
# :cite:t:`levy1940`; :cite:t:`karatzasshreve1991`, section 1.5, treat continuous martingales. The
# functions here: :func:`stochcalc.power_variation`, :func:`stochcalc.brownian`,
# :class:`stochcalc.Partition`, :func:`stochcalc.expectation`.
