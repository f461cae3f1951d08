r"""
The signature plot: sampling faster shows the noise
===================================================

**Theorem.** A price is observed at :math:`n + 1` equidistant times of :math:`[0, T]` with errors,
:math:`Y_k = \sigma W_{t_k} + \eta\, \varepsilon_k`. Let the :math:`\varepsilon_k` be independent of
each other and of :math:`W`, with mean 0 and variance 1. Then realized variance has the mean

.. math::

    E \sum_{k < n} (Y_{k+1} - Y_k)^2 = \sigma^2 T + 2 n \eta^2 .

In the lesson on quadratic variation more observations were always better: the sum of squared
increments tended to :math:`\sigma^2 T`, the variance that everybody wants to know. Now take prices
as a market shows them, a little too high when somebody buys and a little too low when somebody
sells. However small the errors are, their part grows without bound, and the estimate from *all*
data of a day is worse than that from a handful. The more you look, the less you see.
"""

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# One day of trading with 23,400 seconds. The price moves by :math:`\sigma = 1` in the day, and each
# observation is off by one hundredth of that. Nobody would see such errors in a picture of the
# price. Compute realized variance from every second, from every 5th, and so on; it should be 1.

W = sc.brownian(T=1.0, n=23_400, rng=11)
Y = sc.observe(W, noise=0.01)[0]

for every in (1, 5, 60, 300):
    found = sc.quadratic_variation(Y[::every])
    print(f"every {every:3d} s, {23_400 // every:5d} returns: {found.value:.3f}")

# %%
# With a return every second, the noise makes up four fifths of what is measured. A plot of realized
# variance against the number of returns is called the *signature plot*: a flat one belongs to a
# price without noise, and one that rises to the right betrays it.


def draw_one_day(ax):
    every = np.array([1, 2, 3, 5, 10, 20, 30, 60, 120, 300, 600])
    n = 23_400 // every
    estimates = [sc.quadratic_variation(Y[::k]).value for k in every]
    ax.plot(n, estimates, "o-", label="one day, realized variance")
    grid = np.geomspace(n[-1], n[0], 100)
    ax.plot(grid, 1 + 2 * grid * 0.01**2, "C1--", label="σ$^2$T + 2nη$^2$")
    ax.axhline(1.0, ls=":", color=plot.look.ink(ax), label="σ$^2$T")
    ax.set(xscale="log", xlabel="number of returns n", ylabel="realized variance")
    ax.set_title("Realized variance of one day rises with the number of returns")
    ax.legend()


figure = plot.figure(
    draw_one_day,
    alt="Realized variance of one simulated day follows 1 + 2 n eta^2: near 1 for few "
    "returns, near 5.7 for one a second.",
)

# %%
# Three estimators use every observation and are not misled. Two subtract what the noise adds, and
# the third adds the products of neighbouring returns, in which the noise stands with a minus.

for name in ("two_scale", "preaveraged", "realized_kernel"):
    found = sc.quadratic_variation(Y, estimator=name)
    print(f"{name:15s}: {found.value:.3f} +- {found.stderr:.3f}")
    assert abs(found.z(1.0)) <= 6

# %%
# Check it
# --------
# Here many paths with 64 returns and errors of :math:`\eta = 0.05` are compared with exact means.
# Of the three estimators the mean is exactly :math:`\sigma^2 T`, at every :math:`n`.

finding = sc.CLAIMS["G05"].run(paths=200_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# Few returns mean a large variance, and many a large bias. The mean-square error of realized
# variance is therefore smallest in between. With :math:`\sigma = T = 1` it is about
# :math:`2/n + 4 n^2 \eta^4`, and a derivative finds the best number,
# :math:`n = (4 \eta^4)^{-1/3}`, which is 116 for the :math:`\eta = 0.02` of the figure. This is the
# reason for the custom to use returns over five minutes, which throws away 299 of 300 seconds.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, the mean of realized variance rises by 2 n eta^2, two scales stay "
    "at 1; in the second, its mean-square error is least near n = 116.",
)

# %%
# The wrong twin
# --------------
# "There are :math:`n` returns, and each carries an error of variance :math:`\eta^2`, which adds
# :math:`n \eta^2`." The mistake is to count an error for each return. A return is a difference of
# two observations, each with an error of its own: it carries :math:`2 \eta^2`.

realized = finding.rows[0]
print(f"measured {realized.measured}, exact {realized.exact:.4f}, twin {realized.twin:.4f}")
print(f"the twin is {abs(realized.twin_z):.0f} standard errors away")
assert realized.twin_refuted

# %%
# Why
# ---
# A return is :math:`\sigma \Delta W_k + \eta\, (\varepsilon_{k+1} - \varepsilon_k)`. Its three
# parts are independent, and hence
#
# .. math::
#
#     E\,(Y_{k+1} - Y_k)^2 = \sigma^2 \frac{T}{n} + 2 \eta^2, \qquad
#     E\,(Y_{k+1} - Y_k)(Y_k - Y_{k-1}) = -\eta^2 .
#
# The first mean, summed over :math:`n` returns, is the theorem. The second is the way out: an error
# that makes one return too large makes the next one too small, by as much. This is what the
# realized kernel adds up; the two scales and pre-averaging compare sums over short and over long
# times, in which the noise has the same share and the price has not. The means, and those of three
# formulas in use that miss them, are derived in
# :mod:`stochcalc.claims.theorems.g05_signature`.

# %%
# Exercise
# --------
# 1. Noise can be measured, too. What are the exact means of :math:`\frac{1}{2n} \sum r_k^2` and of
#    :math:`-\frac{1}{n-1} \sum r_k r_{k-1}` as estimates of :math:`\eta^2`, where the :math:`r_k`
#    are the returns? Measure both for :math:`n = 256`, :math:`\eta = 0.02`, :math:`\sigma = T = 1`.
# 2. The variance of realized variance is :math:`2\,(1/n + 4 \eta^2 + (6n - 2) \eta^4)` if the
#    errors are normal. How many returns are best for :math:`\eta = 0.01`? Measure the mean-square
#    error there.
#
# .. solution::

# 1. By the two means above: eta^2 + 1/(2 n), which is biased by the price itself, and eta^2.
n = 256
eta = 0.02
W = sc.brownian(n=n, paths=20_000, store=False, rng=1)
noisy = sc.observe(W, noise=eta, store=False)


def estimate_noise(y):
    r = np.diff(y, axis=1)
    products = r[:, 1:] * r[:, :-1]
    return (r**2).sum(axis=1) / (2 * n), -products.sum(axis=1) / (n - 1)


found = sc.expectation(estimate_noise, noisy)
for i, exact in enumerate((eta**2 + 1 / (2 * n), eta**2)):
    measured = found[i].estimate()
    print(f"noise: {measured.value:.6f} +- {measured.stderr:.6f}, exact {exact:.6f}")
    assert abs(measured.z(exact)) <= 6

# 2. (4 eta^4)^(-1/3) = 292.4. The bias is 2 n eta^2; its square is added to the variance.
n = 292
eta = 0.01
exact = 2 * (1 / n + 4 * eta**2 + (6 * n - 2) * eta**4) + (2 * n * eta**2) ** 2
W = sc.brownian(n=n, paths=20_000, store=False, rng=2)
noisy = sc.observe(W, noise=eta, store=False)
realized = sc.expectation(lambda y: (np.diff(y, axis=1) ** 2).sum(axis=1), noisy)
measured = realized.mean_square(about=1.0)
print(f"mean square: {measured.value:.6f} +- {measured.stderr:.6f}, exact {exact:.6f}")
assert abs(measured.z(exact)) <= 6

# %%
# References
# ----------
# :cite:t:`zhang2005`, section 2, has the bias and the two scales; :cite:t:`jacod2009` introduced
# pre-averaging and :cite:t:`barndorffnielsen2008` the realized kernel. The functions here:
# :func:`stochcalc.observe`, :func:`stochcalc.quadratic_variation`,
# :func:`stochcalc.expectation`.
