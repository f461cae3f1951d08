"""What the file of a report says of a claim and of its numbers, as plain values for JSON."""

from __future__ import annotations

from typing import Any

from stochcalc.claims.claim import Claim
from stochcalc.claims.row import Finding, Row


def describe_claim(claim: Claim, finding: Finding) -> dict[str, Any]:
    """Return a claim and what was found as plain values for JSON."""
    return {
        "id": claim.id,
        "chapter": claim.chapter,
        "title": claim.title,
        "remarks": list(finding.remarks),
        "rows": [describe_row(row) for row in finding.rows],
    }


def describe_row(row: Row) -> dict[str, Any]:
    """Return one number of a claim as plain values for JSON."""
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
