r"""
Random walks become Brownian motion
===================================

**Theorem** (Donsker). Let :math:`X_1, X_2, \dots` be independent with one and the same law, of mean
0 and variance 1. Scale the walk with these steps to the time interval :math:`[0, 1]`,

.. math::

    S_t = \frac{X_1 + \dots + X_k}{\sqrt n} \quad \text{at } t = \frac kn,
    \qquad S \longrightarrow W \text{ in law as } n \to \infty,

with straight lines between these times. The convergence is that of random functions: every
continuous functional of the walk, such as its end or its maximum, tends in law to that of a
Brownian motion :math:`W`.

The walk forgets its coin. Of the law of a step, mean and variance alone survive in the limit, and
this is why one process serves for pollen in water, prices and noise in a circuit.
"""

import math

import numpy as np
from scipy.special import ndtr

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# A fair coin is the sign of a normal variable. So the signs of the increments of :math:`W` make a
# walk. Take 16 tosses on each of 20,000 paths, and look at where the walks end.

n = 16
W = sc.brownian(n=n, paths=20_000, rng=7)
tosses = np.sign(W.increments)
walk = np.cumsum(tosses, axis=1) / math.sqrt(n)
end = walk[:, -1]

print("first walk, times sqrt(n):", np.round(walk[0] * math.sqrt(n)).astype(int))
print("E S_1^2 =", sc.Estimate.mean(end**2), "exact 1")

# %%
# The ends sit on a lattice, and the bell goes through it. The height over a lattice point is the
# probability there divided by the mesh :math:`2/\sqrt n`.


def draw_ends(ax):
    places = np.arange(-n, n + 1, 2) / math.sqrt(n)
    mesh = 2 / math.sqrt(n)
    shares = [sc.Estimate.share(np.isclose(end, x).sum(), len(end)) for x in places]
    heights = [sc.Estimate.normal(s.value / mesh, s.stderr / mesh) for s in shares]
    exact = [math.comb(n, k) / 2**n / mesh for k in range(n + 1)]
    ax.bar(places, exact, width=0.8 * mesh, color=plot.FILL, alpha=0.5, label="exact")
    plot.points(ax, places, heights, "measured ± 2 standard errors")
    x = np.linspace(-4, 4, 200)
    bell = np.exp(-x * x / 2) / math.sqrt(2 * math.pi)
    plot.curve(ax, x, bell, "the normal density", 1)
    ax.set(xlabel="end of the walk $S_1$", ylabel="probability / mesh")
    ax.set_title(f"After {n} tosses the law is a lattice on the bell")
    ax.legend()


figure = plot.figure(
    draw_ends,
    alt="The measured law of the end of walks with 16 steps lies on the exact binomial "
    "law, whose bars follow the normal density.",
)

# %%
# Check it
# --------
# What does the walk share with Brownian motion *before* the limit? Its covariance
# :math:`\min(s, t)` at the times :math:`k/n`, for every :math:`n`. What does it not share? Its
# fourth moment, its distribution function and its maximum. All of them are known exactly. A row is
# called undecided while its twin is not yet 20 standard errors away; for the fourth moment and for
# the long walk that takes a million paths, as in ``stochcalc verify G01``.

finding = sc.CLAIMS["G01"].run(paths=50_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# The distance between the distribution functions is half the atom at 0, about
# :math:`1/\sqrt{2 \pi n}`. It falls slowly: to halve it takes four times as many tosses. The mean
# of the maximum is too small, by about :math:`1/(2 \sqrt n)`, which is slow as well. On the right
# both are drawn on their exact lines.
#
# On the left the walks live *inside* one path. Wait until :math:`W` has moved by
# :math:`1/\sqrt n` for the first time, note whether it went up or down, and start again from there.
# The notes are a fair coin, and each takes :math:`1/n` of time on average. This is Skorokhod's
# embedding. It proves the theorem: as :math:`n` grows, the law of large numbers makes
# the walk's clock agree with that of the path, so that the walk comes close to *this* path and not
# to another of the same law.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, walks of 16, 128 and 1024 steps inside one Brownian path come "
    "closer to it; in the second, end and maximum differ from their limits by the exact "
    "numbers.",
)

# %%
# The wrong twin
# --------------
# The maximum of :math:`W` has the law of :math:`|W_1|`; see the lesson on reflection. It is
# tempting to say the same of the walk, whose mean maximum would then be :math:`E |S_1|`. In the
# limit the two agree, and by a rough look at a long walk as well. With eight steps they do not:

peak = finding.rows[4]
print(f"measured {peak.measured}, exact {peak.exact:.6f}")
print(f"E |S_1| = {peak.twin:.6f} is {peak.twin_z:+.0f} standard errors away")
assert peak.twin_refuted

# %%
# Why
# ---
# Reflection works for a walk too, since it cannot jump over a whole number. Count in steps, with
# :math:`k` the end and :math:`M` the maximum. The walks that reach :math:`r` and end below it are
# as many as those that end above it. But those that end *at* :math:`r` have no partner, and they
# are counted once:
#
# .. math::
#
#     P(M \ge r) = 2 P(k > r) + P(k = r) = 2 P(k \ge r) - P(k = r).
#
# Add this over :math:`r = 1, 2, \dots`. The first part gives :math:`2 E k^+ = E |k|`, the last one
# :math:`P(k \ge 1) = \frac12 (1 - P(k = 0))`, so that
#
# .. math::
#
#     \sqrt n\, E \max S = E |k| - \tfrac12 \bigl(1 - P(k = 0)\bigr).
#
# A Brownian path has no atoms, and the correction of about half a step disappears in the limit. All
# numbers of the table are derived in :mod:`stochcalc.claims.theorems.g01_random_walk`.

# %%
# Exercise
# --------
# 1. Find :math:`P(\max S \ge 4/\sqrt 8)` for eight tosses, and compare with twice the probability
#    to end at 4 or above.
# 2. Let the steps be :math:`X = \mathcal{E} - 1` with an exponential variable
#    :math:`\mathcal{E}` of mean 1, which is far from symmetric. Its third and fourth cumulants are
#    2 and 6. What are :math:`E S_1^3` and :math:`E S_1^4` for :math:`n` steps, and what becomes of
#    them?
#
# .. solution::

paths = sc.brownian(n=8, paths=100_000, store=False, rng=1)

# 1. In units of 1/256, k = 4 has the probability 28, and k > 4 has 8 + 1: 2 * 9 + 28 = 46. Twice
# the probability to end at 4 or above would be 2 * 37 = 74.
reach = sc.expectation(
    lambda w: np.cumsum(np.sign(np.diff(w, axis=1)), axis=1).max(axis=1) >= 4, paths
).estimate()
print(f"P(max >= 4): measured {reach}, exact {46 / 256}, not {74 / 256}")
assert abs(reach.z(46 / 256)) <= 6 and abs(reach.z(74 / 256)) > 20


# 2. Cumulants of independent variables add: E S^3 = n 2/n^(3/2) and E S^4 = 3 + n 6/n^2. They tend
# to 0 and 3, the moments of the normal law, whatever the coin is.
def exponential_walk(w):
    z = np.diff(w, axis=1) * math.sqrt(8)  # standard normals
    steps = -np.log(ndtr(-z)) - 1.0  # -log of a uniform variable is exponential
    total = steps.sum(axis=1) / math.sqrt(8)
    return total**3, total**4


moments = sc.expectation(exponential_walk, paths)
for power, exact in enumerate((2 / math.sqrt(8), 3 + 6 / 8)):
    measured = moments[power].estimate()
    print(f"E S^{power + 3}: measured {measured}, exact {exact:.6f}")
    assert abs(measured.z(exact)) <= 6

# %%
# References
# ----------
# :cite:t:`donsker1951` has the theorem and :cite:t:`skorokhod1965` the walks inside a path;
# :cite:t:`feller1968`, chapters III and VII, has reflection and the bell of coin tossing. The
# functions here: :func:`stochcalc.brownian`, :func:`stochcalc.expectation`,
# :class:`stochcalc.Estimate`.
