"""What every benchmark needs: the checkout on the path, and a fixture of the name `benchmark`.

The fixture stands in for that of pytest-benchmark where it is not installed, as in a run at tiny
sizes.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


class Untimed:
    """What the benchmarks use of pytest-benchmark: it keeps what it is told, and runs once."""

    def __init__(self) -> None:
        self.extra_info: dict[str, Any] = {}

    def pedantic(self, call: Callable[[], object], rounds: int, iterations: int) -> None:
        """Run the call once, whatever is asked for."""
        call()


if importlib.util.find_spec("pytest_benchmark") is None:

    @pytest.fixture
    def benchmark() -> Untimed:
        """Return what stands in for pytest-benchmark's fixture of this name."""
        return Untimed()
