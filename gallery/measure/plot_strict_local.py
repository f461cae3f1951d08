r"""
A local martingale that is no martingale
========================================

**Theorem.** Let :math:`W` be a Brownian motion in space and :math:`x \ne 0`. Then
:math:`M_t = 1/|x + W_t|` is an Ito integral,

.. math::

    \dd M = -\frac{(x + W) \cdot \dd W}{|x + W|^3},

without any drift, and yet its mean falls:

.. math::

    E M_T = \frac{1}{|x|} \, \mathrm{erf}\Bigl(\frac{|x|}{\sqrt{2T}}\Bigr) < \frac{1}{|x|} .

"No drift" is often read as "martingale". It says that :math:`M` is a *local* martingale: stopped
when it first reaches a level, however high, it keeps its mean. Without the stop a part of the mean
sits on paths that come near the origin, ever fewer of them and ever nearer, and gets lost.
"""

import math

import numpy as np
from scipy import special, stats

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Four thousand paths in space, from a point at distance 1.

x = np.array([1.0, 0.0, 0.0])
W = sc.brownian(T=1.0, n=1000, paths=4000, dim=3, rng=7)
M = 1 / np.sqrt(np.sum((x + W.values) ** 2, axis=2))
for T in (0.25, 0.5, 1.0):
    k = round(1000 * T)
    exact = math.erf(1 / math.sqrt(2 * T))
    print(f"T = {T}: mean {sc.Estimate.mean(M[:, k])}, exact {exact:.4f}")


def draw_levels(ax):
    highest = np.maximum.accumulate(M, axis=1)
    for i, level in enumerate((1.5, 2.5, 5.0)):
        stopped = np.where(highest >= level, level, M)
        ax.plot(W.t, stopped.mean(axis=0), color=f"C{i}", ls=plot.LINES[i], label=f"{level:g}")
    ax.plot(W.t, M.mean(axis=0), color="C3", ls=plot.LINES[3], label="never")
    ax.set(xlabel="t", ylabel="mean of M", ylim=(0, 1.3), title="stopped at the level ...")
    ax.legend()


figure = plot.figure(
    draw_levels,
    alt="The mean of M stays near 1 if it is stopped at the level 1.5, 2.5 or 5, and falls to "
    "0.68 if it is not stopped.",
)

# %%
# The paths that are stopped at 1.5 keep the mean 1, but for what the grid misses. The higher the
# level, the fewer paths reach it in time, and the more they miss it between the grid times.

# %%
# Check it
# --------
# The law of :math:`W_T` does not depend on the grid, and neither does the mean.

finding = sc.CLAIMS["G43"].run(paths=50_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# A typical path goes away, and its :math:`M` to 0. A few come near the origin first.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, twelve paths of the inverse distance, most of which fall; in the "
    "second, the measured mean lies on the exact curve, which falls with time.",
)

# %%
# The wrong twin
# --------------
# *An Ito integral has mean 0.* It has, if :math:`E \int H^2 \, \dd t` is finite. Here
# :math:`H^2 = 1/|x + W|^4`, whose mean is infinite at every time:

row = finding.rows[0]
print(f"measured {row.measured}, exact {row.exact:.5f}")
print(f"twin {row.twin}: {row.twin_z:+.0f} standard errors away")
assert row.twin_refuted

# %%
# Why
# ---
# :math:`1/|x|` is harmonic, which is why there is no drift. Its mean over a sphere is constant as
# long as the sphere does not contain the origin, and smaller than :math:`1/|x|` once it does: that
# is Newton's theorem on the field of a shell. Averaged over the Gaussian law of :math:`W_T` it is
# the potential of a Gaussian cloud of charge, the error function. See
# :mod:`stochcalc.claims.theorems.g43_strict_local`.

# %%
# Exercise
# --------
# 1. In which dimension does the same happen to :math:`|x + W|^{2 - d}`, and what happens to
#    :math:`\log |x + W|` in the plane?
# 2. Show that :math:`E M_T^2` stays bounded, although :math:`M` is no martingale. With
#    :math:`\lambda = 1/T`, :math:`|x + W_T|^2/T` has the noncentral chi-square law of three degrees
#    of freedom.
#
# .. solution::

# 1. For all d > 2. In the plane log|x + W| is a local martingale too, and its mean grows.
plane = sc.brownian(n=1, T=4.0, paths=50_000, dim=2, rng=1)
logs = sc.Estimate.mean(0.5 * np.log(np.sum((x[:2] + plane.values[:, -1]) ** 2, axis=1)))
print(f"E log|x + W_4| in the plane: {logs}, at the start 0")
assert logs.value > 6 * logs.stderr

# 2. The law is a Poisson mixture: with probability e^(-lambda/2) (lambda/2)^j/j! it is chi-square
# of 3 + 2 j degrees of freedom, of which the mean inverse is 1/(1 + 2 j). The sum over j is
# sqrt(2/T) D(1/sqrt(2 T)) with Dawson's function D, and 2 y D(y) is never above 1.29.
T = np.geomspace(0.01, 100.0, 401)
second_moments = np.sqrt(2.0 / T) * special.dawsn(1.0 / np.sqrt(2.0 * T))
j = np.arange(200)
by_sum = [np.sum(stats.poisson.pmf(j, 0.5 / time) / (1 + 2 * j)) / time for time in T]
print(f"the largest E M_T^2 is {second_moments.max():.4f}")
assert np.allclose(second_moments, by_sum, rtol=1e-9)
assert second_moments.max() < 1.29

# %%
# References
# ----------
# :cite:t:`johnsonhelms1963` has the example, :cite:t:`karatzasshreve1991`, section 3.3, sets it as
# an exercise. The functions here: :func:`stochcalc.brownian`, :func:`stochcalc.expectation`,
# :class:`stochcalc.Estimate`.
