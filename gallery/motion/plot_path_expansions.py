r"""
Straight lines and sines: two series for one path
=================================================

**Theorem.** Let :math:`W` be a Brownian motion on :math:`[0, T]`. Let :math:`W^{(n)}` be its
interpolation by :math:`n` equal straight lines (Levy), or the first :math:`n` terms of its
expansion in sines,

.. math::

    W_t = \sum_{k \ge 1} c_k \sqrt{\tfrac2T} \sin\bigl((k - \tfrac12) \tfrac{\pi t}{T}\bigr),
    \qquad c_k \sim N\Bigl(0, \frac{T^2}{(k - \frac12)^2 \pi^2}\Bigr) \text{ independent}

(Karhunen and Loeve). Then

.. math::

    E \int_0^T (W_t - W^{(n)}_t)^2 \, \dd t = \frac{T^2}{6 n} \text{ for the lines},
    \qquad \sum_{k > n} \frac{T^2}{(k - \frac12)^2 \pi^2} \approx \frac{T^2}{\pi^2 n}
    \text{ for the sines},

and no :math:`n` functions that are chosen in advance leave less than the sines.

Both series converge to the path itself, and both do so slowly: a path that is nowhere smooth is
not well described by smooth functions, whichever are taken.
"""

import math

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Take one path and approximate it by eight lines and by eight sines. Both approximations are made
# of *this* path: the corners are its values, and the coefficients are its inner products with the
# sines.

W = sc.brownian(T=1.0, n=512, rng=7)
path = W.values[0]
lines = sc.polygon(W, 8)[0]
sines = sc.karhunen_loeve(W, 8)[0]

for name, close in (("lines", lines), ("sines", sines)):
    print(f"8 {name}: int (W - W_n)^2 dt = {np.mean((path - close)[1:] ** 2):.4f}")

# %%
# The lines agree with the path at their corners. The sines agree with it nowhere in particular,
# and are closer on the whole.


def draw_sines(ax):
    ax.plot(W.t, path, color=plot.look.ink(ax), lw=0.7, alpha=0.7, label="W")
    for i, terms in enumerate((1, 4, 16, 64)):
        some = sc.karhunen_loeve(W, terms)[0]
        ax.plot(W.t, some, color=f"C{i}", lw=1.4, label=f"n = {terms}")
    ax.set(xlabel="time t", ylabel="$W_t$")
    ax.set_title("The first n sines of the expansion close in on the path")
    ax.legend()


figure = plot.figure(
    draw_sines,
    alt="Sums of the first 1, 4, 16 and 64 sines follow one Brownian path ever closer.",
)

# %%
# Check it
# --------
# On a computer the path is known at grid times, here 128 of them, and the integral is a trapezoid
# sum. This changes the exact numbers a little, and they are still exact: the sines are
# eigenvectors of the covariance on the grid as well.

finding = sc.CLAIMS["G02"].run(paths=50_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# On the left is Levy's way to the polygons. From level to level the corners stay where they are,
# and each middle is moved by a normal of its own: a tent is added on every piece.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, polygons of 1, 2, 4 and 8 pieces of one path and the tents that "
    "each level adds; in the second, the distances lie on the exact lines, that of the sines "
    "below.",
)

# %%
# The wrong twin
# --------------
# Are not all reasonable approximations with :math:`n` numbers equally good? Both errors fall like
# :math:`1/n`, and :math:`1/6` is not far from :math:`1/\pi^2`. But each is refuted as the other's
# error. For the same accuracy one needs :math:`\pi^2/6 = 1.645` times as many lines as sines.

for row in finding.rows:
    print(f"measured {row.measured}, exact {row.exact:.6f}")
    print(f"    {row.twin:.6f} is {row.twin_z:+.0f} standard errors away")
    assert row.twin_refuted

# %%
# Why
# ---
# Between two corners, at the distances :math:`s` and :math:`h - s` from them, the path less its
# line is a Brownian bridge of variance :math:`s (h - s)/h`. A piece contributes
#
# .. math::
#
#     \int_0^h \frac{s (h - s)}{h} \, \dd s = \frac{h^2}{6},
#
# and :math:`n` pieces of length :math:`h = T/n` contribute :math:`T^2/(6n)`. The sines are the
# eigenfunctions of the covariance :math:`\min(s, t)`, whose eigenvalues are the variances of the
# :math:`c_k`; what is left out is the sum of the others. This is the principal component analysis
# of a path, and the best basis is found in the same way as for any data: by the largest
# eigenvalues. The proof, also for the grid, is in
# :mod:`stochcalc.claims.theorems.g02_path_expansions`.

# %%
# Exercise
# --------
# 1. Which part of :math:`E \int_0^1 W_t^2 \, \dd t` does the first sine carry alone? Measure
#    what it leaves out, with 128 grid times.
# 2. Take the straight line from beginning to end away from :math:`W`. What remains is the bridge.
#    Show that a third of :math:`E \int W^2 \, \dd t` remains, and measure it.
#
# .. solution::

n = 128
paths = sc.brownian(n=n, paths=20_000, rng=1)


def integrate(squares):  # trapezoid rule on [0, 1], along each path
    return (squares[:, 1:] + squares[:, :-1]).sum(axis=1) / (2 * n)


# 1. E int W^2 dt = 1/2, and the variance of c_1 is 4/pi^2: the part is 8/pi^2 = 81 %. On the grid
# the variance is h^2/(4 sin^2(pi/(4n))), and the trapezoid rule gives 1/2 as well.
rest = (paths.values - sc.karhunen_loeve(paths, 1)) ** 2
left_out = sc.Estimate.mean(integrate(rest))
exact = 0.5 - 1 / (4 * n * n * math.sin(math.pi / (4 * n)) ** 2)
print(f"left out by one sine: {left_out}, exact {exact:.6f}")
assert abs(left_out.z(exact)) <= 6

# 2. The line is the polygon of one piece, so 1/6 remains: a third of 1/2. With n steps the
# trapezoid rule gives (1 - 1/n^2)/6.
bridges = sc.Estimate.mean(integrate(sc.bridge(paths) ** 2))
exact = (1 - 1 / n**2) / 6
print(f"E int B^2 dt: {bridges}, exact {exact:.6f}")
assert abs(bridges.z(exact)) <= 6

# %%
# References
# ----------
# :cite:t:`levy1948` and :cite:t:`evans2013`, section 3.3, have the polygons;
# :cite:t:`karhunen1947` and :cite:t:`loeve1978` the sines. The functions here:
# :func:`stochcalc.polygon`, :func:`stochcalc.levy_construction`,
# :func:`stochcalc.karhunen_loeve`, :func:`stochcalc.bridge`.
