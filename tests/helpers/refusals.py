"""Bad input: a row for every slip, and the check that it is refused by name and value."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

from stochcalc.engine.compiler.pointers import compilations

LONGEST = 400  # characters of a message, so that it fits on a screen


class Slip(NamedTuple):
    """A call that must fail, the error it must raise, and what the message must match."""

    call: Callable[[], object]
    kind: type[Exception] | tuple[type[Exception], ...]
    pattern: str


def wrong_type(call: Callable[[], object], pattern: str) -> Slip:
    """A call that must raise a TypeError."""
    return Slip(call, TypeError, pattern)


def wrong_value(call: Callable[[], object], pattern: str) -> Slip:
    """A call that must raise a ValueError."""
    return Slip(call, ValueError, pattern)


def wrong_type_or_value(call: Callable[[], object], pattern: str) -> Slip:
    """A call that must raise one of the two."""
    return Slip(call, (TypeError, ValueError), pattern)


def refused(slip: Slip) -> None:
    """The call fails with this error, no subclass of it, and a short message that matches."""
    with pytest.raises(slip.kind, match=slip.pattern) as caught:
        slip.call()
    allowed = slip.kind if isinstance(slip.kind, tuple) else (slip.kind,)
    assert caught.type in allowed
    assert len(str(caught.value)) < LONGEST


def refused_before_anything_is_compiled(slip: Slip) -> None:
    """The same, and no kernel was compiled for it."""
    before = compilations()
    refused(slip)
    assert compilations() <= before
