r"""
Any integrator: lambda and the quadratic variation
==================================================

**Theorem.** Let :math:`X_0, X_1, \dots, X_n` be the values of *any* path at the times of a grid.
Then for every :math:`\lambda`

.. math::

    \sum_k \bigl((1 - \lambda) X_k + \lambda X_{k+1}\bigr) (X_{k+1} - X_k)
    = \frac{X_n^2 - X_0^2}{2} + \Bigl(\lambda - \frac12\Bigr) \sum_k (X_{k+1} - X_k)^2 .

If :math:`X` is a semimartingale the last sum tends to its quadratic variation :math:`[X]_T` as the
grid is refined (Protter), and more generally the sums of :math:`H \, \dd X` at :math:`\lambda` tend
to Ito's integral plus :math:`\lambda \, [H, X]_T`.

So the half in Ito's formula is not a property of Brownian motion. It is half of a sum of squares,
and any path has one. For Brownian motion the sum settles at :math:`T`; for a process that jumps it
counts; for a rougher path it has no limit, and for a smoother one it vanishes.
"""

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Four integrators, one line each: Brownian motion, a Poisson process with four jumps per unit of
# time, and fractional Brownian motion that is rougher or smoother than Brownian motion. Every sum
# is compared with half the square of the last value.

n = 4096
integrators = {
    "Brownian motion": sc.brownian(n=n, rng=7),
    "Poisson, rate 4": sc.poisson(4.0, n=n, rng=7),
    "fractional, H = 1/4": sc.fractional_brownian(0.25, n=n, rng=7),
    "fractional, H = 3/4": sc.fractional_brownian(0.75, n=n, rng=7),
}
for name, X in integrators.items():
    half_square = 0.5 * X.values[0, -1] ** 2
    left, right = (sc.riemann_sum(lambda t, x: x, X, lam)[0] - half_square for lam in (0.0, 1.0))
    squares = sc.quadratic_variation(X).value[0]
    print(f"{name:20s} left {left:+7.3f}, right {right:+7.3f}, sum of squares {squares:7.3f}")
    assert abs(right - left - squares) <= 1e-9 * squares + 1e-12

# %%
# The two ends of the steps differ by the sum of squares, always. What that sum is worth depends on
# the path.


def draw_paths(ax):
    for panel, (name, X) in zip(plot.panels(ax, 4, "Four integrators"), integrators.items()):
        panel.plot(X.t, X.values[0], lw=1)
        panel.set(xlabel="t", title=name.replace("1/4", "¼").replace("3/4", "¾"))


figure = plot.figure(
    draw_paths,
    alt="One path each of Brownian motion, a Poisson process, and fractional Brownian motion that "
    "is rougher and smoother than Brownian motion.",
)

# %%
# Check it
# --------
# At finite :math:`n` the mean of the shift is known exactly for each of them. The last row is noise
# with a memory :math:`\tau`, scaled so that its shift tends to that of Brownian motion.

finding = sc.CLAIMS["G33"].run(paths=50_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# On one path with jumps the sums settle for good as soon as every step has one jump at most.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, sums along one Poisson path settle at plus and minus half the number "
    "of its jumps; in the second, the shift grows with n for H = 1/4, falls for H = 3/4, and "
    "settles for a Poisson process.",
)

# %%
# The wrong twin
# --------------
# *Ito's sums are too low by T/2.* It is right for Brownian motion, and it is often remembered as a
# property of Ito's integral. For a Poisson process of rate 4 it fails by this many standard errors:

jumps = finding.rows[0]
print(f"measured {jumps.measured}, exact {jumps.exact}")
print(f"twin {jumps.twin}: {jumps.twin_z:+.0f} standard errors away")
assert jumps.twin_refuted

# %%
# Why
# ---
# From :math:`X_{k+1}^2 - X_k^2 = 2 X_k \, \Delta X_k + \Delta X_k^2` the left sum is half of
# :math:`X_n^2 - X_0^2 - \sum \Delta X_k^2`. The value at :math:`\lambda` is
# :math:`X_k + \lambda \, \Delta X_k`, which adds :math:`\lambda \sum \Delta X_k^2`. That is all.
#
# The law enters with the squares. A Poisson increment has :math:`E \, \Delta X^2 = \mu h +
# (\mu h)^2`, and :math:`n = T/h` of them :math:`\mu T + \mu^2 T h`. The increments of fractional
# Brownian motion have :math:`E \, \Delta X^2 = h^{2H}`, and on :math:`[0, 1]` that adds up to
# :math:`n^{1 - 2H}`: with no limit for :math:`H < \frac12`, where Ito's sums diverge, and 0 for
# :math:`H > \frac12`, where the rule of ordinary calculus holds for every :math:`\lambda`. See
# :mod:`stochcalc.claims.theorems.g33_any_integrator`.

# %%
# Exercise
# --------
# 1. Telegraph noise jumps between -1 and 1, and changes its sign at the rate :math:`1/(2 \tau)`.
#    By how much do its left sums miss on average? Measure it for :math:`\tau = 1/4`.
# 2. For which :math:`\lambda` do the sums along rough paths, :math:`H = \frac14`, have a limit?
#
# .. solution::

# 1. A change of sign adds 2^2 = 4 to the sum of squares. On a step of length h the sign after it
# differs with probability (1 - exp(-h/tau))/2, so that the mean of the left sum is
# -1/2 n 4 (1 - exp(-h/tau))/2. X^2 is 1 always, so that there is nothing else.
tau = 0.25
steps = 64
X = sc.telegraph_noise(tau, n=steps, paths=100_000, store=False, rng=1)
found = sc.riemann_sum(lambda t, x: x, X, save="stats").estimate()
exact = -steps * (1 - np.exp(-1 / (steps * tau)))
print(f"left sums {found}, exact {exact:.4f}, limit {-1 / tau:g}")
assert abs(found.z(exact)) <= 6

# 2. For lambda = 1/2 alone: the factor of the sum of squares is then 0, and the sum is X_T^2/2.
B = integrators["fractional, H = 1/4"]
middle = sc.riemann_sum(lambda t, x: x, B, 0.5, at="value")[0]
assert abs(middle - 0.5 * B.values[0, -1] ** 2) <= 1e-12

# %%
# References
# ----------
# :cite:t:`protter2005`, section II.6, for semimartingales; :cite:t:`russovallois1993` for paths
# without a quadratic variation; :cite:t:`daviesharte1987` for fractional Brownian motion. The
# functions here: :func:`stochcalc.riemann_sum`, :func:`stochcalc.poisson`,
# :func:`stochcalc.fractional_brownian`, :func:`stochcalc.telegraph_noise`,
# :func:`stochcalc.quadratic_variation`.
