"""Fixing the first arguments of a leaf: a step with the user's functions in their places."""

from __future__ import annotations

from collections.abc import Sequence

from stochcalc.engine.compiler.jit import leaf
from stochcalc.engine.compiler.numba_objects import CompiledFunction

# Written out by the number of arguments that remain: through *args a function would sit in a tuple,
# which Numba has no settled type for. Two functions at a time, since most schemes take two, and
# each leaf costs some milliseconds to compile.
_BIND_ONE = {
    4: lambda f, g: leaf(lambda a, b, c, d: f(g, a, b, c, d)),
    5: lambda f, g: leaf(lambda a, b, c, d, e: f(g, a, b, c, d, e)),
    6: lambda f, g: leaf(lambda a, b, c, d, e, k: f(g, a, b, c, d, e, k)),
    7: lambda f, g: leaf(lambda a, b, c, d, e, k, m: f(g, a, b, c, d, e, k, m)),
    8: lambda f, g: leaf(lambda a, b, c, d, e, k, m, n: f(g, a, b, c, d, e, k, m, n)),
    9: lambda f, g: leaf(lambda a, b, c, d, e, k, m, n, p: f(g, a, b, c, d, e, k, m, n, p)),
}
_BIND_TWO = {
    4: lambda f, g, h: leaf(lambda a, b, c, d: f(g, h, a, b, c, d)),
    5: lambda f, g, h: leaf(lambda a, b, c, d, e: f(g, h, a, b, c, d, e)),
    6: lambda f, g, h: leaf(lambda a, b, c, d, e, k: f(g, h, a, b, c, d, e, k)),
    7: lambda f, g, h: leaf(lambda a, b, c, d, e, k, m: f(g, h, a, b, c, d, e, k, m)),
    8: lambda f, g, h: leaf(lambda a, b, c, d, e, k, m, n: f(g, h, a, b, c, d, e, k, m, n)),
    9: lambda f, g, h: leaf(lambda a, b, c, d, e, k, m, n, p: f(g, h, a, b, c, d, e, k, m, n, p)),
}


def bind(
    step: CompiledFunction, parts: Sequence[CompiledFunction], others: int
) -> CompiledFunction:
    """Return a leaf with its first arguments fixed.

    Parameters
    ----------
    step : leaf
        step(*parts, *others).
    parts : sequence of leaves
        The functions that become its first arguments.
    others : int
        How many arguments remain, from 4 to 9.
    """
    if len(parts) == 0:
        return step
    if len(parts) == 1:
        return _BIND_ONE[others](step, parts[0])
    remaining = others + len(parts) - 2
    return bind(_BIND_TWO[remaining](step, parts[0], parts[1]), parts[2:], others)
