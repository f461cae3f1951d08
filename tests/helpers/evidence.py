"""Statistical assertions: each states its false-alarm rate and the smallest error it would catch.

Every comparison with random data goes through this module. It keeps a ledger of all false-alarm
rates, and the session fails when their sum exceeds `BUDGET`: a red test is then a bug and never bad
luck. Seeds are the hash of the test's own name, so nobody can hunt for one that passes. All
verdicts are in units of standard errors (a p-value is turned into its two-sided z), so that one
limit, one notion of power and one threshold for negative controls serve them all.

A failed verdict raises `Rejected`, a comparison too weak to mean anything `Underpowered`; both are
`AssertionError`. Samples that are not finite are neither: they raise a plain `AssertionError`,
which no negative control accepts."""

from __future__ import annotations

import hashlib
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
NIGHTLY = os.environ.get("STOCHCALC_NIGHTLY") == "1"
NIGHTLY_FACTOR = 100


class Rejected(AssertionError):
    """The data contradict the claim; `z` says by how many standard errors."""

    def __init__(self, message: str, z: float) -> None:
        super().__init__(message)
        self.z = z


class Underpowered(AssertionError):
    """The comparison could not catch the error it promises to catch."""


@dataclass(frozen=True)
class Evidence:
    """What a passed assertion showed: z, its false-alarm rate per comparison, the smallest error it
    would catch.
    """

    z: np.ndarray
    alpha: float
    smallest: np.ndarray


@dataclass
class Ledger:
    """The session's account of false-alarm rates and negative controls."""

    comparisons: int = 0
    alpha: float = 0.0
    controls: int = 0
    by_test: Counter[str] = field(default_factory=Counter)
    paused: bool = False

    def book(self, comparisons: int, alpha: float) -> None:
        if not self.paused:
            self.comparisons += comparisons
            self.alpha += comparisons * alpha
            self.by_test[_current_test()] += comparisons * alpha

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


def _current_test() -> str:
    """Id of the running test; pytest appends " (setup)", " (call)" or " (teardown)" to it."""
    return os.environ.get("PYTEST_CURRENT_TEST", "outside a test").rsplit(" (", 1)[0]


def seed_of(test: Any, label: str = "") -> int:
    """First 8 bytes of SHA-256 of a test id (or of a pytest `request`), a 64-bit integer.

    `label` names one of several independent streams in a test. `STOCHCALC_NIGHTLY_SEED`, where set,
    is mixed in."""
    name = test if isinstance(test, str) else test.node.nodeid
    name = "\0".join([name, label, os.environ.get("STOCHCALC_NIGHTLY_SEED", "")]).rstrip(
        "\0"
    )  # often the id alone
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")


def seed(label: str = "") -> int:
    """Seed of the running test."""
    return seed_of(_current_test(), label)


def sample_size(n: int) -> int:
    """`n`, and a hundred times `n` in the nightly run."""
    return n * NIGHTLY_FACTOR if NIGHTLY else n


def _judge(
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
            f"{what}{where}: z = {z[worst]:+.2f} beyond {limit[worst]:.2f}; {detail}; false-alarm "
            f"rate {alpha:.1e} "
            f"in each of {z.size} comparisons; smallest error caught (miss rate {MISS:g}): "
            f"{smallest[worst]:.3g}",
            float(z[worst]),
        )
    return Evidence(z, alpha, smallest)


def _first(record: Any, *names: str) -> Any:
    """The first of the attributes that the record has, or None."""
    return next((getattr(record, name) for name in names if hasattr(record, name)), None)


def _excess_kurtosis(n: Any, m2: Any, m4: Any) -> np.ndarray:
    """From the sums of squares and fourth powers about the mean; 0 where all samples are equal."""
    m2, m4 = np.asarray(m2, dtype=float), np.asarray(m4, dtype=float)
    return np.divide(n * m4, m2 * m2, out=np.full(m2.shape, 3.0), where=m2 > 0) - 3.0


def _read(data: Any) -> tuple[Any, Any, Any, Any]:
    """(mean, stderr, n, excess kurtosis) of samples along axis 0, or of a record; the last two may
    be unknown.
    """
    if hasattr(data, "stderr"):
        mean, n = _first(data, "mean", "value"), _first(data, "count", "n")
        kurtosis = _first(data, "excess_kurtosis")
        m2, m4 = _first(data, "M2", "m2"), _first(data, "M4", "m4")
        if kurtosis is None and n is not None and m2 is not None and m4 is not None:
            kurtosis = _excess_kurtosis(n, m2, m4)
        return np.asarray(mean, dtype=float), np.asarray(data.stderr, dtype=float), n, kurtosis
    x = np.asarray(data, dtype=float)
    n = len(x)
    mean = x.mean(axis=0)
    squares = np.square(x - mean)
    m2, m4 = squares.sum(axis=0), np.square(squares).sum(axis=0)
    return mean, np.sqrt(m2 / max(n - 1, 1) / n), n, _excess_kurtosis(n, m2, m4)


def assert_mean(
    data: Any,
    exact: Any,
    *,
    sigmas: float = 6.0,
    detects: Any = None,
    exact_stderr: Any = 0.0,
    what: str = "mean",
) -> Evidence:
    """The mean of `data` is `exact`, to `sigmas` standard errors.

    data: samples (n, ...), or a record with .mean (or .value) and .stderr; its .count (or .n) and
    .excess_kurtosis
        (or .M2, .M4) are used where it has them.
    sigmas: sets the false-alarm rate of each comparison, 2 norm.sf(sigmas); with n known, the limit
    is that of
        Student's law. An array of k values spends it k times: from some 30 on take 7 (2.6e-12
        each).
    detects: the error of the mean that must be caught with probability 1 - 1e-6, else
    `Underpowered`. exact_stderr: standard error of `exact`, in the rare case that no closed form
    exists.

    Raises `Underpowered` where n < 30 max(1, excess kurtosis): the law of the mean is not normal
    enough for a z."""
    mean, se, n, kurtosis = _read(data)
    exact = np.asarray(exact, dtype=float)
    alpha = 2.0 * float(stats.norm.sf(sigmas))
    # Where the samples are all equal the sums' rounding would be the only error: give it a scale.
    rounding = np.finfo(float).eps * np.maximum(np.abs(mean), np.abs(exact))
    se = np.maximum(np.hypot(se, exact_stderr), np.maximum(rounding, np.finfo(float).tiny))
    z = (mean - exact) / se
    limit: Any = sigmas
    if n is not None:
        enough = 30.0 * np.maximum(1.0, 0.0 if kurtosis is None else kurtosis)
        if np.any(np.isfinite(enough) & (np.asarray(n) < enough)):
            raise Underpowered(
                f"{what}: n = {np.max(n)} is under 30 max(1, excess kurtosis) = "
                f"{np.max(enough):.0f}: z means nothing "
                "here; take a bounded or logarithmic statistic, or more samples"
            )
        limit = stats.t.isf(alpha / 2.0, np.asarray(n) - 1)
    worst = np.unravel_index(np.argmax(np.abs(np.nan_to_num(z, nan=np.inf))), np.shape(z))
    known = "unknown" if n is None else n
    measured, due, error = (np.broadcast_to(a, np.shape(z))[worst] for a in (mean, exact, se))
    detail = f"measured {measured:.10g}, exact {due:.10g}, standard error {error:.3g}, n = {known}"
    return _judge(what, z, limit, alpha, (limit + POWER_SIGMAS) * se, detects, n, detail)


def assert_law(
    samples: Any, cdf: Any, alpha: float = 1e-9, *, detects: float | None = None
) -> Evidence:
    """One-sample Kolmogorov-Smirnov test of `samples` (n,) against a continuous `cdf` (function, or
    frozen SciPy law).

    `detects` is a distance sup |F - F0|. The smallest caught is bounded by Massart's inequality,
    valid for every n: sqrt(log(2/alpha) / 2n) for the limit, the same with the miss rate for the
    fluctuation."""
    x = np.asarray(samples, dtype=float)
    assert x.ndim == 1, f"assert_law takes samples of shape (n,), got {x.shape}"
    assert np.all(np.isfinite(x)), "law: samples that are not finite are no evidence"
    n = len(x)
    result = stats.kstest(x, getattr(cdf, "cdf", cdf))
    smallest = (np.sqrt(np.log(2.0 / alpha)) + np.sqrt(np.log(2.0 / MISS))) / np.sqrt(2.0 * n)
    detail = f"distance {result.statistic:.4g} at {result.statistic_location:.6g}, p = {result.pvalue:.3g}, n = {n}"
    z = stats.norm.isf(result.pvalue / 2.0)
    return _judge("law", z, stats.norm.isf(alpha / 2.0), alpha, smallest, detects, n, detail)


def assert_count(
    count: Any, n: Any, p: Any, *, alpha: float = 2e-9, detects: Any = None
) -> Evidence:
    """`count` of `n` independent events of probability `p` each: exact binomial test, both tails at
    alpha/2.

    `detects` is an error of p, in either direction; where even a count of 0 would pass, a lack goes
    uncaught and the smallest error is infinite."""
    count, n, p = np.broadcast_arrays(count, n, p)
    assert np.all((count >= 0) & (count <= n)), f"count {count} is not within 0..{n}"
    law = stats.binom(n, p)
    below, above = law.cdf(count), law.sf(count - 1)
    z = np.where(below < above, -1.0, 1.0) * stats.norm.isf(
        np.minimum(0.5, np.minimum(below, above))
    )
    low, high = law.ppf(alpha / 2.0), law.isf(alpha / 2.0)  # the passing counts, to within one
    # Solve P(X > high | p') = 1 - MISS and P(X < low | p') = 1 - MISS for p': the beta law of order
    # statistics.
    excess = stats.beta.isf(MISS, high + 1, np.maximum(n - high, 1e-300)) - p
    lack = np.where(low > 0, p - stats.beta.ppf(MISS, np.maximum(low, 1), n - low + 1), np.inf)
    smallest = np.maximum(np.where(high < n, excess, np.inf), lack)
    worst = np.unravel_index(np.argmax(np.abs(z)), z.shape)
    detail = f"count {count[worst]} of {n[worst]}, expected {n[worst] * p[worst]:.6g}"
    return _judge("count", z, stats.norm.isf(alpha / 2.0), alpha, smallest, detects, n, detail)


def assert_order(
    estimate: Any,
    order: float,
    *,
    tolerance: float = 0.0,
    max_stderr: float = 0.05,
    sigmas: float = 6.0,
) -> Evidence:
    """A fitted slope (a record with .value and .stderr, or that pair) is `order`, to `tolerance`
    plus `sigmas` errors.

    `tolerance` is the known difference of the finite-step slope from the order. A slope known worse
    than `max_stderr` would agree with anything and is `Underpowered`."""
    value, se = (estimate.value, estimate.stderr) if hasattr(estimate, "value") else estimate
    value, se = float(value), float(se)
    assert np.isfinite(value) and np.isfinite(se) and se > 0, (
        f"order: {value} +- {se} is no evidence"
    )
    if se > max_stderr:
        more = (se / max_stderr) ** 2
        raise Underpowered(
            f"order: standard error {se:.3g} exceeds {max_stderr:.3g}: needs {more:.3g} times the "
            f"paths"
        )
    error = value - order
    z = np.sign(error) * max(0.0, abs(error) - tolerance) / se
    detail = f"slope {value:.5g}, order {order:g}, tolerance {tolerance:g}, standard error {se:.3g}"
    smallest = tolerance + (sigmas + POWER_SIGMAS) * se
    return _judge(
        "order", z, sigmas, 2.0 * float(stats.norm.sf(sigmas)), smallest, None, None, detail
    )


def bits(array: Any) -> str:
    """SHA-256 of dtype, shape and bytes: NaNs compare equal, 0.0 and -0.0 do not."""
    a = np.asarray(array)
    if a.dtype.hasobject:
        raise TypeError(f"bits of {a.dtype} are addresses, not values")
    return hashlib.sha256(repr((a.dtype.str, a.shape)).encode() + b"\0" + a.tobytes()).hexdigest()


def assert_same_bits(*arrays: Any) -> str:
    """All arrays have the same dtype, shape and bytes; returns their SHA-256.

    Exact: it spends nothing.
    """
    if len(arrays) < 2:
        raise TypeError("assert_same_bits compares two arrays or more")
    due = bits(arrays[0])
    for k in range(1, len(arrays)):
        if bits(arrays[k]) != due:
            a, b = np.asarray(arrays[0]), np.asarray(arrays[k])
            why = f"{a.dtype}{a.shape} against {b.dtype}{b.shape}"
            if (a.dtype, a.shape) == (b.dtype, b.shape):
                same = (a.reshape(-1, 1).view(np.uint8) == b.reshape(-1, 1).view(np.uint8)).all(
                    axis=1
                )
                at = int(np.argmin(same))
                why = f"{np.sum(~same)} of {a.size} differ, first at {at}: {a.flat[at]!r} against {b.flat[at]!r}"
            raise Rejected(f"bits of argument {k} differ from argument 0: {why}", float("inf"))
    return due


@contextmanager
def must_reject(broken: str = "the broken twin", *, min_z: float = 20.0) -> Iterator[None]:
    """Negative control: the one assertion in the block must reject its broken data, by more than
    `min_z`.

    Only a verdict counts: lack of power, NaN or any other error in the block goes through.
    """
    try:
        with LEDGER.pause():
            yield
    except Rejected as verdict:
        if not abs(verdict.z) > min_z:
            raise AssertionError(
                f"{broken}: |z| is {abs(verdict.z):.1f} only, {min_z:g} are due"
            ) from verdict
    else:
        raise AssertionError(f"{broken}: not rejected, so the assertion has no teeth")
    LEDGER.controls += 1
