r"""
Stability: the mean square explodes while every path dies
=========================================================

**Theorem.** Let :math:`X_n` be the Euler-Maruyama approximation of
:math:`\dd X = a X\,\dd t + b X\,\dd W` with steps of length :math:`h`, started at a number
:math:`X_0 \ne 0`. Let :math:`Z` be standard normal and :math:`b \ne 0`. Then

.. math::

    E X_n^2 = \bigl((1 + h a)^2 + h b^2\bigr)^n X_0^2 \quad \text{for every } n,

.. math::

    \frac1n \ln \Bigl|\frac{X_n}{X_0}\Bigr| \longrightarrow
    E \ln \bigl|1 + h a + \sqrt{h}\, b Z\bigr| \quad \text{almost surely as } n \to \infty.

The scheme is called stable in mean square if the factor in the first line is below 1, and stable
along paths if the rate in the second is negative. These are different questions about the same
numbers :math:`X_n`. There are steps :math:`h` for which the mean square grows without bound
although almost every path tends to 0, and that at an exponential rate.
"""

import numpy as np
from scipy.integrate import quad
from scipy.special import dawsn

import stochcalc as sc
from stochcalc import plot

# %%
# Try it
# ------
# The equation with :math:`a = -3` and :math:`b = \sqrt 3` is stable in both senses: its mean square
# falls like :math:`e^{(2a + b^2) t} = e^{-3t}`, and its paths like :math:`e^{(a - b^2/2) t} =
# e^{-4.5 t}`. Solve it with the step :math:`h = \frac12`, which is too long, and look at two
# averages of the same thousand paths.

a = -3.0
b = np.sqrt(3.0)
h = 0.5
n = 40
factor = (1 + h * a) ** 2 + h * b**2
X = sc.solve(sc.models.gbm(a, b), 1.0, n * h, n=n, paths=1000, rng=7)

print(f"E X_n^2 is {factor**n:.2g}, the mean of 1000 squares {np.mean(X.end**2):.2g}")
print(f"median of |X_n|: {np.median(np.abs(X.end)):.1g}")

# %%
# The mean square has grown to five billion, and the sample shows nothing of it. Nothing is wrong
# with the sample: its paths are dying out, as they should. Their growth rate is an integral over
# the normal law. With :math:`m = |1 + ha|` and :math:`s = \sqrt h\, b` it is :math:`\ln s +
# L(m/s)`, where :math:`L(r) = E \ln |r + Z|` has the derivative :math:`\sqrt 2\, D(r/\sqrt 2)` with
# Dawson's function :math:`D`. The slider below the figure changes the step, on the same noise.


def growth_rate(h):
    m = abs(1 + h * a)
    s = np.sqrt(h) * b
    rise, _ = quad(lambda y: np.sqrt(2) * dawsn(y / np.sqrt(2)), 0, m / s)
    return np.log(s) - (np.euler_gamma + np.log(2)) / 2 + rise


def draw_paths(h):
    def draw(ax):
        k = np.arange(n + 1)
        X = sc.solve(sc.models.gbm(a, b), 1.0, n * h, n=n, paths=1000, rng=7)
        for path in X.x[:40]:
            ax.plot(k, np.log(np.abs(path)), color=plot.FILL, lw=0.7, alpha=0.7)
        rate = growth_rate(h)
        ax.plot(k, rate * k, "C1--", lw=2, label=f"k times the rate, {rate:+.3f} k")
        exact = np.log((1 + h * a) ** 2 + h * b**2) / 2
        ax.plot(k, exact * k, "C0", lw=2, label="half of ln E X$_k^2$")
        sample = np.log(np.mean(X.x**2, axis=0)) / 2
        ax.plot(k, sample, "C2o", ms=4, label="the same, of 1000 paths")
        ax.set(xlabel="step k", ylabel="ln |X$_k$|", xticks=range(0, n + 1, 8))
        ax.set_title(f"h = {h:.3g}: paths follow the rate, not the mean square")
        ax.set_ylim(-48, 42)
        ax.legend(loc="lower left")

    return draw


steps = {"1": 1.0, "0.85": 0.85, "0.701": 0.70106481, "0.6": 0.6}
steps.update({"1/2": 0.5, "0.4": 0.4, "1/3": 1 / 3, "1/4": 0.25})
frames = {f"Step h = {name}": draw_paths(h) for name, h in steps.items()}
figure = plot.figure(
    frames["Step h = 1/2"],
    alt="Logarithms of 40 paths follow the line of the exact rate. For h between 1/3 "
    "and 0.701 they fall while the exact mean square rises; the mean square of a "
    "thousand paths leaves it after a dozen steps.",
)
figure.frames = frames

# %%
# Check it
# --------
# So the mean square has to be measured while it still can be, after two steps, and the rate may be
# measured over twenty. Three step sizes show the three things that can happen: at :math:`h = 1`
# both grow, at :math:`h = \frac12` they disagree, and at :math:`h = \frac14` both decay.

finding = sc.CLAIMS["G25"].run(paths=50_000, rng=0)
assert all(abs(row.z) <= 6 for row in finding.rows)
finding

# %%
# Both conditions depend on two numbers only: :math:`ha`, and :math:`hb^2`, the variance of the
# noise in a step. Shortening the step moves along a straight line into the corner at 0, where the
# true solution is. On its way the line crosses two bounds. The paths become stable at :math:`h^* =
# 0.701`, and the mean square only at :math:`h = \frac13`.

assert abs(growth_rate(0.70106481)) < 1e-7

figure = plot.figure(
    finding.draw,
    alt="The plane of h a and h b^2: a small dome where E X^2 decays, inside a larger"
    " egg where paths die out. The equation's line enters the egg at h = 0.701 "
    "and the dome at h = 1/3.",
)

# %%
# The wrong twin
# --------------
# It is tempting to take half the logarithm of the mean-square factor for the rate of the paths: a
# number whose square has grown by :math:`1.75^n` should itself have grown by :math:`1.75^{n/2}`.
# For a number that is right, and for a random variable it is not, since the logarithm of a mean is
# no mean of logarithms. By Jensen's inequality the twin is always too large. At :math:`h = \frac14`
# it even has the right sign, and still it fails by this many standard errors:

calm = finding.rows[-1]
print(f"measured {calm.measured}, exact {calm.exact:.6f}")
print(f"twin {calm.twin:.6f}: {calm.twin_z:+.0f} standard errors away")
assert calm.twin_refuted

# %%
# Why
# ---
# A step multiplies :math:`X_n` by :math:`G = 1 + ha + \sqrt h\, b Z`, with a fresh normal
# :math:`Z`. The factors are independent, and so the mean of the square of their product is the
# product of the means :math:`E G^2 = (1 + ha)^2 + hb^2`. The logarithm of the product is a sum of
# independent terms, and the law of large numbers sends its average to :math:`E \ln |G|`. Both are
# one line, and both are right.
#
# How can they point in opposite directions? The mean square is carried by paths that nobody sees.
# Its own noise says how rare they are. The fourth moment grows by :math:`E G^4 = m^4 + 6 m^2 s^2 +
# 3 s^4` per step, which is 9.0625 at :math:`h = \frac12`. So the variance of :math:`X_n^2`, divided
# by the square of its mean, is :math:`(9.0625/1.75^2)^n - 1`. That is 7.8 after two steps and
# :math:`2.7 \cdot 10^9` after twenty: to know :math:`E X_{20}^2` to ten per cent one would need 270
# billion paths. The whole derivation stands in :mod:`stochcalc.claims.theorems.g25_stability`.
#
# In practice the choice follows from the question. If moments are wanted, such as the variance of a
# price, then stability in mean square is what counts, and a sample that looks calm is no proof of
# it. If single paths are wanted, as in a filter, then the rate decides.

noise = (9.0625 / 1.75**2) ** np.array([2, 20]) - 1
print(f"relative variance: {noise[0]:.1f} after 2 steps, {noise[1]:.2g} after 20")

# %%
# Exercise
# --------
# 1. Milstein's scheme has strong order 1. Is it also stable for longer steps? Compute :math:`E G^2`
#    of one step, find the largest stable :math:`h` for :math:`a = -3` and :math:`b^2 = 3`, and
#    measure both schemes with two steps of :math:`h = \frac14`.
# 2. Confirm that the paths of Euler-Maruyama neither grow nor decay at :math:`h^* = 0.70106481`.
#
# .. solution::


def solve_steps(h, n, method):
    settings = {"n": n, "paths": 100_000, "method": method, "save": "last", "rng": 1}
    return sc.solve(sc.models.gbm(a, b), 1.0, n * h, **settings).end


# Milstein adds b^2 h (Z^2 - 1)/2 to G. That is uncorrelated with the rest and has the variance
# b^4 h^2/2, so that E G^2 = (1 + ha)^2 + hb^2 + h^2 b^4/2: stable for h < 2/9, less than 1/3.
exact = {"euler_maruyama": 0.8125**2, "milstein": (0.8125 + 9 / 32) ** 2}
for method, value in exact.items():
    square = sc.Estimate.mean(solve_steps(0.25, 2, method) ** 2)
    print(f"{method}: {square.value:.4f} +- {square.stderr:.4f}, exact {value:.4f}")
    assert abs(square.value - value) <= 6 * square.stderr

# 2. At h* the logarithm has mean 0 after any number of steps.
states = solve_steps(0.70106481, 20, "euler_maruyama")
rate = sc.Estimate.mean(np.log(np.abs(states)) / 20)
print(f"rate at h*: {rate.value:+.5f} +- {rate.stderr:.5f}, exact 0")
assert abs(rate.value) <= 6 * rate.stderr

# %%
# References
# ----------
# :cite:t:`saitomitsui1996` and :cite:t:`higham2001`, section 7, treat both kinds of stability;
# :cite:t:`higham2000` treats the theta method. The functions here: :func:`stochcalc.solve`,
# :func:`stochcalc.models.gbm`, :class:`stochcalc.Estimate`.
