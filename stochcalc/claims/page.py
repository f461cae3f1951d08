"""The report as one HTML page that opens offline: the tables, and the figures inside it."""

from __future__ import annotations

import base64
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from stochcalc.claims.claim import Claim
from stochcalc.claims.row import Finding, Row

if TYPE_CHECKING:
    from stochcalc.claims.report import Report

_HEAD = """<!doctype html><html lang="en"><meta charset="utf-8"><title>stochcalc verify</title>
<style>body{font:16px/1.45 Georgia,serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#222}
table{border-collapse:collapse;font:13px/1.4 ui-monospace,monospace;margin:.5rem 0}
td,th{padding:.15rem .6rem;text-align:right}
td:first-child,th:first-child{text-align:left}tr.twin{color:#777}.agrees{color:#006b4e}.refuted{color:#b00;font-weight:bold}
.undecided{color:#8a5a00}img{max-width:100%}h2{margin-top:2.2rem}</style>"""

_COLUMNS = ("number", "exact", "measured", "standard error", "z", "verdict", "limit")


def index_page(report: Report, folder: Path) -> str:
    """Return the page of a report whose figures lie in `folder`.

    The figures are embedded, so that the page needs no other file.

    Parameters
    ----------
    report : Report
        The outcome of `verify`.
    folder : Path
        The folder with one PNG file per claim, named after its number.
    """
    parts = [_HEAD, "<h1>stochcalc verify</h1>", f"<p>{escape(report.summary())}</p>"]
    for claim, finding in report.findings:
        parts += _section(claim, finding, folder / f"{claim.id}.png")
    return "\n".join([*parts, "</html>"])


def _section(claim: Claim, finding: Finding, figure: Path) -> list[str]:
    """Return the title, the table, the remarks and the figure of one claim."""
    title = escape(claim.title)
    picture = base64.b64encode(figure.read_bytes()).decode()
    return [
        f"<h2>{claim.id} &middot; {title}</h2>",
        _table(finding),
        *(f"<p>{escape(remark)}</p>" for remark in finding.remarks),
        f'<img alt="{title}" src="data:image/png;base64,{picture}">',
    ]


def _table(finding: Finding) -> str:
    """Return the rows of a claim as a table, each with its twin below it."""
    heads = "".join(f"<th>{head}</th>" for head in _COLUMNS)
    lines = [f"<tr>{heads}</tr>"]
    for row in finding.rows:
        lines.append(_table_row(row))
        lines.append(_twin_row(row))
    return f"<table>{''.join(lines)}</table>"


def _table_row(row: Row) -> str:
    """Return one number of a claim as a row of the table."""
    limit = ""
    if row.limit is not None:
        limit = f"{row.limit:.6f}"
    cells = (
        f"<td>{escape(row.statement)}</td>",
        f"<td>{row.exact:.7f}</td>",
        f"<td>{row.measured.value:.7f}</td>",
        f"<td>{row.measured.stderr:.1e}</td>",
        f"<td>{row.z:+.2f}</td>",
        f"<td class='{row.verdict}'>{row.verdict}</td>",
        f"<td>{limit}</td>",
    )
    return f"<tr>{''.join(cells)}</tr>"


def _twin_row(row: Row) -> str:
    """Return the twin of a number as a row of the table."""
    outcome = "not refuted"
    if row.twin_refuted:
        outcome = "refuted"
    cells = (
        f"<td>&emsp;twin: {escape(row.twin_statement)}</td>",
        f"<td>{row.twin:.7f}</td>",
        "<td></td><td></td>",
        f"<td>{row.twin_z:+.0f}</td>",
        f"<td>{outcome}</td>",
        "<td></td>",
    )
    return f"<tr class='twin'>{''.join(cells)}</tr>"
