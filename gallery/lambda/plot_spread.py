r"""
When the evaluation point does not matter
=========================================

**Theorem.** Let :math:`R(0)` and :math:`R(1)` be the sums of :math:`f\, \dd W` over
:math:`[0, T]` with :math:`f` at the left and at the right ends of the steps. Their difference is
the covariation of :math:`f` and :math:`W` along the partition,

.. math::

    R(1) - R(0) = \sum_k (f_{t_{k+1}} - f_{t_k}) (W_{t_{k+1}} - W_{t_k})
    \longrightarrow [f, W]_T .

For :math:`f = W` the limit is :math:`T`. For a continuously differentiable function
:math:`f = g(t)` of time alone, and for a Brownian motion :math:`f = W'` that is independent of
:math:`W`, it is 0 in mean square.

After the lesson on :math:`W\, \dd W` one may think that stochastic integrals always need a
:math:`\lambda`. They need one only where the integrand is pushed by the same noise as the
integrator. A second motion may be as rough as the first and still make no difference: roughness is
not the reason, common noise is.
"""

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Two independent motions :math:`W` and :math:`W'` on one grid, and three integrands. The difference
# of the two sums is the covariation, up to rounding.

pair = sc.brownian(T=1.0, n=1024, dim=2, rng=4)
W = pair[0]
other = pair[1]
clock = (W.t, W.t[None, :])  # the path t, as times and values of one path

for name, f in (("W dW ", W), ("W' dW", other), ("t dW ", clock)):
    left = sc.ito(f, W)[0]
    right = sc.backward(f, W)[0]
    both = np.squeeze(sc.covariation(f, W).value)
    print(f"{name}: left {left:+.4f}, right {right:+.4f}, covariation {both:+.4f}")


# %%
# Summed up to every time, the differences tell more. That of :math:`W\, \dd W` grows like time.
# That of :math:`W'\, \dd W` is made of steps of the same size, but of either sign, and they cancel.


def draw_differences(ax):
    for i, (name, f) in enumerate((("W dW", W), ("W′ dW", other), ("t dW", clock))):
        difference = sc.covariation(f, W, running=True).value
        ax.plot(W.t, np.squeeze(difference), color=f"C{i}", label=name)
    ax.plot(W.t, W.t, ":", color=plot.look.ink(ax), label="t")
    ax.set(xlabel="time t", ylabel="R(1) − R(0), up to t")
    ax.set_title("Only W dW has a difference that stays")
    ax.legend()


figure = plot.figure(
    draw_differences,
    alt="The difference of right and left sums up to time t follows t for W dW, "
    "and stays near 0 for W' dW and t dW.",
)

# %%
# Check it
# --------
# The mean squares of the differences are known exactly: with a step :math:`h` they are
# :math:`T h^2` for :math:`t\, \dd W` and :math:`T h` for :math:`W'\, \dd W`.

finding = sc.CLAIMS["G11"].run(paths=50_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# Both tend to 0, one of them faster. For :math:`W\, \dd W` the root mean square tends to
# :math:`T`.

figure = plot.figure(
    finding.draw,
    alt="The root mean square of R(1) - R(0) falls like h for t dW, like the root of h "
    "for W' dW, and tends to T for W dW.",
)

# %%
# The wrong twin
# --------------
# "Both :math:`W` and :math:`W'` are Brownian motions, so the sums of :math:`W'\, \dd W` differ by
# :math:`T`, as those of :math:`W\, \dd W` do." The right sums would then have the mean :math:`T`.

right_sum = finding.rows[2]
print(f"measured {right_sum.measured}, exact {right_sum.exact}, twin {right_sum.twin}")
print(f"the twin is {abs(right_sum.twin_z):.0f} standard errors away")
assert right_sum.twin_refuted

# %%
# Why
# ---
# Over one step the product :math:`\Delta f\, \Delta W` has
#
# .. math::
#
#     E\,(\Delta W)^2 = h, \qquad E\, \Delta W' \Delta W = 0, \qquad
#     E\,(\Delta W' \Delta W)^2 = h^2 .
#
# In the first case :math:`T/h` means of the size :math:`h` add up to :math:`T`. In the second the
# products are independent with mean 0, their mean squares add up to :math:`(T/h)\, h^2 = T h`, and
# the difference tends to 0 like :math:`\sqrt h`. For :math:`t\, \dd W` each product is
# :math:`h\, \Delta W`, and their sum is :math:`h\, W_T`. See
# :mod:`stochcalc.claims.theorems.g11_spread`.

# %%
# Play
# ----
# :sandbox:`Move from the left ends to the right ones <lambda?lam=0/16&n=256&f=w&at=value>`. Where
# the values at the two ends are blended, the sum is a linear function of :math:`\lambda`, and its
# slope is the covariation: near 1 for :math:`f = w`, and near :math:`2 \int W_t\, \dd t` for
# :math:`f = w^2`.

# %%
# Exercise
# --------
# 1. Two motions have the correlation :math:`\rho`. Find the mean and the mean square of
#    :math:`R(1) - R(0)` for :math:`W_1\, \dd W_2` on :math:`n` equal steps, and measure both for
#    :math:`\rho = \frac12`, :math:`n = 64`, :math:`T = 1`.
# 2. A function of time may jump. What is the mean square of :math:`R(1) - R(0)` for the function
#    that is 0 before :math:`t = \frac12` and 1 from there on, and with which order does it vanish?
#
# .. solution::

# 1. For normals X, Y with variance h and correlation rho, E XY = rho h and the variance of XY is
# (1 + rho^2) h^2. The sum has mean rho T and mean square rho^2 T^2 + (1 + rho^2) T h.
rho = 0.5
n = 64
correlated = sc.brownian(
    n=n, dim=2, correlation=[[1.0, rho], [rho, 1.0]], paths=50_000, store=False, rng=1
)
difference = sc.expectation(lambda w: np.prod(np.diff(w, axis=1), axis=2).sum(axis=1), correlated)
for measured, exact in (
    (difference.estimate(), rho),
    (difference.mean_square(), rho**2 + (1 + rho**2) / n),
):
    print(f"measured {measured.value:.5f} +- {measured.stderr:.5f}, exact {exact:.5f}")
    assert abs(measured.z(exact)) <= 6

# 2. Only the step that ends at 1/2 differs, by one increment of W: the mean square is h, and the
# root mean square has the order 1/2, as for W' dW. The smoothness of g sets the order.
motion = sc.brownian(n=n, paths=50_000, store=False, rng=2)
jump = np.diff((motion.t >= 0.5).astype(float))
square = sc.expectation(lambda w: (np.diff(w, axis=1) @ jump) ** 2, motion).estimate()
print(f"measured {square.value:.6f} +- {square.stderr:.6f}, exact {1 / n:.6f}")
assert abs(square.z(1 / n)) <= 6

# %%
# References
# ----------
# :cite:t:`karatzasshreve1991`, sections 1.5 and 3.3, treat the covariation and Stratonovich's
# integral. The functions here: :func:`stochcalc.covariation`, :func:`stochcalc.ito`,
# :func:`stochcalc.backward`, :func:`stochcalc.brownian`.
