r"""
Tanaka's formula: what the kink of \|x\| costs
==============================================

**Theorem** (Tanaka). For a Brownian motion from 0

.. math::

    |W_T| = \int_0^T \mathrm{sgn}(W_t) \, \dd W_t + L_T ,

where the integral is a Brownian motion of its own, and :math:`L` is the *local time* of :math:`W`
at 0: it never falls, and rises only where :math:`W` is 0. In particular
:math:`E L_T = E |W_T| = \sqrt{2T/\pi}`.

Ito's formula needs a second derivative, and :math:`|x|` has a kink instead. The kink acts like an
infinite curvature at one point. A Brownian path is at that point for no time at all, and yet so
often that the effect is finite.
"""

import math

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# The integral is a left sum with the sign as the integrand. Subtract it from
# :math:`|W|`, and what is left never falls.

W = sc.brownian(n=4096, rng=7)
integral = sc.riemann_sum(lambda t, w: 1.0 if w >= 0 else -1.0, W, running=True)[0]
local_time = np.abs(W.values[0]) - integral
assert (np.diff(local_time) >= -1e-12).all()


def draw_parts(ax):
    plot.curve(ax, W.t, np.abs(W.values[0]), "|W|", 0, lw=0.8)
    plot.curve(ax, W.t, integral, "∫ sgn(W) dW", 1, ls="-", lw=0.8)
    plot.curve(ax, W.t, local_time, "L = |W| − ∫ sgn(W) dW", 2, ls="-", lw=1.8)
    ax.set(xlabel="time t", ylabel="one path")
    ax.set_title("Local time rises only where the path is at 0")
    ax.legend()


figure = plot.figure(
    draw_parts,
    alt="One path of |W|, the integral of sgn(W) dW, which falls below 0, and their difference, "
    "which rises where |W| is 0 and is flat elsewhere.",
)

# %%
# Check it
# --------
# On a grid nothing is lost. The sums of :math:`\mathrm{sgn}(W) \, \dd W` are normal with variance
# :math:`T` at every :math:`n`. The last two rows build a wall at 0, by folding paths or by pushing
# them back.

finding = sc.CLAIMS["G39"].run(paths=50_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# A wall that folds, :math:`X' = |X + \Delta W|`, has no error of the grid. One that pushes back,
# :math:`X' = \max(0, X + \Delta W)`, is :math:`0.58 \sqrt h` too low: between the grid times the
# path has been at the wall more often than at them. The last row draws what the path does between
# the grid times, ``solve(..., reflect=(0.0, math.inf))``, and is exact again.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, one path of |W| and its two parts; in the second, the mean of folded "
    "paths is exact for every n, and that of paths that are pushed back rises to it slowly.",
)

# %%
# The wrong twin
# --------------
# *The derivative of* :math:`|x|` *is* :math:`\mathrm{sgn}(x)`, *and at one point it does not
# matter.* Then :math:`|W|` would be a martingale, with mean 0:

row = finding.rows[0]
print(f"measured {row.measured}, exact {row.exact:.5f}")
print(f"twin {row.twin}: {row.twin_z:+.0f} standard errors away")
assert row.twin_refuted

# %%
# Why
# ---
# In a step that does not cross 0, :math:`|W|` changes by :math:`\mathrm{sgn}(W_k) \, \Delta W_k`.
# In one that does, it ends on the other side and higher than that, by twice the distance beyond 0.
# These excesses are :math:`L`. Given the past, :math:`\mathrm{sgn}(W_k) \, \Delta W_k` has the law
# of :math:`\Delta W_k`, so their sum is a Gaussian walk, and its mean is 0.
#
# Folding works because :math:`|w + \Delta W|` depends on :math:`|w|` alone, in law. The projected
# walk is the walk above its minimum, whose mean Spitzer's identity gives. See
# :mod:`stochcalc.claims.theorems.g39_tanaka`.

# %%
# Exercise
# --------
# 1. Local time has the law of the maximum :math:`M_T` (Levy), so that :math:`E L_T^2 = T`. Measure
#    the first two moments of the push of a reflecting wall, with two steps and 20,000 paths.
# 2. By how much does the local time of a grid differ in mean? Explain why it does not.
#
# .. solution::

# 1. The bridges make the local time exact for any number of steps.
motion = sc.SDE(lambda t, x: 0.0, lambda t, x: 1.0)
wall = sc.solve(motion, 0.0, n=2, paths=20_000, save="last", rng=1, reflect=(0.0, math.inf))
L = sc.Moments.of(wall.local_time[:, -1, 0])
print(f"E L = {L.estimate()}, sqrt(2/pi) = {math.sqrt(2 / math.pi):.4f}")
print(f"E L^2 = {L.mean_square()}, E M^2 = 1")
assert abs(L.estimate().z(math.sqrt(2 / math.pi))) <= 6
assert abs(L.mean_square().z(1.0)) <= 6

# 2. It does not: the sum of sgn(W) dW has the mean 0 at every n, and |W_n| is what it is.

# %%
# References
# ----------
# :cite:t:`tanaka1963`; :cite:t:`karatzasshreve1991`, section 3.6, for local time, and
# :cite:t:`spitzer1956` for the wall that pushes back. The functions here:
# :func:`stochcalc.riemann_sum`, :func:`stochcalc.brownian`, :func:`stochcalc.solve`.
