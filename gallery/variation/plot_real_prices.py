r"""
Four years of a share: volatility and jumps
===========================================

**Theorem.** Let the logarithm of a price be :math:`X_t = \int_0^t \sigma_s\, \dd W_s + \sum_{s \le
t} J_s`, with a volatility :math:`\sigma` that is independent of :math:`W` and moves continuously,
and finitely many jumps :math:`J`. For :math:`n` returns :math:`r_i` over equal steps of
:math:`[0, T]`, in probability,

.. math::

    \sum_i r_i^2 \longrightarrow \int_0^T \sigma_t^2\, \dd t + \sum_{t \le T} J_t^2, \qquad
    \frac{\pi}{2} \sum_i |r_i|\, |r_{i-1}| \longrightarrow \int_0^T \sigma_t^2\, \dd t .

The first is realized variance and the second bipower variation. A single factor separates them. In
a square a jump meets itself, and :math:`J^2` stays. In the product it meets its neighbour, which is
small, and vanishes. So two sums over the same prices, which anybody can compute, tell apart what no
eye can: large moves that volatility explains, and jumps that it does not.
"""

import tempfile
from pathlib import Path

import numpy as np
from matplotlib.cbook import get_sample_data
from scipy.special import ndtr

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# The daily prices of Google from 19 August 2004 to 14 October 2008 come with Matplotlib. They are
# written to a CSV file first, as a user would have them. Two lines then read the file, with every
# fault named by row and column, and make the report; ``stochcalc qv goog.csv --column Close --time
# Date`` prints the same.

days = get_sample_data("goog.npz")["price_data"]
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder, "goog.csv")
    rows = [f"{day['date']},{day['adj_close']}" for day in days]
    file.write_text("Date,Close\n" + "\n".join(rows), encoding="utf-8")
    prices = sc.read_csv(file, "Close", time="Date", positive=True)

found = sc.volatility(prices)
found

# %%
# Volatility itself moves between 13 % and 86 % a year. A jump is a return far beyond the volatility
# of the 60 returns before it. Returns are differences of logarithms. On 20 July 2007 one of -0.053,
# a loss of 5.2 %, is a jump, because the days before were calm. On 7 October 2008, when every day
# was wild, a loss of 6.8 % is none.


def draw_google(ax):
    found.plot(ax, label="Google (GOOG), adjusted close")


figure = plot.figure(
    draw_google,
    alt="Google's share from 2004 to 2008 with eight jumps marked, and below it the "
    "volatility, which moves between 13 and 86 percent a year.",
)

# %%
# Check it
# --------
# Nobody knows the exact volatility of a share. But jumps have causes, and these are on record. Six
# of the eight days are news of the company: five follow a quarter's results, and on one a
# subpoena became public. The other two belong to the crash of 2008 and its first recovery. The
# test knew prices only. It is a cautious one: without jumps it finds one in four years with
# probability 0.05, and so some days of news escape it, such as that of the results of 1 February
# 2008. The last column is the return over the volatility before it.

results = {"2005-10-21", "2006-10-20", "2007-07-20", "2008-04-18", "2008-07-18"}
subpoena = {"2006-01-20"}
crash = {"2008-09-29", "2008-10-13"}

for jump in found.jump_table:
    print(f"{jump.label}: {jump.size:+.3f}, {abs(jump.ratio):.1f} volatilities")
assert {jump.label for jump in found.jump_table} == results | subpoena | crash
assert abs(found.annual["realized"].value - 0.3751) < 5e-5
assert abs(found.annual["medrv"].value - 0.3293) < 5e-5

# %%
# The wrong twin
# --------------
# "Volatility is the standard deviation of the returns, so that of the share is 37.5 % a year." This
# is what realized variance says, and it would be right for a path without jumps. Three estimators
# that jumps do not reach say less. (The last three of the report are made for market noise; jumps
# reach them too.) The test compares the two sums of the theorem; under the twin its statistic
# would be nearly standard normal.

for name in ("realized", "bipower", "minrv", "medrv"):
    year = found.annual[name]
    print(f"{name:8s}: {100 * year.value:.1f} % +- {100 * year.stderr:.1f} % a year")
test = found.test
print(f"jumps: {test.share:.1%}, statistic {test.statistic:.2f}, p = {test.pvalue:.1g}")
assert test.pvalue < 1e-4
assert 0.13 < test.share < 0.14

# %%
# Why
# ---
# A step of length :math:`h` without a jump has a return :math:`r = \sigma \sqrt h\, Z`, and
#
# .. math::
#
#     E\, r_i^2 = \sigma^2 h, \qquad
#     E\, |r_i|\, |r_{i-1}| = \sigma^2 h\, \bigl(E |Z|\bigr)^2 = \frac{2}{\pi}\, \sigma^2 h .
#
# Both sums have the mean :math:`\sigma^2 T`, up to the one product that is missing at the end. A
# jump adds about :math:`J^2` to the first. To the second it adds two products of about
# :math:`|J|\, \sigma \sqrt h \sqrt{2/\pi}`, which vanish like :math:`\sqrt h`. With daily data
# :math:`h` is not small, and the exercise finds what is left.

# %%
# Exercise
# --------
# Let :math:`X = W + J\, 1(t \ge \frac12)` on :math:`n = 250` equal steps of :math:`[0, 1]`, with
# :math:`J = 0.5`. Find the exact means of realized variance and of bipower variation, which the
# package multiplies by :math:`n/(n - 1)` for the missing product. How much of :math:`J^2` is still
# in the second? Use :math:`E\, |J + s Z| = s \sqrt{2/\pi}\, e^{-J^2/2s^2} + J\,(1 - 2 \Phi(-J/s))`.
#
# .. solution::

# The jump is in one return, which has two neighbours. With s^2 = 1/n, m = E |s Z| and
# M = E |J + s Z| the means are 1 + J^2 and 1 + pi/2 n/(n - 1) 2 m (M - m).
n = 250
J = 0.5
s = n**-0.5
m = s * np.sqrt(2 / np.pi)
M = m * np.exp(-(J**2) / (2 * s**2)) + J * (1 - 2 * ndtr(-J / s))
exact = {"realized": 1 + J**2, "bipower": 1 + np.pi / 2 * n / (n - 1) * 2 * m * (M - m)}

W = sc.brownian(n=n, paths=20_000, store=False, rng=1)
jump = J * (W.t >= 0.5)
for name, value in exact.items():
    estimate = sc.expectation(
        lambda w, name=name: sc.quadratic_variation(w + jump, estimator=name).value, W
    ).estimate()
    print(f"{name}: {estimate.value:.4f} +- {estimate.stderr:.4f}, exact {value:.4f}")
    assert abs(estimate.z(value)) <= 6
print(f"bipower keeps {(exact['bipower'] - 1) / J**2:.0%} of the squared jump")

# %%
# References
# ----------
# :cite:t:`barndorffnielsenshephard2004` introduced bipower variation, :cite:t:`andersen2012` minRV
# and medRV, and :cite:t:`leemykland2008` the test of single returns. The functions here:
# :func:`stochcalc.read_csv`, :func:`stochcalc.volatility`, :func:`stochcalc.jump_test`,
# :func:`stochcalc.detect_jumps`, :func:`stochcalc.quadratic_variation`.
