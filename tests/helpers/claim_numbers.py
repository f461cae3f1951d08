"""Numbers that derivations of claims quote, each by a way of its own."""

from __future__ import annotations

import functools
import math
from fractions import Fraction

import mpmath
import numpy as np
from scipy import integrate, optimize, stats


def walk_of_eight():
    """F_8 - Phi before and at the atoms of the upper half, as G01's table has them."""
    found = {}
    below = Fraction(93, 256)  # P(k < 0) of eight tosses
    for i, (atom, before, at) in enumerate(
        [
            (70, "-0.1367", "+0.1367"),
            (56, "-0.1235", "+0.0952"),
            (28, "-0.0659", "+0.0435"),
            (8, "-0.0182", "+0.0130"),
            (1, "-0.0016", "+0.0023"),
        ]
    ):
        normal = stats.norm.cdf(2 * i / math.sqrt(8))
        found[before] = float(below) - normal
        below += Fraction(atom, 256)
        found[at] = float(below) - normal
    assert below == 1
    found["0.13671875"] = stats.binom.cdf(4, 8, 0.5) - 0.5
    return found


def maximum_of_walk(n):
    """E max S/sqrt(n) = sum P(M >= r), with P(M >= r) = P(S >= r) + P(S > r)."""
    law = stats.binom(n, 0.5)
    r = np.arange(1, n + 1)
    return float((law.sf((n + r - 1) // 2) + law.sf((n + r) // 2)).sum()) / math.sqrt(n)


def residual_square(n):
    """E r^2 of G15 by quadrature over the state and the increment of each step."""
    z, weights = np.polynomial.hermite_e.hermegauss(8)
    weights = weights / weights.sum()
    h = 1 / n
    d = math.sqrt(h) * z
    total = 0.0
    for k in range(n):
        w = math.sqrt(k * h) * z[:, None]
        total += float(weights @ (w * (d * d - h) + d**3 / 3) ** 2 @ weights)
    return total


def quadrature_over_a_piece():
    """Squared distances of 8 Euler steps in each of 16 pieces from both solutions (G19)."""
    z, weights = np.polynomial.hermite_e.hermegauss(60)
    weights = weights / weights.sum()
    y = z / 4
    step = (1 + y / 8) ** 8
    found = []
    for solution in (np.exp(y), np.exp(y - 1 / 32)):
        a, b, c = ((weights @ v) ** 16 for v in (step**2, solution**2, step * solution))
        found.append(float(a + b - 2 * c))
    return found


def iterates_from_three():
    """ln |X_k| of x - x^3/2 from 3."""
    x = mpmath.mpf(3)
    found = []
    for _ in range(6):
        found.append(float(mpmath.log(abs(x))))
        x = x - x**3 / 2
    return found


def mean_log(m, s):
    """E ln |m + s Z| by quadrature on either side of the singularity."""
    zero = -m / s

    def integrand(x):
        return math.log(abs(m + s * x)) * stats.norm.pdf(x)

    left, _ = integrate.quad(integrand, -12, zero, epsabs=1e-11, limit=200)
    right, _ = integrate.quad(integrand, zero, 12, epsabs=1e-11, limit=200)
    return left + right


def growth(h):
    return mean_log(1 - 3 * h, math.sqrt(3 * h))


def invariant_square():
    density, square = (
        integrate.quad(lambda x, p=p: x**p * math.exp(-(x**4) / 2), -np.inf, np.inf)[0]
        for p in (0, 2)
    )
    return square / density


def integral_of_parts(n):
    """E P^2 and E (P - I)^2 of G12 from a_k and b_k in closed form."""
    half = math.pi / n / 2
    r = half / math.sin(half)
    return r * r / 2, (1 - 2 * r * math.cos(half) + r * r) / 2


def escape(x, n):
    """P(left [-10, 10] by step n) of x - x^3/2 + sqrt(1/2) Z, by Simpson's rule, forwards."""
    grid = np.linspace(-10, 10, 801)
    weight = np.full(801, 4.0)
    weight[::2] = 2.0
    weight[[0, -1]] = 1.0
    weight *= 20 / 800 / 3
    move = stats.norm.pdf(grid[None, :], (grid - grid**3 / 2)[:, None], math.sqrt(0.5))
    p = stats.norm.pdf(grid, x - x**3 / 2, math.sqrt(0.5))
    for _ in range(n - 1):
        p = (p * weight) @ move
    return 1 - float(p @ weight)


def exponent_over_angles(sigma, a=0.5, b=-1.5):
    """G47's top exponent: the mean growth a cos^2 + b sin^2 over the law of the angle."""
    z = (a - b) / (2 * sigma**2)

    def weigh(phi):
        return math.exp(z * (math.cos(2 * phi) - 1))

    def grow(phi):
        return (a * math.cos(phi) ** 2 + b * math.sin(phi) ** 2) * weigh(phi)

    mass, growth_rate = (
        integrate.quad(f, 0, math.pi / 2, epsabs=1e-13, epsrel=1e-12)[0] for f in (weigh, grow)
    )
    return growth_rate / mass


def growth_over_cosines(sigma, h, n, *, euler=False, ito=False, nodes=40):
    """G47's growth per unit of time of steps n/2 to n, and E cos 2 phi_n.

    The chain is followed in c = cos 2 phi, of which everything is a polynomial up to a small rest:
    the noise is symmetric, so that the sign of the angle does not matter. Steps are taken by hand.
    """
    c, _ = np.polynomial.legendre.leggauss(nodes)
    c = np.append(c, 1.0)  # the start
    z, weights = np.polynomial.legendre.leggauss(200)
    z = 11 * z
    weights = weights * np.exp(-z * z / 2)
    weights /= weights.sum()
    w = math.sqrt(h) * z
    x = np.sqrt((1 + c[:, None]) / 2) * np.ones_like(w)
    y = np.sqrt((1 - c[:, None]) / 2) * np.ones_like(w)
    shift = sigma**2 / 2 * (float(ito) - float(euler))

    def move(x, y):
        return (
            (0.5 + shift) * h * x - sigma * w * y,
            (-1.5 + shift) * h * y + sigma * w * x,
        )

    dx, dy = move(x, y)
    if not euler:
        more_x, more_y = move(x + dx, y + dy)
        dx = (dx + more_x) / 2
        dy = (dy + more_y) / 2
    square = (x + dx) ** 2 + (y + dy) ** 2
    after = 2 * (x + dx) ** 2 / square - 1
    g = np.log(square) @ weights / 2
    basis = np.linalg.inv(np.polynomial.legendre.legvander(c, nodes))
    P = np.einsum("q,iqk->ik", weights, np.polynomial.legendre.legvander(after, nodes)) @ basis
    total = np.zeros_like(c)
    for _ in range(n // 2):
        total = g + P @ total
    later = np.linalg.matrix_power(P, n // 2)
    return (later @ total)[-1] / (h * n / 2), (later @ later @ c)[-1]


def mala_by_ratio_of_squares(h, d, more=0):
    """2 P(|y| < |x|) of G51 by the eigenvalues of |x|^2 - |y|^2 as a form in x and z.

    They are -a and h/a, so that the question is whether one chi-square variable exceeds another one
    a^2/h times; with `more` = 2 degrees of freedom more the law is weighted by |x - y|^2.
    """
    r = 1 - h / 2
    form = np.array([[1 - r * r, -r * math.sqrt(h)], [-r * math.sqrt(h), -h]])
    low, high = np.linalg.eigvalsh(form)
    return 2 * float(stats.f.sf(-low / high, d + more, d + more))


def best_step_of_mala(d):
    """The step of the largest mean square jump, where its logarithm has the slope 0."""

    def jump(log_h):
        h = math.exp(log_h)
        return -math.log((h + h * h / 4) * mala_by_ratio_of_squares(h, d, more=2))

    guess = math.log(2.73) - math.log(d) / 3
    found = optimize.minimize_scalar(jump, bracket=(guess - 0.2, guess + 0.2), tol=1e-10)
    return math.exp(found.x)


@functools.cache
def extremes_of_walk(steps, n):
    """The law of (maximum, minimum) of n sums of equally likely whole steps, walk by walk forwards.

    Walks of the same place, maximum and minimum are counted together.
    """
    counts = {(0, 0, 0): 1}
    for _ in range(n):
        longer = {}
        for (place, high, low), count in counts.items():
            for step in steps:
                end = place + step
                state = (end, max(high, end), min(low, end))
                longer[state] = longer.get(state, 0) + count
        counts = longer
    law = {}
    for (_, high, low), count in counts.items():
        law[high, low] = law.get((high, low), 0.0) + count / len(steps) ** n
    return law


def range_square_by_tables():
    """E (max W - min W)^2, by quadrature of the density of the range as Feller has it."""

    k = np.arange(1, 400)

    def integrand(r):
        return r * r * 8 * float(((-1.0) ** (k - 1) * k * k) @ stats.norm.pdf(k * r))

    # below 0.3 the density is less than e^-50
    return integrate.quad(integrand, 0.3, 14.0, points=[1.0, 2.0, 4.0], epsabs=1e-11, limit=200)[0]


def mean_of_lognormals(loads, sigma, n):
    """E exp(sigma sum of loads W(k/n)) over the densities of the increments, one factor each."""
    later = np.cumsum(loads[::-1])[::-1]  # what an increment is multiplied by
    return math.prod(math.exp((sigma * load) ** 2 / (2 * n)) for load in later)


def share_left_by_geometric_mean(sigma, n, b=None):
    """Var(A - b G)/Var A for means of exp(sigma W - sigma^2 t/2) on the grid, by expanding it."""
    one = np.eye(n)
    each = np.full(n, 1 / n)
    down = [math.exp(-(sigma**2) * (k + 1) / (2 * n)) for k in range(n)]
    down_all = math.prod(factor ** (1 / n) for factor in down)
    A = sum(down[k] * mean_of_lognormals(one[k], sigma, n) for k in range(n)) / n
    G = down_all * mean_of_lognormals(each, sigma, n)
    AA = sum(
        down[k] * down[j] * mean_of_lognormals(one[k] + one[j], sigma, n)
        for k in range(n)
        for j in range(n)
    )
    AA /= n * n
    AG = sum(down[k] * mean_of_lognormals(one[k] + each, sigma, n) for k in range(n)) / n * down_all
    GG = down_all**2 * mean_of_lognormals(2 * each, sigma, n)
    law = np.array([[AA - A * A, AG - A * G], [AG - A * G, GG - G * G]])
    if b is None:
        return np.linalg.det(law) / (law[0, 0] * law[1, 1])
    return float(np.array([1, -b]) @ law @ np.array([1, -b])) / law[0, 0]


def ratio_of_pairs_by_quadrature(f, reach=12.0, breaks=()):
    """2 Var e/Var f for the even part e of a function of a standard normal number."""

    def mean(g):
        return integrate.quad(
            lambda x: g(x) * stats.norm.pdf(x),
            -reach,
            reach,
            points=breaks,
            epsabs=1e-13,
            epsrel=1e-13,
            limit=200,
        )[0]

    def even(x):
        return (f(x) + f(-x)) / 2

    def variance(g):
        centre = mean(g)
        return mean(lambda x: (g(x) - centre) ** 2)

    return 2 * variance(even) / variance(f)
