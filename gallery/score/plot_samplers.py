r"""
Samplers on a Gaussian: three errors that can be told apart
===========================================================

**Theorem.** Let the data be :math:`N(0, C)`, let the noising be linear, and let the score be
exact. Along an eigenvector of :math:`C` every sampler in use is then a chain :math:`x \leftarrow
A_k x + \sqrt{B_k}\, z` with numbers :math:`A_k`, :math:`B_k` that are known, so that its variance
follows for every number of steps:

.. math::

    V_{k+1} = A_k^2 \, V_k + B_k, \qquad
    W_2^2 = \sum_i \bigl(\sqrt{V_{n,i}} - \sqrt{\lambda_i}\bigr)^2 .

Here :math:`W_2` is Wasserstein's distance to the data, and :math:`\lambda_i` are the eigenvalues of
:math:`C`. Each difference of standard deviations is a sum of three: what the noise left at the end
costs (*truncation*), what the normal law in the place of :math:`p_T` costs (*start*), and what
finitely many steps cost (*step*).

The literature has a dozen samplers, and compares them on pictures of faces, where nothing is
known. A Gaussian is not an interesting law to sample. It is the one law on which all samplers can
be judged with a pencil, and it already shows who is good at what.
"""

import math

import numpy as np

import stochcalc as sc
from stochcalc import plot
from stochcalc.claims.theorems.g49_samplers import DDIM, DDPM, EULER, HEUN, RK4, exact, split

# %%
# Try it
# ------
# Let the data have the variance 4 along the diagonal of the plane and 1/4 across it. Five samplers
# take eight steps each from noised data. The first two follow the reverse-time equation, which adds
# noise on the way; the other three follow the probability flow, which does not. ``ancestral`` steps
# through the denoised point: with ``eta=1`` it is DDPM, with ``eta=0`` DDIM.

data = sc.score.GaussianMixture([1.0], [[0.0, 0.0]], [[2.125, 1.875], [1.875, 2.125]])
noising = sc.score.VP()
noise = noising.noised(data.sample(20_000, rng=1), noising.T, rng=2)

ends = {
    "Euler": sc.score.reverse_sde(data, noising, noise, n=8, rng=3),
    "DDPM": sc.score.ancestral(data, noising, noise, n=8, eta=1.0, rng=3),
    "DDIM": sc.score.ancestral(data, noising, noise, n=8, eta=0.0, rng=3),
    "Heun": sc.score.probability_flow(data, noising, noise, method="heun", n=8),
    "RK4": sc.score.probability_flow(data, noising, noise, method="rk4", n=8),
}
laws = dict(zip(ends, (EULER, DDPM, DDIM, HEUN, RK4), strict=True))
for name, x in ends.items():
    along = sc.Estimate.mean((x[:, 0] + x[:, 1]) ** 2 / 2)
    across = sc.Estimate.mean((x[:, 0] - x[:, 1]) ** 2 / 2)
    right = [exact(laws[name], "VP", 8, variance) for variance in (4.0, 0.25)]
    print(f"{name:5s}: along {along}, exact {right[0]:.4f}; across {across}, exact {right[1]:.4f}")
    assert abs(along.z(right[0])) <= 6 and abs(across.z(right[1])) <= 6

# %%
# Euler's scheme for the equation spreads the points too far, and DDPM and DDIM not far enough. In
# a picture of the two variances each law is a point, and the data are the cross.


def draw_laws(ax):
    for i, (name, x) in enumerate(ends.items()):
        axes = (x[:, 0] + x[:, 1]) ** 2 / 2, (x[:, 0] - x[:, 1]) ** 2 / 2
        ax.plot(*(np.mean(a) for a in axes), plot.MARKERS[i], color=f"C{i}", ms=8, label=name)
    for n, size in ((16, 6), (64, 3)):
        for i, law in enumerate(laws.values()):
            place = [exact(law, "VP", n, variance) for variance in (4.0, 0.25)]
            ax.plot(*place, plot.MARKERS[i], color=f"C{i}", ms=size, alpha=0.6)
    ax.plot([4.0], [0.25], "x", color=plot.look.ink(ax), ms=12, mew=2, label="the data")
    ax.set(xlabel="variance along the diagonal", ylabel="variance across it")
    ax.set_title("Eight steps, then 16 and 64 (smaller): five ways to the data")
    ax.legend(loc="upper left")


figure = plot.figure(
    draw_laws,
    alt="Variances along and across the diagonal after 8, 16 and 64 steps: Euler's come from "
    "above, those of DDPM and DDIM from below, Heun's and RK4's are close from the start.",
)

# %%
# Check it
# --------
# The claim measures eight samplers with 2 to 8 steps, under both noisings, from the right start.
# Its last two rows start from the normal law that is used in practice.

finding = sc.CLAIMS["G49"].run(paths=200_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# From the right start the distance falls with the order of the scheme. From the wrong start it
# stops falling, at a floor that belongs to the equation or the flow and not to its scheme.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, the distance to the data falls with the number of steps with slope 1 "
    "for Euler, DDPM and DDIM, 2 for Heun and 4 for RK4; in the second, from the prior, all that "
    "follow the flow stop at 0.2, and those with noise at 0.05.",
)

# %%
# Three parts
# -----------
# Here are the parts along the diagonal, where the standard deviation is 2, for noise (``VE``) from
# 0.2 to only 4. The first column is the same for all. The second depends on whether noise is added
# on the way. Only the third depends on the number of steps, which is 16.

for law in (EULER, DDPM, DDIM, HEUN, RK4):
    truncation, start, step = split(law, "VE", 16, 4.0)
    print(f"{law.name:14s}: truncation {truncation:+.4f}, start {start:+.4f}, step {step:+.4f}")

# %%
# The wrong twin
# --------------
# *The flow is always better: it has the higher order.* With 16 steps from the normal law, Heun's
# scheme for the flow takes 32 scores and Euler's for the equation takes 16. The measured mean
# square of the latter would have to be that of the flow, or still farther from 4.

row = finding.rows[8]
print(f"{row.statement}: {row.measured}, exact {row.exact:.4f}, data 4")
print(f"the flow: {row.twin:.4f}, {row.twin_z:+.0f} standard errors away")
assert row.twin_refuted and abs(row.exact - 4) < abs(row.twin - 4)

# %%
# Why
# ---
# The score of a Gaussian is a linear function, and every step is a combination of the point, the
# score and fresh noise. That is the recursion. For the start, let the equation with noise
# :math:`\eta g` run from a variance that is wrong by :math:`\delta`. With :math:`S_t = m_t^2
# \lambda + \sigma_t^2`, and with the drift that keeps :math:`S_t`, an error is multiplied by
#
# .. math::
#
#     \exp \int_0^T \Bigl(2 r - (1 + \eta^2) \frac{g^2}{S_t}\Bigr) \dd t
#     = \Bigl(\frac{S_0}{S_T}\Bigr)^{1 + \eta^2} \Bigl(\frac{m_T}{m_0}\Bigr)^{2 \eta^2} ,
#
# because :math:`(\log S)' = g^2/S - 2 r` and :math:`(\log m)' = -r`. The flow has the first power
# of :math:`S_0/S_T`, and the equation the second: the noise on the way makes the chain forget. The
# flow forgets nothing, and its high order is spent on a precise copy of a wrong start. With more
# noise at :math:`T` the start is nearly right, and then the order decides. That is why samplers of
# the flow are run from a large :math:`\sigma_T`, and why the comparison has no winner. The formulas
# for all steps are in :mod:`stochcalc.claims.theorems.g49_samplers`.

# %%
# Exercise
# --------
# 1. Let the data be a single point, :math:`C = 0`, under ``VE``. Show that DDPM and DDIM end with
#    the right variance :math:`\sigma_{\min}^2` in *one* step, and measure it. Why is Euler's scheme
#    for the equation not as good?
# 2. How large must :math:`\sigma_{\max}` be under ``VE`` so that the flow's start costs less than
#    0.001 of a standard deviation of 2?
#
# .. solution::

# 1. The score is -x/sigma^2, so the denoised point is 0, exactly. What remains of x is all noise:
# DDIM scales it to sigma_min, and DDPM draws a part of it again.
point = sc.score.GaussianMixture([1.0], [[0.0]], 0.0)
ve = sc.score.VE(0.2, 4.0)
prior = ve.prior(50_000, 1, rng=4)
for eta in (0.0, 1.0):
    x = sc.score.ancestral(point, ve, prior, n=1, eta=eta, rng=5)
    square = sc.Estimate.mean(x[:, 0] ** 2)
    print(f"eta = {eta:g}: one step ends with {square}, exact 0.04")
    assert abs(square.z(0.04)) <= 6
# Euler holds g^2/sigma^2 = 2 log 20 = 6 over the whole step, and overshoots: A = 1 - 6.
one = sc.score.reverse_sde(point, ve, prior, n=1, rng=5)
growth = 2 * math.log(20.0)
square = sc.Estimate.mean(one[:, 0] ** 2)
right = (1 - growth) ** 2 * 16 + 16 * growth
print(f"Euler: {square}, exact {right:.2f}")
assert abs(square.z(right)) <= 6

# 2. The flow multiplies the variance S_0 by sigma^2/(4 + sigma^2), hence the deviation, which is
# about 2, by a little more than 1 - 2/sigma^2: 4/sigma^2 < 0.001 will do.
sigma_max = math.sqrt(4 / 0.001)
assert 2 - 2 * math.sqrt(sigma_max**2 / (4 + sigma_max**2)) < 0.001
print(f"sigma_max = {sigma_max:.1f}")

# %%
# References
# ----------
# :cite:t:`pierretgalerne2024` split the errors on Gaussian data; :cite:t:`ho2020` and
# :cite:t:`song2021b` have DDPM and DDIM, :cite:t:`song2021` the equation and the flow, and
# :cite:t:`karras2022` Heun's steps. The functions here: :func:`stochcalc.score.reverse_sde`,
# :func:`stochcalc.score.ancestral`, :func:`stochcalc.score.probability_flow`.
