r"""
Two noises: what the increments do not tell
===========================================

**Theorem** (Clark and Cameron). Let :math:`W_1` and :math:`W_2` be independent Brownian motions and

.. math::

    \dd X_1 = \dd W_1, \qquad \dd X_2 = X_1\,\dd W_2, \qquad X(0) = (0, 0).

Whatever is computed from the increments of both motions over :math:`n` steps of length
:math:`h = T/n`, and from nothing else, misses :math:`X_2(T)` by a mean square of at least

.. math::

    E\,|X_n - X_T|^2 \ge \tfrac14\,T\,h.

So strong order 1/2 is a barrier and no fault of a scheme: no cleverness, and no further
derivatives, beat it from the increments alone. With one noise, Milstein's scheme has order 1; with
two noises whose coefficients do not commute, it needs a number that the increments do not contain,
Levy's area.
"""

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Take a path in the plane from (0, 0) to (1, 1), of twenty the one with the largest area between
# path and chord. Exchange its components: that is its mirror image about the chord. Both have the
# same increments over the step, but the solution :math:`X_2 = \int W_1\,\dd W_2` has two values.

bridges = sc.bridge(sc.brownian(n=256, dim=2, paths=20, rng=4), 0.0, 1.0)
times = np.linspace(0.0, 1.0, 257)
many = sc.BrownianPaths.from_increments(np.diff(bridges, axis=1), times)
path = bridges[np.argmax(sc.levy_area(many))]
pair = np.stack([path, path[:, ::-1]])
W = sc.BrownianPaths.from_increments(np.diff(pair, axis=1), times)
area = sc.levy_area(W)
x2 = sc.stratonovich(W[0], W[1])  # Ito's integral is the same: W_1, W_2 are independent
print(f"areas {area.round(3)}, X_2 = int W_1 dW_2 = {x2.round(3)}")

# %%
# :math:`X_2 = \frac12 W_1 W_2 + A`, where :math:`A` is the area between the path and its chord,
# counted positive where the path turns to the left. A scheme that knows the increments knows the
# chord, and nothing of the area.


def draw_areas(ax):
    for i, (x, y) in enumerate(pair.transpose(0, 2, 1)):
        name = f"A = {area[i]:+.2f}, X$_2$ = {x2[i]:+.2f}".replace("-", "−")
        ax.fill(x, y, color=f"C{i}", alpha=0.25, lw=0)
        ax.plot(x, y, color=f"C{i}", lw=0.9, label=name)
    ax.plot([0, 1], [0, 1], "o--", color=plot.look.ink(ax), label="the increments")
    ax.set(xlabel="W$_1$", ylabel="W$_2$", title="The same increments, and two areas")
    ax.set_aspect("equal", adjustable="datalim")
    ax.legend(loc="upper left")


figure = plot.figure(
    draw_areas,
    alt="A path in the plane and its mirror image have the same ends, opposite areas "
    "and two values of the solution.",
)

# %%
# Check it
# --------
# Euler-Maruyama leaves the whole of :math:`\int (W_1(s) - W_1(t))\,\dd W_2(s)` out of a step.
# Heun's scheme puts its conditional mean :math:`\frac12 \dd W_1\,\dd W_2` there, which is the best
# that the increments allow. Both mean-square errors are exact at every :math:`n`.

finding = sc.CLAIMS["G23"].run(paths=50_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# On the right is a nonlinear equation, where the scheme sri2 draws the areas from their law, given
# the increments. It needs more random numbers, and has order 1.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, errors of Euler-Maruyama and Heun lie on exact lines of slope one "
    "half; in the second, the scheme sri2, which draws areas, has slope one.",
)

# %%
# The wrong twin
# --------------
# A popular shortcut is Milstein's scheme with :math:`\frac12 \dd W_1\,\dd W_2` in the place of the
# double integral. With one noise that is exact (up to :math:`-h/2`), so order 1 is expected. But it
# is Heun's result, and it has order 1/2. Order 1 from :math:`n = 4` on fails at :math:`n = 64`:

shortcut = finding.rows[-1]
print(f"measured {shortcut.measured}, exact {shortcut.exact}")
print(f"order 1: {shortcut.twin}, {shortcut.twin_z:+.0f} standard errors away")
assert shortcut.twin_refuted

# %%
# Why
# ---
# By the isometry the double integral of a step has the mean square
# :math:`\int_0^h s\,\dd s = \frac12 h^2`. It is :math:`\frac12 \dd W_1\,\dd W_2 + A`, and the first
# part has the mean square :math:`\frac14 h^2`. Given the increments, :math:`A` has the mean 0,
# because the mirror image of a path about its chord is as likely and has the area :math:`-A`. So
# the parts are orthogonal, and :math:`E A^2 = \frac12 h^2 - \frac14 h^2 = \frac14 h^2`. The
# :math:`n` areas are uncorrelated and add up to :math:`n \cdot \frac14 h^2 = \frac14 T h`. This is
# the mean square distance from a conditional mean, and no other function of the increments is
# closer. The whole derivation is in :mod:`stochcalc.claims.theorems.g23_noncommuting`.

# %%
# Exercise
# --------
# 1. What is :math:`E\,X_2(1)^2`, and what do Euler-Maruyama and Heun's scheme make of it with 4
#    steps? Measure all three, the first with ``sc.double_integrals``, which draws areas.
# 2. Add to each scheme's second moment its mean-square error. Why is the sum always the same?
#
# .. solution::

n = 4
W = sc.brownian(T=1.0, n=n, dim=2, paths=200_000, rng=1)
dW = W.increments
left = (W.values[:, :-1, 0] * dW[:, :, 1]).sum(axis=1)  # Euler-Maruyama
middle = left + 0.5 * (dW[:, :, 0] * dW[:, :, 1]).sum(axis=1)  # Heun
with_areas = left + sc.double_integrals(W)[:, :, 0, 1].sum(axis=1)
for name, value, exact in (
    ("Euler-Maruyama", left, 0.5 - 0.5 / n),
    ("Heun", middle, 0.5 - 0.25 / n),
    ("with areas", with_areas, 0.5),
):
    square = sc.Estimate.mean(value**2)
    print(f"{name}: E X_2^2 = {square}, exact {exact}, z {square.z(exact):+.1f}")
    assert abs(square.z(exact)) <= 6

# 2. The error is orthogonal to what is computed, and Pythagoras' theorem gives 1/2.
error = sc.Estimate.mean((with_areas - middle) ** 2)
print(f"E |Heun - X_2|^2 = {error}, exact {0.25 / n}, z {error.z(0.25 / n):+.1f}")
assert abs(error.z(0.25 / n)) <= 6

# %%
# References
# ----------
# :cite:t:`clarkcameron1980` prove the bound; :cite:t:`kloedenplaten1992`, section 10.3, have
# Milstein's scheme with double integrals. The functions here: :func:`stochcalc.double_integrals`,
# :func:`stochcalc.levy_area`, :func:`stochcalc.models.clark_cameron`.
