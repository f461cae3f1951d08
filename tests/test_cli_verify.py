"""What `stochcalc verify` prints: a line for each claim, the table if it is asked for."""

from __future__ import annotations

import io

import pytest

import stochcalc as sc
from stochcalc.claims import Finding, Row
from stochcalc.cli import main, output
from stochcalc.cli.verify import _sum_up


def test_a_claim_is_a_line_with_its_counts_and_its_title(capsys):
    assert main(["verify", "G03", "G04", "--paths", "200000"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for line, id, numbers in zip(lines, ("G03", "G04"), (5, 3)):
        assert line.startswith(f"{id}  agrees") and line.endswith(sc.CLAIMS[id].title)
        assert line.count(f"{numbers} of {numbers}") == 2 and " z " in line
    assert lines[2] == "" and lines[3].startswith("8 of 8 numbers agree")


@pytest.mark.parametrize("option", ["-v", "--verbose", "--twins"])
def test_the_table_is_shown_if_it_is_asked_for(option, capsys):
    assert main(["verify", "G04", "--paths", "200000", option]) == 0
    text = capsys.readouterr().out
    assert "exact     measured" in text and ("twin: " in text) == (option == "--twins")


def test_the_claims_of_chapters_are_named_without_being_measured(capsys):
    assert main(["verify", "--list", "variation", "G33"]) == 0
    lines = capsys.readouterr().out.splitlines()[1:]
    named = [line.split()[:2] for line in lines if line.lstrip().startswith("G")]
    due = [claim for claim in sc.CLAIMS.values() if claim.chapter == "variation"]
    ids = sorted([claim.id for claim in due] + ["G33"])
    assert named == [[id, sc.CLAIMS[id].chapter] for id in ids]
    assert main(["verify", "--list"]) == 0
    every = capsys.readouterr().out
    assert all(claim.title in every for claim in sc.CLAIMS.values())
    with pytest.raises(SystemExit):
        main(["verify", "--list", "nowhere"])


def finding(exact: float, twin: float) -> Finding:
    good = make_row(exact=0.5, twin=1.0)
    return Finding(rows=(good, make_row(exact=exact, twin=twin)), draw=lambda ax: ax)


def make_row(*, exact: float, twin: float) -> Row:
    return Row(
        statement="E R",
        exact=exact,
        measured=sc.Estimate.normal(0.5, 0.001),
        twin=twin,
        twin_statement="wrong",
        paths=4096,
    )


@pytest.mark.parametrize(
    "exact, twin, word, says",
    [
        (0.5, 0.501, "undecided", "4,096 paths cannot tell it from 0.501; 1,806,336 would"),
        (0.7, 1.0, "refuted", "refuted, 200 standard errors apart"),
    ],
)
def test_a_number_that_does_not_agree_has_a_line_of_its_own(exact, twin, word, says):
    first, second = _sum_up(sc.CLAIMS["G03"], finding(exact, twin))
    assert first.startswith(f"G03  {word}") and "1 of 2" in first
    assert second.startswith("     E R: ") and second.endswith(says)


def test_of_many_numbers_that_do_not_agree_three_are_shown_and_refuted_ones_first():
    unclear = make_row(exact=0.5, twin=0.501)
    refuted = make_row(exact=0.7, twin=1.0)
    rows = (unclear, unclear, unclear, refuted, unclear)
    _, *lines = _sum_up(sc.CLAIMS["G03"], Finding(rows=rows, draw=lambda ax: ax))
    assert len(lines) == 4 and "refuted" in lines[0] and lines[3].strip() == "and 2 more: --verbose"


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_verdict_has_a_colour_at_a_terminal_only(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    painted = output.paint("refuted", Terminal())
    assert painted.startswith("\033[") and "refuted" in painted and painted.endswith("\033[0m")
    assert output.paint("refuted", io.StringIO()) == "refuted"
    monkeypatch.setenv("TERM", "dumb")
    assert output.paint("refuted", Terminal()) == "refuted"


def test_no_color_turns_colours_off(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    assert output.paint("agrees", Terminal()) == "agrees"
    monkeypatch.setenv("NO_COLOR", "")  # empty is not set, as no-color.org says
    assert output.paint("agrees", Terminal()) != "agrees"
