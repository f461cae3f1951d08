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
"""

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Take standard normal data, whose score is :math:`-x`, and pretend that only the form
# :math:`s(x) = -\theta x` is known. Which :math:`\theta` do the two losses find? The implicit loss
# is computed by :func:`stochcalc.score.explicit_loss`: the function is named after the divergence,
# of which it takes every term.

normal = sc.score.GaussianMixture([1.0], [[0.0]], 1.0)
data = normal.sample(50_000, rng=1)
sigma = 0.5


def linear(theta):
    return lambda x, sigma: -theta * x


for theta in (0.6, 0.8, 1.0, 1.2):
    implicit = sc.score.explicit_loss(linear(theta), data)
    denoising = sc.score.denoising_loss(linear(theta), data, sigma, rng=2)
    print(f"theta = {theta}: implicit {implicit}, denoising {denoising}")

# %%
# Check it
# --------
# For normal data both sides are elementary. The implicit loss is :math:`\frac12\theta^2 - \theta`,
# least at 1. The denoising loss is :math:`\frac12\theta^2 (1 + \sigma^2) - \theta +
# 1/(2\sigma^2)`, least at :math:`1/(1 + \sigma^2)`, which is 0.8 here.

thetas = np.linspace(0.4, 1.6, 7)
measured = {"implicit": [], "denoising": []}
for theta in thetas:
    found = sc.score.explicit_loss(linear(theta), data)
    measured["implicit"].append(found)
    assert abs(found.z(theta**2 / 2 - theta)) <= 6
    found = sc.score.denoising_loss(linear(theta), data, sigma, rng=2)
    measured["denoising"].append(found)
    exact = theta**2 * (1 + sigma**2) / 2 - theta + 1 / (2 * sigma**2)
    print(f"theta = {theta:.1f}: {found}, exact {exact:.4f}, z = {found.z(exact):+.1f}")
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
# Expand the square in :math:`\frac12 E|s - \nabla \log p|^2`. The only term with both functions is
# :math:`-E\,[s \cdot \nabla \log p] = -\int s \cdot \nabla p \, \dd x`, because :math:`p\,\nabla
# \log p = \nabla p`. Integrate by parts: it is :math:`+\int p \, \nabla \cdot s \, \dd x`, and the
# unknown score is gone. That is the first identity.
#
# For the second, let a point :math:`y` be given. The mean of :math:`-z/\sigma` over all the ways to
# get there is *exactly* :math:`\nabla \log p_\sigma(y)`: on average the noise points away from the
# data, and the score points back. A least-squares regression of :math:`-z/\sigma` on :math:`y`
# finds this conditional mean, and what is left over, the last bracket, is the variance that no
# function of :math:`y` can explain. The least denoising loss is therefore not 0, and a fit must be
# judged by its distance from that number. :mod:`stochcalc.score.losses` has both derivations, and
# :mod:`stochcalc.claims.theorems.g32_score_losses` the constants for normal data.

# %%
# Exercise
# --------
# 1. Which standard deviation has a single term of the denoising loss at the best :math:`\theta`,
#    and how does it grow as :math:`\sigma \to 0`?
# 2. How many data does the loss need for a standard error of 0.01 at :math:`\sigma = 0.1`, and how
#    many at :math:`\sigma = 0.5`?
#
# .. solution::

# -theta y + z/sigma is normal with variance v = theta^2 (1 + sigma^2) - 2 theta + 1/sigma^2, which
# is 1/(sigma^2 (1 + sigma^2)) at the best theta. Half its square has the standard deviation
# v/sqrt(2): it grows like 1/sigma^2.
n = len(data)
for noise in (0.5, 0.1):
    theta = 1 / (1 + noise**2)
    v = 1 / (noise**2 * (1 + noise**2))
    found = sc.score.denoising_loss(linear(theta), data, noise, rng=3)
    print(f"sigma = {noise}: loss {found}, exact {v / 2:.4f}")
    print(f"  a term {found.stderr * np.sqrt(n):.3f}, exact {v / np.sqrt(2):.3f}")
    print(f"  data for 0.01: {v**2 / 2 / 0.01**2:,.0f}")
    assert abs(found.z(v / 2)) <= 6
    # The square of a normal number has the kurtosis 15, which tells how well n of them
    # know their variance, here v^2/2: up to the factor 1 +- sqrt(14/n).
    relative = found.stderr**2 * n / (v**2 / 2) - 1
    assert abs(relative) <= 6 * np.sqrt(14 / n)

# %%
# References
# ----------
# :cite:t:`hyvarinen2005`, theorem 1, for the implicit loss; :cite:t:`vincent2011` for the denoising
# one, and for the names; :cite:t:`songermon2019` for many levels of noise. The functions here:
# :func:`stochcalc.score.explicit_loss`, :func:`stochcalc.score.denoising_loss`,
# :func:`stochcalc.score.sliced_loss`.
