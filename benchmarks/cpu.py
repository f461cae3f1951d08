"""Which CPU this is, how wide the vectors of our code are on it, and how to stay on one core.

Limits of speed differ by kind of CPU: some that have AVX-512 take 256 bits at a time, because they
slow down at 512. So the kind is read off what our compiler makes of a loop, and not off the list of
the CPU's features.
"""

from __future__ import annotations

import contextlib
import functools
import os
import platform
import re
from collections.abc import Iterator
from pathlib import Path

import numba
from llvmlite import binding
from numba import float64, uint64, void

from stochcalc.engine.compiler.jit import routine
from stochcalc.engine.compiler.machine_code import emit_assembly

WIDE = "512-bit vectors"
HALF = "256-bit vectors, by choice on a CPU with AVX-512"
AVX2 = "AVX2"
NARROW = "narrower than AVX2"


def cpu_model() -> str:
    """Return the CPU's name as the operating system gives it, and as LLVM does."""
    name = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
        if found:
            name = found[1].strip()
    return f"{name} ({numba.config.CPU_NAME or binding.get_host_cpu_name()})"


def count_packed(text: str) -> dict[str, int]:
    """Count the instructions on several float64 at once, by the width of their registers.

    On x86 these have names that end in "pd"; on ARM their registers are written v0.2d.
    """
    found = re.findall(r"^\t(?:v?\w+pd\b[^\n]*|f\w+\s+v\d+\.2d[^\n]*)", text, re.MULTILINE)
    counts = {"512 bits": 0, "256 bits": 0, "128 bits": 0}
    for line in found:
        if "zmm" in line:
            counts["512 bits"] += 1
        elif "ymm" in line:
            counts["256 bits"] += 1
        else:
            counts["128 bits"] += 1
    return counts


@functools.cache
def kind_of_cpu() -> str:
    """Return the kind of this CPU, by which limits of speed are chosen."""

    def convert(x, y):
        for i in range(len(x)):
            y[i] = 3.0 * float(x[i])

    text = emit_assembly(routine(convert), void(uint64[::1], float64[::1]))
    used = count_packed(text)
    if used["512 bits"]:
        return WIDE
    if used["256 bits"]:
        has_512 = "vcvtuqq2pd" in text  # an instruction of AVX-512, at whatever width
        return HALF if has_512 else AVX2
    return NARROW


@contextlib.contextmanager
def pinned(cores: int = 1) -> Iterator[None]:
    """Keep every thread of this process on the last `cores` CPUs it may use.

    The threads in pools of the peers are among them.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    _move_threads(set(sorted(allowed)[-cores:]))
    try:
        yield
    finally:
        _move_threads(allowed)


def _move_threads(cpus: set[int]) -> None:
    threads = ["0"]
    if os.path.isdir("/proc/self/task"):
        threads = os.listdir("/proc/self/task")
    for thread in threads:
        with contextlib.suppress(OSError):  # a thread that has just ended
            os.sched_setaffinity(int(thread), cpus)
