"""How the benchmarks measure, so that a ratio means something on a busy machine.

Candidates run in turn, A B C A B C ..., so that drift hits all of them; each keeps its minimum, on
pinned cores. The unit is one NumPy normal measured in the same turns: nanoseconds depend on the
machine, ratios hardly. On one core the clock is the process's CPU time, all its threads together,
which other programs cannot stretch by taking turns on that core; on several it is the wall's. The
first call (compile and warm-up) is timed apart."""

from __future__ import annotations

import contextlib
import os
import platform
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
from llvmlite import binding

pytest.importorskip(
    "pytest_benchmark", reason='needs pytest-benchmark: pip install "stochcalc[bench]"'
)

NORMAL = "one NumPy normal"
_BUFFER, _FILLS = np.empty(1 << 16), 16
_GENERATOR = np.random.default_rng(0)
FREE = 1.85  # how NumPy must scale to two threads for a figure on two threads to mean anything


def cpu_model() -> str:
    """The CPU as the operating system names it."""
    with contextlib.suppress(OSError):
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
        if found:
            return found[1].strip()
    return platform.processor() or platform.machine()


def vector_width() -> str:
    """The widest vectors Numba compiles for here: what NUMBA_CPU_FEATURES allows, else what the CPU
    has.
    """
    allowed = numba.config.CPU_FEATURES or binding.get_host_cpu_features().flatten()
    features = {name[1:] for name in allowed.split(",") if name.startswith("+")}
    if {"avx512f", "avx512dq"} <= features:
        return "AVX-512"
    return "AVX2" if {"avx2", "fma"} <= features else "narrower than AVX2"


@contextlib.contextmanager
def pinned(cores: int = 1) -> Iterator[None]:
    """Keep every thread of this process on the last `cores` CPUs it may use: pools of the peers are
    threads too.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)

    def move(to: set[int]) -> None:
        for thread in os.listdir("/proc/self/task") if os.path.isdir("/proc/self/task") else ["0"]:
            with contextlib.suppress(OSError):  # a thread that has just ended
                os.sched_setaffinity(int(thread), to)

    move(set(sorted(allowed)[-cores:]))
    try:
        yield
    finally:
        move(allowed)


def numpy_normals() -> None:
    """Draw 2^20 normals the fastest way NumPy has: into a buffer that stays in cache."""
    for _ in range(_FILLS):
        _GENERATOR.standard_normal(out=_BUFFER)


def numpy_threads(threads: int, fills: int = 400) -> None:
    """Fill a buffer with normals `fills` times in all, by so many threads: NumPy releases the GIL
    meanwhile.
    """

    def draw(seed: int) -> None:
        generator, buffer = np.random.default_rng(seed), np.empty(1 << 16)
        for _ in range(fills // threads):
            generator.standard_normal(out=buffer)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(draw, range(threads)))


def skip_if_busy(scaling: float) -> None:
    """Skip what needs two CPUs where NumPy itself, in two threads, is not nearly twice as fast: it
    would measure the others.
    """
    if scaling < FREE:
        pytest.skip(
            f"no second CPU is free: NumPy's own normals are {scaling:.2f} times as fast in two "
            f"threads, not {FREE:g}"
        )


def interleaved(
    candidates: Mapping[str, Callable[[], object]], repeats: int = 7, cores: int = 1
) -> dict[str, float]:
    """Minimum seconds of each candidate, run in turn on pinned cores after a first call that is
    timed apart.
    """
    best, clock = (
        dict.fromkeys(candidates, float("inf")),
        time.process_time if cores == 1 else time.perf_counter,
    )
    with pinned(cores):
        first = {}
        for name, call in candidates.items():
            first[name] = _seconds(call, time.perf_counter)
        for _ in range(repeats):
            for name, call in candidates.items():
                best[name] = min(best[name], _seconds(call, clock))
    print(
        f"\n{cpu_model()}, {vector_width()}, {cores} of {os.cpu_count()} CPUs, "
        f"{threading.active_count()} Python threads"
    )
    for name in candidates:
        print(
            f"  {name:44s} first call {first[name]:8.3f} s, then {best[name]:9.5f} s at best of "
            f"{repeats}"
        )
    return best


def _seconds(call: Callable[[], object], clock: Callable[[], float]) -> float:
    start = clock()
    call()
    return clock() - start


@dataclass(frozen=True)
class Figure:
    """One number of a benchmark and what it must be: `limit` is the row's, `aim` the one in
    brackets.
    """

    what: str
    value: float
    limit: float | None = None
    aim: float | None = None
    most: bool = True  # whether the limit is an upper one

    @property
    def holds(self) -> bool:
        return self.limit is None or (
            self.value <= self.limit if self.most else self.value >= self.limit
        )

    def __str__(self) -> str:
        wanted = ""
        if self.limit is not None:
            aim = "" if self.aim is None else f", aim {self.aim:g}"
            side = "at most" if self.most else "at least"
            verdict = "holds" if self.holds else "MISSED"
            wanted = f"   {side} {self.limit:g}{aim}: {verdict}"
        return f"  {self.what:66s} {self.value:8.3f}{wanted}"


def at_most(
    what: str, value: float, limit: float, aim: float | None = None, *, avx2: float | None = None
) -> Figure:
    """A figure with an upper limit; `avx2` is the limit where there is no AVX-512."""
    return Figure(what, value, limit if avx2 is None or vector_width() == "AVX-512" else avx2, aim)


def at_least(what: str, value: float, limit: float, aim: float | None = None) -> Figure:
    """A figure with a lower limit."""
    return Figure(what, value, limit, aim, most=False)


@dataclass(frozen=True)
class Race:
    """What `race` measured: seconds of each candidate for `work` units, and of one NumPy normal."""

    seconds: dict[str, float]
    work: float
    normal: float

    def over_normal(self, name: str) -> float:
        """Time of one unit of work over one NumPy normal."""
        return self.seconds[name] / self.work / self.normal

    def faster(self, name: str, than: str) -> float:
        """How many times faster than another candidate."""
        return self.seconds[than] / self.seconds[name]

    def table(self, ours: str) -> list[Figure]:
        """Every candidate over one NumPy normal, then how far ahead ours is: figures without
        limits.
        """
        others = [name for name in self.seconds if name != ours]
        return [
            Figure(f"{name}, over {NORMAL}", self.over_normal(name)) for name in self.seconds
        ] + [
            Figure(f"{ours} faster than {name}, times", self.faster(ours, name)) for name in others
        ]


def race(
    candidates: Mapping[str, Callable[[], object]], work: float, *, repeats: int = 7, cores: int = 1
) -> Race:
    """Run candidates and NumPy's normals in turn; each call of a candidate does `work` units."""
    seconds = interleaved({**candidates, NORMAL: numpy_normals}, repeats, cores)
    normal = seconds.pop(NORMAL) / (_FILLS * len(_BUFFER))
    print(f"  {NORMAL}: {1e9 * normal:.2f} ns")
    return Race(seconds, work, normal)


def report(
    benchmark: Any,
    row: str,
    ours: Callable[[], object] | None,
    figures: list[Figure],
    *,
    cores: int = 1,
    scaling: float | None = None,
    **extra: Any,
) -> None:
    """Print the figures, put them into the JSON beside three timed rounds of `ours`, and assert
    those with a limit.

    `scaling` is that of NumPy to two threads, for figures that need them.
    """
    print(f"{row}")
    for figure in figures:
        print(figure)
    benchmark.extra_info.update(
        row=row,
        cpu=cpu_model(),
        vectors=vector_width(),
        **extra,
        busy=scaling is not None and scaling < FREE,
        figures=[{**asdict(figure), "holds": figure.holds} for figure in figures],
    )
    if ours is not None:
        with pinned(cores):
            benchmark.pedantic(ours, rounds=3, iterations=1)
    if scaling is not None:
        skip_if_busy(scaling)
    missed = [str(figure).strip() for figure in figures if not figure.holds]
    assert not missed, "; ".join(missed)


def packed(assembly: str) -> dict[str, int]:
    """Number of instructions on vector registers of each width in an assembly listing."""
    lines = [
        line
        for line in assembly.splitlines()
        if line.startswith("\t") and not line.startswith("\t.")
    ]
    return {
        name: sum(f"%{name}" in line or f" {name}" in line for line in lines)
        for name in ("zmm", "ymm", "xmm")
    }


def optional(module: str) -> Any:
    """A peer's module, or skip the benchmark that needs it."""
    return pytest.importorskip(module, reason=f'{module} is a peer: pip install "stochcalc[bench]"')
