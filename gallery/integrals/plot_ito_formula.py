r"""
Ito's formula: the second order stays
=====================================

**Theorem** (Ito). Let :math:`W` be a Brownian motion and :math:`F` twice continuously
differentiable. Then, almost surely,

.. math::

    F(W_T) - F(0) = \int_0^T F'(W) \, \dd W + \frac12 \int_0^T F''(W) \, \dd t.

The first integral is Ito's. This is the fundamental theorem of calculus for a path that has no
derivative, and it has one term more than the classical one. In Taylor's formula a smooth path
leaves nothing of the second order, because :math:`\dd x^2` is of the order
:math:`\dd t^2`. A Brownian path leaves :math:`\dd W^2 = \dd t`, and all of
stochastic calculus grows out of this one line.
"""

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Take :math:`F(w) = \frac{w^3}{3}`, so that the formula reads :math:`\frac{W_T^3}{3} = \int W^2 \,
# \dd W + \int W \, \dd t`. On a grid, :func:`stochcalc.ito_residual` returns what is
# left over: the left side minus both sums. It finds the derivatives itself, by difference
# quotients.


def cube(w):
    return w * w * w / 3.0


W = sc.brownian(n=4096, rng=7)
for n in (16, 256, 4096):
    V = W.coarsen(4096 // n)
    left_over = sc.ito_residual(cube, V)[0]
    classical = cube(V.values[0, -1]) - sc.ito(lambda t, w: w * w, V)[0]
    print(f"n = {n:4d}: with the term {left_over:+.4f}, without it {classical:+.4f}")

# %%
# What Ito's formula leaves over is random, of the size :math:`n^{-1/2}`: here 0.25, 0.06 and 0.016.
# So it vanishes, if not in every step. What the classical formula leaves does not: it settles at
# :math:`\int W \, \dd t`. Along the whole path, one of the sums follows :math:`F(W_t)`, and
# the other one loses it.


def draw_one_path(ax):
    V = W.coarsen(8)
    integral = sc.ito(lambda t, w: w * w, V, running=True)[0]
    second_order = np.cumsum(V.values[0, :-1]) / 512
    F = cube(V.values[0])
    ax.plot(V.t, F, color="C0", lw=3, alpha=0.4, label="F(W)")
    whole = integral[1:] + second_order
    ax.plot(V.t[1:], whole, color="C1", label="Σ F′ ΔW + ½ Σ F″ Δt")
    ax.plot(V.t, integral, color="C2", ls="--", label="Σ F′ ΔW alone")
    ax.set(xlabel="time t, n = 512", ylabel="F = w³/3")
    ax.set_title("The sum follows F(W) only with its second-order term")
    ax.legend()


figure = plot.figure(
    draw_one_path,
    alt="Along one path the sum of F' dW and of half F'' dt follows F(W); that of "
    "F' dW alone drifts away from it.",
)

# %%
# Check it
# --------
# What is left over on :math:`n` steps has a mean square that can be computed by hand. For this
# :math:`F` and :math:`T = 1` it is :math:`(n + \frac23)/n^2`, and without the second-order term it
# tends to :math:`E (\int W \, \dd t)^2 = \frac13`. For the exponential function, the
# mean of what is left over is checked.

finding = sc.CLAIMS["G15"].run(paths=50_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# The rest falls like :math:`n^{-1/2}`, the speed of nearly everything in this chapter.

figure = plot.figure(
    finding.draw,
    alt="What Ito's formula leaves over falls like the root of the step on its exact "
    "curve; without the second-order term it stays near 0.58.",
)

# %%
# The wrong twin
# --------------
# The classical formula, :math:`F(W_T) - F(0) = \int F'(W) \, \dd W`, is right for every
# smooth path, and it is right for Brownian motion too if the integral is Stratonovich's. With Ito's
# sums it fails, by this much in the mean for the exponential function:

row = finding.rows[1]
print(f"measured {row.measured}, exact {row.exact:.7f}")
print(f"twin {row.twin:.4f}: {row.twin_z:+.0f} standard errors away")
assert row.twin_refuted

# %%
# Why
# ---
# Expand :math:`F = \frac{w^3}{3}` over one step from :math:`w = W_{t_k}` by :math:`d = \Delta W_k`,
# and take away what the formula puts into its sums, :math:`w^2 d` and :math:`w h`:
#
# .. math::
#
#     \frac{(w + d)^3 - w^3}{3} - w^2 d - w h = w (d^2 - h) + \frac{d^3}{3}.
#
# Both terms on the right have mean 0 given the past, so that the steps are uncorrelated: their mean
# squares add up. A step has a mean square of the order :math:`h^2`. There are :math:`1/h` steps, so
# that the whole is of the order :math:`h` and vanishes. The heart of it is :math:`d^2 - h`: the
# second-order term is *random* in every step, but the law of large numbers makes it deterministic
# in the sum. This is quadratic variation once more. For :math:`F = \frac{w^2}{2}` nothing else is
# left: the residual is :math:`\frac12 (\sum \Delta W^2 - T)`, exactly. A general :math:`F` is
# treated in the same way by Taylor's formula. The numbers are derived in
# :mod:`stochcalc.claims.theorems.g15_ito_formula`.

# %%
# With time, and along other paths
# --------------------------------
# If :math:`F` depends on time as well, the term :math:`\int F_t \, \dd t` joins in. If
# :math:`F_t + \frac12 F_{ww} = 0`, only the stochastic integral is left, and :math:`F(t, W_t)` is a
# martingale, provided that :math:`E \int F_w^2 \, \dd t` is finite. An example is
# :math:`w^2 - t`; another one is :math:`e^{w - t/2}` (:doc:`plot_exponential`). Along the solution
# of an equation :math:`\dd X = a \, \dd t + b \, \dd W` the formula keeps its
# form, with :math:`\dd X` in the place of :math:`\dd W`, and :math:`b^2 \,
# \dd t` in that of :math:`\dd t` beside :math:`\frac12 F''`:

model = sc.models.ou(1.0, 0.0, 0.5)
X = sc.solve(model, 1.0, 1.0, n=4096, paths=200, rng=1)
left_over = sc.ito_residual(lambda t, x: t * x * x, X, sde=model)
print("F = t x^2 along an Ornstein-Uhlenbeck path:", sc.Estimate.mean(left_over))

# %%
# Exercise
# --------
# 1. Let :math:`F = w^4`. Take means in Ito's formula to find :math:`E \, W_t^4`. Then show
#    that on :math:`n` equal steps of :math:`[0, 1]` the residual has the mean :math:`\frac3n`, and
#    measure it at :math:`n = 16`.
# 2. Which multiple of :math:`t^2` makes :math:`w^4 - 6 t w^2 + c \, t^2` a martingale? Check it by
#    its mean given that the path was above 1 at time :math:`\frac12`.
#
# .. solution::

# 1. The stochastic integral has mean 0, so that E W_t^4 is the integral of 6 E W_s^2 = 6 s: 3 t^2.
# On a grid the sum of 6 t_k h is 3 (1 - 1/n) instead of 3, and 3/n is left.
coarse = sc.brownian(n=16, paths=100_000, store=False, rng=1)
residual = sc.ito_residual(
    lambda w: w**4, lambda w: 4 * w**3, lambda w: 12 * w**2, coarse, save="stats"
)
mean = residual.estimate()
print(f"mean residual: measured {mean}, exact {3 / 16}")
assert abs(mean.z(3 / 16)) <= 6

# 2. F_t + F_ww/2 = -6 w^2 + 2 c t + 6 w^2 - 6 t vanishes for c = 3.
pair = sc.brownian(n=2, paths=100_000, rng=2).values


def quartic(t, w):
    return w**4 - 6 * t * w**2 + 3 * t**2


gain = quartic(1.0, pair[:, 2]) - quartic(0.5, pair[:, 1])
chosen = sc.Estimate.mean(gain[pair[:, 1] > 1.0])
print(f"mean gain above 1: measured {chosen}, exact 0; c = 2 would have -0.75")
assert abs(chosen.z(0.0)) <= 6

# %%
# References
# ----------
# The formula is in :cite:t:`ito1951`; :cite:t:`evans2013`, section 4.3, has it with time and along
# solutions. The functions here: :func:`stochcalc.ito_residual`, :func:`stochcalc.ito`,
# :func:`stochcalc.solve`, :func:`stochcalc.models.ou`.
