r"""
One path, finer and finer: what a refinement adds
=================================================

**Theorem.** Let :math:`Q_n` be the sum of the squared increments of a Brownian motion over
:math:`n` equal steps of :math:`[0, T]`, and halve every step. Given the path at the old points,

.. math::

    E[Q_{2n}] = \frac{Q_n + T}{2}, \qquad \operatorname{Var}(Q_{2n}) = \frac{T^2}{2n}.

Given the squares of the finer increments, on the other hand,

.. math::

    E[Q_n] = Q_{2n}.

The first line says how a refinement moves :math:`Q` towards :math:`T`: it takes away half of the
error, and adds noise of its own. The second one says that :math:`Q_1, Q_2, Q_4, \dots` is a
martingale when it is read backwards. Such a sequence converges on almost every path.
"""

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Take one path with 1,024 steps and look at it through every second, fourth, eighth, ... of its
# points.

W = sc.brownian(T=1.0, n=1024, rng=7)
sizes = 2 ** np.arange(1, 11)
squares = {}
for n in sizes.tolist():
    squares[n] = sc.quadratic_variation(W.coarsen(1024 // n)).value[0]
for n, square in squares.items():
    length = np.abs(np.diff(W.values[0, :: 1024 // n])).sum()
    print(f"n = {n:4}: sum of |dW| = {length:7.3f}, sum of dW^2 = {square:.4f}")

# %%
# The polygon gets longer and longer, without an end: its mean length is :math:`\sqrt{2n/\pi}`. The
# sum of the squares settles at 1. Move the slider to refine the path.


def draw_refined(n):
    def draw(ax):
        title = f"{n} steps: Q = {squares[n]:.3f}, expected 1 ± {np.sqrt(2 / n):.3f}"
        left, right = plot.panels(ax, 2, title)
        left.plot(np.linspace(0, 1, 1025), W.values[0], color=plot.FILL, lw=0.7)
        coarse = W.values[0, :: 1024 // n]
        marker = "." if n < 128 else ""
        left.plot(np.linspace(0, 1, n + 1), coarse, "C1", lw=1.2, marker=marker)
        left.set(xlabel="t", ylabel="W$_t$", xlim=(0, 1))
        x = np.geomspace(1.7, 1200, 100)
        bound = np.sqrt(2 / x)
        low = 1 - bound
        high = 1 + bound
        right.fill_between(x, low, high, color=plot.FILL, alpha=0.3, lw=0)
        right.plot(x, low, x, high, color="C0", lw=0.8)
        shown = sizes[sizes <= n]
        right.plot(shown, [squares[m] for m in shown.tolist()], "C1o-")
        right.set(xscale="log", xlabel="number of steps n", xlim=(1.7, 1200))
        right.set(ylim=(0, 2.2), ylabel="Q$_n$ and 1 ± √(2/n)")
        plot.tick_steps(right.xaxis, [2, 8, 32, 128, 512])

    return draw


figure = plot.figure(
    draw_refined(1024),
    alt="As one path is refined from 2 to 1024 steps, its polygon becomes rougher and"
    " the sum of its squared increments settles at 1.",
)
figure.frames = {
    f"{n} steps: the sum of the squares is {square:.3f}": draw_refined(n)
    for n, square in squares.items()
}

# %%
# Check it
# --------
# Refine 50,000 paths from 16 to 32 steps. The error that the refinement is expected to leave is
# :math:`(Q_{16} - 1)/2`, and around it :math:`Q_{32}` should scatter with the variance 1/32.

fine = sc.brownian(n=32, paths=50_000, rng=1)
q16 = sc.quadratic_variation(fine.coarsen(2)).value
q32 = sc.quadratic_variation(fine).value
rows = {
    "E (Q_32 - (Q_16 + 1)/2)^2": (sc.Estimate.mean((q32 - (q16 + 1) / 2) ** 2), 1 / 32),
    "E (Q_16 - 1)(Q_32 - 1)": (sc.Estimate.mean((q16 - 1) * (q32 - 1)), 1 / 16),
    "E (Q_16 - Q_32) Q_32": (sc.Estimate.mean((q16 - q32) * q32), 0.0),
}
for name, (found, exact) in rows.items():
    print(f"{name} = {found.value:+.5f} +- {found.stderr:.5f}, exact {exact}")
    assert abs(found.value - exact) <= 6 * found.stderr

# %%
# The wrong twin
# --------------
# It sounds fair to say that :math:`Q_n` is an estimate, and that the next one scatters around it:
# then :math:`Q_1, Q_2, Q_4, \dots` would be a martingale forwards, and the covariance of
# :math:`Q_{16}` and :math:`Q_{32}` would be the variance of :math:`Q_{16}`, which is 2/16. But a
# martingale's variance grows, and here it falls.

found, exact = rows["E (Q_16 - 1)(Q_32 - 1)"]
z = (found.value - 2 / 16) / found.stderr
print(f"measured {found.value:.5f} +- {found.stderr:.5f}")
print(f"twin {2 / 16}: {z:+.0f} standard errors away")
assert abs(z) > 26

# %%
# Why
# ---
# Let :math:`D` be the increment of an old step of length :math:`h`. The path in its middle is the
# mean of the ends plus a normal :math:`\xi` of variance :math:`h/4`, as in a Brownian bridge. The
# new increments are :math:`D/2 + \xi` and :math:`D/2 - \xi`, and their squares add up to
#
# .. math::
#
#     \tfrac12 D^2 + 2 \xi^2, \qquad E\,2\xi^2 = \tfrac{h}{2}, \qquad
#     \operatorname{Var}(2 \xi^2) = \tfrac{h^2}{2}.
#
# Summed over the :math:`n` steps that is the first line of the theorem. For the second one let
# :math:`d_1` and :math:`d_2` be the two new increments. The square of the old one is :math:`d_1^2 +
# d_2^2 + 2 d_1 d_2`. Given the squares, the signs are fair coins, so that the mean of the last term
# is 0.

# %%
# Play
# ----
# :sandbox:`Refine this path on a page of its own
# <variation?key=11530976094092348043&n=2&grid=even>`: it has the same key, and the same
# sums. Then let the partition keep only the turns of the path. The sum of squares is larger at
# once, and no refinement brings it back to 1.

# %%
# Exercise
# --------
# The points of a partition must not look at the path. Take :math:`n` steps in pairs, and leave out
# the middle point of a pair whenever that makes the sum of squares larger. Show that the mean of
# the sum is then :math:`(1 + \frac1\pi)\, T` for every :math:`n`, and measure it.
#
# .. solution::

# Without the middle point a pair has (d1 + d2)^2 = d1^2 + d2^2 + 2 d1 d2: it goes if d1 d2 > 0.
# With d = sqrt(h) z the gain has the mean 2 h E (z1 z2)^+ = h (E |z|)^2 = 2 h/pi, and there are
# n/2 pairs. So the mean is T + T/pi, however fine the steps are.
paths = sc.brownian(n=64, paths=50_000, rng=2)
d = np.diff(paths.values, axis=1)
first = d[:, 0::2]
second = d[:, 1::2]
chosen = np.maximum((first + second) ** 2, first**2 + second**2).sum(axis=1)
found = sc.Estimate.mean(chosen)
exact = 1 + 1 / np.pi
print(f"measured {found.value:.5f} +- {found.stderr:.5f}, exact {exact:.5f}")
assert abs(found.value - exact) <= 6 * found.stderr

# %%
# References
# ----------
# :cite:t:`levy1940` proves the convergence on almost every path for partitions that are refined.
# The functions here: :func:`stochcalc.brownian`, :func:`stochcalc.quadratic_variation`,
# :meth:`stochcalc.BrownianPaths.coarsen`.
