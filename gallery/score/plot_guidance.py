r"""
Guidance: the law that everybody expects, and the ones that come out
====================================================================

**Theorem.** Let the data be :math:`N(0, 1)` given a label :math:`c`, and :math:`N(0, 2)` without
it. Run noise backwards with the guided score :math:`\gamma \, s_c + (1 - \gamma) \, s` at every
level of noise, :math:`\gamma \ge 1`. As the noise at the start and the number of steps grow, the
samples are normal with the variance

.. math::

    2^{1 - \gamma} \ \text{by the probability flow}, \qquad
    \frac{2 - 2^{2 - 2 \gamma}}{2 \gamma - 1} \ \text{by the reverse-time equation},

for every linear noising. Neither is the variance :math:`2/(1 + \gamma)` of the *tilted* law, which
is in proportion to :math:`p_c^\gamma \, p^{1 - \gamma}`, unless :math:`\gamma = 1`.

A model that draws pictures from words has learned two scores, one with the words and one without.
It goes along the first and away from the second, further than either tells it to: the pictures
then look more like the words. This is *classifier-free guidance*, and nearly every such model
uses it. It is usually explained by the tilted law. The explanation can be tested on two Gaussians.
"""

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# A guided score is a function of two scores. At noise 0 it *is* the score of the tilted law, which
# for :math:`\gamma = 3` has the precision :math:`3 \cdot 1 - 2 \cdot \frac12 = 2`.

with_label = sc.score.GaussianMixture([1.0], [[0.0]], 1.0)
without = sc.score.GaussianMixture([1.0], [[0.0]], 2.0)
tilted = sc.score.GaussianMixture([1.0], [[0.0]], 0.5)
gamma = 3.0


def guided(x, sigma):
    return gamma * with_label.score(x, sigma) + (1 - gamma) * without.score(x, sigma)


x = np.array([[1.0]])
for sigma in (0.0, 0.5, 1.0, 5.0):
    ours = guided(x, sigma)[0, 0]
    right = tilted.score(x, sigma)[0, 0]
    print(f"sigma = {sigma}: guided score {ours:+.4f}, score of the noised tilted law {right:+.4f}")

# %%
# At noise 0 the two agree, and with noise they do not. So what do samplers make of it? Twenty
# thousand points, 200 steps, and the noising that preserves variance:

noising = sc.score.VP()
noise = noising.prior(20_000, 1, rng=1)
by_equation = sc.score.reverse_sde(guided, noising, noise, n=200, rng=2)
by_flow = sc.score.probability_flow(guided, noising, noise, method="heun", n=100)
for name, ends in (("equation", by_equation), ("flow", by_flow)):
    print(f"{name}: E x^2 = {sc.Estimate.mean(ends[:, 0] ** 2)}, tilted 0.5")


def draw_laws(ax):
    bins = np.linspace(-2.5, 2.5, 81)
    plot.histogram(ax, by_flow[:, 0], bins, "by the flow")
    plot.histogram(ax, by_equation[:, 0], bins, "by the equation", 1, histtype="step", alpha=1.0)
    u = np.linspace(-2.5, 2.5, 400)
    for law, name, i in ((tilted, "refuted: tilted", 2), (with_label, "with the label", 3)):
        plot.curve(ax, u, np.exp(law.log_density(u[:, None])), name, i)
    ax.set(xlabel="x", ylabel="density")
    ax.set_title("Two samplers, one guided score: three laws")
    ax.legend()


figure = plot.figure(
    draw_laws,
    alt="The histogram by the flow is the narrowest, that by the equation is wider, and the "
    "density of the tilted law is wider than both; the law with the label is the widest.",
)

# %%
# Check it
# --------
# Scores of Gaussians are linear, so the variance after any number of steps is known exactly. The
# claim takes 16 to 64 steps. Its last row goes on from what the flow has left, by Langevin steps at
# one small level of noise.

finding = sc.CLAIMS["G50"].run(paths=200_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# The more guidance, the further the three laws part. More steps bring each sampler to its own
# limit, not to the tilted law.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, the variance falls with gamma from 1, by the flow fastest, then by "
    "the equation, and of the tilted law most slowly; in the second, Euler's variance falls and "
    "DDPM's rises with the steps to 0.39, Heun's stays at 0.25, and the tilted law has 0.5.",
)

# %%
# The wrong twin
# --------------
# *The guided score is the score of the tilted law, so a good sampler samples the tilted law.* The
# first half is true at noise 0 and nowhere else, and a sampler spends its time elsewhere.

row = finding.rows[0]
print(f"{row.statement}: {row.measured}, exact {row.exact:.5f}")
print(f"tilted {row.twin}: {row.twin_z:+.0f} standard errors away")
assert row.twin_refuted

# %%
# Why
# ---
# Divide by :math:`m` and take :math:`\tau = \sigma^2/m^2` for the time: then every linear noising
# is :math:`y = y_0 + \sqrt\tau \, z`, and the guided score is :math:`-K y` with
#
# .. math::
#
#     K = \frac{\gamma}{1 + \tau} + \frac{1 - \gamma}{2 + \tau} = (\log \mu)', \qquad
#     \mu = (1 + \tau)^\gamma (2 + \tau)^{1 - \gamma} .
#
# The flow :math:`\dd y/\dd \tau = \frac12 K y` keeps :math:`V/\mu` constant. Far out it is
# :math:`\tau/\mu \to 1`, and :math:`\mu(0) = 2^{1 - \gamma}`. The equation has the variance
# :math:`\mu(0)^2 \int_0^\infty \mu^{-2} \, \dd \tau`, an integral that :math:`w = (2 + \tau)/(1 +
# \tau)` turns into one of :math:`w^{2 \gamma - 2}` from 1 to 2.
#
# Without guidance both equations have the same laws, because :math:`-K y` is then the score of the
# law that they have. With guidance it is the score of *no* path of laws, and what each equation
# does with it is its own affair. Where many Langevin steps are taken at one level, the guided score
# is in the right place: it is there the score of a law, the product of the smoothed densities.
# Guidance with such steps is a predictor with a corrector, and from the noise of the reverse-time
# equation one gets part of that for nothing, which is why its law is the wider one. The derivation
# is in :mod:`stochcalc.claims.theorems.g50_guidance`.

# %%
# Exercise
# --------
# 1. Which :math:`\gamma'` must the flow be given so that it ends with the variance of the tilted
#    law of :math:`\gamma = 3`? Check it by a sample.
# 2. Let both means be moved, :math:`N(1, 1)` with the label and :math:`N(0, 2)` without. Is the
#    mean of the guided samples that of the tilted law, 3/2? Measure it with the flow.
#
# .. solution::

# 1. 2^(1 - gamma') = 1/2, so gamma' = 2: with less guidance than it is thought to have.


def half_guided(x, sigma):
    return 2 * with_label.score(x, sigma) - without.score(x, sigma)


ends = sc.score.probability_flow(half_guided, noising, noise, method="rk4", n=50)
square = sc.Estimate.mean(ends[:, 0] ** 2)
print(f"gamma' = 2: E x^2 = {square}, tilted law of gamma = 3: 0.5")
assert abs(square.z(0.5)) <= 6

# 2. The tilted precision is 2, and 2 mean = 3 (1) - 2 (0)/2. But the mean M of the flow has
# dM/dtau = K M/2 - (gamma/2)/(1 + tau). With M = sqrt(mu) q, q' = -(3/2)/((1 + tau) sqrt(mu)), and
# M(0) = sqrt(mu(0)) times the integral of -q' from 0 on, where mu = (1 + tau)^3/(2 + tau)^2:
# (1/2) int (3/2) (2 + tau) (1 + tau)^(-5/2) dtau = (1/2) (3/2) (2 + 2/3) = 2.
# Noise that ends at 400 leaves out the integral from tau = 400^2 on, (1/2) (3/2) (2/400).
moved = sc.score.GaussianMixture([1.0], [[1.0]], 1.0)


def moved_score(x, sigma):
    return 3 * moved.score(x, sigma) - 2 * without.score(x, sigma)


start = sc.score.VE(0.01, 400.0)
far = start.prior(20_000, 1, rng=3)
ends = sc.score.probability_flow(moved_score, start, far, method="rk4", n=200)
mean = sc.Estimate.mean(ends[:, 0])
print(f"mean by the flow {mean}, exact 2, tilted 1.5: {mean.z(1.5):+.0f} standard errors")
assert abs(mean.z(2 - 1.5 / 400)) <= 6 and abs(mean.z(1.5)) > 20

# %%
# References
# ----------
# :cite:t:`hosalimans2022` introduced the guided score; :cite:t:`bradleynakkiran2024` have these
# Gaussians, and say what guidance does instead. The functions here:
# :func:`stochcalc.score.reverse_sde`, :func:`stochcalc.score.probability_flow`,
# :class:`stochcalc.score.GaussianMixture`.
