r"""
Annealed Langevin: the right weights, up to a bias that is known
================================================================

**Theorem.** Let :math:`p` be the mixture of the normal laws :math:`N((5, 5), I)` and
:math:`N((-5, -5), I)` with the weights 0.8 and 0.2, let :math:`p_\sigma` be the law of a point of
:math:`p` after noise :math:`\sigma z` is added, and let :math:`s(x, \sigma) = \nabla \log
p_\sigma(x)` be its score. Annealed Langevin takes :math:`n` steps

.. math::

    x \leftarrow x + \frac{\alpha_i}{2} \, s(x, \sigma_i) + \sqrt{\alpha_i} \, z

at each of the levels :math:`\sigma_1 > \dots > \sigma_L`. Along the line through the two means,
:math:`u = (x_1 + x_2)/\sqrt2` is a Markov chain of its own. Its density is

.. math::

    p_{k+1}(v) = \int p_k(u) \, \varphi\Bigl(v;\, u + \frac{\alpha_i}{2} s(u, \sigma_i),
    \alpha_i\Bigr) \, \dd u

after each step, where :math:`\varphi(v; c, \alpha)` is the normal density with mean :math:`c` and
variance :math:`\alpha`. So the probability of ending at the mode :math:`(5, 5)` is known for every
schedule. From uniform points on :math:`[-8, 8]^2`, with 100 steps of size :math:`\alpha_i =
0.1\,\sigma_i^2` at each of ten levels that fall from 20 to 1 by equal factors, it is 0.7828, not
0.8.

Samplers that follow a score are usually judged by pictures: the clouds look right. Here a number is
tested instead, the weight of a mode. Getting the *shape* of two clouds right is easy; getting
their *weights* right is hard, because the gradient of :math:`\log p` inside one cloud does not know
that there is another one.
"""

import numpy as np
from scipy.special import ndtr

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Start 4,000 chains anywhere on a square. Plain Langevin takes 1,000 steps, and so does annealing,
# with 100 at each of ten levels from :math:`\sigma = 20` down to 1.

target = sc.score.GaussianMixture([0.8, 0.2], [[5.0, 5.0], [-5.0, -5.0]], 1.0)
starts = np.random.default_rng(1).uniform(-8.0, 8.0, (4000, 2))
sigmas = np.geomspace(20.0, 1.0, 10)


def measure_weight(ends):
    return sc.Estimate.mean((ends.sum(axis=1) > 0).astype(float))


plain = sc.langevin.sample(
    target, starts, step=0.1, n=1000, chains=4000, starts=True, save="last", rng=2
)
annealed = sc.score.annealed_langevin(
    target, sigmas, starts, step=0.1, n_steps=100, rng=2
)  # the step of the last level; the others are longer by (sigma_i / sigma_L)^2
print(f"plain: weight {measure_weight(plain.end)} at (5, 5); target 0.8")
print(f"annealed: weight {measure_weight(annealed)} at (5, 5); target 0.8")

# %%
# Plain Langevin has moved almost no mass: half of the square belongs to either mode, and its points
# stay there. The score tells why. At :math:`\sigma = 20` all arrows point to one place, near the
# mean (3, 3) of the mixture. At :math:`\sigma = 1` there are two basins, and a point cannot tell
# how much mass lies in the other one.


def draw_scores(ax):
    title = "Large noise joins the two basins of the score, small noise parts them"
    for panel, sigma in zip(plot.panels(ax, 3, title), (20.0, 5.0, 1.0)):
        plot.plot_score(target, sigma, ax=panel)


figure = plot.figure(
    draw_scores,
    alt="Arrows of the score over the smoothed density: at sigma 20 they point to one "
    "place, at sigma 1 to the two modes (5, 5) and (-5, -5).",
)

# %%
# Check it
# --------
# The exact weights come from the integral above, by quadrature on a line. In the first row the
# components are point masses with noise, in the second they are those of the theorem. A row stays
# *undecided* as long as its twin is not 20 standard errors away, however well the number agrees.

finding = sc.CLAIMS["G29"].run(paths=200_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# Annealing ends in clouds wider than those of the target: its last level still has
# :math:`\sigma = 1`, and it samples the smoothed law.

figure = plot.figure(
    finding.draw,
    alt="Four clouds: samples of the target with weight 0.8 at (5, 5), gradient ascent "
    "with all points in the two modes, plain Langevin with the exact weight 0.51, "
    "annealed Langevin with the exact weight 0.78.",
)

# %%
# The wrong twin
# --------------
# The weight 0.8 of the target is what one expects: each level leaves the right law, hence so does
# the last one. More chains do not help against this belief, they only show its error more clearly.

row = finding.rows[1]
print(f"measured {row.measured}, exact {row.exact:.6f}")
print(f"The twin, 0.8, is {row.twin_z:+.1f} standard errors away.")
assert abs(row.z) <= 6 and abs(row.twin_z) > 6

# %%
# What goes wrong? Look at the chain at the end of every level. While the noise is large, it has the
# weight of the smoothed target, :math:`0.8\,\Phi(a) + 0.2\,\Phi(-a)` with
# :math:`a = 5\sqrt2/\sqrt{1 + \sigma^2}`. That weight climbs to 0.8, and the chain follows, but
# not to the end.


def smoothed_weight(sigma):
    a = 5.0 * np.sqrt(2.0) / np.sqrt(1.0 + sigma**2)
    return 0.8 * ndtr(a) + 0.2 * ndtr(-a)


weights = []
for level in range(1, 11):
    first = sigmas[:level]
    ends = sc.score.annealed_langevin(
        target,
        first,
        starts,
        step=0.1 * first[-1] ** 2,
        n_steps=100,
        rng=2,
    )
    weights.append(measure_weight(ends))


def draw_freezing(ax):
    plot.points(ax, sigmas, weights, "4,000 chains, after each level", 1)
    line = np.geomspace(0.9, 22.0, 200)
    plot.curve(ax, line, smoothed_weight(line), "the smoothed target, exact", 0)
    plot.limit_line(ax, finding.rows[1].exact, "the end of the chain, exact")
    ax.set(xscale="log", xlim=(24.0, 0.85), xlabel="σ, falling from level to level")
    ax.set(ylabel="P(x + y > 0)")
    plot.tick_round_numbers(ax.xaxis)
    ax.set_title("The chain follows the smoothed target, and then freezes")
    ax.legend()


figure = plot.figure(
    draw_freezing,
    alt="The weight of the chains follows that of the smoothed target down to sigma "
    "near 4 and then stays at 0.78, while the smoothed target's goes on to 0.8.",
)

# %%
# Why
# ---
# *Why a line is enough.* The components are round and equally wide, so which of them a point
# belongs to depends on :math:`u` alone. The score along the line is then the score of the mixture
# on the line, with the means :math:`\pm 5\sqrt2`, and the noise along the line is standard normal.
# The direction across does not matter for the weight.
#
# *Why it freezes.* Between the modes :math:`p_\sigma` is lower than at them by a factor of about
# :math:`e^{-25/(1 + \sigma^2)}`, since 0 lies :math:`5\sqrt2` from either. A chain crosses such a
# valley about that often. The steps grow with the noise, :math:`\alpha_i = 0.1\,\sigma_i^2`, so
# that 100 of them always travel about as far, measured by the width of a component: far enough for
# the exponent 1 (:math:`\sigma = 5`), not for the exponent 5 (:math:`\sigma = 2`), and hopeless for
# 12.5 (:math:`\sigma = 1`). What is exchanged is exchanged early, when the smoothed law has not yet
# the weights of the target. Slower schedules freeze later and come closer, which is the subject of
# the lesson on schedules. The derivation stands in
# :mod:`stochcalc.claims.theorems.g29_annealed`.

# %%
# Play
# ----
# :sandbox:`Move the time of this sampler <particles?way=annealed&n=1000&start=noise>`. The page has
# 400 particles, which start from noise with :math:`\sigma = 20` and not from the square, and the
# exact weight at each time. Go back to the time at which mass ceases to move, and then choose plain
# Langevin.

# %%
# Exercise
# --------
# Let the data be :math:`N(0, 1)`, and take ten steps at each of :math:`\sigma = 4, 2, 1` with
# :math:`\alpha = 0.1\,\sigma^2`, from 0.
#
# 1. The score is linear, so the chain is normal. Find the recursion for its variance, and compare
#    the end with a sample. The smoothed law of the last level has the variance 2.
# 2. What is the limit of this variance for many steps at each level, and how many steps bring it
#    within one per cent of the limit?
#
# .. solution::


def predict_variance(n_steps):
    """Iterate the variance: the score is -x/(1 + sigma^2)."""
    variance = 0.0
    for sigma in (4.0, 2.0, 1.0):
        alpha = 0.1 * sigma**2
        for _ in range(n_steps):
            variance = (1.0 - alpha / (2.0 * (1.0 + sigma**2))) ** 2 * variance + alpha
    return variance


normal = sc.score.GaussianMixture([1.0], [[0.0]], 1.0)
origin = np.zeros((100_000, 1))
# The last level has the limit v = (1 - alpha/4)^2 v + alpha, which is 2/(1 - alpha/8): the bias of
# Langevin steps of a positive length, which no number of steps removes.
limit = 2.0 / (1.0 - 0.1 / 8.0)
enough = next(n for n in range(1, 500) if abs(predict_variance(n) / limit - 1) <= 0.01)
for n_steps in (10, enough):
    ends = sc.score.annealed_langevin(
        normal, [4.0, 2.0, 1.0], origin, step=0.1, n_steps=n_steps, rng=3
    )
    found = sc.Estimate.mean(ends[:, 0] ** 2)
    exact = predict_variance(n_steps)
    print(f"{n_steps} steps: variance {found}, exact {exact:.6f}, limit {limit:.6f}")
    assert abs(found.z(exact)) <= 6

# %%
# References
# ----------
# :cite:t:`songermon2019` have the algorithm (section 4.3) and the two modes (section 3.2.2). The
# functions here: :func:`stochcalc.score.annealed_langevin`, :func:`stochcalc.langevin.sample`,
# :class:`stochcalc.score.GaussianMixture`, :func:`stochcalc.plot.plot_score`.
