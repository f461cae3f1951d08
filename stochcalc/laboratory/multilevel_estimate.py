"""The result of a multilevel estimate: an expectation, and what each level contributed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochcalc.display import Description, Displayed, Table, make_data_frame
from stochcalc.display.thumbnail import draw_errors
from stochcalc.estimate import Estimate
from stochcalc.typing import Array, Axes, DataFrame, Integers


@dataclass(frozen=True, eq=False, repr=False)
class MultilevelEstimate(Displayed):
    """The result of `mlmc`: an expectation, and what each level contributed.

    Attributes
    ----------
    estimate : Estimate
        E f(X_T), or E f(X_T, R_T) with a running statistic R. Its standard error is that of the
        sampling; the bias is estimated apart.
    bias : float
        `|E f(X_L) - E f(X_(L-1))| / (2^alpha - 1)`, with alpha the weak order of the scheme. It is
        the error of the finest steps, to leading order.
    level : ndarray of int, shape (levels,)
        The exponents of the levels: 2**level steps.
    paths : ndarray of int, shape (levels,)
        The number of paths on each level.
    mean, variance : ndarray, shape (levels,)
        The mean and the variance of f on the coarsest level, and of the difference on the others.
    cost, plain_cost : float
        The number of steps taken in all, and the number that single-level Monte Carlo would take
        for the same error on the finest level.
    target : float
        The root-mean-square error that was asked for.
    key : int
        The key of the random numbers.

    Examples
    --------
    >>> import math
    >>> import stochcalc as sc
    >>> model = sc.models.gbm(0.5, 0.5)
    >>> found = sc.mlmc(model, 1.0, 1.0, test=lambda x: x, target=0.002, rng=1)
    >>> abs(found.estimate.value - math.exp(0.5)) < 0.02, found.cost < found.plain_cost
    (True, True)
    """

    estimate: Estimate
    bias: float
    level: Integers
    paths: Integers
    mean: Array
    variance: Array
    cost: float
    plain_cost: float
    target: float
    key: int

    def plot(self, ax: Axes | None = None, **line: object) -> Axes:
        """Draw the variance and the mean of the differences by level.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; without it new axes are made.
        **line
            What Matplotlib's `plot` takes, such as `color`, `label` and `alpha`.

        Returns
        -------
        matplotlib Axes
        """
        from stochcalc.plot import plot_multilevel

        return plot_multilevel(self, ax=ax, **line)

    def to_dataframe(self) -> DataFrame:
        """Return the columns steps, paths, mean and variance, a row per level, for pandas.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        names = ("paths", "mean", "variance")
        return make_data_frame({"steps": 2**self.level, **{n: getattr(self, n) for n in names}})

    def _describe(self) -> Description:
        title = (
            f"{self.estimate}, bias about {self.bias:.2g}, for a root-mean-square error of "
            f"{self.target:g}: {self.cost:.3g} steps, plain Monte Carlo {self.plain_cost:.3g} "
            f"(key {self.key})"
        )
        errors = np.sqrt(self.variance / self.paths)
        numbers = zip(self.level, self.paths, self.mean, errors, self.variance)
        rows = tuple(
            (f"{2**level}", f"{n}", f"{mean:.4e}", f"{error:.1e}", f"{variance:.4e}")
            for level, n, mean, error, variance in numbers
        )
        columns = {"steps": 8, "paths": 10, "mean": 12, "stderr": 8, "variance": 12}
        picture = draw_errors(
            np.exp2(-self.level[1:].astype(np.float64)),
            [self.variance[1:], np.abs(self.mean[1:])],
            [None, None],
            "Variance and mean of the differences against the step size, logarithmic axes.",
        )
        table = Table(title="", columns=columns, rows=rows)
        return Description(title=title, tables=(table,), picture=picture)
