"""The sizes at which to measure, or tiny ones: STOCHCALC_BENCH_TINY=1 chooses.

At a tiny size every benchmark runs once, in no time. What it asserts about answers holds or fails
as ever; what it says about speed is printed and not asserted.
"""

from __future__ import annotations

import os
from typing import TypeVar

Size = TypeVar("Size")

TINY = os.environ.get("STOCHCALC_BENCH_TINY", "") == "1"


def size(full: Size, tiny: Size) -> Size:
    """Return the size to measure at, or the tiny one."""
    return tiny if TINY else full
