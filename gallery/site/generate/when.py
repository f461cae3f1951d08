"""When and where the numbers of a build were measured."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version

import stochcalc as sc
from stochcalc.engine.loop.workers import count_workers
from stochcalc.engine.random.philox import STREAM_VERSION


def describe_build() -> str:
    """Return the date, the machine and the versions, in a sentence."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    now = datetime.now(UTC) if seconds is None else datetime.fromtimestamp(int(seconds), UTC)
    return (
        f"Measured on {now:%d %B %Y} when these pages were built, on {platform.system()} "
        f"{platform.machine()} with {count_workers(None)} CPUs, by stochcalc "
        f"{sc.__version__} (stream version {STREAM_VERSION}), Python {platform.python_version()}, "
        f"NumPy {version('numpy')} and Numba {version('numba')}."
    )
