"""The table that `stochcalc verify` prints: one line per number, and its twin below it if asked."""

from __future__ import annotations

from stochcalc.claims.claim import Claim
from stochcalc.claims.row import UNDECIDED, Finding, Row
from stochcalc.claims.verdicts import say_undecided


def claim_lines(claim: Claim, finding: Finding, twins: bool) -> list[str]:
    """Return a claim as lines of a table.

    Parameters
    ----------
    claim, finding : Claim, Finding
        The claim, and the outcome of its run.
    twins : bool
        Whether the twin is shown under each row.
    """
    labels = [row.statement for row in finding.rows]
    if twins:
        labels += [_label_twin(row) for row in finding.rows]
    width = max(len(label) for label in labels)
    lines = [
        "",
        f"{claim.id}  {claim.title}",
        f"  {'':{width}} {'exact':>12} {'measured':>12} {'stderr':>9} {'z':>6}  {'verdict':<9} "
        f"{'limit':>9}",
    ]
    for row in finding.rows:
        lines.append(_row_line(row, width))
        if row.verdict == UNDECIDED:
            lines.append(f"  {'':{width}} {say_undecided(row, f'{row.twin:.7g}')}")
        elif twins:
            lines.append(_twin_line(row, width))
    return lines + [f"  {remark}" for remark in finding.remarks]


def _row_line(row: Row, width: int) -> str:
    """Return one number as a line of the table, whose first column has this width."""
    limit = ""
    if row.limit is not None:
        limit = f"{row.limit:9.5f}"
    return (
        f"  {row.statement:{width}} {row.exact:12.7f} {row.measured.value:12.7f} "
        f"{row.measured.stderr:9.1e} {row.z:+6.2f}  {row.verdict:<9} {limit:>9}"
    )


def _label_twin(row: Row) -> str:
    """Return what stands in the first column for the twin of a number."""
    return f"  twin: {row.twin_statement}"


def _twin_line(row: Row, width: int) -> str:
    """Return the twin of a number as a line of the table, whose first column has this width."""
    outcome = "not refuted"
    if row.twin_refuted:
        outcome = "refuted"
    label = _label_twin(row)
    return f"  {label:{width}} {row.twin:12.7f} {'':12} {'':9} {row.twin_z:+6.0f}  {outcome}"
