r"""
Walking on a circle: the chain rule and its price
=================================================

**Theorem.** Let :math:`J` turn by a right angle. The solution of

.. math::

    \dd X = J X \circ \dd W \qquad \text{(Stratonovich)}

stays at the distance from the origin where it starts. Read as Ito does, the same line has
:math:`E |X_t|^2 = |X_0|^2 \, e^t`: the path spirals outwards. The Ito equation of the process on
the circle is :math:`\dd X = -\frac12 X \, \dd t + J X \, \dd W`.

The reason is the chain rule. Stratonovich's integral obeys the one of ordinary calculus, and since
:math:`J X` is orthogonal to :math:`X`, nothing moves outwards. That makes it the calculus of
manifolds: an equation whose noise is tangential stays where it is. A scheme does it only up to its
error, unless it is made for it.
"""

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# One equation, read in two ways. ``diffusion_dx`` has the rows of the matrix of slopes, which here
# is :math:`J` itself.


def on_circle(lam):
    return sc.SDE(
        lambda t, x: (0.0, 0.0),
        lambda t, x: (-x[1], x[0]),
        noise="scalar",
        lam=lam,
        diffusion_dx=lambda t, x: ((0.0, -1.0), (1.0, 0.0)),
    )


W = sc.brownian(T=2.0, n=512, rng=7)
paths = {
    "Stratonovich, Heun": sc.solve(on_circle(0.5), (1.0, 0.0), noise=W, method="heun"),
    "Ito, Euler": sc.solve(on_circle(0.0), (1.0, 0.0), noise=W),
}
for name, sol in paths.items():
    print(f"{name:20s} |X_T| = {np.hypot(*sol.x[0, -1]):.3f}")


def draw_paths(ax):
    angle = np.linspace(0, 2 * np.pi, 200)
    ax.plot(np.cos(angle), np.sin(angle), color=plot.look.ink(ax), lw=0.8, label="the circle")
    for i, (name, sol) in enumerate(paths.items()):
        ax.plot(*sol.x[0].T, color=f"C{i}", ls=plot.LINES[i], lw=1.3, label=name)
    ax.set(xlabel="first component", ylabel="second component", aspect="equal")
    ax.set_title("One path of W, one line of mathematics, two readings")
    ax.legend()


figure = plot.figure(
    draw_paths,
    alt="One path that stays on the unit circle, read as Stratonovich does, and one that spirals "
    "outwards, read as Ito does.",
)

# %%
# Check it
# --------
# Every scheme multiplies :math:`|X|^2` by a factor that is known, and so the mean after :math:`n`
# steps is known exactly. The last two rows are on the sphere, where three motions turn :math:`X`
# about the axes of space.

finding = sc.CLAIMS["G36"].run(paths=100_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# Euler's scheme with the right drift leaves the circle by its error, which vanishes with the step.
# Without the drift it leaves the circle for good.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, one path by Euler's scheme without the correction leaves the circle, "
    "and by two others it does not; in the second, the excess of the mean square radius falls like "
    "1/n for three schemes, and does not for the first.",
)

# %%
# The wrong twin
# --------------
# *The noise is tangential, so Ito's equation without a drift keeps the radius.* A drawing suggests
# it: every step is at a right angle to the radius. But a step along the tangent ends outside the
# circle, by :math:`\frac12 \Delta W^2`, and these add up:

row = finding.rows[0]
print(f"measured {row.measured}, exact {row.exact:.5f}")
print(f"twin {row.twin}: {row.twin_z:+.0f} standard errors away")
assert row.twin_refuted

# %%
# Why
# ---
# :math:`J X` is orthogonal to :math:`X` and as long. So Euler's step :math:`X + J X \, \Delta W`
# multiplies :math:`|X|^2` by :math:`1 + \Delta W^2`, with the mean :math:`1 + h`, and the drift
# :math:`-\frac12 X` makes of it :math:`(1 - h/2)^2 + \Delta W^2`, with the mean :math:`1 + h^2/4`.
# Heun's step is :math:`(1 - \frac12 \Delta W^2) X + J X \, \Delta W` with :math:`1 + \frac14
# \Delta W^4`. The implicit midpoint rule
#
# .. math::
#
#     X' = X + J \, \frac{X + X'}{2} \, \Delta W
#
# is a rotation: :math:`X' - X` is orthogonal to :math:`X + X'`, so that :math:`|X'| = |X|` on every
# path. See :mod:`stochcalc.claims.theorems.g36_circle`, which has it as a
# :class:`stochcalc.Method` of its own.

# %%
# Exercise
# --------
# 1. On the circle :math:`X = (\cos W, \sin W)`. Check that Heun's scheme finds the angle
#    :math:`W_T`, path by path, and how fast it does.
# 2. Let ``to_ito`` write down the drift of the equation on the circle.
#
# .. solution::

# 1. The strong order of Heun's scheme is 1 for one noise.
fine = sc.brownian(n=512, paths=2000, rng=1)
errors = []
for n in (32, 128, 512):
    coarse = fine.coarsen(512 // n)
    X = sc.solve(on_circle(0.5), (1.0, 0.0), noise=coarse, method="heun", save="last").x[:, 0]
    exact = np.stack([np.cos(coarse.values[:, -1]), np.sin(coarse.values[:, -1])], axis=1)
    errors.append(np.sqrt(np.mean(np.sum((X - exact) ** 2, axis=1))))
    print(f"n = {n:3d}: root mean square distance {errors[-1]:.5f}")
assert 3.5 < errors[0] / errors[1] < 4.6 and 3.5 < errors[1] / errors[2] < 4.6

# 2. Half of J J x, which is -x/2.
drift = on_circle(0.5).to_ito().drift(0.0, (0.6, 0.8))
assert np.allclose(np.asarray(drift, dtype=float), [-0.3, -0.4])

# %%
# References
# ----------
# :cite:t:`kloedenplaten1992`, section 4.9, for the two readings;
# :cite:t:`milsteinrepintretyakov2002`
# for schemes that keep what the equation keeps. The functions here: :class:`stochcalc.SDE`,
# :func:`stochcalc.solve`, :class:`stochcalc.Method`, :func:`stochcalc.brownian`.
