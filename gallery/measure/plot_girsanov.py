r"""
Girsanov: change the drift, keep the truth
==========================================

**Theorem** (Girsanov). Let :math:`u` be adapted and bounded, and let

.. math::

    Z = \exp\Bigl(\int_0^T u \, \dd W - \frac12 \int_0^T u^2 \, \dd t\Bigr).

Then :math:`E Z = 1`, and for every bounded function :math:`f` of paths :math:`E f(X) = E Z f(W)`,
where :math:`\dd X = u \, \dd t + \dd W`, :math:`X_0 = 0`, with :math:`u` computed along :math:`X`.

So one set of Brownian paths serves for every drift: each path counts more or less, as it is more or
less likely under the other drift. Three trades live on this formula. Those who price options
replace the drift of a share by the interest rate. Statisticians read :math:`Z` as a ratio of
likelihoods, and ask which drift explains a path best. And whoever needs the probability of a
disaster does not wait for it, but makes it happen and weighs it back. All three must know when the
weights go bad, and they do go bad.
"""

import math

import numpy as np
from scipy import stats

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# First a picture. Take Brownian paths, and draw each one as dark and as wide as its weight for the
# drift 1.5 says. Nothing has moved, and yet what one sees is a bundle that rises with the slope
# 1.5, and a normal law around its end. The weight is asked for with ``girsanov``, and is computed
# along with the paths.

motion = sc.SDE(lambda t, x: 0.0, lambda t, x: 1.0)
risen = sc.solve(motion, 0.0, n=100, paths=20_000, rng=3, girsanov=lambda t, x: 1.5)
Z = np.exp(risen.log_weight[:, -1])


def draw_bundle(ax):
    left, right = plot.panels(ax, 2, "The same Brownian paths, counted in another way")
    shade = np.minimum(Z[:150] / 6, 1.0)
    for path, dark in zip(risen.x, shade):
        left.plot(risen.t, path, color="C0", lw=0.4 + dark, alpha=0.1 + 0.9 * dark)
    plot.curve(left, risen.t, 1.5 * risen.t, "slope 1.5", 1, ls="--", lw=2.5)
    left.set(xlabel="t", ylabel="W$_t$, drawn by weight")
    left.legend(loc="lower left")
    bins = np.linspace(-3.5, 4.5, 41)
    plot.histogram(right, risen.end, bins, "no weight")
    step = {"histtype": "step", "alpha": 1.0}
    plot.histogram(right, risen.end, bins, "by Z", 1, weights=Z, **step)
    x = np.linspace(-3.5, 4.5, 200)
    plot.curve(right, x, stats.norm.pdf(x - 1.5), "with drift, exact", 2)
    right.set(xlabel="W$_1$", ylabel="density", ylim=(0, 0.6))
    right.legend()


figure = plot.figure(
    draw_bundle,
    alt="In the first panel Brownian paths are drawn as dark as their weights, and the dark ones "
    "rise along a line of slope 1.5; in the second the histogram of their ends moves, with the "
    "weights, onto the normal density around 1.5.",
)

# %%
# A drift may also look at the path. Weigh the paths as if they were pulled back to 0, :math:`u =
# -W`: their second moment is then that of an Ornstein-Uhlenbeck process. On a grid this is exact,
# with sums for integrals and Euler's scheme for the equation.

W = sc.brownian(T=1.0, n=16, paths=100_000, rng=7)
sol = sc.solve(motion, 0.0, noise=W, save="last", girsanov=lambda t, x: -x)
pull = sc.SDE(lambda t, x: -x, lambda t, x: 1.0)
pulled = sc.solve(pull, 0.0, noise=W, save="last")
print("weighted Brownian paths:", sol.weighted_mean(np.square))
print("paths with the drift:   ", sc.Estimate.mean(pulled.end**2))

# %%
# The weight is the exponential of two sums along the path. A statistician finds the same number
# without a word about measures: she computes the likelihood of the path under each of the two
# equations, and divides.

u = -W.values[:, :-1]
h = 1 / 16
by_hand = np.sum(u * W.increments - 0.5 * u**2 * h, axis=1)
ratio = sc.path_log_likelihood(pull, W) - sc.path_log_likelihood(motion, W)
for found in (by_hand, ratio):
    print("largest difference:", np.abs(found - sol.log_weight[:, -1]).max())
    assert np.allclose(found, sol.log_weight[:, -1], rtol=0, atol=1e-10)

# %%
# Check it
# --------
# The last two rows are about a rare event, four standard deviations away. With the drift 4 half of
# the paths get there.

finding = sc.CLAIMS["G37"].run(paths=100_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# The best drift is a little above 4. A drift of 2 or 6 still saves hundreds of paths for each one.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, weighted second moments lie on the curve of the process with drift; "
    "in the second, the relative standard deviation falls from 178 without a drift to 2 near "
    "drift 4.",
)

# %%
# The wrong twin
# --------------
# *The weight is exp of the integral of u dW.* The second term looks like a correction that might be
# left out for small :math:`u`. Without it the weights do not even add up to one:

row = finding.rows[1]
print(f"E Z: measured {row.measured}, exact {row.exact}")
print(f"twin {row.twin:.4f}: {row.twin_z:+.0f} standard errors away")
assert row.twin_refuted

# %%
# Why
# ---
# *One step.* Given the path so far, :math:`X_{k+1} - X_k` is normal with mean :math:`u_k h` and
# variance :math:`h`. The ratio of its density at :math:`x` to that of a Brownian increment is
#
# .. math::
#
#     \exp\Bigl(-\frac{(x - u_k h)^2}{2h} + \frac{x^2}{2h}\Bigr)
#     = \exp\bigl(u_k x - \tfrac12 u_k^2 h\bigr).
#
# *Many steps.* The density of a path is a product of such densities, each given what came before.
# So the ratio for the whole path is the product of the ratios, and that is :math:`Z_n`, with sums
# in the place of the integrals. To integrate :math:`f` against one density is to integrate
# :math:`f` times the ratio against the other: :math:`E f(X) = E Z_n f(W)` holds exactly at every
# :math:`n`. No limit has been taken so far, and this is why the table above needs none.
#
# *A martingale.* Given the path so far, the next factor has the mean 1, since a density has the
# integral 1. So :math:`E[Z_{k+1} \mid W_0, \dots, W_k] = Z_k`, and a part of a path is weighed by
# :math:`Z` of that part.
#
# *The limit.* Let :math:`u` be continuous. As :math:`h \to 0`, the sums tend to the integrals in
# probability, the first one to Ito's because :math:`u` is read at the beginning of each step. To
# take the limit inside of a mean, one must know that no weight escapes to infinity. If :math:`|u|
# \le c`, then
#
# .. math::
#
#     Z_n^2 = \exp\Bigl(\sum 2 u_k \Delta W_k - \frac12 \sum (2 u_k)^2 h\Bigr)
#     \exp\Bigl(\sum u_k^2 h\Bigr) \le Z_n^{(2u)} \, e^{c^2 T} ,
#
# and the first factor is the weight of the drift :math:`2 u`, whose mean is 1. So :math:`E Z_n^2
# \le e^{c^2 T}` at every :math:`n`, the weights are uniformly integrable, and the theorem follows.
# The derivation of the claim's numbers is in :mod:`stochcalc.claims.theorems.g37_girsanov`.

# %%
# When the mean is less than one
# ------------------------------
# By Ito's formula :math:`\dd Z = u Z \, \dd W`. This has no drift, and so :math:`Z` is a local
# martingale; being positive it has :math:`E Z \le 1`. For equality one needs a reason. Novikov's is
#
# .. math::
#
#     E \exp\Bigl(\frac12 \int_0^T u^2 \, \dd t\Bigr) < \infty .
#
# It is sufficient and not necessary: for :math:`u = -W` the left side is :math:`1/\sqrt{\cos T}`,
# finite only up to :math:`T = \pi/2`, and :math:`E Z = 1` for all :math:`T`, since one may go on
# from there piece by piece. But *some* reason is needed. Let :math:`R` be the distance of a motion
# in space from the origin, 1 at the start. Then :math:`M = 1/R` has :math:`\dd M = -M^2 \, \dd B`
# with a Brownian motion :math:`B` and is
# :doc:`a local martingale, but no martingale </learn/measure/plot_strict_local>`. It *is* a weight,
# that of :math:`u = -M`, and its mean is less than 1. What is missing? The new drift takes from
# :math:`R` just the drift :math:`1/R` that it has in space: it becomes a Brownian motion on the
# line, from 1, until it reaches 0, where :math:`u` is infinite. The mean of :math:`Z` is the
# probability that this has *not* yet happened.

space = sc.brownian(n=1, paths=100_000, dim=3, rng=6).values[:, -1]
M = 1.0 / np.linalg.norm(space + np.array([1.0, 0.0, 0.0]), axis=1)
mass = sc.Estimate.mean(M)
reached = sc.first_passage(motion, 1.0, 0.0, 1.0, n=1, paths=100_000, rng=5).times
alive = sc.Estimate.share(np.sum(~np.isfinite(reached)), 100_000)
exact = math.erf(1 / math.sqrt(2))
print(f"mean of the weight {mass}, still above 0 {alive}, exact {exact:.4f}")
assert abs(mass.z(exact)) <= 6 and abs(alive.z(exact)) <= 6

# %%
# Weights over long times
# -----------------------
# For a :math:`u` that depends on time alone, the bound is an equality, :math:`E Z^2 = \exp \int_0^T
# u^2 \, \dd t`, which grows exponentially with :math:`T`. The *effective sample size*
# :math:`(\sum Z)^2/\sum Z^2` says how many paths of equal weight the weighted ones amount to. It
# should be a share of about :math:`1/E Z^2`, or :math:`e^{-T}` for :math:`u = 1`. Compare:

times = np.array([0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0])
shares = {}
for T in times:
    for paths in (1000, 100_000):
        settings = {"paths": paths, "rng": 4, "girsanov": lambda t, x: 1.0}
        long = sc.solve(motion, 0.0, T, n=1, **settings)
        shares[paths, T] = long.effective_sample_size / paths
    mean = long.weight_moments[-1].estimate()
    print(f"T = {T:5}: E Z = {mean}, true error {math.sqrt(math.expm1(T) / paths):.4f}")
    if T < 1:
        error = math.sqrt((math.exp(6 * T) - math.exp(2 * T)) / paths)
        square = sc.Estimate.normal(np.mean(np.exp(2 * long.log_weight[:, -1])), error)
        assert abs(square.z(math.exp(T))) <= 6

# %%
# The share falls as it should, until it stops falling: it cannot be less than one path, dotted, and
# it reports only on weights that were seen. The standard error of the mean is as blind:
# at :math:`T = 16` it is a fraction of 1, and the true one is 9. Half of the mean belongs to paths
# with :math:`W_T > T`, because half of the paths with the drift are there; without it they are 4
# standard deviations away, where three in 100,000 paths go. So a small effective sample size is bad
# news, and a large one is none. Compute :math:`\int u^2 \, \dd t` first.


def draw_sizes(ax):
    for i, paths in enumerate((1000, 100_000)):
        seen = [shares[paths, T] for T in times]
        ax.plot(times, seen, "os"[i], color=f"C{i}", label=f"{paths:,} paths")
        ax.axhline(1 / paths, color=f"C{i}", ls=":")
    plot.curve(ax, times, np.exp(-times), "1/E Z$^2$ = e$^{−T}$", 2)
    ax.set(xlabel="T, with the drift 1", ylabel="effective sample size, share of the paths")
    ax.set(yscale="log", ylim=(1e-7, 2.0))
    ax.set_title("The effective sample size cannot count what it has not seen")
    ax.legend()


figure = plot.figure(
    draw_sizes,
    alt="The measured shares lie on the line exp(-T) up to T of 2 to 4 and then far above it, near "
    "the dotted level of one path.",
)

# %%
# The best drift
# --------------
# For a rare event a drift makes the weights *better*. With a constant one, :math:`m`, the second
# moment is :math:`e^{m^2} P(W_1 > 4 + m)`, least near :math:`m = 4.12`. But a drift may look at the
# path. Let :math:`p(t, x)` be the probability to end above 4 from :math:`x` at time :math:`t`, and
# take :math:`u = \partial_x \log p`. Since :math:`p(t, W_t)` is a martingale, Ito's formula gives
# :math:`\dd p = u \, p \, \dd W`, which is the equation of the weight. So :math:`Z = p(1, W_1)/p(0,
# 0)`: it is :math:`1/p(0, 0)` if the event happens, and 0 if not. A path with this drift always
# gets there and counts :math:`1/Z = p(0, 0)`: *every* path gives the answer, without any error. The
# catch is that whoever knows :math:`u` knows the answer already. But a rough guess at :math:`p` can
# be enough, and in the exercise the exact one is tried on a grid.

# %%
# Exercise
# --------
# 1. How many of the 100,000 paths with :math:`u = -W` does their sample amount to, and how many
#    with a stronger pull, :math:`u = -3 W`? Find :math:`E Z^2` on the grid exactly, and compare.
# 2. Measure :math:`P(W_1 > 4)` by the best drift, with 1, 16 and 256 steps. Why is there an error
#    left, and how fast does it fall?
#
# .. solution::

# 1. With dW = sqrt(h) z and W = sqrt(h) L z, where L has ones below its diagonal, the logarithm of
# Z^2 is -z'Az/2 with A = 2 k h (L + L') + 2 k^2 h^2 L'L, so that E Z^2 = det(I + A)^(-1/2).
L = np.tril(np.ones((16, 16)), -1)
stronger = sc.solve(motion, 0.0, noise=W, save="last", girsanov=lambda t, x: -3.0 * x)
for k, found in ((1, sol), (3, stronger)):
    A = 2 * k * h * (L + L.T) + 2 * (k * h) ** 2 * L.T @ L
    exact = 1 / math.sqrt(np.linalg.det(np.eye(16) + A))
    square = sc.Estimate.mean(np.exp(2 * found.log_weight[:, -1]))
    print(f"u = -{k} W: {found.effective_sample_size:,.0f} paths, 1e5/E Z^2 = {1e5 / exact:,.0f}")
    assert abs(square.z(exact)) <= 6

# 2. On a grid the drift is a step late, and the last step decides about the paths within sqrt(h) of
# the level. Sixteen times as many steps halve the error: its square falls like sqrt(h).


def pull_up(t, x):
    left = math.sqrt(1.0 - t)
    y = (4.0 - x) / left
    density = math.exp(-0.5 * y * y) / math.sqrt(2.0 * math.pi)
    return density / (0.5 * math.erfc(y / math.sqrt(2.0))) / left


guided = sc.SDE(pull_up, lambda t, x: 1.0)
for n in (1, 16, 256):
    settings = {"paths": 20_000, "rng": 1, "girsanov": lambda t, x: -pull_up(t, x)}
    ends = sc.solve(guided, 0.0, n=n, save="last", **settings)
    rare = ends.weighted_mean(lambda x: x > 4.0)
    relative = rare.stderr * math.sqrt(20_000) / rare.value
    print(f"n = {n:3}: P(W_1 > 4) = {rare}, relative standard deviation of a path {relative:.2f}")
    assert abs(rare.z(stats.norm.sf(4.0))) <= 6

# %%
# References
# ----------
# :cite:t:`girsanov1960` has the theorem; :cite:t:`karatzasshreve1991`, section 3.5, has Novikov's
# condition and the pieces; :cite:t:`glasserman2004`, section 4.6, has the use for rare events. The
# functions here: :func:`stochcalc.brownian`, :func:`stochcalc.solve`,
# :func:`stochcalc.path_log_likelihood`, :func:`stochcalc.first_passage`,
# :meth:`stochcalc.Solution.weighted_mean`, :class:`stochcalc.Estimate`.
