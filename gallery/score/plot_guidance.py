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
uses it. It is usually explained by the tilted law: where :math:`p_c/p` is large, a point is typical
of its label, and a power of it favours such points. The explanation can be tested on two Gaussians,
and the difference is not small. At :math:`\gamma = 7.5`, which is a usual number for pictures, the
tilted law has the variance 0.235 and the flow 0.011. The samples are far more alike than anybody
ordered.
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
# *One clock for all noisings.* A linear noising is :math:`x = m x_0 + \sigma z`. Divide by
# :math:`m` and take :math:`\tau = \sigma^2/m^2` for the time: then all of them are :math:`y = x_0 +
# \sqrt\tau \, z`. A label's variance is :math:`1 + \tau`, the other one is :math:`2 + \tau`, and
# the guided score is :math:`-K y` with
#
# .. math::
#
#     K = \frac{\gamma}{1 + \tau} + \frac{1 - \gamma}{2 + \tau} = (\log \mu)', \qquad
#     \mu = (1 + \tau)^\gamma (2 + \tau)^{1 - \gamma} .
#
# *The flow.* In this clock it is :math:`\dd y/\dd \tau = \frac12 K y`, so the variance obeys
# :math:`V' = K V`, and :math:`V/\mu` stays constant. Far out, where the samples start, both are
# like :math:`\tau`, and the constant is 1. At the end :math:`V = \mu(0) = 2^{1 - \gamma}`.
#
# *The equation.* It has twice the drift and, backwards, new noise: :math:`V' = 2 K V - 1`, or
# :math:`(V/\mu^2)' = -1/\mu^2`. Far out :math:`V/\mu^2` is like :math:`1/\tau` and vanishes. So
#
# .. math::
#
#     V = \mu(0)^2 \int_0^\infty \frac{\dd \tau}{\mu^2}
#     = 2^{2 - 2 \gamma} \int_0^\infty \Bigl(\frac{2 + \tau}{1 + \tau}\Bigr)^{2 \gamma - 2}
#     \frac{\dd \tau}{(1 + \tau)^2} = 2^{2 - 2 \gamma} \int_1^2 w^{2 \gamma - 2} \, \dd w ,
#
# with :math:`w = (2 + \tau)/(1 + \tau)`, whose derivative is :math:`-1/(1 + \tau)^2`. The last
# integral is :math:`(2^{2 \gamma - 1} - 1)/(2 \gamma - 1)`, and the theorem is proved. For
# :math:`\gamma = 1` both are 1: without guidance :math:`-K y` is the score of the law that each
# equation has. The derivation for finitely many steps is in
# :mod:`stochcalc.claims.theorems.g50_guidance`.

# %%
# What does the guided score believe?
# -----------------------------------
# Noise adds :math:`\tau` to a variance. So a score :math:`-K y` says of the data without noise that
# their variance is :math:`1/K - \tau`. At :math:`\tau = 0` this is 1/2, the tilted law's: there the
# *precisions* are blended, :math:`3 \cdot 1 - 2 \cdot \frac12 = 2`. As :math:`\tau` grows it tends
# to :math:`\gamma \cdot 1 + (1 - \gamma) \cdot 2 = 2 - \gamma`, a blend of the *variances*, and for
# :math:`\gamma = 3` that is :math:`-1`. No data have it. A sampler that comes from the noise meets
# this part of the story first, and is drawn together more than any law would allow.
#
# Can the tilted law be had? At one level of noise the guided score is in the right place: it is
# the score of *a* law, :math:`N(0, 1/K)`, and Langevin steps at that level go there. With many of
# them at each level only the last level counts. Each step takes :math:`V` to :math:`(1 - \frac12
# \alpha K)^2 V + \alpha`, so the outcome is known for any number of steps.

sigmas = np.geomspace(10.0, 0.1, 20)
step = 0.01


def anneal_exactly(n):
    V = 100.0
    for sigma in sigmas:
        alpha = step * (sigma / sigmas[-1]) ** 2
        K = gamma / (1 + sigma**2) + (1 - gamma) / (2 + sigma**2)
        for _ in range(n):
            V = (1 - alpha * K / 2) ** 2 * V + alpha
    return V


start = sc.score.VE(0.1, 10.0).prior(20_000, 1, rng=4)
sizes = (1, 4, 16, 64)
settled = []
for n in sizes:
    ends = sc.score.annealed_langevin(guided, sigmas, start, step=step, n_steps=n, rng=5)
    settled.append(sc.Estimate.mean(ends[:, 0] ** 2))
    print(f"{n:2} steps a level: E x^2 = {settled[-1]}, exact {anneal_exactly(n):.4f}")
    assert abs(settled[-1].z(anneal_exactly(n))) <= 6

# %%
# One step at a level does not reach the law of the level, and leaves the samples too wide. With 64
# it is the tilted law, up to the noise of the last level and the bias of the steps, 2 per cent
# together. So guidance by annealed Langevin steps does what guidance by a flow is said to do. It
# takes some thousand calls of the score instead of some twenty. The noise of the reverse-time
# equation does a part of this work for nothing, which is why its law lies between the two.


def draw_belief(ax):
    left, right = plot.panels(ax, 2, "The guided score is the tilted law's at noise 0 alone")
    levels = np.geomspace(0.03, 30.0, 200)
    K = gamma / (1 + levels**2) + (1 - gamma) / (2 + levels**2)
    plot.curve(left, levels, 1 / K - levels**2, "by the guided score", 0)
    plot.curve(left, levels, 0.5 + 0 * levels, "tilted law", 2)
    left.set(xscale="log", xlabel="noise σ/m", ylabel="variance of the data, 1/K − τ")
    left.set(ylim=(-1.2, 1.0))
    left.legend()
    every = np.arange(1, 101)
    plot.points(right, sizes, settled, "measured", 0)
    plot.curve(right, every, [anneal_exactly(n) for n in every], "annealed Langevin, exact", 0)
    for name, level, i in (("tilted", 0.5, 2), ("equation", 31 / 80, 1), ("flow", 1 / 4, 3)):
        plot.curve(right, every, level + 0 * every, name, i)
    right.set(xscale="log", xlabel="steps at each of 20 levels", ylabel="E x$^2$", ylim=(0, 1))
    right.legend()


figure = plot.figure(
    draw_belief,
    alt="In the first panel the variance of the data by the guided score is that of the tilted law "
    "at low noise, and falls to -1 at high noise; in the second, annealed Langevin steps come down "
    "to the variance of the tilted law, which lies above those of the equation and of the flow.",
)

# %%
# Exercise
# --------
# 1. Which :math:`\gamma'` must the flow be given so that it ends with the variance of the tilted
#    law of :math:`\gamma = 3`? Check it by a sample.
# 2. Let both means be moved, :math:`N(1, 1)` with the label and :math:`N(0, 2)` without. Is the
#    mean of the guided samples that of the tilted law, 3/2? Measure it with the flow.
# 3. Let the variance without the label be :math:`v` in the place of 2. Which are the three laws
#    then, and what becomes of them as :math:`v \to \infty`? Check the flow for :math:`v = 4` and
#    :math:`\gamma = 2`.
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


spreading = sc.score.VE(0.01, 400.0)
far = spreading.prior(20_000, 1, rng=3)
ends = sc.score.probability_flow(moved_score, spreading, far, method="rk4", n=200)
mean = sc.Estimate.mean(ends[:, 0])
print(f"mean by the flow {mean}, exact 2, tilted 1.5: {mean.z(1.5):+.0f} standard errors")
assert abs(mean.z(2 - 1.5 / 400)) <= 6 and abs(mean.z(1.5)) > 20

# 3. mu = (1 + tau)^gamma (v + tau)^(1 - gamma), and w = (v + tau)/(1 + tau) goes from v to 1:
# v^(1 - gamma) by the flow, (v - v^(2 - 2 gamma))/((v - 1)(2 gamma - 1)) by the equation, and
# v/(1 + gamma (v - 1)) for the tilted law. As v grows, the label says more and more. The tilted law
# tends to 1/gamma, the equation's to 1/(2 gamma - 1), and the flow's to a single point.
wide = sc.score.GaussianMixture([1.0], [[0.0]], 4.0)


def wider_score(x, sigma):
    return 2 * with_label.score(x, sigma) - wide.score(x, sigma)


ends = sc.score.probability_flow(wider_score, spreading, far, method="rk4", n=200)
square = sc.Estimate.mean(ends[:, 0] ** 2)
print(f"v = 4: E x^2 = {square} by the flow, exact 1/4, tilted 4/7")
assert abs(square.z(0.25)) <= 6 and abs(square.z(4 / 7)) > 20

# %%
# References
# ----------
# :cite:t:`hosalimans2022` introduced the guided score; :cite:t:`bradleynakkiran2024` have these
# Gaussians, and say what guidance does instead. The functions here:
# :func:`stochcalc.score.reverse_sde`, :func:`stochcalc.score.probability_flow`,
# :func:`stochcalc.score.annealed_langevin`, :class:`stochcalc.score.GaussianMixture`.
