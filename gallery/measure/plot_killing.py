r"""
Feynman and Kac: a mean is a share of survivors
===============================================

**Theorem** (Feynman, Kac). Let :math:`V \ge 0` be continuous and kill a Brownian path at the rate
:math:`V(W_t)`. The probability that it lives at time :math:`T` is

.. math::

    u(T) = E \exp\Bigl(-\int_0^T V(W_t) \, \dd t\Bigr),

and as a function of the start and of :math:`T` it solves :math:`u_t = \frac12 u_{xx} - V u`. For
:math:`V = \frac12 c^2 w^2` and a path from 0 it is :math:`1/\sqrt{\cosh cT}` (Cameron, Martin).

The left side is about paths that die, the right side about all paths, each with a weight. A
physicist reads :math:`V` as a potential, an actuary as a mortality, a trader as an interest rate.
"""

import math

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Take :math:`V = 2 w^2`. The weights of all paths on the one hand, which ``solve`` computes along
# with the paths if it gets the rate. On the other hand an exponential clock for every path: the
# path dies when its integral of :math:`V` reaches what the clock shows.

motion = sc.SDE(lambda t, x: 0.0, lambda t, x: 1.0)
sol = sc.solve(motion, 0.0, n=64, paths=20_000, save="last", rng=7, killing=lambda t, x: 2.0 * x**2)
clock = np.random.default_rng(7).exponential(size=sol.paths)
lives = clock > -sol.log_weight[:, -1]
weighted = sol.weight_moments[-1].estimate()
alive = sc.Estimate.share(int(lives.sum()), sol.paths)
print(f"mean of the weights {weighted}, share that lives {alive}")
print(f"1/sqrt(cosh 2) = {1 / math.sqrt(math.cosh(2.0)):.4f}")


def draw_survivors(ax):
    bins = np.linspace(-3, 3, 49)
    ax.hist(sol.end, bins, color=plot.FILL, alpha=0.6, label="all paths")
    ax.hist(sol.end[lives], bins, color="C1", alpha=0.7, label="those that live")
    ax.set(xlabel="W$_1$", ylabel="number of paths")
    ax.set_title("Paths that stay near 0 survive")
    ax.legend()


figure = plot.figure(
    draw_survivors,
    alt="The histogram of the ends of all paths, and the narrower one of the paths that live, "
    "which is about half as high in the middle.",
)

# %%
# Check it
# --------
# On a grid both are known exactly. The values of :math:`W` at the grid times are jointly normal,
# and the mean of the exponential of a quadratic form is a determinant.

finding = sc.CLAIMS["G38"].run(paths=50_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# The share falls like :math:`e^{-cT/2}` for large :math:`c`. In the language of quantum mechanics
# :math:`c/2` is the lowest energy of an oscillator.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, forty paths, of which those that go far from 0 are killed; in the "
    "second, the share that lives falls with c along the exact curve, above the mean taken inside.",
)

# %%
# The wrong twin
# --------------
# *The mean loss decides: a path loses* :math:`E \int V \dd t` *on average, so the share is exp of
# that.* But paths differ, and the exponential function is convex. Those that lose little survive
# nearly all, and make up for those that lose much:

row = finding.rows[-1]
print(f"measured {row.measured}, exact {row.exact:.5f}")
print(f"twin {row.twin:.5f}: {row.twin_z:+.0f} standard errors away")
assert row.twin_refuted

# %%
# Why
# ---
# The vector of the :math:`W(t_k)` has the covariance matrix :math:`S_{ij} = \min(t_i, t_j)`. The
# trapezoids weigh its components with :math:`D_{kk} = h`, and the last with :math:`h/2`. The
# density times :math:`\exp(-\frac12 c^2 x^\top D x)` is again Gaussian, of precision
# :math:`S^{-1} + c^2 D`, and the ratio of the normalising constants is
#
# .. math::
#
#     E \exp\Bigl(-\frac{c^2}{2} \sum_k D_{kk} W(t_k)^2\Bigr) = \det(I + c^2 D S)^{-1/2}.
#
# The eigenvalues of :math:`D S` tend to those of the kernel :math:`\min(s, t)`, which are
# :math:`T^2/((k - \frac12)^2 \pi^2)`, and the product over them is :math:`\cosh cT`. See
# :mod:`stochcalc.claims.theorems.g38_killing`.

# %%
# Exercise
# --------
# 1. Solve :math:`u_t = \frac12 u_{xx} - 2 x^2 u`, :math:`u = 1` at :math:`t = 0`, by steps on a
#    grid of :math:`x`, and compare :math:`u(1, 0)` with the formula.
# 2. Where do the survivors end? Show that :math:`E\,[W_1^2 \mid \text{alive}]` is
#    :math:`\tanh(c)/c` for :math:`V = \frac12 c^2 w^2`, and measure it.
#
# .. solution::

# 1. Explicit steps, short enough to be stable.
x = np.linspace(-5.0, 5.0, 401)
dx = x[1] - x[0]
u = np.ones_like(x)
steps = 4000
for _ in range(steps):
    curvature = np.zeros_like(u)
    curvature[1:-1] = (u[2:] - 2 * u[1:-1] + u[:-2]) / dx**2
    u = u + (0.5 * curvature - 2.0 * x**2 * u) / steps
print(f"u(1, 0) = {u[200]:.5f}, 1/sqrt(cosh 2) = {math.cosh(2.0) ** -0.5:.5f}")
assert abs(u[200] - math.cosh(2.0) ** -0.5) < 1e-3

# 2. Weighted paths say it with less noise than survivors, and ``normalized`` divides by the share
#    of those that live. The trapezoids of 64 steps leave an error far below the noise.
ratio = sol.weighted_mean(np.square, normalized=True)
print(f"E [W_1^2 | alive] = {ratio}, tanh(2)/2 = {math.tanh(2.0) / 2:.4f}")
assert abs(ratio.z(math.tanh(2.0) / 2)) <= 6

# %%
# References
# ----------
# :cite:t:`cameronmartin1945` for the formula with the cosine, :cite:t:`kac1949` for the equation,
# :cite:t:`karatzasshreve1991`, section 4.4, for both. The functions here:
# :func:`stochcalc.solve`, :meth:`stochcalc.Solution.weighted_mean`, :class:`stochcalc.Estimate`.
