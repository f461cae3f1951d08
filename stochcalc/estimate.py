"""A number that carries its standard error and a confidence interval: `Estimate`.

It is a frozen record that prints itself. `moments` has what is left of a sample that was not kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks
from stochcalc.engine.compiler.interrupts import interrupts_held_back
from stochcalc.engine.statistics import record_of_rows
from stochcalc.typing import Array, Number

SHOWN = 6  # numbers of an array that are printed


@dataclass(frozen=True)
class Estimate:
    """A value, its standard error, and an interval that covers the truth with probability
    `confidence`.

    It is printed as value +- one standard error; the interval is about twice as wide. `mean` and
    `share` make one from a sample, `normal`, `student` and `positive` from a standard error.

    Attributes
    ----------
    value, stderr, low, high : float, or ndarray of one number per path
        The number, its standard error, and the ends of the interval.
    confidence : float
        The probability with which the interval covers the exact number.

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
    def mean(cls, samples: ArrayLike, confidence: float = 0.95) -> Estimate:
        """Return the mean of independent samples with its standard error s/sqrt(n).

        Parameters
        ----------
        samples : array_like, shape (n,) or (n, ...)
            Independent observations along the first axis, at least two.
        confidence : float in (0, 1)

        Returns
        -------
        Estimate
            Its fields are floats, or arrays of the shape of one observation.

        Raises
        ------
        TypeError, ValueError
            For what is no array of finite numbers, or has fewer than two observations.

        Examples
        --------
        >>> print(Estimate.mean([1.0, 2.0, 3.0, 4.0]))
        2.5 +- 0.65
        """
        values = observations(samples)
        n = len(values)
        if n < 2:
            raise ValueError(f"samples holds {n} observation: a standard error needs at least two")
        record = record_of_rows(values.reshape(n, -1)).reshape(-1, *values.shape[1:])
        stderr = np.sqrt(record[2] / (n - 1) / n)
        return cls.normal(record[1][()], stderr[()], confidence)

    @classmethod
    def share(cls, count: ArrayLike, n: int, confidence: float = 0.95) -> Estimate:
        """Return a probability from `count` successes in n independent trials.

        The interval is Wilson's. Unlike value +- 2 stderr it has a width, and covers as promised,
        where no trial or every trial was a success.

        Parameters
        ----------
        count : int, or array_like of int
            Number of successes, in [0, n].
        n : int
            Number of trials, at least one.
        confidence : float in (0, 1)

        Returns
        -------
        Estimate
            Its standard error is sqrt(p (1 - p)/(n - 1)) with p = count/n.

        Raises
        ------
        TypeError, ValueError
            For counts outside [0, n].

        References
        ----------
        E. B. Wilson, J. Amer. Statist. Assoc. 22 (1927) 209.

        Examples
        --------
        >>> print(Estimate.share(25, 100))
        0.25 +- 0.044
        >>> print(f"{Estimate.share(0, 100).high:.3f}")
        0.037
        """
        n = checks.integer("n", n)
        counts = checks.array("count", count, finite=False)
        for wrong in counts[(counts < 0) | (counts > n)].flat:
            raise ValueError(f"count={wrong:g} must lie in [0, n={n}]: it counts n trials")
        with interrupts_held_back():
            from scipy.special import ndtri

        p = counts / n
        z2 = float(ndtri(0.5 + 0.5 * confidence)) ** 2 / n
        middle = (p + 0.5 * z2) / (1.0 + z2)
        reach = np.sqrt(z2 * (p * (1.0 - p) + 0.25 * z2)) / (1.0 + z2)
        spread = np.sqrt(p * (1.0 - p) / max(n - 1, 1))
        parts = (p, spread, middle - reach, middle + reach)
        value, stderr, low, high = (np.asarray(part)[()] for part in parts)
        return cls(value, stderr, low, high, confidence)

    @classmethod
    def normal(cls, value: Number, stderr: Number, confidence: float = 0.95) -> Estimate:
        """Return value +- a normal quantile times stderr."""
        with interrupts_held_back():
            from scipy.special import ndtri

        reach = ndtri(0.5 + 0.5 * confidence) * stderr
        return cls(value, stderr, value - reach, value + reach, confidence)

    @classmethod
    def student(
        cls, value: Number, stderr: Number, freedom: int, confidence: float = 0.95
    ) -> Estimate:
        """Return value +- a Student quantile times stderr, with `freedom` degrees of freedom."""
        with interrupts_held_back():
            from scipy.special import stdtrit

        reach = stdtrit(freedom, 0.5 + 0.5 * confidence) * stderr
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

        It covers better than `normal` where the value is a variance. A value that is 0 or below has
        no logarithm and gets value +- a normal quantile times stderr, as do those that are marked
        `symmetric`.
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
        """Return how many standard errors the value lies above `exact`."""
        with np.errstate(divide="ignore", invalid="ignore"):
            z = np.divide(self.value - exact, self.stderr)
        if np.ndim(z) == 0:
            return float(z)
        return z

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


def _shown(value: float, stderr: float) -> str:
    return f"{value:.{_digits(value, stderr)}g} +- {stderr:.2g}"


def _digits(value: float, stderr: float) -> int:
    """Return the significant digits that show a value to the second digit of its standard error."""
    if not (np.isfinite(value) and np.isfinite(stderr)) or value == 0 or stderr <= 0:
        return 6
    return int(np.clip(np.floor(np.log10(abs(value))) - np.floor(np.log10(stderr)) + 2, 2, 15))


def observations(samples: ArrayLike) -> Array:
    """Return samples as an array with at least one observation along its first axis."""
    values = checks.array("samples", samples, finite=False)
    if values.ndim == 0 or len(values) == 0:
        raise ValueError(
            f"samples has shape {values.shape}: give at least one observation along the first axis"
        )
    return values
