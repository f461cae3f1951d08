"""Builders of compiled code, called once for all arguments of one fingerprint."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any

from stochcalc.engine.compiler.fingerprint import Fingerprint, fingerprint
from stochcalc.engine.compiler.interrupts import hold_interrupts_back

MOST_REMEMBERED = 512

_building = threading.RLock()


def memoise(build: Callable[..., Any]) -> Callable[..., Any]:
    """Remember what a builder returns by the fingerprints of its arguments.

    The oldest results are forgotten when there are more than MOST_REMEMBERED.
    """
    results: dict[Fingerprint, Any] = {}

    @functools.wraps(build)
    def build_once(*parts: Any) -> Any:
        name = fingerprint(parts)
        with _building:  # tasks of a user's thread pool arrive here together
            if name not in results:
                if len(results) >= MOST_REMEMBERED:
                    results.pop(next(iter(results)))
                with hold_interrupts_back():
                    results[name] = build(*parts)
            return results[name]

    return build_once
