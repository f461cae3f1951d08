r"""
One equation, three models: how a noise term is read
====================================================

**Theorem.** Let :math:`\sigma` be a number and :math:`\lambda \in [0, 1]`. Read the noise term of
:math:`\dd X = \sigma X \, \dd W` with :math:`\lambda`: in every small step,
:math:`\sigma X` is evaluated at the share :math:`\lambda` of the way from the value of :math:`X` at
the beginning (:math:`\lambda = 0`, Ito) to the one at the end (:math:`\lambda = 1`, backward). The
solution from :math:`x_0` is Ito's solution of :math:`\dd X = \lambda \sigma^2 X \,
\dd t + \sigma X \, \dd W`, so that

.. math::

    X_t = x_0 \exp\bigl( \sigma W_t + (\lambda - \tfrac12) \sigma^2 t \bigr), \qquad
    E X_t = x_0 \, e^{\lambda \sigma^2 t}.

For an integral, the evaluation point shifts the result by :math:`(\lambda - \frac12) T`. Inside an
equation the shift is fed back into the next step, and it becomes *growth*. Written without its
:math:`\lambda`, the equation is not yet a model: it does not say whether the mean stays at
:math:`x_0` or doubles.
"""

import numpy as np
from scipy.special import ndtr

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# The interpretation is a part of the equation here. The same functions are read three times, solved
# along the same Brownian path up to time 4, and compared with the formula.

W = sc.brownian(T=4.0, n=4096, rng=7)
end = W.values[0, -1]


def diffusion(t, x):
    return 0.5 * x


def slope(t, x):  # the derivative of the diffusion
    return 0.5


def read_with(lam):
    return sc.SDE(lambda t, x: 0.0, diffusion, lam=lam, diffusion_dx=slope)


for lam in (0.0, 0.5, 1.0):
    X = sc.solve(read_with(lam), 1.0, noise=W, method="milstein")
    exact = np.exp(0.5 * end + (lam - 0.5) * 0.25 * 4.0)
    print(f"lambda = {lam:3.1f}: X_4 = {X.end[0]:.4f}, exactly {exact:.4f}")

# %%
# From one reading to the next the result is multiplied by :math:`e^{1/2}`: this is
# :math:`e^{\sigma^2 t / 2}` with :math:`\sigma = \frac12` and :math:`t = 4`. The method
# :meth:`stochcalc.SDE.to` translates an equation from one reading to another, and changes its drift
# for it. The same process is then written in three ways:

stratonovich = read_with(0.5)
for lam in (0.0, 0.5, 1.0):
    drift = stratonovich.to(lam).drift(0.0, 1.0)
    print(f"read with {lam:3.1f} its drift at x = 1 is {drift:+.3f}")

# %%
# Check it
# --------
# The mean can be measured, and for three schemes it is known at every number of steps: one step of
# length :math:`h` multiplies the mean by :math:`1 + \lambda \sigma^2 h`. Each scheme finds its own
# way to the reading. Euler-Maruyama solves the converted equation, Milstein's scheme carries
# :math:`\lambda` in its correction term, and ``lambda_euler`` does what the definition says: it
# evaluates :math:`\sigma X` between the ends of the step.

finding = sc.CLAIMS["G18"].run(paths=50_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# Along one path (left) the three solutions keep their order and drift apart, by a factor that does
# not depend on the path. A path may well fall under every reading. What the reading fixes is the
# mean over many paths (right), and only Ito's is constant.

figure = plot.figure(
    finding.draw,
    alt="One path read with lambda 0, 1/2 and 1 gives three solutions that part; the "
    "measured means lie on 1, exp(t/8) and exp(t/4).",
)

# %%
# The wrong twin
# --------------
# "The noise has mean 0, so the solution keeps its mean." That is right for Ito's reading and for no
# other. For :math:`\lambda = \frac12`, against the mean :math:`x_0` of a martingale:

row = finding.rows[1]
print(f"measured {row.measured}, exact {row.exact:.5f}")
print(f"twin {row.twin:.1f}: {row.twin_z:+.0f} standard errors away")
assert row.twin_refuted

# %%
# Why
# ---
# Let :math:`b(x) = \sigma x`. Read with :math:`\lambda`, a step moves :math:`X` by :math:`b(X +
# \lambda \, \Delta X) \, \Delta W`. To first order :math:`\Delta X = b(X) \, \Delta W`, and by
# Taylor's formula
#
# .. math::
#
#     b(X + \lambda \, \Delta X) \, \Delta W
#     = b(X) \, \Delta W + \lambda \, b'(X) \, b(X) \, \Delta W^2 + \dots
#
# The second term has the size of :math:`\Delta t` and not of :math:`\Delta t^2`, since
# :math:`E \, \Delta W^2 = \Delta t`, and the squares of many steps add up to the elapsed
# time (:doc:`quadratic variation </learn/variation/plot_quadratic_variation>`). So reading with
# :math:`\lambda` adds the drift :math:`\lambda b b'`, here :math:`\lambda \sigma^2 X`. If :math:`b`
# does not depend on :math:`x`, the noise is called additive, and all readings agree. The means of
# the three schemes are derived in :mod:`stochcalc.claims.theorems.g18_readings`.

# %%
# Which reading is right?
# -----------------------
# Mathematics cannot tell: each defines a good model. The question belongs to what is modelled
# (:cite:t:`vankampen1981`).
#
# * A trader decides *before* the next move of the price is known. The holding is evaluated at the
#   left end, :math:`\lambda = 0`, and no drift appears that was not written down.
# * Physical noise is smooth on a short enough scale. If the white noise of the equation stands for
#   such a noise of short memory, the limit is :math:`\lambda = \frac12`, and the chain rule of
#   ordinary calculus holds (:doc:`plot_smooth_noise`).
# * The overdamped motion of a small particle whose mobility depends on its place, in a bath of one
#   temperature, is often written with :math:`\lambda = 1`. The drift that this reading adds is the
#   one that makes Boltzmann's law stationary.
#
# An equation that is printed without its :math:`\lambda` leaves out a term of its drift.

# %%
# Exercise
# --------
# 1. Translate :math:`\dd X = -X \, \dd t + \frac12 X \circ \dd W` (Stratonovich)
#    into an Ito equation by hand, and let :meth:`stochcalc.SDE.to_ito` check the drift. Then show
#    that Heun's scheme with :math:`n = 4` steps has the mean :math:`0.8125^4` at time 1, and
#    measure it.
# 2. Under Ito's reading the mean of :math:`\dd X = \frac12 X \, \dd W` stays at 1. What
#    is the probability that a path ends above 1 at time 4?
#
# .. solution::

# 1. The Ito drift is -x + (1/2)(1/2)(x/2) = -7x/8. A step of Heun's scheme multiplies X by
# 1 + y + y^2/2 with y = -h + dW/2, which has the mean 1 - h + (h^2 + h/4)/2 = 0.8125 for h = 1/4.
damped = sc.SDE(lambda t, x: -x, diffusion, lam=0.5, diffusion_dx=slope)
assert damped.to_ito().drift(0.0, 1.0) == -0.875
coarse = sc.brownian(n=4, paths=100_000, rng=1)
heun = sc.solve(damped, 1.0, noise=coarse, method="heun", save="stats")
mean = heun.moments[-1].estimate()
print(f"E X_1: measured {mean}, exact {0.8125**4:.6f}, limit {np.exp(-0.875):.6f}")
assert abs(mean.z(0.8125**4)) <= 6

# 2. X_4 > 1 means W_4 > sigma^2 4/2 / sigma = 1, of probability Phi(-1/2): the mean stays, and
# most of the paths fall.
model = sc.models.gbm(0.0, 0.5)
ends = sc.solve(model, 1.0, 4.0, n=1, paths=100_000, method="exact", rng=2).end
above = sc.Estimate.share(np.count_nonzero(ends > 1.0), len(ends))
print(f"P(X_4 > 1): measured {above}, exact {ndtr(-0.5):.5f}")
assert abs(above.z(ndtr(-0.5))) <= 6

# %%
# References
# ----------
# :cite:t:`stratonovich1966` introduces the reading at one half, :cite:t:`kloedenplaten1992`,
# section 4.9, has the conversion, and :cite:t:`vankampen1981` discusses which reading a physicist
# needs. The functions here: :class:`stochcalc.SDE`, :func:`stochcalc.solve`,
# :func:`stochcalc.models.gbm`.
