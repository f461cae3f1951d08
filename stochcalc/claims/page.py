"""The report as one HTML page that opens offline: tables, and the figures inside it."""

from __future__ import annotations

import base64
from html import escape
from pathlib import Path
from typing import Any

_HEAD = """<!doctype html><html lang="en"><meta charset="utf-8"><title>stochcalc verify</title>
<style>body{font:16px/1.45 Georgia,serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#222}
table{border-collapse:collapse;font:13px/1.4 ui-monospace,monospace;margin:.5rem 0}
td,th{padding:.15rem .6rem;text-align:right}
td:first-child,th:first-child{text-align:left}tr.twin{color:#777}.holds{color:#006b4e}.refuted{color:#b00;font-weight:bold}
.undecided{color:#8a5a00}img{max-width:100%}h2{margin-top:2.2rem}</style>"""


def index_page(report: Any, folder: Path) -> str:
    """The page for a report whose figures lie in `folder`; they are embedded, so the page stands
    alone.
    """
    parts = [_HEAD, "<h1>stochcalc verify</h1>", f"<p>{escape(report.summary())}</p>"]
    for claim, finding in report.findings:
        picture = base64.b64encode((folder / f"{claim.id}.png").read_bytes()).decode()
        parts += [
            f"<h2>{claim.id} &middot; {escape(claim.title)}</h2>",
            _table(finding),
            *(f"<p>{escape(remark)}</p>" for remark in finding.remarks),
            f'<img alt="{escape(claim.title)}" src="data:image/png;base64,{picture}">',
        ]
    return "\n".join([*parts, "</html>"])


def _table(finding: Any) -> str:
    heads = ("number", "exact", "measured", "standard error", "z", "verdict", "limit")
    rows = ["<tr>" + "".join(f"<th>{head}</th>" for head in heads) + "</tr>"]
    for row in finding.rows:
        limit = "" if row.limit is None else f"{row.limit:.6f}"
        rows.append(
            f"<tr><td>{escape(row.statement)}</td><td>{row.exact:.7f}</td><td>{row.measured.value:.7f}</td>"
            f"<td>{row.measured.stderr:.1e}</td><td>{row.z:+.2f}</td><td "
            f"class='{row.verdict}'>{row.verdict}</td>"
            f"<td>{limit}</td></tr>"
        )
        outcome = "refuted" if row.twin_refuted else "not refuted"
        rows.append(
            f"<tr class='twin'><td>&emsp;twin: "
            f"{escape(row.twin_statement)}</td><td>{row.twin:.7f}</td>"
            f"<td></td><td></td><td>{row.twin_z:+.0f}</td><td>{outcome}</td><td></td></tr>"
        )
    return "<table>" + "".join(rows) + "</table>"
