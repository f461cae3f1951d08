r"""
Levy's construction: the same path, finer and finer
===================================================

**Theorem** (Levy). Begin with the straight line :math:`W^{(0)}_t = z t` on :math:`[0, 1]`, where
:math:`z` is standard normal. In each level, cut every interval of length :math:`h` in the middle,
and move the middle by a normal of its own:

.. math::

    W_{\text{mid}} = \frac{W_{\text{left}} + W_{\text{right}}}{2} + \frac{\sqrt h}{2}\, z_j,
    \qquad z_j \sim N(0, 1) \text{ independent.}

With probability one the polygons :math:`W^{(0)}, W^{(1)}, W^{(2)}, \dots` converge uniformly on
:math:`[0, 1]`, and their limit is a Brownian motion.

Does a process exist at all whose paths are continuous and whose increments are independent normals?
The construction is a short proof that it does. It is an algorithm as well: it never changes a value
that it has given, and so it can answer for one more time whenever somebody asks.
"""

import math

import numpy as np
from scipy.integrate import quad
from scipy.special import ndtr

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# The construction takes six lines. A motion of stochcalc is known at every time inside its steps by
# the same formula; refining it changes nothing that was there before.

normals = np.random.default_rng(1)
w = np.array([0.0, normals.standard_normal()])
for pieces in (1, 2, 4):
    move = math.sqrt(1 / pieces) / 2 * normals.standard_normal(pieces)
    middle = (w[:-1] + w[1:]) / 2 + move
    w = np.insert(w, np.arange(1, pieces + 1), middle)
print("three levels give nine values:", np.round(w, 2))

W = sc.brownian(T=1.0, n=4, rng=7)
fine = W.refine(16)
assert (fine.values[:, ::16] == W.values).all()  # to the last bit
assert (fine.values == W.refine(64).values[:, ::4]).all()

# %%
# One and the same path is drawn here with 4 steps, and refined to 16 and to 1,024. Every polygon
# goes through the corners of those before it.


def draw_finer(ax):
    for i, (k, width) in enumerate(((256, 0.7), (4, 1.3), (1, 2.0))):
        finer = W.refine(k)
        colour = f"C{i}"
        label = f"{4 * k} steps"
        ax.plot(finer.t, finer.values[0], color=colour, lw=width, label=label)
    ax.plot(W.t, W.values[0], color="C2", ls="", marker="o")
    ax.set(xlabel="time t", ylabel="$W_t$")
    ax.set_title("A path that is refined keeps its corners")
    ax.legend()


figure = plot.figure(
    draw_finer,
    alt="One Brownian path with 4, 16 and 1,024 steps: finer polygons go through all "
    "corners of the coarser ones.",
)

# %%
# Level by level, from one straight line to 256 pieces: each level keeps the corners that it finds,
# and moves the middle of every piece by :math:`\sqrt{h}/2` times a normal of its own.

line = sc.brownian(T=1.0, n=1, rng=7)


def draw_level(level):
    def draw(ax):
        now = line.refine(2**level)
        if level > 0:
            before = line.refine(2 ** (level - 1))
            ax.plot(before.t, before.values[0], color="C1", ls="--", label="before")
        ax.plot(now.t, now.values[0], color="C0", label=f"level {level}")
        if level <= 5:
            ax.plot(now.t, now.values[0], color="C0", ls="", marker="o", ms=4)
        ax.set(xlabel="time t", ylabel="$W_t$", xlim=(0, 1), ylim=LIMITS)
        title = "Level 0 is a straight line to W$_1$"
        if level > 0:
            pieces = 2 ** (level - 1)
            title = f"Level {level}: {pieces} middles move by √h/2 z, h = 1/{pieces}"
        ax.set_title(title)
        ax.legend(loc="upper left")

    return draw


finest = line.refine(256).values[0]
LIMITS = (finest.min() - 0.1, finest.max() + 0.3)
figure = plot.figure(
    draw_level(8),
    alt="From one straight line to 256 pieces, each level of Levy's construction keeps the corners"
    " and moves the middles by less and less.",
)
figure.frames = {
    f"level {level}, {2**level} {'pieces' if level else 'piece'}": draw_level(level)
    for level in range(9)
}

# %%
# Check it
# --------
# The middle of an interval, less the mean of its ends, has the variance :math:`h/4`. It does not
# depend on the ends. Both are measured on the first step of many paths, where :math:`h = 1/4`.

h = 0.25
many = sc.brownian(T=1.0, n=4, paths=20_000, rng=7)
end = many.values[:, 1]
move = many.at(h / 2) - end / 2  # the middle, less the mean of 0 and W_h
variance = sc.Estimate.mean(move**2)
product = sc.Estimate.mean(move**2 * end**2)
print(f"E move^2: measured {variance}, exact {h / 4}, z {variance.z(h / 4):+.2f}")
print(f"E move^2 W_h^2: {product}, exact {h * h / 4}, z {product.z(h * h / 4):+.2f}")
assert abs(variance.z(h / 4)) <= 6 and abs(product.z(h * h / 4)) <= 6

# %%
# How far does a level move the polygon? The largest distance between :math:`W^{(j)}` and
# :math:`W^{(j+1)}` is that of the highest of its :math:`2^j` tents,
#
# .. math::
#
#     \sup_t |W^{(j+1)}_t - W^{(j)}_t| = \frac{2^{-j/2}}{2} \max_{k \le 2^j} |z_k|,
#     \qquad E \max_{k \le m} |z_k| = \int_0^\infty 1 - (2 \Phi(x) - 1)^m \, \dd x.
#
# These means are exact, for every level.


def mean_of_largest(m):
    return quad(lambda x: 1 - (2 * ndtr(x) - 1) ** m, 0, 12, points=[1, 2, 4, 6])[0]


def exact_distance(j):
    return 2 ** (-j / 2) / 2 * mean_of_largest(2**j)


grid = sc.brownian(n=256, paths=4000, rng=1)
levels = np.arange(8)
polygons = [sc.levy_construction(grid, int(level)) for level in range(9)]
moved = [np.abs(polygons[j + 1] - polygons[j]).max(axis=1) for j in levels]
distances = [sc.Estimate.mean(largest) for largest in moved]
for j, measured in zip(levels, distances):
    exact = exact_distance(j)
    print(f"level {j}: measured {measured}, exact {exact:.6f}, z {measured.z(exact):+.2f}")
    assert abs(measured.z(exact)) <= 6


def draw_distances(ax):
    plot.points(ax, levels, distances, "measured ± 2 standard errors")
    plot.curve(ax, levels, [exact_distance(j) for j in levels], "exact", 0)
    bound = 2.0 ** (-levels / 2) / 2 * np.sqrt(2 * (levels + 1) * math.log(2))
    plot.curve(ax, levels, bound, "bound, 2$^{-j/2}$ √((j + 1) ln 2 / 2)", 1)
    ax.set(yscale="log", xlabel="level j", ylabel="E sup |W$^{(j+1)}$ − W$^{(j)}$|")
    ax.set_title("Each level moves the polygon less: the sum converges")
    ax.legend()


figure = plot.figure(
    draw_distances,
    alt="The mean largest distance between polygons of neighbouring levels lies on the "
    "exact values, below a bound whose sum over all levels is finite.",
)

# %%
# The wrong twin
# --------------
# In the time :math:`h/2` the path moves by a normal of variance :math:`h/2`; so one would move the
# middle with the variance :math:`h/2`. That is right for somebody who knows the left end only.
# Whoever knows the right end as well knows more, and half of the variance is gone:

print(f"h/2 = {h / 2} is {variance.z(h / 2):+.0f} standard errors away")
assert abs(variance.z(h / 2)) > 20

# %%
# Why
# ---
# Let :math:`A` and :math:`B` be the increments over the left half and the right half, independent
# and of variance :math:`h/2`. The middle lies above the mean of the ends by
#
# .. math::
#
#     A - \frac{A + B}{2} = \frac{A - B}{2}, \qquad
#     \mathrm{Var}\, \frac{A - B}{2} = \frac h4, \qquad
#     E\, (A - B)(A + B) = \frac h2 - \frac h2 = 0.
#
# For normal variables this means independence. The move is independent of all that was drawn
# before, and from it and the old increment :math:`A + B` one gets back two independent increments
# :math:`A` and :math:`B`. So after every level the corners have exactly the law of a Brownian
# motion at their times.
#
# The limit is continuous because the sum of the distances is finite. The largest of :math:`m`
# normals, in size, has a mean of at most :math:`\sqrt{2 \ln(2m)}`. For :math:`m = 2^j` this is
# :math:`\sqrt{2 (j + 1) \ln 2}`, which grows slowly, while :math:`2^{-j/2}` falls geometrically.

# %%
# Exercise
# --------
# Move the middles with the variance of the wrong twin. What is then the mean of
# :math:`Q = \sum (\Delta W)^2` after :math:`j` levels, and what would it be for a Brownian path?
#
# .. solution::

# If increments over h have the variance v, those over h/2 get v/4 + h/2. Times their number,
# E Q_{j+1} = E Q_j/2 + 1, and E Q_0 = 1, so that E Q_j = 2 - 2^(-j). A Brownian path has 1: with
# the right h/4 the recursion is E Q_j/2 + 1/2.
twin = np.zeros((20_000, 2))
twin[:, 1] = normals.standard_normal(20_000)
for pieces in (1, 2, 4, 8):
    move = math.sqrt(1 / pieces / 2) * normals.standard_normal((20_000, pieces))
    middle = (twin[:, :-1] + twin[:, 1:]) / 2 + move
    twin = np.insert(twin, np.arange(1, pieces + 1), middle, axis=1)
squares = sc.Estimate.mean((np.diff(twin, axis=1) ** 2).sum(axis=1))
print(f"E Q of the twin: measured {squares}, exact {2 - 2**-4}")
assert abs(squares.z(2 - 2**-4)) <= 6

# %%
# References
# ----------
# :cite:t:`levy1948` is the source, and :cite:t:`evans2013`, section 3.3, has the proof in full. The
# functions here: :func:`stochcalc.levy_construction`, :func:`stochcalc.brownian`,
# :meth:`stochcalc.BrownianPaths.refine`, :meth:`stochcalc.BrownianPaths.at`,
# :func:`stochcalc.bridge`.
