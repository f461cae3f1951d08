r"""
Iterated integrals are Hermite polynomials
==========================================

**Theorem** (Ito). Let :math:`W` be a Brownian motion, :math:`I_0 = 1`, and :math:`I_k(t) = \int_0^t
I_{k-1} \, \dd W` for :math:`k \ge 1`, with Ito's integral. With Hermite's polynomials
:math:`\mathrm{He}_k`,

.. math::

    I_k(t) = \frac{t^{k/2}}{k!} \, \mathrm{He}_k \Bigl( \frac{W_t}{\sqrt t} \Bigr), \qquad
    E \, I_j I_k = \delta_{jk} \frac{t^k}{k!}.

In ordinary calculus :math:`\int x \, \dd x = \frac{x^2}{2}` and the :math:`k`-th iterated
integral is :math:`\frac{x^k}{k!}`. Ito's calculus replaces the powers by polynomials that are
orthogonal: :math:`I_2 = \frac12 (W^2 - t)`, :math:`I_3 = \frac16 (W^3 - 3 t W)`. They still depend
on the end of the path alone, although each is an integral over the whole of it.
"""

import math

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Two functions, two ways to the same numbers: one integrates :math:`k` times along the path, the
# other looks at its end.

W = sc.brownian(n=4096, rng=7)
end = W.values[0, -1]
integrals = sc.iterated_integrals(W, 4)[0]
for k in range(1, 5):
    polynomial = sc.hermite(k, 1.0, end)
    power = end**k / math.factorial(k)
    print(f"k = {k}: I_k = {integrals[k - 1]:+.4f}, H_k = {polynomial:+.4f}", end="")
    print(f", W^k/k! = {power:+.4f}")

# %%
# Check it
# --------
# On a grid, :math:`I_k` has every product of :math:`k` different increments once. This makes the
# numbers exact: there are :math:`\binom nk` products, each of mean square :math:`h^k`, and two
# different ones are uncorrelated.

finding = sc.CLAIMS["G16"].run(paths=50_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# The points leave the curves as the steps grow. The difference for :math:`k = 2` is :math:`\frac12
# (T - \sum \Delta W^2)`, the error of the quadratic variation and nothing else.

figure = plot.figure(
    finding.draw,
    alt="Second and third iterated integrals against the path's end lie on Hermite "
    "polynomials, closely with 256 steps and roughly with 16.",
)

# %%
# The wrong twin
# --------------
# The powers of ordinary calculus are not far off at a glance: :math:`I_3` has the leading term
# :math:`\frac16 W^3`. But powers are correlated, and iterated integrals are not. Were :math:`I_3`
# equal to :math:`\frac16 W^3`, its product with :math:`I_1` would have the mean :math:`\frac16
# E \, W_1^4 = \frac12`:

row = finding.rows[3]
print(f"E I_1 I_3: measured {row.measured}, exact {row.exact}")
print(f"twin {row.twin}: {row.twin_z:+.0f} standard errors away")
assert row.twin_refuted

# %%
# Why
# ---
# In :math:`\frac12 W_T^2 = \frac12 (\sum \Delta W)^2` the product of two different increments
# occurs once, and each square with the factor one half:
#
# .. math::
#
#     I_2 = \sum_{j < k} \Delta W_j \, \Delta W_k
#     = \tfrac12 \Bigl( W_T^2 - \sum_k \Delta W_k^2 \Bigr).
#
# The sum of the squares tends to :math:`T`, and the Hermite polynomial appears. Newton's identities
# do the same for every :math:`k`: the elementary symmetric polynomials of the increments are
# written in their power sums, of which the first is :math:`W_T`, the second tends to :math:`T`, and
# all others vanish. The distances on a grid are derived in
# :mod:`stochcalc.claims.theorems.g16_hermite_integrals`.

# %%
# Exercise
# --------
# 1. What is :math:`E \, I_3^2` on 16 equal steps of :math:`[0, 1]`, and what is its limit?
#    Measure it.
# 2. Show that :math:`1 + a I_1 + a^2 I_2 + \dots + a^n I_n = \prod_k (1 + a \, \Delta W_k)` on
#    :math:`n` steps. Which scheme for which equation is on the right? To what do both sides tend?
#
# .. solution::

# 1. C(16, 3) h^3 = 560/4096, with the limit 1/3!.
coarse = sc.brownian(n=16, paths=100_000, rng=1)
third = sc.Moments.of(sc.iterated_integrals(coarse, 3)[:, 2]).mean_square()
exact = math.comb(16, 3) / 16**3
print(f"E I_3^2: measured {third}, exact {exact:.6f}, limit {1 / 6:.6f}")
assert abs(third.z(exact)) <= 6

# 2. Multiply out: the coefficient of a^k is the sum of all products of k different increments.
# The right side is Euler's scheme for dM = a M dW. Both sides tend to exp(a W - a^2 t/2), whose
# expansion in powers of a has the Hermite polynomials as coefficients.
a = 0.5
orders = sc.iterated_integrals(coarse, 16)
series = 1.0 + (orders * a ** np.arange(1, 17)).sum(axis=1)
growth = sc.SDE(lambda t, x: 0.0, lambda t, x: 0.5 * x)
euler = sc.solve(growth, 1.0, noise=coarse, method="euler_maruyama").end
assert np.allclose(series, euler, rtol=1e-12, atol=1e-12)

# %%
# References
# ----------
# The theorem is in :cite:t:`ito1951b`; :cite:t:`evans2013`, section 4.3, derives it from the
# exponential martingale. The functions here: :func:`stochcalc.iterated_integrals`,
# :func:`stochcalc.hermite`, :func:`stochcalc.solve`.
