r"""
Ito's integral is a martingale: no rule wins
============================================

**Theorem.** Let :math:`G` be adapted to the Brownian motion :math:`W`, with :math:`E
\int_0^T G^2 \, \dd t` finite, and :math:`I_t = \int_0^t G \, \dd W`. For :math:`s < t
\le T`

.. math::

    E \bigl[ I_t \bigm| W_r, \, r \le s \bigr] = I_s.

For :math:`G = W` the Riemann sums with evaluation point :math:`\lambda` have a limit for every
:math:`\lambda`, which is a martingale only for :math:`\lambda = 0`: the others gain :math:`\lambda
(t - s)` in the mean, whatever has happened before.

Whoever has seen the path up to :math:`s` knows :math:`I_s`, and can expect neither a gain nor a
loss from what comes. (A loss may be likelier: with :math:`G = W` and :math:`W_s = 0` its
probability is 0.68. The gains are rarer and larger.) If :math:`\int G^2 \, \dd t` is finite
on every path, but not its mean, the integral is a *local* martingale; it need not be a martingale,
and its mean may be lost.
"""

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Follow the sums of :math:`W \, \dd W` along 50,000 paths. Choose some paths at time
# :math:`\frac12` by a rule that looks at nothing later, and average what they gain after it.

W = sc.brownian(n=16, paths=50_000, rng=7)
ito = sc.ito(lambda t, w: w, W, running=True)
stratonovich = sc.stratonovich(lambda t, w: w, W, running=True)
rules = {
    "all paths": ito[:, 8] > -np.inf,
    "sums below -0.2": ito[:, 8] < -0.2,
    "paths above 1": W.values[:, 8] > 1.0,
}
for name, chosen in rules.items():
    gain = sc.Estimate.mean((ito[:, 16] - ito[:, 8])[chosen])
    drift = sc.Estimate.mean((stratonovich[:, 16] - stratonovich[:, 8])[chosen])
    print(f"{name:15s}: Ito {gain}, Stratonovich {drift}")

# %%
# Ito's sums gain nothing, whichever rule chooses the paths, and Stratonovich's gain :math:`\frac14`
# under each of them. A picture of the same: of three groups of paths with nearly equal sums at time
# :math:`\frac12`, every group spreads and keeps its mean (thick).


def draw_groups(ax):
    fine = sc.brownian(n=128, paths=20_000, rng=8)
    sums = sc.ito(lambda t, w: w, fine, running=True)
    middle = sums[:, 64]
    for i, value in enumerate((-0.3, 0.3, 1.0)):
        group = sums[np.argsort(np.abs(middle - value))[:200]]
        ax.plot(fine.t, group[:40].T, color=f"C{i}", lw=0.4, alpha=0.4)
        late = fine.t[64:]
        ax.plot(late, group[:, 64:].mean(axis=0), color=f"C{i}", lw=2.5)
        ax.axhline(value, color=f"C{i}", ls=":", lw=1.2)
    ax.axvline(0.5, color=plot.look.ink(ax), lw=0.8)
    ax.set(xlabel="time t", ylabel="Σ W ΔW up to t", ylim=(-1.0, 3.0))
    ax.set_title("Given the sum at s = ½, its mean stays where it is")


figure = plot.figure(
    draw_groups,
    alt="Three groups of paths with equal Ito sums at time 1/2 spread after it; the "
    "mean of 200 paths of each stays near the value at 1/2.",
)

# %%
# Check it
# --------
# A regression of :math:`I_T` on :math:`I_s` has the slope 1. It sees the linear part of a
# conditional mean only, so that a product with the sign of :math:`I_s` is measured as well. Both
# drifts close the table.

finding = sc.CLAIMS["G14"].run(paths=50_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# The mean at :math:`T`, given the value at :math:`s`, lies on the diagonal for Ito's sums, and a
# quarter above it for Stratonovich's.

figure = plot.figure(
    finding.draw,
    alt="Means of the sums at T = 1 by deciles of their value at 1/2: Ito's lie on the "
    "diagonal, Stratonovich's on the parallel 1/4 above it.",
)

# %%
# The wrong twin
# --------------
# A sum that is known at half time is often expected to fall back: :math:`\frac{s}{T}` of it, as an
# interpolation has it, or "regression to the mean". A martingale has no memory of that kind.

row = finding.rows[0]
print(f"slope: measured {row.measured}, exact {row.exact}")
print(f"twin {row.twin}: {row.twin_z:+.0f} standard errors away")
assert row.twin_refuted

# %%
# Why
# ---
# After :math:`s` the sum grows by the terms :math:`G(t_k) \, \Delta W_k`. Given the path up to
# :math:`t_k` the stake :math:`G(t_k)` is a known number, and :math:`\Delta W_k` is independent of
# the path, with mean 0. So every term has the mean 0, given the path up to :math:`t_k`, and
# therefore, in the mean over what happens in between, given the path up to :math:`s`:
#
# .. math::
#
#     E \bigl[ I_T - I_s \bigm| W_r, \, r \le s \bigr]
#     = \sum_{t_k \ge s} E \bigl[ G(t_k) \, \Delta W_k \bigm| W_r, \, r \le s \bigr] = 0.
#
# With the evaluation point at :math:`\lambda` and :math:`G = W`, the term is :math:`(W_{t_k} +
# \lambda \, \Delta W_k) \, \Delta W_k`, and the increment meets a part of itself: the mean is
# :math:`\lambda h` in every step. The numbers are derived in
# :mod:`stochcalc.claims.theorems.g14_martingale`.

# %%
# Exercise
# --------
# 1. Hold one unit while the path is below 0, and nothing otherwise. What are the mean and the mean
#    square of the gain on 16 equal steps of :math:`[0, 1]`? Measure both.
# 2. Now cheat by one step: hold one unit in the steps in which the path *will* rise. Show that the
#    mean gain is :math:`\sqrt{n/(2\pi)}`, which has no limit, and measure it.
#
# .. solution::

# 1. The gain is an integral of an adapted step process: its mean is 0, and its mean square the
# mean time below 0 at the left ends. The path is below 0 with probability 1/2 at 15 of them.
steps = W.increments
fair = (steps * (W.values[:, :-1] < 0.0)).sum(axis=1)
mean = sc.Estimate.mean(fair)
square = sc.Estimate.mean(fair**2)
print(f"fair: mean {mean}, exact 0; mean square {square}, exact {15 / 32}")
assert abs(mean.z(0.0)) <= 6
assert abs(square.z(15 / 32)) <= 6

# 2. A step contributes E max(dW, 0) = sqrt(h/(2 pi)), and there are n of them.
unfair = sc.Estimate.mean((steps * (steps > 0.0)).sum(axis=1))
exact = np.sqrt(16 / (2 * np.pi))
print(f"one step ahead: mean {unfair}, exact {exact:.5f}")
assert abs(unfair.z(exact)) <= 6

# %%
# References
# ----------
# :cite:t:`ito1944` and :cite:t:`evans2013`, section 4.2; :cite:t:`karatzasshreve1991`, section 3.2,
# have local martingales. The functions here: :func:`stochcalc.ito`, :func:`stochcalc.stratonovich`,
# :class:`stochcalc.Estimate`.
