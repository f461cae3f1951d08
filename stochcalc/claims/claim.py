"""What a claim is: a theorem with an exact number, a measurement, and a plausible wrong number.

A file of `theorems` holds one claim. Its docstring states the theorem and derives the exact
numbers, a function of a `Run` measures them and yields one `Row` for each, and a second function
draws the picture:

    @claim("G03", chapter="variation", title="Quadratic variation over [0, T] is T")
    def quadratic_variation(run: Run) -> Iterator[Row | str]:
        yield Row(statement=..., exact=..., measured=..., twin=..., twin_statement=...)

    @quadratic_variation.figure
    def draw(ax: Axes, run: Run) -> Axes: ...

The wrong number is called the twin of the exact one. A measurement that agrees with the exact
number but cannot tell it from its twin says nothing, and the row is then undecided.
"""

from __future__ import annotations

import inspect
import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, TypedDict

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
from stochcalc.variation.noisy_paths import NoisyPaths

SUPPORT = 6.0  # a number agrees with its measurement if |z| is at most this
REJECT = 20.0  # and a twin is refuted if |z| is beyond this

HOLDS = "holds"
REFUTED = "refuted"
UNDECIDED = "undecided"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One number of a claim: its exact value, its measurement, and its twin.

    Attributes
    ----------
    statement : str
        What is measured.
    exact : float
        Its exact value at the finite n that is simulated.
    measured : Estimate
        The measurement, with its standard error.
    twin : float
        A plausible wrong value.
    twin_statement : str
        What the wrong value would mean.
    paths : int, optional
        The number of paths behind the measurement, if it is not that of the run.
    limit : float, optional
        The value as n grows. It is shown, and never tested.
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
        """The number of standard errors by which the measurement exceeds the exact value."""
        return float(self.measured.z(self.exact))

    @property
    def twin_z(self) -> float:
        """The number of standard errors by which the measurement exceeds the twin."""
        return float(self.measured.z(self.twin))

    @property
    def twin_refuted(self) -> bool:
        """Whether the measurement rules the twin out."""
        return abs(self.twin_z) > REJECT

    @property
    def verdict(self) -> str:
        """The verdict: "holds", "refuted", or "undecided" while the twin is not rejected."""
        agrees = abs(self.z) <= SUPPORT  # false for nan
        if not agrees:
            return REFUTED
        if self.twin_refuted:
            return HOLDS
        return UNDECIDED

    @property
    def paths_needed(self) -> int:
        """The number of paths that would reject the twin, with one standard error to spare."""
        distance: float = abs(self.exact - self.twin) / self.measured.stderr
        if self.paths is None or distance == 0:
            return 0
        factor = (REJECT + 1.0) / distance
        return math.ceil(self.paths * factor * factor)


@dataclass(frozen=True)
class Finding:
    """The outcome of one run of a claim.

    Attributes
    ----------
    rows : tuple of Row
        The numbers.
    draw : callable
        Draws the picture of the claim: draw(ax) returns ax.
    remarks : tuple of str
        Sentences that are printed below the rows.
    """

    rows: tuple[Row, ...]
    draw: Callable[[Axes], Axes]
    remarks: tuple[str, ...] = ()


class RunOptions(TypedDict):
    """The options that every streaming function takes beside its mathematics."""

    workers: Workers
    progress: Progress


@dataclass(frozen=True)
class Run:
    """How a claim is run, and the calls of the package with these options filled in.

    Attributes
    ----------
    paths : int
        The number of paths of each measurement.
    key : int
        The key of the Brownian motion. Two motions of one run share it, and so their normals.
    workers : int, optional
        The number of threads; all CPUs by default.
    progress : bool or callable
        Whether a bar shows the progress, or a function progress(done, total).
    """

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
        """Return the run's own Brownian motion: `brownian` with its key and its paths, streamed.

        Parameters
        ----------
        n : int
            The number of equal steps.
        T : float
            The end time.
        dim : int
            The number of components.
        partition : Partition, optional
            Any grid instead of n equal steps up to T.
        paths : int, optional
            The number of paths, if it is not that of the run.
        store : bool
            Whether the paths are kept in memory, for a picture. By default they are made again
            whenever they are looked at.
        """
        if paths is None:
            paths = self.paths
        return brownian(T, n, dim=dim, partition=partition, paths=paths, store=store, key=self.key)

    def expectation(self, f: PathFunction, W: StreamedPaths) -> Moments:
        """Return the moments of a function of whole paths: `stochcalc.expectation`."""
        return expectation(f, W, **self.how)

    def observe(self, W: BrownianPaths, *, noise: float, sigma: float = 1.0) -> NoisyPaths:
        """Return sigma W with normal noise on every value: `stochcalc.observe`, streamed."""
        return NoisyPaths(W, noise, sigma)

    def expect(self, function: Any, source: Any, kept: int = 1) -> Moments:
        """Return the moments of `kept` numbers of whole paths, streamed."""
        return moments_of(function, source, kept, workers=self.workers, progress=self.progress)

    def measure(self, job: Any, kept: int = 1) -> list[Moments]:
        """Stream a job that observes `kept` numbers at one time, and return the moments of each."""
        record = runner.record(job, workers=self.workers, progress=self.progress)
        return [Moments(record[:, i : i + 1]) for i in range(kept)]


Measurement: TypeAlias = Callable[[Run], Iterator[Row | str] | Finding]
Drawing: TypeAlias = Callable[[Axes, Run], Axes]


@dataclass(frozen=True)
class Claim:
    """A theorem of the catalogue, and the function that measures it.

    `help` of a claim shows its proof, which is the docstring of its file.

    Attributes
    ----------
    id : str
        The number of the claim, such as "G09".
    chapter : str
        The chapter of `stochcalc verify` that it belongs to.
    title : str
        The theorem in one line.
    measure : callable
        Takes a `Run`, and yields rows, and remarks as strings.
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

        Parameters
        ----------
        paths : int
            The number of paths.
        rng, key : seed, or int
            A seed, or the key of an earlier report, of which one is given. The key of the motion is
            a function of it and of the claim's number, so that no two claims share their paths.
        workers : int, optional
            The number of threads; all CPUs by default.
        progress : bool or callable
            Whether a bar shows the progress, or a function progress(done, total).

        Returns
        -------
        Finding

        Examples
        --------
        >>> import stochcalc as sc
        >>> finding = sc.CLAIMS["G03"].run(paths=2048, rng=1)
        >>> finding.rows[0].statement, finding.rows[0].exact
        ('E Q, uniform, n = 64', 1.0)
        """
        seed = [make_key(rng, key), int(self.id[1:])]
        own = make_key(np.random.SeedSequence(seed))
        run = Run(paths=paths, key=own, workers=workers, progress=progress)
        measured = self.measure(run)
        if isinstance(measured, Finding):
            filled = tuple(_fill_paths(row, paths) for row in measured.rows)
            return replace(measured, rows=filled)
        rows: list[Row] = []
        remarks: list[str] = []
        for item in measured:
            if isinstance(item, Row):
                rows.append(_fill_paths(item, paths))
            else:
                remarks.append(item)
        picture = _FIGURES[self.id]
        return Finding(rows=tuple(rows), draw=lambda ax: picture(ax, run), remarks=tuple(remarks))


def _fill_paths(row: Row, paths: int) -> Row:
    """Return the row with the paths of the run, unless it names its own."""
    if row.paths is not None:
        return row
    return replace(row, paths=paths)


CLAIMS: dict[str, Claim] = {}
_FIGURES: dict[str, Drawing] = {}


def claim(id: str, *, chapter: str, title: str) -> Callable[[Measurement], Claim]:
    """Enter the decorated function, which yields the rows of a run, into the catalogue.

    Parameters
    ----------
    id : str
        The number of the claim, such as "G09". The name of its file begins with it.
    chapter : str
        The chapter of `stochcalc verify` that it belongs to.
    title : str
        The theorem in one line.

    Returns
    -------
    callable
        A decorator that replaces the function by its `Claim`.
    """

    def enter(measure: Measurement) -> Claim:
        CLAIMS[id] = Claim(id=id, chapter=chapter, title=title, measure=measure)
        return CLAIMS[id]

    return enter


def take_root(square: Estimate) -> Estimate:
    """Return the root of a mean square, with the standard error of the square over twice the root.

    That is the error to first order, for pictures.
    """
    root = math.sqrt(square.value)
    return Estimate.normal(root, square.stderr / (2.0 * root))
