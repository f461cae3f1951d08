"""The moments of a sample that was not kept: `Moments`.

Runs that store no path return it: each block of paths makes a record of sums, and the records merge
in a fixed order. `take_root` makes a root mean square of a mean square.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.display.description import Description, Displayed
from stochcalc.display.numbers import describe_moments
from stochcalc.engine import checks
from stochcalc.engine.given_values import LARGEST, read_numbers
from stochcalc.engine.statistics import FIELDS, Record, record_of_rows
from stochcalc.engine.words import count, show
from stochcalc.estimate import Estimate
from stochcalc.typing import Number


@dataclass(frozen=True, eq=False, repr=False)
class Moments(Displayed):
    """The count, mean, central moments to the fourth and extrema of a sample that was not kept.

    Every property but the count has the shape of one observation: it is a float, or an array over
    times and components. An index picks times and components: `moments[-1].mean`.

    Attributes
    ----------
    record : ndarray, shape (7, S)
        For each of S numbers: the count, the mean, the sums of the second to fourth powers of the
        deviations from it, the smallest and the largest.
    shape : tuple of int
        The shape of one observation, with S entries.

    References
    ----------
    P. Pebay, Sandia report SAND2008-6212 (2008), for how samples are put together. [pebay2008]

    Examples
    --------
    >>> print(Moments.of([1.0, 2.0, 3.0, 4.0]))
    mean 2.50 +- 0.65, standard deviation 1.291, 4 observations
    """

    record: Record
    shape: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        expected = (FIELDS, math.prod(self.shape))
        if np.shape(self.record) != expected:
            raise ValueError(
                f"record has shape {np.shape(self.record)}: for observations of shape {self.shape} "
                f"it must be {expected}; Moments.of(samples) makes one"
            )

    @classmethod
    def of(cls, samples: ArrayLike) -> Moments:
        """Return the moments of samples that lie in an array.

        They have the bits that a run with save="stats" gives: the samples are summed 256 at a time,
        and the sums merge in the same fixed tree.

        Parameters
        ----------
        samples : array_like, shape (n,) or (n, ...)
            Observations along the first axis, at least one.

        Returns
        -------
        Moments

        Raises
        ------
        TypeError, ValueError
            For samples that are no array of real numbers, or are empty.

        Examples
        --------
        >>> Moments.of([[1.0, 10.0], [3.0, 30.0]]).mean
        array([ 2., 20.])
        """
        values = checks.observations("samples", samples)
        return cls(record_of_rows(values.reshape(len(values), -1)), values.shape[1:])

    def _field(self, i: int) -> Number:
        """Return row i of the record in the shape of one observation."""
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
        """The third central moment over the 3/2 power of the second; nan for equal numbers."""
        with np.errstate(divide="ignore", invalid="ignore"):
            power = np.power(self._field(2) / self.count, 1.5)
            return np.divide(self._field(3) / self.count, power)

    @property
    def kurtosis(self) -> Number:
        """The fourth central moment over the square of the second: 3 for a normal law.

        It is nan for equal numbers.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.divide(self.count * self._field(4), np.square(self._field(2)))

    @property
    def min(self) -> Number:
        """The smallest observation."""
        return self._field(5)

    @property
    def max(self) -> Number:
        """The largest observation."""
        return self._field(6)

    def estimate(self, confidence: float = 0.95) -> Estimate:
        """Return the mean as an Estimate.

        Parameters
        ----------
        confidence : float in (0, 1)
            The probability with which the interval covers the exact mean.

        Returns
        -------
        Estimate

        Examples
        --------
        >>> print(Moments.of([1.0, 2.0, 3.0, 4.0]).estimate())
        2.50 +- 0.65
        """
        return Estimate.normal(self.mean, self.stderr, confidence)

    def variance(self, confidence: float = 0.95) -> Estimate:
        r"""Return the variance as an Estimate.

        Parameters
        ----------
        confidence : float in (0, 1)
            The probability with which the interval covers the exact variance.

        Returns
        -------
        Estimate

        Notes
        -----
        With the central moments m_2 and m_4 the standard error is

        .. math:: \sqrt{(m_4 - m_2^2)/n}.

        Examples
        --------
        >>> print(Moments.of([0.0, 0.0, 0.0, 2.0]).variance())
        1.00 +- 0.43
        """
        n = self.count
        m2 = self._field(2) / n
        m4 = self._field(4) / n
        return Estimate.normal(self.var, np.sqrt(np.maximum(m4 - m2 * m2, 0.0) / n), confidence)

    def mean_square(self, confidence: float = 0.95, *, about: Number = 0.0) -> Estimate:
        r"""Return E (X - about)^2 as an Estimate.

        Parameters
        ----------
        confidence : float in (0, 1)
            The probability with which the interval covers the exact mean square.
        about : float or ndarray
            The number, or one for each component, from which the deviations are taken.

        Returns
        -------
        Estimate

        Notes
        -----
        With D = E X - about and the central moments m_2, m_3 and m_4,

        .. math:: E (X - about)^2 = D^2 + m_2, \qquad
                  Var (X - about)^2 = m_4 + 4 D m_3 + 4 D^2 m_2 - m_2^2.

        Examples
        --------
        >>> print(Moments.of([1.0, 2.0, 3.0, 4.0]).mean_square(about=2.0))
        1.50 +- 0.75
        """
        n = self.count
        about = read_numbers("about", checks.array("about", about))
        if np.any(np.abs(about) > LARGEST):
            raise ValueError(f"about={show(about)} must be within +-{LARGEST:g}: use other units")
        mean = self.mean - about
        m2 = self._field(2) / n
        m3 = self._field(3) / n
        m4 = self._field(4) / n
        spread = m4 + 4.0 * mean * m3 + 4.0 * mean * mean * m2 - m2 * m2
        return Estimate.normal(mean * mean + m2, np.sqrt(np.maximum(spread, 0.0) / n), confidence)

    def __getitem__(self, i: SupportsIndex | slice | tuple[SupportsIndex | slice, ...]) -> Moments:
        index = np.arange(self.record.shape[1]).reshape(self.shape)[i]
        return Moments(self.record[:, np.ravel(index)], np.shape(index))

    def _describe(self) -> Description:
        return describe_moments(self)

    def __str__(self) -> str:
        observations = count(self.count, "observation")
        if self.shape:
            return f"means of {observations} of shape {self.shape}: {self.estimate()}"
        return f"mean {self.estimate()}, standard deviation {self.std:.4g}, {observations}"


def take_root(square: Estimate, scale: float = 1.0) -> Estimate:
    """Return the square root of scale times a mean square or a variance.

    The ends of its interval are the roots of those of the square, and the standard error is right
    to first order: se(sqrt v) = se(v)/(2 sqrt v).

    Parameters
    ----------
    square : Estimate
        What to take the root of; what is below 0 has the root 0.
    scale : float
        A positive factor.

    Examples
    --------
    >>> print(take_root(Estimate.normal(4.0, 0.4)))
    2.00 +- 0.10
    """
    value, low, high = (
        np.sqrt(np.maximum(scale * np.asarray(part), 0.0))[()]
        for part in (square.value, square.low, square.high)
    )
    error = 0.5 * scale * np.asarray(square.stderr)
    with np.errstate(divide="ignore", invalid="ignore"):
        # A path that does not move has the volatility 0 +- 0.
        stderr = np.where(error == 0.0, 0.0, error / value)[()]
    return Estimate(value=value, stderr=stderr, low=low, high=high, confidence=square.confidence)
