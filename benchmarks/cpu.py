"""Which CPU this is, how wide the vectors are that Numba uses on it, and how to stay on one core.

Limits of speed differ by kind of CPU: LLVM takes 256 bits at a time on several CPUs that have
AVX-512, because it expects them to slow down at 512. So the kind is read off what LLVM makes of a
loop, and not off the list of its features.
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
import numpy as np
from llvmlite import binding

WIDE = "512-bit vectors"
HALF = "256-bit vectors, by LLVM's choice on a CPU with AVX-512"
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


def count_packed(assembly: str) -> dict[str, int]:
    """Count the instructions on several float64 at once, by the width of their registers.

    On x86 these have names that end in "pd"; on ARM their registers are written v0.2d.
    """
    found = re.findall(r"^\t(?:v?\w+pd\b[^\n]*|f\w+\s+v\d+\.2d[^\n]*)", assembly, re.MULTILINE)
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

    @numba.njit
    def convert(x, y):
        for i in range(len(x)):
            y[i] = 3.0 * float(x[i])

    convert(np.ones(8, np.uint64), np.ones(8))
    assembly = "\n".join(convert.inspect_asm().values())
    used = count_packed(assembly)
    if used["512 bits"]:
        return WIDE
    if used["256 bits"]:
        has_512 = "vcvtuqq2pd" in assembly  # an instruction of AVX-512, at whatever width
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
