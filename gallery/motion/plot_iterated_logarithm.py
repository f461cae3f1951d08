r"""
The iterated logarithm, in logarithmic time
===========================================

**Theorem** (Khinchin). For a Brownian motion :math:`W`, with probability one,

.. math::

    \limsup_{t \to \infty} \frac{W_t}{\sqrt{2 t \ln \ln t}} = 1.

**Theorem** (what can be measured). In logarithmic time, :math:`U_s = e^{-s/2} W_{e^s}` is a
stationary Gaussian process, and

.. math::

    E\, U_s U_{s'} = e^{-|s - s'|/2}, \qquad
    P\bigl(|W_t| > \sqrt{2 t \ln \ln t}\bigr) = 2 \Phi\bigl(-\sqrt{2 \ln s}\bigr)
    \text{ at } t = e^s.

The first statement is about the end of time, which no simulation reaches: at :math:`t = 10^{21}`
the factor :math:`\sqrt{2 \ln \ln t}` is 2.8, and it exceeds 4 only beyond :math:`10^{1294}`. The
second one says how the path gets there, and it is exact at every time.
"""

import numpy as np
from scipy.special import ndtr

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# A grid need not be uniform. Take the times 0 and :math:`e^s` for :math:`s` from 2 to 50 in steps
# of 0.1: 481 steps lead to :math:`t = 5 \cdot 10^{21}`, and the values at these times are exact.

s = np.linspace(2.0, 50.0, 481)
times = np.concatenate([[0.0], np.exp(s)])
W = sc.brownian(partition=sc.Partition(times), paths=40, rng=7)
U = W.values[:, 1:] / np.exp(s / 2)

envelope = np.sqrt(2 * np.log(s))
print("W at the end:", f"{W.values[0, -1]:.3g}, over sqrt(t): {U[0, -1]:.3f}")
beyond = (np.abs(U) > envelope).any(axis=1)
print("paths beyond the envelope at some of these times:", beyond.sum())

# %%
# Nearly every path is beyond the envelope at some time. But after division by :math:`\sqrt t`
# nothing grows any more. The paths go up and down in a band of
# constant width, and it is the envelope that moves away from them.


def draw_band(ax):
    ax.plot(s, U[1:].T, color=plot.FILL, lw=0.5, alpha=0.5)
    ax.plot(s, U[0], color="C0", lw=1.2, label="one of 40 paths")
    for sign, label in ((1, "±√(2 ln ln t)"), (-1, None)):
        ax.plot(s, sign * envelope, color="C1", lw=1.8, label=label)
    ax.set(xlabel="ln t", ylabel="W$_t$ / √t", ylim=(-4.2, 5.2))
    ax.set_title("Divided by √t, a Brownian path is stationary in logarithmic time")
    ax.legend(ncols=2)


figure = plot.figure(
    draw_band,
    alt="Forty paths of W over the root of t stay in a band of constant width against "
    "ln t, and cross the slowly growing envelope now and then.",
)

# %%
# Check it
# --------
# The path is beyond the envelope with probability 0.24 at :math:`t = e^2`, and with 0.00516 at
# :math:`t = e^{50}`: that is little, and it is not 0. The table has this number, and the variance
# and the covariance of :math:`U`.

finding = sc.CLAIMS["G06"].run(paths=50_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# Below, the largest ratio of :math:`|W_t|` to the envelope is taken while :math:`\ln t` doubles.
# One path jumps about, but the band of most paths closes around 1: this is the theorem, as far as
# it can be seen.

figure = plot.figure(
    finding.draw,
    alt="Above, one path in logarithmic time and the curves of the iterated logarithm; "
    "below, the largest ratio to them while ln t doubles is closer and closer to 1.",
)

# %%
# The wrong twin
# --------------
# "The path grows like :math:`\sqrt{2 t \ln \ln t}`." This is how the theorem is often retold, and
# then :math:`W_t^2/t` would be about :math:`2 \ln \ln t`. But the envelope describes the rare
# heights. A typical value is :math:`\sqrt t`, for ever:

square = finding.rows[0]
print(f"E W_t^2/t: measured {square.measured}, exact {square.exact:g}")
print(f"2 ln ln t = {square.twin:.4f} is {square.twin_z:+.0f} standard errors away")
assert square.twin_refuted

# %%
# Why
# ---
# For :math:`s \le s'` the covariance of :math:`W` gives
#
# .. math::
#
#     E\, U_s U_{s'} = e^{-(s + s')/2} \min(e^s, e^{s'}) = e^{-(s' - s)/2}.
#
# So :math:`U` is an Ornstein-Uhlenbeck process of variance 1, and every unit of :math:`s` brings a
# new, almost independent attempt to be large. An attempt succeeds with a probability of about
# :math:`1/(s \sqrt{\pi \ln s})`. This tends to 0, but its sum diverges, like
# :math:`2 \sqrt{\ln s/\pi}`: more slowly than almost anything, yet without a bound. A factor
# :math:`1 + \varepsilon` in front of the root makes the sum converge, and a factor
# :math:`1 - \varepsilon` makes it diverge fast. That is where the constant 1 comes from, and why it
# takes for ever to see. Details are in :mod:`stochcalc.claims.theorems.g06_iterated_logarithm`.

# %%
# Exercise
# --------
# 1. How often is :math:`|U_s| > \sqrt{2 \ln s}` at the times :math:`s = 2, 3, \dots, 50`, on
#    average? The attempts are dependent. Does it matter?
# 2. Show that :math:`V_t = t W_{1/t}` is a Brownian motion too, and conclude how high a path goes
#    right after time 0. Measure :math:`E\, V_{1/4} V_{1/2}`.
#
# .. solution::

# 1. The mean of a sum is the sum of the means, whatever the dependence.
whole = np.arange(2, 51)
grid = sc.Partition(np.concatenate([[0.0], np.exp(whole)]))
paths = sc.brownian(partition=grid, paths=50_000, store=False, rng=1)
bound = np.sqrt(2 * np.log(whole))
often = sc.expectation(
    lambda w: (np.abs(w[:, 1:]) > bound * np.exp(whole / 2)).sum(axis=1), paths
).estimate()
exact = 2 * ndtr(-bound).sum()
print(f"times beyond the envelope: {often}, exact {exact:.6f}")
assert abs(often.z(exact)) <= 6

# 2. V is Gaussian and has the covariance s t min(1/s, 1/t) = min(s, t). So what W does at late
# times, V does at early ones: limsup W_t/sqrt(2 t ln ln(1/t)) = 1 as t tends to 0.
late = sc.brownian(partition=sc.Partition([0.0, 2.0, 4.0]), paths=100_000, rng=2)
product = (0.5 * late.values[:, 1]) * (0.25 * late.values[:, 2])
covariance = sc.Estimate.mean(product)
print(f"E V_1/4 V_1/2: {covariance}, exact {min(0.25, 0.5)}")
assert abs(covariance.z(0.25)) <= 6

# %%
# References
# ----------
# :cite:t:`khinchin1924` has the theorem for coin tossing, :cite:t:`feller1943` the test that tells
# which curves are crossed for ever, and :cite:t:`karatzasshreve1991`, section 2.9, the Brownian
# case. The functions here: :func:`stochcalc.brownian`, :class:`stochcalc.Partition`,
# :func:`stochcalc.expectation`.
