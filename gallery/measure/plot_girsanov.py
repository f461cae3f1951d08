r"""
Girsanov: change the drift, keep the truth
==========================================

**Theorem** (Girsanov). Let :math:`u` be adapted and bounded, and let

.. math::

    Z = \exp\Bigl(\int_0^T u \, \dd W - \frac12 \int_0^T u^2 \, \dd t\Bigr).

Then :math:`E Z = 1`, and for every bounded function :math:`f` of paths :math:`E f(X) = E Z f(W)`,
where :math:`\dd X = u \, \dd t + \dd W`, :math:`X_0 = 0`, with :math:`u` computed along :math:`X`.

So one set of Brownian paths serves for every drift. Nothing is simulated again: each path counts
more or less, as it is more or less likely under the other drift. And the other way round, a drift
can be *given* to the paths to send them where they hardly ever go, if each then counts for what it
is.
"""

import math

import numpy as np
from scipy import stats

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Weigh Brownian paths as if they were pulled back to 0, :math:`u = -W`. Their second moment is then
# that of an Ornstein-Uhlenbeck process. On a grid this is exact, with sums for integrals and
# Euler's scheme for the equation. The weight is asked for with ``girsanov``, and is computed along
# with the paths.

W = sc.brownian(T=1.0, n=16, paths=100_000, rng=7)
motion = sc.SDE(lambda t, x: 0.0, lambda t, x: 1.0)
sol = sc.solve(motion, 0.0, noise=W, save="last", girsanov=lambda t, x: -x)
pulled = sc.solve(sc.SDE(lambda t, x: -x, lambda t, x: 1.0), 0.0, noise=W, save="last")
print("weighted Brownian paths:", sol.weighted_mean(np.square))
print("paths with the drift:   ", sc.Estimate.mean(pulled.end**2))
print("the weight itself:      ", sol.weight_moments[-1].estimate())

# %%
# The weight is the exponential of two sums along the path:

u = -W.values[:, :-1]
h = 1 / 16
by_hand = np.sum(u * W.increments - 0.5 * u**2 * h, axis=1)
print("largest difference:", np.abs(by_hand - sol.log_weight[:, -1]).max())


def draw_weights(ax):
    bins = np.linspace(-3.5, 3.5, 57)
    Z = np.exp(sol.log_weight[:, -1])
    ax.hist(sol.end, bins, density=True, color=plot.FILL, alpha=0.6, label="W, no weight")
    ax.hist(sol.end, bins, weights=Z, density=True, histtype="step", color="C1", label="W, by Z")
    x = np.linspace(-3.5, 3.5, 200)
    shrink = (1 - h) ** 2  # a step of Euler's scheme multiplies the variance by it, and adds h
    scale = math.sqrt(h * (1 - shrink**16) / (1 - shrink))
    plot.curve(ax, x, stats.norm.pdf(x, scale=scale), "with the drift −W, exact", 2)
    ax.set(xlabel="x", ylabel="density at T = 1")
    ax.set_title("The same paths, counted in another way")
    ax.legend()


figure = plot.figure(
    draw_weights,
    alt="The histogram of Brownian paths at time 1, and the narrower one of the same paths with "
    "their weights, which lies on the normal density of the process with the drift.",
)

# %%
# Check it
# --------
# The last two rows are about a rare event, four standard deviations away. With the drift 4 half of
# the paths get there.

finding = sc.CLAIMS["G37"].run(paths=100_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# The best drift is a little above 4. A drift of 2 or 6 still saves hundreds of paths for each one.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, weighted second moments lie on the curve of the process with drift; "
    "in the second, the relative standard deviation falls from 178 without a drift to 2 near "
    "drift 4.",
)

# %%
# The wrong twin
# --------------
# *The weight is exp of the integral of u dW.* The second term looks like a correction that might be
# left out for small :math:`u`. Without it the weights do not even add up to one:

row = finding.rows[1]
print(f"E Z: measured {row.measured}, exact {row.exact}")
print(f"twin {row.twin:.4f}: {row.twin_z:+.0f} standard errors away")
assert row.twin_refuted

# %%
# Why
# ---
# Given the path so far, :math:`X_{k+1} - X_k` is normal with mean :math:`u_k h` and variance
# :math:`h`. The ratio of its density at :math:`x` to that of a Brownian increment is
#
# .. math::
#
#     \exp\Bigl(-\frac{(x - u_k h)^2}{2h} + \frac{x^2}{2h}\Bigr)
#     = \exp\bigl(u_k x - \tfrac12 u_k^2 h\bigr),
#
# and :math:`Z` is the product of these ratios along the path. See
# :mod:`stochcalc.claims.theorems.g37_girsanov`.

# %%
# Exercise
# --------
# 1. How many of 100,000 weighted paths does the sample amount to? The *effective sample size* is
#    :math:`(\sum Z)^2/\sum Z^2`. How does it change with a stronger pull, :math:`u = -3 W`?
# 2. Measure :math:`P(W_1 > 6)`, about :math:`10^{-9}`, with 10,000 paths: draw them with the drift
#    6, and weigh them back with ``girsanov``.
#
# .. solution::

# 1. It falls: the weights differ more.
stronger = sc.solve(motion, 0.0, noise=W, save="last", girsanov=lambda t, x: -3.0 * x)
print(f"u = -W:   {sol.effective_sample_size:,.0f} of 100,000 paths")
print(f"u = -3 W: {stronger.effective_sample_size:,.0f} of 100,000 paths")
assert stronger.effective_sample_size < sol.effective_sample_size < 100_000

# 2. The drift is 6 dt, and -6 takes it out again: dW + (-6) dt is a motion without drift.
driven = sc.SDE(lambda t, x: 6.0, lambda t, x: 1.0)
there = sc.solve(driven, 0.0, n=1, paths=10_000, rng=1, save="last", girsanov=lambda t, x: -6.0)
rare = there.weighted_mean(lambda x: x > 6.0)
print(f"P(W_1 > 6) = {rare}, exact {stats.norm.sf(6.0):.4e}")
assert abs(rare.z(stats.norm.sf(6.0))) <= 6

# %%
# References
# ----------
# :cite:t:`girsanov1960` has the theorem, :cite:t:`glasserman2004`, section 4.6, its use for rare
# events. The functions here: :func:`stochcalc.brownian`, :func:`stochcalc.solve`,
# :meth:`stochcalc.Solution.weighted_mean`, :class:`stochcalc.Estimate`.
