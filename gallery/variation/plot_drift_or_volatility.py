r"""
The drift cannot be learned by looking faster
=============================================

**Theorem.** Let :math:`\dd X = \mu \, \dd t + \sigma \, \dd W`, and look at one path on
:math:`[0, T]` at :math:`n` equal distances. The usual estimators of the drift and of the squared
volatility,

.. math::

    \hat\mu = \frac1T \sum_k \Delta X_k = \frac{X_T - X_0}{T}, \qquad
    \hat\sigma^2 = \frac{1}{T} \cdot \frac{n}{n - 1}
    \sum_k \bigl(\Delta X_k - \overline{\Delta X}\bigr)^2,

have the right means at every :math:`n`, and the variances

.. math::

    \mathrm{Var} \, \hat\mu = \frac{\sigma^2}{T} \ \text{ for every } n, \qquad
    \mathrm{Var} \, \hat\sigma^2 = \frac{2 \sigma^4}{n - 1} \ \text{ for every } T.

So the volatility can be read off a short path, if only one looks often. The drift depends on how
long one waits, and on nothing else.

Who saves for old age wants to know how much more shares bring than bonds. That is a drift. Take
8 per cent a year and a volatility of 16 per cent: a *century* of prices gives the drift with the
standard deviation 1.6 per cent, so that 5 per cent and 11 per cent are both credible. A computer
that reads every trade cannot help. Is there really nothing to be done, and if not, why is the
volatility so much easier?
"""

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import chi2

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# The logarithm of a price rises by 0.08 a year on average, with a volatility of 0.16. Three such
# prices are followed for ten years, and looked at once a year, once a month, or on each trading
# day.

mu = 0.08
sigma = 0.16
years = 10
days = 252 * years
motion = sc.brownian(T=years, n=days, paths=3, rng=9)
price = sc.SDE(lambda t, x: mu, lambda t, x: sigma, noise="additive")


def estimate(x, T=years):
    drift = (x[:, -1] - x[:, 0]) / T
    n = x.shape[1] - 1
    squares = sc.quadratic_variation(x - np.linspace(0, T, n + 1) * drift[:, None]).value
    return drift, np.sqrt(squares / T * n / (n - 1))


X = sc.solve(price, 0.0, noise=motion).x
for name, every in (("years", 252), ("months", 21), ("days", 1)):
    drift, volatility = estimate(X[:, ::every])
    shown = np.round(drift, 4), np.round(volatility, 4)
    print(f"{days // every:4d} {name:6s}: drifts {shown[0]}, volatilities {shown[1]}")

# %%
# All three know their volatility by the day to a per cent or two. Of their drift they know, by the
# day, exactly what they knew by the year: the sum telescopes. Each estimate is drawn below as the
# line from the first point of its path to the last. What lies between them does not matter.


def draw_prices(ax):
    t = motion.t
    for i in range(3):
        ax.plot(t, X[i], color=f"C{i}", lw=0.7)
        line = f"{X[i, -1] / years:+.3f}".replace("-", "−")
        plot.curve(ax, t[[0, -1]], X[i, [0, -1]], f"estimate {line}", i, ls="--", lw=1.6)
    ax.plot(t, mu * t, ":", color=plot.look.ink(ax), lw=1.8, label=f"the drift, {mu:+.3f}")
    ax.set(xlabel="years", ylabel="logarithm of the price")
    ax.set_title("Ten years of daily prices, and three estimates of one drift")
    ax.legend()


figure = plot.figure(
    draw_prices,
    alt="Three paths over ten years with the straight lines from their first to their last points, "
    "whose slopes are different estimates of the same drift.",
)

# %%
# Check it
# --------
# The claim looks four and sixty-four times. The first two rows, which have the same number, are
# what the theorem says of the drift. The last row is about a third estimator of :math:`\sigma^2`,
# in which nothing is subtracted: its bias vanishes with the step, and that is the reason why
# quadratic variation need not care about drifts.

finding = sc.CLAIMS["G48"].run(paths=100_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# The two errors change places if one waits instead. With sixty-four looks the volatility is known
# as well from one year as from two hundred, and the drift is not.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, with more looks in the same time the error of the squared volatility "
    "falls and that of the drift stays; in the second, with the same number of looks in a longer "
    "time the error of the drift falls and that of the squared volatility stays.",
)

# %%
# The wrong twin
# --------------
# *The drift is estimated by a mean of n numbers, so its error falls like* :math:`1/\sqrt n`. It is
# true of any :math:`n` numbers whose law stays the same. But an increment over :math:`h` has the
# mean :math:`\mu h` and the standard deviation :math:`\sigma \sqrt h`: the shorter the step, the
# deeper the mean is buried in the noise, and what is won by averaging is lost to it exactly.

row = finding.rows[1]
print(f"measured {row.measured}, exact {row.exact}")
print(f"twin {row.twin}: {row.twin_z:+.0f} standard errors away")
assert row.twin_refuted

# %%
# Why
# ---
# *The sum telescopes.* The increments are :math:`\Delta X_k = \mu h + \sigma \Delta W_k`, and their
# sum is :math:`\mu T + \sigma W_T`. Divide by :math:`T`: the mean is :math:`\mu`, the variance
# :math:`\sigma^2 T/T^2`. No :math:`n` is left.
#
# *No estimator is better.* This needs the likelihood of a path. The factors of
# :doc:`Girsanov's theorem </learn/measure/plot_girsanov>` are, step by step, the densities with the
# drift :math:`\mu` over those without, :math:`\exp((\mu \Delta X_k - \frac12 \mu^2 h)/\sigma^2)`.
# Their product is
#
# .. math::
#
#     L(\mu) = \exp\Bigl(\frac{\mu (X_T - X_0)}{\sigma^2} - \frac{\mu^2 T}{2 \sigma^2}\Bigr) ,
#
# and it telescopes as well. The whole path enters through its last point. Fisher's information,
# minus the second derivative of :math:`\ln L`, is :math:`T/\sigma^2`, and by the inequality of
# Cramér and Rao no unbiased estimator has a smaller variance than its inverse. So it is not the
# estimator that forgets what lies between: the *paths* do not tell. The likelihoods of the first
# path by its days and by its years are the same function of :math:`\mu`:


def with_drift(mu):
    return sc.SDE(lambda t, x, mu: mu, lambda t, x, mu: sigma, noise="additive", args=(mu,))


for other in (0.04, 0.08, 0.12):
    levels = []
    for every in (1, 252):
        seen = (motion.t[::every], X[:1, ::every])
        ratio = sc.path_log_likelihood(with_drift(other), seen)
        levels.append((ratio - sc.path_log_likelihood(with_drift(0.0), seen))[0])
    by_hand = other * (X[0, -1] - other * years / 2) / sigma**2
    print(f"mu = {other}: log L by days {levels[0]:+.6f}, by years {levels[1]:+.6f}")
    assert np.allclose(levels, by_hand, rtol=0, atol=1e-8)

# %%
# *The volatility.* :math:`(n - 1) \hat\sigma^2/\sigma^2` is a chi-squared number with :math:`n - 1`
# degrees of freedom, one less than there are increments because their mean was subtracted. Its
# variance is :math:`2 (n - 1)`, and no :math:`T` is left. See
# :mod:`stochcalc.claims.theorems.g48_drift_or_volatility`.
#
# The two cases differ in kind. Paths with another drift are not impossible, only more or less
# likely: :math:`L` is positive and finite, and no amount of looking tells them apart for certain.
# Paths with another volatility *are* impossible: almost every path with :math:`\sigma` has the
# quadratic variation :math:`\sigma^2 T`, which one with another volatility does not have. The laws
# of the first kind are called equivalent, those of the second kind singular.

# %%
# A bet between two laws
# ----------------------
# Somebody tosses a coin, and shows a path of ten years with one of two drifts, 0 or 0.08. Which one
# was it? Nobody can guess better than by the larger likelihood. It is that of the wrong drift with
# the probability :math:`\Phi(-\frac12 \cdot 0.08 \, \sqrt T/\sigma)`, where :math:`\Phi` is the
# normal distribution function. In a second game the drift is known to be 0, and the volatility is
# 0.16 or 0.18. With :math:`n` looks the likelihood then asks whether :math:`\sum (\Delta X_k)^2`
# passes a level, and the errors are those of a chi-squared number. With daily prices, 2,520 looks,
# the second game is settled, and the first one is what it was with five.

far = 0.18


def with_volatility(sigma):
    return sc.SDE(lambda t, x, s: 0.0, lambda t, x, s: s, noise="additive", args=(sigma,))


def guess(laws, n, rng):
    """Return the share of wrong guesses between two laws, from n looks in ten years."""
    wrong = 0
    for i, law in enumerate(laws):
        seen = sc.solve(law, 0.0, years, n=n, paths=4000, rng=rng + i)
        likely = [sc.path_log_likelihood(other, seen) for other in (law, laws[1 - i])]
        wrong += np.sum(likely[0] < likely[1])
    return sc.Estimate.share(wrong, 8000)


def exact_error(n):
    """Return the probability of a wrong guess between two volatilities."""
    level = n * np.log(far**2 / sigma**2) / (1 / sigma**2 - 1 / far**2)
    return (chi2.sf(level / sigma**2, n) + chi2.cdf(level / far**2, n)) / 2


sizes = (5, 20, 80, 320)
error_of_drift = ndtr(-mu * np.sqrt(years) / (2 * sigma))
drifts = [guess((with_drift(0.0), with_drift(mu)), n, rng=10) for n in sizes]
volatilities = [guess((with_volatility(sigma), with_volatility(far)), n, rng=20) for n in sizes]
for n, first, second in zip(sizes, drifts, volatilities):
    print(f"n = {n:3}: drift {first}, volatility {second}")
    assert abs(first.z(error_of_drift)) <= 6 and abs(second.z(exact_error(n))) <= 6
print(f"n = {days}: drift exactly {error_of_drift:.4f}, volatility exactly {exact_error(days):.1e}")


def draw_bets(ax):
    every = np.arange(1, 500)
    plot.points(ax, sizes, drifts, "", 0)
    plot.points(ax, sizes, volatilities, "", 1)
    plot.curve(ax, every, np.full(len(every), error_of_drift), "drift 0 or 0.08", 0)
    plot.curve(ax, every, exact_error(every), "volatility 0.16 or 0.18", 1)
    plot.tell_points_from_lines(ax)
    ax.set(xscale="log", xlabel="looks in ten years", ylabel="wrong guesses", ylim=(0, 0.5))
    ax.set_title("Looking faster settles one bet, and not the other")
    ax.legend()


figure = plot.figure(
    draw_bets,
    alt="The share of wrong guesses between two drifts stays at 21 per cent for any number of "
    "looks; between two volatilities it falls from 42 per cent with five looks to 7 with 320.",
)

# %%
# Exercise
# --------
# 1. How many years does it take until the drift of the price above is twice the standard deviation
#    of its estimator? How likely is it that the estimate is negative even then? Measure it.
# 2. A cautious statistician takes three looks and the *median* of the three increments, times 3,
#    divided by :math:`T`. The variance of the median of three standard normals is
#    :math:`1 - \sqrt 3/\pi`. How much longer must he wait for the same precision?
# 3. How many years must be shown in the first game until only one guess in twenty is wrong?
#
# .. solution::

# 1. 2 sigma/sqrt(T) = mu, so T = (2 sigma/mu)^2 = 16 years. The estimate is negative with the
# probability P(Z < -2).
T = round((2 * sigma / mu) ** 2)
assert T == 16
ends = sc.solve(price, 0.0, T, n=1, paths=100_000, save="last", rng=1).end
negative = sc.Estimate.share(np.sum(ends < 0), len(ends))
print(f"{T} years: negative in {negative} of all cases, exact {ndtr(-2):.5f}")
assert abs(negative.z(ndtr(-2))) <= 6

# 2. An increment has the variance sigma^2 T/3, and so the estimator has 9/T^2 times that times
# 1 - sqrt(3)/pi, which is 3 (1 - sqrt(3)/pi) = 1.346 times sigma^2/T: he waits 35 % longer.
looks = sc.solve(price, 0.0, T, n=3, paths=100_000, rng=2).x
medians = np.median(np.diff(looks, axis=1), axis=1) * 3 / T
found = sc.Estimate.mean((medians - mu) ** 2 * T / sigma**2)
exact = 3 * (1 - np.sqrt(3) / np.pi)
print(f"variance of the median over sigma^2/T: {found}, exact {exact:.4f}")
assert abs(found.z(exact)) <= 6

# 3. mu sqrt(T)/(2 sigma) = 1.645, so T = (2 sigma 1.645/mu)^2 = 43.3 years. The likelihood is
# larger for the drift mu if X_T > mu T/2, and by symmetry one of the two errors is enough.
T = (2 * sigma * ndtri(0.95) / mu) ** 2
ends = sc.solve(price, 0.0, T, n=1, paths=100_000, save="last", rng=3).end
wrong = sc.Estimate.share(np.sum(ends < mu * T / 2), len(ends))
print(f"{T:.1f} years: wrong in {wrong} of all cases")
assert abs(wrong.z(0.05)) <= 6

# %%
# References
# ----------
# :cite:t:`merton1980` draws the conclusion for the stock market; :cite:t:`kutoyants2004`,
# chapter 1, has the likelihood of drifts, and :cite:t:`cochran1934` the law of the sum of squares.
# The functions here: :func:`stochcalc.quadratic_variation`, :func:`stochcalc.solve`,
# :func:`stochcalc.path_log_likelihood`, :class:`stochcalc.Estimate`.
