"""The report as one HTML page that opens offline: statements, verdicts, figures and derivations.

For each claim it has the theorem as a formula, one line of words with the verdict, the figure, and
folded below it the numbers, the derivation and the source. On top stand the summary and a picture
of all z.
"""

from __future__ import annotations

import inspect
import math
import sys
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from stochcalc.claims.claim import Claim
from stochcalc.claims.overview import count_row
from stochcalc.claims.page_style import write_style
from stochcalc.claims.row import Finding, tabulate
from stochcalc.claims.verdicts import choose_row, say_verdict
from stochcalc.display.formulas import set_formula

if TYPE_CHECKING:
    from stochcalc.claims.report import Report


def write_page(report: Report, folder: Path) -> str:
    """Draw the figures of a report into a folder, and return its page, which needs no other file.

    Parameters
    ----------
    report : Report
        The outcome of `verify`.
    folder : Path
        Where the figures go, one PNG file per claim, named after its number.

    Raises
    ------
    OSError
        If a figure cannot be written.
    """
    from stochcalc.plot.inline import list_colours

    chapters = list(dict.fromkeys(claim.chapter for claim, _ in report.findings))
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        "<title>stochcalc verify</title>",
        f"<style>{write_style()}{list_colours()}</style></head><body>",
        "<header><h1>stochcalc verify</h1>",
        *(f"<p>{escape(line)}</p>" for line in report.summary().split("\n")),
        "</header>",
        _write_menu(chapters),
        "<main>",
        *_draw_all_z(report),
    ]
    for chapter in chapters:
        parts.append(f'<section id="{chapter}"><h2>{chapter.capitalize()}</h2>')
        for claim, finding in report.findings:
            if claim.chapter == chapter:
                parts += _write_claim(claim, finding, folder)
        parts.append("</section>")
    return "\n".join([*parts, "</main></body></html>"]) + "\n"


def _write_menu(chapters: Iterable[str]) -> str:
    """Return the links to the chapters."""
    links = "".join(f'<a href="#{name}">{name.capitalize()}</a>' for name in chapters)
    return f'<nav aria-label="Chapters" tabindex="0"><a href="#all">All z</a>{links}</nav>'


def _draw_all_z(report: Report) -> list[str]:
    """Return the picture of all z, with a sentence on how to read it."""
    from stochcalc.plot.inline import draw_text
    from stochcalc.plot.normal_plot import plot_z

    z = [row.z for row in report.rows if math.isfinite(row.z)]
    if not z:
        return []
    picture = draw_text(
        lambda ax: plot_z(z, ax=ax),
        alt=f"{len(z)} sorted z against the quantiles of the normal law.",
        prefix="all",
    )
    return [
        '<section id="all"><h2>All z</h2>',
        "<p>If the exact numbers are right, each z is nearly standard normal, and the points lie "
        "along the diagonal. Numbers of one claim share their paths, so that a few may leave it "
        "together.</p>",
        f'<figure class="scroll" tabindex="0">{picture}</figure></section>',
    ]


def _write_claim(claim: Claim, finding: Finding, folder: Path) -> list[str]:
    """Return the theorem, the verdict, the figure, and what is folded below them."""
    from stochcalc.plot.inline import draw_inline

    row = choose_row(finding)
    agree, _, twins = count_row(finding.rows)
    picture = draw_inline(
        finding.draw,
        folder / f"{claim.id}.png",
        alt=f"Figure of {claim.id}: {claim.title}.",
        prefix=claim.id,
    )
    parts = [
        f'<article id="{claim.id}"><h3>{claim.id} &middot; {escape(claim.title)}</h3>',
        *_write_statement(claim),
        f'<p class="verdict"><span class="{row.verdict}">{row.verdict.capitalize()}</span>: '
        f"{escape(say_verdict(row))}</p>",
        f"<p>The number is {escape(row.statement)}. In all, {agree} numbers agree, and {twins} "
        f"twins are refuted.</p>",
        f'<figure class="scroll{_find_class(picture)}" tabindex="0">{picture}</figure>',
        *(f"<p>{escape(remark)}</p>" for remark in finding.remarks),
        f'<details><summary>The numbers</summary><div class="scroll" tabindex="0">'
        f"{tabulate(finding.rows).html()}</div></details>",
        *_fold_text("Derivation", claim.proof),
        *_fold_text(*_read_source(claim)),
        "</article>",
    ]
    return parts


def _write_statement(claim: Claim) -> Sequence[str]:
    """Return the theorem as a formula; nothing if it has none, as its title then says it."""
    if not claim.formula:
        return []
    return [f'<div class="formula scroll" tabindex="0">{set_formula(claim.formula)}</div>']


def _find_class(picture: str) -> str:
    """Return the class of a picture that is too wide for a telephone: it scrolls there."""
    box = picture[picture.index("viewBox") :].split('"')[1]
    _, _, width, height = (float(number) for number in box.split())
    return " wide" if width > 1.8 * height else ""


def _read_source(claim: Claim) -> tuple[str, str]:
    """Return the name of a claim's file, and its text; the text is empty if it is not at hand."""
    module = sys.modules[claim.measure.__module__]
    name = f"Source: {claim.measure.__module__}"
    try:
        return name, inspect.getsource(module)
    except OSError:
        return name, ""


def _fold_text(summary: str, text: str) -> Sequence[str]:
    """Return a text that opens under a word; nothing if it is empty."""
    if not text:
        return []
    return [
        f"<details><summary>{escape(summary)}</summary>"
        f'<pre tabindex="0">{escape(text)}</pre></details>'
    ]
