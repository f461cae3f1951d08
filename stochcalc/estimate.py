"""Numbers that carry their standard error: `Estimate` and `Moments`.

Frozen, and they print themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from stochcalc.engine.compiler.interrupts import interrupts_held_back
from stochcalc.engine.statistics import Record

Number = Any  # a float, or an array of one number per path


@dataclass(frozen=True)
class Estimate:
    """A value, its standard error, and an interval that covers the truth with probability
    `confidence`.

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
        with interrupts_held_back():
            from scipy.special import ndtri

        reach = ndtri(0.5 + 0.5 * confidence) * stderr
        return cls(value, stderr, value - reach, value + reach, confidence)

    @classmethod
    def student(
        cls, value: Number, stderr: Number, freedom: int, confidence: float = 0.95
    ) -> Estimate:
        """value +- a Student quantile times stderr."""
        with interrupts_held_back():
            from scipy.special import stdtrit

        reach = stdtrit(freedom, 0.5 + 0.5 * confidence) * stderr
        return cls(value, stderr, value - reach, value + reach, confidence)

    @classmethod
    def positive(
        cls, value: Number, stderr: Number, confidence: float = 0.95, *, symmetric: Any = False
    ) -> Estimate:
        """An interval that is symmetric in the logarithm: better coverage for variances, and never
        below 0.

        A value that is itself 0 or below has no logarithm, and gets value +- a normal quantile
        times stderr, as do those that are `symmetric`.
        """
        with interrupts_held_back():
            from scipy.special import ndtri

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
            values = np.ravel(self.value)
            stderrs = np.ravel(self.stderr)
            shown = [
                _shown(value, stderr) for value, stderr in zip(values[:SHOWN], stderrs[:SHOWN])
            ]
            if len(values) > SHOWN:
                shown.append("...")
            return f"{len(values)} estimates: {', '.join(shown)}"
        return _shown(self.value, self.stderr)


SHOWN = 6  # numbers of an array that are printed


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
        """E X^2 as an Estimate: mean^2 + m2, and Var X^2 = m4 + 4 mean m3 + 4 mean^2 m2 - m2^2 from
        the same moments.
        """
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
        return (
            f"mean {self.estimate()}, standard deviation {self.std:.4g}, {self.count} observations"
        )
