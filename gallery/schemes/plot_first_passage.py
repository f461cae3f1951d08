r"""
First passage: what happens between grid times
==============================================

**Theorem.** Let :math:`X_t = \mu t + \sigma W_t` with :math:`\sigma > 0`, and let :math:`\tau` be
the first time at which it reaches a level :math:`d > 0`. With :math:`\Phi` the normal distribution
function,

.. math::

    P(\tau \le T) = \Phi\Bigl(\frac{\mu T - d}{\sigma \sqrt{T}}\Bigr)
    + e^{2 \mu d/\sigma^2}\, \Phi\Bigl(\frac{-\mu T - d}{\sigma \sqrt{T}}\Bigr).

A path that is below the level at two neighbouring grid times, at the distances :math:`a` and
:math:`c`, has been there in between with probability :math:`e^{-2ac/(\sigma^2 h)}`, whatever
:math:`\mu` is. If this event is drawn for every step, the simulated :math:`\tau` has exactly the
law above, with any number of steps.

The states at grid times are exact here, and yet what one reads off them is wrong: the time of a
passage is a property of the whole path.
"""

import math
from statistics import NormalDist

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Four steps over [0, 1], with and without a look at what lies between them.

motion = sc.SDE(
    lambda t, x, mu, sigma: mu,
    lambda t, x, mu, sigma: sigma,
    noise="additive",
    args=(0.5, 0.8),
)
options = {"n": 4, "paths": 50_000, "rng": 7}
found = sc.first_passage(motion, 0.0, 1.0, 1.0, **options)
grid = sc.first_passage(motion, 0.0, 1.0, 1.0, correction=False, **options)
print(f"with bridges {found.probability}, at grid times alone {grid.probability}")

# %%
# Not only the probability is right. The times themselves have the density of the inverse Gaussian
# law, although no step is shorter than 1/4:


def draw_times(ax):
    t = np.linspace(0.005, 1.0, 200)
    bell = np.exp(-((1.0 - 0.5 * t) ** 2) / (2 * 0.8**2 * t))
    density = bell / (0.8 * np.sqrt(2 * np.pi * t**3))
    seen = found.times[np.isfinite(found.times)]
    share = np.full(len(seen), 40 / 50_000)  # of all paths, in bins of width 1/40
    ax.hist(seen, np.linspace(0, 1, 41), weights=share, color=plot.FILL, alpha=0.5)
    ax.plot(t, density, color="C1", label="exact density of τ")
    steps = np.arange(1, 5) / 4
    ax.vlines(steps, 0.0, np.interp(steps, t, density), color=plot.look.ink(ax), ls=":", lw=1)
    ax.set(xlabel="time t", ylabel="density", ylim=(0.0, 0.72))
    ax.set_title("Four steps (dotted) and their bridges find all times between")
    ax.legend()


figure = plot.figure(
    draw_times,
    alt="The histogram of first passage times from four steps with bridges follows the "
    "exact density between the grid times as well.",
)

# %%
# Check it
# --------
# The law, the mean of :math:`\min(\tau, 1)`, and what grid times alone see, which is known by
# quadrature. The last row is an Ornstein-Uhlenbeck process, for which a Brownian bridge inside a
# step is not exact: the drift is frozen there. With 64 steps that costs 0.00003.

finding = sc.CLAIMS["G31"].run(paths=200_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# Every path whose passage lies between grid times, and which is below the level again when it is
# looked at, is missing on the right.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, a path crosses the level unseen by four grid times; in the second, "
    "steps with bridges follow the exact law, and grid times alone stay far below it.",
)

# %%
# The wrong twin
# --------------
# The obvious program takes the first grid time beyond the level. It is too late on *every* path,
# and the probability it finds is too small by a quarter:

law = finding.rows[0]
print(f"measured {law.measured}, exact {law.exact:.4f}")
print(f"at grid times {law.twin:.4f}, {law.twin_z:+.0f} standard errors away")
assert law.twin_refuted

# %%
# Finer steps help slowly, since the loss is of order :math:`h^{1/2}`. A rule of thumb says that
# grid times see a level :math:`0.5826\,\sigma \sqrt h` farther away. It is right in the limit, and
# for four steps it is refuted, as the second row shows:

seen = finding.rows[1]
print(f"measured {seen.measured}, exact {seen.exact:.4f}")
print(f"rule of thumb {seen.twin:.4f}, {seen.twin_z:+.0f} standard errors away")
assert seen.twin_refuted

# %%
# Why
# ---
# Without drift, reflect a path from its first passage on. The reflected path is as likely, so a
# path with :math:`\tau \le T` ends at :math:`d - c` as often as at :math:`d + c`. A bridge over a
# step of length :math:`h`, from distance :math:`a` to distance :math:`c` below the level, therefore
# touches it with the probability
#
# .. math::
#
#     \frac{e^{-(a + c)^2/(2 \sigma^2 h)}}{e^{-(a - c)^2/(2 \sigma^2 h)}} = e^{-2ac/(\sigma^2 h)},
#
# the density of the mirrored ends divided by that of the ends. A drift multiplies the weight of a
# path by a number that depends on its two ends alone. All paths of the bridge have the same ends,
# so the number is absent from the quotient. The whole derivation is in
# :mod:`stochcalc.claims.theorems.g31_first_passage`.

a = 0.2
c = 0.1
sigma = 0.8
h = 0.25
crossed = math.exp(-2 * a * c / (sigma**2 * h))
print(f"from 0.8 to 0.9 in one step: at 1 in between with probability {crossed:.2f}")

# %%
# Exercise
# --------
# 1. A share follows :math:`\dd S = 0.05\,S\,\dd t + 0.2\,S\,\dd W` from :math:`S_0 = 1`. Compute
#    the probability that it falls to 0.9 within a year. (Take logarithms.) How many steps are
#    needed?
# 2. Without drift, and with two levels -1 and 2, Brownian motion from 0 reaches -1 first with
#    probability 2/3. Why? Measure it.
#
# .. solution::

# 1. ln S = (0.05 - 0.02) t + 0.2 W. Downwards, mu is -0.03 and d = -ln 0.9: one step is enough.
log_share = sc.SDE(lambda t, x: 0.03, lambda t, x: 0.2, noise="additive")
fallen = sc.first_passage(log_share, 0.0, math.log(0.9), 1.0, n=1, paths=200_000, rng=1)
Phi = NormalDist().cdf
mu = -0.03
sigma = 0.2
d = -math.log(0.9)
exact = Phi((mu - d) / sigma) + math.exp(2 * mu * d / sigma**2) * Phi((-mu - d) / sigma)
z = fallen.probability.z(exact)
print(f"P(S falls to 0.9) = {fallen.probability}, exact {exact:.5f}, z {z:+.1f}")
assert abs(z) <= 6

# 2. W stopped at either level is a bounded martingale: -1 p + 2 (1 - p) = 0.
plain = sc.SDE(lambda t, x: 0.0, lambda t, x: 1.0)
stopped = sc.first_passage(plain, 0.0, (-1.0, 2.0), 60.0, n=60, paths=50_000, rng=2)
ruin = stopped.low_first
print(f"P(-1 before 2) = {ruin}, exact {2 / 3:.5f}, z {ruin.z(2 / 3):+.1f}")
assert abs(ruin.z(2 / 3)) <= 6

# %%
# References
# ----------
# :cite:t:`glasserman2004`, section 6.4, has the bridges; :cite:t:`gobet2000` their order for
# general equations; :cite:t:`broadie1997` the constant 0.5826. The functions here:
# :func:`stochcalc.first_passage`, :class:`stochcalc.FirstPassage`, :func:`stochcalc.maximum`.
