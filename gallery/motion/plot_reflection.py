r"""
The reflection principle: half of the paths that were there end above
=====================================================================

**Theorem.** Let :math:`W` be a Brownian motion on :math:`[0, T]` that starts at 0, and let
:math:`a > 0` be a level that does not depend on the path. Then

.. math::

    P\Bigl(\max_{0 \le t \le T} W_t \ge a\Bigr) = 2 P(W_T \ge a)
    = 2 \Phi\Bigl(-\frac{a}{\sqrt T}\Bigr),

so that the maximum has the law of :math:`|W_T|`.

The left side asks about the whole path, uncountably many times, and the right side about its end
alone. A single normal variable answers. This is rare: for most questions about the extremes of a
process there is no formula, and the reason why there is one here can be drawn.
"""

import numpy as np
from scipy.special import ndtr, ndtri

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Take the first of some paths that reaches :math:`a = 1`, and let :math:`\tau` be the time at which
# it does. From then on, change the sign of all its increments: the path is mirrored at the value
# that it has at :math:`\tau`.

a = 1.0
W = sc.brownian(T=1.0, n=1024, paths=64, rng=7)
row = int(np.argmax(W.values.max(axis=1) >= a))
path = W.values[row]
tau = int(np.argmax(path >= a))
mirror = np.concatenate([path[:tau], 2 * path[tau] - path[tau:]])

print(f"path {row} reaches {a:g} at time {W.t[tau]:.3f}")
print(f"it ends at {path[-1]:.3f}, its mirror image at {mirror[-1]:.3f}")

# %%
# Which of the two is the path, and which is the mirror image? Nobody can tell. Increments after
# :math:`\tau` are symmetric and do not depend on what came before, so both continuations are
# equally likely; one of them ends above the level, and the other below it.


def draw_both(ax):
    ax.plot(W.t, path, label="path")
    ax.plot(W.t[tau:], mirror[tau:], label="mirror image after τ")
    ax.axhline(a, color="C2", ls=":", label=f"a = {a:g}")
    ax.set(xlabel="time t", ylabel="$W_t$")
    ax.set_title("From τ on, the path and its mirror image are equally likely")
    ax.legend()


figure = plot.figure(
    draw_both,
    alt="A Brownian path reaches the level 1; from there on its mirror image is drawn "
    "as well, and only one of the two ends above the level.",
)

# %%
# If the argument is right, the mirrored paths together are again a Brownian motion. On a grid this
# holds exactly, for every number of steps, because :math:`\tau` is decided by the past and the
# signs of the later increments are free. So the mirrored end must have the mean square
# :math:`T = 1`.


def end_of_mirror(w):
    there = w >= a
    last = w.shape[1] - 1
    first = np.where(there.any(axis=1), there.argmax(axis=1), last)
    turn = np.take_along_axis(w, first[:, None], axis=1)[:, 0]
    return 2 * turn - w[:, -1]


many = sc.brownian(n=64, paths=50_000, store=False, rng=1)
square = sc.expectation(lambda w: end_of_mirror(w) ** 2, many)
square = square.estimate()
print(f"mean square of the mirrored end {square}, exact 1")
assert abs(square.z(1.0)) <= 6

# %%
# Check it
# --------
# The maximum over *all* times cannot be read off a grid: between two grid times the path may go up
# and come back unseen. But given its two values the path is a Brownian bridge there, and the law of
# a bridge's maximum is known, by reflection once more. :func:`stochcalc.maximum` draws it, so that
# the last two rows are exact whatever the grid is. The first row is the mean of the maximum over
# the 64 grid times, which has an exact value of its own.

finding = sc.CLAIMS["G07"].run(paths=50_000, rng=0)
assert all(abs(found.z) <= 6 for found in finding.rows)
finding

# %%
# On the left, of a million paths those that reach the level are counted by where they end. On the
# right is what happens to somebody who looks at the grid times only: the top is missed by about
# :math:`0.5826 \sqrt h`, where :math:`h` is the step. With 256 steps that is still
# 3.6 percent of the standard deviation of :math:`W_T`. The error falls only with the square root of
# the work; the bridges remove it at once.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, of the paths that reach the level 1 half end above it; in the "
    "second, the maximum over n grid times is too small by Spitzer's number, with bridges "
    "not.",
)

# %%
# The wrong twin
# --------------
# Count the paths that end above the level, and take that for the chance of reaching it. It sounds
# harmless when a barrier is called "far away" because few paths are beyond it at the end. It is
# wrong by a factor of two, at every level and for every horizon:

reached = finding.rows[2]
print(f"measured {reached.measured}, exact {reached.exact:.6f}")
print(f"{reached.twin:.6f} is {reached.twin_z:+.0f} standard errors away")
assert reached.twin_refuted

# %%
# Why
# ---
# The path is continuous, so it is exactly at :math:`a` at the time :math:`\tau`, and if it ends
# above :math:`a` it must have been there. Split the paths that reach :math:`a` by their ends, and
# mirror those that end below:
#
# .. math::
#
#     \begin{aligned}
#     P(\max W \ge a) &= P(W_T \ge a) + P(\max W \ge a,\ W_T < a) \\
#     &= P(W_T \ge a) + P(W_T > a).
#     \end{aligned}
#
# A walk that jumps over the level breaks this: on a grid the path is above :math:`a` when it is
# first seen there, and the mirror image is not at the level. This is why the grid needs another
# formula. Spitzer's identity gives it for every :math:`n`:
#
# .. math::
#
#     \begin{aligned}
#     E \max(W_0, W_h, \dots, W_{nh})
#     &= \sqrt{\frac{h}{2 \pi}} \sum_{k=1}^n \frac{1}{\sqrt k} \\
#     &= \sqrt{\frac{2T}{\pi}} + \frac{\zeta(1/2)}{\sqrt{2 \pi}} \sqrt h + \dots
#     \end{aligned}
#
# The constant is :math:`-\zeta(1/2)/\sqrt{2 \pi} = 0.5826`. Traders move a barrier that is watched
# once a day by this multiple of a day's standard deviation. The derivation is in
# :mod:`stochcalc.claims.theorems.g07_reflection`.

# %%
# Exercise
# --------
# 1. Mirror the paths that reach :math:`a` and end below :math:`b \le a`. What is the probability
#    :math:`P(\max W \ge a,\ W_T \le b)`? Measure it for :math:`a = 1` and :math:`b = 0`.
# 2. Almost every path reaches :math:`a = 1` sooner or later. By which time have half of them been
#    there? Show that nevertheless the mean of :math:`\tau` is infinite.
#
# .. solution::

# 1. The mirror image of an end at or below b is an end at or above 2a - b: P(W_T >= 2a - b).
paths = sc.brownian(n=1, paths=200_000, rng=1)  # one step: its bridge knows the maximum
both = (sc.maximum(paths) >= 1.0) & (paths.values[:, -1] <= 0.0)
joint = sc.Estimate.share(both.sum(), len(both))
print(f"P(max >= 1, end <= 0): measured {joint}, exact {ndtr(-2.0):.6f}")
assert abs(joint.z(ndtr(-2.0))) <= 6

# 2. P(tau <= t) = 2 Phi(-a/sqrt(t)) is one half at a/sqrt(t) = 0.6745, so at t = 2.198. For large
# t, P(tau > t) = 1 - 2 Phi(-a/sqrt(t)) is about a sqrt(2/(pi t)), whose integral is infinite.
median = 1.0 / ndtri(0.75) ** 2
paths = sc.brownian(T=median, n=1, paths=200_000, rng=2)
half = sc.Estimate.share((sc.maximum(paths) >= 1.0).sum(), paths.paths)
print(f"share that reaches 1 by time {median:.3f}: measured {half}, exact 0.5")
assert abs(half.z(0.5)) <= 6

# %%
# References
# ----------
# :cite:t:`karatzasshreve1991`, sections 2.6 and 2.8, has the principle and the law of the bridge's
# maximum; :cite:t:`spitzer1956` the identity for the grid; :cite:t:`asmussen1995` and
# :cite:t:`broadie1997` the constant 0.5826. The functions here: :func:`stochcalc.maximum`,
# :func:`stochcalc.brownian`, :func:`stochcalc.expectation`; for barriers of equations,
# :func:`stochcalc.first_passage`.
