r"""
A bridge that misses its bank: Euler's scheme at a singular drift
=================================================================

**Theorem.** The Brownian bridge from :math:`X_0` to :math:`e` at time :math:`T` solves

.. math::

    \dd X = \frac{e - X}{T - t} \, \dd t + \dd W, \qquad
    E X_t = X_0 + (e - X_0) \frac tT, \qquad \mathrm{Var} X_t = \frac{t (T - t)}{T} .

Euler's scheme on :math:`n` equal steps :math:`h = T/n` has the right mean. Its variance with
:math:`m` steps left is

.. math::

    \mathrm{Var} X_{n - m} = h m^2 \sum_{i=m}^{n-1} \frac{1}{i^2}
    > h m^2 \Bigl(\frac1m - \frac1n\Bigr) = \frac{t (T - t)}{T}, \qquad
    X_n = e + \Delta W_{n-1} ,

for :math:`m = 1, \dots, n - 1` and at the end.

The noise of this equation is as simple as noise can be, and its drift is linear. By the theorem on
additive noise Euler's scheme should converge with order 1. But the drift has no bound: the pull to
the end grows like :math:`1/(T - t)`, and in the last step it is as strong as :math:`1/h`.
"""

import math

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# The bridge is one of the package's models, with its exact path. Solve it along the same motion by
# Euler's scheme and exactly, in sixteen steps, to the end 1.

bridge = sc.models.bridge(T=1.0, end=1.0)
n = 16
W = sc.brownian(n=n, paths=50_000, rng=7)
euler = sc.solve(bridge, 0.0, noise=W)
exact = sc.solve(bridge, 0.0, noise=W, method="exact")
for k in (8, 15, 16):
    print(f"t = {k}/16: Euler {sc.Moments.of(euler.values[:, k])}")
    print(f"{'':10}exact {sc.Moments.of(exact.values[:, k])}")

# %%
# The means agree. At the end all exact paths are at 1, and those of the scheme are not.


def draw_paths(ax):
    for i in range(4):
        ax.plot(exact.t, exact.values[i], color=f"C{i}", label="exact" if i == 0 else None)
        ax.plot(
            euler.t,
            euler.values[i],
            "o--",
            color=f"C{i}",
            markersize=3,
            lw=1,
            label="Euler" if i == 0 else None,
        )
    ax.set(xlabel="time t", ylabel="X$_t$", title="Four bridges to 1, and four that miss it")
    ax.legend(loc="upper left")


figure = plot.figure(
    draw_paths,
    alt="Four exact bridges end at 1. Euler's scheme follows them closely at first, and leaves "
    "them in the last steps, to end at four different points around 1.",
)

# %%
# Check it
# --------
# The variance in the middle, one step before the end and at the end, and the distance from the
# bridge along the same motion.

finding = sc.CLAIMS["G55"].run(paths=300_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# The first panel shows that the excess goes away as :math:`n` grows. The second one shows where it
# does not. Counted in steps before the end, the ratio of the variances is nearly the same for 16
# steps as for 256.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, the variance of Euler's scheme lies above the parabola of the bridge "
    "and ends at the step size instead of 0; in the second, its ratio to that of the bridge rises "
    "to about pi squared over six one step before the end, for 16 and for 256 steps.",
)

# %%
# The wrong twin
# --------------
# *The drift is linear and the noise is additive, so the scheme has the law of the bridge up to
# errors of the order of the step.* One step before the end this is the variance of the bridge,
# :math:`h (1 - h)`, and the measured one is more than half as large again:

row = finding.rows[1]
print(f"measured {row.measured}, exact {row.exact:.6f}, limit pi^2/6")
print(f"twin {row.twin:.6f}: {row.twin_z:+.0f} standard errors away")
assert row.twin_refuted

# %%
# Is it a contradiction that the error is of the order of the step? No: so is the variance itself.
# Near the end everything is small, and there a small error is a large one in proportion.
#
# Why
# ---
# With :math:`m` steps left, Euler's step multiplies the distance from the end by
# :math:`1 - \frac1m = \frac{m - 1}{m}`. So does the exact solution, and this is why the mean is
# right. Divide by the time that is left. Then the factor is gone,
#
# .. math::
#
#     \frac{X_{k+1} - e}{T - t_{k+1}} = \frac{X_k - e}{T - t_k} + \frac{\Delta W_k}{T - t_{k+1}} ,
#
# and what remains is a sum of independent normals. The bridge is the same with
# :math:`\int \frac{\dd W_s}{T - s}` in the place of the last term. Its weight grows during a step,
# and Euler takes the largest value for the whole of it. In variances, the scheme has
# :math:`\frac{1}{i^2}` where the bridge has
# :math:`\frac{1}{i (i + 1)} = \frac1i - \frac{1}{i + 1}`. Far from the end these are nearly equal,
# and at :math:`i = 1` one is twice the other. That is a matter of the step's *number* and not of
# its length, so no refinement helps.
#
# In the last step :math:`m = 1`, and the factor is 0. The scheme forgets all that it has done and
# writes :math:`e + \Delta W`. Whoever needs :math:`X_T = e` must not take this step with noise. See
# :mod:`stochcalc.claims.theorems.g55_bridge`.

# %%
# Exercise
# --------
# 1. Which variance should the noise of a step have so that the scheme has the law of the bridge on
#    the grid?
# 2. Other ways lead to the same law. Check that :math:`W_t - \frac tT (W_T - e)` has it, and say
#    why it is not a solution of the equation along :math:`W`.
# 3. How far before the end should you stop, if the variance may be wrong by one per cent?
#
# .. solution::

# 1. h (m - 1)/m: then 1/i^2 becomes 1/(i (i + 1)), and the sum telescopes. The last step is without
#    noise. Paths with drawn increments of this size are noise of one's own.
left = n - np.arange(n)
X = np.zeros(len(W.values))
for k in range(n):
    X = X + (1.0 - X) / left[k] + math.sqrt((left[k] - 1) / left[k]) * W.increments[:, k]
    if k == 7:
        variance = sc.Moments.of(X).variance()
        print(f"variance at 1/2: {variance}, exact 0.25")
        assert abs(variance.z(0.25)) <= 6
    if k == n - 2:
        variance = sc.Moments.of(X).variance()
        print(f"one step before the end: {variance}, exact {bridge.var(15 / 16):.5f}")
        assert abs(variance.z(bridge.var(15 / 16))) <= 6
assert np.allclose(X, 1.0)

# 2. It is normal, with the mean e t/T and the variance t - t^2/T. But it looks at W_T before T:
#    as a function of W it is not adapted, while a solution of the equation is.
tied = W.values[:, 8] - 0.5 * (W.values[:, -1] - 1.0)
assert abs(sc.Moments.of(tied).variance().z(0.25)) <= 6
assert abs(sc.Estimate.mean(tied).z(0.5)) <= 6
print("distance from the solution:", sc.Estimate.mean((tied - exact.values[:, 8]) ** 2))

# 3. The ratio is m^2 sum_(i >= m) 1/i^2/m = 1 + 1/(2 m) + ... for many steps: 50 of them must be
#    left, whatever n is.
m = 50
ratio = m * (math.pi**2 / 6 - sum(1 / i**2 for i in range(1, m)))
print(f"ratio with {m} steps left: {ratio:.4f}")
assert abs(ratio - 1.01) < 1e-3

# %%
# References
# ----------
# :cite:t:`karatzasshreve1991`, section 5.6.B, for the equation of the bridge.
# :cite:t:`durhamgallant2002` use the scheme of the first exercise to draw paths between two
# observations. The functions here: :func:`stochcalc.models.bridge`, :func:`stochcalc.solve`,
# :class:`stochcalc.Moments`.
