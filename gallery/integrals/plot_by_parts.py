r"""
Integration by parts: an integral before there was one
=======================================================

**Theorem** (Paley, Wiener and Zygmund). Let :math:`W` be a Brownian motion on :math:`[0, T]` and
:math:`g` a deterministic function with a continuous derivative and :math:`g(T) = 0`. Then, almost
surely,

.. math::

    -\int_0^T g'(t) \, W_t \, \dd t = \int_0^T g \, \dd W,

and this number is normal with mean 0 and variance :math:`\int_0^T g(t)^2 \, \dd t`.

The left side is an area under a continuous path, as in a first course of calculus. So the integral
of a smooth function against the roughest of paths needs no stochastic calculus at all: in 1933,
eleven years before Ito's paper, this was its definition.
"""

import math

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Take :math:`g(t) = \sin \pi t`, compute the area under one path, and compare it with Ito's sum
# :math:`\sum_k g(t_k) (W_{t_{k+1}} - W_{t_k})` along the same path.


def g(t):
    return math.sin(math.pi * t)


def dg(t):
    return math.pi * math.cos(math.pi * t)


W = sc.brownian(T=1.0, n=1024, rng=7)
for n in (16, 128, 1024):
    V = W.coarsen(1024 // n)
    area = sc.paley_wiener_zygmund(g, dg, V)[0]
    total = sc.ito(lambda t, w: math.sin(math.pi * t), V)[0]
    print(f"n = {n:4d}: area {area:+.4f}, sum {total:+.4f}, apart {area - total:+.5f}")

# %%
# Check it
# --------
# On a grid the two numbers differ a little, and by how much is known exactly: both are linear in
# the increments. Fifty thousand paths with 64 steps give

finding = sc.CLAIMS["G12"].run(paths=50_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# The blue area is the definition of 1933, and the orange bars are the terms of Ito's sum of 1944,
# along the same path. Nowhere are they alike; only the whole area and the whole sum agree.

figure = plot.figure(
    finding.draw,
    alt="The area below -g'W and the sum of g dW along one path agree; their root mean "
    "square distance falls like the step size, on the exact line.",
)

# %%
# The wrong twin
# --------------
# How far are the two apart? A plausible answer for the mean square is :math:`\frac{h^2}{12} \int
# g'^2 \, \dd t`. This is the distance of the *area* from the integral, to leading order, as
# if Ito's sum had no error of its own. It is too small by a factor of three: the trapezoid rule
# reads :math:`g` in the middle of each step and Ito's sum at its left end.

distance = finding.rows[1]
print(f"measured {distance.measured}, exact {distance.exact:.7f}")
print(f"twin {distance.twin:.7f}: {distance.twin_z:+.0f} standard errors away")
assert distance.twin_refuted

# %%
# Why
# ---
# Multiply out a sum, nothing else (Abel's summation):
#
# .. math::
#
#     \sum_k g(t_k) (W_{t_{k+1}} - W_{t_k})
#     = g(T) \, W_T - \sum_k W_{t_{k+1}} \bigl( g(t_{k+1}) - g(t_k) \bigr).
#
# This holds for every function and every path. If :math:`g` is smooth, then :math:`g(t_{k+1}) -
# g(t_k)` is about :math:`g'(t_k) h`, and the last sum is an ordinary Riemann sum of :math:`g' W`,
# which has its limit on every single path. With :math:`g(T) = 0` the first term is gone. The sum on
# the left has independent normal terms of variances :math:`g(t_k)^2 h`, so that its limit is normal
# with variance :math:`\int g^2 \, \dd t`. The exact distance on a grid is derived in
# :mod:`stochcalc.claims.theorems.g12_by_parts`.
#
# The method ends where :math:`g` depends on the path. For :math:`g = W` the differences
# :math:`W_{t_{k+1}} - W_{t_k}` are of the order :math:`\sqrt h` and not :math:`h`, and the second
# exercise shows what Abel's summation becomes then.

# %%
# Exercise
# --------
# 1. For :math:`g(t) = 1 - t` the theorem gives :math:`\int_0^1 W \, \dd t` the variance
#    :math:`\frac13`. Show that by the trapezoid rule on :math:`n` equal steps it is :math:`\frac13
#    \bigl(1 - \frac{1}{4 n^2}\bigr)`, and measure it at :math:`n = 4`.
# 2. Put :math:`g = W` into Abel's summation. Which two Riemann sums does it connect, and why can it
#    not define :math:`\int W \, \dd W`?
#
# .. solution::

# The trapezoid rule gives dW_k the weight h (n - k - 1/2), and the sum of the squares of
# 1/2, 3/2, ..., n - 1/2 is n (4 n^2 - 1)/12.
coarse = sc.brownian(n=4, paths=100_000, rng=1)
areas = sc.paley_wiener_zygmund(lambda t: 1.0 - t, lambda t: -1.0, coarse)
variance = sc.Moments.of(areas).mean_square()
exact = (1 - 1 / (4 * 4**2)) / 3
print(f"variance {variance}, exact {exact:.5f}, limit 0.33333")
assert abs(variance.z(exact)) <= 6

# 2. It says that the sums with W at the left and with W at the right end add up to W_T^2. It only
# exchanges one for the other, and their limits differ by T.
left = sc.ito(lambda t, w: w, W)[0]
right = sc.backward(lambda t, w: w, W)[0]
assert np.isclose(left + right, W.values[0, -1] ** 2)
print(f"right - left = {right - left:.4f}, which is near T = 1")

# %%
# References
# ----------
# :cite:t:`paley1933` define the integral in this way; :cite:t:`evans2013`, section 4.1, tells it
# before Ito's. The functions here: :func:`stochcalc.paley_wiener_zygmund`, :func:`stochcalc.ito`,
# :func:`stochcalc.backward`.
