"""What several of these files need: the instructions a kernel was compiled to."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

_OPERATION = r"v?(?:add|sub|mul|div|sqrt|fn?m(?:add|sub)\d+)"
# Full registers of x86, with AVX or without it, and of ARM. Half-filled ones are what LLVM makes of
# straight-line code.
_PACKED = (
    rf"\b{_OPERATION}pd\b.*[yz]mm",
    r"\b(?:add|sub|mul|div|sqrt)pd\b",
    r"\bf(?:add|sub|mul|div|sqrt|ml[as])\s+v\d+\.2d",
)


class Instructions(NamedTuple):
    """How many float64 operations over whole registers stand in the assembly, and how many of them
    are square roots.

    None at all means that the loop takes one number at a time. That scalar code stands beside them
    means nothing: there is a copy of the loop for arrays that overlap, and a way out for arguments
    that are rare."""

    packed: int
    roots: int


@pytest.fixture
def instructions() -> Callable[[Any], Instructions]:
    """Count the instructions of a compiled dispatcher (all its specialisations)."""

    def count(dispatcher: Any) -> Instructions:
        text = "\n".join(dispatcher.inspect_asm().values())
        found = [line for pattern in _PACKED for line in re.findall(pattern, text)]
        return Instructions(len(found), sum("sqrt" in line for line in found))

    return count
