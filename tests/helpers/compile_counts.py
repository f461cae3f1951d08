"""How much an action compiles."""

from __future__ import annotations

from collections.abc import Callable

from stochcalc.engine.compiler.pointers import compilations


def compiled_during(action: Callable[[], object]) -> int:
    """The number of functions that an action compiles."""
    before = compilations()
    action()
    return compilations() - before
