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
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from judging import (
    BUDGET,
    LEDGER,
    MISS,
    POWER_SIGMAS,
    Evidence,
    Ledger,
    Rejected,
    Underpowered,
    current_test,
    judge,
    read,
)
from scipy import stats

__all__ = [
    "BUDGET",
    "LEDGER",
    "MISS",
    "NIGHTLY",
    "NIGHTLY_FACTOR",
    "POWER_SIGMAS",
    "Evidence",
    "Ledger",
    "Rejected",
    "Underpowered",
    "seed_of",
    "seed",
    "sample_size",
    "assert_mean",
    "assert_law",
    "assert_count",
    "assert_order",
    "assert_p_values",
    "bits",
    "assert_same_bits",
    "must_reject",
]

NIGHTLY = os.environ.get("STOCHCALC_NIGHTLY") == "1"
NIGHTLY_FACTOR = 100


def seed_of(test: Any, label: str = "") -> int:
    """First 8 bytes of SHA-256 of a test id (or of a pytest `request`), a 64-bit integer.

    `label` names one of several independent streams in a test. `STOCHCALC_NIGHTLY_SEED`, where set,
    is mixed in."""
    name = test if isinstance(test, str) else test.node.nodeid
    parts = [name, label, os.environ.get("STOCHCALC_NIGHTLY_SEED", "")]
    name = "\0".join(parts).rstrip("\0")  # often the id alone
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")


def seed(label: str = "") -> int:
    """Seed of the running test."""
    return seed_of(current_test(), label)


def sample_size(n: int) -> int:
    """`n`, and a hundred times `n` in the nightly run."""
    return n * NIGHTLY_FACTOR if NIGHTLY else n


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

    data: samples (n, ...), or a record with .mean (or .value) and .stderr. Its .count (or .n) and
        .excess_kurtosis (or .M2 and .M4) are used where it has them.
    sigmas: sets the false-alarm rate of each comparison, 2 norm.sf(sigmas). With n known, the limit
        is that of Student's law. An array of k values spends it k times: from some 30 on take 7
        (2.6e-12 each).
    detects: the error of the mean that must be caught with probability 1 - 1e-6, else
        `Underpowered`.
    exact_stderr: standard error of `exact`, in the rare case that no closed form exists.

    Raises `Underpowered` where n < 30 max(1, excess kurtosis): there the law of the mean is not
    normal enough for a z."""
    mean, se, n, kurtosis = read(data)
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
                f"{np.max(enough):.0f}: z means nothing here; "
                "take a bounded or logarithmic statistic, or more samples"
            )
        limit = stats.t.isf(alpha / 2.0, np.asarray(n) - 1)
    worst = np.unravel_index(np.argmax(np.abs(np.nan_to_num(z, nan=np.inf))), np.shape(z))
    known = "unknown" if n is None else n
    measured, due, error = (np.broadcast_to(a, np.shape(z))[worst] for a in (mean, exact, se))
    detail = f"measured {measured:.10g}, exact {due:.10g}, standard error {error:.3g}, n = {known}"
    return judge(what, z, limit, alpha, (limit + POWER_SIGMAS) * se, detects, n, detail)


def assert_law(
    samples: Any, cdf: Any, alpha: float = 1e-9, *, detects: float | None = None
) -> Evidence:
    """One-sample Kolmogorov-Smirnov test of `samples` (n,) against a continuous `cdf`.

    The cdf is a function or a frozen SciPy law. `detects` is a distance sup |F - F0|. The smallest
    caught is bounded by Massart's inequality, valid for every n: sqrt(log(2/alpha) / 2n) for the
    limit, the same with the miss rate for the fluctuation."""
    x = np.asarray(samples, dtype=float)
    assert x.ndim == 1, f"assert_law takes samples of shape (n,), got {x.shape}"
    assert np.all(np.isfinite(x)), "law: samples that are not finite are no evidence"
    n = len(x)
    result = stats.kstest(x, getattr(cdf, "cdf", cdf))
    smallest = (np.sqrt(np.log(2.0 / alpha)) + np.sqrt(np.log(2.0 / MISS))) / np.sqrt(2.0 * n)
    where = f"{result.statistic:.4g} at {result.statistic_location:.6g}"
    detail = f"distance {where}, p = {result.pvalue:.3g}, n = {n}"
    z = stats.norm.isf(result.pvalue / 2.0)
    return judge("law", z, stats.norm.isf(alpha / 2.0), alpha, smallest, detects, n, detail)


def assert_count(
    count: Any, n: Any, p: Any, *, alpha: float = 2e-9, detects: Any = None
) -> Evidence:
    """`count` of `n` independent events of probability `p` each, by the exact binomial test.

    Both tails have alpha/2. `detects` is an error of p, in either direction. Where even a count of
    0 would pass, a lack goes uncaught and the smallest error is infinite."""
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
    return judge("count", z, stats.norm.isf(alpha / 2.0), alpha, smallest, detects, n, detail)


def assert_order(
    estimate: Any,
    order: float,
    *,
    tolerance: float = 0.0,
    max_stderr: float = 0.05,
    sigmas: float = 6.0,
) -> Evidence:
    """A fitted slope is `order`, to `tolerance` plus `sigmas` standard errors.

    `estimate` is a record with .value and .stderr, or that pair. `tolerance` is what is known of
    the difference between the finite-step slope and the order. A slope known worse than
    `max_stderr` would agree with anything and is `Underpowered`."""
    value, se = (estimate.value, estimate.stderr) if hasattr(estimate, "value") else estimate
    value, se = float(value), float(se)
    assert np.isfinite(value) and np.isfinite(se) and se > 0, (
        f"order: {value} +- {se} is no evidence"
    )
    if se > max_stderr:
        more = (se / max_stderr) ** 2
        raise Underpowered(
            f"order: standard error {se:.3g} exceeds {max_stderr:.3g}: "
            f"needs {more:.3g} times the paths"
        )
    error = value - order
    z = np.sign(error) * max(0.0, abs(error) - tolerance) / se
    detail = f"slope {value:.5g}, order {order:g}, tolerance {tolerance:g}, standard error {se:.3g}"
    smallest = tolerance + (sigmas + POWER_SIGMAS) * se
    return judge(
        "order", z, sigmas, 2.0 * float(stats.norm.sf(sigmas)), smallest, None, None, detail
    )


def assert_p_values(p_values: Any, *, alpha: float = 1e-10, what: str = "p-values") -> Evidence:
    """No p-value of a battery is below alpha.

    What a battery catches is a property of its tests and not of a size: broken twins show it."""
    p = np.asarray(p_values, dtype=float)
    assert np.all((p >= 0.0) & (p <= 1.0)), f"{what}: {p} are no probabilities"
    z = stats.norm.isf(p / 2.0)
    detail = f"smallest of {p.size}: {p.min():.3g}"
    return judge(what, z, stats.norm.isf(alpha / 2.0), alpha, np.inf, None, None, detail)


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
                equal = a.reshape(-1, 1).view(np.uint8) == b.reshape(-1, 1).view(np.uint8)
                same = equal.all(axis=1)
                at = int(np.argmin(same))
                values = f"{a.flat[at]!r} against {b.flat[at]!r}"
                why = f"{np.sum(~same)} of {a.size} differ, first at {at}: {values}"
            raise Rejected(f"bits of argument {k} differ from argument 0: {why}", float("inf"))
    return due


@contextmanager
def must_reject(broken: str = "the broken twin", *, min_z: float = 20.0) -> Iterator[None]:
    """Negative control: the one assertion in the block rejects its data, by more than `min_z`.

    Only a verdict counts: lack of power, NaN or any other error in the block goes through."""
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
