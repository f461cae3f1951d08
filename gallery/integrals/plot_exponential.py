r"""
The exponential martingale: a mean that no sample sees
======================================================

**Theorem.** Let :math:`W` be a Brownian motion and :math:`a > 0`. The process

.. math::

    M_t = e^{a W_t - a^2 t/2}, \qquad E \, M_t = 1 \text{ for all } t, \qquad
    M_t \longrightarrow 0 \text{ almost surely,}

is a martingale: it solves :math:`\dd M = a M \, \dd W` from :math:`M_0 = 1`.

It is a fair game in which almost everybody is ruined. The mean is carried by ever fewer paths that
are ever larger, and once :math:`a^2 t` is well above :math:`2 \ln m`, a sample of :math:`m` paths
holds none of them. Then a correct simulation shows a mean near 0, with a small standard error
beside it.
"""

import numpy as np
from scipy.special import ndtr

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Ten thousand paths, and at each time the sample mean with its standard error. The exact mean is 1
# in every line.

W = sc.brownian(T=36.0, n=36, paths=10_000, rng=7)
M = sc.exponential_martingale(W, 1.0)
for t in (1, 4, 16, 36):
    print(f"t = {t:2d}: sample mean {sc.Estimate.mean(M[:, t])}")

# %%
# At times 16 and 36 the intervals are narrow and wrong. A standard error is computed from the
# sample, and what is not in the sample is not in the error. To see the mean at :math:`t = 36`, a
# sample would need far more than :math:`e^{18}` paths, which are 66 million.
#
# So the claim is measured where a sample can see it: the mean at an early time, and at a late time
# the mean of the *bounded* variable :math:`\min(M_t, 1)`.

# %%
# Check it
# --------

finding = sc.CLAIMS["G17"].run(paths=50_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# On a logarithmic axis the paths fall along straight lines, and the median with them. Around
# :math:`t = 2 \ln 10{,}000` the sample mean hangs on a few of the highest paths, and in the end it
# falls with them.

figure = plot.figure(
    finding.draw,
    alt="Paths of exp(W - t/2) fall on a logarithmic axis with their median exp(-t/2); "
    "the mean of 10,000 paths ends far below its exact value 1.",
)

# %%
# The wrong twin
# --------------
# A variable that has the mean 1 at all times should be above 1 about as often as below. It is not:
# the median is :math:`e^{-a^2 t/2}`, and at :math:`t = 1` already

row = finding.rows[1]
print(f"P(M_1 > 1): measured {row.measured}, exact {row.exact:.5f}")
print(f"twin {row.twin}: {row.twin_z:+.0f} standard errors away")
assert row.twin_refuted

# %%
# Why
# ---
# For the limit: :math:`\frac{W_t}{t}` tends to 0 almost surely, so that :math:`a W_t - \frac12 a^2
# t` tends to :math:`-\infty`. For the mean, take :math:`M_t` as a density (Girsanov). Completing
# the square shows that it shifts the normal law of :math:`W_t` by :math:`a t`:
#
# .. math::
#
#     e^{a w - a^2 t/2} \, \frac{e^{-w^2/(2t)}}{\sqrt{2 \pi t}}
#     = \frac{e^{-(w - a t)^2/(2t)}}{\sqrt{2 \pi t}}.
#
# The right side has the integral 1, and this is the mean. It comes from paths that end near
# :math:`a t`, as far out as :math:`a \sqrt t` standard deviations. With the same formula
# :math:`E \min(M_t, 1) = 2 \Phi(-\frac12 a \sqrt t)`, which is derived in
# :mod:`stochcalc.claims.theorems.g17_exponential`.

# %%
# Exercise
# --------
# 1. What is :math:`E \, M_1 \, 1(W_1 > 1)` for :math:`a = 1`? It is not :math:`P(W_1 > 1)
#    = 0.1587`.
# 2. Turn the martingale into a tool. Estimate :math:`P(W_1 > 4) = 3.2 \cdot 10^{-5}` from 100,000
#    paths with an error below one percent: simulate :math:`W_t + 4 t`, and correct for it with a
#    weight.
#
# .. solution::

# 1. M_1 moves W_1 to a normal variable of mean 1, which is above 1 with probability 1/2.
one = sc.brownian(n=1, paths=100_000, rng=1).values[:, 1]
tilted = sc.Estimate.mean(np.exp(one - 0.5) * (one > 1.0))
print(f"E M_1 1(W_1 > 1): measured {tilted}, exact 0.5")
assert abs(tilted.z(0.5)) <= 6

# 2. The weight is the density of the law without drift in the law with drift: exp(-4 x + 8).
shifted = one + 4.0
rare = sc.Estimate.mean(np.exp(-4.0 * shifted + 8.0) * (shifted > 4.0))
exact = ndtr(-4.0)
print(f"P(W_1 > 4): measured {rare}, exact {exact:.4g}")
print(f"without the shift: {np.count_nonzero(one > 4.0)} of 100,000 paths")
assert abs(rare.z(exact)) <= 6
assert rare.stderr < 0.01 * exact

# %%
# References
# ----------
# :cite:t:`girsanov1960` has the change of measure; :cite:t:`karatzasshreve1991`, section 3.5, has
# the martingale. The functions here: :func:`stochcalc.exponential_martingale`,
# :func:`stochcalc.brownian`, :class:`stochcalc.Estimate`.
