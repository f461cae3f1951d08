"""A float and what its rounding lost: the sum of two floats is again a float plus a float.

Source: Knuth, The Art of Computer Programming, volume 2, section 4.2.2, theorem B.
"""

from __future__ import annotations

from stochcalc.engine.compiler.jit import leaf


@leaf
def plus(a, b):
    """(total, lost) with total + lost = a + b exactly, whichever is larger."""
    total = a + b
    shift = total - a
    return total, (a - (total - shift)) + (b - shift)
