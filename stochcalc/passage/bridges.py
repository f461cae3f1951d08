r"""The probability that a Brownian bridge leaves the strip between two lines, and on which side.

A bridge of length h and volatility s starts at the distances a and a' from two lines, and ends at
the distances c and c' from them, which are negative beyond a line. Let w = a + a' and w' = c + c'
be the width of the strip at both ends. By reflection at one line after the other, the bridge
touches the first line, and does so before it touches the second, with the probability

    S(a, a', c, c') = sum_(r >= 1) exp(-2 (a + (r-1) w)(c + (r-1) w')/(s^2 h))
                                 - exp(-2 (r^2 w w' - r (w' a - w c))/(s^2 h))

if c >= 0. The first term for r = 1 is exp(-2 a c/(s^2 h)), the probability that it touches the
first line at all; the next is the probability that it touches the second line and then the first;
and so on. A bridge that ends beyond the first line leaves surely, and so on this side first with
the probability 1 - S(a', a, c', c). The sum is cut after r = 13, which leaves out less than
exp(-338 w w'/(s^2 h)): 5e-17 where the standard deviation of a step is three widths of the strip,
and 7e-10 where it is four.

For parallel lines this is the reflection principle; for others a bridge is a Brownian motion in the
time t/(h - t), which takes lines to lines, and the sum is Anderson's. All of it depends on A = a/w,
C = c/w' and V = s^2 h/(w w') alone, as if the strip had the width 1.

For V > 16 the sum needs more terms, and others take its place. A bridge stays inside with the
probability 2 sum_k exp(-(k pi)^2 V/2) sin(k pi A) sin(k pi C)/phi(C - A), with the density phi of a
normal variable of variance V. That is below 1e-32, so the bridge leaves surely. On the way out it
is a Brownian motion, whose time tau to leave below has E exp(-m^2 tau/2) = sinh((1 - A) m)/sinh(m).
From there on the density of the end is phi at the variance V - tau, which is exp(-tau D^2/2) phi(C)
with D = d/dC. So it leaves below with the probability

    sinh((1 - A) D)/sinh(D) phi(C)/phi(C - A)
        = exp(A (A - 2 C)/(2 V)) sum_k R_k He_2k(C/V^(1/2))/V^k

where sinh((1 - A) m)/sinh(m) = sum_k R_k m^(2k), and He_2k are Hermite's polynomials. Four terms
are within 4e-7 for ends at most two standard deviations away, and within 6e-6 at four of them; the
error falls like V^-4. For ends over seven of them away, C^2 > 49 V, where only a drift can bring a
path, both probabilities are nan.

Sources: T. W. Anderson, Ann. Math. Statist. 31 (1960) 165, Theorem 4.1; Borodin and Salminen,
Handbook of Brownian Motion (2002), part II, 1.15; Karatzas and Shreve, Brownian Motion and
Stochastic Calculus (1991), section 2.8.
"""

from __future__ import annotations

import math

import numpy as np

from stochcalc.engine.registers.choices import choose
from stochcalc.typing import Number

SINH_1 = -1.0 / 6.0
SINH_2 = 7.0 / 360.0
SINH_3 = -31.0 / 15120.0
INSIDE_1 = 1.0 / 6.0
INSIDE_2 = 1.0 / 20.0
INSIDE_3 = 1.0 / 42.0
TERMS = 13  # the values of r that are added
LARGEST = 16.0  # V = v/(w w') above which a step is wide
FARTHEST = 49.0  # C^2/V, seven standard deviations, above which a wide step has no probabilities
SMALLEST = -40.0  # the exponent below which a term is taken as 0


def leave_strip(
    a: Number, a_other: Number, c: Number, c_other: Number, variance: Number
) -> tuple[Number, Number]:
    """Return the probabilities that a bridge leaves a strip first on one side, and on the other.

    Parameters
    ----------
    a, a_other : float or ndarray
        The distances from both lines at the start, positive.
    c, c_other : float or ndarray
        Those at the end, of which one may be negative; their sum is positive.
    variance : float or ndarray
        s^2 h.

    Returns
    -------
    here, there : float or ndarray
        Both probabilities; nan for an end that is too far away from the strip to compute them.
    """
    here = touch_first(a, a_other, c, c_other, variance)
    there = touch_first(a_other, a, c_other, c, variance)
    first = choose(c <= 0.0, 1.0 - there, here)
    second = choose(c_other <= 0.0, 1.0 - here, there)
    wide = variance > LARGEST * ((a + a_other) * (c + c_other))
    first_of_wide = leave_first_in_wide_step(a, a_other, c, c_other, variance)
    return choose(wide, first_of_wide, first), choose(wide, 1.0 - first_of_wide, second)


def leave_first_in_wide_step(
    a: Number, a_other: Number, c: Number, c_other: Number, variance: Number
) -> Number:
    """Return the probability that a bridge leaves on this side first, for a wide step.

    The arguments are those of `leave_strip`.
    """
    start = a + a_other
    end = c + c_other
    # Divisions take long: 1/variance is a number that `touch_first` computes as well.
    area = start * end
    inverse = 1.0 / area
    U = area * (-0.5 * (-2.0 / variance))  # 1/V
    A = a * end * inverse
    B = 1.0 - A
    C = c * start * inverse
    # h_n = He_n(C/V^(1/2))/V^(n/2) with Hermite's polynomials
    z = U * C * C
    h2 = U * (z - 1.0)
    h4 = U * U * (z * (z - 6.0) + 3.0)
    h6 = U * U * U * (z * (z * (z - 15.0) + 45.0) - 15.0)
    # m/sinh(m) = 1 - m^2/6 + ..., and sinh(B m) = B m (1 + (B m)^2/6 (1 + (B m)^2/20 (1 + ...))),
    # with h_n in the place of m^n
    square = B * B
    total = h4 + SINH_1 * h6 + INSIDE_3 * square * h6
    total = h2 + SINH_1 * h4 + SINH_2 * h6 + INSIDE_2 * square * total
    total = 1.0 + SINH_1 * h2 + SINH_2 * h4 + SINH_3 * h6 + INSIDE_1 * square * total
    first = np.exp(0.5 * U * A * (A - 2.0 * C)) * B * total
    return choose(z <= FARTHEST, first, math.nan)


def touch_first(a: Number, a_other: Number, c: Number, c_other: Number, variance: Number) -> Number:
    """Return the probability that a bridge touches a line, and not the other line before.

    The arguments are those of `leave_strip`, with c >= 0.
    """
    start = a + a_other
    end = c + c_other
    scale = -2.0 / variance
    # The exponents are quadratic in r: terms follow from the one before by two multiplications.
    square = _exp(scale * (start * end))
    reached = _exp(scale * (a * c))
    ratio = _exp(scale * (end * a + start * c)) * square
    after_other = _exp(scale * (end * a_other + start * c))
    ratio_after = after_other * square * square
    square = _exp(2.0 * scale * (start * end))
    total = reached - after_other
    for _ in range(TERMS - 1):
        reached = reached * ratio
        after_other = after_other * ratio_after
        ratio = ratio * square
        ratio_after = ratio_after * square
        total = total + (reached - after_other)
    return total


def _exp(x: Number) -> Number:
    """Return exp(x), or 0 where it is below e^-40, so that products do not fade out slowly.

    CPUs take many times as long for numbers below 2e-308.
    """
    return choose(x < SMALLEST, 0.0, np.exp(np.maximum(x, SMALLEST)))
