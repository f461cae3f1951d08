r"""
Levy's area: what the end of a path does not know
=================================================

**Theorem** (Levy). Let :math:`U` and :math:`V` be independent Brownian motions, and

.. math::

    A = \frac12 \int_0^T (U \, \dd V - V \, \dd U)

the signed area between the path of :math:`(U, V)` in the plane and its chord. Then

.. math::

    E \, A^2 = \frac{T^2}{4}, \qquad E \, e^{iuA} = \frac{1}{\cosh(uT/2)},

and :math:`A` has the density :math:`\operatorname{sech}(\pi x/T)/T`, with exponential tails.

With one Brownian motion, the iterated integrals are polynomials of the end :math:`W_T`: a student
might conclude that double integrals never need the path. With two motions they do. No function of
the ends :math:`U_T` and :math:`V_T` tells the area. A scheme of strong order one for an equation
with two noises that do not commute has to draw it beside the increments.
"""

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Twenty thousand paths in the plane are pinned to one end: a Brownian bridge, from the origin back
# to the origin. They all end where they began, and yet each has an area of its own.

W = sc.brownian(n=256, paths=20_000, dim=2, rng=7)
loops = sc.bridge(W)
closed = sc.BrownianPaths.from_increments(np.diff(loops, axis=1), W.t)
areas = sc.levy_area(closed)

print("areas of three loops:", areas[:3].round(3))
print("E A^2 of loops:", sc.Moments.of(areas).mean_square(), "tends to 1/12")
print("E A^2 of paths:", sc.Moments.of(sc.levy_area(W)).mean_square(), "tends to 1/4")

# %%
# Loops have a third of the mean square of free paths. The farther a path ends from where it began,
# the larger its area tends to be; by how much is the first exercise.

# %%
# Check it
# --------
# On a grid the area is measured with left sums. Their variance is :math:`\frac{T^2}{4} \bigl(1 -
# \frac1n \bigr)`, and their characteristic function is a product of :math:`n` factors, so that both
# are known exactly at :math:`n = 40`.

finding = sc.CLAIMS["G20"].run(paths=50_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# Where the path runs around a point counterclockwise, the area there is counted positive (blue),
# and negative otherwise (orange). What it encircles twice counts twice. On the right, a logarithmic
# axis shows the tails as straight lines.

figure = plot.figure(
    finding.draw,
    alt="A plane path and its chord enclose areas of both signs; the areas of "
    "100,000 paths follow Levy's density, far above the normal one in the tails.",
)

# %%
# The wrong twin
# --------------
# A sum of very many small and uncorrelated pieces ought to be normal, says the central limit
# theorem. But the pieces are not independent: each is the product of an increment and of the place
# where the path is just then. Given the whole path of :math:`U`, the area *is* normal, with a
# variance that depends on this path. A mixture of normal laws of different variances has longer
# tails. Against :math:`E \cos 4A` of the normal law:

row = finding.rows[1]
print(f"measured {row.measured}, exact {row.exact:.5f}")
print(f"twin {row.twin:.5f}: {row.twin_z:+.0f} standard errors away")
assert row.twin_refuted

# %%
# Why
# ---
# Let :math:`x` and :math:`y` be the increments of :math:`U` and :math:`V` on steps of length
# :math:`h`. The left sums are a bilinear form,
#
# .. math::
#
#     A = \tfrac12 \, y^{\mathsf T} S x, \qquad
#     S_{jk} = 1 \text{ if } k < j, \quad -1 \text{ if } k > j, \quad 0 \text{ if } k = j.
#
# Given :math:`x` it is normal with variance :math:`\frac h4 |Sx|^2`, and so :math:`E \,
# e^{iuA} = E \, e^{-u^2 h |Sx|^2/8}`. In the eigenbasis of :math:`S^{\mathsf T} S` this is
# a product of :math:`n` simple integrals. The eigenvalues of :math:`S` are the numbers :math:`-i
# \cot \frac{(2m - 1) \pi}{2n}`, and as :math:`n` grows the product becomes that of the hyperbolic
# cosine,
#
# .. math::
#
#     \cosh z = \prod_{m \ge 1} \Bigl( 1 + \frac{4 z^2}{(2m - 1)^2 \pi^2} \Bigr).
#
# The steps in between are in :mod:`stochcalc.claims.theorems.g20_area`.

# %%
# Exercise
# --------
# 1. Let :math:`R^2 = U_T^2 + V_T^2`. Show that on :math:`n` equal steps of :math:`[0, 1]` the area
#    is uncorrelated with the ends, but that :math:`E \, A^2 (R^2 - 2) = \frac13 \bigl( 1 -
#    \frac{1}{n^2} \bigr)`. Measure it at :math:`n = 8`.
# 2. Show that, with left sums, :math:`\sum U \, \Delta V = \frac12 \bigl( U_T V_T - \sum \Delta U
#    \, \Delta V \bigr) + A` on every path: besides the ends, a double integral needs the area and
#    nothing else.
#
# .. solution::

# 1. Write U and V as their chord and a bridge. In y^T S x the product of the chords vanishes,
# since S is antisymmetric. What is left are the mixed terms, of mean square R^2 (1 - 1/n^2)/12
# together, and the area of the bridges, which is independent of the ends. So the covariance of
# A^2 with R^2 is (1 - 1/n^2)/12 times the variance of R^2, which is 4.
n = 8
motion = sc.brownian(n=n, paths=100_000, dim=2, rng=1)
A = sc.levy_area(motion)
R2 = (motion.values[:, -1] ** 2).sum(axis=1)
found = sc.Estimate.mean(A**2 * (R2 - 2.0))
exact = (1 - 1 / n**2) / 3
print(f"E A^2 (R^2 - 2): measured {found}, exact {exact:.5f}, limit 0.33333")
assert abs(found.z(exact)) <= 6

# 2. Add and subtract: sum U dV + sum V dU = U_T V_T - sum dU dV, and sum U dV - sum V dU = 2 A.
U = motion[0]
V = motion[1]
ends = U.values[:, -1] * V.values[:, -1] - sc.covariation(U, V).value
assert np.allclose(sc.ito(U, V), 0.5 * ends + A)

# %%
# References
# ----------
# :cite:t:`levy1951` finds the law; :cite:t:`kloedenplaten1992`, section 5.8, uses the area in
# schemes. The functions here: :func:`stochcalc.levy_area`, :func:`stochcalc.bridge`,
# :func:`stochcalc.covariation`; :func:`stochcalc.double_integrals` draws the areas of single steps.
