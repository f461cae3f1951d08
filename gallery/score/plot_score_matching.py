r"""
Score matching: a loss that does not know the score
===================================================

**Theorem.** Let the data have a smooth density :math:`p` on :math:`\mathbb{R}^d`, let :math:`s` be
smooth with :math:`p\,s \to 0` at infinity, and let all means below be finite. Then (Hyvarinen)

.. math::

    E\Bigl[\tfrac12 |s(x)|^2 + \nabla \cdot s(x)\Bigr]
    = \tfrac12 E\,\bigl|s(x) - \nabla \log p(x)\bigr|^2
    - \tfrac12 E\,\bigl|\nabla \log p(x)\bigr|^2 ,

and for :math:`y = x + \sigma z` with standard normal :math:`z`, whose density is :math:`p_\sigma`
(Vincent),

.. math::

    \tfrac12 E\,\Bigl|s(y) + \frac{z}{\sigma}\Bigr|^2
    = \tfrac12 E\,\bigl|s(y) - \nabla \log p_\sigma(y)\bigr|^2
    + \tfrac12 \Bigl(\frac{d}{\sigma^2} - E\,\bigl|\nabla \log p_\sigma(y)\bigr|^2\Bigr).

The left sides can be averaged over samples: they contain no score of the data. The right sides say
that they are least where :math:`s` is that score. So a regression can be solved whose answers
nobody has. The mean of :math:`\frac12 |s - \nabla \log p|^2` itself is called explicit score
matching, and the first left side *implicit* score matching. The second one, *denoising* score
matching, needs no derivative: it only asks for the noise that was added. But the two losses have
different minima.

Why should one want a score? A density is hard to learn because it must have the integral 1, and in
many dimensions nobody can compute that integral. The score :math:`\nabla \log p` does not contain
it: a constant factor of :math:`p` drops out. And the score is all that
:doc:`Langevin's equation </learn/langevin/plot_langevin_bias>` and the
:doc:`reversal of a diffusion </learn/score/plot_reversal>` need to draw new points.
"""

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# First a picture. Put noise on data in two clumps, and forget the data: keep only where each noisy
# point :math:`y` is, and the number :math:`-z/\sigma` that points back to where it came from. These
# numbers are wild. But sort them by :math:`y` and average:

clumps = sc.score.GaussianMixture([0.5, 0.5], [[-2.0], [2.0]], 0.5)
n = 50_000
z = np.random.default_rng(1).standard_normal((n, 1))
y = clumps.sample(n, rng=2) + z
middles = np.linspace(-3.75, 3.75, 16)
bins = [np.abs(y[:, 0] - middle) < 0.25 for middle in middles]
back = [sc.Estimate.mean(-z[inside, 0]) for inside in bins]
for inside in bins:
    excess = sc.Estimate.mean(-z[inside, 0] - clumps.score(y[inside], 1.0)[:, 0])
    assert abs(excess.z(0.0)) <= 6


def draw_regression(ax):
    ax.plot(y[:1500, 0], -z[:1500, 0], ".", ms=2, color=plot.FILL, label="−z/σ, one by one")
    plot.points(ax, middles, back, "their means", 1)
    grid = np.linspace(-4.5, 4.5, 200)
    plot.curve(ax, grid, clumps.score(grid[:, None], 1.0)[:, 0], "score of the noisy data", 0)
    ax.set(xlabel="y = x + σ z, σ = 1", ylabel="−z/σ", xlim=(-4.5, 4.5))
    ax.set_title("On average the noise points along the score")
    ax.legend()


figure = plot.figure(
    draw_regression,
    alt="A cloud of numbers -z/sigma against y, whose means in sixteen bins lie on the curve of "
    "the score of the noisy data.",
)

# %%
# Check it
# --------
# Take standard normal data, whose score is :math:`-x`, and pretend that only the form :math:`s(x) =
# -\theta x` is known. The implicit loss is computed by :func:`stochcalc.score.explicit_loss`: the
# function is named after the divergence, of which it takes every term. For normal data both losses
# are elementary. The implicit one is :math:`\frac12\theta^2 - \theta`, least at 1. The denoising
# one is :math:`\frac12\theta^2 (1 + \sigma^2) - \theta + 1/(2\sigma^2)`, least at :math:`1/(1 +
# \sigma^2)`, which is 0.8 here.

data = sc.score.GaussianMixture([1.0], [[0.0]], 1.0).sample(n, rng=1)
sigma = 0.5


def linear(theta):
    return lambda x, sigma: -theta * x


thetas = np.linspace(0.4, 1.6, 7)
measured = {"implicit": [], "denoising": []}
for theta in thetas:
    found = sc.score.explicit_loss(linear(theta), data)
    measured["implicit"].append(found)
    assert abs(found.z(theta**2 / 2 - theta)) <= 6
    found = sc.score.denoising_loss(linear(theta), data, sigma, rng=2)
    measured["denoising"].append(found)
    exact = theta**2 * (1 + sigma**2) / 2 - theta + 1 / (2 * sigma**2)
    assert abs(found.z(exact)) <= 6


def draw_losses(ax):
    title = "One loss is least at the data's score, the other at the noisy data's"
    left, right = plot.panels(ax, 2, title)
    grid = np.linspace(0.3, 1.7, 200)
    implicit = grid**2 / 2 - grid
    denoising = grid**2 * (1 + sigma**2) / 2 - grid + 1 / (2 * sigma**2)
    panels = ((left, "implicit", implicit, 1.0), (right, "denoising", denoising, 0.8))
    for i, (panel, name, exact, best) in enumerate(panels):
        plot.points(panel, thetas, measured[name], "50,000 data", i)
        plot.curve(panel, grid, exact, "exact", i)
        panel.axvline(best, ls=":", color=plot.look.ink(ax), label=f"least at {best:g}")
        panel.set(xlabel="θ, for s(x) = −θ x", ylabel="loss", title=f"{name} loss")
        panel.legend()


figure = plot.figure(
    draw_losses,
    alt="Two parabolas through measured losses: the implicit loss is least at theta 1, "
    "the denoising loss with sigma one half at theta 0.8.",
)

# %%
# The losses of all :math:`\theta` use the same data and the same noise, and lie too high or too low
# together. This shift does no harm: what counts is the place of the minimum, not its height.
#
# The two identities say more: from the loss that needs the score to those that do not it is the
# *same* constant for every model. For data of variance 2 and noise of :math:`\sigma = 1` the claim
# measures both constants, and compares each loss on the two sides of its least model. Its last row
# is the sliced loss, which replaces the trace by the derivative along a vector of random signs.

finding = sc.CLAIMS["G32"].run(paths=100_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# With these constants the losses lie on the parabolas of the explicit ones. The more noise is
# added, the flatter is the score that the denoising loss finds.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, the implicit and the denoising loss, moved by their constants, lie on "
    "the explicit losses of the data and of the smoothed data; in the second, the least model of "
    "the denoising loss falls with sigma along 1/(v + sigma^2), from 1/v on.",
)

# %%
# The wrong twin
# --------------
# *Denoising finds the score of the data.* It is often said so, and it is nearly true for small
# :math:`\sigma`. Measured is the place of the minimum: as a function of :math:`\theta` each loss is
# a parabola, so three of its values give it. Twenty batches give twenty minima.


def find_minimum(batch, seed):
    losses = [
        sc.score.denoising_loss(linear(theta), batch, sigma, rng=seed).value
        for theta in (0.0, 1.0, 2.0)
    ]
    curvature = losses[0] - 2 * losses[1] + losses[2]
    return 1.0 - (losses[2] - losses[0]) / (2 * curvature)


batches = np.split(data, 20)
minima = [find_minimum(batch, 10 + i) for i, batch in enumerate(batches)]
best = sc.Estimate.mean(minima)
print(f"least at {best}; exact 0.8; the twin, 1, is {best.z(1.0):+.0f} standard errors away")
assert abs(best.z(0.8)) <= 6 and best.z(1.0) < -6

# %%
# Why
# ---
# *Implicit.* Expand the square in :math:`\frac12 E|s - \nabla \log p|^2`. The only term with both
# functions is :math:`-E\,[s \cdot \nabla \log p] = -\int s \cdot \nabla p \, \dd x`, because
# :math:`p\,\nabla \log p = \nabla p`. Integrate by parts: it is :math:`+\int p \, \nabla \cdot s \,
# \dd x`, and the unknown score is gone. No boundary term is left because :math:`p\,s \to 0`. This
# is no formality: exercise 2 has data for which it fails.
#
# *Noise points along the score.* Let :math:`\varphi` be the density of :math:`\sigma z`. Then
# :math:`p_\sigma(y) = \int p(x) \, \varphi(y - x) \, \dd x`, and since :math:`\nabla \varphi(y - x)
# = -\varphi(y - x) \, (y - x)/\sigma^2`,
#
# .. math::
#
#     \nabla p_\sigma(y) = -\int p(x) \, \varphi(y - x) \, \frac{y - x}{\sigma^2} \, \dd x
#     = p_\sigma(y) \, E\Bigl[-\frac{z}{\sigma} \Bigm| y\Bigr] ,
#
# because :math:`y - x = \sigma z`, and :math:`p(x) \, \varphi(y - x)/p_\sigma(y)` is the density of
# :math:`x` given :math:`y`. So :math:`\nabla \log p_\sigma(y)` *is* the mean of :math:`-z/\sigma`
# given :math:`y`, as the picture showed. In other words the best guess of the clean point is
# :math:`E[x \mid y] = y + \sigma^2 \nabla \log p_\sigma(y)`: who can remove noise knows the score.
#
# *Denoising.* Write :math:`s + z/\sigma = (s - \nabla \log p_\sigma) + (\nabla \log p_\sigma +
# z/\sigma)`. The first bracket is a function of :math:`y`, and the second one has the mean 0 given
# :math:`y`. So they are orthogonal, the mean squares add up as in the theorem of Pythagoras, and
# half of the second mean square is the last bracket of the theorem. It is the variance that no
# function of :math:`y` can explain. The least denoising loss is therefore not 0, and a fit must be
# judged by its distance from that number. :mod:`stochcalc.score.losses` has both derivations, and
# :mod:`stochcalc.claims.theorems.g32_score_losses` the constants for normal data.

# %%
# What a score cannot see
# -----------------------
# Two clumps at :math:`\pm 3` have the weights 1/2 and 1/2. Somebody believes in 1/5 and 4/5.
# Inside of a clump the weight is a constant factor of the density, and drops out of the score. The
# two scores differ only in between, where hardly any data are. By the theorem their denoising
# losses differ by :math:`J_\sigma = \frac12 E |s - \nabla \log p_\sigma|^2`, an integral over the
# line. How many data does it take to see the difference as six standard errors?

right = sc.score.GaussianMixture([0.5, 0.5], [[-3.0], [3.0]], 1.0)
wrong = sc.score.GaussianMixture([0.2, 0.8], [[-3.0], [3.0]], 1.0)
grid = np.linspace(-60.0, 60.0, 12_001)[:, None]
x = right.sample(n, rng=3)


def divergence(sigma):
    square = (right.score(grid, sigma) - wrong.score(grid, sigma))[:, 0] ** 2
    return 0.5 * np.trapezoid(np.exp(right.log_density(grid, sigma)) * square, grid[:, 0])


levels = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
seen = []
for noise in levels:
    y = x + noise * z
    terms = [0.5 * (law.score(y, noise) + z / noise)[:, 0] ** 2 for law in (wrong, right)]
    seen.append(sc.Estimate.mean(terms[0] - terms[1]))
    exact = divergence(noise)
    needed = n * (6 * seen[-1].stderr / exact) ** 2
    print(f"sigma = {noise:4}: {seen[-1]}, exact {exact:.5f}, data needed {needed:8,.0f}")
    assert abs(seen[-1].z(exact)) <= 6

# %%
# With little noise the difference is small and the numbers :math:`-z/\sigma` are large: it takes
# hundreds of thousands of data. Some hundreds are enough where the noise is as wide as the gap and
# carries points across. This is one reason why models learn the scores of *many* levels of noise,
# and go from the high ones, which know the weights, to the low ones, which know the shapes.


def draw_blindness(ax):
    fine = np.geomspace(0.2, 10.0, 60)
    plot.points(ax, levels, seen, "denoising losses, difference", 0)
    plot.curve(ax, fine, [divergence(noise) for noise in fine], "J$_σ$, exact", 0)
    ax.set(xscale="log", xlabel="noise σ", ylabel="wrong weights minus right ones", ylim=(0, 0.022))
    ax.set_title("Wrong weights are hard to see with little noise")
    ax.legend()


figure = plot.figure(
    draw_blindness,
    alt="The difference of two denoising losses lies on the exact curve; its error bars are wide "
    "at low noise, where the difference is 0.006, and vanish at high noise.",
)

# %%
# Exercise
# --------
# 1. Which standard deviation has a single term of the denoising loss at the best :math:`\theta`,
#    and how does it grow as :math:`\sigma \to 0`? How many data does the loss need for a standard
#    error of 0.01 at :math:`\sigma = 0.1`, and how many at :math:`\sigma = 0.5`?
# 2. Waiting times have the density :math:`e^{-x}` on :math:`x > 0`, and the score :math:`-1`.
#    Which :math:`\theta` does the implicit loss find among the models :math:`s = -\theta`, and what
#    went wrong? Repair it with the weight :math:`x`: find a loss for :math:`\frac12 E\,x\,|s -
#    \nabla \log p|^2`.
#
# .. solution::

# 1. -theta y + z/sigma is normal with variance v = theta^2 (1 + sigma^2) - 2 theta + 1/sigma^2,
# which is 1/(sigma^2 (1 + sigma^2)) at the best theta. Half its square has the standard deviation
# v/sqrt(2): it grows like 1/sigma^2.
for noise in (0.5, 0.1):
    theta = 1 / (1 + noise**2)
    v = 1 / (noise**2 * (1 + noise**2))
    found = sc.score.denoising_loss(linear(theta), data, noise, rng=3)
    print(f"sigma = {noise}: loss {found}, exact {v / 2:.4f}, data for 0.01: {v**2 * 5000:,.0f}")
    assert abs(found.z(v / 2)) <= 6

# 2. The implicit loss is theta^2/2, least at 0: p s does not vanish at 0, and the boundary term
# that was left out is -theta. With the weight x it vanishes, and the loss is E [x s^2/2 + (x s)'] =
# E [x theta^2/2 - theta], least at 1/E x = 1. On data it is least at 1/mean, the most likely rate.
mean = sc.Estimate.mean(np.random.default_rng(4).exponential(size=n))
best = sc.Estimate.normal(1 / mean.value, mean.stderr / mean.value**2)
print(f"least at {best}, exact 1")
assert abs(best.z(1.0)) <= 6

# %%
# References
# ----------
# :cite:t:`hyvarinen2005`, theorem 1, for the implicit loss; :cite:t:`vincent2011` for the denoising
# one, and for the names; :cite:t:`songermon2019` for many levels of noise. The functions here:
# :func:`stochcalc.score.explicit_loss`, :func:`stochcalc.score.denoising_loss`,
# :func:`stochcalc.score.sliced_loss`.
