"""What is left of a sample that was not kept: `Moments`.

Streamed runs return it: each block of paths leaves a record of sums, and the records merge in a
fixed order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine.statistics import Record, record_of_rows
from stochcalc.estimate import Estimate, observations
from stochcalc.typing import Number


@dataclass(frozen=True, eq=False)
class Moments:
    """Count, mean, central moments to the fourth and extrema of a sample that was not kept.

    Every property has the shape of one observation: it is a float, or an array over times and
    components.

    Examples
    --------
    >>> print(Moments.of([1.0, 2.0, 3.0, 4.0]))
    mean 2.5 +- 0.65, standard deviation 1.291, 4 observations
    """

    record: Record
    shape: tuple[int, ...] = ()

    @classmethod
    def of(cls, samples: ArrayLike) -> Moments:
        """Return the moments of samples that lie in an array.

        They have the bits of a streamed run: the samples are summed 256 at a time, and the sums
        merged in the same fixed tree.

        Parameters
        ----------
        samples : array_like, shape (n,) or (n, ...)
            Observations along the first axis, at least one.

        Raises
        ------
        TypeError, ValueError
            For what is no array of numbers, or is empty.

        Examples
        --------
        >>> Moments.of([[1.0, 10.0], [3.0, 30.0]]).mean
        array([ 2., 20.])
        """
        values = observations(samples)
        return cls(record_of_rows(values.reshape(len(values), -1)), values.shape[1:])

    def _field(self, i: int) -> Number:
        values = self.record[i].reshape(self.shape)
        if self.shape == ():
            return float(values)
        return values

    @property
    def count(self) -> int:
        """The number of observations."""
        return int(self.record[0].flat[0])

    @property
    def mean(self) -> Number:
        """The sample mean."""
        return self._field(1)

    @property
    def var(self) -> Number:
        """The sample variance, with divisor count - 1; it is nan for one observation."""
        if self.count == 1:
            return self._field(2) * np.nan
        return self._field(2) / (self.count - 1)

    @property
    def std(self) -> Number:
        """The sample standard deviation."""
        return np.sqrt(self.var)

    @property
    def stderr(self) -> Number:
        """The standard error of the mean."""
        return np.sqrt(self.var / self.count)

    @property
    def skewness(self) -> Number:
        """The third central moment over the 3/2 power of the second."""
        return self._field(3) / self.count / (self._field(2) / self.count) ** 1.5

    @property
    def kurtosis(self) -> Number:
        """The fourth central moment over the square of the second: 3 for a normal law."""
        return self.count * self._field(4) / self._field(2) ** 2

    @property
    def min(self) -> Number:
        """The smallest observation."""
        return self._field(5)

    @property
    def max(self) -> Number:
        """The largest observation."""
        return self._field(6)

    def estimate(self, confidence: float = 0.95) -> Estimate:
        """Return the mean as an Estimate."""
        return Estimate.normal(self.mean, self.stderr, confidence)

    def variance(self, confidence: float = 0.95) -> Estimate:
        """Return the variance as an Estimate.

        Its standard error is sqrt((m4 - m2^2)/n), with the central moments m2 and m4.
        """
        n = self.count
        m2 = self._field(2) / n
        m4 = self._field(4) / n
        return Estimate.normal(self.var, np.sqrt((m4 - m2 * m2) / n), confidence)

    def mean_square(self, confidence: float = 0.95, *, about: Number = 0.0) -> Estimate:
        """Return E (X - about)^2 as an Estimate.

        With D = E X - about it is D^2 + m2, and the variance of (X - about)^2 is
        m4 + 4 D m3 + 4 D^2 m2 - m2^2, from the central moments m2, m3 and m4.
        """
        n = self.count
        mean = self.mean - about
        m2, m3, m4 = (self._field(i) / n for i in (2, 3, 4))
        spread = m4 + 4.0 * mean * m3 + 4.0 * mean * mean * m2 - m2 * m2
        return Estimate.normal(mean * mean + m2, np.sqrt(spread / n), confidence)

    def __getitem__(self, i: SupportsIndex | slice | tuple[SupportsIndex | slice, ...]) -> Moments:
        index = np.arange(self.record.shape[1]).reshape(self.shape)[i]
        return Moments(self.record[:, np.ravel(index)], np.shape(index))

    def __str__(self) -> str:
        if self.shape:
            return f"means of {self.count} observations of shape {self.shape}: {self.estimate()}"
        return (
            f"mean {self.estimate()}, standard deviation {self.std:.4g}, {self.count} observations"
        )
