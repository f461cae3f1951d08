"""Cases that are alike: some of them run in every run, the others at night."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest


def mostly_at_night(cases: Iterable[Any], always: Callable[[Any], bool]) -> list[Any]:
    """Return the cases for `parametrize`; those that are not `always` run are marked nightly.

    A case is one value, or a tuple of the values of several arguments.
    """
    marked = []
    kept = 0
    for case in cases:
        values = case if isinstance(case, tuple) else (case,)
        if always(case):
            marked.append(pytest.param(*values))
            kept += 1
        else:
            marked.append(pytest.param(*values, marks=pytest.mark.nightly))
    if not 0 < kept < len(marked):
        raise ValueError(f"{kept} of {len(marked)} cases always run: keep some, and not all")
    return marked
