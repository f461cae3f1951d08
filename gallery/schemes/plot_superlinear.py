r"""
A drift that grows faster than x: every path explodes
=====================================================

**Theorem.** The equation :math:`\dd X = -X^3\,\dd t + \dd W` has a solution for all times, and it
settles in the density :math:`e^{-x^4/2}/Z`, whatever the start. Its Euler-Maruyama approximation

.. math::

    X_{n+1} = X_n - h X_n^3 + \Delta W_n

has, for every step :math:`h > 0` and every start, :math:`P(|X_n| \to \infty) = 1`.

So the scheme turns an equation that is as stable as can be into one whose paths all explode, and
a shorter step does not repair it. It only makes one wait longer.
"""

from fractions import Fraction
from math import comb, prod

import numpy as np

import stochcalc as sc
from stochcalc import plot
from stochcalc.claims.cubic_chains import escape

# %%
# Try it
# ------
# Start at 0, where the drift vanishes, and count how many paths have left :math:`[-10, 10]` by the
# time :math:`t`. From out there no path returns: a step of a half leads from 10 to -490. Of the
# solution nothing is to be seen there, since it settles beyond 4 with a probability of less than
# :math:`10^{-57}`.

found = {}
for h in (0.5, 0.4, 0.3, 0.2):
    found[h] = sc.first_passage(
        sc.models.cubic(1.0),
        0.0,
        (-10.0, 10.0),
        T=200.0,
        n=round(200 / h),
        paths=4000,
        correction=False,
        rng=3,
    )
    print(f"h = {h}: P(out by t = 200) = {found[h].probability}")

# %%
# At :math:`h = \frac12` hardly a path is left after 400 steps. At 0.2 a careless look finds nothing
# wrong. For :math:`h = \frac12` the probabilities can be computed without sampling, by applying the
# normal kernel of one step again and again; that is the dashed line.


def draw_escapes(ax):
    t = np.linspace(0.0, 200.0, 41)
    for i, h in enumerate((0.5, 0.4, 0.3)):
        share = found[h].law(t)
        error = 2 * share.stderr
        ax.errorbar(t, share.value, error, color=f"C{i}", lw=1, label=f"h = {h}")
    sizes = [2, *range(10, 100, 10), *range(100, 401, 20)]
    exact = [escape(0.0, n) for n in sizes]
    ax.plot(np.array(sizes) / 2, exact, "--", color=plot.look.ink(ax), label="h = 0.5, exact")
    ax.set(xlabel="t", ylabel="P(a path has left by t)", xlim=(0, 200), ylim=(0, 1.02))
    ax.set_title("A shorter step delays the explosion of Euler-Maruyama")
    ax.legend(loc="center right")


figure = plot.figure(
    draw_escapes,
    alt="The share of paths that have left grows to 1 at h = 0.5, along the exact "
    "curve; at h = 0.4 it reaches three quarters by t = 200, and at 0.3 it is 0.08.",
)

# %%
# Check it
# --------
# The first row is the share of paths from 0 that have escaped by step 400. Then come two starts at
# the edge, and the two schemes that were made for such equations: the tamed one divides the drift
# by :math:`1 + h|x|^3`, and the implicit one takes it at the end of the step.

finding = sc.CLAIMS["G27"].run(paths=50_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# How fast is an explosion? Far out the noise and the first term are nothing beside
# :math:`h |X|^3`, so that the *logarithm* of :math:`|X_n|` triples in every step. A number like
# :math:`e^{3^n}` leaves the range of floating-point numbers within seven steps, and then the
# result is ``nan``.

figure = plot.figure(
    finding.draw,
    alt="In the first panel, logarithms of exploding paths of Euler-Maruyama rise along the "
    "slope ln 3 on a logarithmic axis; in the second, tamed and implicit Euler stay near 0 "
    "with their exact densities.",
)

# %%
# The wrong twin
# --------------
# Without noise the map :math:`x - h x^3` shrinks every :math:`|x| < \sqrt{2/h}`, which is 2 at
# :math:`h = \frac12`. So it is natural to believe that a path is safe inside. But noise crosses any
# bound in the end: the chance to do so is small in each step, and there are many steps. Measured
# from 0:

from_zero = finding.rows[0]
print(f"measured {from_zero.measured}, exact {from_zero.exact:.4f}")
print(f"twin {from_zero.twin}: {from_zero.twin_z:+.0f} standard errors away")
assert from_zero.twin_refuted

# %%
# Why
# ---
# There is a distance from which a path gets away with a probability of at least one half, because
# from there each step adds more than any likely noise can undo. From any point inside, a single
# normal step leads beyond that distance with a probability that is not 0, and that is bounded from
# below. So a path has infinitely many tries, and in the end one succeeds.
#
# The moments are worse than the paths. :cite:t:`hutzenthaler2011` show that
# :math:`E |X_n|^p \to \infty` as :math:`h \to 0` at a fixed time :math:`nh`, although the moments
# of the solution are finite. Paths that explode become rare, but their values grow faster than
# their probabilities fall. At a given :math:`h` the mean square is a polynomial in the moments of
# the normal law, and so it can be computed in fractions, exactly:


def mean_square(n, h):
    """E X_n^2 from 0: the mean over one step after another of a polynomial in x^2."""
    u = [Fraction(0), Fraction(1)]
    for _ in range(n):
        before, u = u, [Fraction(0)] * (3 * len(u) - 2)
        for j, c in enumerate(before):
            for i in range(j + 1):  # the noise^(2i) has the mean h^i (2i - 1)!!
                weight = c * comb(2 * j, 2 * i) * h**i * prod(range(1, 2 * i, 2))
                for q in range(2 * (j - i) + 1):
                    u[j - i + q] += weight * comb(2 * (j - i), q) * (-h) ** q
    return u[0]


cubic = sc.models.cubic(1.0)
for n in (1, 2, 3, 4):
    X = sc.solve(cubic, 0.0, n / 2, n=n, paths=100_000, save="last", rng=1)
    exact = mean_square(n, Fraction(1, 2))
    print(f"E X_{n}^2 = {float(exact):.4g}, a sample says {sc.Estimate.mean(X.end**2)}")

# %%
# After four steps of a half, from the middle of the well, the mean square is
# :math:`4.5 \cdot 10^{18}`. The sample is off by many powers of ten, and its standard error tells
# nothing: these are laws with which no sample mean can be trusted. All numbers that this claim
# measures are therefore probabilities, or moments of the two schemes that stay. Their laws are
# derived in ``stochcalc.claims.cubic_chains``.

# %%
# Exercise
# --------
# 1. Derive :math:`E X_2^2 = h (2 - 6 h^2 + 15 h^4)` for Euler-Maruyama from 0, and measure it at
#    :math:`h = 0.4`.
# 2. For which :math:`h` is it smallest compared with :math:`2h`, the variance of the noise alone?
#
# .. solution::

# 1. X_1 = sqrt(h) Z, and so X_2 = sqrt(h) (Z - h^2 Z^3 + Z'). The fourth and the sixth moment of
# Z are 3 and 15: E (Z - h^2 Z^3)^2 = 1 - 6 h^2 + 15 h^4, and Z' adds 1.
h = 0.4
exact = h * (2 - 6 * h**2 + 15 * h**4)
X = sc.solve(cubic, 0.0, 2 * h, n=2, paths=100_000, save="last", rng=2)
square = sc.Estimate.mean(X.end**2)
print(f"E X_2^2 = {square.value:.5f} +- {square.stderr:.5f}, exact {exact:.5f}")
assert abs(square.value - exact) <= 6 * square.stderr
h = Fraction(2, 5)
assert mean_square(2, h) == h * (2 - 6 * h**2 + 15 * h**4)

# 2. The derivative of 15 h^4 - 6 h^2 vanishes at h^2 = 1/5: h = 0.447, where 2 has become 1.4.
h = np.sqrt(0.2)
assert abs(2 - 6 * h**2 + 15 * h**4 - 1.4) < 1e-12

# %%
# References
# ----------
# :cite:t:`robertstweedie1996` show that such chains are transient, and :cite:t:`hutzenthaler2011`
# that their moments diverge. :cite:t:`mattingly2002`, section 6, treats implicit schemes, and
# :cite:t:`hutzenthaler2012` introduces taming. The functions here:
# :func:`stochcalc.first_passage`, :func:`stochcalc.solve`, :func:`stochcalc.models.cubic`. The
# claim: :mod:`stochcalc.claims.theorems.g27_superlinear`.
