r"""
Digits: the best score copies, a learned one invents
====================================================

**Theorem.** Let :math:`x_1, \dots, x_n` be training data in :math:`\mathbb{R}^d` and
:math:`\sigma > 0`. Of all square-integrable :math:`s`, the one with the least denoising loss on
these data,

.. math::

    \frac{1}{n} \sum_{i=1}^n \tfrac12 E\,\Bigl|s(x_i + \sigma z) + \frac{z}{\sigma}\Bigr|^2
    \quad \text{is least at} \quad
    s^*(y) = \sum_{i=1}^n r_i(y) \, \frac{x_i - y}{\sigma^2},
    \qquad
    r_i(y) \propto e^{-|y - x_i|^2/(2\sigma^2)} .

It is the score of the :math:`n` data with noise. Noise that runs backwards with it ends, after a
last denoising, in the training data themselves.

So the perfect solution of the learning problem is useless: it has nothing new to say. All the
images that generative models invent come from the distance that remains between what was learned
and what would have been best. This lesson needs scikit-learn.
"""

import importlib.util

import numpy as np
from scipy.special import softmax

import stochcalc as sc
from stochcalc import plot
from stochcalc.score import digits
from stochcalc.score.distances import find_nearest

if importlib.util.find_spec("sklearn") is None:
    raise SystemExit('scikit-learn is missing: pip install "stochcalc[ml]"')

from sklearn.cluster import KMeans

# %%
# Try it
# ------
# The data are 1,437 handwritten digits of 8 x 8 pixels; 360 more are held out. What is learned from
# them has limits here: a mixture of 20 normal laws, one for each of 20 clusters of digits. With
# weights :math:`w_k`, means :math:`m_k` and covariances :math:`C_k`, its score with noise is
#
# .. math::
#
#     s(y) = \sum_{k=1}^{20} r_k(y) \, (C_k + \sigma^2 I)^{-1} (m_k - y),
#     \qquad
#     r_k(y) \propto w_k \, N(y; m_k, C_k + \sigma^2 I) .
#
# It is a smaller brother of :math:`s^*`, which has a law for every digit, without width. Both turn
# the same noise into images.


def fit_laws(data, count):
    """Return weight, mean, variances and their axes of each of `count` clusters of the data."""
    labels = KMeans(count, n_init=1, random_state=0).fit_predict(data)
    laws = []
    for k in range(count):
        cluster = data[labels == k]
        variances, axes = np.linalg.eigh(np.cov(cluster.T, bias=True))
        weight = len(cluster) / len(data)
        laws.append((weight, cluster.mean(axis=0), np.maximum(variances, 0.0), axes))
    return laws


def mixture_score(x, sigma):
    logs = []
    scores = []
    for weight, mean, variances, axes in laws:
        noisy = variances + sigma**2
        away = (x - mean) @ axes
        logs.append(np.log(weight) - 0.5 * (np.log(noisy) + away**2 / noisy).sum(axis=1))
        scores.append(-(away / noisy) @ axes.T)
    shares = softmax(logs, axis=0)
    return (shares[:, :, None] * scores).sum(axis=0)


data = digits.load(256)
laws = fit_laws(data.train, 20)
best = sc.score.Empirical(data.train)
new = digits.sample(mixture_score, 256, rng=1)
copies = digits.sample(best, 256, rng=1)


def pair(samples):
    """Return 30 samples by rows, each row over that of the nearest training digits."""
    chosen = samples[:30].reshape(3, 10, -1)
    nearest = find_nearest(samples[:30], data.train).reshape(3, 10, -1)
    return np.stack([chosen, nearest], axis=1).reshape(60, -1)


def draw_digits(ax):
    title = "A learned score makes new digits; the best score of the data copies them"
    parts = plot.panels(ax, 3, title)
    if not plot.look.is_narrow(ax.figure):
        ax.figure.set_size_inches(10.0, 2.9)  # the panels are wide and low
    contents = (
        ("held-out digits", data.held[:60]),
        ("learned score, nearest data below", pair(new)),
        ("the data's own score, the same", pair(copies)),
    )
    for panel, (name, images) in zip(parts, contents):
        digits.draw(panel, images, columns=10)
        panel.set_title(name)


figure = plot.figure(
    draw_digits,
    alt="Handwritten digits. Those of the learned score differ from the training "
    "digits nearest to them, drawn below; those of the data's own score are the same.",
)

# %%
# Check it
# --------
# Three measures with limits: is the law that of digits (energy), does a classifier take the images
# for digits (confidence), and are they new (nearest)? A Gaussian with the mean and the covariance
# of the data, that is the mixture of *one* law, fails the first two, and copies fail the third.

measured = data.measure("20 normal laws", new)
copied = data.measure("the data's own score", copies)
fitted = data.measure("fitted Gaussian", data.gaussian(256, rng=1))
print(digits.table(measured, copied, fitted))
assert measured.passes
assert copied.nearest < 1e-6
assert not fitted.verdicts[0] and not fitted.verdicts[1]

# %%
# The wrong twin
# --------------
# *The lower the loss, the better the score.* On the training data no score beats :math:`s^*`, and
# at small noise its loss is nearly 0: it knows the noise, since it knows the image by heart. On
# digits that it has not seen, it is worse than the mixture, and at last worse than the score 0,
# which does not even try. The losses are drawn in units of that one, whose loss is
# :math:`d/(2\sigma^2)`.

levels = (0.1, 0.2, 0.3, 0.5, 1.0)
losses = {
    (name, kind): [sc.score.denoising_loss(score, x, sigma, rng=2) for sigma in levels]
    for name, score in (("learned", mixture_score), ("the data's own", best))
    for kind, x in (("training digits", data.train), ("held-out digits", data.held))
}
for kind in ("training digits", "held-out digits"):
    learned, own = (losses[name, kind][0] for name in ("learned", "the data's own"))
    z = (own.value - learned.value) / np.hypot(own.stderr, learned.stderr)
    print(f"sigma = 0.1, {kind}: learned {learned}, own {own}, {z:+.0f} standard errors apart")
    assert abs(z) > 6 and (z > 0) == (kind == "held-out digits")


def draw_losses(ax):
    for i, ((name, kind), found) in enumerate(losses.items()):
        units = [2 * sigma**2 / 64 for sigma in levels]
        shares = [
            sc.Estimate.normal(unit * estimate.value, unit * estimate.stderr)
            for unit, estimate in zip(units, found)
        ]
        plot.points(ax, levels, shares, f"{name}, {kind}", i, linestyle="-")
    plot.limit_line(ax, 1.0, "the score 0")
    ax.set(xscale="log", xlabel="noise σ", ylabel="denoising loss / (d / 2σ²)")
    ax.set_xticks(levels, [f"{sigma:g}" for sigma in levels])
    ax.minorticks_off()
    ax.set_title("The score that is best on the data is worst on new digits")
    ax.legend()


figure = plot.figure(
    draw_losses,
    alt="Denoising losses against the noise: the data's own score has nearly none on "
    "the training digits and the largest on held-out ones; for the learned score the "
    "two are much closer.",
)

# %%
# Why
# ---
# The loss on the data is the denoising loss of a law: the one that puts mass :math:`1/n` on every
# training digit. By the theorem on score matching it is least at the score of this law with noise,
# which is a mixture of :math:`n` normal laws, and that is :math:`s^*`. With it,
# :math:`y + \sigma^2 s^*(y) = \sum_i r_i(y)\,x_i` is a mean of training digits, and for noise well
# below their distances all the weight is on one of them. Nothing in the loss asks for anything
# else. A mixture of 20 laws has 42,899 numbers, fewer than half of the 91,968 pixels. It cannot
# hold the data, and has to be smooth between those that share a law: what it puts there are the new
# digits. With one law it would put its digits anywhere, with 1,437 nowhere but on the data.
#
# A neural network is limited as well, by its size and its training, and it needs no clusters:
# ``stochcalc sample digits`` trains one for some minutes, by the denoising loss, and prints the
# same three measures.

# %%
# Exercise
# --------
# Take two data on the line, -1 and 1.
#
# 1. Show that denoising carries :math:`y` to :math:`\tanh(y/\sigma^2)`.
# 2. Run noise backwards with their own score, by ``sc.score.ancestral`` in 100 steps from
#    :math:`\sigma = 10` to 0.02, and denoise the ends. Where are they?
#
# .. solution::

two = sc.score.Empirical([[-1.0], [1.0]])
# 1. r_2/r_1 = exp(((y + 1)^2 - (y - 1)^2)/(2 sigma^2)) = exp(2 y/sigma^2), so that
# r_2 - r_1 = tanh(y/sigma^2).
y = np.linspace(-2.0, 2.0, 9)[:, None]
assert np.allclose(y + 0.7**2 * two.score(y, 0.7), np.tanh(y / 0.7**2), atol=1e-12)

# 2. At the data, one half at either: the law is symmetric.
noising = sc.score.VE(0.02, 10.0)
ends = sc.score.ancestral(two, noising, noising.prior(4000, 1, rng=3), n=100, rng=4)
ends += 0.02**2 * two.score(ends, 0.02)
share = sc.Estimate.mean((ends[:, 0] > 0).astype(float))
print(f"farthest from a datum: {np.abs(np.abs(ends) - 1.0).max():.1e}")
print(f"share at 1: {share}, exact 0.5, z = {share.z(0.5):+.1f}")
assert np.abs(np.abs(ends) - 1.0).max() < 1e-9 and abs(share.z(0.5)) <= 6

# %%
# References
# ----------
# :cite:t:`vincent2011` for the loss, :cite:t:`songermon2019` for networks that learn scores, and
# :cite:t:`alpaydinkaynak1998` for the digits. The functions here:
# :class:`stochcalc.score.Empirical`, :func:`stochcalc.score.denoising_loss`,
# :func:`stochcalc.score.ancestral`, and for a network :func:`stochcalc.score.train_network`.
