r"""Weights of the paths of a solution: what they are worth, and weighted means.

With the weights Z_1, ..., Z_M of M paths, the mean of Z f(X) estimates the mean of f under the
other measure, or over the paths that are alive (`weighing`). How much the weights differ is told by
the *effective sample size* (Kish 1965), (sum Z)^2 / sum Z^2: M for equal weights, and near 1 where
one path outweighs all others.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.functions.failures import Advice, say_again
from stochcalc.engine.functions.watched import NEVER
from stochcalc.engine.loop.march import March
from stochcalc.engine.loop.numpy_march import Batch
from stochcalc.engine.statistics import Record
from stochcalc.engine.words import show
from stochcalc.estimate import Estimate
from stochcalc.moments import Moments
from stochcalc.solver.saved_paths import SavedPaths
from stochcalc.solver.weighing import Weight
from stochcalc.typing import Array

FEW = 10  # paths of equal weight, below which a standard error tells nothing


@dataclass(frozen=True, eq=False)
class Weights:
    """The weights of the paths of a run at the saved times, or statistics of them.

    Attributes
    ----------
    log : ndarray, shape (paths, times), or None for save="stats"
        The logarithms of the weights; -inf for a path that is surely dead.
    record : ndarray, shape (7, times, 1 + max(dim, 1)), or None
        For save="stats", the statistics of Z and of Z X.
    """

    log: Array | None
    record: Record | None


class WeighedPaths(SavedPaths):
    """What a solution tells of the weights of its paths.

    Attributes
    ----------
    weights : Weights or None
        The weights; None for a run without them.
    """

    weights: Weights | None

    @property
    def log_weight(self) -> Array:
        """The logarithm of the weight of each path at the saved times, shape (paths, times).

        It raises ValueError for a run without weights, and for save="stats", which keeps no path.
        """
        log = self._weights("log_weight").log
        if log is None:
            raise ValueError(
                'log_weight needs the paths, and save="stats" keeps none: use save="last", or '
                "weight_moments and weighted_moments"
            )
        return log

    @property
    def weight_moments(self) -> Moments:
        """The moments of the weight Z over the paths, of shape (times,).

        Under a change of measure alone its mean is 1; under killing it is the probability to be
        alive.
        """
        weights = self._weights("weight_moments")
        if weights.record is not None:
            return Moments(np.ascontiguousarray(weights.record[:, :, 0]), (len(self.t),))
        return Moments.of(_exponentiate(self.log_weight))

    @property
    def weighted_moments(self) -> Moments:
        """The moments of Z X over the paths, of shape (times[, dim]): the mean is the weighted one.

        It raises ValueError for a run without weights.
        """
        weights = self._weights("weighted_moments")
        shape: tuple[int, ...] = (len(self.t),)
        if self.dim:
            shape = (len(self.t), self.dim)
        if weights.record is not None:
            rows = np.ascontiguousarray(weights.record[:, :, 1:])
            return Moments(rows.reshape(len(rows), -1), shape)
        assert self.x is not None
        z = _exponentiate(self.log_weight)
        if self.dim:
            z = z[..., None]
        return Moments.of(z * self.x)

    @property
    def effective_sample_size(self) -> float:
        """How many paths of equal weight the paths amount to at the last saved time.

        It is (sum Z)^2 / sum Z^2 (L. Kish, Survey Sampling, 1965), nan if a path was lost, or if
        all are dead. Few of many paths say that the weights differ too much.
        """
        weights = self._weights("effective_sample_size")
        if weights.log is not None:
            return _count_effective(weights.log[:, -1])
        moments = self.weight_moments[-1]
        mean = float(moments.mean)
        if not mean * mean > 0.0:
            return math.nan  # no path, or weights whose squares no float holds
        spread = float(moments.var) / (mean * mean) * (moments.count - 1) / moments.count
        return moments.count / (1.0 + spread)

    def weighted_mean(
        self, f: Callable[[Array], Array] | None = None, *, normalized: bool = False
    ) -> Estimate:
        r"""Return the mean of Z f(X) at the last saved time.

        Parameters
        ----------
        f : callable, optional
            A function of the states of all paths, shape (paths[, dim]), which returns one number
            for each path, shape (paths,), or rows of them; the state itself by default.
        normalized : bool
            Whether to divide by the mean of Z. This is the mean of f given that a path is alive,
            where there is killing. Under a change of measure it has a bias of order 1/paths, and
            often a smaller error.

        Returns
        -------
        Estimate
            With its standard error; of the ratio, to first order in 1/sqrt(paths).

        Raises
        ------
        TypeError, ValueError
            For a run without weights; for f and `normalized` where save="stats" kept no path; for a
            value of f that has not one number for each path.

        Notes
        -----
        The normalised mean is :math:`m = \sum Z_i f_i / \sum Z_i`, with the standard error
        :math:`\bigl(\sum Z_i^2 (f_i - m)^2\bigr)^{1/2} / \sum Z_i` [1]_.

        References
        ----------
        .. [1] Art Owen, Monte Carlo Theory, Methods and Examples (2013), section 9.2. [owen2013]

        Examples
        --------
        The mean of Brownian motion with the drift 2, from Brownian motion without:

        >>> import stochcalc as sc
        >>> motion = sc.SDE(lambda t, x: 0.0, lambda t, x: 1.0)
        >>> sol = sc.solve(motion, 0.0, n=4, paths=100_000, save="last", rng=1,
        ...                girsanov=lambda t, x: 2.0)
        >>> abs(sol.weighted_mean().z(2.0)) < 6
        True
        """
        normalized = checks.flag("normalized", normalized)
        if f is not None and not callable(f):
            raise TypeError(
                f"f={show(f)} must be a function of the states, such as lambda x: x > 2.0"
            )
        if self._weights("weighted_mean").log is None:
            if f is not None or normalized:
                raise ValueError(
                    f"weighted_mean(f={show(f)}, normalized={normalized!r}) needs the paths, and "
                    'save="stats" keeps none: use save="last", or weighted_mean()'
                )
            return self.weighted_moments[-1].estimate()
        assert self.x is not None
        states = self.x[:, -1].view()
        states.flags.writeable = False
        values = states
        if f is not None:
            values = _call(f, states)
            if values.shape[:1] != (len(states),):
                raise ValueError(
                    f"f returned an array of shape {values.shape} for {len(states)} states: return "
                    "one number for each path, such as lambda x: x > 2.0"
                )
        log = self.log_weight[:, -1]
        shape = (-1, *(1,) * (values.ndim - 1))
        z = _exponentiate(log - _find_largest(log)).reshape(shape)
        _warn_of_few(z * values)
        if not normalized:
            return Moments.of(_exponentiate(log).reshape(shape) * values).estimate()
        total = z.sum()
        with np.errstate(invalid="ignore"):
            mean = (z * values).sum(axis=0) / total
            stderr = np.sqrt((z * z * (values - mean) ** 2).sum(axis=0)) / total
        if len(log) == 1:
            stderr = np.full_like(stderr, np.nan)
        return Estimate.normal(mean, stderr)

    def _weights(self, name: str) -> Weights:
        """Return the weights, or raise a ValueError that says why there are none of this name."""
        if self.weights is None:
            raise ValueError(
                f"{name} needs a run with weights: solve(..., girsanov=u) for another drift, or "
                "killing=V for a rate"
            )
        return self.weights


def _exponentiate(log: Array) -> Array:
    """Return weights from their logarithms; a weight beyond floats is inf, and was reported."""
    with np.errstate(over="ignore"):
        return np.exp(log)


def _find_largest(log: Array) -> float:
    """Return the largest logarithm, or 0 if it is no number that can be subtracted."""
    largest = float(log.max())
    if math.isfinite(largest):
        return largest
    return 0.0


def _warn_of_few(terms: Array) -> None:
    """Warn if the mean of these terms, Z f(X), is that of so few paths that no error is known."""
    if len(terms) < FEW:
        return
    size = np.atleast_1d(np.abs(terms)).reshape(len(terms), -1)
    squares = np.sum(size * size, axis=0)
    worth = np.divide(size.sum(axis=0) ** 2, squares, out=np.zeros_like(squares), where=squares > 0)
    if worth.min() < FEW:
        checks.warn_user(
            f"the mean of {len(terms)} weighted paths rests on {worth.min():.2g} of them: neither "
            "it nor its standard error can be trusted; use more paths, a shorter time, or paths "
            "whose drift is nearer to the other one"
        )


def _count_effective(log: Array) -> float:
    """Return the effective sample size of weights from their logarithms, which may be any size."""
    z = _exponentiate(log - _find_largest(log))
    total = z.sum()
    if not total > 0.0:
        return math.nan
    return float(total * total / np.sum(z * z))


def _call(f: Callable[[Array], Array], states: Array) -> Array:
    """Return the values of a user's function of all states; an error names the function."""
    try:
        return np.asarray(f(states), dtype=float)
    except Exception as error:
        advice = Advice(place="", action="write it for an array, such as lambda x: x > 2.0")
        raise say_again(error, f"f(x) with x of shape {states.shape}", advice) from error


def is_weighed(job: March | Batch) -> bool:
    """Say whether the paths of a job carry weights."""
    if isinstance(job, Batch):
        return job.weight is not None
    return isinstance(job.watch, Weight)


def read_weighed_rows(rows: Array, job: March | Batch, times: int) -> tuple[Array, Weights]:
    """Return the states at the saved times, shape (paths, times * size), and the weights."""
    size = max(job.dim, 1)
    table = rows.reshape(len(rows), times, size + 1)
    x = np.ascontiguousarray(table[:, :, :size]).reshape(len(rows), -1)
    log = np.where(table[:, :, size] > -NEVER, table[:, :, size], -np.inf)
    log = np.where(np.isnan(table[:, :, size]), np.nan, log)
    return x, Weights(log=log, record=None)


def read_weighed_record(record: Record, job: March | Batch, times: int) -> tuple[Record, Weights]:
    """Return the statistics of the states at the saved times, and those of the weights."""
    size = max(job.dim, 1)
    table = record.reshape(len(record), times, size + 1 + size)
    states = np.ascontiguousarray(table[:, :, :size]).reshape(len(record), -1)
    return states, Weights(log=None, record=np.ascontiguousarray(table[:, :, size:]))
