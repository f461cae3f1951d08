"""The page of a report: statement, verdict in words, figure, numbers, derivation."""

from __future__ import annotations

import dataclasses
import re
from html.parser import HTMLParser

import matplotlib.pyplot as plt
import pytest

import stochcalc as sc
from stochcalc.claims import CLAIMS, Finding, Row, page
from stochcalc.claims.verdicts import choose_row, say_verdict
from stochcalc.plot import dark
from stochcalc.plot.inline import adapt, draw_inline, list_colours
from stochcalc.plot.look import COLOURS
from stochcalc.plot.normal_plot import plot_z

VOID = {"meta", "br", "img", "link", "input"}


class Reader(HTMLParser):
    """Collects tags and ids, and finds tags that are not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name == "href":
                self.links.append(value or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    assert reader.open == []
    return reader


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A report of two claims, and the text of its page."""
    folder = tmp_path_factory.mktemp("report")
    report = sc.verify(["G09", "G13"], paths=4096, rng=1)
    report.write(folder)
    assert {path.suffix for path in folder.iterdir()} == {".json", ".html", ".png"}
    return report, (folder / "index.html").read_text(encoding="utf-8")


def test_the_page_is_whole_and_its_links_lead_somewhere(written):
    reader = read(written[1])
    assert len(set(reader.ids)) == len(reader.ids)
    assert {link[1:] for link in reader.links} <= set(reader.ids)
    assert {"all", "lambda", "integrals", "G09", "G13"} <= set(reader.ids)
    assert reader.tags.count("svg") == 3 and "img" not in reader.tags  # two figures and all z


def test_the_page_fetches_nothing_and_runs_nothing(written):
    text = written[1]
    assert "http" not in text and "<script" not in text and "@import" not in text
    assert set(re.findall(r"url\((.)", text)) <= {"#"}


def test_the_page_reads_on_a_telephone_and_in_the_dark(written):
    text = written[1]
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in text
    assert "font:20px" in text and "prefers-color-scheme:dark" in text
    assert text.count("overflow-x:auto") >= 2
    assert "#000000" not in text and "fill: #ffffff" not in text
    assert len(dark.COLOURS) == len(COLOURS)
    for i, colour in enumerate(COLOURS):
        assert f"--c{i}:{colour};" in list_colours() and colour.lower() not in text


def test_every_claim_has_its_statement_its_verdict_its_numbers_and_its_derivation(written):
    report, text = written
    words = " ".join("".join(read(text).text).split())
    for claim, finding in report.findings:
        assert say_verdict(choose_row(finding)) in words
        assert " ".join(claim.proof.split())[:300] in words
        assert f"Source: {claim.measure.__module__}" in words
        for row in finding.rows:
            assert row.statement in words and row.twin_statement in words
    assert "<math" in text  # G09 states its formula
    assert text.count("<summary>The numbers</summary>") == 2
    assert text.count("<summary>Derivation</summary>") == 2


def test_a_script_in_a_statement_is_text(tmp_path):
    wicked = "<script>alert(1)</script>"
    row = Row(
        statement=wicked,
        exact=1.0,
        measured=sc.Estimate.normal(1.0, 0.01),
        twin=2.0,
        twin_statement=wicked,
    )
    claim = dataclasses.replace(CLAIMS["G13"], title=wicked, formula="")
    finding = Finding(rows=(row,), draw=lambda ax: ax.set_title("t"), remarks=(wicked,))
    report = sc.Report(findings=((claim, finding),), key=1, seconds=0.0, compilations=0)
    text = page.write_page(report, tmp_path)
    assert "<script" not in text and "&lt;script&gt;" in text
    read(text)


def make_row(**changes: object) -> Row:
    fields = {
        "statement": "E R",
        "exact": -0.5,
        "measured": sc.Estimate.normal(-0.49963, 0.00028),
        "twin": 0.5,
        "twin_statement": "+1/2",
        "paths": 4096,
    }
    return Row(**{**fields, **changes})


def test_the_verdict_is_said_in_words():
    assert say_verdict(make_row()) == (
        "exact -0.5, measured -0.49963 ± 0.00028; +0.5 is 3,570 standard errors away"
    )
    assert "; -0.49 is 34.4 standard errors away" in say_verdict(make_row(twin=-0.49))
    unclear = say_verdict(make_row(twin=-0.499))
    assert "4,096 paths cannot tell it from -0.499; " in unclear and "would" in unclear
    assert "would" not in say_verdict(make_row(twin=-0.5))
    assert say_verdict(make_row(twin=-0.499, paths=None)).endswith(
        "; the paths cannot tell it from -0.499"
    )
    refuted = say_verdict(make_row(exact=-0.4))
    assert refuted == "exact -0.4, measured -0.49963 ± 0.00028: refuted, 356 standard errors apart"


def test_the_verdict_is_about_what_does_not_agree():
    good = make_row()
    unclear = make_row(twin=-0.499)
    wrong = make_row(exact=-0.4)
    for rows, chosen in (
        ((good, unclear, wrong), wrong),
        ((good, unclear), unclear),
        ((good, good), good),
    ):
        assert choose_row(Finding(rows=rows, draw=lambda ax: ax)) is chosen


def test_a_figure_takes_the_colours_of_the_page(tmp_path):
    def draw(ax):
        ax.plot([0.0, 1.0], [0.0, 1.0], color="C1")
        ax.plot([0.0, 1.0], [1.0, 0.0], color="0.35")
        ax.plot([0.0, 1.0], [1.0, 1.0], "o", mfc="white", color="red")

    svg = draw_inline(draw, tmp_path / "figure.png", alt="a < b", prefix="G99")
    assert (tmp_path / "figure.png").stat().st_size > 5000
    assert "var(--c1)" in svg and "var(--faint)" in svg and "var(--page)" in svg
    assert "currentColor" in svg and "#ff0000" in svg and 'aria-label="a &lt; b"' in svg
    ids = re.findall(r'\bid="([^"]*)"', svg)
    assert ids and all(name.startswith("G99-") for name in ids)
    used = re.findall(r'(?:href="#|url\(#)([\w.-]+)', svg)
    assert used and set(used) <= set(ids)


def test_a_pale_grey_stays_as_it_is():
    svg = '<svg viewBox="0 0 1 1"><g style="stroke: #b0b0b0; fill: #595959"/></svg>'
    assert "#b0b0b0" in adapt(svg, alt="", prefix="x") and "--faint" in adapt(
        svg, alt="", prefix="x"
    )


def test_all_z_are_drawn_against_normal_quantiles():
    axes = plot_z([0.3, -1.0, 0.1])
    x, y = axes.get_lines()[1].get_data()
    assert list(y) == [-1.0, 0.1, 0.3] and x[1] == 0.0
    assert abs(x[2] - 0.9674216) < 1e-6 and x[0] == -x[2]  # the quantile of 5/6
    assert axes.get_title() == "3 z: mean square 0.37, exact 1"
    plt.close(axes.figure)
    with pytest.raises(ValueError, match="z"):
        plot_z([])
