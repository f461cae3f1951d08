"""A study: errors by step size, each with its standard error and its exact value, and slopes.

The order of a scheme is the limit of the slope of log error on log dt. A study shows that slope at
the steps that were run, and beside it the slope through the exact errors at the same steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from stochcalc.display import Description, Displayed, make_data_frame
from stochcalc.engine.words import show, suggest
from stochcalc.estimate import Estimate
from stochcalc.laboratory.fitting import weigh_levels
from stochcalc.laboratory.study_tables import describe, list_columns, list_values, write
from stochcalc.typing import Array, Axes, DataFrame


@dataclass(frozen=True, eq=False, repr=False)
class ConvergenceStudy(Displayed):
    """Errors by step size, with standard errors, exact values where known, and fitted orders.

    Attributes
    ----------
    title : str
        What was studied.
    quantity : str
        The name of the error: "RMS error", "bias", "mean".
    dt : ndarray, shape (levels,)
        The step sizes, decreasing.
    error, stderr : dict of name to ndarray, shape (levels,)
        The measured error of each method and its standard error.
    order : dict of name to Estimate
        The slope of log error on log dt, weighted, with an interval from independent batches.
    exact : dict of name to ndarray, shape (levels,)
        The exact finite-step error, for the names where it is known.
    exact_order : dict of name to float
        The same weighted slope through the exact errors: the value that `order` estimates, which is
        not yet the limit.
    logs : dict of name to ndarray, shape (batches, levels)
        The log error of each independent batch, for slopes over other levels: `slope`,
        `local_order`.
    paths, key : int
        The number of paths, and the key of their random numbers.
    root : bool
        Whether the error is a root mean square: then `mean_squares` has its square.

    Examples
    --------
    >>> import stochcalc as sc
    >>> study = sc.strong_convergence(
    ...     sc.models.gbm(0.5, 0.5), 1.0, 1.0, levels=(4, 6), paths=4096, rng=1
    ... )
    >>> study.dt
    array([0.0625  , 0.015625])
    >>> exact = study.exact["euler_maruyama"]      # the errors at these finite steps
    >>> [abs(e.z(x)) < 4 for e, x in zip(study.estimates("euler_maruyama"), exact)]
    [True, True]
    """

    title: str
    quantity: str
    dt: Array
    error: Mapping[str, Array]
    stderr: Mapping[str, Array]
    order: Mapping[str, Estimate]
    exact: Mapping[str, Array] = field(default_factory=dict)
    exact_order: Mapping[str, float] = field(default_factory=dict)
    logs: Mapping[str, Array] = field(default_factory=dict)
    paths: int = 0
    key: int = 0
    root: bool = False

    def estimates(self, name: str) -> list[Estimate]:
        """Return the errors of one method as estimates, from coarse steps to fine ones.

        Parameters
        ----------
        name : str
            A name in `error`.

        Returns
        -------
        list of Estimate
            One for each step size, with a normal interval.

        Examples
        --------
        >>> import stochcalc as sc
        >>> study = sc.variation_convergence(levels=(2, 4), paths=4096, key=1)
        >>> errors = study.estimates("quadratic variation")
        >>> exact = study.exact["quadratic variation"]
        >>> [abs(error.z(x)) < 4 for error, x in zip(errors, exact)]
        [True, True]
        """
        return [
            Estimate.normal(error, stderr)
            for error, stderr in zip(self._of("error", name), self._of("stderr", name))
        ]

    def mean_squares(self, name: str) -> list[Estimate]:
        """Return the mean squares of one method, where its error is a root mean square.

        The mean square, not its root, is what theory gives most often, and what is unbiased. Its
        standard error is 2 error stderr.

        Parameters
        ----------
        name : str
            A name in `error`.

        Returns
        -------
        list of Estimate
            One for each step size, from coarse steps to fine ones, with a normal interval.

        Raises
        ------
        ValueError
            If the error is no root mean square.

        Examples
        --------
        >>> import stochcalc as sc
        >>> study = sc.variation_convergence(levels=(2, 4), paths=4096, key=1)
        >>> squares = study.mean_squares("quadratic variation")
        >>> [abs(square.z(2.0 / n)) < 4 for square, n in zip(squares, (4, 16))]      # E (Q - 1)^2
        [True, True]
        """
        if not self.root:
            raise ValueError(
                f"quantity={self.quantity!r} is no root mean square: use estimates({name!r})"
            )
        return [
            Estimate.normal(error**2, 2 * error * stderr)
            for error, stderr in zip(self._of("error", name), self._of("stderr", name))
        ]

    def slope(self, name: str, levels: slice = slice(None)) -> Estimate:
        """Return the weighted slope of log error on log dt over some levels.

        Parameters
        ----------
        name : str
            A name in `error`.
        levels : slice
            The levels, from coarse to fine; `slice(-3, None)` is the three finest.

        Returns
        -------
        Estimate
            Its interval is Student's, from the slopes of the independent batches.

        Raises
        ------
        ValueError
            For a name that is not in the study, or fewer than two levels.
        """
        weights = self._weigh(name, levels)
        logs = self._of("logs", name)[:, levels]
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = float(np.log(self._of("error", name)[levels]) @ weights)
            slopes = logs @ weights
        stderr = float(slopes.std(ddof=1) / np.sqrt(len(logs)))
        return Estimate.student(slope, stderr, len(logs) - 1)

    def exact_slope(self, name: str, levels: slice = slice(None)) -> float:
        """Return the same weighted slope through the exact errors.

        Parameters
        ----------
        name : str
            A name in `exact`.
        levels : slice
            The levels, from coarse to fine.

        Raises
        ------
        ValueError
            For a name whose exact errors are not known, or fewer than two levels.
        """
        exact = self._of("exact", name)
        weights = self._weigh(name, levels)
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(np.log(exact[levels]) @ weights)

    def local_order(self, name: str) -> list[Estimate]:
        """Return the slopes between neighbouring levels, from coarse to fine.

        They tend to the order of the method as the steps shrink.

        Parameters
        ----------
        name : str
            A name in `error`.

        Raises
        ------
        ValueError
            For a name that is not in the study.
        """
        return [self.slope(name, slice(i, i + 2)) for i in range(len(self.dt) - 1)]

    def plot(self, ax: Axes | None = None, **line: object) -> Axes:
        """Draw errors with bars of two standard errors, exact curves and reference slopes.

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
        from stochcalc.plot import plot_convergence

        return plot_convergence(self, ax=ax, **line)

    def _weigh(self, name: str, levels: slice) -> Array:
        """Return the weights of the levels in the slope of one method."""
        if not isinstance(levels, slice) or len(self.dt[levels]) < 2:
            raise ValueError(
                f"levels={show(levels)} must be a slice of two or more of the {len(self.dt)} "
                "levels, such as slice(-2, None)"
            )
        error = self._of("error", name)
        with np.errstate(divide="ignore", invalid="ignore"):
            relative = (self.stderr[name] / error)[levels]
            return weigh_levels(np.log(self.dt[levels]), relative)

    def _of(self, field: str, name: str) -> Array:
        """Return what a dict of the study has under a name, or list its names."""
        values: Mapping[str, Array] = getattr(self, field)
        if not isinstance(name, str) or name not in values:
            known = ", ".join(map(repr, values))
            raise ValueError(
                f"name={show(name)} is not in .{field} of this study: it has {known}"
                f"{suggest(name, values)}"
            )
        return values[name]

    def to_dataframe(self) -> DataFrame:
        """Return the columns method, dt, error, stderr, exact and z as a DataFrame of pandas.

        There is one row per method and step; `exact` and `z` are nan where nothing exact is known.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        return make_data_frame(list_columns(self))

    def to_dict(self) -> dict[str, Any]:
        """Return the study as dicts, lists, strings and numbers, which JSON can hold."""
        return list_values(self)

    def __str__(self) -> str:
        return write(self)

    def _describe(self) -> Description:
        return describe(self)
