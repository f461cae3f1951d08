r"""
A learned score: right where the data are
=========================================

**Theorem.** Let :math:`y = x + \sigma z` be data in :math:`\mathbb{R}^d` with normal noise added,
:math:`p_\sigma` the density of :math:`y`, and :math:`s^* = \nabla \log p_\sigma` its score. For
every :math:`s` with finite :math:`E\,|s(y)|^2` the denoising loss :math:`\mathcal{L}(s) =
\frac12 E\,|s(y) + z/\sigma|^2` satisfies

.. math::

    \mathcal{L}(s) - \mathcal{L}(s^*)
    = \tfrac12 \int |s(y) - s^*(y)|^2 \, p_\sigma(y) \, \dd y ,
    \qquad
    \mathcal{L}(s^*) = \tfrac12 \Bigl(\frac{d}{\sigma^2} - \int |s^*|^2 \, p_\sigma \Bigr).

The error of a learned score is weighted with the density: where there are no data, the loss does
not look. A good loss is compatible with a score that is nonsense in most of space, and samplers
start there, in the nonsense. Large noise is the remedy, since it puts data everywhere.
"""

import numpy as np
from scipy.special import ndtr

import stochcalc as sc
from stochcalc import plot
from stochcalc.claims.theorems.g29_annealed import annealed_weight

# %%
# Try it
# ------
# Learn the scores of two clouds from 5,000 samples, at ten levels of noise. The model is a sum of
# cosines with random frequencies, so that each level takes one linear solve, and no training.

target = sc.score.GaussianMixture([0.8, 0.2], [[5.0, 5.0], [-5.0, -5.0]], 1.0)
sigmas = np.geomspace(20.0, 1.0, 10)
data = target.sample(5_000, rng=1)
model = sc.score.fit_random_features(data, sigmas, features=64, rng=2)

fresh = target.sample(50_000, rng=3)
for sigma in (sigmas[0], sigmas[-1]):
    learned = sc.score.denoising_loss(model, fresh, sigma, rng=4)
    exact = sc.score.denoising_loss(target, fresh, sigma, rng=4)
    print(f"sigma = {sigma:2.0f}: loss {learned}, of the exact score {exact}")

# %%
# By its loss, the learned score is perfect. Look at it in the plane: near the clouds it is right,
# but between them and far outside it is wrong by half of the score and more. With much noise it is
# right everywhere. (Strong blue is an error as large as the root mean square of the score.)

line = np.linspace(-10.0, 10.0, 81)
grid = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
z = np.random.default_rng(5).standard_normal((600, 2))


def draw_errors(ax):
    title = "The learned score is wrong where no data are, unless noise fills the gap"
    for panel, sigma in zip(plot.panels(ax, 3, title), sigmas[[9, 5, 0]]):
        exact = target.score(grid, sigma)
        error = np.linalg.norm(model.score(grid, sigma) - exact, axis=1)
        relative = error / np.sqrt((exact**2).sum(axis=1).mean())
        values = relative.reshape(81, 81)
        plot.heat_map(panel, line, line, values, most=1.0)
        noisy = data[:600] + sigma * z
        panel.scatter(*noisy.T, s=3, color=plot.look.choose_colour(1), lw=0)
        panel.set(xlim=(-10, 10), ylim=(-10, 10), aspect="equal")
        panel.set(xlabel="x", ylabel="y")
        panel.set_title(f"σ = {sigma:.3g}, noisy data and error")


figure = plot.figure(
    draw_errors,
    alt="The error of the learned score in the plane: at sigma 1 it is large between "
    "and around the two clouds of data, at sigma 20 it is small everywhere.",
)

# %%
# Check it
# --------
# Both sides of the theorem, at three levels. Left, the loss of the learned score less that of the
# exact one, on the same fresh data with the same noise, in 20 batches. Right, the integral on a
# fine grid, which for such smooth densities is as good as exact.


def predict_excess(sigma):
    edge = 8.0 + 7.0 * np.hypot(1.0, sigma)
    nodes, h = np.linspace(-edge, edge, 201, retstep=True)
    y = np.stack(np.meshgrid(nodes, nodes), axis=-1).reshape(-1, 2)
    p = np.exp(target.log_density(y, sigma))
    error = model.score(y, sigma) - target.score(y, sigma)
    return h * h * p @ (error**2).sum(axis=1) / 2.0


def measure_excess(sigma):
    differences = []
    for i, batch in enumerate(np.split(fresh, 20)):
        learned = sc.score.denoising_loss(model, batch, sigma, rng=10 + i)
        exact = sc.score.denoising_loss(target, batch, sigma, rng=10 + i)
        differences.append(learned.value - exact.value)
    return sc.Estimate.mean(differences)


excess = {sigma: predict_excess(sigma) for sigma in sigmas[[0, 5, 9]]}
for sigma, exact in excess.items():
    found = measure_excess(sigma)
    print(f"sigma = {sigma:.3g}: {found}, exact {exact:.3g}, z = {found.z(exact):+.1f}")
    assert abs(found.z(exact)) <= 6

# %%
# The wrong twin
# --------------
# *A score with a small loss is a good score.* From the loss one would estimate the squared relative
# error as the excess over :math:`\frac12 E|s^*|^2 = d/(2\sigma^2) - \mathcal{L}(s^*)`. Here it is
# in three regions, at :math:`\sigma = 1`:

rng = np.random.default_rng(7)
radius = 2.0 * np.sqrt(rng.uniform(size=(4000, 1)))
disc = radius * sc.score.Circle().sample(4000, rng=8)
regions = {
    "near a mode": disc + 5.0,
    "between the modes": disc,
    "outside": disc + [9.0, -9.0],
}


def find_error(x):
    squares = ((model.score(x, 1.0) - target.score(x, 1.0)) ** 2).sum(axis=1)
    return sc.Estimate.mean(squares / (target.score(x, 1.0) ** 2).sum(axis=1).mean())


least = sc.score.denoising_loss(target, fresh, 1.0, rng=4).value
twin = excess[1.0] / (1.0 - least)
print(f"squared relative error by the loss: {twin:.5f}")
errors = {name: find_error(x) for name, x in regions.items()}
for name, found in errors.items():
    print(f"{name}: {found}")
assert errors["between the modes"].z(twin) > 6 and errors["outside"].z(twin) > 6

# %%
# Why
# ---
# The mean of :math:`-z/\sigma`, given the noisy point :math:`y`, is :math:`s^*(y)`: see the lesson
# on score matching. Write :math:`s(y) + z/\sigma` as :math:`(s - s^*)(y)` plus what remains; the
# remainder has mean 0 given :math:`y`, so the square has no mixed term, and the theorem is there.
# With :math:`n` data the weight :math:`p_\sigma` counts, and about :math:`n\,p_\sigma` points per
# unit of area decide the score there. Halfway between the clouds, 5 standard deviations of the
# noisy data from either at :math:`\sigma = 1`, that is 0.0015 for 5,000 data.
#
# And yet annealing works. Its early levels need the score where noise has put the data, and there
# it is right; when a later level begins, the points lie already where *its* score is right. The
# weight at one of the modes, the most delicate number, is that of the exact score within the
# errors of a thousand chains:

starts = np.random.default_rng(9).uniform(-8.0, 8.0, (1000, 2))
ends = sc.score.annealed_langevin(model, sigmas, starts, step=0.1, n_steps=100, rng=10)
weight = sc.Estimate.mean((ends.sum(axis=1) > 0).astype(float))
print(f"weight {weight}, with the exact score {annealed_weight(1.0):.4f}")
assert abs(weight.z(annealed_weight(1.0))) <= 6

# %%
# Exercise
# --------
# With ``features=0`` the model is the score of *one* normal law with the mean and the covariance of
# the data. Which weight :math:`P(x + y > 0)` does annealing leave with it? The start is forgotten,
# up to one per cent of it. Compare with a sample, and look at what else is wrong with it.
#
# .. solution::

plain = sc.score.fit_random_features(data, sigmas, features=0)
mean = np.zeros(2)
cov = 64.0 / 3.0 * np.eye(2)  # of the uniform law on the square
for sigma, precision in zip(sigmas, plain.precisions):
    alpha = 0.1 * sigma**2
    step = np.eye(2) - alpha / 2 * precision
    for _ in range(100):
        mean = plain.mean + step @ (mean - plain.mean)
        cov = step @ cov @ step.T + alpha * np.eye(2)

# A linear score makes a normal chain, so that x + y is normal too.
exact = ndtr(mean.sum() / np.sqrt(cov.sum()))
ends = sc.score.annealed_langevin(plain, sigmas, starts, step=0.1, n_steps=100, rng=10)
weight = sc.Estimate.mean((ends.sum(axis=1) > 0).astype(float))
print(f"weight {weight}, exact {exact:.4f}, target 0.8")
assert abs(weight.z(exact)) <= 6

# The weight is not even bad. But one cloud has replaced the two, and it is densest where the
# target has almost nothing: a weight alone does not show that a sample is right.
middle = np.mean(np.abs(ends.sum(axis=1)) < 4.0)
target_middle = np.mean(np.abs(data.sum(axis=1)) < 4.0)
print(f"share with |x + y| < 4: {middle:.3f}, in the data {target_middle:.4f}")

# %%
# References
# ----------
# :cite:t:`rahimirecht2007` for random features, :cite:t:`vincent2011` for the loss, and
# :cite:t:`songermon2019`, section 3.2.1, for what goes wrong without data. The functions here:
# :func:`stochcalc.score.fit_random_features`, :func:`stochcalc.score.denoising_loss`,
# :func:`stochcalc.score.annealed_langevin`.
