r"""
Picard's iterates: why an equation has a solution
=================================================

**Theorem.** Let the drift and the diffusion be Lipschitz. Then the iterates

.. math::

    X^{(m+1)}_t = x_0 + \int_0^t a(X^{(m)}) \, \dd s + \int_0^t b(X^{(m)}) \, \dd W

converge to the solution, in mean square and uniformly on every interval. For :math:`\dd X = X \,
\dd W` from 1 the error is exactly a tail of the series of :math:`e^T`,

.. math::

    E \, \bigl|X_T - X^{(m)}_T\bigr|^2 = \sum_{j > m} \frac{T^j}{j!} .

This is how existence is proved in every course, and the only algorithm in it is the one that nobody
runs. Run it once: the iterates are nothing but repeated left sums.
"""

import math

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Each iterate is the running left sum of the one before, an array, against the motion.

W = sc.brownian(T=1.0, n=512, rng=7)
solution = sc.solve(sc.SDE(lambda t, x: 0.0, lambda t, x: x), 1.0, noise=W).x[0]
iterates = [np.ones(W.t.shape)]
for _ in range(5):
    iterates.append(1.0 + sc.riemann_sum(iterates[-1], W, running=True)[0])
for m, x in enumerate(iterates):
    print(f"iterate {m}: largest distance from the solution {np.abs(x - solution).max():.5f}")


def draw_iterates(ax):
    plot.curve(ax, W.t, solution, "solution", 0, lw=2.4, alpha=0.6)
    for m in (1, 2, 3):
        plot.curve(ax, W.t, iterates[m], f"iterate {m}", m, lw=1.2)
    ax.set(xlabel="t", ylabel="$X_t$")
    ax.set_title("Iterates of dX = X dW along one path")
    ax.legend()


figure = plot.figure(
    draw_iterates,
    alt="The solution along one path and three iterates, the third of which can hardly be told "
    "from the solution.",
)

# %%
# Check it
# --------
# On a grid the solution is a product, and its iterates are the first terms of its expansion. Their
# mean squares are binomial coefficients.

finding = sc.CLAIMS["G41"].run(paths=100_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# Each iteration gains more than the one before.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, four iterates along one path; in the second, their errors fall along "
    "the exact curve, which bends downwards, away from the straight line of a contraction.",
)

# %%
# The wrong twin
# --------------
# *Picard's map is a contraction, with a factor like T.* So it is for ordinary equations on a short
# interval, and a geometric sequence is what a contraction promises. Here it would be:

row = finding.rows[2]
print(f"measured {row.measured}, exact {row.exact:.6f}")
print(f"twin {row.twin:.6f}: {row.twin_z:+.0f} standard errors away")
assert row.twin_refuted

# %%
# Why
# ---
# Euler's scheme is the product of the :math:`1 + \Delta W_k`. Multiply out, and let :math:`e_j` be
# the sum of all products of :math:`j` different increments. One iteration puts one more factor,
# later in time, behind every product, so the iterate :math:`m` is :math:`e_0 + \dots + e_m`.
# Different products are orthogonal and have the mean square :math:`h^j`, and there are
# :math:`\binom{n}{j}` of them:
#
# .. math::
#
#     E \, \bigl|X_n - X^{(m)}_n\bigr|^2 = \sum_{j > m} \binom{n}{j} h^j
#     \longrightarrow \sum_{j > m} \frac{T^j}{j!} .
#
# The :math:`j!` is the number of orders in which :math:`j` times can come. An iterated integral
# takes one of them. See :mod:`stochcalc.claims.theorems.g41_picard`.

# %%
# Exercise
# --------
# 1. How many iterations does :math:`T = 4` need for a root mean square error of 0.01?
# 2. The :math:`e_j` are Hermite polynomials in the limit. Check that ``sc.hermite`` agrees with the
#    difference of two iterates on a fine grid.
#
# .. solution::

# 1. The tail of e^4 must be below 1e-4.
tail = math.exp(4.0) - 1.0
m = 0
while tail > 1e-4:
    m += 1
    tail -= 4.0**m / math.factorial(m)
print(f"{m} iterations")
assert m == 16

# 2. e_3 is close to the third Hermite polynomial of (W_T, T).
fine = sc.brownian(n=8192, paths=50, rng=1)
x = np.ones((50, 8193))
sums = []
for _ in range(3):
    x = 1.0 + sc.riemann_sum(x, fine, running=True)
    sums.append(x[:, -1])
third = sums[2] - sums[1]
# The difference is W_T (sum dW^2 - T)/2 to the first order, of standard deviation sqrt(h/2).
distance = np.abs(third - sc.hermite(3, 1.0, fine.values[:, -1]))
assert distance.max() < 10 * np.sqrt(0.5 / 8192)

# %%
# References
# ----------
# :cite:t:`evans2013`, section 5.2, and :cite:t:`oksendal2003`, section 5.2, prove existence by
# these iterates. The functions here: :func:`stochcalc.riemann_sum`, :func:`stochcalc.solve`,
# :func:`stochcalc.hermite`.
