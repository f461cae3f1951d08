r"""
Strong order: Euler-Maruyama 1/2, Milstein 1
============================================

**Theorem.** Let :math:`\dd X = a(X)\,\dd t + b(X)\,\dd W` on :math:`[0, T]`, where :math:`a`,
:math:`b` and :math:`b\,b'` are smooth and have bounded derivatives. Let :math:`X_n` be the result
of :math:`n` steps of length :math:`h = T/n` along the same Brownian path. Then

.. math::

    \bigl(E\,|X_n - X_T|^2\bigr)^{1/2} =
    \begin{cases} O(h^{1/2}) & \text{for Euler-Maruyama,} \\ O(h) & \text{for Milstein.}
    \end{cases}

For an ordinary differential equation Euler's method has order 1. Noise costs half of it, and one
more term in the scheme, :math:`\frac12 b\,b' (\dd W^2 - h)`, brings it back. It is the first term
of stochastic numerics that has no counterpart in ordinary calculus. The error compares path with
path: that is what *strong* means. Who only wants the law of :math:`X_T` asks for less, see
:doc:`plot_weak_order`.
"""

import math

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Geometric Brownian motion, :math:`\dd X = \frac12 X\,\dd t + \frac12 X\,\dd W`, has a known
# solution. So the approximations can be compared with the truth, on one path: the solution has all
# 1,024 steps of it, the schemes have four.

model = sc.models.gbm(0.5, 0.5)
W = sc.brownian(T=1.0, n=1024, rng=7)
exact = sc.solve(model, 1.0, noise=W, method="exact")
coarse = W.coarsen(256)
euler = sc.solve(model, 1.0, noise=coarse, method="euler_maruyama")
milstein = sc.solve(model, 1.0, noise=coarse, method="milstein")
for name, solution in (("Euler-Maruyama", euler), ("Milstein", milstein)):
    print(f"{name}: X_4 - X_T = {solution.end[0] - exact.end[0]:+.4f}")

# %%
# Both schemes saw the same four increments. The solution used all 1,024, and still the four come
# close to it.


def draw_paths(ax):
    ax.plot(W.t, exact.x[0], color=plot.look.ink(ax), lw=1, alpha=0.6, label="solution")
    ax.plot(coarse.t, euler.x[0], "o-", label="Euler-Maruyama, 4 steps")
    ax.plot(coarse.t, milstein.x[0], "s--", label="Milstein, 4 steps")
    ax.set(xlabel="time t", ylabel="X$_t$", title="Two schemes follow one path")
    ax.legend()


figure = plot.figure(
    draw_paths,
    alt="Four steps of Euler-Maruyama and of Milstein follow a path of the solution.",
)

# %%
# Check it
# --------
# On this equation :math:`E\,|X_n - X_T|^2` has a closed form for every :math:`n`, derived in
# :mod:`stochcalc.claims.theorems.g21_strong_order`. So the test is not whether some slope looks
# like 1/2. Each of sixteen errors is compared with its own exact value; *z* is the distance in
# standard errors. All sizes of steps are driven by the same paths, so the *z* of one scheme move
# together.

finding = sc.CLAIMS["G21"].run(paths=50_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# The lines in the figure are those closed forms. The fitted slope of Euler-Maruyama is not 1/2 but
# 0.52, and that is right: the slope through the exact errors, with the same weights, is 0.52 as
# well. **A slope at finite steps is not the order.** With little noise, as for :math:`a = 1` and
# :math:`b = 0.1`, the same steps show the order 1 of the ordinary equation, and no number of paths
# repairs that:

calm = sc.strong_convergence(
    sc.models.gbm(1.0, 0.1), 1.0, 1.0, levels=range(2, 10), paths=20_000, rng=1
)
slope = calm.slope("euler_maruyama")
exact_slope = calm.exact_slope("euler_maruyama")
print(f"b = 0.1: slope {slope}, of the exact errors {exact_slope:.4f}")
assert abs(slope.z(exact_slope)) <= 6
assert exact_slope > 0.9

figure = plot.figure(
    finding.draw,
    alt="Strong errors of Euler-Maruyama and of Milstein against the step lie on their "
    "exact curves, beside triangles of slope one half and of slope one.",
)

# %%
# The wrong twin
# --------------
# Two wrong guesses are natural. One step of Euler-Maruyama errs by about :math:`h`, so that
# :math:`n = T/h` steps seem to err by something of order 1, and the scheme would not converge at
# all. Or one remembers Euler's method for ordinary equations and expects order 1. The twin is this
# second guess, from the exact error at :math:`n = 4` on. At 512 steps it is ruled out:

finest = finding.rows[7]
print(f"{finest.statement}: measured {finest.measured}, exact {finest.exact:.3e}")
print(f"{finest.twin_statement}: {finest.twin:.3e}, z {finest.twin_z:+.0f}")
assert finest.twin_refuted

# %%
# Why
# ---
# Expand one step of the solution by Ito's formula. What Euler-Maruyama leaves out is, to leading
# order,
#
# .. math::
#
#     \int_{t}^{t+h} \int_t^s b\,b'\,\dd W_r\,\dd W_s = \tfrac12\,b\,b'\,(\dd W^2 - h),
#
# which is exactly what Milstein's scheme adds. This error has size :math:`h` but the mean 0, and
# those of different steps are uncorrelated. So not the errors add up but their *variances*:
# :math:`n` variances of order :math:`h^2` make a mean square of order :math:`n h^2 = T h`, whose
# root is :math:`h^{1/2}`. Milstein's scheme leaves out terms of size :math:`h^{3/2}` with mean 0,
# whose variances add up to :math:`n h^3`, and terms of size :math:`h^2` with a mean, which add up
# to :math:`n h^2`; both give order 1.
#
# On geometric Brownian motion the sum can be done. A step contributes :math:`\frac12 b^4 h^2 E
# X_t^2`, and the rest of the way to :math:`T` multiplies it by :math:`e^{(2a + b^2)(T - t)}`, so
# that
#
# .. math::
#
#     E\,|X_n - X_T|^2 \approx \tfrac12\,b^4\,T\,e^{(2a + b^2) T}\,h.

leading = 0.5 * 0.5**4 * math.exp(2 * 0.5 + 0.5**2) / 512
print(f"n = 512: leading term {leading:.4e}, exact {finest.exact:.4e}")
assert abs(leading / finest.exact - 1) < 0.01

# %%
# Play
# ----
# :sandbox:`Halve the step on this path <schemes?key=11530976094092348043&n=4&eq=gbm>`.
# The page begins with the four steps of this lesson. Along one path the errors do not fall evenly;
# those of many paths, which are filled in for the steps that you visit, lie on the lines of the
# theory. A third scheme has the order 3/2.

# %%
# Exercise
# --------
# 1. Take :math:`\dd X = b X\,\dd W` from :math:`X_0 = 1`, and one single step of length 1. Show
#    that Euler-Maruyama has the mean-square error :math:`e^x - 1 - x` with :math:`x = b^2`, and
#    Milstein's scheme :math:`e^x - 1 - x - x^2/2`. (Hint: :math:`e^{bW - b^2/2}` is a series of
#    orthogonal Hermite polynomials.) Measure both for :math:`b = \frac12`.
# 2. For additive noise, such as that of an Ornstein-Uhlenbeck process, Euler-Maruyama has order 1.
#    Why? Measure the error with 4 and with 16 steps.
#
# .. solution::

x = 0.25
step = sc.brownian(T=1.0, n=1, paths=200_000, rng=1)
martingale = sc.models.gbm(0.0, 0.5)
truth = sc.solve(martingale, 1.0, noise=step, method="exact", save="last").end
for method, error in (
    ("euler_maruyama", math.expm1(x) - x),
    ("milstein", math.expm1(x) - x - x * x / 2),
):
    end = sc.solve(martingale, 1.0, noise=step, method=method, save="last").end
    found = sc.Estimate.mean((end - truth) ** 2)
    print(f"{method}: measured {found}, exact {error:.6f}, z {found.z(error):+.1f}")
    assert abs(found.z(error)) <= 6

# 2. b' = 0: the term that Milstein adds is 0, and the two schemes are the same.
ou = sc.models.ou(1.0, 0.0, 1.0)
study = sc.strong_convergence(ou, 0.0, 1.0, steps=(4, 16), paths=50_000, rng=2)
errors = study.exact["euler_maruyama"]
for n, found, error in zip((4, 16), study.estimates("euler_maruyama"), errors):
    print(f"n = {n}: measured {found}, exact {error:.6f}, z {found.z(error):+.1f}")
    assert abs(found.z(error)) <= 6
assert np.log(errors[0] / errors[1]) / np.log(4.0) > 0.95

# %%
# References
# ----------
# :cite:t:`kloedenplaten1992`, sections 10.2 and 10.3, prove both orders; the schemes are those of
# :cite:t:`maruyama1955` and :cite:t:`milstein1974`. The functions here:
# :func:`stochcalc.strong_convergence`, :func:`stochcalc.solve`, :func:`stochcalc.models.gbm`.
