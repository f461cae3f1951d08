r"""
Sums of f(W) dW: the ordinary rule and a correction
===================================================

**Theorem.** Let :math:`f` have a continuous derivative, let :math:`F' = f`, and blend the values of
:math:`f` at the two ends of every step. As the longest step tends to 0,

.. math::

    \begin{aligned}
    R(\lambda)
    &= \sum_k \bigl((1 - \lambda) f(W_{t_k}) + \lambda f(W_{t_{k+1}})\bigr)
    (W_{t_{k+1}} - W_{t_k}) \\
    &\longrightarrow F(W_T) - F(0) + \Bigl(\lambda - \frac12\Bigr) \int_0^T f'(W_t)\, \dd t
    \quad \text{in probability.}
    \end{aligned}

The first two terms are what Newton and Leibniz would have written. The
third is new, it depends on the whole path and not on its end alone, and it vanishes at one
:math:`\lambda` only: Stratonovich's :math:`\frac12` keeps the rules of ordinary calculus. At
:math:`\lambda = 0` the theorem is Ito's formula, read from right to left.
"""

import math

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Sum :math:`\sin(W)\,\dd W` along one path. Here :math:`F(w) = -\cos w`, and the ordinary rule says
# :math:`1 - \cos W_T` for every :math:`\lambda`. The function ``riemann_limit`` is the right side
# of the theorem, from :math:`F` and :math:`f'`.

W = sc.brownian(T=4.0, n=4096, rng=2)
ordinary = 1.0 - math.cos(W.values[0, -1])

for lam in (0.0, 0.5, 1.0):
    total = sc.riemann_sum(lambda t, w: math.sin(w), W, lam, at="value")[0]
    limit = sc.riemann_limit(lambda w: -math.cos(w), lambda w: math.cos(w), W, lam)[0]
    print(f"lambda = {lam}: sum {total:+.3f}, limit {limit:+.3f}, rule {ordinary:+.3f}")

# %%
# Along the path, Ito's sum leaves the ordinary rule step by step. What it lacks is half the time
# integral of :math:`\cos W`, and nothing else.

ito = sc.ito(lambda t, w: math.sin(w), W, running=True)[0]
steps = np.cos(W.values[0, :-1]) * np.diff(W.t)
correction = 0.5 * np.concatenate([[0.0], np.cumsum(steps)])


def draw_correction(ax):
    rule = 1.0 - np.cos(W.values[0])
    ax.plot(W.t, rule, "C1--", lw=1.0, label="1 − cos W, the ordinary rule")
    ax.plot(W.t, ito, "C0", lw=4.0, alpha=0.5, label="Ito's sum of sin(W) dW")
    ax.plot(
        W.t,
        rule - correction,
        color=plot.look.ink(ax),
        lw=0.8,
        label="1 − cos W − ½ ∫ cos W dt",
    )
    ax.set(xlabel="time t", ylabel="sum up to t")
    ax.set_title("Ito's sum of sin(W) dW is 1 − cos(W) − ½ ∫ cos(W) dt")
    ax.legend()


figure = plot.figure(
    draw_correction,
    alt="Ito's running sum of sin(W) dW lies on 1 - cos W - 1/2 int cos W dt, "
    "and away from 1 - cos W.",
)

# %%
# Check it
# --------
# The limit depends on the path, but its mean does not. Let :math:`S = R - F(W_T) + F(0)` be the
# distance of the sum from the ordinary rule. For four integrands, two values of :math:`\lambda` and
# 64 steps, the mean of :math:`S` is known exactly; for :math:`f = w^2` it is 0 by symmetry, and the
# mean of :math:`W_T S` is taken instead.

finding = sc.CLAIMS["G10"].run(paths=50_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# The sums approach their limits with order 1/2. On the right, the error is divided by its leading
# order; what is left tends to 1. At :math:`\lambda = 0` and :math:`\lambda = 1` the leading order
# is the same, and what comes after it is not.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, sums of sin(W) dW along one path settle at (lambda - 1/2) int cos W "
    "dt; in the second, their errors over the leading order tend to 1 for three lambda.",
)

# %%
# The wrong twin
# --------------
# "Ito's sum obeys the ordinary rule, and another :math:`\lambda` adds :math:`\lambda \int f'(W)\,
# \dd t`." Half of it is true: moving :math:`\lambda` from 0 adds exactly that. But the start is
# wrong, and with it every value. All eight rows refute the twin; *z* is the distance of the
# measurement from it, in standard errors.

for row in finding.rows:
    print(f"{row.measured}: exact {row.exact:.4f}, twin {row.twin:.4f}, z {row.twin_z:.0f}")
assert all(row.twin_refuted for row in finding.rows)

# %%
# Why
# ---
# Taylor's theorem, over one step with :math:`\Delta W = W_{t_{k+1}} - W_{t_k}`:
#
# .. math::
#
#     \begin{aligned}
#     F(W_{t_{k+1}}) - F(W_{t_k})
#     &= f(W_{t_k})\, \Delta W + \tfrac12 f'(W_{t_k}) (\Delta W)^2 + \dots \\
#     \text{term of the sum}
#     &= f(W_{t_k})\, \Delta W + \lambda f'(W_{t_k}) (\Delta W)^2 + \dots
#     \end{aligned}
#
# The second line less the first is :math:`(\lambda - \frac12) f'(W_{t_k}) (\Delta W)^2`, and what
# the dots leave out vanishes in the limit. For a smooth path the squares would vanish as well. Here
# they add up to time, as the lesson on quadratic variation shows, and the sum becomes an integral.
# The exact means use Stein's identity :math:`E\, X g(X) = E X^2\, E\, g'(X)` of a normal :math:`X`
# with mean 0; see :mod:`stochcalc.claims.theorems.g10_general_integrands`.

# %%
# Play
# ----
# :sandbox:`Move the evaluation point for f = exp <lambda?lam=0/16&n=64&f=e^w&at=value>`, where the
# correction is :math:`(\lambda - \frac12) \int e^{W_t}\, \dd t`: another number on every path, and
# 0 in the middle only. Then take :math:`w^2`, whose correction may have either sign.

# %%
# Exercise
# --------
# At :math:`\lambda = \frac12` the blended sum of :math:`W\, \dd W` is :math:`W_T^2/2` on every
# path. Is the trapezoid rule exact for :math:`f(w) = w^5` as well, at least in the mean? Find
# :math:`E\, S` on :math:`n` equal steps of :math:`[0, 1]`, and measure it for :math:`n = 64`.
#
# .. solution::

# E R = lambda h sum_k E f'(W_k) = lambda h sum_k 15 t_k^2 = 2.5 lambda (1 + 1/n)(2 + 1/n), with k
# from 1 to n, and E F(W_1) = 15/6 = 2.5. At lambda = 1/2 the difference is
# 2.5 (3/(2n) + 1/(2n^2)): it tends to 0 with order 1, and is not 0.
n = 64
paths = sc.brownian(n=n, paths=100_000, store=False, rng=1)
distance = sc.riemann_sum(
    lambda t, w: w**5,
    paths,
    0.5,
    at="value",
    save="stats",
    observe=lambda t, w, r: r - w**6 / 6,
).estimate()
exact = 2.5 * (3 / (2 * n) + 1 / (2 * n**2))
print(f"E S = {distance.value:.5f} +- {distance.stderr:.5f}, exact {exact:.5f}")
assert abs(distance.z(exact)) <= 6

# %%
# References
# ----------
# :cite:t:`evans2013`, sections 4.1 and 4.3, proves Ito's formula;
# :cite:t:`stratonovich1966` is the source for :math:`\lambda = \frac12`. The functions here:
# :func:`stochcalc.riemann_sum`, :func:`stochcalc.riemann_limit`, :func:`stochcalc.ito`.
