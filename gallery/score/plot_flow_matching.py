r"""
Flow matching: straight lines, and the curved flow that they make
=================================================================

**Theorem.** Let data :math:`x_0` and noise :math:`z \sim N(0, I)` be joined by :math:`x_t = m x_0 +
\sigma z`, from :math:`m = 1, \sigma = 0` to :math:`m = 0, \sigma = 1`, and let :math:`s_t` be the
score of :math:`x_t`. Let :math:`x_0` and :math:`z` be independent. The mean of the velocities of
all pairs that pass through :math:`x` at time :math:`t` is

.. math::

    v(x, t) = E \left[ m' x_0 + \sigma' z \mid x_t = x \right]
    = \frac{m'}{m} \, x + \left( \frac{m'}{m} \sigma^2 - \sigma \sigma' \right) s_t(x) ,

and :math:`\dd x/\dd t = v(x, t)` has the law of :math:`x_t` at every time. On straight lines,
:math:`m = 1 - t` and :math:`\sigma = t`, a single step of Euler's scheme from :math:`t = 1` to 0
ends at the mean of the data, wherever it starts.

Many of the newer models of pictures learn this velocity in the place of a score. One reason given
for it is that straight lines need few steps. The pairs do go along straight lines. But a sampler
does not follow a pair: it knows where it is, not where it came from, and follows the mean of all
pairs that pass there.
"""

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# The velocity can be had from a score, so two modes show what flow matching would learn for them.
# Time runs from the noise at :math:`t = 1` (here 0.999, where next to nothing is left of the data)
# down to the data at :math:`t = 0`.

data = sc.score.GaussianMixture([0.6, 0.4], [[2.0], [-1.5]], 0.1)
noising = sc.score.Straight()
velocity = sc.score.flow_velocity(data, noising)
x = np.array([[-1.0], [0.0], [1.0]])
for t in (0.999, 0.5, 0.01):
    print(f"t = {t}: v = {velocity(x, t)[:, 0].round(3)} at x = {x[:, 0]}")

# %%
# At the start it points from the mean of the data, 0.6, to :math:`x`: nothing is known yet of the
# mode that a point will come to. Let twenty thousand points of noise go along, in a few steps:

noise = noising.prior(20_000, 1, rng=1)
ends = {
    n: sc.score.probability_flow(data, noising, noise, method="euler", n=n) for n in (1, 2, 4, 32)
}
for n, after in ends.items():
    print(f"n = {n}: mean {after.mean():.3f}, standard deviation {after.std():.3f}")
assert ends[1].std() < 0.01


def draw_ends(ax):
    bins = np.linspace(-3.0, 3.5, 105)
    for i, n in enumerate((2, 4, 32)):
        plot.histogram(ax, ends[n][:, 0], bins, f"n = {n}", i, histtype="step", alpha=1.0)
    u = np.linspace(-3.0, 3.5, 500)
    plot.curve(ax, u, np.exp(data.log_density(u[:, None])), "the data", 3)
    ax.set(xlabel="x at t = 0", ylabel="density", ylim=(0.0, 1.6))
    ax.set_title("One step would put all points at 0.6")
    ax.legend(loc="upper left")


figure = plot.figure(
    draw_ends,
    alt="Histograms after 2, 4 and 32 steps of Euler, and the density of two modes: two steps "
    "leave many points between the modes, four make them too narrow, 32 come near the density.",
)

# %%
# Check it
# --------
# For data :math:`N(0, 4)` the velocity is :math:`c x`, and everything has an exact number: the
# variance after a few steps, what is left of the loss of flow matching at its minimum, and the
# variance after one step of a velocity that was *learned* from sixteen pairs.

finding = sc.CLAIMS["G57"].run(paths=200_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# The flow keeps :math:`x/\sqrt{S}` with :math:`S = 4 (1 - t)^2 + t^2`, so its lines are hyperbolas.
# Heun's scheme, which is made for lines that bend, soon does better with the same number of scores.

figure = plot.figure(
    finding.draw,
    alt="In the first panel the lines of pairs are straight and cross, while the lines of the flow "
    "bend and do not cross, and four steps of Euler end too close to 0; in the second the variance "
    "rises with the number of scores to that of the data, 4, by Heun faster than by Euler.",
)

# %%
# The wrong twin
# --------------
# *The paths are straight, so one step is enough.* It is true of the pairs, and it is even true of
# the flow where no lines cross: if each :math:`x_0` has its own :math:`z`. Training does not give
# such pairs. It draws data and noise independently.

row = finding.rows[1]
print(f"{row.statement}: {row.measured}, exact {row.exact:.5f}")
print(f"of the data {row.twin}: {row.twin_z:+.0f} standard errors away")
assert row.twin_refuted

# %%
# Why
# ---
# Write :math:`E[z \mid x] = -\sigma s_t(x)`, which is Tweedie's formula, and :math:`m E[x_0 \mid x]
# = x - \sigma E[z \mid x]`. The velocity is :math:`m' E[x_0 \mid x] + \sigma' E[z \mid x]`, and the
# theorem follows. It is the velocity of the probability flow with :math:`\mathrm{rate} = -m'/m` and
# :math:`g^2 = 2 (\sigma \sigma' - \sigma^2 m'/m)`. So *flow matching is a diffusion model*
# with another noising, and every sampler of this chapter takes it.
#
# At :math:`t = 1` the point is the noise, which says nothing about :math:`x_0`: then :math:`v =
# z - E x_0`, and one step ends at :math:`z - v = E x_0`. If :math:`z` and :math:`x_0` have the
# correlation :math:`r`, then one step ends with the share :math:`r^2` of the variance. *Reflow*
# makes :math:`r = 1`. It lets a flow carry noise to its ends, takes these as pairs, and learns
# again. One step then gives what the teacher gave, errors included: see the last row. The
# derivation is in :mod:`stochcalc.claims.theorems.g57_flow_matching`.

# %%
# Exercise
# --------
# 1. For data :math:`N(0, 4)` at :math:`t = \frac12`, compute :math:`c` and the least loss. Fit
#    :math:`c` by least squares to many sets of eight pairs. Is the mean of the fits right, although
#    eight pairs are few?
# 2. Show that a step of Euler's scheme along straight lines is a step of DDIM, which goes to
#    :math:`(1 - s) E[x_0 \mid x] + s E[z \mid x]`. Check it on the two modes.
#
# .. solution::

# 1. c = Cov(x_t, z - x_0)/Var x_t = (1/2 - 4/2)/(4/4 + 1/4) = -6/5. The rest of z - x_0 is
# independent of x_t for Gaussian pairs, so every fit has the mean c. The least loss is half the
# variance of that rest, (1/2) (5 - (3/2)^2/(5/4)) = 8/5.
generator = np.random.default_rng(2)
x_0 = 2.0 * generator.standard_normal((20_000, 8))
z = generator.standard_normal((20_000, 8))
x_t = 0.5 * x_0 + 0.5 * z
fits = sc.Estimate.mean((x_t * (z - x_0)).sum(axis=1) / (x_t**2).sum(axis=1))
loss = sc.score.flow_matching_loss(lambda x, t: -1.2 * x, x_0.reshape(-1, 1), noising, 0.5, rng=3)
print(f"mean of the fits {fits}, exact -1.2; loss {loss}, exact 1.6")
assert abs(fits.z(-1.2)) <= 6
assert abs(loss.z(1.6)) <= 6

# 2. x = (1 - t) a + t b with a = E[x_0 | x] and b = E[z | x], and v = b - a. So
# x + (s - t) v = (1 - t) a + t b + (s - t) (b - a) = (1 - s) a + s b.
by_ddim = sc.score.ancestral(data, noising, noise, n=4, eta=0.0)
print(f"largest difference of DDIM and Euler: {np.abs(by_ddim - ends[4]).max():.1e}")
np.testing.assert_allclose(by_ddim, ends[4], rtol=1e-9, atol=1e-9)

# %%
# References
# ----------
# :cite:t:`lipman2023` learn the velocity, :cite:t:`albergo2023` derive it for any interpolant with
# its score, and :cite:t:`liu2023` have straight lines and reflow. The functions here:
# :class:`stochcalc.score.Straight`, :func:`stochcalc.score.flow_velocity`,
# :func:`stochcalc.score.flow_matching_loss`, :func:`stochcalc.score.probability_flow`,
# :func:`stochcalc.score.ancestral`.
