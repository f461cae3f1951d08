"""A run of the catalogue: `verify` measures the claims, and a `Report` prints and writes them."""

from __future__ import annotations

import json
import math
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from stochcalc.claims.certificate import (
    LEAST_PATHS,
    Statistics,
    certify,
    hash_statistics,
    take_statistics,
)
from stochcalc.claims.claim import Claim
from stochcalc.claims.overview import describe_report
from stochcalc.claims.page import write_page
from stochcalc.claims.report_file import describe_claim
from stochcalc.claims.row import AGREES, REFUTED, REJECT, SUPPORT, UNDECIDED, Finding, Row
from stochcalc.claims.selection import select
from stochcalc.claims.table import claim_lines
from stochcalc.display import Description, Displayed
from stochcalc.display.json_text import to_json
from stochcalc.engine import checks
from stochcalc.engine.compiler.pointers import compilations
from stochcalc.engine.files import replace_when_written
from stochcalc.engine.given_values import check_call
from stochcalc.engine.habits import hint_names
from stochcalc.engine.loop import runner
from stochcalc.engine.random.philox import STREAM_VERSION, make_key
from stochcalc.typing import Checkpoint, Executor, Key, Progress, Seed, Workers

DEFAULT_PATHS = 1_000_000


@dataclass(frozen=True, repr=False)
class Report(Displayed):
    """The outcome of a run of the catalogue, which prints itself as a table.

    Attributes
    ----------
    findings : tuple of (Claim, Finding)
        The claims that were measured, in order, each with its rows and its picture.
    key : int
        Repeats the run: `verify(key=report.key)`.
    seconds : float
        The time that the run took.
    compilations : int
        The number of kernels that were compiled in it.
    paths : int, optional
        The paths of each claim.

    Examples
    --------
    >>> import stochcalc as sc
    >>> report = sc.verify("G04", paths=100_000, rng=0)
    >>> report.status, len(report.rows)
    (0, 3)
    >>> print(report.summary().split(",")[0])
    3 of 3 numbers agree
    """

    findings: tuple[tuple[Claim, Finding], ...]
    key: int
    seconds: float
    compilations: int
    paths: int | None = None

    @property
    def sha256(self) -> str:
        """The SHA-256 of all measured numbers and their standard errors, to the last bit."""
        return hash_statistics(self._take_statistics())

    def _take_statistics(self) -> dict[str, Statistics]:
        """Return the statistics of each claim, by its number."""
        return {claim.id: take_statistics(finding) for claim, finding in self.findings}

    @property
    def rows(self) -> list[Row]:
        """All rows, claim after claim."""
        return [row for _, finding in self.findings for row in finding.rows]

    @property
    def status(self) -> int:
        """The exit status: 0 if all agree, 1 if any is refuted, 3 if only some are undecided."""
        verdicts = {row.verdict for row in self.rows}
        if REFUTED in verdicts:
            return 1
        if UNDECIDED in verdicts:
            return 3
        return 0

    @property
    def mean_square_z(self) -> float:
        """The mean of z^2 over all rows: about 1 if the exact numbers are right."""
        return float(np.mean([row.z**2 for row in self.rows]))

    @property
    def mean_square_z_stderr(self) -> tuple[float, float]:
        """The least and the largest standard error that the mean of z^2 can have.

        The z of N rows are close to standard normal, and then z^2 has the variance 2. Two rows with
        the correlation r of their z have the covariance 2 r^2 of their squares. It is 0 for rows of
        different claims, which have no path in common, and between 0 and 2 for rows of one claim.
        With n_c rows in claim c, the standard error is between sqrt(2/N) and sqrt(2 sum n_c^2)/N.
        """
        sizes = np.array([len(finding.rows) for _, finding in self.findings], dtype=float)
        N = float(sizes.sum())
        return math.sqrt(2.0 / N), math.sqrt(2.0 * float(sizes @ sizes)) / N

    def table(self, twins: bool = False) -> str:
        """Return the table as text.

        Parameters
        ----------
        twins : bool
            Whether the twin is shown under each row.
        """
        lines: list[str] = []
        for claim, finding in self.findings:
            lines += claim_lines(claim, finding, twins)
        return "\n".join(lines)

    def summary(self) -> str:
        """Return how many numbers agree, how many twins are refuted, and the mean square of z."""
        rows = self.rows
        count = Counter(row.verdict for row in rows)
        twins = sum(row.twin_refuted for row in rows)
        least, largest = self.mean_square_z_stderr
        advice = ""
        if self.mean_square_z > 1.0 + 3.0 * largest:
            advice = " This is far from 1: if another seed gives 1, these paths were unlucky."
        return (
            f"{count[AGREES]} of {len(rows)} numbers agree, {count[REFUTED]} refuted, "
            f"{count[UNDECIDED]} undecided; {twins} of {len(rows)} twins refuted; "
            f"{self.seconds:.1f} s, {self.compilations} kernel compilations; "
            f"key {self.key}, stream version {STREAM_VERSION}.\n"
            f"A number agrees if |z| <= {SUPPORT:g} and its twin lies beyond {REJECT:g} standard "
            f"errors.\n"
            f"Mean square of all z: {self.mean_square_z:.2f}. It should be 1, with a standard "
            f"error between {least:.2f} and {largest:.2f}, as rows of one claim share their paths."
            f"{advice}"
        )

    def as_json(self) -> str:
        """Return every number of the report, to the last bit, and its certificate, as JSON."""
        content: dict[str, Any] = {
            "key": self.key,
            "stream_version": STREAM_VERSION,
            "seconds": self.seconds,
            "compilations": self.compilations,
            "status": self.status,
            "mean_square_z": self.mean_square_z,
            "mean_square_z_stderr": list(self.mean_square_z_stderr),
            "claims": [describe_claim(claim, finding) for claim, finding in self.findings],
        }
        content = json.loads(to_json(content))  # as it will be read, without what is not finite
        certify(content, self.paths, self._take_statistics())
        return to_json(content)

    def write(self, folder: str | Path) -> Path:
        """Write report.json, one figure per claim, and an index.html that needs no other file.

        Parameters
        ----------
        folder : str or Path
            Where the files go. It is made if it does not exist.

        Returns
        -------
        Path
            The folder.

        Raises
        ------
        OSError
            If a file cannot be written. The numbers are written first, and every file whole or not
            at all.
        """
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        with replace_when_written(folder / "report.json") as temporary:
            temporary.write_text(self.as_json(), encoding="utf-8")
        page = write_page(self, folder)
        with replace_when_written(folder / "index.html") as temporary:
            temporary.write_text(page, encoding="utf-8")
        return folder

    def _describe(self) -> Description:
        return describe_report(self)

    def __str__(self) -> str:
        return f"{self.table()}\n\n{self.summary()}"


@hint_names
def verify(
    chapters: str | Iterable[str] | None = None,
    *,
    paths: int | None = None,
    rng: Seed = None,
    key: Key = None,
    workers: Workers = None,
    executor: Executor = None,
    progress: Progress = False,
    checkpoint: Checkpoint = None,
    on_claim: Callable[[Claim, Finding], object] | None = None,
) -> Report:
    """Measure the theorems of the catalogue on simulated paths.

    Parameters
    ----------
    chapters : str or iterable of str, optional
        Chapters ("motion", "variation", "lambda", "integrals", "measure", "schemes", "langevin",
        "score") or numbers ("G09"); all by default.
    paths : int, optional
        Paths per claim, a million by default and at least 2048. More paths sharpen every z and
        change no theorem.
    rng : seed
        Without it, and without a key, the seed is 0, so that a run can be repeated. For other paths
        each time give `np.random.default_rng()`.
    key : int, optional
        The `.key` of an earlier report, instead of a seed.
    workers : int, optional
        The number of threads; all CPUs by default.
    executor : concurrent.futures.Executor or distributed.Client, optional
        A pool of processes, or a cluster, that computes in the place of threads.
    progress : bool or callable
        Whether a bar shows the progress, or a function progress(done, total).
    checkpoint : str or path, optional
        A file in which the run is saved while it goes on. The same call goes on from there, after
        whatever ended it, to the same bits.
    on_claim : callable, optional
        Called as on_claim(claim, finding) when a claim is done.

    Returns
    -------
    Report

    Raises
    ------
    TypeError, ValueError
        For an unknown chapter, a bad number of paths, or both a seed and a key.

    Examples
    --------
    >>> verify("variation", paths=2048).rows[0].exact
    1.0
    """
    claims = select(chapters)
    if paths is None:
        paths = DEFAULT_PATHS
    else:
        paths = checks.integer("paths", paths, LEAST_PATHS)
    if rng is None and key is None:
        rng = 0
    own = make_key(rng, key)
    if on_claim is not None:
        check_call("on_claim", on_claim, "claim, finding", None, None)
    start = time.perf_counter()
    compiled_before = compilations()
    findings: list[tuple[Claim, Finding]] = []
    with runner.open_means(workers, executor, progress, checkpoint) as means:
        for claim in claims:
            finding = claim.run(paths=paths, key=own, **means)
            findings.append((claim, finding))
            if on_claim is not None:
                on_claim(claim, finding)
    return Report(
        findings=tuple(findings),
        key=own,
        seconds=time.perf_counter() - start,
        compilations=compilations() - compiled_before,
        paths=paths,
    )
