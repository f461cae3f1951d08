r"""
Langevin samplers: an order of letters decides about the bias
=============================================================

**Theorem.** Let the target be :math:`N(0, 1/k)`. Its score, the derivative of the logarithm of the
density, is :math:`s(q) = -kq`. The unadjusted Langevin algorithm (ULA) with a step :math:`h < 4/k`,

.. math::

    q' = q + \tfrac{h}{2}\, s(q) + \sqrt{h}\, z, \qquad z \sim N(0, 1),

settles in a normal law with

.. math::

    k \langle q^2 \rangle = \frac{1}{1 - k h/4}.

Kinetic samplers have a momentum besides, and compose three moves: A, a free flight; B, a kick up
the score; O, friction and noise. With :math:`h < 2/\sqrt k`, any positive friction and
:math:`c = k h^2/4`, they settle at

.. math::

    k \langle q^2 \rangle = 1 \text{ for BAOAB}, \quad
    \frac{1}{1 - c} \text{ for OBABO}, \quad 1 - c \text{ for OABAO}.
"""

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# The equation :math:`\dd q = \frac12 s(q)\,\dd t + \dd W` leaves its target as it is, whatever the
# target. ULA is Euler-Maruyama for this equation, and a scheme is not the equation. Take a step
# that is far too long, :math:`h = 2` for :math:`k = 1`. Then :math:`q + \frac{h}{2} s(q)` is 0, and
# each state is :math:`\sqrt 2\, z`: the chain draws independent normals, and their variance is
# twice what it should be.

chains = sc.langevin.sample(lambda q: -q, 0.0, step=2.0, n=2, chains=50_000, rng=7)
variance = chains.moments[-1].mean_square()
print(f"<q^2> = {variance.value:.4f} +- {variance.stderr:.4f}, exact {1 / (1 - 2 / 4)}")
assert abs(variance.value - 2.0) <= 6 * variance.stderr


def normal_density(x, variance):
    return np.exp(-x * x / (2 * variance)) / np.sqrt(2 * np.pi * variance)


def draw_law(ax):
    x = np.linspace(-5.0, 5.0, 301)
    plot.histogram(ax, chains.end, np.linspace(-5.0, 5.0, 81), "ULA with h = 2")
    plot.curve(ax, x, normal_density(x, 2.0), "N(0, 2), where it settles", 0)
    plot.curve(ax, x, normal_density(x, 1.0), "N(0, 1), the target", 1)
    ax.set(xlabel="q", ylabel="density", xlim=(-5, 5))
    ax.set_title("ULA settles in a normal law, and in the wrong one")
    ax.legend(loc="upper left")


figure = plot.figure(
    draw_law,
    alt="The states of ULA with step 2 have the density of N(0, 2), which is lower "
    "and wider than that of the target N(0, 1).",
)

# %%
# Nothing here depends on luck or on how long the chain runs. On a normal target a step is linear,
# and so the covariance of any sampler can be computed from its matrices. ``linear_chain`` reads
# them off the very step that ``sample`` runs. Seven samplers at one step:

for method in ("ula", "lm", "baoab", "aboba", "obabo", "oabao", "baoa"):
    chain = sc.langevin.linear_chain(1.0, step=0.8, method=method)
    print(f"{method:5}: <q^2> = {chain.stationary[0, 0]:.4f}")

# %%
# Check it
# --------
# The claim measures all of them, in two wells at once and at three step sizes. The exact numbers
# are those after 40 steps from :math:`q = 0`; the limits are in the theorem.

finding = sc.CLAIMS["G28"].run(paths=50_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# The figure shows what a practitioner should take home. BAOAB, ABOBA and BAOA have positions
# without any bias, at every step up to the bound of stability. BAOAB and ABOBA pay with their
# momenta, which few people want to know; BAOA has even these right, but correlated with its
# positions.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, the mean square of positions rises with the step for ULA and OBABO, "
    "falls for OABAO and is 1 for LM, BAOAB, ABOBA and BAOA; in the second, that of momenta "
    "rises for ABOBA, falls for BAOAB.",
)

# %%
# The wrong twin
# --------------
# OBABO and BAOAB consist of the same moves, they evaluate the score once in a step, and both are
# symmetric, so that both have order 2. It seems safe to expect the same bias. The table has a twin
# of that kind, where BAOAB's :math:`\langle q^2 \rangle` is OBABO's. The other order of the letters
# is so many standard errors away:

rows = {row.statement: row for row in finding.rows}
baoab = rows["omega^2 <q^2>, baoab, omega = 2, h = 0.4, n = 40"]
print(f"measured {baoab.measured}, exact {baoab.exact:.5f}")
print(f"twin {baoab.twin:.5f}, {baoab.twin_statement}: {baoab.twin_z:+.0f} standard errors away")
assert baoab.twin_refuted

# %%
# Why
# ---
# For ULA, :math:`q' = r q + \sqrt h\, z` with :math:`r = 1 - kh/2`. A variance :math:`V` that stays
# as it is solves :math:`V = r^2 V + h`. Since :math:`1 - r^2 = kh (1 - kh/4)`, that is the theorem.
#
# For the splittings, look at the moves between two letters O. The composition BAB conserves the
# energy :math:`p^2 + k (1 - c) q^2` exactly, as one finds by multiplying it out, and ABA conserves
# :math:`(1 - c) p^2 + k q^2`. These are not the true energy :math:`p^2 + k q^2`: the scheme solves
# a neighbouring problem without error. A normal law with that energy for exponent is left alone by
# O as well, as long as :math:`p` is standard normal in it. So at the moment of O, :math:`k \langle
# q^2 \rangle` is :math:`1/(1 - c)` around BAB and :math:`1 - c` around ABA. OBABO and OABAO are
# looked at right there. BAOAB is ABA around O too, but it is looked at half a flight later, and
# this flight adds :math:`(h/2)^2 \langle p^2 \rangle`, which is :math:`c/k`: exactly what was
# missing. *When* one looks decides about the bias.
#
# There is one more surprise. Let the friction be infinite, so that O forgets the momentum. Then
# OBABO becomes :math:`q' = q + \frac{h^2}{2} s(q) + h z`, which is ULA with the step :math:`h^2`.
# And BAOAB becomes the same with :math:`(z_n + z_{n+1})/2` in place of :math:`z`: this is the
# method of Leimkuhler and Matthews (LM). A sampler without bias costs one addition.

for pair in (("obabo", "ula"), ("baoab", "lm")):
    kinetic = sc.langevin.linear_chain(1.0, step=0.8, method=pair[0], friction=1e9)
    other = sc.langevin.linear_chain(1.0, step=0.8**2, method=pair[1])
    print(pair, kinetic.stationary[0, 0].round(6), other.stationary[0, 0].round(6))
    assert abs(kinetic.stationary[0, 0] - other.stationary[0, 0]) < 1e-12

# %%
# On a target that is not normal a bias remains, in general. The derivation of all these numbers
# stands in :mod:`stochcalc.claims.theorems.g28_langevin_bias`.
#
# Exercise
# --------
# 1. Show that LM with :math:`h = 2` on :math:`N(0, 1)` makes draws of exactly the right law. What
#    do they lack that those of ULA had?
# 2. What does ULA do on :math:`N(0, 1)` at the bound, :math:`h = 4`? Compute :math:`E q_n^2` from
#    :math:`q_0 = 0` and measure it at :math:`n = 10`.
#
# .. solution::


def sample_standard_normal(method, h, n):
    settings = {"n": n, "chains": 50_000, "method": method, "rng": 1}
    return sc.langevin.sample(lambda q: -q, 0.0, step=h, **settings).x


# 1. There r = 0, and q_n = sqrt(2) (z_n + z_(n+1))/2 has the variance 2 * 2/4 = 1. But neighbours
# share a z, and their covariance is 2/4. Those of ULA are independent.
q = sample_standard_normal("lm", 2.0, 3)
for name, product, exact in (
    ("<q^2>", q[:, 2] ** 2, 1.0),
    ("<q q'>", q[:, 2] * q[:, 3], 0.5),
):
    found = sc.Estimate.mean(product)
    print(f"LM, {name} = {found.value:.4f} +- {found.stderr:.4f}, exact {exact}")
    assert abs(found.value - exact) <= 6 * found.stderr

# 2. q' = -q + 2 z: up to its sign a random walk with steps of variance 4, E q_n^2 = 4 n.
found = sc.Estimate.mean(sample_standard_normal("ula", 4.0, 10)[:, 10] ** 2)
print(f"ULA at the bound: {found.value:.3f} +- {found.stderr:.3f}, exact 40")
assert abs(found.value - 40.0) <= 6 * found.stderr

# %%
# References
# ----------
# :cite:t:`robertstweedie1996` study ULA; LM, BAOAB and ABOBA are due to
# :cite:t:`leimkuhlermatthews2013` and treated in :cite:t:`leimkuhlermatthews2015`, chapter 7; BAOA
# is in :cite:t:`kieningerkeller2022`. The functions here: :func:`stochcalc.langevin.sample`,
# :func:`stochcalc.langevin.linear_chain`, :class:`stochcalc.Estimate`.
