"""What the built pages beside the lessons say: no mark-up is left over, and sentences are whole.

STOCHCALC_SITE names the folder of a site that is built already; in a nightly run it is built here.
"""

from __future__ import annotations

import importlib
import re

import pytest
from architecture import ROOT
from built_pages import needs_site

import stochcalc as sc
from stochcalc.citations import KEY

CODE = re.compile(r"<pre>.*?</pre>|<script.*?</script>", re.S)
LEFT_OVER = {
    "a key that is no link": KEY,
    "the quotation marks of prose in Python": re.compile("[“”]"),
    "a number of the package's chapters": re.compile(r"\bChapter \d+:"),
    "an empty list": re.compile(r": [.;](?![\w.])"),
}


def read_words(text: str) -> str:
    """Return the article of a page without its code and its tags."""
    article = CODE.sub("", text.partition("<article")[2].partition("</article>")[0])
    return re.sub(r"<[^>]+>", "", article)


def find_left_over(text: str) -> list[str]:
    """Return what a page shows that should have become something else."""
    words = read_words(text)
    return [name for name, pattern in LEFT_OVER.items() if pattern.search(words)]


def find_broken_remarks(text: str) -> list[str]:
    """Return the remarks on the page of a claim that are no sentences."""
    after = text[text.index("when these pages were built") :]
    remarks = re.findall(r"<p>(.*?)</p>", after[: after.index("Derivation")], re.S)
    return [remark for remark in remarks if not re.fullmatch(r"[A-Z].*\.", remark, re.S)]


@needs_site
def test_nothing_is_left_over_on_a_page_of_the_reference(site):
    pages = [*(site / "reference").rglob("*.html"), *(site / "howto").glob("*.html")]
    assert len(pages) > 100
    faults = {page.name: find_left_over(page.read_text(encoding="utf-8")) for page in pages}
    assert {name: found for name, found in faults.items() if found} == {}


@needs_site
def test_the_remarks_of_a_claim_are_sentences(site):
    for id in sc.CLAIMS:
        text = (site / "reference" / "claims" / f"{id}.html").read_text(encoding="utf-8")
        assert find_broken_remarks(text) == [], id


@needs_site
def test_the_index_knows_the_module_of_every_constant(site):
    text = (site / "genindex.html").read_text(encoding="utf-8")
    assert "METHODS" in text and "built-in" not in text


def test_what_is_left_over_is_found():
    """The negative control: a page with one fault of each kind, and the same ones in code."""
    faults = "<p>[ho2020] save=”stats”</p><p>Chapter 4: models, from the motion: .</p>"
    assert find_left_over(f"<article>{faults}</article>") == [*LEFT_OVER]
    assert find_left_over(f"<article><pre>{faults}</pre> A, b: c.</article>") == []
    page = "<p>when these pages were built.</p><p>for n = 2: 3 steps</p><p>All agree.</p>Derivation"
    assert find_broken_remarks(page) == ["for n = 2: 3 steps"]


@pytest.mark.parametrize(
    "text, shown",
    [
        ("<h1>stochcalc.score.a_b<a", "<h1>stochcalc.<wbr>score.<wbr>a_<wbr>b<a"),
        ('<span class="pre">block_at()</span>', '<span class="pre">block_<wbr>at()</span>'),
        ("<h1>Prices, e.g. of a.b<a", "<h1>Prices, e.g. of a.b<a"),
        ('<span class="pre">1.5</span>', '<span class="pre">1.5</span>'),
        ("<p>stochcalc.score</p>", "<p>stochcalc.score</p>"),
    ],
)
def test_a_name_may_break_after_its_dots_and_underscores(text, shown, monkeypatch):
    pytest.importorskip("sphinx", reason='needs pip install -e ".[docs]"')
    monkeypatch.syspath_prepend(str(ROOT / "gallery" / "site" / "extensions"))
    assert importlib.import_module("names").break_names(text) == shown
