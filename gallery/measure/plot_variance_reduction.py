r"""
Mirrored paths and controls: more from the same noise
=====================================================

**Theorem.** Let :math:`f` be a functional of a Brownian motion :math:`W` with :math:`E f^2` finite.
Write it as the sum of its even part :math:`\frac12 (f(W) + f(-W))` and its odd part
:math:`\frac12 (f(W) - f(-W))`. Then

.. math::

    \mathrm{Var} f = \mathrm{Var} f_{\text{even}} + \mathrm{Var} f_{\text{odd}}, \qquad
    \mathrm{Var} \, \tfrac12 \bigl(f(W) + f(-W)\bigr) = \mathrm{Var} f_{\text{even}} .

A path and its mirror image, used as a pair, remove the odd part without a trace and leave the even
part as it is. And if :math:`C` is any variable of known mean, then

.. math::

    \min_b \mathrm{Var} \bigl(f - b \, (C - E C)\bigr) = (1 - \rho^2) \, \mathrm{Var} f, \qquad
    b = \frac{\mathrm{Cov}(f, C)}{\mathrm{Var} \, C},

where :math:`\rho` is the correlation of :math:`f` and :math:`C`.

The error of a mean falls like one over the root of the number of paths. One more digit costs a
hundred times as many. So it pays to look for a functional with the same mean and a smaller
variance. Here are two ways to find one. Each of them can be computed exactly, so that one knows
what is gained before one has tried, and also when nothing is.
"""

import math

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Let :math:`S_t = \exp(\sigma W_t - \sigma^2 t/2)` be a price, and :math:`A` its mean over twelve
# months. The expectation of :math:`A` is 1. Estimate it from as many paths in three ways: as it is,
# from pairs of :math:`W` and :math:`-W`, and with the geometric mean of the same twelve prices as a
# control, whose law is lognormal and known.

n = 12
sigma = 0.4
t = np.arange(1, n + 1) / n


def means(w):
    """Return the arithmetic and the geometric mean of S along paths."""
    logs = sigma * w[:, 1:] - sigma**2 * t / 2
    return np.exp(logs).mean(axis=1), np.exp(logs.mean(axis=1))


W = sc.brownian(n=n, paths=20_000, rng=7)
A, G = means(W.values)
half = W.values[:10_000]  # and their mirror images: 20,000 paths again
pairs = (means(half)[0] + means(-half)[0]) / 2

spread = np.minimum.outer(t, t).mean()  # the variance of the mean of W
known = math.exp(sigma**2 * (spread - t.mean()) / 2)  # E G
b = np.cov(A, G)[0, 1] / G.var(ddof=1)
controlled = A - b * (G - known)

print("as it is:    ", sc.Estimate.mean(A))
print("pairs:       ", sc.Estimate.mean(pairs))
print("with control:", sc.Estimate.mean(controlled), f"with b = {b:.4f}")

# %%
# The coefficient was estimated from the same paths, by regression, as one does in practice. This
# makes the estimate dependent on itself, and biased a little. The bias is of the order of one over
# the number of paths, far below the standard error.


def draw_three(ax):
    bins = np.linspace(0.4, 2.0, 81)
    plot.histogram(ax, A, bins, "one path", 0)
    plot.histogram(ax, pairs, bins, "a path and its mirror image", 1)
    plot.histogram(ax, controlled, bins, "with control", 2)
    ax.axvline(1.0, color="0.5", lw=1)
    ax.set(xlabel="one observation", ylabel="density", yscale="log")
    ax.set_title("Three laws with the mean 1")
    ax.legend(loc="upper right")


figure = plot.figure(
    draw_three,
    alt="Three histograms around 1: that of single paths is broad, that of pairs is narrower and "
    "leans to one side, and that with the control is a needle.",
)

# %%
# Check it
# --------
# Every row but the last is a ratio of variances. For pairs it is that to the mean of two
# independent paths, which cost as much: below 1 pairs are better, above 1 they are worse. The last
# row makes sure that the control does not change the mean.

finding = sc.CLAIMS["G53"].run(paths=300_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# The first panel has ratios for the mean of :math:`S`. Both methods work best for small
# :math:`\sigma`, where :math:`S` is nearly linear in the path. The second panel has pairs for
# :math:`|W_1 - c|`. It is even for :math:`c = 0`, where a pair is *twice as bad* as two paths, and
# for large :math:`c` it is nearly a straight line.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, what pairs and the control leave of the variance of a mean price "
    "grows with the volatility, and the control leaves tens of times less; in the second, the "
    "ratio of pairs for the distance from c falls from 2 at c = 0 to nearly 0 at c = 2.5.",
)

# %%
# The wrong twin
# --------------
# *Antithetic paths halve the variance.* It sounds like a count: two paths for the noise of one. But
# two paths halve the variance in any case, and what the mirror adds to this depends on :math:`f`
# alone. For the distance from :math:`\frac12` it is a loss:

row = finding.rows[2]
print(f"measured {row.measured}, exact {row.exact:.6f}")
print(f"twin {row.twin}: {row.twin_z:+.0f} standard errors away")
assert row.twin_refuted

# %%
# Why
# ---
# *Why are the parts uncorrelated?* Their product is an odd functional, and the mean of an odd
# functional is 0, because :math:`-W` has the law of :math:`W`. Nothing else is used. So the same
# holds for any noise that is symmetric.
#
# *When does a pair help?* If a path that goes up always gives more, then its mirror image gives
# less when it gives more: the correlation is negative, and the ratio is at most 1. Prices are like
# that. Distances, squares, ranges and maxima of :math:`|W|` are not, since for them a large move
# counts whichever way it goes.
#
# *Why the square of the correlation?* Regress :math:`f` on :math:`C`. The variance is that of the
# line, :math:`\rho^2 \, \mathrm{Var} f`, and that around it. Since the mean of :math:`C` is known,
# the line costs nothing. A correlation of 0.9 leaves 0.19, and one of 0.99 leaves a fiftieth. A
# control has to be close to pay off.
#
# *How do the two compare?* Expand :math:`S_1 = e^{\sigma W_1 - \sigma^2/2}` in Hermite polynomials.
# They are uncorrelated, and the :math:`k`-th has the variance :math:`a^k/k!` with
# :math:`a = \sigma^2`; together they have :math:`e^a - 1`. The control :math:`W_1` takes away
# the first, and :math:`e^a - 1 - a` is left. Mirror images take away all odd ones, and leave
# :math:`\cosh a - 1`. See :mod:`stochcalc.claims.theorems.g53_variance_reduction`.

# %%
# Exercise
# --------
# 1. What do pairs leave of the variance of :math:`W_1^3`? And of :math:`W_1^3 + W_1^2`?
# 2. Use pairs for :math:`S_1`, and then :math:`W_1` as a control of the pairs. What is gained?
#    Which control would you take instead?
# 3. The best control of :math:`S_1` would be :math:`C = S_1` itself. Take it, with the sample mean
#    in the place of :math:`E C`. What do you get?
#
# .. solution::

# 1. Nothing, since the cube is odd. In the sum only the square is even, of variance 2, and the cube
#    has 15: the ratio to two paths is 2 * 2/17.
x = sc.brownian(n=1, paths=200_000, rng=3).values[:, -1]
assert np.all((x * x * x + (-x) * (-x) * (-x)) / 2 == 0.0)
left = sc.Moments.of(((x**3 + x**2) + (-(x**3) + x**2)) / 2).variance()
print(f"variance of pairs: {left}, exact 2; two paths have {17 / 2}")
assert abs(left.z(2.0)) <= 6

# 2. Nothing is gained: the pairs are even and W_1 is odd, so that they are uncorrelated. An even
#    control helps, W_1^2 - 1. It takes away the second Hermite polynomial: of cosh(a) - 1, what is
#    left is cosh(a) - 1 - a^2/2.
a = sigma**2
pair = (np.exp(sigma * x - a / 2) + np.exp(-sigma * x - a / 2)) / 2
for name, value, exact in (
    ("pairs", pair, math.cosh(a) - 1),
    ("pairs and W^2 - 1", pair - a / 2 * (x**2 - 1), math.cosh(a) - 1 - a**2 / 2),
):
    variance = sc.Moments.of(value).variance()
    print(f"{name}: variance {variance}, exact {exact:.3g}")
    assert abs(variance.z(exact)) <= 6
correlation = np.corrcoef(pair, x)[0, 1]
assert abs(sc.Estimate.mean(pair * x).z(0.0)) <= 6
print(f"correlation of the pairs and W_1: {correlation:+.4f}")

# 3. The best b is 1, the variance of S - (S - mean) is 0, and the estimate is the sample mean as
#    before, now with a standard error of 0 that is a lie. A control helps by its known mean, and by
#    nothing else.
S = np.exp(sigma * x - a / 2)
careless = S - (S - S.mean())
assert np.allclose(careless, S.mean())

# %%
# References
# ----------
# :cite:t:`hammersleymorton1956` invented antithetic variates, and :cite:t:`kemnavorst1990` the
# geometric mean as a control. :cite:t:`glasserman2004`, sections 4.1 and 4.2, has both, with
# estimated coefficients and with several controls. The functions here: :func:`stochcalc.brownian`,
# :class:`stochcalc.Estimate`, :class:`stochcalc.Moments`.
