r"""
Wong and Zakai: smooth noise is read by Stratonovich
====================================================

**Theorem** (Wong and Zakai). Let :math:`b` be bounded and twice continuously differentiable with
bounded derivatives, or linear. Let :math:`W^n` be the polygon that joins the values of a Brownian
motion at :math:`n + 1` equally spaced times. Solve, path by path, the *ordinary* differential
equation on the left. Then

.. math::

    \dd X^n = b(X^n) \, \dd W^n \quad \Longrightarrow \quad
    X^n \longrightarrow X, \qquad \dd X = b(X) \circ \dd W,

in mean square as the pieces shrink, where :math:`\circ` is Stratonovich's reading.

Nobody chose an evaluation point here: the chain rule of ordinary calculus holds for every
:math:`X^n`, and it survives the limit. The surprise is in the computer. Solve the ordinary equation
by Euler's scheme, and the limit depends on whether the steps are shorter than the pieces.
"""

import math

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Take :math:`\dd X^n = X^n \, \dd W^n` with 16 pieces, whose solution is
# :math:`e^{W^n}`. Cut every piece into :math:`m` parts, give the increments of the polygon to the
# solver as noise of your own, and let Euler's scheme step along.

SDE = sc.SDE(lambda t, x: 0.0, lambda t, x: x)


def solve_along_polygon(W, m):
    """Return X_T by m Euler steps in each straight piece."""
    rises = np.repeat(W.increments / m, m, axis=1)
    t = np.linspace(0.0, 1.0, rises.shape[1] + 1)
    smooth = sc.BrownianPaths.from_increments(rises, t)
    return sc.solve(SDE, 1.0, noise=smooth, method="euler_maruyama").end


W = sc.brownian(n=16, rng=7)
print(f"Stratonovich: {math.exp(W.values[0, -1]):.4f}")
for m in (1, 2, 8, 64, 512):
    print(f"m = {m:3d} steps in each piece: {solve_along_polygon(W, m)[0]:.4f}")
print(f"Ito:          {math.exp(W.values[0, -1] - 0.5):.4f}")

# %%
# Check it
# --------
# With 16 pieces, one step in each is still at some distance from Ito's solution. The mean over all
# paths is known for every :math:`m`, and so is the mean square distance of Euler's solution from
# both candidates. Last come the distances of a scheme that needs no polygon: Heun's, which follows
# Stratonovich's calculus on the rough path itself.

finding = sc.CLAIMS["G19"].run(paths=50_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# In the left picture both solvers see the same polygon. With one step in each piece Euler's scheme
# follows Ito's solution; with eight it follows the exact exponential. On the right, the mean climbs
# from Ito's to Stratonovich's as the noise is resolved.

figure = plot.figure(
    finding.draw,
    alt="Along one polygon, one Euler step per piece stays near Ito's solution, eight "
    "near Stratonovich's; the mean rises from 1 to exp(1/2) with m, on the exact curve.",
)

# %%
# The wrong twin
# --------------
# "Noise has mean 0, so the mean stays at 1, for smooth noise too." With eight steps in each piece:

row = finding.rows[1]
print(f"measured {row.measured}, exact {row.exact:.5f}")
print(f"twin {row.twin:.1f}: {row.twin_z:+.0f} standard errors away")
assert row.twin_refuted

# %%
# Why
# ---
# Along a straight piece in which :math:`W` rises by :math:`y`, the equation :math:`\dd X = X
# \, \dd W^n` multiplies :math:`X` by :math:`e^y`. Euler's scheme with :math:`m` steps
# multiplies it by
#
# .. math::
#
#     \Bigl( 1 + \frac{y}{m} \Bigr)^m
#     = \exp \Bigl( y - \frac{y^2}{2m} + \dots \Bigr).
#
# For smooth noise :math:`y` would be of the size of the piece, and the squares of all pieces would
# add up to nothing. Here they add up to the quadratic variation :math:`T`, so that with ever more
# pieces and fixed :math:`m` the solution tends to :math:`\exp(W_T - \frac{T}{2m})`. With :math:`m =
# 1` this is Ito's solution :math:`e^{W_T - T/2}`, and as :math:`m` grows it becomes Stratonovich's,
# :math:`e^{W_T}`. The two limits, of shorter pieces and of shorter steps, cannot be exchanged. The
# exact numbers are derived in :mod:`stochcalc.claims.theorems.g19_smooth_noise`.

# %%
# Exercise
# --------
# 1. Show that :math:`m = 2` steps in each of :math:`n` pieces give the mean :math:`\bigl( 1 +
#    \frac{1}{4n} \bigr)^n`, and measure it at :math:`n = 16`.
# 2. So two steps in each piece lead neither to Ito nor to Stratonovich. To which :math:`\lambda` of
#    :doc:`the readings <plot_readings>` do :math:`m` steps lead? Check it path by path, with many
#    pieces.
#
# .. solution::

# 1. E (1 + y/2)^2 = 1 + E y^2/4 = 1 + 1/(4 n), and the pieces are independent.
many = sc.brownian(n=16, paths=100_000, rng=1)
mean = sc.Estimate.mean(solve_along_polygon(many, 2))
exact = (1 + 1 / 64) ** 16
print(f"mean with m = 2: {mean}, exact {exact:.5f}, limit {math.exp(0.25):.5f}")
assert abs(mean.z(exact)) <= 6

# 2. The reading lambda has the solution exp(W_T + (lambda - 1/2) T), and so lambda is
# (1 - 1/m)/2: 0 for m = 1, 1/4 for m = 2, and 1/2 in the limit. The mean square of the logarithm
# of their ratio is 1/(8 n) to leading order for m = 2.
n = 4096
fine = sc.brownian(n=n, paths=200, rng=2)
distance = np.log(solve_along_polygon(fine, 2)) - (fine.values[:, -1] - 0.25)
square = sc.Moments.of(distance).mean_square()
print(f"mean square distance: {square}, {1 / (8 * n):.3g} to leading order")
assert abs(square.z(1 / (8 * n))) <= 6

# %%
# References
# ----------
# The theorem is of :cite:t:`wongzakai1965`; :cite:t:`kloedenplaten1992`, section 6.1, puts it among
# other reasons for either reading. The functions here: :class:`stochcalc.SDE`,
# :func:`stochcalc.solve`, :meth:`stochcalc.BrownianPaths.from_increments`,
# :func:`stochcalc.polygon`.
