r"""
The arcsine law: a fair game rarely looks fair
==============================================

**Theorem** (Levy). Let :math:`W` be a Brownian motion on :math:`[0, T]`. The share of time that it
spends above 0 has the arcsine law,

.. math::

    P\Bigl(\frac1T \int_0^T 1_{\{W_t > 0\}} \, \dd t \le x\Bigr)
    = \frac2\pi \arcsin \sqrt x, \qquad 0 \le x \le 1.

Its density :math:`1/(\pi \sqrt{x (1 - x)})` is infinite at 0 and at 1, and smallest at one half.

Two players toss a fair coin all night. By symmetry each expects to be ahead for half of the night,
and on average each is. But a night on which both are ahead equally long is the *least* likely kind,
and a night on which one of them leads nearly all the time is the likeliest.
"""

import math

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Follow five paths with a thousand values each, and count how many of them are positive.

W = sc.brownian(T=1.0, n=1000, paths=5, rng=7)
shares = (W.values[:, 1:] > 0).mean(axis=1)
print("shares of time above 0:", np.round(shares, 3))

# %%
# The mean of such shares is one half, and yet they avoid it. A longer night does not help: a path
# of length 4 looks like one of length 1 on another scale, so that the law of the share does not
# depend on :math:`T` at all.


def draw_shares(ax):
    positive = sc.brownian(n=1000, paths=4000, rng=8).values[:, 1:] > 0
    places = np.arange(0.1, 1.0, 0.1)
    for i, last in enumerate((200, 1000)):
        share = positive[:, :last].mean(axis=1)
        below = [sc.Estimate.share((share <= x).sum(), 4000) for x in places]
        plot.points(ax, places, below, f"up to t = {last / 1000:g}", i)
    x = np.linspace(0, 1, 400)
    plot.curve(ax, x, 2 / np.pi * np.arcsin(np.sqrt(x)), "(2/π) arcsin √x", 2)
    plot.curve(ax, x, x, "uniform", 3)
    ax.set(xlabel="x", ylabel="P(share of time above 0 ≤ x)")
    ax.set_title("Early or late, the share has the arcsine law")
    ax.legend()


figure = plot.figure(
    draw_shares,
    alt="The distribution functions of the share of time above 0, up to time 0.2 and "
    "up to time 1, both lie on the arcsine law and not on the uniform one.",
)

# %%
# Check it
# --------
# For :math:`n` values at grid times the law is known exactly: :math:`k` of them are positive with
# probability :math:`u_k u_{n-k}`, where :math:`u_k = \binom{2k}{k} 4^{-k}`.

finding = sc.CLAIMS["G08"].run(paths=50_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# More than two paths in five spend less than a tenth of the time on one of the sides. If the share
# were uniform it would be one in five.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, three paths and the time they spend above 0; in the second, the "
    "measured law of the number of positive values lies on the exact one, which is lowest at "
    "one half.",
)

# %%
# The wrong twin
# --------------
# The law of large numbers suggests a peak at one half, and caution suggests at least a uniform law.
# Both forget that the signs of :math:`W` at neighbouring times are almost the same. A path that is
# far above 0 needs long to come back. For the middle, the uniform law is already too much:

half = finding.rows[1]
print(f"P(half of 16 values positive): {half.measured}, exact {half.exact:.6f}")
print(f"uniform: {half.twin:.6f}, {half.twin_z:+.0f} standard errors away")
assert half.twin_refuted

# %%
# Why
# ---
# Let :math:`N_n` be the number of positive values, and let :math:`u_k` be the probability that the
# first :math:`k` values are all positive, which by symmetry is also that none is. Sparre Andersen
# showed :math:`P(N_n = k) = u_k u_{n-k}`, for every symmetric law of the increments without atoms.
# These probabilities add up to 1 for every :math:`n`; so the power series
# :math:`U(x) = \sum u_k x^k` satisfies
#
# .. math::
#
#     U(x)^2 = 1 + x + x^2 + \dots = \frac{1}{1 - x},
#     \qquad U(x) = (1 - x)^{-1/2} = \sum_k \binom{2k}{k} \frac{x^k}{4^k}.
#
# By Stirling's formula :math:`u_k` is about :math:`1/\sqrt{\pi k}`, and the product
# :math:`u_k u_{n-k}` is about :math:`1/n` times the arcsine density at :math:`k/n`. See
# :mod:`stochcalc.claims.theorems.g08_arcsine`.

# %%
# Exercise
# --------
# 1. The law does not depend on that of the increments. Take increments with the Laplace density
#    :math:`\frac12 e^{-|x|}` and measure the probability that all of eight values are positive.
# 2. The place of the maximum among :math:`W_0, W_h, \dots, W_{nh}` has the same law as
#    :math:`N_n`. Check that it is at the very beginning with probability :math:`u_n`.
#
# .. solution::

n = 8
u = math.comb(2 * n, n) / 4**n


# 1. z^2 + z'^2 is exponential, and independent of the sign of z: with this sign it is Laplace, up
# to a factor that does not matter. Two normals make one increment, so 16 of them make eight.
def sums_of_laplace(w):
    z = np.diff(w, axis=1)
    size = z[:, 0::2] ** 2 + z[:, 1::2] ** 2
    return np.cumsum(np.sign(z[:, 0::2]) * size, axis=1)


longer = sc.brownian(n=2 * n, paths=100_000, store=False, rng=2)
positive = sc.expectation(lambda w: (sums_of_laplace(w) > 0).all(axis=1), longer)
positive = positive.estimate()
print(f"all of {n} Laplace sums positive: {positive}, exact {u:.6f}")
assert abs(positive.z(u)) <= 6

# 2. The first value is the largest if all later ones are negative, which has probability u_n.
paths = sc.brownian(n=n, paths=100_000, store=False, rng=1)
first = sc.expectation(lambda w: w.argmax(axis=1) == 0, paths).estimate()
print(f"maximum at the beginning: {first}, exact {u:.6f}")
assert abs(first.z(u)) <= 6

# %%
# References
# ----------
# :cite:t:`levy1939` has the law, :cite:t:`sparreandersen1953` the one for walks, and
# :cite:t:`mortersperes2010`, section 5.4, both. The functions here: :func:`stochcalc.brownian`,
# :func:`stochcalc.expectation`.
