r"""
The stochastic heat equation: noise in every point
==================================================

**Theorem.** Let a string on :math:`[0, 1]` be held at both ends and shaken by noise that is white
in time and in space,

.. math::

    \dd u = u_{xx} \, \dd t + \dd W, \qquad u(0) = u(1) = 0 .

It settles at a Gaussian law with :math:`E\, u(x) u(y) = \frac12 x (1 - y)` for :math:`x \le y`; in
particular

.. math::

    E \, u(x)^2 = \frac{x (1 - x)}{2} .

That is half the covariance of a Brownian bridge: at a fixed time the string looks like a bridge.
On a grid of :math:`N` points the law is the same at these points, for every :math:`N`, if the noise
is divided by the root of the distance between them.
"""

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Thirty-one points are a system of as many equations. The drift is written with arrays, and the
# steps must be shorter than half the square of the distance.

points = 31
dx = 1 / (points + 1)
x = np.arange(1, points + 1) * dx


def bend(t, u):
    out = -2.0 * u
    out[1:] += u[:-1]
    out[:-1] += u[1:]
    return out / dx**2


string = sc.SDE(bend, lambda t, u: 1 / np.sqrt(dx), noise="additive", vectorized=True)
sol = sc.solve(string, np.zeros(points), 0.5, n=2048, paths=500, save=[0.02, 0.1, 0.5], rng=7)
for time, square in zip(sol.t, np.mean(sol.x[:, :, points // 2] ** 2, axis=0)):
    print(f"t = {time:4.2f}: E u(1/2)^2 is about {square:.3f}; it settles at 0.125")


def draw_strings(ax):
    for i in range(3):
        heights = np.concatenate([[0], sol.x[i, -1], [0]])
        ax.plot(np.linspace(0, 1, points + 2), heights, color=f"C{i}", lw=1.2)
    grid = np.linspace(0, 1, 100)
    band = 2 * np.sqrt(grid * (1 - grid) / 2)
    ax.fill_between(grid, -band, band, color=plot.FILL, alpha=0.3, label="two standard deviations")
    ax.set(xlabel="x", ylabel="u(x) at t = 0.5", title="Three strings")
    ax.legend()


figure = plot.figure(
    draw_strings,
    alt="Three strings at one time, rough like Brownian bridges, within the band of two standard "
    "deviations that is widest in the middle.",
)

# %%
# Check it
# --------
# Euler's scheme errs mode by mode, and by how much is known exactly for each of them. The column of
# limits has what the equation on the grid settles at.

finding = sc.CLAIMS["G46"].run(paths=100_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# Both grids lie on one parabola. Without the root of the distance the finer grid is calmer, and on
# a very fine one nothing moves.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, a string at three times; in the second, the mean squares on two grids "
    "lie on the parabola x (1 - x)/2, and those without the root of dx far below.",
)

# %%
# The wrong twin
# --------------
# *Give every point a Brownian motion of its own.* It is what white noise sounds like. But a finer
# grid then averages more of them, and the noise of the equation vanishes:

row = finding.rows[1]
print(f"measured {row.measured}, exact {row.exact:.5f}")
print(f"twin {row.twin:.5f}: {row.twin_z:+.0f} standard errors away")
assert row.twin_refuted

# %%
# Why
# ---
# The modes :math:`\sqrt 2 \sin(k \pi x_j)` diagonalise the second difference, with the rates
# :math:`\lambda_k = 4 \sin^2(k \pi \, \Delta x/2)/\Delta x^2`, and each is an Ornstein-Uhlenbeck
# process that settles at the variance :math:`1/(2 \lambda_k)`. Their sum is the diagonal of half of
# the inverse matrix, which is Green's function :math:`x (1 - x)`. It is exact at the grid points
# because the second difference is exact on straight lines, of which Green's function is made. See
# :mod:`stochcalc.claims.theorems.g46_heat`.

# %%
# Exercise
# --------
# 1. The sum over all modes of the equation is :math:`\sum_k \sin^2(k \pi x)/(k \pi)^2`. Check that
#    it is :math:`x (1 - x)/2`.
# 2. At a fixed time the string is rough in space: its quadratic variation along :math:`x` is
#    :math:`\frac12`. Measure it.
#
# .. solution::

# 1. At one third it is 1/9.
k = np.arange(1, 200_001)
assert abs(np.sum(np.sin(k * np.pi / 3) ** 2 / (k * np.pi) ** 2) - 1 / 9) < 1e-5

# 2. A bridge has the variation 1, and the string half its covariance. Mode k adds its variance
# times its rate and dx, which is dx/2 at rest, and more with these steps: the stiffest modes are
# twice as large.
ends = np.zeros((500, 1))
heights = np.concatenate([ends, sol.x[:, -1], ends], axis=1)
variation = sc.Estimate.mean(np.sum(np.diff(heights, axis=1) ** 2, axis=1))
rates = (2 / dx * np.sin(np.arange(1, points + 1) * np.pi * dx / 2)) ** 2
exact = np.sum(0.5 * dx / (1 - rates * (0.5 / 2048) / 2))
print(f"variation in space {variation}, exact with these steps {exact:.4f}, at rest 1/2")
assert abs(variation.z(exact)) <= 6

# %%
# References
# ----------
# :cite:t:`walsh1986`, chapter 3, for the equation; :cite:t:`lordpowellshardlow2014`, section 10.5,
# for its schemes. The functions here: :class:`stochcalc.SDE`, :func:`stochcalc.solve`,
# :class:`stochcalc.Estimate`.
