r"""
Data on a curve: the score exists for smoothed data only
========================================================

**Theorem.** Let :math:`x` be uniform on the unit circle of the plane, and let :math:`p_\sigma` be
the density of :math:`x + \sigma z` with standard normal :math:`z` and :math:`\sigma > 0`. At the
distance :math:`r` from the centre, with the Bessel functions :math:`I_0` and :math:`I_1`,

.. math::

    p_\sigma = \frac{1}{2 \pi \sigma^2} \, e^{-(r^2 + 1)/(2 \sigma^2)}
    I_0\Bigl(\frac{r}{\sigma^2}\Bigr),
    \qquad
    \nabla \log p_\sigma
    = \frac{1}{\sigma^2} \Bigl(\frac{I_1(r/\sigma^2)}{I_0(r/\sigma^2)} - r\Bigr) \frac{x}{r},

so that the score points along the radius, and for small :math:`\sigma` it is about
:math:`(1 - r)/\sigma^2` near the circle. For :math:`\sigma \to 0` there is no density in the plane,
and no score.

Images are thought to lie near a surface of low dimension in the space of all pixels, as these
points lie on a curve. Hence this is not a curiosity: without smoothing there is nothing to learn,
and with little smoothing the score is so steep that hardly any step is short enough for it.
"""

import numpy as np
from scipy.special import i0e

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Two points, one inside the circle and one outside, at three smoothings. At 0.45 both are drawn to
# the centre: the circle is hidden in the noise. From 0.15 to 0.05, a third, the score grows about
# ninefold: a little more inside, a little less outside.

circle = sc.score.Circle()
for sigma in (0.45, 0.15, 0.05):
    s = circle.score([[0.9, 0.0], [1.1, 0.0]], sigma)
    print(f"sigma = {sigma}: {s[0, 0]:+.2f} at r = 0.9, {s[1, 0]:+.2f} at r = 1.1")


def draw_scores(ax):
    title = "The less the data are smoothed, the steeper is their score"
    for panel, sigma in zip(plot.panels(ax, 3, title), (0.45, 0.15, 0.05)):
        plot.plot_score(circle, sigma, ax=panel, reach=1.8)


figure = plot.figure(
    draw_scores,
    alt="Arrows of the score at three smoothings point to the unit circle from both "
    "sides, and the longest of them grow like one over sigma squared.",
)

# %%
# Check it
# --------
# Annealing shortens its steps with :math:`\sigma`, as :math:`\alpha = 0.1\,\sigma^2`. The distance
# :math:`r` is a Markov chain of its own, because the score points along the radius and the noise is
# round; after a step it has Rice's law. So the mean square distance from the circle is known at the
# end of every schedule: multiply the masses on a grid of distances by a matrix.

h = 0.01
r = h * np.arange(1, 801)


def propagate(mass, sigma, alpha, n):
    s = circle.score(np.stack([r, 0 * r], axis=1), sigma)[:, 0]
    centre = np.abs(r + alpha / 2 * s)
    rice = np.exp(-((r[:, None] - centre) ** 2) / (2 * alpha))
    rice *= h * r[:, None] / alpha * i0e(r[:, None] * centre / alpha)
    for _ in range(n):
        mass = rice @ mass
    return mass


rng = np.random.default_rng(1)
starts = 2.0 * np.sqrt(rng.uniform(size=(5000, 1))) * circle.sample(5000, rng=2)
sigmas = np.geomspace(1.0, 0.05, 10)
step = 0.1 * 0.05**2
ends = sc.score.annealed_langevin(circle, sigmas, starts, step=step, n_steps=40, rng=3)

mass = np.where(r <= 2.0, r * h / 2.0, 0.0)  # uniform on the disc of radius 2
for sigma in sigmas:
    mass = propagate(mass, sigma, 0.1 * sigma**2, 40)


def measure_spread(x):
    return sc.Estimate.mean((np.hypot(x[:, 0], x[:, 1]) - 1.0) ** 2)


exact = mass @ (r - 1.0) ** 2
found = measure_spread(ends)
print(f"E (r - 1)^2: {found}, exact {exact:.6f}, z = {found.z(exact):+.1f}")
assert abs(found.z(exact)) <= 6
for name, x in (("x/r", ends[:, 0]), ("y/r", ends[:, 1])):
    mean = sc.Estimate.mean(x / np.hypot(ends[:, 0], ends[:, 1]))
    print(f"E {name}: {mean}, exact 0, z = {mean.z(0.0):+.1f}")
    assert abs(mean.z(0.0)) <= 6

# %%
# The wrong twin
# --------------
# *A step of 0.01 is small, so the chain samples the smoothed law.* Small compared with what? Start
# on the circle, take 200 steps of the same length at each of five smoothings, and compare the mean
# square distance with that of the smoothed law, about :math:`\sigma^2`.

widths = np.array([0.4, 0.2, 0.1, 0.07, 0.056])
on_circle = circle.sample(5000, rng=4)
start = (r == r[99]).astype(float)  # r = 1
spreads = []
for sigma in widths:
    x = sc.score.annealed_langevin(
        circle, [sigma], on_circle, step=0.01, n_steps=200, rng=5
    )  # 200 steps of 0.01, whatever sigma is
    found = measure_spread(x)
    exact = propagate(start, sigma, 0.01, 200) @ (r - 1.0) ** 2
    spreads.append(sc.Estimate.normal(found.value / sigma**2, found.stderr / sigma**2))
    print(f"sigma = {sigma}: {spreads[-1]} sigma^2, exact {exact / sigma**2:.4f}")
    assert abs(found.z(exact)) <= 6
print(f"The twin, 1, is {spreads[-1].z(1.0):+.0f} standard errors away from the last one.")
assert spreads[-1].z(1.0) > 6


def draw(ax):
    title = "Annealing finds the circle; a fixed step loses it as σ shrinks"
    left, right = plot.panels(ax, 2, title)
    look = {"s": 3, "lw": 0}
    left.scatter(*starts[:800].T, color=plot.FILL, label="start, on a disc", **look)
    colour = plot.look.choose_colour(1)
    left.scatter(*ends[:1500].T, color=colour, label="end, σ = 0.05", **look)
    left.set(xlabel="x", ylabel="y", aspect="equal", ylim=(-2.1, 3.1))
    left.set_title("annealed Langevin")
    left.legend(loc="upper right", markerscale=3)
    plot.points(right, widths, spreads, "5,000 chains, 200 steps", 0)
    line = np.geomspace(0.0505, 0.5, 200)
    plot.curve(right, line, 1 / (1 - 0.01 / (4 * line**2)), "1/(1 − h/(4σ²)), no curvature", 1)
    right.axvline(0.05, color=plot.look.ink(ax), ls=":", label="h = 4σ²")
    right.set(xscale="log", yscale="log", ylim=(0.8, 60), xlabel="smoothing σ")
    marked = (0.05, 0.07, 0.1, 0.2, 0.4)
    right.set_xticks(marked, [f"{sigma:g}" for sigma in marked])
    right.set_yticks([1, 2, 5, 10, 20, 50], ["1", "2", "5", "10", "20", "50"])
    right.minorticks_off()
    right.set_title("a fixed step h = 0.01: E (r − 1)² / σ²")
    right.legend(loc="upper right")


figure = plot.figure(
    draw,
    alt="In the first panel, annealed chains end on the unit circle, all around it. In the "
    "second, with a fixed step the mean square distance leaves sigma squared along the exact "
    "curve as sigma falls to half the root of the step.",
)

# %%
# Why
# ---
# Across the circle, the smoothed law is nearly normal with variance :math:`\sigma^2`, and the step
# is :math:`\delta \leftarrow (1 - h/(2\sigma^2))\,\delta + \sqrt{h}\,z`. Its variance has the fixed
# point
#
# .. math::
#
#     v = \frac{h}{1 - (1 - h/(2\sigma^2))^2} = \frac{\sigma^2}{1 - h/(4\sigma^2)},
#
# and there is none for :math:`h \ge 4\sigma^2`: the step jumps over the circle, to the other side
# and further away. In units of :math:`\sigma^2` only the ratio :math:`h/\sigma^2` counts. This is
# why annealing keeps it fixed: one ratio serves all levels, and the bias is the same small factor
# everywhere. (The curve of the figure is this formula, without the curvature of the circle; the
# exact numbers above have it.) Along the circle the score is 0, and the points move by noise alone;
# they get all around it while the noise is still large.

# %%
# Exercise
# --------
# One data point at 0, smoothed by :math:`\sigma = 0.1`, in one dimension. Find the variance of the
# chain from 0 after 20 steps of length :math:`h = 0.03`, and of length :math:`h = 0.05`. Compare
# with samples. Which of the two has a limit?
#
# .. solution::

point = sc.score.GaussianMixture([1.0], [[0.0]], 0.0)
origin = np.zeros((50_000, 1))
for step in (0.03, 0.05):
    rho2 = (1.0 - step / (2 * 0.1**2)) ** 2  # 0.25 and 2.25
    exact = step * (rho2**20 - 1.0) / (rho2 - 1.0)
    x = sc.score.annealed_langevin(point, [0.1], origin, step=step, n_steps=20, rng=6)
    found = sc.Estimate.mean(x[:, 0] ** 2)
    print(f"h = {step}: variance {found}, exact {exact:.6g}")
    assert abs(found.z(exact)) <= 6
# With h = 0.03 it tends to 0.04, four times sigma^2; with h = 0.05 it grows without end.

# %%
# References
# ----------
# :cite:t:`songermon2019`, section 3.1, name this difficulty; :cite:t:`rice1945` has the law of the
# distance. The functions here: :class:`stochcalc.score.Circle`,
# :func:`stochcalc.score.annealed_langevin`, :func:`stochcalc.plot.plot_score`.
