"""A start and a barrier, which must differ."""

from __future__ import annotations

from stochcalc.engine import checks


def check_barrier(x0: object, barrier: object) -> tuple[float, float]:
    """Return the start and the barrier as floats.

    Raises
    ------
    TypeError, ValueError
        If one of them is no finite number, or if they are equal.
    """
    start = checks.number("x0", x0)
    level = checks.number("barrier", barrier)
    if level == start:
        raise ValueError(
            f"barrier={level:g} is at the start x0={start:g}, where the passage time is 0: move "
            f"one of them"
        )
    return start, level
