"""Partitions of a time interval, 0 = t_0 < t_1 < ... < t_n = T."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from stochcalc.engine import checks, memory
from stochcalc.engine.random.philox import numpy_generator
from stochcalc.engine.time_range import snap_to_ends
from stochcalc.engine.words import show
from stochcalc.typing import Array, Seed


@dataclass(frozen=True, eq=False)
class Partition:
    """A partition given by its points.

    Parameters
    ----------
    times : array_like, shape (n + 1,)
        The points in increasing order, in the unit of time of the problem.
    equal_step : float, optional
        The exact length of all steps, for points that are equally spaced up to rounding.

    Raises
    ------
    TypeError, ValueError
        If the points are not real, finite and strictly increasing, or fewer than two; if
        `equal_step` is not their distance.

    Examples
    --------
    >>> Partition([0.0, 0.5, 2.0]).mesh
    1.5
    >>> Partition.dyadic(1.0, 2).times
    array([0.  , 0.25, 0.5 , 0.75, 1.  ])
    """

    times: Array
    equal_step: float | None = None

    def __init__(self, times: ArrayLike, *, equal_step: float | None = None) -> None:
        points = checks.increasing("times", checks.array("times", times, ndim=1))
        if len(points) < 2:
            raise ValueError(
                f"times has {len(points)} point: a partition needs at least its two ends"
            )
        if equal_step is not None:
            equal_step = checks.number("equal_step", equal_step, above=0.0)
            rounding = 4.0 * np.spacing(np.abs(points[[0, -1]]).max())
            if not np.allclose(np.diff(points), equal_step, rtol=1e-9, atol=rounding):
                raise ValueError(
                    f"equal_step={equal_step} is not the distance of these times: leave it out"
                )
        points = points.copy()
        points.flags.writeable = False
        object.__setattr__(self, "times", points)
        object.__setattr__(self, "equal_step", equal_step)

    @classmethod
    def uniform(cls, T: float, n: int, *, t0: float = 0.0) -> Partition:
        """Return n equal steps: t_k = t0 + k (T - t0)/n, and t_n = T exactly.

        Parameters
        ----------
        T : float
            End time, not the length of the interval.
        n : int
            Number of steps.
        t0 : float
            Start, before T.

        Returns
        -------
        Partition

        Raises
        ------
        TypeError, ValueError
            If T is not after t0, or the grid exceeds the memory budget.
        """
        T = checks.number("T", T)
        t0 = checks.number("t0", t0)
        n = _check_steps("n", n)
        if T <= t0:
            raise ValueError(
                f"T={T!r} must be greater than t0={t0!r}: T is an end time, not a length"
            )
        dt = (T - t0) / n
        spacing = float(np.spacing(max(abs(t0), abs(T))))
        if dt < 2.0 * spacing:
            raise ValueError(
                f"n={n} steps from t0={t0!r} to T={T!r} are {dt:.3g} long, and floats there are "
                f"{spacing:.3g} apart: count time from t0, from 0 to {T - t0!r}, or use fewer steps"
            )
        times = t0 + np.arange(n + 1) * dt
        times[-1] = T
        return cls(times, equal_step=dt)

    @classmethod
    def of(cls, t: ArrayLike | Partition) -> Partition:
        """Return the partition at these times, with equal steps if they are those of `uniform`."""
        if isinstance(t, Partition):
            return t
        grid = cls(checks.array("t", t, ndim=1))
        even = cls.uniform(float(grid.times[-1]), grid.n, t0=float(grid.times[0]))
        if np.array_equal(even.times, grid.times):
            return even
        return grid

    @classmethod
    def dyadic(cls, T: float, level: int) -> Partition:
        """Return 2**level equal steps of [0, T].

        Parameters
        ----------
        T : float
            End time.
        level : int
            Number of halvings, from 0 to 40.

        Returns
        -------
        Partition
        """
        return cls.uniform(T, 2 ** checks.integer("level", level, 0, 40))

    @classmethod
    def random(cls, T: float, n: int, *, rng: Seed = None) -> Partition:
        """Return n steps of [0, T], cut at n - 1 independent uniform points.

        Parameters
        ----------
        T : float
            End time.
        n : int
            Number of steps.
        rng : int, SeedSequence, Generator or None, optional
            Seed as NumPy takes it.

        Returns
        -------
        Partition
        """
        T = checks.number("T", T, above=0.0)
        n = _check_steps("n", n)
        inner = np.sort(numpy_generator(rng).random(n - 1)) * T
        if n > 1 and inner[0] == 0.0:
            raise ValueError(f"T={T!r} is so short that its points fall together: use other units")
        return cls(np.concatenate([[0.0], inner, [T]]))

    @classmethod
    def graded(cls, T: float, n: int, power: float) -> Partition:
        """Return the points t_k = T (k/n)**power.

        Parameters
        ----------
        T : float
            End time.
        n : int
            Number of steps.
        power : float
            A positive number. The steps are shortest near 0 if it is above 1, and shortest near T
            if it is below 1.

        Returns
        -------
        Partition

        Raises
        ------
        TypeError, ValueError
            If the power is so far from 1 that two points fall together.
        """
        T = checks.number("T", T, above=0.0)
        n = _check_steps("n", n)
        power = checks.number("power", power, above=0.0)
        times = T * (np.arange(n + 1) / n) ** power
        times[-1] = T
        if (np.diff(times) <= 0).any():
            raise ValueError(
                f"power={power:g} puts points of n={n} up to T={T:g} on top of each other: use a "
                "power nearer to 1"
            )
        return cls(times)

    @property
    def n(self) -> int:
        """The number of steps."""
        return len(self.times) - 1

    @cached_property
    def steps(self) -> Array:
        """The step lengths dt_k = t_(k+1) - t_k, shape (n,).

        On a uniform partition they are equal to the bit.
        """
        if self.equal_step is None:
            steps = np.diff(self.times)
        else:
            steps = np.full(self.n, self.equal_step)
        steps.flags.writeable = False
        return steps

    @property
    def mesh(self) -> float:
        """The length of the longest step."""
        return float(self.steps.max())

    def check_inside(self, times: ArrayLike) -> Array:
        """Return one time or several as an array; refuse those outside of [t_0, T]."""
        asked = checks.array("times", times)
        flat = np.atleast_1d(asked)
        if flat.ndim > 1:
            raise ValueError(
                f"times has shape {flat.shape}: give one number or a one-dimensional array"
            )
        inside = snap_to_ends("times", flat, self.times[0], self.times[-1], "extend the partition")
        return inside.reshape(asked.shape)

    def refine(self, k: int) -> Partition:
        """Return the partition with every step cut into k equal ones.

        Parameters
        ----------
        k : int
            Number of pieces of each step.

        Returns
        -------
        Partition
        """
        k = checks.integer("k", k)
        _check_steps("k * n", k * self.n)
        fractions = np.arange(k) / k
        inner = (self.times[:-1, None] + self.steps[:, None] * fractions).ravel()
        equal_step = None
        if self.equal_step is not None:
            equal_step = self.equal_step / k
        return Partition(np.append(inner, self.times[-1]), equal_step=equal_step)

    def coarsen(self, k: int) -> Partition:
        """Return the partition with every k neighbouring steps joined to one.

        Parameters
        ----------
        k : int
            A divisor of n.

        Returns
        -------
        Partition

        Raises
        ------
        TypeError, ValueError
            If k does not divide n.
        """
        k = checks.integer("k", k)
        if self.n % k:
            raise ValueError(f"k={show(k)} must divide n={self.n}: choose one of its divisors")
        equal_step = None
        if self.equal_step is not None:
            equal_step = self.equal_step * k
        return Partition(self.times[::k], equal_step=equal_step)

    def reversed(self) -> Partition:
        """Return the partition seen from its end: the points t_0 + (T - t), in increasing order."""
        if self.equal_step is not None:
            return self
        points = self.times[0] + (self.times[-1] - self.times[::-1])
        points[-1] = self.times[-1]
        return Partition(points)

    def __repr__(self) -> str:
        return (
            f"Partition([{self.times[0]:g}, {self.times[-1]:g}], n={self.n}, mesh={self.mesh:.3g})"
        )


def _check_steps(name: str, value: int) -> int:
    """Return a number of steps whose grid fits into memory: its points, steps and their roots."""
    n = checks.integer(name, value)
    memory.announce(3 * (n + 1))
    memory.budget_part(f"a grid of {name}={show(n)} steps", 3 * (n + 1), "use fewer steps")
    return n
