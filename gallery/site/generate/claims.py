"""The claims with the numbers of a run: a page that lists them, and a page for each.

The page of a claim holds its formula, its rows with their twins, its sources, its lesson, and the
derivation, which is the docstring of its file. It is the page of that module, too.
"""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path

import stochcalc as sc
from generate.rest import head, indent, plain, table
from generate.when import describe_build
from stochcalc.claims import Claim, Finding, Row
from stochcalc.claims.row import REJECT


def write_claims(pages: Path, lessons: Path, paths: int) -> None:
    """Run the catalogue with so many paths a claim, and write its pages."""
    folder = pages / "reference" / "claims"
    folder.mkdir(parents=True, exist_ok=True)
    report = sc.verify(paths=paths)
    found_lessons = find_lessons(lessons)
    for claim, finding in report.findings:
        text = write_claim(claim, finding, found_lessons.get(claim.id, ""))
        (folder / f"{claim.id}.rst").write_text(text, encoding="utf-8")
    (folder / "index.rst").write_text(write_index(report, paths), encoding="utf-8")


def find_lessons(lessons: Path) -> dict[str, str]:
    """Return the page of the lesson of each claim that has one here."""
    found = {}
    for path in sorted(lessons.glob("*/plot_*.py")):
        for number in re.findall(r'CLAIMS\["(G\d\d)"\]', path.read_text(encoding="utf-8")):
            found[number] = f"/learn/{path.parent.name}/{path.stem}"
    return found


def write_index(report: sc.Report, paths: int) -> str:
    """Return the page that lists the claims by chapters."""
    ids = [claim.id for claim, _ in report.findings]
    parts = [
        head("Claims"),
        "Each theorem below was measured when this page was built. An exact number is a number at "
        "the finite *n* that was simulated, not a limit, and *z* is the distance of the measured "
        "one from it in standard errors. A twin is a wrong number that somebody might believe; "
        "how many standard errors it is off is in the last column, of that twin which is nearest.",
        "",
        f"A number whose twin lies within {REJECT:g} standard errors is *undecided*: it may agree "
        "with its exact value, but only more paths tell it from the twin.",
        "",
        f"{describe_build()} ``stochcalc.verify(paths={paths})`` repeats it.",
        "",
        *(plain(line) for line in report.summary().split("\n")),
        "",
    ]
    chapters = dict.fromkeys(claim.chapter for claim, _ in report.findings)
    for chapter in chapters:
        rows = [
            [f":doc:`{claim.id} <{claim.id}>`", plain(claim.title), *_summarize(finding.rows)]
            for claim, finding in report.findings
            if claim.chapter == chapter
        ]
        header = (
            "Claim",
            "Theorem",
            "Numbers",
            "Largest \\|z\\|",
            "Nearest twin, in standard errors",
        )
        parts += [head(chapter.capitalize(), "-"), table(header, rows)]
    parts += [".. toctree::", "    :hidden:", "", *(f"    {id} <{id}>" for id in ids), ""]
    return "\n".join(parts)


def _summarize(rows: tuple[Row, ...]) -> list[str]:
    """Return how many numbers a claim has, the largest \\|z\\|, and the nearest twin."""
    largest = max(abs(row.z) for row in rows)
    nearest = min(abs(row.twin_z) for row in rows)
    return [str(len(rows)), f"{largest:.1f}", f"{nearest:,.0f}"]


def write_claim(claim: Claim, finding: Finding, lesson: str) -> str:
    """Return the page of a claim."""
    module = claim.measure.__module__
    parts = [head(f"{claim.id}: {plain(claim.title)}"), f".. py:module:: {module}", ""]
    if claim.formula:
        parts += [".. math::", "", indent(claim.formula), ""]
    if lesson:
        parts += [f"The lesson: :doc:`{lesson}`.", ""]
    parts += [
        table(
            ("Number", "Exact", "Measured", "z", "Twin, and its z"),
            _list_rows(finding),
            css="numbers",
        )
    ]
    parts += [f"{_say_paths(finding)}. {describe_build()}", ""]
    parts += [f"{plain(remark).replace('+-', '±')}\n" for remark in finding.remarks]
    if claim.sources:
        cited = "; ".join(f":cite:t:`{key}`" for key in claim.sources)
        parts += [f"Sources: {cited}.", ""]
    proof = inspect.getdoc(sys.modules[module]) or ""
    parts += [head("Derivation", "-"), ".. code-block:: text", "    :class: derivation", ""]
    parts += [indent(proof), ""]
    return "\n".join(parts)


def _say_paths(finding: Finding) -> str:
    """Return on how many paths the numbers were measured, of which some may have fewer."""
    counts = sorted({row.paths for row in finding.rows if row.paths is not None})
    if len(counts) == 1:
        return f"{counts[0]:,} paths"
    return f"{counts[0]:,} to {counts[-1]:,} paths"


def _list_rows(finding: Finding) -> list[list[str]]:
    """Return the cells of the rows of a claim."""
    return [
        [
            plain(row.statement),
            f"{row.exact:.6g}",
            plain(str(row.measured)).replace("+-", "±"),
            f"{row.z:+.1f}",
            f"{row.twin:.6g}, {plain(row.twin_statement)}: {row.twin_z:+,.0f}",
        ]
        for row in finding.rows
    ]
