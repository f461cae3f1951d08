"""What a claim is: a theorem with an exact number, a measurement, and a plausible wrong number.

A file of `theorems` holds one claim. Its docstring states the theorem and derives the exact
numbers, a function of a `Run` measures them and yields one `Row` for each, and a second function
draws the picture:

    @claim("G03", chapter="variation", title="Quadratic variation over [0, T] is T")
    def quadratic_variation(run: Run) -> Iterator[Row | str]:
        yield Row(statement=..., exact=..., measured=..., twin=..., twin_statement=...)

    @quadratic_variation.figure
    def draw(ax: Axes, run: Run) -> Axes: ...

What a file of `theorems` needs can be imported from here: `row` has the records that it yields, and
`run` the calls of the package that it makes.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from stochcalc.claims.kept import Numbers, read_numbers, write_numbers
from stochcalc.claims.row import AGREES, REFUTED, REJECT, SUPPORT, UNDECIDED, Finding, Row
from stochcalc.claims.run import Run
from stochcalc.engine import checks
from stochcalc.engine.checkpoint.saving import open_checkpoint
from stochcalc.engine.random.philox import make_key
from stochcalc.engine.words import show
from stochcalc.typing import Axes, Checkpoint, Executor, Key, Progress, Seed, Workers

__all__ = [
    "AGREES",
    "CLAIMS",
    "REFUTED",
    "REJECT",
    "SUPPORT",
    "UNDECIDED",
    "Claim",
    "Finding",
    "Row",
    "Run",
    "claim",
]

CHAPTERS = (
    *("motion", "variation", "lambda", "integrals", "measure", "schemes", "langevin", "score"),
)
Measurement: TypeAlias = Callable[[Run], Iterator[Row | str]]
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
    decisive_paths : int
        A number of paths with which every twin is rejected whatever the seed.
    formula : str
        The theorem as a formula in LaTeX, without signs for mathematics around it.
    sources : tuple of str
        Where the theorem is proved: keys of `references.bib`.

    Examples
    --------
    >>> import stochcalc as sc
    >>> sc.CLAIMS["G09"].chapter, sc.CLAIMS["G09"].sources
    ('lambda', ('evans2013', 'ito1944'))
    """

    id: str
    chapter: str
    title: str
    measure: Measurement
    decisive_paths: int = 300_000
    formula: str = ""
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        where = f"Measured and drawn in {self.measure.__module__}."
        object.__setattr__(self, "__doc__", f"{self.proof}\n\n{where}")  # what help(claim) prints

    def __reduce__(self) -> tuple[Callable[[str], Claim], tuple[str]]:
        return _take_claim, (self.id,)  # a claim is one of the catalogue, in a file too

    def __repr__(self) -> str:
        return f"<Claim {self.id}: {self.title}>"

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
        executor: Executor = None,
        progress: Progress = False,
        checkpoint: Checkpoint = None,
    ) -> Finding:
        """Measure the claim on a motion of its own.

        Parameters
        ----------
        paths : int
            The number of paths.
        rng, key : seed, or int
            A seed, or the key of an earlier report; give one of them. The key of the motion is
            a function of it and of the claim's number, so that no two claims share their paths.
        workers : int, optional
            The number of threads; all CPUs by default.
        executor : concurrent.futures.Executor or distributed.Client, optional
            A pool of processes, or a cluster, that computes in the place of threads.
        progress : bool or callable
            Whether a bar shows the progress, or a function progress(done, total).
        checkpoint : str or path, optional
            A file in which the run is saved while it goes on: the same call goes on from there.

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
        if self.id not in _FIGURES:
            raise ValueError(
                f"{self.id} has no figure: decorate a function draw(ax, run) with "
                f"@{self.measure.__name__}.figure"
            )
        given = make_key(rng, key)
        seed = [given, int(self.id[1:])]
        own = make_key(np.random.SeedSequence(seed))
        run = Run(paths=paths, key=own, workers=workers)
        with open_checkpoint(checkpoint) as saving:
            if saving is not None:
                saving.require(paths=paths, key=given)
            measuring = replace(run, executor=executor, progress=progress, checkpoint=saving)
            rows, remarks = self._recall(measuring)
        return Finding(rows=rows, draw=Picture(self.id, run), remarks=remarks)

    def _recall(self, run: Run) -> Numbers:
        """Return the rows and the remarks that an open checkpoint has of this claim, or measure."""
        if run.checkpoint is None:
            return self._collect(run)
        part = f"{self.id}, paths={run.paths}, key={run.key}"
        kept = run.checkpoint.recall(part)
        if kept is not None:
            return read_numbers(kept)
        numbers = self._collect(run)
        run.checkpoint.keep(part, write_numbers(numbers))
        return numbers

    def _collect(self, run: Run) -> Numbers:
        """Return the rows and the remarks that the claim yields."""
        rows: list[Row] = []
        remarks: list[str] = []
        for item in self.measure(run):
            if isinstance(item, Row):
                rows.append(_fill_paths(item, run.paths))
            elif isinstance(item, str):
                remarks.append(item)
            else:
                raise TypeError(
                    f"{self.id} yields {item!r}: it must yield a Row(statement=..., ...), or a "
                    f"remark as a string"
                )
        return tuple(rows), tuple(remarks)


@dataclass(frozen=True)
class Picture:
    """The picture of a claim, of one run: it is called with the axes to draw on.

    Attributes
    ----------
    id : str
        The number of the claim.
    run : Run
        The run that it shows.
    """

    id: str
    run: Run

    def __call__(self, ax: Axes) -> Axes:
        return _FIGURES[self.id](ax, self.run)


def _take_claim(id: str) -> Claim:
    """Return a claim of the catalogue by its number."""
    return CLAIMS[id]


def _fill_paths(row: Row, paths: int) -> Row:
    """Return the row with the paths of the run, unless it names its own."""
    if row.paths is not None:
        return row
    return replace(row, paths=paths)


CLAIMS: dict[str, Claim] = {}
"""The theorems of the catalogue by number, such as "G09"."""
_FIGURES: dict[str, Drawing] = {}


def claim(
    id: str,
    *,
    chapter: str,
    title: str,
    decisive_paths: int = 300_000,
    formula: str = "",
    sources: tuple[str, ...] = (),
) -> Callable[[Measurement], Claim]:
    """Enter the decorated function, which yields the rows of a run, into the catalogue.

    Parameters
    ----------
    id : str
        The number of the claim, such as "G09". The name of its file begins with it.
    chapter : str
        The chapter of `stochcalc verify` that it belongs to.
    title : str
        The theorem in one line.
    decisive_paths : int
        A number of paths that puts every twin 26 standard errors away or more, so that it is
        rejected whatever the seed. The tests take so many.
    formula : str
        The theorem as a formula in LaTeX, without signs for mathematics around it.
    sources : tuple of str
        Where the theorem is proved: keys of `references.bib`.

    Returns
    -------
    callable
        A decorator that replaces the function by its `Claim`.
    """
    if not re.fullmatch(r"G\d\d", id):
        raise ValueError(f"id={show(id)} must be G and two digits, such as 'G32'")
    checks.choice("chapter", chapter, CHAPTERS)
    checks.integer("decisive_paths", decisive_paths)

    def enter(measure: Measurement) -> Claim:
        if not inspect.isgeneratorfunction(measure):
            raise TypeError(f"the function under @claim({id!r}) must yield its rows")
        if id in CLAIMS and CLAIMS[id].measure.__module__ != measure.__module__:
            raise ValueError(
                f"{CLAIMS[id].measure.__module__} and {measure.__module__} both claim {id}: give "
                f"one of them another number"
            )
        CLAIMS[id] = Claim(
            id=id,
            chapter=chapter,
            title=title,
            measure=measure,
            decisive_paths=decisive_paths,
            formula=formula,
            sources=sources,
        )
        return CLAIMS[id]

    return enter
