"""How the benchmarks measure, so that a ratio means something on a busy machine.

Candidates run in turn, A B C A B C ..., so that drift hits all of them; each keeps its minimum, on
pinned cores. The unit is one NumPy normal measured in the same turns: nanoseconds depend on the
machine, ratios hardly. On one core the clock is the process's CPU time, all its threads together,
which other programs cannot stretch by taking turns on that core; on several it is the wall's. The
first call (compile and warm-up) is timed apart."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pytest

from benchmarks.cpu import AVX2, NARROW, cpu_model, kind_of_cpu, pinned
from benchmarks.sizes import TINY, size

Limit = float | Mapping[str, float]  # the same for all, or by the kind of the CPU

if not TINY:
    pytest.importorskip(
        "pytest_benchmark", reason='needs pytest-benchmark: pip install "stochcalc[bench]"'
    )

NORMAL = "one NumPy normal"
FREE = 1.85  # how NumPy must scale to two threads for a figure on two threads to mean anything
_BUFFER = np.empty(1 << 16)
_FILLS = 16
_GENERATOR = np.random.default_rng(0)


def numpy_normals() -> None:
    """Draw 2^20 normals the fastest way NumPy has: into a buffer that stays in cache."""
    for _ in range(_FILLS):
        _GENERATOR.standard_normal(out=_BUFFER)


def numpy_threads(threads: int, fills: int = size(400, 4)) -> None:
    """Fill a buffer with normals `fills` times in all, by so many threads: NumPy releases the GIL
    meanwhile.
    """

    def draw(seed: int) -> None:
        generator = np.random.default_rng(seed)
        buffer = np.empty(1 << 16)
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
    candidates: Mapping[str, Callable[[], object]], repeats: int = size(7, 1), cores: int = 1
) -> dict[str, float]:
    """Minimum seconds of each candidate, run in turn on pinned cores after a first call that is
    timed apart.
    """
    best = dict.fromkeys(candidates, float("inf"))
    clock = time.process_time if cores == 1 else time.perf_counter
    with pinned(cores):
        first = {}
        for name, call in candidates.items():
            first[name] = _seconds(call, time.perf_counter)
        for _ in range(repeats):
            for name, call in candidates.items():
                best[name] = min(best[name], _seconds(call, clock))
    print(
        f"\n{cpu_model()}, {kind_of_cpu()}, {cores} of {os.cpu_count()} CPUs, "
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
    """One number of a benchmark and what it must be.

    `limit` is the row's, `aim` the one in brackets. `most` says whether the limit is an upper one,
    and `timed` whether the figure is about speed, and so means nothing at a tiny size.
    """

    what: str
    value: float
    limit: float | None = None
    aim: float | None = None
    most: bool = True
    timed: bool = True

    @property
    def holds(self) -> bool:
        """Whether the figure keeps to its limit."""
        if self.limit is None:
            return True
        return self.value <= self.limit if self.most else self.value >= self.limit

    def __str__(self) -> str:
        wanted = ""
        if self.limit is not None and not (TINY and self.timed):
            aim = "" if self.aim is None else f", aim {self.aim:g}"
            side = "at most" if self.most else "at least"
            verdict = "holds" if self.holds else "MISSED"
            wanted = f"   {side} {self.limit:g}{aim}: {verdict}"
        return f"  {self.what:66s} {self.value:8.3f}{wanted}"


def limit_here(limit: Limit) -> float:
    """Return the limit for this CPU; one without AVX2 is held to the limit for AVX2."""
    if not isinstance(limit, Mapping):
        return limit
    kind = kind_of_cpu()
    return limit[AVX2 if kind == NARROW else kind]


def at_most(
    what: str, value: float, limit: Limit, aim: float | None = None, *, timed: bool = True
) -> Figure:
    """Return a figure with an upper limit."""
    return Figure(what, value, limit_here(limit), aim, timed=timed)


def at_least(what: str, value: float, limit: Limit, aim: float | None = None) -> Figure:
    """Return a figure with a lower limit."""
    return Figure(what, value, limit_here(limit), aim, most=False)


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
        figures = []
        for name in self.seconds:
            figures.append(Figure(f"{name}, over {NORMAL}", self.over_normal(name)))
        for name in self.seconds:
            if name != ours:
                ahead = self.faster(ours, name)
                figures.append(Figure(f"{ours} faster than {name}, times", ahead))
        return figures


def race(
    candidates: Mapping[str, Callable[[], object]],
    work: float,
    *,
    repeats: int = size(7, 1),
    cores: int = 1,
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
    those with a limit: at a tiny size, those that are not about speed.

    `scaling` is that of NumPy to two threads, for figures that need them.
    """
    print(f"{row}")
    for figure in figures:
        print(figure)
    benchmark.extra_info.update(
        row=row,
        cpu=cpu_model(),
        vectors=kind_of_cpu(),
        **extra,
        busy=scaling is not None and scaling < FREE,
        tiny=TINY,
        figures=[{**asdict(figure), "holds": figure.holds} for figure in figures],
    )
    if ours is not None:
        with pinned(cores):
            benchmark.pedantic(ours, rounds=3, iterations=1)
    if scaling is not None and not TINY:
        skip_if_busy(scaling)
    asserted = [figure for figure in figures if not (TINY and figure.timed)]
    missed = [str(figure).strip() for figure in asserted if not figure.holds]
    assert not missed, "; ".join(missed)


def optional(module: str) -> Any:
    """A peer's module, or skip the benchmark that needs it."""
    return pytest.importorskip(module, reason=f'{module} is a peer: pip install "stochcalc[bench]"')
