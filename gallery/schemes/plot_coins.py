r"""
Coins will do, if only the law matters
======================================

**Theorem.** Replace the increments of Euler's scheme by coins, :math:`\Delta W = \pm \sqrt h`. The
scheme keeps its weak order 1. For :math:`\dd X = X (\mu \, \dd t + \sigma \, \dd W)` its first
three moments are even *equal* to those with normal increments, at every :math:`n`:

.. math::

    E X_n^p = \Bigl(\sum_j \binom{p}{j} (1 + \mu h)^{p - j} \sigma^j \, E \, \Delta W^j\Bigr)^n ,
    \qquad E \, \Delta W^j = 0, h, 0 \text{ for } j = 1, 2, 3 .

But it does not converge path by path, whichever coin is tossed for which increment.

Nothing in the world is quite normal, and a normal number takes a logarithm and a cosine. A weak
scheme asks for very little of it: a few moments. What that saves in time it costs in meaning, since
the paths that come out are not the paths of the equation.
"""

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Take the signs of Brownian increments, and make a motion of them. It is noise of your own:
# :meth:`stochcalc.BrownianPaths.from_increments` takes it on trust.

W = sc.brownian(n=8, paths=50_000, rng=7)
coins = sc.BrownianPaths.from_increments(np.sign(W.increments) * np.sqrt(1 / 8), W.t)
gbm = sc.models.gbm(0.1, 0.8)
for name, noise in (("normals", W), ("coins", coins)):
    X = sc.solve(gbm, 1.0, noise=noise, save="last").end
    moments = ", ".join(f"{sc.Estimate.mean(X**p)}" for p in (1, 2, 3))
    print(f"{name:8s} E X, E X^2, E X^3 = {moments}")


def draw_laws(ax):
    bins = np.linspace(0, 4, 61)
    for i, (name, noise) in enumerate((("normals", W), ("coins", coins))):
        X = sc.solve(gbm, 1.0, noise=noise, save="last").end
        ax.hist(X, bins, density=True, color=f"C{i}", alpha=0.5, label=name)
    ax.set(xlabel="X$_1$", ylabel="density, 8 steps", ylim=(0, 4))
    ax.set_title("Two laws with the same first three moments")
    ax.legend()


figure = plot.figure(
    draw_laws,
    alt="The histogram with normal increments is smooth, and the one with coins has nine spikes.",
)

# %%
# Check it
# --------
# The moments of coins and of normals are known exactly. The fourth moment tells them apart.

finding = sc.CLAIMS["G45"].run(paths=100_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# The bias of a moment falls with the step. The distance between the paths does not.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, the solution by normal increments and by their signs part along one "
    "path; in the second, the bias of the second moment falls like 1/n, and the distance between "
    "the paths stays.",
)

# %%
# The wrong twin
# --------------
# *A scheme that gives the right law gives the right paths.* Measured along the same increments:

row = finding.rows[-1]
print(f"E (X - X')^2: measured {row.measured}, exact {row.exact:.5f}")
print(f"twin {row.twin}: {row.twin_z:+.0f} standard errors away")
assert row.twin_refuted

# %%
# Why
# ---
# The :math:`p`-th moment of the factor :math:`1 + \mu h + \sigma \, \Delta W` is a polynomial in
# the moments of :math:`\Delta W` up to :math:`p`. Coins have :math:`0, h, 0` like normals, and then
# :math:`h^2` in the place of :math:`3 h^2`. A test function is a polynomial of degree three up to a
# rest of the order :math:`\Delta W^4`, so that each step errs by :math:`h^2`, and all of them by
# :math:`h`. Path by path the coins keep only the sign of each increment, whose correlation with it
# is :math:`\sqrt{2/\pi}` at every :math:`h`. See :mod:`stochcalc.claims.theorems.g45_coins`.

# %%
# Exercise
# --------
# 1. Three-sided dice, :math:`0` with probability :math:`\frac23` and :math:`\pm \sqrt{3h}` with
#    :math:`\frac16` each, have the fourth moment of a normal, too. Check that the fourth moment of
#    :math:`X` is then that of normals.
# 2. What would happen with coins that show heads with probability 0.51?
#
# .. solution::

# 1. 3^2 h^2/3 = 3 h^2. Tosses are made from uniform numbers here.
n = 2
paths = 200_000
u = np.random.default_rng(1).random((paths, n))
dice = np.where(u < 1 / 6, -1.0, np.where(u > 5 / 6, 1.0, 0.0)) * np.sqrt(3 / n)
noise = sc.BrownianPaths.from_increments(dice, np.linspace(0, 1, n + 1))
fourth = sc.Estimate.mean(sc.solve(gbm, 1.0, noise=noise, save="last").end ** 4)
normal = finding.rows[2].twin
print(f"E X^4 with dice {fourth}, with normals {normal:.4f}")
assert abs(fourth.z(normal)) <= 6

# 2. They have a mean of 0.02 sqrt(h) in each step, which adds up to 0.02/sqrt(h): the drift of the
# walk tends to infinity. Fairness matters more than shape.

# %%
# References
# ----------
# :cite:t:`talay1986` and :cite:t:`kloedenplaten1992`, section 14.1, for weak schemes with simple
# noise. The functions here: :class:`stochcalc.BrownianPaths`, :func:`stochcalc.solve`,
# :func:`stochcalc.models.gbm`.
