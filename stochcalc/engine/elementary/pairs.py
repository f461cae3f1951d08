"""Pairs: a number as the sum of a float and a second float that holds what rounding lost.

A float has 53 bits. The rounding error of a sum of two floats is itself a float, and it can be
computed: a sum is then exact as a pair (high, low). The same holds for a product, whose error is
fma(a, b, -a b). Constants are pairs too, where 53 bits of them are not enough.

Source: Knuth, The Art of Computer Programming, volume 2, section 4.2.2, theorem B.
"""

from __future__ import annotations

from stochcalc.engine.compiler.jit import leaf

# log 2. The first float has 33 bits, so that its product with an integer below 2^20 is exact.
LN2_HIGH = 6.93147180369123816490e-01
LN2_LOW = 1.90821492927058770002e-10
# pi/2. The first float is pi/2 rounded to 53 bits.
HALF_PI = 1.5707963267948966
HALF_PI_LOW = 6.123233995736766e-17


@leaf
def two_sum(a, b):
    """Return (total, lost) with total + lost = a + b exactly, whichever of a and b is larger."""
    total = a + b
    shift = total - a
    return total, (a - (total - shift)) + (b - shift)
