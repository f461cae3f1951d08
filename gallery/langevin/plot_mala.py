r"""
Accept or refuse: MALA, and Student's law in its acceptance
===========================================================

**Theorem.** Let the target be :math:`N(0, I)` in :math:`d` dimensions. The adjusted Langevin
algorithm (MALA) proposes

.. math::

    y = x - \tfrac h2 x + \sqrt h \, z, \qquad z \sim N(0, I),

and goes there with probability :math:`\min(1, e^R)`, where

.. math::

    R = \log \frac{p(y)\, g(y, x)}{p(x)\, g(x, y)} = \frac h8 \bigl(|x|^2 - |y|^2\bigr) ,

with the density :math:`g(x, y)` of a proposal; otherwise it stays at :math:`x`. The target is then
invariant, for every step :math:`h`. At rest the chain accepts as often as a variable :math:`T_d` of
Student's law with :math:`d` degrees of freedom is far out,

.. math::

    E \min(1, e^R) = P\Bigl(|T_d| > \tfrac18 \sqrt d \, h^{3/2}\Bigr) ,
    \qquad \text{and} \quad
    \frac1d E\, |x' - x|^2 = \bigl(h + \tfrac{h^2}{4}\bigr)\,
    P\Bigl(|T_{d+2}| > \tfrac18 \sqrt{d + 2} \, h^{3/2}\Bigr)

is how far one step takes it. In one dimension the acceptance is :math:`1 - \frac2\pi \arctan
\frac{h^{3/2}}{8} = 1 - \frac{h^{3/2}}{4 \pi} + \dots`

A sampler that discretises a stochastic equation samples the law of the scheme, not that of the
equation. One may take a shorter step and hope. Or one looks at each step after it is made, and
refuses some of them, so that what remains is right. The theorem says what the second way costs.
"""

import numpy as np
from scipy import stats

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# Start 50,000 chains with draws of the target itself, and let both algorithms go on from there with
# the long step :math:`h = 2`. A sampler that keeps its target has nothing to do but to leave the
# law as it is. ULA, which accepts everything, makes it twice as wide in a single step.

chains = 50_000
starts = np.random.default_rng(7).standard_normal(chains)
rest = {"step": 2.0, "n": 8, "starts": True, "chains": chains, "rng": 8}
adjusted = sc.langevin.sample(
    lambda x: -x, starts, method="mala", log_density=lambda x: -0.5 * x * x, **rest
)
unadjusted = sc.langevin.sample(lambda x: -x, starts, method="ula", **rest)
for name, found, exact in (("MALA", adjusted, 1.0), ("ULA", unadjusted, 2.0)):
    square = found.moments[-1].mean_square()
    print(f"{name:4}: E x^2 = {square}, exact {exact}, acceptance {found.acceptance}")
    assert abs(square.z(exact)) <= 6


def draw_laws(ax):
    bins = np.linspace(-5.0, 5.0, 81)
    x = np.linspace(-5.0, 5.0, 301)
    plot.histogram(ax, adjusted.end, bins, "MALA, h = 2", 0)
    plot.histogram(ax, unadjusted.end, bins, "ULA, h = 2", 1)
    plot.curve(ax, x, stats.norm.pdf(x), "N(0, 1), the target", 0)
    plot.curve(ax, x, stats.norm.pdf(x, scale=np.sqrt(2.0)), "N(0, 2)", 1)
    ax.set(xlabel="x", ylabel="density", xlim=(-5, 5))
    ax.set_title("Refusing one step in five leaves the law as it was")
    ax.legend(loc="upper left")


figure = plot.figure(
    draw_laws,
    alt="The states of MALA with step 2 have the density of the target N(0, 1); those of ULA with "
    "the same step have that of N(0, 2).",
)

# %%
# A chain that refuses stands still. Look at three of them: level stretches are refusals. Most are
# near the middle, since :math:`R < 0` only if the proposal leads away from 0. A chain that is
# far out is offered points nearer to the middle, and takes them.


def draw_chains(ax):
    few = {**rest, "n": 60, "chains": 3}
    found = sc.langevin.sample(
        lambda x: -x, (-2.0, 0.0, 2.0), method="mala", log_density=lambda x: -0.5 * x * x, **few
    )
    for i, chain in enumerate(found.x):
        ax.step(np.arange(61), chain + 6 * i, where="post", color=f"C{i}", lw=1.2)
        ax.axhline(6 * i, color=f"C{i}", ls=":", lw=1.0)
    ax.set(xlabel="step", ylabel="x, each chain 6 above the last", xlim=(0, 60), yticks=(0, 6, 12))
    ax.set_title("A refused proposal counts as another visit")


figure = plot.figure(
    draw_chains,
    alt="Three chains of MALA over sixty steps jump about their means, and stay level for a step "
    "or a few where proposals are refused.",
)

# %%
# Check it
# --------
# The claim measures acceptances in one dimension and in sixteen, the mean square of a move, and the
# variance that each algorithm ends up with. Every chain starts from a draw of the target, so that
# all of its steps are at rest and the exact number holds for each. The steps of one chain depend on
# one another, but the chains do not: the standard error comes from the shares of different chains.

finding = sc.CLAIMS["G51"].run(paths=100_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# In the first panel the acceptance falls with the step, and sooner in many dimensions. The second
# shows what one pays for. A short step is nearly always accepted and leads nowhere; a long one
# would lead far, but is refused. In between there is a best step. In one dimension it is taken
# seven times in ten; in sixteen, little more than every other time. Whoever tunes a sampler until
# it refuses hardly anything has made it slow.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, measured acceptances lie on the exact curves, which fall with the "
    "step and faster in more dimensions; in the second, the mean square jump is largest at an "
    "acceptance of 0.70 in one dimension and of 0.54 in sixteen.",
)

# %%
# The wrong twin
# --------------
# *For a short step,* :math:`R` *is small, so that about* :math:`|R|` *of the flow is lost.* Here
# :math:`R` is nearly :math:`-\frac h4 x \sqrt h\, z`, and :math:`E |R| = \frac{h^{3/2}}{4} \cdot
# \frac2\pi = \frac{h^{3/2}}{2 \pi}`. The power is right, and the constant is twice too large. Only
# one half of the proposals is at risk: where :math:`R > 0` the proposal is accepted for certain,
# and a probability cannot exceed 1 to make up for the others.

row = finding.rows[1]
print(f"refused: measured {1 - row.measured.value:.5f} +- {row.measured.stderr:.5f}")
print(f"exact {1 - row.exact:.5f}, h^(3/2)/(4 pi) = {1 / (4 * np.pi):.5f}")
print(f"twin {1 - row.twin:.5f}: {row.twin_z:+.0f} standard errors away")
assert row.twin_refuted

# %%
# Another one is in the row on moves. *Proposals go* :math:`h + \frac{h^2}{4}` *on average, and so
# much of them is accepted; multiply.* But it is the far proposals that are refused.

jump = finding.rows[4]
print(f"E (x' - x)^2: measured {jump.measured}, exact {jump.exact:.5f}, twin {jump.twin:.5f}")
assert jump.twin_refuted

# %%
# Why
# ---
# *Why does refusing help?* What flows from :math:`x` to :math:`y` in one step is
#
# .. math::
#
#     p(x)\, g(x, y)\, \min(1, e^{R}) = \min\bigl(p(x)\, g(x, y), \; p(y)\, g(y, x)\bigr) ,
#
# which is the same if :math:`x` and :math:`y` are exchanged. Every flow is matched by the flow
# back. This is *detailed balance*, and under it no density changes. It holds for any proposal
# whatever; the Langevin proposal is only one that makes the two sides nearly equal, so that little
# is refused.
#
# *How often?* On the normal target the two proposal densities cancel most of the ratio of the
# targets, and :math:`R = \frac h8 (|x|^2 - |y|^2)` remains. By the balance just said, the flow with
# :math:`|y| < |x|` is half of all that is accepted, and of this half nothing is refused. So the
# acceptance is :math:`2 P(|y| < |x|)`: a question about two normal points, without an exponential.
#
# *Why Student?* Take :math:`u = x + y` and :math:`v = x - y`, since :math:`|x|^2 - |y|^2 = u v`.
# Each component of :math:`v` has the variance :math:`h + \frac{h^2}{4}`, its covariance with
# :math:`u` is :math:`-\frac{h^2}{4}`, and the determinant of the two is :math:`4h`. Split off from
# :math:`u` what :math:`v` explains. Along the direction of :math:`v` the rest is a standard normal
# :math:`g`, up to its scale, and
#
# .. math::
#
#     u v = 2 \sqrt h \, \chi \bigl(g - \tfrac18 h^{3/2} \chi\bigr) ,
#     \qquad \chi^2 = \frac{|v|^2}{h + h^2/4} .
#
# So :math:`|y| < |x|` says :math:`g/\chi > \frac18 h^{3/2}`, a normal variable over the root of an
# independent chi-square. That is Student's :math:`T`, up to :math:`\sqrt d`. The move itself has
# the square :math:`|v|^2`, in proportion to :math:`\chi^2`, and to weigh a chi-square law by its
# own variable is to give it two degrees of freedom more. See
# :mod:`stochcalc.claims.theorems.g51_mala`.
#
# *How must the step shrink with the dimension?* For large :math:`d` Student's law is the normal
# one, and the acceptance is :math:`2 \Phi(-\frac18 \sqrt d \, h^{3/2})`. It stays away from 0 and 1
# if :math:`h` is in proportion to :math:`d^{-1/3}`. Without the drift the step would have to shrink
# like :math:`1/d`. The number of steps that a chain needs grows with the cube root of the
# dimension: this is why one pays for a gradient.

for d in (1, 16, 256, 4096, 10**6):
    h = np.geomspace(0.001, 8.0, 100_001)
    size = np.sqrt(d + 2) * h**1.5 / 8
    best = h[np.argmax((h + h * h / 4) * stats.t.sf(size, d + 2))]
    share = 2 * stats.t.sf(np.sqrt(d) * best**1.5 / 8, d)
    print(
        f"d = {d:7}: best h = {best:.4f} = {best * d ** (1 / 3):.3f} d^(-1/3), accepts {share:.4f}"
    )

# %%
# The last number is the rule of practitioners, 0.574. It is that of infinitely many dimensions, and
# the approach is slow.
#
# Exercise
# --------
# 1. With :math:`h = 2` the proposal forgets :math:`x`: it is a draw of :math:`N(0, 2)`. Find the
#    acceptance by hand, from :math:`2 P(|y| < |x|)` with independent :math:`x` and :math:`y`.
# 2. Leave out the drift and propose :math:`y = x + \sqrt h\, z` (random walk Metropolis). Then
#    :math:`R = \frac12 (|x|^2 - |y|^2)`. Find the acceptance in one dimension, and compare what is
#    refused at short steps. Measure it with proposals of your own.
# 3. What is the correlation of neighbouring states of MALA at rest?
#
# .. solution::

# 1. y/x is sqrt(2) times a Cauchy variable, and 2 P(|C| < 1/sqrt(2)) = (4/pi) arctan(1/sqrt(2)).
exact = 4 / np.pi * np.arctan(1 / np.sqrt(2))
print(f"accepted at h = 2: measured {adjusted.acceptance}, exact {exact:.6f}")
assert abs(adjusted.acceptance.z(exact)) <= 6
assert np.isclose(exact, 1 - 2 / np.pi * np.arctan(2**1.5 / 8), rtol=1e-14)

# 2. |x + sqrt(h) z| < |x| says that z/x is between -2/sqrt(h) and 0, so that the acceptance is
# (2/pi) arctan(2/sqrt(h)), and the refusals are about sqrt(h)/pi: the power is 1/2 and not 3/2.
h = 1.0
rng = np.random.default_rng(1)
x = rng.standard_normal(200_000)
y = x + np.sqrt(h) * rng.standard_normal(200_000)
walk = sc.Estimate.mean(np.minimum(1.0, np.exp((x * x - y * y) / 2)))
exact = 2 / np.pi * np.arctan(2 / np.sqrt(h))
print(f"random walk, h = {h}: accepted {walk}, exact {exact:.5f}, MALA {finding.rows[1].exact:.5f}")
assert abs(walk.z(exact)) <= 6

# 3. E (x' - x)^2 = 2 - 2 E x x'. At h = 2 that is 1.7507 by the table: a correlation of 0.1246. It
# is not 0 although the proposals are independent, because a refused one repeats the state.
product = sc.Estimate.mean((adjusted.x[:, 1:] * adjusted.x[:, :-1]).mean(axis=1))
print(f"E x x' = {product}, exact {1 - jump.exact / 2:.5f}")
assert abs(product.z(1 - jump.exact / 2)) <= 6

# %%
# References
# ----------
# :cite:t:`hastings1970` for accepting and refusing, :cite:t:`robertstweedie1996` for MALA,
# :cite:t:`robertsrosenthal1998` for 0.574 in many dimensions, :cite:t:`student1908` for the law.
# The functions here: :func:`stochcalc.langevin.sample`, :class:`stochcalc.langevin.Chains`,
# :class:`stochcalc.Estimate`.
