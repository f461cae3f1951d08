"""Numbers that carry their standard error: `Estimate`, `Moments`, `ConvergenceStudy`. Frozen, and they print themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from stochcalc.engine import checks
from stochcalc.engine.statistics import Record, merge

Number = Any     # a float, or an array of one number per path


@dataclass(frozen=True)
class Estimate:
    """A value, its standard error, and an interval that covers the truth with probability `confidence`.

    Printed as value +- one standard error; the interval is about twice as wide.

    Examples
    --------
    >>> print(Estimate.normal(0.50012, 0.00021))
    0.50012 +- 0.00021
    >>> round(Estimate.normal(0.50012, 0.00021).z(0.5), 2)
    0.57
    """

    value: Number
    stderr: Number
    low: Number
    high: Number
    confidence: float = 0.95

    @classmethod
    def normal(cls, value: Number, stderr: Number, confidence: float = 0.95) -> Estimate:
        """value +- a normal quantile times stderr."""
        reach = ndtri(0.5 + 0.5 * confidence) * stderr
        return cls(value, stderr, value - reach, value + reach, confidence)

    @classmethod
    def student(cls, value: Number, stderr: Number, freedom: int, confidence: float = 0.95) -> Estimate:
        """value +- a Student quantile times stderr."""
        reach = stdtrit(freedom, 0.5 + 0.5 * confidence) * stderr
        return cls(value, stderr, value - reach, value + reach, confidence)

    @classmethod
    def positive(cls, value: Number, stderr: Number, confidence: float = 0.95, *, symmetric: Any = False) -> Estimate:
        """An interval that is symmetric in the logarithm: better coverage for variances, and never below 0.

        A value that is itself 0 or below has no logarithm, and gets value +- a normal quantile times stderr, as do those that
        are `symmetric`.
        """
        quantile = ndtri(0.5 + 0.5 * confidence)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            reach = np.exp(quantile * np.divide(stderr, value))
            logarithmic = np.greater(value, 0) & ~np.asarray(symmetric)
            low = np.where(logarithmic, value / reach, value - quantile * stderr)
            high = np.where(logarithmic, value * reach, value + quantile * stderr)
        if np.ndim(value) == 0:
            low, high = float(low), float(high)
        return cls(value, stderr, low, high, confidence)

    def z(self, exact: Number) -> Number:
        """How many standard errors the value lies above `exact`."""
        with np.errstate(divide="ignore", invalid="ignore"):
            z = np.divide(self.value - exact, self.stderr)
        return float(z) if np.ndim(z) == 0 else z

    def __str__(self) -> str:
        if np.ndim(self.value):
            values, stderrs = np.ravel(self.value), np.ravel(self.stderr)
            shown = ", ".join(_shown(value, stderr) for value, stderr in zip(values[:SHOWN], stderrs[:SHOWN]))
            return f"{np.size(self.value)} estimates: {shown}{', ...' if np.size(self.value) > SHOWN else ''}"
        return _shown(self.value, self.stderr)


SHOWN = 6       # numbers of an array that are printed


def _shown(value: float, stderr: float) -> str:
    return f"{value:.{_digits(value, stderr)}g} +- {stderr:.2g}"


def _digits(value: float, stderr: float) -> int:
    """Significant digits that show a value to the second digit of its standard error."""
    if not (np.isfinite(value) and np.isfinite(stderr)) or value == 0 or stderr <= 0:
        return 6
    return int(np.clip(np.floor(np.log10(abs(value))) - np.floor(np.log10(stderr)) + 2, 2, 15))


@dataclass(frozen=True, eq=False)
class Moments:
    """Count, mean, central moments to the fourth and extrema of a sample that was not kept.

    Attributes have the shape of one observation: floats, or arrays over times and components.
    """

    record: Record
    shape: tuple[int, ...] = ()

    def _field(self, i: int) -> Any:
        values = self.record[i].reshape(self.shape)
        return float(values) if self.shape == () else values

    @property
    def count(self) -> int:
        """Number of observations."""
        return int(self.record[0].flat[0])

    @property
    def mean(self) -> Number:
        """Sample mean."""
        return self._field(1)

    @property
    def var(self) -> Number:
        """Sample variance, divisor count - 1 (nan for one observation)."""
        return self._field(2) / (self.count - 1) if self.count > 1 else self._field(2) * np.nan

    @property
    def std(self) -> Number:
        """Sample standard deviation."""
        return np.sqrt(self.var)

    @property
    def stderr(self) -> Number:
        """Standard error of the mean."""
        return np.sqrt(self.var / self.count)

    @property
    def skewness(self) -> Number:
        """Third central moment over the 3/2 power of the second."""
        return self._field(3) / self.count / (self._field(2) / self.count) ** 1.5

    @property
    def kurtosis(self) -> Number:
        """Fourth central moment over the square of the second: 3 for a normal."""
        return self.count * self._field(4) / self._field(2) ** 2

    @property
    def min(self) -> Number:
        """Smallest observation."""
        return self._field(5)

    @property
    def max(self) -> Number:
        """Largest observation."""
        return self._field(6)

    def estimate(self, confidence: float = 0.95) -> Estimate:
        """The mean as an Estimate."""
        return Estimate.normal(self.mean, self.stderr, confidence)

    def variance(self, confidence: float = 0.95) -> Estimate:
        """The variance as an Estimate; its standard error from the fourth moment."""
        n, m2, m4 = self.count, self._field(2) / self.count, self._field(4) / self.count
        return Estimate.normal(self.var, np.sqrt((m4 - m2 * m2) / n), confidence)

    def mean_square(self, confidence: float = 0.95) -> Estimate:
        """E X^2 as an Estimate: mean^2 + m2, and Var X^2 = m4 + 4 mean m3 + 4 mean^2 m2 - m2^2 from the same moments."""
        n, mean = self.count, self.mean
        m2, m3, m4 = (self._field(i) / n for i in (2, 3, 4))
        spread = m4 + 4.0 * mean * m3 + 4.0 * mean * mean * m2 - m2 * m2
        return Estimate.normal(mean * mean + m2, np.sqrt(spread / n), confidence)

    def __getitem__(self, i: Any) -> Moments:
        index = np.arange(self.record.shape[1]).reshape(self.shape)[i]
        return Moments(self.record[:, np.ravel(index)], np.shape(index))

    def __str__(self) -> str:
        if self.shape:
            return f"means of {self.count} observations of shape {self.shape}: {self.estimate()}"
        return f"mean {self.estimate()}, standard deviation {self.std:.4g}, {self.count} observations"


@dataclass(frozen=True, eq=False)
class ConvergenceStudy:
    """Errors by step size, with standard errors, exact values where known, and fitted orders.

    Attributes
    ----------
    dt : ndarray, shape (levels,)
        Step sizes, decreasing.
    error, stderr : dict of name to ndarray, shape (levels,)
        The measured error and its standard error.
    exact : dict of name to ndarray, shape (levels,)
        The exact finite-step error, for the names where it is known.
    order : dict of name to Estimate
        Slope of log error on log dt, weighted, with an interval from independent batches.
    exact_order : dict of name to float
        The same weighted slope through the exact errors: what `order` should be, which is not yet the limit.
    """

    title: str
    quantity: str
    dt: NDArray[np.float64]
    error: Mapping[str, NDArray[np.float64]]
    stderr: Mapping[str, NDArray[np.float64]]
    order: Mapping[str, Estimate]
    exact: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    exact_order: Mapping[str, float] = field(default_factory=dict)
    paths: int = 0
    key: int = 0

    @classmethod
    def from_batches(cls, title: str, quantity: str, dt: NDArray[Any], batches: Mapping[str, NDArray[Any]],
                     exact: Mapping[str, NDArray[Any]], *, root: bool, paths: int, key: int) -> ConvergenceStudy:
        """Build from records per independent batch, shape (batches, 7, levels); `root` if the error is a root mean square.

        Errors and their standard errors come from all paths together, the slope's standard error from the batches: levels
        that share paths are correlated, and a plain regression's interval would be wrong.
        """
        error, stderr, order, exact_order = {}, {}, {}, {}
        for name, records in batches.items():
            number, means, pooled = len(records), records[:, 1], reduce(merge, records)
            spread = np.sqrt(pooled[2] / (pooled[0] - 1.0) / pooled[0])
            with np.errstate(divide="ignore", invalid="ignore"):    # an error of exactly 0 has no slope: nan says so
                error[name] = np.sqrt(pooled[1]) if root else pooled[1]
                stderr[name] = spread / (2.0 * error[name]) if root else spread
                weights = _slope_weights(np.log(dt), stderr[name] / error[name])
                slopes = np.log(np.sqrt(means) if root else means) @ weights
                slope = float(np.log(error[name]) @ weights)
                if name in exact:
                    exact_order[name] = float(np.log(exact[name]) @ weights)
            order[name] = Estimate.student(slope, float(slopes.std(ddof=1) / np.sqrt(number)), number - 1)
        return cls(title, quantity, dt, error, stderr, order, dict(exact), exact_order, paths, key)

    def plot(self, ax: Any = None) -> Any:
        """Draw errors with bars, exact curves and slopes on `ax` (or new axes); return the axes."""
        from stochcalc.plot import plot_convergence
        return plot_convergence(self, ax=ax)

    def __str__(self) -> str:
        lines = [f"{self.title} ({self.paths} paths, key {self.key})"]
        for name in self.error:
            finite = f"; exact slope at these steps {self.exact_order[name]:.4f}" if name in self.exact_order else ""
            lines.append(f"{name}: order {self.order[name]}{finite}")
            header = f"  {'dt':>12} {self.quantity:>14} {'stderr':>10}"
            lines.append(header + (f" {'exact':>14} {'z':>6}" if name in self.exact else ""))
            for i, dt in enumerate(self.dt):
                value, se = self.error[name][i], self.stderr[name][i]
                row = f"  {dt:12.6g} {value:14.6e} {se:10.2e}"
                if name in self.exact:
                    row += f" {self.exact[name][i]:14.6e} {(value - self.exact[name][i]) / se:+6.2f}"
                lines.append(row)
        return "\n".join(lines)


def _slope_weights(x: NDArray[np.float64], relative: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights c with slope = sum c_i log error_i: least squares with variances relative^2.

    The floor keeps one level that happens to be measured very well from deciding the slope alone.
    """
    w = 1.0 / np.maximum(relative, 0.25 * np.median(relative) + 1e-300) ** 2
    centred = x - np.average(x, weights=w)
    weights: NDArray[np.float64] = w * centred / np.sum(w * centred * centred)
    return weights


def batches_of(blocks: int, wanted: int = 32) -> list[range]:
    """Consecutive ranges of blocks, at least 8 and at most `wanted`, of nearly equal size: the independent batches.

    Raises
    ------
    ValueError
        If there are fewer than eight blocks.
    """
    if blocks < 8:
        raise ValueError(f"paths fill {blocks} blocks of 256, too few for an interval: give at least 2048 paths")
    number = min(wanted, blocks)
    edges = [blocks * i // number for i in range(number + 1)]
    return [range(a, b) for a, b in pairwise(edges)]


def check_levels(levels: Any) -> NDArray[np.int64]:
    """Exponents in increasing order, at least two, between 0 and 30."""
    if not isinstance(levels, Iterable) or isinstance(levels, str):
        raise TypeError(f"levels={levels!r} must be several exponents, such as range(4, 10)")
    exponents = [checks.integer("levels", level, 0, 30) for level in levels]
    if len(exponents) < 2 or sorted(set(exponents)) != exponents:
        raise ValueError(f"levels={exponents} must be at least two increasing exponents, such as range(4, 10)")
    return np.array(exponents)
