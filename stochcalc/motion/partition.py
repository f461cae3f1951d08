"""Partitions of a time interval, 0 = t_0 < t_1 < ... < t_n = T."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stochcalc.engine import checks
from stochcalc.engine.random.philox import numpy_generator


@dataclass(frozen=True, eq=False)
class Partition:
    """A partition given by its points.

    Parameters
    ----------
    times : array_like, shape (n + 1,)
        The points in increasing order, in the unit of time of the problem.

    Raises
    ------
    TypeError, ValueError
        If the points are not real, finite and strictly increasing, or fewer than two.

    Examples
    --------
    >>> Partition([0.0, 0.5, 2.0]).mesh
    1.5
    >>> Partition.dyadic(1.0, 2).times
    array([0.  , 0.25, 0.5 , 0.75, 1.  ])
    """

    times: NDArray[np.float64]
    equal_step: float | None = None

    def __init__(self, times: ArrayLike, *, equal_step: float | None = None) -> None:
        points = checks.increasing("times", checks.array("times", times, ndim=1))
        if len(points) < 2:
            raise ValueError(
                f"times has {len(points)} point: a partition needs at least its two ends"
            )
        rounding = 4.0 * np.spacing(np.abs(points[[0, -1]]).max())
        if equal_step is not None and not np.allclose(
            np.diff(points), equal_step, rtol=1e-9, atol=rounding
        ):
            raise ValueError(
                f"equal_step={equal_step} is not the distance of these times: leave it out"
            )
        points = points.copy()
        points.flags.writeable = False
        object.__setattr__(self, "times", points)
        object.__setattr__(self, "equal_step", equal_step)

    @classmethod
    def uniform(cls, T: float, n: int, *, t0: float = 0.0) -> Partition:
        """n equal steps from t0 to the end time T: t_k = t0 + k (T - t0)/n, and t_n = T exactly."""
        T, t0, n = checks.number("T", T), checks.number("t0", t0), _steps("n", n)
        if T <= t0:
            raise ValueError(
                f"T={T:g} must be greater than t0={t0:g}: T is an end time, not a length"
            )
        dt = (T - t0) / n
        times = t0 + np.arange(n + 1) * dt
        times[-1] = T
        return cls(times, equal_step=dt)

    @classmethod
    def dyadic(cls, T: float, level: int) -> Partition:
        """2**level equal steps."""
        return cls.uniform(T, 2 ** checks.integer("level", level, 0, 40))

    @classmethod
    def random(cls, T: float, n: int, *, rng: Any = None) -> Partition:
        """n steps cut at n - 1 independent uniform points."""
        T, n = checks.number("T", T, above=0.0), _steps("n", n)
        inner = np.sort(numpy_generator(rng).random(n - 1)) * T
        return cls(np.concatenate([[0.0], inner, [T]]))

    @classmethod
    def graded(cls, T: float, n: int, power: float) -> Partition:
        """t_k = T (k/n)**power: finer near 0 for power > 1, near T never."""
        T, n = checks.number("T", T, above=0.0), _steps("n", n)
        power = checks.number("power", power, above=0.0)
        times = T * (np.arange(n + 1) / n) ** power
        times[-1] = T
        if (np.diff(times) <= 0).any():
            raise ValueError(
                f"power={power:g} puts points of n={n} on top of each other: use a power nearer to "
                f"1"
            )
        return cls(times)

    @property
    def n(self) -> int:
        """Number of steps."""
        return len(self.times) - 1

    @cached_property
    def steps(self) -> NDArray[np.float64]:
        """Step lengths dt_k = t_{k+1} - t_k, shape (n,); all equal to the bit on a uniform
        partition.
        """
        steps = np.diff(self.times) if self.equal_step is None else np.full(self.n, self.equal_step)
        steps.flags.writeable = False
        return steps

    @property
    def mesh(self) -> float:
        """The longest step."""
        return float(self.steps.max())

    def refine(self, k: int) -> Partition:
        """Every step cut into k equal ones."""
        k = checks.integer("k", k)
        _steps("k * n", k * self.n)
        fractions = np.arange(k) / k
        times = np.append(
            (self.times[:-1, None] + self.steps[:, None] * fractions).ravel(), self.times[-1]
        )
        return Partition(times, equal_step=None if self.equal_step is None else self.equal_step / k)

    def coarsen(self, k: int) -> Partition:
        """Every k steps joined; k must divide n."""
        k = checks.integer("k", k)
        if self.n % k:
            raise ValueError(f"k={k} must divide n={self.n}: choose one of its divisors")
        return Partition(
            self.times[::k], equal_step=None if self.equal_step is None else self.equal_step * k
        )

    def __repr__(self) -> str:
        return (
            f"Partition([{self.times[0]:g}, {self.times[-1]:g}], n={self.n}, mesh={self.mesh:.3g})"
        )


def _steps(name: str, value: int) -> int:
    """A number of steps whose grid fits into memory: points, steps and their roots."""
    n = checks.integer(name, value)
    checks.budget(f"a grid of {name}={n} steps", 3 * (n + 1), "use fewer steps")
    return n
