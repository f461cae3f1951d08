"""verify: run the catalogue, print a table, write it down."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stochcalc.claims.claim import (
    CLAIMS,
    HOLDS,
    REFUTED,
    REJECT,
    SUPPORT,
    UNDECIDED,
    Claim,
    Finding,
    Row,
)
from stochcalc.claims.page import index_page
from stochcalc.engine import checks
from stochcalc.engine.compiler.pointers import compilations
from stochcalc.engine.loop.workers import count_workers
from stochcalc.engine.random.philox import STREAM_VERSION, make_key


@dataclass(frozen=True)
class Report:
    """What a run of the catalogue found; prints itself.

    Attributes
    ----------
    findings : tuple of (Claim, Finding)
    key : int
        Repeats the run: `verify(key=report.key)`.
    seconds, compilations : float, int
        Time taken, and kernels compiled, by the run.
    """

    findings: tuple[tuple[Claim, Finding], ...]
    key: int
    seconds: float
    compilations: int

    @property
    def rows(self) -> list[Row]:
        """All rows."""
        return [row for _, finding in self.findings for row in finding.rows]

    @property
    def status(self) -> int:
        """Exit status: 0 all hold, 1 any refuted, 3 none refuted but some undecided."""
        verdicts = {row.verdict for row in self.rows}
        return 1 if REFUTED in verdicts else 3 if UNDECIDED in verdicts else 0

    def table(self, twins: bool = False) -> str:
        """The table as text; with `twins`, the refuted alternative under each row."""
        return "\n".join(
            line for claim, finding in self.findings for line in claim_lines(claim, finding, twins)
        )

    def summary(self) -> str:
        """One line: how many hold, in how long."""
        count = {
            verdict: sum(row.verdict == verdict for row in self.rows)
            for verdict in (HOLDS, REFUTED, UNDECIDED)
        }
        twins = sum(row.twin_refuted for row in self.rows)
        return (
            f"{count[HOLDS]} of {len(self.rows)} numbers hold, {count[REFUTED]} refuted, "
            f"{count[UNDECIDED]} undecided; "
            f"{twins} of {len(self.rows)} twins refuted; {self.seconds:.1f} s, {self.compilations} "
            f"kernel compilations; "
            f"key {self.key}, stream version {STREAM_VERSION}.\nA number holds if |z| <= "
            f"{SUPPORT:g} and its twin lies "
            f"beyond {REJECT:g} standard errors; rows of one claim share their paths."
        )

    def as_json(self) -> str:
        """Every number of the report, to the last bit."""
        return json.dumps(
            {
                "key": self.key,
                "stream_version": STREAM_VERSION,
                "seconds": self.seconds,
                "compilations": self.compilations,
                "status": self.status,
                "claims": [
                    {
                        "id": claim.id,
                        "chapter": claim.chapter,
                        "title": claim.title,
                        "remarks": list(finding.remarks),
                        "rows": [_row(row) for row in finding.rows],
                    }
                    for claim, finding in self.findings
                ],
            },
            indent=1,
        )

    def write(self, folder: str | Path) -> Path:
        """Write report.json, one figure per claim and an index.html that needs nothing else; return
        the folder.
        """
        from stochcalc.plot import save

        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.json").write_text(self.as_json(), encoding="utf-8")
        for claim, finding in self.findings:
            save(finding.draw, folder / f"{claim.id}.png")
        (folder / "index.html").write_text(index_page(self, folder), encoding="utf-8")
        return folder

    def __str__(self) -> str:
        return f"{self.table()}\n\n{self.summary()}"


def _row(row: Row) -> dict[str, Any]:
    return {
        "statement": row.statement,
        "exact": row.exact,
        "measured": row.measured.value,
        "stderr": row.measured.stderr,
        "z": row.z,
        "verdict": row.verdict,
        "limit": row.limit,
        "paths": row.paths,
        "twin": row.twin,
        "twin_statement": row.twin_statement,
        "twin_z": row.twin_z,
    }


def claim_lines(claim: Claim, finding: Finding, twins: bool) -> list[str]:
    """A claim as lines of a table."""
    width = max(
        max(len(row.statement), (8 + len(row.twin_statement)) * twins) for row in finding.rows
    )
    lines = [
        "",
        f"{claim.id}  {claim.title}",
        f"  {'':{width}} {'exact':>12} {'measured':>12} {'stderr':>9} {'z':>6}  {'verdict':<9} "
        f"{'limit':>9}",
    ]
    for row in finding.rows:
        limit = "" if row.limit is None else f"{row.limit:9.5f}"
        lines.append(
            f"  {row.statement:{width}} {row.exact:12.7f} {row.measured.value:12.7f} "
            f"{row.measured.stderr:9.1e} "
            f"{row.z:+6.2f}  {row.verdict:<9} {limit:>9}"
        )
        if row.verdict == UNDECIDED:
            lines.append(
                f"  {'':{width}} {row.paths:,} paths cannot tell it from {row.twin:.7g}; "
                f"{row.paths_needed:,} would"
            )
        elif twins:
            outcome = "refuted" if row.twin_refuted else "not refuted"
            twin = "  twin: " + row.twin_statement
            lines.append(
                f"  {twin:{width}} {row.twin:12.7f} {'':12} {'':9} {row.twin_z:+6.0f}  {outcome}"
            )
    return lines + [f"  {remark}" for remark in finding.remarks]


def select(chapters: str | Iterable[str] | None) -> list[Claim]:
    """Claims by chapter name or number, in the order of the catalogue; all of them for None."""
    claims = sorted(CLAIMS.values(), key=lambda claim: claim.id)
    if chapters is None:
        return claims
    wanted = [chapters] if isinstance(chapters, str) else list(chapters)
    wanted = [name.upper() if name.upper() in CLAIMS else name for name in wanted]
    names = {claim.chapter for claim in claims} | {claim.id for claim in claims}
    for name in wanted:
        checks.choice("chapters", name, sorted(names))
    return [
        claim for claim in claims if not wanted or claim.id in wanted or claim.chapter in wanted
    ]


def verify(
    chapters: str | Iterable[str] | None = None,
    *,
    paths: int | None = None,
    rng: Any = 0,
    key: int | None = None,
    workers: int | None = None,
    progress: Any = False,
    on_claim: Any = None,
) -> Report:
    """Measure the theorems of the catalogue.

    Parameters
    ----------
    chapters : str or iterable of str, optional
        Chapters ("motion", "variation", "lambda", "integrals", "schemes", "langevin", "score") or
        numbers ("G09"); all by default.
    paths : int, optional
        Paths per claim, a million by default; more paths sharpen every z and change no theorem.
    rng, key : seed (0 by default, so that a run can be repeated), or the `.key` of an earlier
    report workers, progress
        Threads, progress bar.
    on_claim : callable, optional
        Called as on_claim(claim, finding) when a claim is done.

    Returns
    -------
    Report

    Raises
    ------
    TypeError, ValueError
        For an unknown chapter or a bad number of paths.

    Examples
    --------
    >>> verify("variation", paths=2048).rows[0].exact
    1.0
    """
    claims = select(chapters)
    paths = 1_000_000 if paths is None else checks.integer("paths", paths, 2048)
    count_workers(workers)
    own = make_key(None if key is not None else rng, key)
    start, before, findings = time.perf_counter(), compilations(), []
    for claim in claims:
        finding = claim.run(paths=paths, key=own, workers=workers, progress=progress)
        findings.append((claim, finding))
        if on_claim is not None:
            on_claim(claim, finding)
    return Report(tuple(findings), own, time.perf_counter() - start, compilations() - before)
