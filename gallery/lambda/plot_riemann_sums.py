r"""
Riemann sums of W dW: minus one half
====================================

**Theorem.** Let :math:`W` be a Brownian motion on :math:`[0, T]`, cut the interval into steps
:math:`t_0 < t_1 < \dots < t_n`, and read the integrand of every step at the evaluation point
:math:`\tau_k = (1 - \lambda) t_k + \lambda t_{k+1}` with a number :math:`\lambda \in [0, 1]`. As
the longest step tends to 0,

.. math::

    R(\lambda) = \sum_k W_{\tau_k} (W_{t_{k+1}} - W_{t_k}) \longrightarrow
    \frac{W_T^2}{2} + \Bigl(\lambda - \frac12\Bigr) T \quad \text{in mean square.}

For a smooth path the choice of :math:`\lambda` would not matter: all Riemann sums have one limit,
and that limit is the integral. Brownian paths are so rough that it does matter. Each
:math:`\lambda` defines an integral of its own: :math:`\lambda = 0` gives Ito's,
:math:`\lambda = \frac12` Stratonovich's, and :math:`\lambda = 1` the backward integral.
"""

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Take one path with 1,024 steps and sum :math:`W\,\dd W` over it at three evaluation points. The
# classical rule of calculus would say :math:`W_T^2/2` for all three of them.

W = sc.brownian(T=1.0, n=1024, rng=7)
half_square = 0.5 * W.values[0, -1] ** 2

for lam in (0.0, 0.5, 1.0):
    total = sc.riemann_sum(lambda t, w: w, W, lam)[0]
    print(f"lambda = {lam:3.1f}: sum - W_T^2/2 = {total - half_square:+.3f}")

# %%
# The three numbers lie close to -1/2, 0 and +1/2. Now refine the partition step by step, on the
# same path: every sum settles, and each at its own level. With ``at="value"`` a step blends the
# values of the path at its two ends. The limits are the same, and at :math:`\lambda = \frac12`
# nothing is left to settle; the exercise asks why.


def draw_refinement(ax):
    for i, lam in enumerate((0.0, 0.5, 1.0)):
        sizes = [4, 8, 16, 32, 64, 128, 256, 512, 1024]
        sums = [
            sc.riemann_sum(lambda t, w: w, W.coarsen(1024 // n), lam, at="value") for n in sizes
        ]
        ax.plot(sizes, np.array(sums)[:, 0] - half_square, "osD"[i] + "-", label=f"λ = {lam:g}")
        ax.axhline(lam - 0.5, color=f"C{i}", ls=":")
    ax.set(xscale="log", xlabel="number of steps n, on one path", ylabel="R(λ) − W$_T^2$/2")
    ax.set_title("Sums of W dW settle at (λ − ½) T")
    ax.legend()


figure = plot.figure(
    draw_refinement,
    alt="Riemann sums of W dW along one path settle at -1/2, 0 and 1/2 for lambda 0, 1/2 and 1.",
)

# %%
# Check it
# --------
# One path proves nothing, and a limit is not a number that can be measured. But for every
# partition the mean and the mean-square error of the sum are known *exactly*. Fifty thousand paths
# with 32 steps are compared with them here; *z* is the distance in standard errors.

finding = sc.CLAIMS["G09"].run(paths=50_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# The errors of all step sizes lie on the exact lines, which are drawn from the formula and fitted
# to nothing. The sums at :math:`\lambda = 0` and at :math:`\lambda = 1` share a line: one errs by
# as much as the other, to different sides.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, sums along one path settle at (lambda - 1/2) T; in the second, "
    "their root mean square errors lie on the exact lines of slope one half.",
)

# %%
# The wrong twin
# --------------
# Some lecture notes print the limit as :math:`W_T^2/2 + (\lambda + \frac12) T`. The sign is easily
# lost, because it comes from :math:`E\,(A^2 - B^2)` below, where it depends on which of two
# increments comes first. Measured against the first row, that limit fails by this many standard
# errors:

ito = finding.rows[0]
print(f"measured {ito.measured}, exact {ito.exact}")
print(f"twin {ito.twin}: {ito.twin_z:+.0f} standard errors away")
assert ito.twin_refuted

# %%
# Why
# ---
# Look at a single step of length :math:`\Delta`. Let :math:`A = W_\tau - W_{t_k}` be the increment
# before the evaluation point and :math:`B = W_{t_{k+1}} - W_\tau` the one after it. They are
# independent, with variances :math:`\lambda \Delta` and :math:`(1 - \lambda) \Delta`. The step adds
# :math:`(W_{t_k} + A)(A + B)` to the sum and :math:`W_{t_k} (A + B) + \frac12 (A + B)^2` to
# :math:`W_T^2/2`. The difference of the two is exactly
#
# .. math::
#
#     A (A + B) - \tfrac12 (A + B)^2 = \tfrac12 (A^2 - B^2),
#
# on every path and for every step. Its mean is :math:`(\lambda - \frac12) \Delta`, and its variance
# is :math:`\frac12 (\lambda^2 + (1 - \lambda)^2) \Delta^2`. Sum over the steps: the means add up to
# :math:`(\lambda - \frac12) T` on *any* partition, and the variances to a multiple of :math:`\sum
# \Delta_k^2`, which vanishes as the steps shrink. That is the theorem, with its rate. The whole
# derivation stands in :mod:`stochcalc.claims.theorems.g09_riemann_sums`.

# %%
# Play
# ----
# :sandbox:`Move the evaluation point along this path
# <lambda?key=11530976094092348043&lam=8/16&n=64&f=w>`. The page has the path of this
# lesson, by its key, and with 1,024 steps the sums are those above. Let the class vote on the sign
# first: in the histogram of 400 paths both answers are marked, and the paths decide.

# %%
# Exercise
# --------
# 1. Which :math:`\lambda` has the smallest mean-square error, and by how much is it smaller than
#    that of Ito's sums? Measure the ratio with 64 steps.
# 2. The sums can also blend the two values at the ends of a step, :math:`(1 - \lambda) W_{t_k} +
#    \lambda W_{t_{k+1}}` (``at="value"``). Show that for :math:`\lambda = \frac12` there is then no
#    error at all, on any path.
#
# .. solution::

paths = sc.brownian(n=64, paths=100_000, store=False, rng=1)


def measure_square_error(lam):
    distance = sc.riemann_sum(
        lambda t, w: w, paths, lam, save="stats", observe=lambda t, w, r: r - 0.5 * w * w
    )
    return distance.mean_square(about=lam - 0.5)


# The factor (lambda^2 + (1 - lambda)^2)/2 is smallest for lambda = 1/2: 1/4, against 1/2 for Ito.
middle = measure_square_error(0.5)
left = measure_square_error(0.0)
ratio = middle.value / left.value
error = ratio * np.hypot(middle.stderr / middle.value, left.stderr / left.value)
print(f"ratio of the mean squares {ratio:.4f} +- {error:.4f}, exact 0.5")
assert abs(ratio - 0.5) <= 6 * error

# 2. lambda dW^2 - dW^2/2 is 0 for lambda = 1/2: the trapezoid of w is exact.
trapezoid = sc.riemann_sum(lambda t, w: w, W, 0.5, at="value")[0]
assert abs(trapezoid - half_square) <= 1e-12

# %%
# References
# ----------
# :cite:t:`evans2013`, section 4.1, has the lemma on Riemann sums; :cite:t:`ito1944` is the source
# for :math:`\lambda = 0`. The functions here: :func:`stochcalc.riemann_sum`,
# :func:`stochcalc.brownian`, :func:`stochcalc.riemann_limit`.
