"""An argument that cannot be used: exit status 2, and one line that names it, in every command."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from architecture import ROOT

from stochcalc.cli import build_parser, main, site

QV = ["qv", "prices.csv", "--column", "Close"]
STUDY = ["converge", "--model", "gbm", "--levels", "2", "4", "--paths", "2048"]
DIGITS = ["sample", "digits", "--steps", "1"]
REFUSED = [
    ([], "command"),
    (["prove"], "'prove'"),
    (["two\nlines"], "choose from"),
    (["verify", ""], "''"),
    (["verify", "--nonsense"], "--nonsense"),
    (["verify", "G03", "--out", ""], "--out"),
    (["verify", "G03", "--out", "a\0b"], "--out"),
    (["verify", "G03", "--out", "prices.csv/x"], "--out"),
    (["verify", "G03", "--paths", "1e3"], "1e3"),
    (["verify", "--list", "--out", "here"], "'here' was given with --list"),
    (["verify", "--list", "--check", "here"], "'here' was given with --list"),
    (["verify", "--list", "--checkpoint", "here"], "'here' was given with --list"),
    ([*QV, "--delimiter", "ab"], "'ab'"),
    ([*QV, "--delimiter", ""], "delimiter=''"),
    ([*QV, "--where", "Day=1"], "'Day'"),
    ([*QV, "--where", "Day"], "NAME=TEXT"),
    ([*QV, "--window", "1000"], "1000"),
    ([*QV, "--date-format", "%Q", "--time", "Close"], "%Q"),
    ([*QV, "--plot", ""], "--plot"),
    ([*QV, "--plot", "a\nb.bmp"], ".png"),
    (["qv", "two\nlines.csv", "--column", "Close"], "lines.csv"),
    (["qv", "a\0b.csv", "--column", "Close"], "file"),
    (["qv", ".", "--column", "Close"], "directory"),
    (["qv", "prices.csv"], "--column"),
    ([*STUDY, "--set", "sigma=1e308"], "finite"),
    ([*STUDY, "--set", "sigma=-1"], "sigma=-1"),
    ([*STUDY, "--methods", ","], "methods"),
    ([*STUDY, "--methods", "milstein,milstein"], "twice"),
    ([*STUDY, "--levels", "0", "30"], "memory"),
    ([*STUDY, "--out", "no\nwhere/x.png"], "there is no folder"),
    ([*STUDY, "--seed", "1e400"], "1e400"),
    ([*DIGITS, "--samples", "15"], "15"),
    ([*DIGITS, "--checkpoint", ""], "--checkpoint"),
    (["sample"], "what"),
    (["sandbox", "lamda", "x.html"], "'lambda'"),
    (["sandbox", "x.pdf"], ".html"),
    (["sandbox", "nowhere/x.html"], "there is no folder"),
    (["sandbox", "x.html", "--set", "lam=9/3"], "lam='9/3'"),
    (["sandbox", "x.html", "--set", "lamb=1"], "'lam'"),
    (["sandbox", "x.html", "--set", "key=-1"], "key='-1'"),
    (["list", "claims", "modls"], "'modls'"),
    (["cite", "two\nlines"], "lines"),
    (["cite", "milstein", "nobody"], "'nobody'"),
    (["cache", "milstein"], "milstein"),
    (["site"], "OUT"),
    (["site", ""], "OUT"),
    (["site", "a\0b"], "OUT"),
    (["site", "prices.csv"], "is a file"),
    (["site", "."], "--force"),
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a file of prices, which is the current one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(site, "find_missing", list)
    prices = "\n".join(str(100 + i % 7) for i in range(60))
    (tmp_path / "prices.csv").write_text(f"Close\n{prices}\n")
    return tmp_path


@pytest.mark.parametrize("arguments, names", REFUSED)
def test_a_refused_argument_is_status_two_and_one_line(arguments, names, folder, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    said = capsys.readouterr()
    assert stop.value.code == 2 and said.out == ""
    assert said.err.count("\n") == 1 and said.err.startswith("stochcalc") and names in said.err
    assert [path.name for path in folder.iterdir()] == ["prices.csv"]


def test_every_command_is_among_them():
    commands = next(action.choices for action in build_parser()._actions if action.choices)
    assert set(commands) <= {arguments[0] for arguments, _ in REFUSED if arguments}


@pytest.mark.parametrize(
    "arguments, names",
    [
        (["new", "--only", "["], "no regular expression"),
        (["new", "--only", "zzz"], "of no lesson"),
        ([".", "--force"], "not written by this command"),
    ],
)
def test_what_the_build_refuses_is_status_two_as_well(arguments, names, folder):
    done = subprocess.run(
        [sys.executable, "-c", CALL, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.count("\n") == 1 and names in done.stderr
    assert (folder / "prices.csv").exists()


# The command itself, in a process of its own, whose output the build shares.
CALL = """
import sys
from stochcalc.cli import main, site
site.find_missing = list
sys.exit(main(["site", *sys.argv[1:]]))
"""
