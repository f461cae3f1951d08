"""What a claim is: a theorem with an exact number, a measurement, and a plausible wrong number that
must be refuted.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from stochcalc.engine.loop import runner
from stochcalc.engine.random.philox import make_key
from stochcalc.estimate import Estimate, Moments
from stochcalc.motion.functionals import moments_of

SUPPORT = 6.0  # a number agrees with its measurement if |z| is at most this
REJECT = 20.0  # and a twin is refuted if |z| is beyond this
HOLDS, REFUTED, UNDECIDED = "holds", "refuted", "undecided"


@dataclass(frozen=True)
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
    paths : int
        Paths behind the measurement.
    limit : float, optional
        The value as n grows; shown, never tested.
    """

    statement: str
    exact: float
    measured: Estimate
    twin: float
    twin_statement: str
    paths: int
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
        return math.ceil(self.paths * ((REJECT + 1.0) / distance) ** 2) if distance > 0 else 0


@dataclass(frozen=True)
class Finding:
    """What running a claim gives: its rows, a picture to draw on axes, and remarks to print below
    the rows.
    """

    rows: tuple[Row, ...]
    draw: Callable[[Any], Any]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Run:
    """How to run a claim: how many paths, from which key, on how many threads."""

    paths: int = 1_000_000
    key: int = 0
    workers: int | None = None
    progress: Any = False

    def expect(self, function: Any, source: Any, kept: int = 1) -> Moments:
        """Moments of `kept` numbers of whole paths, streamed."""
        return moments_of(function, source, kept, workers=self.workers, progress=self.progress)

    def measure(self, job: Any, kept: int = 1) -> list[Moments]:
        """Stream a job that observes `kept` numbers at one time; the Moments of each."""
        record = runner.record(job, workers=self.workers, progress=self.progress)
        return [Moments(record[:, i : i + 1]) for i in range(kept)]


@dataclass(frozen=True)
class Claim:
    """A theorem of the catalogue, and the function that measures it."""

    id: str
    chapter: str
    title: str
    measure: Callable[[Run], Finding] = field(repr=False)

    def run(
        self,
        *,
        paths: int = 1_000_000,
        rng: Any = None,
        key: int | None = None,
        workers: int | None = None,
        progress: Any = False,
    ) -> Finding:
        """Measure the claim on a motion of its own: its key is a function of the seed and of the
        claim's number.
        """
        own = make_key(np.random.SeedSequence([make_key(rng, key), int(self.id[1:])]))
        return self.measure(Run(paths, own, workers, progress))


CLAIMS: dict[str, Claim] = {}


def claim(id: str, chapter: str, title: str) -> Callable[[Callable[[Run], Finding]], Claim]:
    """Enter a function Run -> Finding into the catalogue."""

    def enter(measure: Callable[[Run], Finding]) -> Claim:
        CLAIMS[id] = Claim(id, chapter, title, measure)
        return CLAIMS[id]

    return enter
