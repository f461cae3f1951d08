"""Where the numbers of Brownian paths come from: drawn, given, or read off other paths.

Paths are drawn on their grid from a key, or given by their increments, or they are a view of other
paths, their parent: a refinement, a coarsening, one component, or the motion reversed in time. A
view stores nothing of its own and draws nothing of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.loop import runner
from stochcalc.engine.random.sources import KeyedComponent, Source, StoredNoise
from stochcalc.engine.words import show
from stochcalc.motion import pieces
from stochcalc.motion.derived import DerivedNoise, check_block, join_increments, sum_increments
from stochcalc.motion.drawn import DrawnPaths
from stochcalc.motion.partition import Partition
from stochcalc.typing import Array, Key


@dataclass(frozen=True, eq=False)
class PathNumbers:
    """Brownian paths as the rest of the package sees them: blocks of numbers, and noise.

    The attributes are those of `BrownianPaths`, which adds what users call.
    """

    partition: Partition
    paths: int
    dim: int
    key: Key
    store: bool
    factor: Array | None = None
    workers: int | None = None
    parent: PathNumbers | None = None
    joined: int = 0
    part: int | None = None
    backwards: bool = False
    given: Array | None = None

    @property
    def t(self) -> Array:
        """The grid times, shape (n + 1,)."""
        return self.partition.times

    @property
    def numbers(self) -> int:
        """How many numbers one path has: (n + 1) dim."""
        return (self.partition.n + 1) * self.dim

    @property
    def is_drawn(self) -> bool:
        """Whether the increments were drawn from the key, on this grid and for all components."""
        return self.parent is None and self.given is None

    @property
    def has_interior(self) -> bool:
        """Whether the paths are known between the grid times; given increments say nothing."""
        if self.parent is not None:
            return self.parent.has_interior
        return self.given is None

    @property
    def origin(self) -> str:
        """Where paths that are not drawn come from, for errors that refuse them."""
        if self.given is not None:
            return "was given by its increments"
        if self.part is not None:
            return "is one component of another motion"
        if self.backwards:
            return "is another motion reversed in time"
        return "was refined or coarsened"

    @property
    def place(self) -> int:
        """The number of the component that the paths are, among those that were drawn; or 0."""
        if self.part is not None:
            return self.part
        if self.parent is not None:
            return self.parent.place
        return 0

    def find_key(self, what: str) -> int:
        """Return the key; refuse paths that have none, and name what draws more from it."""
        if self.key is None:
            raise ValueError(
                f"{what} draws more numbers from the key of the motion, and this one was given by "
                "its increments and has none: draw it, brownian(...)"
            )
        return self.key

    def draw(self, means: runner.Means) -> None:
        """Draw the values of all paths now, by these means, and keep them."""
        drawn = replace(self._take_drawn(self.paths), means=means)
        keep = np.arange(self.partition.n + 1)

        def make(first: int, last: int) -> Array:
            """Return the values of the paths from number `first` on: all of them, at once."""
            return drawn.values(keep, first)

        values = pieces.store(self, "values", make, self.numbers, 0)
        self.__dict__["values"] = self._freeze(values)

    def block(self, first: int, last: int) -> Array:
        """Return the values of paths first .. last - 1, stored or made; 256 divides first.

        The shape is (last - first, n + 1[, dim]).

        Raises
        ------
        TypeError, ValueError
            If there are no such paths, or 256 does not divide first.
        """
        first, last = check_block(first, last, self.paths)
        if "values" in self.__dict__:
            return self._stored_values(first, last)
        values = self._alone()._values(first, last)
        if self.dim == 1:
            return values
        return values.reshape(last - first, -1, self.dim)

    def block_increments(self, first: int, last: int) -> Array:
        """Return the increments of paths first .. last - 1, stored or made; 256 divides first.

        The shape is (last - first, n, dim).
        """
        first, last = check_block(first, last, self.paths)
        shape = (-1, self.partition.n, self.dim)
        if last == first:
            return np.empty((1, 1, self.dim))
        if "increments" in self.__dict__:
            return self._stored_increments(first, last).reshape(shape)
        return self._alone()._increments(first, last).reshape(shape)

    def block_at(self, times: Array, first: int, last: int) -> Array:
        """Return W at any times for paths first .. last - 1, flat over (times, dim)."""
        first, last = check_block(first, last, self.paths)
        times = np.atleast_1d(self.partition.check_inside(times))
        if last == first:
            return np.empty((0, len(times) * self.dim))
        return self._alone()._at(times, first, last)

    def noise(self, plain: bool = False) -> Source:
        """Return the increments as a source; `plain` asks for floats, not vectors of length 1."""
        size = 0 if checks.flag("plain", plain) else self.dim
        if self.given is not None:
            return StoredNoise(self.given, size)
        if self.parent is None:
            return self._take_drawn(self.paths).noise(plain)
        if self.part is not None and self.parent.is_drawn:
            row = None
            if self.parent.factor is not None:
                row = self.parent.factor[self.part, : self.part + 1]
            key = self.find_key("a component")
            return KeyedComponent(key, self.partition.steps, self.part, size, row)
        return DerivedNoise(self, size)

    def __getstate__(self) -> dict[str, Any]:
        """Return the fields without the arrays, which are made again where they are needed."""
        arrays = ("values", "increments")
        return {name: value for name, value in self.__dict__.items() if name not in arrays}

    def cut(self, partition: Partition) -> Self:
        """Return the same paths on a partition that has all points of this one and more."""
        if not isinstance(partition, Partition):
            raise TypeError(f"partition={show(partition)} must be a Partition")
        return self._derive(partition, 0)

    def _alone(self) -> PathNumbers:
        """Return the same motion on one thread, for use inside a thread of a run."""
        parent = self.parent
        if parent is not None:
            parent = parent._alone()
        return replace(self, workers=1, parent=parent)

    def _derive(self, partition: Partition, joined: int) -> Self:
        """Return the same paths on another partition, made of `joined` steps of these or none."""
        return replace(
            self,
            partition=partition,
            parent=self,
            joined=joined,
            part=None,
            backwards=False,
            given=None,
        )

    def _freeze(self, array: Array) -> Array:
        """Return rows of numbers as read-only paths, shape (paths, times[, dim])."""
        shape: tuple[int, ...] = (self.paths, -1)
        if self.dim > 1:
            shape = (self.paths, -1, self.dim)
        shaped = array.reshape(shape)
        shaped.flags.writeable = False
        return shaped

    def _take_drawn(self, last: int) -> DrawnPaths:
        """Return the first `last` paths as a function of the key."""
        return DrawnPaths(
            partition=self.partition,
            paths=last,
            dim=self.dim,
            key=self.find_key("a path"),
            factor=self.factor,
            means={"workers": self.workers},
        )

    def _at(self, times: Array, first: int, last: int) -> Array:
        """Return W at any times for paths first .. last - 1, flat over (times, dim)."""
        parent = self.parent
        if self.given is not None:
            return self._at_grid_times(times, first, last)
        if parent is None:
            return self._take_drawn(last).at(times, first, self.__dict__.get("values"))
        if self.part is not None:
            return self._take_part(parent._at(times, first, last), last - first)
        if self.backwards:
            return self._look_back(parent, times, first, last)
        return parent._at(times, first, last)

    def _values(self, first: int, last: int) -> Array:
        """Return W at the grid times for paths first .. last - 1, flat over (times, dim)."""
        parent = self.parent
        if self.given is not None:
            return sum_increments(self.given[first:last]).reshape(last - first, -1)
        if parent is None:
            return self._take_drawn(last).values(np.arange(self.partition.n + 1), first)
        if self.part is not None:
            return self._take_part(parent._stored_values(first, last), last - first)
        return self._at(self.t, first, last)

    def _increments(self, first: int, last: int) -> Array:
        """Return the increments of paths first .. last - 1, flat over (steps, dim)."""
        parent = self.parent
        paths = last - first
        if self.given is not None:
            return self.given[first:last].reshape(paths, -1)
        if parent is None:
            return self._take_drawn(last).increments(first)
        if self.part is not None:
            return self._take_part(parent._stored_increments(first, last), paths)
        if self.backwards:
            forwards = parent._stored_increments(first, last).reshape(paths, -1, self.dim)
            return np.ascontiguousarray(forwards[:, ::-1]).reshape(paths, -1)
        if self.joined:
            fine = parent._increments(first, last)
            fine = fine.reshape(paths, self.partition.n, self.joined, self.dim)
            return join_increments(fine).reshape(paths, -1)
        values = self._values(first, last).reshape(paths, -1, self.dim)
        return np.diff(values, axis=1).reshape(paths, -1)

    def _stored_values(self, first: int, last: int) -> Array:
        """Return the values of paths first .. last - 1, from the array where it is there."""
        if "values" in self.__dict__:
            stored: Array = self.__dict__["values"]
            return stored[first:last]
        return self._values(first, last)

    def _stored_increments(self, first: int, last: int) -> Array:
        """Return the increments of paths first .. last - 1, from the array where it is there."""
        if "increments" in self.__dict__:
            stored: Array = self.__dict__["increments"]
            return stored[first:last]
        return self._increments(first, last)

    def _take_part(self, numbers: Array, paths: int) -> Array:
        """Return one component of the parent's numbers, flat over times."""
        assert self.parent is not None
        return np.ascontiguousarray(numbers.reshape(paths, -1, self.parent.dim)[..., self.part])

    def _look_back(self, parent: PathNumbers, times: Array, first: int, last: int) -> Array:
        """Return W_T - W at the mirrored times, for a parent W, flat over (times, dim)."""
        nearest = np.minimum(np.searchsorted(self.t, times), self.partition.n)
        mirrored = np.clip(self.t[0] + (self.t[-1] - times), self.t[0], self.t[-1])
        mirrored = np.where(self.t[nearest] == times, parent.t[::-1][nearest], mirrored)
        asked = np.append(mirrored, parent.t[-1])
        values = parent._at(asked, first, last).reshape(last - first, -1, self.dim)
        return np.asarray(values[:, -1:] - values[:, :-1]).reshape(last - first, -1)

    def _at_grid_times(self, times: Array, first: int, last: int) -> Array:
        """Return given paths at grid times, flat over (times, dim); refuse any other time."""
        nearest = np.minimum(np.searchsorted(self.t, times), self.partition.n)
        wrong = times[self.t[nearest] != times]
        if wrong.size:
            raise ValueError(
                f"times={wrong[0]:g} lies inside a step, and this motion was given by its "
                "increments: it is known at the times W.t alone"
            )
        values = self._values(first, last).reshape(last - first, -1, self.dim)
        return values[:, nearest].reshape(last - first, -1)
