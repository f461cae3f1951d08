"""Several motions and processes on one grid, which drive an equation together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from stochcalc.engine import checks
from stochcalc.engine.random.sources import Beside, Source
from stochcalc.engine.words import show
from stochcalc.motion.partition import Partition
from stochcalc.motion.paths import BrownianPaths
from stochcalc.motion.processes.process import Process, find_drawn
from stochcalc.motion.sampled import check_same_grid
from stochcalc.typing import Array

ACCEPTED = (
    "Brownian paths (brownian(...)), a process such as poisson(...), or a tuple of them on one grid"
)


@dataclass(frozen=True, eq=False)
class JointNoise:
    """Motions and processes on one grid, whose components follow each other.

    Attributes
    ----------
    parts : tuple of BrownianPaths or Process
        What the noise is made of.
    """

    parts: tuple[BrownianPaths | Process, ...]

    @property
    def partition(self) -> Partition:
        """The grid."""
        return self.parts[0].partition

    @property
    def t(self) -> Array:
        """The grid times, shape (n + 1,)."""
        return self.partition.times

    @property
    def paths(self) -> int:
        """The number of paths."""
        return self.parts[0].paths

    @property
    def dim(self) -> int:
        """The number of components of all parts."""
        return sum(part.dim for part in self.parts)

    @property
    def key(self) -> int | None:
        """The key of the first part, which names the run in its result."""
        return self.parts[0].key

    def noise(self, plain: bool = False) -> Source:
        """Return the increments of all parts as rows; `plain` must be False for several."""
        checks.flag("plain", plain)
        source = self.parts[0].noise()
        for part in self.parts[1:]:
            source = Beside(source, part.noise())
        return source


Driver: TypeAlias = BrownianPaths | Process | JointNoise


def read_driver(name: str, noise: object) -> Driver:
    """Return what drives an equation: a motion, a process, or several on one grid.

    Parameters
    ----------
    name : str
        Name of the argument, for the error.
    noise : object
        The argument.

    Raises
    ------
    TypeError, ValueError
        If it is none of these, or its parts are on several grids or have several numbers of paths.
    """
    if isinstance(noise, BrownianPaths | Process | JointNoise):
        return noise
    if not isinstance(noise, tuple) or not noise:
        raise TypeError(f"{name}={show(noise)} must be {ACCEPTED}")
    for i, part in enumerate(noise):
        if not isinstance(part, BrownianPaths | Process):
            raise TypeError(f"{name}[{i}]={show(part)} must be Brownian paths or a process")
        check_same_grid(f"{name}[{i}]", part, f"{name}[0]", noise[0])
    _warn_of_same_numbers(name, noise)
    if len(noise) == 1:
        return read_driver(name, noise[0])
    return JointNoise(noise)


def _warn_of_same_numbers(name: str, parts: tuple[object, ...]) -> None:
    """Warn of two processes of one kind that were drawn with one key, and so are not independent.

    A process beside itself, or beside its own integral, is meant as it is.
    """
    seen: dict[tuple[type, int], tuple[int, Process]] = {}
    for i, part in enumerate(parts):
        if not isinstance(part, Process):
            continue
        drawn = find_drawn(part)
        before, other = seen.setdefault((type(drawn), drawn.key), (i, drawn))
        if other is not drawn:
            checks.warn_user(
                f"{name}[{i}] is of the kind {type(drawn).__name__} and has the key of "
                f"{name}[{before}], so both are made of the same random numbers: draw one of them "
                "with another rng= if they should be independent"
            )
