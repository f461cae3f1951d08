r"""
Weak order: the mean is better than the path
============================================

**Theorem.** Let :math:`\dd X = a(X)\,\dd t + b(X)\,\dd W` have smooth coefficients with bounded
derivatives, let :math:`f` be smooth and grow like a polynomial, with its derivatives, and let
:math:`X_n` be Euler-Maruyama's result after :math:`n` steps of length :math:`h = T/n`. There is a
number :math:`C` that does not depend on :math:`h`, with

.. math::

    E\,f(X_n) - E\,f(X_T) = C\,h + O(h^2).

Hence twice the mean of the finer run less that of the coarser one has a bias of order 2:

.. math::

    2\,E\,f(X_{2n}) - E\,f(X_n) - E\,f(X_T) = O(h^2).

The paths of Euler-Maruyama are wrong by :math:`h^{1/2}`, and its means only by :math:`h`. The
second formula is worth as much as the first: since the bias is not merely small but has an
*expansion*, two runs of a scheme of order 1 make a method of order 2. Prices, moments and
probabilities are means, and ask for no more than this.
"""

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# For :math:`\dd X = X\,\dd t + \frac12 X\,\dd W` with :math:`X_0 = 1` the mean is :math:`E X_1 =
# e`, and Euler-Maruyama with :math:`n = 8` steps has the mean :math:`(1 + \frac18)^8`. The bias can
# be measured in two ways: the mean of :math:`X_n` against :math:`e`, or the mean of :math:`X_n -
# X_T` on common paths.

model = sc.models.gbm(1.0, 0.5)
W = sc.brownian(T=1.0, n=8, paths=100_000, rng=7)
euler = sc.solve(model, 1.0, noise=W, save="last").end
solution = sc.solve(model, 1.0, noise=W, method="exact", save="last").end
alone = sc.Estimate.mean(euler - np.e)
common = sc.Estimate.mean(euler - solution)
bias = (1 + 1 / 8) ** 8 - np.e
for name, found in (("alone", alone), ("on common paths", common)):
    print(f"{name}: {found}, exact {bias:.5f}, z {found.z(bias):+.1f}")
    assert abs(found.z(bias)) <= 6

# %%
# Both ways are right. On common paths the standard error is several times smaller, because only the
# strong error fluctuates. Here is the distribution of that error: its root mean square is the
# strong error, and its mean the weak one. One histogram shows both, and that they are two things.


def draw_errors(ax):
    error = euler - solution
    strong = np.sqrt((error**2).mean())
    bins = np.linspace(-1.5, 0.6, 85)
    plot.histogram(ax, error, bins, "X$_8$ − X$_T$ of 100,000 paths")
    ax.axvline(bias, color="C1", label=f"mean: exact bias {bias:.3f}")
    label = f"± strong error {strong:.3f}"
    ax.axvspan(-strong, strong, color="C2", alpha=0.15, label=label)
    ax.set(xlabel="error of a path", ylabel="density")
    ax.set_title("The weak error is the mean of this, the strong error its size")
    ax.legend()


figure = plot.figure(
    draw_errors,
    alt="Histogram of the errors of Euler-Maruyama's paths: their mean is the weak "
    "error, and smaller than their root mean square, the strong error.",
)

# %%
# Check it
# --------
# On geometric Brownian motion a bias needs no sampling at all, since expectations are
# :math:`n`-th powers. The measured ones must agree with these numbers, to within their standard
# errors. The last row is the extrapolation.

finding = sc.CLAIMS["G22"].run(paths=50_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# The scheme called weak2 has weak order 2 by itself. Extrapolating costs three times as many steps
# as one coarse run, and needs nothing but the old code.

figure = plot.figure(
    finding.draw,
    alt="Biases against the step lie on their exact curves: Euler-Maruyama has slope "
    "one, the scheme weak2 and the extrapolation have slope two.",
)

# %%
# The wrong twin
# --------------
# Who has learnt Richardson's extrapolation from the trapezoid rule remembers the weights
# :math:`\frac43` and :math:`-\frac13`. They belong to methods whose error begins with
# :math:`h^2`. Here it begins with :math:`h`, and the weights are 2 and -1. With the others a third
# of the first-order bias is left:

extrapolated = finding.rows[-1]
print(f"measured {extrapolated.measured}, exact {extrapolated.exact:.5f}")
print(f"with 4/3 and -1/3: {extrapolated.twin:.5f},", end=" ")
print(f"{extrapolated.twin_z:+.0f} standard errors away")
assert extrapolated.twin_refuted

# %%
# Why
# ---
# Each step multiplies :math:`X` by a factor that is independent of the past, so that
#
# .. math::
#
#     E\,X_n = (1 + a h)^n = e^{n \ln(1 + a h)} = e^{aT} \bigl(1 - \tfrac12 a^2 T\,h + O(h^2)\bigr).
#
# The half-order term of the path has vanished: it is the sum of the
# :math:`\frac12 b\,b' (\dd W^2 - h)` that the scheme leaves out, and each of these has the mean 0.
# What is left in the mean is :math:`-\frac12 a^2 h^2` in each step, and :math:`T/h` of them add up
# to order :math:`h`. In :math:`2\,E X_{2n} - E X_n` the first-order terms are
# :math:`2 \cdot \frac h2 - h = 0`, and order 2 is what remains. For general equations the same
# argument runs along the solution of Kolmogorov's backward equation. All exact numbers are derived
# in :mod:`stochcalc.claims.theorems.g22_weak_order`.

# %%
# Exercise
# --------
# 1. Milstein's scheme has twice the strong order of Euler-Maruyama. Is its bias in :math:`E X_T`
#    smaller? Answer first, then measure the mean of the difference of both schemes with 8 steps.
# 2. Extrapolate once more: which combination of :math:`E X_n`, :math:`E X_{2n}` and
#    :math:`E X_{4n}` is free of :math:`h` and of :math:`h^2`? Measure its bias for :math:`n = 4`.
#
# .. solution::

# 1. No: the added term has mean 0 and is independent of the past, so E X_n = (1 + a h)^n.
milstein = sc.solve(model, 1.0, noise=W, method="milstein", save="last").end
difference = sc.Estimate.mean(milstein - euler)
print(f"E (Milstein - Euler): {difference}, exact 0, z {difference.z(0.0):+.1f}")
assert abs(difference.z(0.0)) <= 6

# 2. Extrapolate 2 E X_2n - E X_n with the weights 4/3 and -1/3 of order 2: these are right now.
WEIGHTS = {4: 8 / 3, 2: -2.0, 1: 1 / 3}


def find_bias(n):
    means = [weight * (1 + 1 / (k * n)) ** (k * n) for k, weight in WEIGHTS.items()]
    return sum(means) - np.e


fine = sc.brownian(T=1.0, n=16, paths=100_000, rng=2)
third = -sc.solve(model, 1.0, noise=fine, method="exact", save="last").end
for k, weight in WEIGHTS.items():
    third += weight * sc.solve(model, 1.0, noise=fine.coarsen(4 // k), save="last").end
found = sc.Estimate.mean(third)
print(f"n = 4: {found}, exact {find_bias(4):.5f}, z {found.z(find_bias(4)):+.1f}")
assert abs(found.z(find_bias(4))) <= 6
print(f"half the step divides it by {find_bias(64) / find_bias(128):.2f}: order 3")
assert 7.5 < find_bias(64) / find_bias(128) < 8.5

# %%
# References
# ----------
# :cite:t:`talaytubaro1990` prove the expansion; :cite:t:`kloedenplaten1992`, chapters 14 and 15,
# have weak schemes and extrapolation. The functions here: :func:`stochcalc.weak_convergence`,
# :func:`stochcalc.solve`, :class:`stochcalc.Estimate`.
