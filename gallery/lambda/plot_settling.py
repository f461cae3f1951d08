r"""
The reading decides where a system settles
==========================================

**Theorem.** Let a particle be pulled to the origin, with noise that grows with the distance,

.. math::

    \dd X = -a X \, \dd t + \sqrt{1 + X^2} \circ_\lambda \dd W ,

where :math:`\circ_\lambda` says that the noise is read with :math:`\lambda`: 0 is Ito,
:math:`\frac12` Stratonovich, 1 backward. If :math:`a > \lambda - \frac12`, its law tends to the
density

.. math::

    p(x) \propto (1 + x^2)^{-(a + 1 - \lambda)} .

For :math:`a > \lambda + \frac12` the second moment is finite and settles at
:math:`E X^2 = 1/(2 (a - \lambda) - 1)`.

Constant noise has one stationary law, and no reading can change it. Noise that depends on the state
pushes the particle around, and the choice of :math:`\lambda` says in which direction. The
difference does not average out in the long run. It is what the system settles at.
"""

import numpy as np

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# One equation, three readings, the same Brownian paths. The pull is weak, so that the difference is
# easily seen.


def read_with(lam, a):
    return sc.SDE(
        lambda t, x, a: -a * x,
        lambda t, x, a: np.sqrt(1 + x * x),
        diffusion_dx=lambda t, x, a: x / np.sqrt(1 + x * x),
        lam=lam,
        args=(a,),
    )


W = sc.brownian(T=10.0, n=1000, paths=20_000, store=False, rng=7)
ends = {}
settled = {}
for lam in (0.0, 0.5, 1.0):
    ends[lam] = sc.solve(read_with(lam, a=1.5), 0.0, noise=W, save="last").end
    settled[lam] = sc.stationary_density(read_with(lam, a=1.5))
    far = sc.Estimate.share(int((np.abs(ends[lam]) > 2).sum()), W.paths)
    exact = 2 * settled[lam].cdf(-2.0)
    print(f"lambda = {lam:3.1f}: P(|X| > 2) = {far}, settled {exact:.4f}, z = {far.z(exact):+.1f}")
    assert abs(far.z(exact)) <= 6
assert settled[0.0].cdf(-2.0) < settled[0.5].cdf(-2.0) < settled[1.0].cdf(-2.0)

# %%
# The second number of each line is no measurement. :func:`stochcalc.stationary_density` integrates
# the coefficients of the equation, and draws what the paths have settled to.


def draw_laws(ax):
    left, right = plot.panels(ax, 2, "The same noise, read in two ways, settles to two laws")
    for panel, lam in ((left, 0.0), (right, 1.0)):
        plot.histogram(panel, ends[lam], np.linspace(-4, 4, 41), "paths at T = 10")
        settled[lam].plot(ax=panel, color="C1")
        panel.set(xlim=(-4, 4), ylim=(0, 1), title=f"λ = {lam:g}")


figure = plot.figure(
    draw_laws,
    alt="Histograms of the paths under the stationary densities: with lambda = 1 the peak is lower "
    "and the tails are heavier than with lambda = 0.",
)

# %%
# Check it
# --------
# The second moment of Euler's scheme after :math:`n` steps is known exactly. Here the pull is
# strong, so that second moments are measured well.

finding = sc.CLAIMS["G34"].run(paths=100_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# The tails of the three laws are powers of the distance, with three exponents:
# :math:`P(|X| > x)` falls like :math:`x^{-(2 (a - \lambda) + 1)}`.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, the tails of the stationary laws of three readings fall with three "
    "powers; in the second, the second moment rises with lambda along the exact curve.",
)

# %%
# The wrong twin
# --------------
# *In the long run only the mean of the noise matters, and that is 0.* Then one law would serve
# every reading. Ito's second moment against that of :math:`\lambda = 1`:

ito = finding.rows[0]
print(f"measured {ito.measured}, exact {ito.exact:.6f}")
print(f"twin {ito.twin:.6f}: {ito.twin_z:+.0f} standard errors away")
assert ito.twin_refuted

# %%
# Why
# ---
# Read with :math:`\lambda`, the equation is Ito's with the drift :math:`-a x + \lambda \, b b'`
# (:doc:`plot_readings`). Here :math:`b = \sqrt{1 + x^2}` has :math:`b b' = x`, and the pull is
# weakened to :math:`k = a - \lambda`. A stationary density carries no flow of probability,
#
# .. math::
#
#     \tfrac12 (b^2 p)' = -k x \, p
#     \quad \Longrightarrow \quad
#     \frac{(b^2 p)'}{b^2 p} = \frac{-2 k x}{1 + x^2}
#     \quad \Longrightarrow \quad
#     b^2 p \propto (1 + x^2)^{-k} .
#
# A step of Euler's scheme multiplies the second moment by :math:`r = (1 - k h)^2 + h` and adds
# :math:`h`, which gives the numbers of the table. See
# :mod:`stochcalc.claims.theorems.g34_settling`.

# %%
# Exercise
# --------
# 1. Write down the Ito equation that has the stationary law of :math:`\lambda = 1` and is read with
#    :math:`\lambda = 0`. Check with ``to_ito`` that the package agrees.
# 2. For which :math:`\lambda` is the density the one of Boltzmann's law in a potential of *no*
#    force, :math:`a = 0`, that is, proportional to :math:`1/b^{2 (1 - \lambda)}`?
#
# .. solution::

# 1. The drift -a x + x, since b b' = x.
ito_form = read_with(1.0, a=6.0).to_ito()
for x in (-2.0, 0.3, 5.0):
    assert abs(ito_form.drift(0.0, x, 6.0) - (-6.0 * x + x)) <= 1e-6

# 2. With a = 0 the density is (1 + x^2)^(-(1 - lambda)) = 1/b^(2 (1 - lambda)) for every lambda. It
# is constant, as without noise that depends on the place, for lambda = 1 alone.
x = np.linspace(-3.0, 3.0, 7)
b = np.sqrt(1 + x**2)
for lam in (0.0, 0.5, 1.0):
    p = (1 + x**2) ** -(1 - lam)
    assert np.allclose(p * b ** (2 * (1 - lam)), 1.0)

# %%
# References
# ----------
# :cite:t:`vankampen1981` on what the choice of a reading means; :cite:t:`risken1989`, section 5.2,
# for stationary densities. The functions here: :class:`stochcalc.SDE`, :func:`stochcalc.solve`,
# :func:`stochcalc.stationary_density`, :class:`stochcalc.Estimate`.
