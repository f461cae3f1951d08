"""A run of the catalogue at a glance: a line for each claim, or for each chapter where many ran."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from stochcalc.claims.row import AGREES, Row, tabulate
from stochcalc.display import Description, Table
from stochcalc.engine.shown_digits import show_z

if TYPE_CHECKING:
    from stochcalc.claims.report import Report

MOST_CLAIMS = 7  # that have a line each
COLUMNS = {"": -10, "agree": 9, "largest z": 6, "twins refuted": 9}


def describe_report(report: Report) -> Description:
    """Return how many numbers of each claim or chapter agree, the largest z, and the summary.

    Parameters
    ----------
    report : Report
        The outcome of `verify`.
    """
    groups: dict[str, list[Row]] = {}
    by_claim = len(report.findings) <= MOST_CLAIMS
    for claim, finding in report.findings:
        name = f"{claim.id} {claim.title}" if by_claim else claim.chapter
        groups.setdefault(name, []).extend(finding.rows)
    rows = tuple((name, *count_row(found)) for name, found in groups.items())
    table = Table(title="", columns=COLUMNS, rows=rows)
    return Description(
        tables=(table,),
        remarks=tuple(report.summary().split("\n")),
        parts=tuple(
            replace(tabulate(finding.rows), title=f"{claim.id} {claim.title}")
            for claim, finding in report.findings
        ),
    )


def count_row(rows: Sequence[Row]) -> tuple[str, str, str]:
    """Return how many numbers agree, the z that is largest in size, and how many twins fell.

    Parameters
    ----------
    rows : sequence of Row
        The numbers.
    """
    agree = sum(row.verdict == AGREES for row in rows)
    twins = sum(row.twin_refuted for row in rows)
    largest = max((row.z for row in rows), key=abs, default=0.0)
    return f"{agree} of {len(rows)}", show_z(largest), f"{twins} of {len(rows)}"
