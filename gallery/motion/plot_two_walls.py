r"""
Between two walls: the gambler's ruin, seen late
================================================

**Theorem.** A Brownian path from 0 leaves :math:`(-a, b)` at a time :math:`\tau` with

.. math::

    P(W_\tau = b) = \frac{a}{a + b}, \qquad E \tau = a b .

A gambler with :math:`a` pounds who plays a fair game for :math:`b` more goes home with them once in
:math:`(a + b)/a` evenings, and an evening lasts for :math:`a b` rounds. On a computer the game is
watched at grid times, and between them a path can leave and come back unseen.
"""

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# :func:`stochcalc.first_passage` takes two barriers. With ``correction=False`` it sees grid times
# alone; by default it adds what Brownian bridges do between them.

motion = sc.SDE(lambda t, x: 0.0, lambda t, x: 1.0, noise="additive")
found = {}
for n in (48, 192, 768):
    for name, correction in (("grid", False), ("bridges", True)):
        exits = sc.first_passage(
            motion, 0.0, (-1.0, 1.0), 12.0, n=n, paths=20_000, correction=correction, rng=7
        )
        found[name, n] = exits.mean_restricted
    print(f"h = {12 / n:.4f}: grid {found['grid', n]}, bridges {found['bridges', n]}")


def draw_times(ax):
    steps = 12 / np.array([48, 192, 768])
    for i, name in enumerate(("grid", "bridges")):
        estimates = [found[name, n] for n in (48, 192, 768)]
        plot.points(ax, steps, estimates, name, i)
        ax.plot(steps, [float(e.value) for e in estimates], color=f"C{i}", ls=plot.LINES[i])
    plot.limit_line(ax, 1.0, "E τ = 1")
    ax.set(xscale="log", xlabel="step h", ylabel="E τ of (−1, 1)")
    ax.set_title("The grid sees the exit too late")
    ax.legend()


figure = plot.figure(
    draw_times,
    alt="The mean exit time by grid times alone falls from 1.7 to 1.15 as the step shrinks, and "
    "with bridges it is 1 at every step.",
)

# %%
# Check it
# --------
# What the grid sees is known exactly too, by quadrature. The steps of the second strip are as long
# as a unit of time, and its side is right all the same.

finding = sc.CLAIMS["G42"].run(paths=50_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# Two paths in three leave at the nearer wall.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, twenty paths until they leave the strip from -1 to 2; in the second, "
    "the mean exit time by grid times lies on the exact curve, which falls to 1 with the step.",
)

# %%
# The wrong twin
# --------------
# *With many steps before the exit, what happens between them hardly matters.* In a strip of
# width 2 a path takes 16 steps of 1/16 on average. It is seen to take five more:

row = finding.rows[0]
print(f"measured {row.measured}, exact {row.exact:.5f}")
print(f"twin {row.twin}: {row.twin_z:+.0f} standard errors away")
assert row.twin_refuted

# %%
# Why
# ---
# :math:`W` and :math:`W^2 - t` are martingales, and stopping them at :math:`\tau` keeps their
# means: :math:`E W_\tau = 0` gives the side and :math:`E W_\tau^2 = E \tau` the time. The walk
# of the grid is a martingale as well, but it overshoots. On average it ends
# :math:`0.58 \sqrt h` beyond a wall, and a wider strip takes longer. See
# :mod:`stochcalc.claims.theorems.g42_two_walls`.

# %%
# Exercise
# --------
# 1. Move each wall outwards by :math:`0.5826 \sqrt h` and predict what the grid sees for
#    :math:`(-1, 1)` and :math:`h = 1/16`. How good is the rule?
# 2. How long does a path from 0 stay in :math:`(-1, 2)`, if it leaves above? Measure it, and
#    compare with :math:`E[\tau \mid \text{above}] = ((a + b)^2 - a^2)/3`.
#
# .. solution::

# 1. E tau = (1 + 0.5826/4)^2.
rule = (1 + 0.5826 / 4) ** 2
print(f"rule {rule:.4f}, exact {row.exact:.4f}")
assert abs(rule - row.exact) < 0.02

# 2. Here a = 1 and b = 2, so that it is (9 - 1)/3.
exits = sc.first_passage(motion, 0.0, (-1.0, 2.0), 60.0, n=960, paths=20_000, rng=1)
above = sc.Estimate.mean(exits.times[exits.side > 0])
print(f"E [tau | above] = {above}, exact {8 / 3:.4f}")
assert abs(above.z(8 / 3)) <= 6

# %%
# References
# ----------
# :cite:t:`karatzasshreve1991`, section 2.8, for the law of the exit; :cite:t:`asmussen1995` for the
# shift of a wall. The functions here: :func:`stochcalc.first_passage`, :class:`stochcalc.SDE`,
# :class:`stochcalc.Estimate`.
