"""A study: errors by step size, each with its standard error and its exact value, and slopes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine import checks
from stochcalc.engine.statistics import merge
from stochcalc.estimate import Estimate


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
        The same weighted slope through the exact errors: what `order` should be, which is not yet
        the limit.
    logs : dict of name to ndarray, shape (batches, levels)
        log error of each independent batch, for slopes over other levels: `slope`, `local_order`.
    """

    title: str
    quantity: str
    dt: NDArray[np.float64]
    error: Mapping[str, NDArray[np.float64]]
    stderr: Mapping[str, NDArray[np.float64]]
    order: Mapping[str, Estimate]
    exact: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    exact_order: Mapping[str, float] = field(default_factory=dict)
    logs: Mapping[str, NDArray[np.float64]] = field(default_factory=dict, repr=False)
    paths: int = 0
    key: int = 0

    @classmethod
    def from_batches(
        cls,
        title: str,
        quantity: str,
        dt: NDArray[Any],
        batches: Mapping[str, NDArray[Any]],
        exact: Mapping[str, NDArray[Any]],
        *,
        root: bool,
        paths: int,
        key: int,
        signed: bool = False,
    ) -> ConvergenceStudy:
        """Build from records per independent batch, shape (batches, 7, levels); `root` if the error
        is a root mean square.

        Errors and their standard errors come from all paths together, the slope's standard error
        from the batches: levels that share paths are correlated, and a plain regression's interval
        would be wrong. A `signed` mean is shown without its sign, and its logarithm in a batch is
        taken to first order about the mean of all, since a batch may have the other sign.
        """
        error, stderr, logs = {}, {}, {}
        for name, records in batches.items():
            means, pooled = records[:, 1], reduce(merge, records)
            spread = np.sqrt(pooled[2] / (pooled[0] - 1.0) / pooled[0])
            with np.errstate(
                divide="ignore", invalid="ignore"
            ):  # an error of exactly 0 has no slope: nan says so
                error[name] = np.sqrt(pooled[1]) if root else np.abs(pooled[1])
                stderr[name] = spread / (2.0 * error[name]) if root else spread
                logs[name] = (
                    np.log(error[name]) + means / pooled[1] - 1.0
                    if signed
                    else np.log(np.sqrt(means) if root else means)
                )
        study = cls(title, quantity, dt, error, stderr, {}, dict(exact), {}, logs, paths, key)
        order = {name: study.slope(name) for name in error}
        exact_order = {name: study.exact_slope(name) for name in exact if name in error}
        return cls(
            title, quantity, dt, error, stderr, order, dict(exact), exact_order, logs, paths, key
        )

    def _weights(self, name: str, levels: slice) -> NDArray[np.float64]:
        with np.errstate(divide="ignore", invalid="ignore"):
            return _slope_weights(
                np.log(self.dt[levels]), (self.stderr[name] / self.error[name])[levels]
            )

    def slope(self, name: str, levels: slice = slice(None)) -> Estimate:
        """Return the weighted slope over some levels; `slice(-3, None)` is the three finest."""
        weights = self._weights(name, levels)
        logs = self.logs[name][:, levels]
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = float(np.log(self.error[name][levels]) @ weights)
            slopes = logs @ weights
        return Estimate.student(
            slope, float(slopes.std(ddof=1) / np.sqrt(len(logs))), len(logs) - 1
        )

    def exact_slope(self, name: str, levels: slice = slice(None)) -> float:
        """The same weighted slope through the exact errors."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(np.log(self.exact[name][levels]) @ self._weights(name, levels))

    def local_order(self, name: str) -> list[Estimate]:
        """The slope between each two neighbouring levels, coarse to fine: it tends to the order as
        the steps shrink.
        """
        return [self.slope(name, slice(i, i + 2)) for i in range(len(self.dt) - 1)]

    def plot(self, ax: Any = None) -> Any:
        """Draw errors with bars, exact curves and slopes on `ax` (or new axes); return the axes."""
        from stochcalc.plot import plot_convergence

        return plot_convergence(self, ax=ax)

    def __str__(self) -> str:
        lines = [f"{self.title} ({self.paths} paths, key {self.key})"]
        for name in self.error:
            finite = (
                f"; exact slope at these steps {self.exact_order[name]:.4f}"
                if name in self.exact_order
                else ""
            )
            lines.append(f"{name}: order {self.order[name]}{finite}")
            header = f"  {'dt':>12} {self.quantity:>14} {'stderr':>10}"
            lines.append(header + (f" {'exact':>14} {'z':>6}" if name in self.exact else ""))
            for i, dt in enumerate(self.dt):
                value, se = self.error[name][i], self.stderr[name][i]
                row = f"  {dt:12.6g} {value:14.6e} {se:10.2e}"
                if name in self.exact:
                    z = float(Estimate.normal(value, se).z(self.exact[name][i]))
                    row += f" {self.exact[name][i]:14.6e} {z:+6.2f}"
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
    """Consecutive ranges of blocks, at least 8 and at most `wanted`, of nearly equal size: the
    independent batches.

    Raises
    ------
    ValueError
        If there are fewer than eight blocks.
    """
    if blocks < 8:
        raise ValueError(
            f"paths fill {blocks} blocks of 256, too few for an interval: give at least 2048 paths"
        )
    number = min(wanted, blocks)
    edges = [blocks * i // number for i in range(number + 1)]
    return [range(a, b) for a, b in pairwise(edges)]


def check_levels(levels: Any) -> NDArray[np.int64]:
    """Exponents in increasing order, at least two, between 0 and 30."""
    if not isinstance(levels, Iterable) or isinstance(levels, str):
        raise TypeError(f"levels={levels!r} must be several exponents, such as range(4, 10)")
    exponents = list(levels)
    for level in exponents:
        if isinstance(level, int | np.integer) and level > 30:
            raise ValueError(
                f"levels={exponents} has {level}, and n = 2**level: give exponents up to 30, 4 for "
                f"16 steps"
            )
        checks.integer("levels", level, 0, 30)
    if len(exponents) < 2 or sorted(set(exponents)) != exponents:
        raise ValueError(
            f"levels={exponents} must be at least two increasing exponents, such as range(4, 10)"
        )
    return np.array(exponents)
