"""A number that carries its standard error and a confidence interval: `Estimate`.

It is a frozen record that prints itself. `moments` sums up a sample that was not kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.display.description import Description, Displayed
from stochcalc.display.numbers import describe_estimate, write_estimate
from stochcalc.engine import checks
from stochcalc.engine.given_values import read_flags, read_numbers
from stochcalc.engine.quantiles import normal_quantile, student_quantile
from stochcalc.engine.statistics import record_of_rows
from stochcalc.engine.words import show
from stochcalc.typing import Number


@dataclass(frozen=True, repr=False)
class Estimate(Displayed):
    """An estimated number, its standard error, and an interval that covers the exact number.

    It is printed as value +- one standard error; the interval is about twice as wide. `mean` and
    `share` make one from a sample, `normal`, `student` and `positive` from a standard error. In a
    format, "S" is the shorthand with the error of the last digits in brackets; other formats are
    those of a number, for both.

    Attributes
    ----------
    value, stderr : float or ndarray
        The estimated number, or several, and its standard error in the same unit.
    low, high : float or ndarray
        The ends of the interval.
    confidence : float
        The probability with which the interval covers the exact number.

    References
    ----------
    Student, Biometrika 6 (1908) 1; E. B. Wilson, J. Amer. Statist. Assoc. 22 (1927) 209.
    [student1908] [wilson1927]

    Examples
    --------
    >>> half = Estimate.normal(0.50012, 0.00021)
    >>> print(half)
    0.50012 +- 0.00021
    >>> f"{half:S} or {half:.3f}"
    '0.50012(21) or 0.500 +- 0.000'
    """

    value: Number
    stderr: Number
    low: Number
    high: Number
    confidence: float = 0.95

    def __post_init__(self) -> None:
        confidence = checks.number("confidence", self.confidence, above=0.0, below=1.0)
        object.__setattr__(self, "confidence", confidence)
        for name in ("value", "stderr", "low", "high"):
            object.__setattr__(self, name, read_numbers(name, getattr(self, name)))
        if np.any(np.less(self.stderr, 0.0)):
            raise ValueError(f"stderr={show(self.stderr)} must not be negative")
        if np.any(np.greater(self.low, self.high)):
            raise ValueError(f"low={show(self.low)} must not exceed high={show(self.high)}")

    @classmethod
    def mean(cls, samples: ArrayLike, confidence: float = 0.95) -> Estimate:
        """Return the mean of independent samples with its standard error s/sqrt(n).

        Parameters
        ----------
        samples : array_like, shape (n,) or (n, ...)
            Independent observations along the first axis, at least two.
        confidence : float in (0, 1)
            The probability with which the interval covers the exact mean.

        Returns
        -------
        Estimate
            Its fields are floats, or arrays of the shape of one observation.

        Raises
        ------
        TypeError, ValueError
            For samples that are no array of real numbers, or fewer than two observations.

        Notes
        -----
        With s the standard deviation of the sample (divisor n - 1) and q the normal quantile of
        (1 + confidence)/2, the interval is mean +- q s/sqrt(n).

        Examples
        --------
        >>> print(Estimate.mean([1.0, 2.0, 3.0, 4.0]))
        2.50 +- 0.65
        """
        values = checks.observations("samples", samples)
        n = len(values)
        if n < 2:
            raise ValueError(f"samples holds {n} observation: a standard error needs at least two")
        record = record_of_rows(values.reshape(n, -1)).reshape(-1, *values.shape[1:])
        stderr = np.sqrt(record[2] / (n - 1) / n)
        return cls.normal(record[1], stderr, confidence)

    @classmethod
    def share(cls, count: ArrayLike, n: int, confidence: float = 0.95) -> Estimate:
        r"""Return a probability from `count` successes in n independent trials.

        The interval is Wilson's. Unlike value +- 2 stderr it has a width, and covers as promised,
        where no trial or every trial was a success.

        Parameters
        ----------
        count : int, or array_like of int
            Number of successes, in [0, n]; nan for an unknown number.
        n : int
            Number of trials, at least one.
        confidence : float in (0, 1)
            The probability with which the interval covers the exact probability.

        Returns
        -------
        Estimate
            Its fields have the shape of `count`.

        Raises
        ------
        TypeError, ValueError
            For counts outside [0, n], and for an n that is no integer of at least 1.

        Notes
        -----
        With p = count/n the standard error is sqrt(p (1 - p)/(n - 1)). With q the normal quantile
        of (1 + confidence)/2 the ends of the interval are

        .. math:: \frac{p + \frac{q^2}{2n} \pm q\sqrt{\frac{p(1 - p)}{n} + \frac{q^2}{4n^2}}}
                  {1 + \frac{q^2}{n}}.

        References
        ----------
        E. B. Wilson, J. Amer. Statist. Assoc. 22 (1927) 209. [wilson1927]

        Examples
        --------
        >>> print(Estimate.share(25, 100))
        0.250 +- 0.044
        >>> print(f"{Estimate.share(0, 100).high:.3f}")
        0.037
        """
        n = checks.integer("n", n)
        counts = checks.array("count", count, finite=False)
        wrong = counts[(counts < 0) | (counts > n)]
        if wrong.size:
            raise ValueError(f"count={wrong.flat[0]:g} must lie in [0, n={n}]: it counts n trials")
        p = counts / n
        z2 = normal_quantile(confidence) ** 2 / n
        middle = (p + 0.5 * z2) / (1.0 + z2)
        reach = np.sqrt(z2 * (p * (1.0 - p) + 0.25 * z2)) / (1.0 + z2)
        stderr = np.sqrt(p * (1.0 - p) / max(n - 1, 1))
        return cls(p, stderr, middle - reach, middle + reach, confidence)

    @classmethod
    def normal(cls, value: Number, stderr: Number, confidence: float = 0.95) -> Estimate:
        """Return value +- a normal quantile times stderr.

        Parameters
        ----------
        value, stderr : float or ndarray
            The estimated number and its standard error.
        confidence : float in (0, 1)
            The probability with which the interval covers, if the value is normal.

        Examples
        --------
        >>> round(Estimate.normal(2.0, 0.5).high, 2)
        2.98
        """
        value = read_numbers("value", value)
        stderr = read_numbers("stderr", stderr)
        reach = normal_quantile(confidence) * stderr
        return cls(value, stderr, value - reach, value + reach, confidence)

    @classmethod
    def student(
        cls, value: Number, stderr: Number, freedom: float, confidence: float = 0.95
    ) -> Estimate:
        """Return value +- a Student quantile times stderr.

        The interval covers as promised if the value is the mean of a few normal observations, and
        the standard error comes from their spread.

        Parameters
        ----------
        value, stderr : float or ndarray
            The estimated number and its standard error.
        freedom : float
            Degrees of freedom of the standard error: n - 1 for n observations.
        confidence : float in (0, 1)
            The probability with which the interval covers.

        Examples
        --------
        >>> round(Estimate.student(2.0, 0.5, 7).high, 2)
        3.18
        """
        value = read_numbers("value", value)
        stderr = read_numbers("stderr", stderr)
        reach = student_quantile(confidence, freedom) * stderr
        return cls(value, stderr, value - reach, value + reach, confidence)

    @classmethod
    def positive(
        cls,
        value: Number,
        stderr: Number,
        confidence: float = 0.95,
        *,
        symmetric: ArrayLike = False,
    ) -> Estimate:
        """Return an interval that is symmetric in the logarithm and never reaches below 0.

        It covers better than `normal` where the value is a variance.

        Parameters
        ----------
        value, stderr : float or ndarray
            The estimated number and its standard error.
        confidence : float in (0, 1)
            The probability with which the interval covers.
        symmetric : array_like of bool
            Which values get the interval of `normal` instead. Values of 0 or below, which have no
            logarithm, get it as well.

        Returns
        -------
        Estimate

        Notes
        -----
        With q the normal quantile of (1 + confidence)/2, the interval is from value/r to value r
        with r = exp(q stderr/value).

        Examples
        --------
        >>> estimate = Estimate.positive(2.0, 0.5)
        >>> round(estimate.low, 2), round(estimate.high, 2)
        (1.23, 3.26)
        """
        value = read_numbers("value", value)
        stderr = read_numbers("stderr", stderr)
        normal = read_flags("symmetric", symmetric)
        quantile = normal_quantile(confidence)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            reach = np.exp(quantile * np.divide(stderr, value))
            logarithmic = np.greater(value, 0) & ~normal
            low = np.where(logarithmic, value / reach, value - quantile * stderr)
            high = np.where(logarithmic, value * reach, value + quantile * stderr)
        return cls(value, stderr, low, high, confidence)

    def z(self, exact: Number) -> Number:
        """Return how many standard errors the value lies above `exact`.

        Parameters
        ----------
        exact : float or ndarray
            The number that the value estimates.

        Returns
        -------
        float or ndarray
            About a standard normal number, if `exact` is right.

        Examples
        --------
        >>> Estimate.normal(2.0, 0.5).z(1.0)
        2.0
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            z = np.divide(self.value - read_numbers("exact", exact), self.stderr)
        return read_numbers("z", z)

    def __float__(self) -> float:
        return float(self.value)

    def __str__(self) -> str:
        return write_estimate(self)

    def __format__(self, spec: str) -> str:
        return write_estimate(self, spec)

    def _describe(self) -> Description:
        return describe_estimate(self)
