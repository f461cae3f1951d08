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
exp(-338 w w'/(s^2 h)): 5e-17 where the standard deviation of a step is three widths of the strip.

For parallel lines this is the reflection principle; for others a bridge is a Brownian motion in the
time t/(h - t), which takes lines to lines, and the sum is Anderson's.

Sources: T. W. Anderson, Ann. Math. Statist. 31 (1960) 165, Theorem 4.1; Borodin and Salminen,
Handbook of Brownian Motion (2002), part II, 1.15; Karatzas and Shreve, Brownian Motion and
Stochastic Calculus (1991), section 2.8.
"""

from __future__ import annotations

import numpy as np

from stochcalc.engine.registers.choices import choose
from stochcalc.typing import Number

TERMS = 13  # the values of r that are added
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
    """
    here = touch_first(a, a_other, c, c_other, variance)
    there = touch_first(a_other, a, c_other, c, variance)
    return choose(c <= 0.0, 1.0 - there, here), choose(c_other <= 0.0, 1.0 - here, there)


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
