"""`verify --out` certifies what came out; `verify --check` comes to the same bits or says where."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

import stochcalc as sc
from stochcalc.claims import certificate
from stochcalc.cli import main

CLAIMS = ["G04", "G14"]
HASH = re.compile(r"[0-9a-f]{64}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A report of two cheap claims."""
    folder = tmp_path_factory.mktemp("certified") / "report"
    main(["verify", *CLAIMS, "--paths", "2048", "--seed", "5", "--out", str(folder)])
    return folder


def test_a_report_says_what_was_run_where_and_what_came_out(folder):
    content = json.loads((folder / "report.json").read_text())
    report = sc.verify(CLAIMS, paths=2048, key=content["key"], workers=1)
    written = content["certificate"]
    assert written["paths"] == report.paths == 2048
    assert written["statistics_sha256"] == report.sha256 and HASH.fullmatch(report.sha256)
    assert written["versions"]["numpy"] == np.__version__ and written["cpu"]
    assert content["stream_version"] == 1


@pytest.mark.parametrize("place", ["folder", "file"])
@pytest.mark.parametrize("workers", ["1", "3"])
def test_any_number_of_threads_comes_to_the_same_bits(place, workers, folder, capsys):
    path = folder if place == "folder" else folder / "report.json"
    assert main(["verify", "--check", str(path), "--workers", workers]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [f"{id}  same bits" for id in CLAIMS]
    assert lines[-1].startswith("2 of 2 claims have the same bits; SHA-256 ")


def write_again(folder, tmp_path, change):
    """Write a report that was changed by somebody who knows how to hash it."""
    content = json.loads((folder / "report.json").read_text())
    change(content)
    content["certificate"]["file_sha256"] = certificate.hash_content(content)
    path = tmp_path / "report.json"
    path.write_text(json.dumps(content))
    return path


def move_by_one_bit(content):
    row = content["claims"][1]["rows"][0]
    row["measured"] = float(np.nextafter(row["measured"], 2.0))


def test_one_bit_in_one_number_is_found(folder, tmp_path, capsys):
    path = write_again(folder, tmp_path, move_by_one_bit)
    assert main(["verify", "--check", str(path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "G04  same bits"
    assert re.fullmatch(r"G14  differs: .*: measured \S+ there and \S+ here", lines[1])
    assert lines[-1].startswith("1 of 2 claims")


def test_another_statement_is_shown(folder, tmp_path, capsys):
    def change(content):
        content["claims"][0]["rows"][0]["statement"] = "another number"

    path = write_again(folder, tmp_path, change)
    assert main(["verify", "--check", str(path)]) == 1
    line = capsys.readouterr().out.splitlines()[0]
    assert re.fullmatch(r"G04  differs: statement another number there and .+ here", line)


def test_another_key_has_other_bits(folder, tmp_path, capsys):
    path = write_again(folder, tmp_path, lambda content: content.update(key=content["key"] ^ 1))
    assert main(["verify", "--check", str(path)]) == 1
    assert "differs" in capsys.readouterr().out


EDITS = {
    "a number": (r'"measured": 0', '"measured": 1'),
    "the key": (r'"key": \d', '"key": 77'),
    "the paths": (r'"paths": 2048,\n  "stat', '"paths": 4096,\n  "stat'),
    "a verdict": (r'"agrees"', '"refuted"'),
    "a version": (r'"python": "3', '"python": "4'),
    "the end": (r"\n\}$", ""),
    "the certificate": (r'"certificate"', '"certificates"'),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_file_that_was_damaged_or_edited_is_refused_by_name(edit, folder, tmp_path, capsys):
    text = (folder / "report.json").read_text()
    edited, times = re.subn(*EDITS[edit], text, count=1)
    assert times == 1
    path = tmp_path / "edited.json"
    path.write_text(edited)
    with pytest.raises(SystemExit) as end:
        main(["verify", "--check", str(path)])
    said = capsys.readouterr()
    assert end.value.code == 2 and not said.out
    assert str(path) in said.err and ("damaged" in said.err)


@pytest.mark.parametrize(
    "change, says",
    [
        (lambda content: content.update(stream_version=2), "stream version 2, and this is 1"),
        (lambda content: content["claims"][0].update(id="G99"), "the claim G99"),
        (lambda content: content.update(claims=[]), "has no claims"),
        (lambda content: content.update(key=None), "another form"),
        (lambda content: content.update(key=-1), "key=-1"),
        (lambda content: content.pop("stream_version"), "another form"),
        (lambda content: content["claims"][0].update(id=["G04"]), "another form"),
        (lambda content: content["claims"][0]["rows"][0].update(measured="1"), "another form"),
        (lambda content: content["certificate"].update(paths=5), "paths=5 must be at least 2048"),
    ],
)
def test_what_cannot_be_repeated_here_is_refused_before_it_is_run(
    change, says, folder, tmp_path, capsys
):
    path = write_again(folder, tmp_path, change)
    with pytest.raises(SystemExit) as end:
        main(["verify", "--check", str(path)])
    assert end.value.code == 2 and says in capsys.readouterr().err


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b"null", b'{"certificate": 3}', b"\xff\xfe", b"[" * 10**5]
)
def test_what_is_no_report_is_refused(content, tmp_path, capsys):
    path = tmp_path / "other.json"
    path.write_bytes(content)
    with pytest.raises(SystemExit) as end:
        main(["verify", "--check", str(path)])
    assert end.value.code == 2 and "no report with a certificate" in capsys.readouterr().err


@pytest.mark.parametrize(
    "options",
    [
        ["G04"],
        ["--paths", "4096"],
        ["--seed", "3"],
        ["--out", "elsewhere"],
        ["--force"],
        ["--twins"],
    ],
)
def test_what_the_file_says_cannot_be_said_again(options, folder, capsys):
    with pytest.raises(SystemExit) as end:
        main(["verify", "--check", str(folder), *options])
    assert end.value.code == 2 and "leave" in capsys.readouterr().err


def test_a_missing_file_is_named(tmp_path, capsys):
    with pytest.raises(SystemExit) as end:
        main(["verify", "--check", str(tmp_path / "nothing.json")])
    assert end.value.code == 2 and "nothing.json" in capsys.readouterr().err


def test_a_cluster_that_was_asked_for_is_not_forgotten(folder, capsys):
    options = ["--cluster", "tcp://127.0.0.1:1", "--workers", "2"]
    with pytest.raises(SystemExit) as end:
        main(["verify", "--check", str(folder), *options])
    said = capsys.readouterr()
    assert end.value.code == 2 and "leave it out with --cluster" in said.err and not said.out
