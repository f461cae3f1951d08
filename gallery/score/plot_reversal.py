r"""
Noise runs backwards: the reverse-time equation and the flow
============================================================

**Theorem.** Let :math:`\dd x = -r(t)\, x \, \dd t + g(t) \, \dd W` turn data :math:`x_0` into noise
on :math:`[0, T]`, where :math:`r` and :math:`g` are continuous, and let :math:`p_t` be the density
of :math:`x_t`, smooth and positive, with a score of at most linear growth. Let time run from
:math:`T` to 0, and let :math:`V` be a Brownian motion of the reversed time. Then the two equations

.. math::

    \dd x = \bigl[-r \, x - g^2 \, \nabla \log p_t(x)\bigr] \, \dd t + g \, \dd V,
    \qquad
    \frac{\dd x}{\dd t} = -r \, x - \tfrac12 g^2 \, \nabla \log p_t(x)

both have the law :math:`p_t` at every time :math:`t`, if they start from :math:`p_T`.

The first is the *reverse-time equation*, the second the *probability flow*. Noise seems to be the
very thing that cannot be undone: of one noised point nobody can say where it came from. But a
*cloud* of points can be sent back, and the only thing one must know is the score of the noised
law, once with the factor 1 and new noise, and once with the factor one half and none at all.
"""

import numpy as np

import stochcalc as sc
from stochcalc import plot
from stochcalc.claims.theorems.g30_reversal import exact_preserving

# %%
# Try it
# ------
# The data are two clouds, with the weights 0.8 and 0.2. Turn 20,000 points of them into noise, by
# the noising that preserves variance (``VP``), and run Euler's scheme backwards with the exact
# score, in 10 steps and in 200. Let :math:`u` be the place along the axis of the two modes. Even
# 200 steps do not give back the data's own :math:`E u^2`, which is 51: a step of finite length puts
# the points too far out. What is left after :math:`n` steps is known exactly, by quadrature, and is
# printed beside what is measured.

target = sc.score.GaussianMixture([0.8, 0.2], [[5.0, 5.0], [-5.0, -5.0]], 1.0)
noising = sc.score.VP()
noise = noising.noised(target.sample(20_000, rng=1), noising.T, rng=2)


def along_axis(x):
    return x.sum(axis=1) / np.sqrt(2.0)


ends = {}
for n in (10, 200):
    ends[n] = along_axis(sc.score.reverse_sde(target, noising, noise, n=n, rng=3))
    weight = sc.Estimate.mean((ends[n] > 0).astype(float))
    square = sc.Estimate.mean(ends[n] ** 2)
    exact_weight, exact_square = exact_preserving(n)
    print(f"n = {n:3}: P(u > 0) = {weight}, exact {exact_weight:.4f}, data 0.8")
    print(f"         E u^2 = {square}, exact {exact_square:.2f}, data 51")
    assert abs(weight.z(exact_weight)) <= 6 and abs(square.z(exact_square)) <= 6

# %%
# The noise was standard normal, up to a shift by 0.03 that the eye does not see. Two hundred steps
# later there are two clouds again, and 51.29 is off by half a per cent. Ten steps find both modes
# as well, but they put the points much too far out.


def draw_ends(ax):
    bins = np.linspace(-13, 13, 80)
    plot.histogram(ax, ends[200], bins, "200 steps")
    plot.histogram(ax, ends[10], bins, "10 steps", 1, histtype="step", alpha=1.0)
    u = np.linspace(-13, 13, 400)
    points = np.stack([u, u], axis=1) / np.sqrt(2.0)
    across = np.sqrt(2.0 * np.pi)  # the density of the direction across, at its mean
    density = across * np.exp(target.log_density(points))
    plot.curve(ax, u, density, "the data, exact", 0, color=plot.look.ink(ax))
    ax.set(xlabel="u = (x + y)/√2", ylabel="density")
    ax.set_title("Backwards from noise, 200 steps give the data, and 10 overshoot")
    ax.legend()


figure = plot.figure(
    draw_ends,
    alt="Histograms of u after the reverse-time equation: 200 steps follow the density "
    "of the data with its two modes, 10 steps put the points too far out.",
)

# %%
# Watch it: two thousand points of the noise on their way, by the same scheme written out. The score
# of :math:`m x + \sigma z` at :math:`y` is that of the data smoothed by :math:`\sigma/m`, at
# :math:`y/m` and divided by :math:`m`.


def score_at(t, y):
    m = noising.mean_factor(t)
    return target.score(y / m, sigma=noising.sigma(t) / m) / m


y = noise[:2000]
z = np.random.default_rng(6)
h = 1 / 200
clouds = {1.0: y}
for t in np.arange(200, 0, -1) * h:
    g = noising.amplitude(t)
    y = y + (noising.rate(t) * y + g**2 * score_at(t, y)) * h
    y = y + g * np.sqrt(h) * z.standard_normal(y.shape)
    clouds[round(float(t - h), 3)] = y


def draw_cloud(t):
    def draw(ax):
        ax.plot(*clouds[t].T, ".", ms=2, alpha=0.6)
        ax.plot([-9, 9], [9, -9], color=plot.look.ink(ax), lw=0.8, ls=":")
        ax.set(xlabel="x", ylabel="y", xlim=(-9, 9), ylim=(-9, 9), aspect="equal")
        ax.set_title(f"Noise run backwards, at time {t:g}")

    return draw


figure = plot.figure(
    draw_cloud(0.0),
    alt="Backwards in time a round cloud of noise parts into two clouds, four fifths of the points "
    "on one side.",
)
figure.frames = {}
for t in (1.0, 0.8, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05, 0.0):
    weight = (clouds[t].sum(axis=1) > 0).mean()
    figure.frames[f"time {t:g}: weight of the upper side {weight:.3f}"] = draw_cloud(t)

# %%
# Check it
# --------
# What Euler's scheme leaves after *ten* steps is known: along the axis of the two modes it is a
# chain on the line, and its law follows by quadrature. What the flow leaves is known as well, from
# the right start and from a wrong one. The last row uses that the flow carries densities: it gives
# every point its :math:`\log p`, whose mean is minus the entropy of the data.

finding = sc.CLAIMS["G30"].run(paths=200_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# Both equations live on the same laws: the shade is :math:`p_t`, and it is the same in the first
# two pictures. Paths of the reverse-time equation change sides as long as the noise is large. The
# lines of the flow never cross, so a quantile of the noise becomes the same quantile of the data,
# and 20 per cent of the noise is destined for the lower mode from the start.

figure = plot.figure(
    finding.draw,
    alt="The density of u from noise to data splits into two branches; noisy paths of the "
    "reverse-time equation and smooth lines of the flow follow it. In the second panel, the "
    "weight by Euler's scheme lies on exact curves that rise to 0.8.",
)

# %%
# The wrong twin
# --------------
# Everybody starts from a normal law instead of :math:`p_T`, which nobody knows. Chains forget their
# start, so why should it matter? The flow is no chain. It maps quantiles to quantiles and forgets
# nothing: what the start has wrong, the end has wrong, however small the steps are. With noise up
# to :math:`\sigma_T = 4` only, where the clouds still lie 14 apart, this is a lot:

row = finding.rows[4]
print(f"{row.statement}: {row.measured}, exact {row.exact:.6f}")
print(f"The twin, {row.twin_statement}, is {row.twin_z:+.1f} standard errors away.")
assert abs(row.z) <= 6 and abs(row.twin_z) > 6

# %%
# Why
# ---
# The density of :math:`x_t` satisfies the equation of Fokker and Planck,
# :math:`\partial_t p = \nabla \cdot (r x p) + \frac12 g^2 \Delta p`. All the rest is one identity:
# :math:`\Delta p = \nabla \cdot (p \, \nabla \log p)`, so that diffusion can be written as
# transport. Put it in, and
#
# .. math::
#
#     \partial_t p = -\nabla \cdot (v p), \qquad
#     v = -r x - \tfrac12 g^2 \, \nabla \log p_t .
#
# This is the law of points that move with the velocity :math:`v` and without noise: the flow. It
# may be run in either direction. Now let :math:`\tau = T - t` run forwards, which changes the sign
# of the left side, and add and subtract :math:`\frac12 g^2 \Delta p`:
#
# .. math::
#
#     \partial_\tau p
#     = -\nabla \cdot \Bigl(\bigl(r x + \tfrac12 g^2 \, \nabla \log p\bigr) p\Bigr)
#     = -\nabla \cdot \Bigl(\bigl(r x + g^2 \, \nabla \log p\bigr) p\Bigr)
#     + \tfrac12 g^2 \Delta p .
#
# The right side is the equation of Fokker and Planck for the drift :math:`r x + g^2 \nabla \log p`
# and the diffusion :math:`g`: the reverse-time equation. New noise widens the law as fast as the
# second half of the drift narrows it. There are as many such equations as ways to split: any share
# of noise will do, if the drift makes up for it. :mod:`stochcalc.claims.theorems.g30_reversal` has
# the derivation of the numbers.

# %%
# Play
# ----
# :sandbox:`Run noise backwards in ten steps <particles?way=backwards&n=10&start=data>`, from the
# right start, noised data, and then in more. There the noise does not shrink the data (``VE``), and
# the exact weight is shown at each time.

# %%
# Exercise
# --------
# Let the data be :math:`N(0, 1)`. The noising ``VP``, with :math:`r = \beta/2` and :math:`g^2 =
# \beta`, leaves this law as it is, so the score is :math:`-x` at all times.
#
# 1. Which variance does Euler's scheme for the reverse-time equation end with, in 10 steps and in
#    20?
# 2. Where does the flow carry a point? And where would it go without the factor one half, which is
#    the reverse-time equation with its noise forgotten?
#
# .. solution::


def predict_variance(n):
    """Iterate y <- (1 + beta h/2 - beta h) y + sqrt(beta h) z in the variance."""
    variance = 1.0
    for k in range(n):
        beta = 0.1 + (1.0 - k / n) * (20.0 - 0.1)
        variance = (1.0 - beta / (2 * n)) ** 2 * variance + beta / n
    return variance


normal = sc.score.GaussianMixture([1.0], [[0.0]], 1.0)
points = noising.prior(100_000, 1, rng=4)
for n in (10, 20):
    y = sc.score.reverse_sde(normal, noising, points, n=n, rng=5)
    found = sc.Estimate.mean(y[:, 0] ** 2)
    print(f"n = {n}: variance {found}, exact {predict_variance(n):.6f}, data 1")
    assert abs(found.z(predict_variance(n))) <= 6 and abs(found.z(1.0)) > 6

# 2. -r x - g^2 (-x)/2 = 0: no point moves. Without the half dx/dt = +beta x/2, and backwards in
# time every point shrinks by the factor m(T) = 0.0066: all data would be one point.
at_rest = sc.score.probability_flow(normal, noising, [[-2.0], [0.5], [1.0]])
assert np.allclose(at_rest[:, 0], [-2.0, 0.5, 1.0], atol=1e-6)
print(f"without the half: times {noising.mean_factor(noising.T):.4f}")

# %%
# References
# ----------
# :cite:t:`anderson1982` reversed diffusions; :cite:t:`song2021` made a sampler of it, with the flow
# in section 4.3. The functions here: :class:`stochcalc.score.VP`,
# :func:`stochcalc.score.reverse_sde`, :func:`stochcalc.score.probability_flow`,
# :func:`stochcalc.score.log_likelihood`.
