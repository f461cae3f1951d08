"""What a claim is: a theorem with an exact number, a measurement, and a plausible wrong number that
must be refuted.

A file of `theorems` holds one claim. Its docstring derives the exact numbers; a function of a `Run`
measures them and yields one `Row` for each; a second function draws the picture:

    @claim("G03", chapter="variation", title="Quadratic variation over [0, T] is T")
    def quadratic_variation(run): ...  # yield Row(statement=..., exact=..., measured=..., ...)

    @quadratic_variation.figure
    def draw(ax, run): ...
"""

from __future__ import annotations

import functools
import inspect
import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypedDict

import numpy as np

from stochcalc.engine.loop import runner
from stochcalc.engine.random.philox import make_key
from stochcalc.estimate import Estimate
from stochcalc.moments import Moments
from stochcalc.motion.brownian import brownian
from stochcalc.motion.functionals import StreamedPaths, expectation, moments_of
from stochcalc.motion.partition import Partition
from stochcalc.motion.paths import BrownianPaths
from stochcalc.typing import Axes, Key, PathFunction, Progress, Seed, Workers

SUPPORT = 6.0  # a number agrees with its measurement if |z| is at most this
REJECT = 20.0  # and a twin is refuted if |z| is beyond this
HOLDS, REFUTED, UNDECIDED = "holds", "refuted", "undecided"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One number of a claim.

    Attributes
    ----------
    statement : str
        What is measured.
    exact : float
        Its exact value at the finite n that is simulated.
    measured : Estimate
    twin, twin_statement : float, str
        A plausible wrong value, and what it would mean.
    paths : int, optional
        Paths behind the measurement, if they are not those of the run.
    limit : float, optional
        The value as n grows; shown, never tested.
    """

    statement: str
    exact: float
    measured: Estimate
    twin: float
    twin_statement: str
    paths: int | None = None
    limit: float | None = None

    @property
    def z(self) -> float:
        """Standard errors between measurement and theorem."""
        return float(self.measured.z(self.exact))

    @property
    def twin_z(self) -> float:
        """Standard errors between measurement and twin."""
        return float(self.measured.z(self.twin))

    @property
    def twin_refuted(self) -> bool:
        """Whether the measurement rules the twin out."""
        return abs(self.twin_z) > REJECT

    @property
    def verdict(self) -> str:
        """The verdict: "holds", "refuted", or "undecided" while the twin is not rejected."""
        if not abs(self.z) <= SUPPORT:
            return REFUTED
        return HOLDS if self.twin_refuted else UNDECIDED

    @property
    def paths_needed(self) -> int:
        """Paths that would reject the twin, with one standard error to spare."""
        distance = abs(self.exact - self.twin) / self.measured.stderr
        if self.paths is None or distance == 0:
            return 0
        return math.ceil(self.paths * ((REJECT + 1.0) / distance) ** 2)


@dataclass(frozen=True)
class Finding:
    """What running a claim gives: its rows, a picture to draw on axes, and remarks to print below
    the rows.
    """

    rows: tuple[Row, ...]
    draw: Callable[[Axes], Axes]
    remarks: tuple[str, ...] = ()


class RunOptions(TypedDict):
    """What every streaming function takes beside its mathematics."""

    workers: Workers
    progress: Progress


@dataclass(frozen=True)
class Run:
    """How to run a claim: how many paths, from which key, on how many threads."""

    paths: int = 1_000_000
    key: int = 0
    workers: Workers = None
    progress: Progress = False

    @property
    def how(self) -> RunOptions:
        """The threads and the progress bar, as every streaming function takes them."""
        return {"workers": self.workers, "progress": self.progress}

    def brownian(
        self,
        n: int = 1,
        T: float = 1.0,
        *,
        dim: int = 1,
        partition: Partition | None = None,
        paths: int | None = None,
        store: bool = False,
    ) -> BrownianPaths:
        """Return the run's own Brownian motion: `brownian` with its key and its paths, streamed."""
        return brownian(
            T,
            n,
            dim=dim,
            partition=partition,
            paths=self.paths if paths is None else paths,
            store=store,
            key=self.key,
        )

    def expectation(self, f: PathFunction, W: StreamedPaths) -> Moments:
        """Return the moments of a function of whole paths: `stochcalc.expectation`."""
        return expectation(f, W, **self.how)

    def expect(self, function: Any, source: Any, kept: int = 1) -> Moments:
        """Moments of `kept` numbers of whole paths, streamed."""
        return moments_of(function, source, kept, workers=self.workers, progress=self.progress)

    def measure(self, job: Any, kept: int = 1) -> list[Moments]:
        """Stream a job that observes `kept` numbers at one time; the Moments of each."""
        record = runner.record(job, workers=self.workers, progress=self.progress)
        return [Moments(record[:, i : i + 1]) for i in range(kept)]


@dataclass(frozen=True)
class Claim:
    """A theorem of the catalogue, and the function that measures it.

    `help` of a claim shows its proof: the docstring of its file.

    Attributes
    ----------
    id, chapter, title : str
        Its number, such as "G09"; the chapter of `stochcalc verify`; the theorem in one line.
    measure : callable
        Yields the rows, and remarks as strings, of a `Run`.
    """

    id: str
    chapter: str
    title: str
    measure: Measurement = field(repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "__doc__", f"{self.id}. {self.title}\n\n{self.proof}")

    @property
    def proof(self) -> str:
        """The derivation of the exact numbers: the docstring of the claim's file."""
        return inspect.getdoc(sys.modules[self.measure.__module__]) or ""

    def figure(self, draw: Drawing) -> Drawing:
        """Decorate the function draw(ax, run) that draws the picture of this claim."""
        _FIGURES[self.id] = draw
        return draw

    def run(
        self,
        *,
        paths: int = 1_000_000,
        rng: Seed = None,
        key: Key = None,
        workers: Workers = None,
        progress: Progress = False,
    ) -> Finding:
        """Measure the claim on a motion of its own.

        Its key is a function of the seed and of the claim's number, so that no two claims share
        their paths.
        """
        own = make_key(np.random.SeedSequence([make_key(rng, key), int(self.id[1:])]))
        run = Run(paths, own, workers, progress)
        found = self.measure(run)
        if isinstance(found, Finding):
            rows = tuple(_with_paths(row, paths) for row in found.rows)
            return Finding(rows, found.draw, found.remarks)
        items = list(found)
        return Finding(
            rows=tuple(_with_paths(item, paths) for item in items if isinstance(item, Row)),
            draw=functools.partial(_FIGURES[self.id], run=run),
            remarks=tuple(item for item in items if isinstance(item, str)),
        )


def _with_paths(row: Row, paths: int) -> Row:
    """Return the row with the paths of the run, unless it names its own."""
    if row.paths is not None:
        return row
    return replace(row, paths=paths)


Measurement = Callable[[Run], Iterator[Row | str] | Finding]
Drawing = Callable[..., Axes]  # draw(ax, run)

CLAIMS: dict[str, Claim] = {}
_FIGURES: dict[str, Drawing] = {}


def claim(id: str, *, chapter: str, title: str) -> Callable[[Measurement], Claim]:
    """Enter a function that yields the rows of a run into the catalogue."""

    def enter(measure: Measurement) -> Claim:
        CLAIMS[id] = Claim(id, chapter, title, measure)
        return CLAIMS[id]

    return enter
