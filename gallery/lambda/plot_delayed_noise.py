r"""
Where a real lambda comes from
==============================

**Theorem.** Let :math:`\eta` be noise that jumps between two values, with covariance
:math:`e^{-|t - s|/\tau}/(2 \tau)`, and let the state be driven by what it was a delay ago,

.. math::

    x' = \sigma \, y \, \eta, \qquad \delta \, y' = x - y .

As :math:`\tau \to 0` with :math:`\delta/\tau` fixed, the mean of :math:`x` tends to that of
:math:`\dd X = \sigma X \circ_\lambda \dd W` with

.. math::

    \lambda = \frac{1/2}{1 + \delta/\tau} .

Mathematics leaves the choice of :math:`\lambda` to the model. Nature does not choose: it has noise
with a memory :math:`\tau` and responses with a delay :math:`\delta`, and no :math:`\lambda` at all.
White noise is what remains of it in a limit, and the limit remembers which of the two times was the
shorter. An immediate response is read as Stratonovich does, a slow one as Ito does. Between them
lie all other readings, and an electric circuit was tuned through them (:cite:t:`pesce2013`).
"""

import numpy as np

import stochcalc as sc
from stochcalc import plot
from stochcalc.claims.theorems.g35_delayed_noise import mean_after

# %%
# Try it
# ------
# The noise is :func:`stochcalc.telegraph_noise`. It drives an equation by its integral, in the
# place of a Brownian motion. The state has two components, :math:`x` and the delayed :math:`y`.

tau = 1 / 32
late = sc.SDE(
    lambda t, x, delta: (0.0, (x[0] - x[1]) / delta),
    lambda t, x, delta: (x[1], 0.0),
    noise="scalar",
    args=(tau,),
)
eta = sc.telegraph_noise(tau, n=256, size=1 / np.sqrt(2 * tau), paths=4000, rng=7)
X = sc.solve(late, (1.0, 1.0), noise=eta.integral())


def draw_noise_and_response(ax):
    left, right = plot.panels(ax, 2, "Noise of two values, and the responses to it")
    left.plot(eta.t, eta.values[0], lw=1)
    left.set(xlabel="t", ylabel="η", title="one path of the noise")
    for i in range(3):
        right.plot(X.t, X.x[i, :, 0], color=f"C{i}", lw=1.3)
        right.plot(X.t, X.x[i, :, 1], color=f"C{i}", lw=1.0, ls=":")
    right.set(xlabel="t", ylabel="x, dotted: y", title="three responses, δ = τ")


figure = plot.figure(
    draw_noise_and_response,
    alt="One path of telegraph noise that jumps between 4 and -4; three responses x, each followed "
    "by its delayed y.",
)

# %%
# Check it
# --------
# At finite :math:`\tau`, :math:`\delta` and :math:`n` the mean of :math:`x` is a power of a matrix,
# because the noise has two values. The column of limits has :math:`e^{\lambda}`.

finding = sc.CLAIMS["G35"].run(paths=100_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# The shorter the memory, the nearer are the systems to white noise that is read with
# :math:`\lambda`.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, the means of three systems lie on their exact lines, below those of "
    "white noise with lambda 1/2, 1/4 and 1/8; in the second, the lambda that the mean shows falls "
    "with the delay, near the limit 1/2 over 1 + delta/tau.",
)

# %%
# The wrong twin
# --------------
# *Real noise has a memory, so the right reading is Stratonovich's.* That is the theorem of Wong and
# Zakai (:doc:`plot_smooth_noise`), and it assumes that the response is immediate. With
# :math:`\delta = \tau`:

late_row = finding.rows[1]
print(f"measured {late_row.measured}, exact {late_row.exact:.5f}")
print(f"twin {late_row.twin:.5f}: {late_row.twin_z:+.0f} standard errors away")
assert late_row.twin_refuted

# %%
# Why
# ---
# The mean grows by :math:`\sigma E \, y \eta`, and :math:`y` is correlated with the noise as far as
# it has heard of it. The noise of :math:`v` time units ago moved :math:`x` by
# :math:`\sigma x \eta`; a time :math:`u < v` later, :math:`y` follows with weight
# :math:`e^{-u/\delta}/\delta`. So
#
# .. math::
#
#     E \, y \eta \approx \sigma x \int_0^\infty \frac{e^{-u/\delta}}{\delta}
#     \int_u^\infty \frac{e^{-v/\tau}}{2 \tau} \, \dd v \, \dd u
#     = \sigma x \cdot \frac12 \cdot \frac{1/\delta}{1/\delta + 1/\tau} .
#
# The factor of :math:`\sigma x` is :math:`\lambda`. The means on the events that the noise is
# positive or negative obey four linear equations, which give the exact numbers; see
# :mod:`stochcalc.claims.theorems.g35_delayed_noise`.

# %%
# Exercise
# --------
# 1. Which delay gives :math:`\lambda = 0.1`? Measure the mean there with :math:`\tau = 1/32` and
#    compare it with :math:`e^{0.1}`, and with the mean at this :math:`\tau`, which the claim
#    computes as the power of a matrix: ``mean_after(delta / tau, tau, k, n)``.
# 2. What does the equation without delay give if the noise is replaced by normal noise of the same
#    covariance, :func:`stochcalc.coloured_noise`? Its integral over :math:`[0, t]` is normal with
#    variance :math:`V = t - \tau (1 - e^{-t/\tau})`, and :math:`x = e^{\sigma \int \eta}` has the
#    mean :math:`e^{\sigma^2 V/2}`.
#
# .. solution::

# 1. (1/2)/(1 + r) = 0.1 for r = 4. At finite tau the mean is a little lower.
noise = sc.telegraph_noise(tau, n=256, size=1 / np.sqrt(2 * tau), paths=40_000, store=False, rng=1)
slow = sc.SDE(late.drift, late.diffusion, noise="scalar", args=(4 * tau,))
mean = sc.solve(slow, (1.0, 1.0), noise=noise.integral(), save="stats").moments[-1, 0].estimate()
exact = mean_after(4.0, tau, 256, 256)
print(f"delta = 4 tau: {mean}, exact {exact:.4f}, white noise of lambda = 0.1: {np.exp(0.1):.4f}")
assert abs(mean.z(exact)) <= 6

# 2. Heun's scheme takes any noise, and its error for smooth noise is of the second order.
coloured = sc.coloured_noise(
    tau, n=1024, size=1 / np.sqrt(2 * tau), paths=20_000, store=False, rng=2
)
at_once = sc.SDE(lambda t, x: 0.0, lambda t, x: x, lam=0.5)
mean = sc.solve(at_once, 1.0, noise=coloured.integral(), method="heun", save="stats")
mean = mean.moments[-1].estimate()
variance = 1 - tau * (1 - np.exp(-1 / tau))
print(f"coloured noise: {mean}, exact {np.exp(variance / 2):.4f}")
assert abs(mean.value - np.exp(variance / 2)) <= 6 * mean.stderr + 0.01

# %%
# References
# ----------
# :cite:t:`pesce2013` has the theorem and the experiment, :cite:t:`shapirologinov1978` the means
# with telegraph noise. The functions here: :func:`stochcalc.telegraph_noise`,
# :func:`stochcalc.coloured_noise`, :func:`stochcalc.solve`, :class:`stochcalc.SDE`.
