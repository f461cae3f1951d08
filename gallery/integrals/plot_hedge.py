r"""
Hedging: every function of the path is an Ito integral
======================================================

**Theorem** (Ito's representation; the formula is Clark's). Let :math:`F` be a function of the path
of :math:`W` up to :math:`T` with finite variance. There is exactly one adapted :math:`H` with

.. math::

    F = E F + \int_0^T H_t \, \dd W_t .

For :math:`F = W_T^3` it is :math:`H_t = 3 (W_t^2 + T - t)`.

Read :math:`W` as the price of an asset and :math:`H` as a holding. Then the integral is what the
holding earns, and the theorem says that every claim on the future of the price can be met, without
any risk, by trading. That sentence is the whole of option pricing. In practice the holding is
changed at a few times only, and something is missed.
"""

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Hold :math:`3 (W^2 + 1 - t)` along five paths, and compare what is earned with :math:`W_1^3`.

W = sc.brownian(T=1.0, n=1000, paths=5, rng=7)
earned = sc.ito(lambda t, w: 3 * (w * w + 1 - t), W)
print("earned:", np.round(earned, 2))
print("W_1^3: ", np.round(W.values[:, -1] ** 3, 2))
typical = np.sqrt(9 * (0.001 - 0.001**2 / 3))  # the root mean square of what is missed
print(f"missed at most {np.abs(earned - W.values[:, -1] ** 3).max():.2f}, typical {typical:.2f}")
assert np.abs(earned - W.values[:, -1] ** 3).max() < 8 * typical

# %%
# Check it
# --------
# The mean square of what a holding misses, if it is changed :math:`n` times, is known exactly.

finding = sc.CLAIMS["G40"].run(paths=50_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# Along the path the earnings follow the value :math:`E\,[W_T^3 \mid \text{path up to } t]`. What is
# missed halves with four times as many trades, and with the wrong holding it never vanishes.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, the earnings of the hedge follow the value along a path, and those of "
    "the derivative alone do not; in the second, what is missed falls like one over the root of n "
    "for the hedge, and stays near 1.7 for the other.",
)

# %%
# The wrong twin
# --------------
# *The claim pays* :math:`W^3`, *so hold its derivative* :math:`3 W^2`. That hedges a payment today.
# The payment is made at :math:`T`, and until then the spread of the price adds
# :math:`3 W (T - t)` to the value, whose derivative must be held as well:

row = finding.rows[0]
print(f"the hedge misses {row.measured}, exact {row.exact:.5f}")
print(f"the derivative would miss {row.twin:.5f}: {row.twin_z:+.0f} standard errors away")
assert row.twin_refuted

# %%
# Why
# ---
# The value :math:`W_t^3 + 3 W_t (T - t)` is a martingale, so by Ito's formula its differential has
# no :math:`\dd t` and is its derivative in :math:`w` times :math:`\dd W`. Between two trades the
# holding is behind by :math:`3 (2 w B_u + B_u^2 - u)`, with :math:`B` the increment since the last
# trade, and Ito's isometry adds up the squares:
#
# .. math::
#
#     9 \sum_k \Bigl(2 t_k h^2 + \tfrac23 h^3\Bigr) = 9 \Bigl(h T^2 - \tfrac13 h^2 T\Bigr).
#
# See :mod:`stochcalc.claims.theorems.g40_hedge`.

# %%
# Exercise
# --------
# 1. Find the hedge of :math:`F = W_T^2`, and what it misses with :math:`n` trades. Compare with
#    :doc:`the Riemann sums of W dW </learn/lambda/plot_riemann_sums>`.
# 2. Find the hedge of :math:`F = \sin W_T`. Its value is :math:`e^{-(T - t)/2} \sin W_t`.
#
# .. solution::

# 1. W_t^2 + T - t is the value, 2 W_t the hedge, and E F = T. What is missed is twice the error of
# the left sums of W dW, with the mean square 4 (1/2) sum dt^2 = 2/n for T = 1.
paths = sc.brownian(n=16, paths=50_000, store=False, rng=1)
missed = sc.riemann_sum(
    lambda t, w: 2 * w, paths, save="stats", observe=lambda t, w, r: w * w - 1 - r
)
print(f"W^2: missed {missed.mean_square()}, exact {2 / 16}")
assert abs(missed.mean_square().z(2 / 16)) <= 6

# 2. The hedge is the derivative of the value, e^(-(T - t)/2) cos W_t.
# As for any holding f, what is missed has the mean square (h/2) int E (f')^2 dt, to the first order
# in h = 1/n. Here the integral is (1 - 1/e)^2/2.
W = sc.brownian(n=512, paths=2000, rng=2)
earned = sc.ito(lambda t, w: np.exp(-(1 - t) / 2) * np.cos(w), W)
missed = sc.Estimate.mean((earned - np.sin(W.values[:, -1])) ** 2)
due = (1 - np.exp(-1)) ** 2 / 4 / 512
print(f"sin W: missed {missed}, due {due:.2e}")
assert abs(missed.z(due)) <= 6

# %%
# References
# ----------
# :cite:t:`clark1970` for the formula of the integrand, :cite:t:`oksendal2003`, section 4.3, for the
# theorem. The functions here: :func:`stochcalc.ito`, :func:`stochcalc.riemann_sum`,
# :func:`stochcalc.brownian`.
