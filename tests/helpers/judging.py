"""Verdicts in standard errors, and the ledger of false-alarm rates that they are booked in.

`evidence` is what the tests import; this is what it is made of."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import stats

BUDGET = 1e-6  # total false-alarm rate of a whole session
MISS = 1e-6  # an error of the size `detects` is overlooked with at most this probability ...
POWER_SIGMAS = float(stats.norm.isf(MISS))  # ... which takes 4.75 standard errors beyond the limit


class Rejected(AssertionError):
    """The data contradict the claim; `z` says by how many standard errors."""

    def __init__(self, message: str, z: float) -> None:
        super().__init__(message)
        self.z = z


class Underpowered(AssertionError):
    """The comparison could not catch the error it promises to catch."""


@dataclass(frozen=True)
class Evidence:
    """What a passed assertion showed: z, its false-alarm rate, the smallest error it would catch.

    The rate and the error are those of each comparison."""

    z: np.ndarray
    alpha: float
    smallest: np.ndarray


@dataclass
class Ledger:
    """The session's account of false-alarm rates and negative controls.

    `lost` counts the worker processes that died before they could hand theirs in."""

    comparisons: int = 0
    alpha: float = 0.0
    controls: int = 0
    lost: int = 0
    by_test: Counter[str] = field(default_factory=Counter)
    paused: bool = False

    def book(self, comparisons: int, alpha: float) -> None:
        if not self.paused:
            self.comparisons += comparisons
            self.alpha += comparisons * alpha
            self.by_test[current_test()] += comparisons * alpha

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Book nothing: what is expected to fail cannot raise a false alarm."""
        before, self.paused = self.paused, True
        try:
            yield
        finally:
            self.paused = before

    @property
    def overdrawn(self) -> bool:
        return self.alpha > BUDGET


LEDGER = Ledger()


def current_test() -> str:
    """Id of the running test; pytest appends " (setup)", " (call)" or " (teardown)" to it."""
    return os.environ.get("PYTEST_CURRENT_TEST", "outside a test").rsplit(" (", 1)[0]


def judge(
    what: str, z: Any, limit: Any, alpha: float, smallest: Any, detects: Any, n: Any, detail: str
) -> Evidence:
    """Book the comparisons, demand the power, give the verdict.

    `detail` describes the worst comparison.
    """
    z, limit, smallest = np.broadcast_arrays(
        *(np.asarray(a, dtype=float) for a in (z, limit, smallest))
    )
    LEDGER.book(z.size, alpha)
    if np.any(np.isnan(z)):
        raise AssertionError(f"{what}: not a number, so no evidence; {detail}")
    if detects is not None and not np.all(smallest <= detects):
        lack = float(np.max(smallest / np.asarray(detects)))
        need = (
            f"{lack**2:.3g} times the samples"
            if n is None
            else f"n >= {np.ceil(np.max(n) * lack**2):.0f} samples"
        )
        raise Underpowered(
            f"{what}: promises to detect {detects}, detects {np.max(smallest):.3g} (miss rate "
            f"{MISS:g}): needs {need}"
        )
    if not np.all(np.abs(z) <= limit):
        worst = np.unravel_index(np.argmax(np.abs(z) - limit), z.shape)
        where = f" at index {tuple(int(i) for i in worst)}" if z.ndim else ""
        raise Rejected(
            f"{what}{where}: z = {z[worst]:+.2f} beyond {limit[worst]:.2f}; {detail}; "
            f"false-alarm rate {alpha:.1e} in each of {z.size} comparisons; "
            f"smallest error caught (miss rate {MISS:g}): {smallest[worst]:.3g}",
            float(z[worst]),
        )
    return Evidence(z, alpha, smallest)


def first(record: Any, *names: str) -> Any:
    """The first of the attributes that the record has, or None."""
    return next((getattr(record, name) for name in names if hasattr(record, name)), None)


def excess_kurtosis(n: Any, m2: Any, m4: Any) -> np.ndarray:
    """From the sums of squares and fourth powers about the mean; 0 where all samples are equal."""
    m2, m4 = np.asarray(m2, dtype=float), np.asarray(m4, dtype=float)
    return np.divide(n * m4, m2 * m2, out=np.full(m2.shape, 3.0), where=m2 > 0) - 3.0


def read(data: Any) -> tuple[Any, Any, Any, Any]:
    """(mean, stderr, n, excess kurtosis) of samples along axis 0, or of a record.

    The last two may be unknown."""
    if hasattr(data, "stderr"):
        mean, n = first(data, "value", "mean"), first(data, "count", "n")
        kurtosis = first(data, "excess_kurtosis")
        m2, m4 = first(data, "M2", "m2"), first(data, "M4", "m4")
        if kurtosis is None and n is not None and m2 is not None and m4 is not None:
            kurtosis = excess_kurtosis(n, m2, m4)
        return np.asarray(mean, dtype=float), np.asarray(data.stderr, dtype=float), n, kurtosis
    x = np.asarray(data, dtype=float)
    n = len(x)
    mean = x.mean(axis=0)
    squares = np.square(x - mean)
    m2, m4 = squares.sum(axis=0), np.square(squares).sum(axis=0)
    return mean, np.sqrt(m2 / max(n - 1, 1) / n), n, excess_kurtosis(n, m2, m4)
