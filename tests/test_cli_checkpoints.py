"""`--checkpoint` of the commands: a run goes on, and a file that cannot be used is named."""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys

import pytest
from architecture import ROOT
from nights import mostly_at_night

from stochcalc.cli import main

CONVERGE = ["converge", "--model", "gbm", "--levels", "3", "5", "--paths", "4096", "--seed", "1"]
VERIFY = ["verify", "G09", "--paths", "4096"]


@pytest.mark.parametrize("command", [CONVERGE, VERIFY], ids=["converge", "verify"])
def test_a_command_that_is_repeated_says_the_same(command, tmp_path, capsys):
    path = tmp_path / "run.checkpoint"
    told = []
    for options in ([], ["--checkpoint", str(path)], ["--checkpoint", str(path)]):
        main([*command, *options])
        said = capsys.readouterr().out
        told.append([line for line in said.splitlines() if " s" not in line])
    assert told[0] == told[1] == told[2]
    assert path.exists()


@pytest.mark.parametrize("command", [CONVERGE, VERIFY], ids=["converge", "verify"])
@pytest.mark.parametrize(
    "content, says", [(b"nothing", "no checkpoint"), (b"stochcalc checkpoint 1\n", "damaged")]
)
def test_a_file_that_cannot_be_used_is_named(command, content, says, tmp_path, capsys):
    path = tmp_path / "run.checkpoint"
    path.write_bytes(content)
    with pytest.raises(SystemExit) as end:
        main([*command, "--checkpoint", str(path)])
    assert end.value.code == 2
    assert says in capsys.readouterr().err
    assert path.read_bytes() == content


def test_the_checkpoint_of_another_command_is_refused(tmp_path, capsys):
    path = tmp_path / "run.checkpoint"
    main([*VERIFY, "--checkpoint", str(path)])
    with pytest.raises(SystemExit):
        main([*VERIFY, "--seed", "5", "--checkpoint", str(path)])
    assert "key=" in capsys.readouterr().err


def test_after_ctrl_c_the_command_says_how_to_go_on(tmp_path, capsys, monkeypatch):
    path = tmp_path / "run.checkpoint"

    def press(*arguments, **keywords):
        # a shell starts what runs in the background with this signal ignored
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("stochcalc.engine.loop.runner.Storage", press)
    assert main([*VERIFY, "--checkpoint", str(path)]) == 130
    assert f"checkpoint={str(path)!r} goes on from here" in capsys.readouterr().err


# A command whose process gets a signal when so many ranges of blocks are finished.
STRUCK = """
import signal, sys
from stochcalc.cli import main
from stochcalc.engine.loop.run_state import State

number = int(sys.argv[1])
left = int(sys.argv[2])
add = State.add

def add_and_strike(state, part):
    global left
    add(state, part)
    left -= 1
    if left == 0:
        signal.raise_signal(number)

State.add = add_and_strike
if number == signal.SIGINT:
    signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(main(sys.argv[3:]))
"""


def strike(number, *words):
    """Run a command that gets a signal on its way."""
    return subprocess.run(
        [sys.executable, "-c", STRUCK, str(int(number)), "5", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "number, status",
    mostly_at_night([(signal.SIGINT, 130), (signal.SIGTERM, 143)], lambda case: case[1] == 143),
)
def test_a_command_that_is_stopped_prints_the_command_that_goes_on(
    number, status, tmp_path, capsys
):
    path = tmp_path / "a run.checkpoint"
    done = strike(number, *VERIFY, "--checkpoint", str(path))
    assert done.returncode == status and "Traceback" not in done.stderr
    assert path.exists() and not path.with_name(path.name + ".lock").exists()
    command = done.stderr.splitlines()[-1].removeprefix("to go on: ")
    name, *words = shlex.split(command)
    assert name == "stochcalc"
    lines = []
    for arguments in (words, VERIFY):
        main(arguments)
        said = capsys.readouterr().out
        lines.append([line for line in said.splitlines() if " s" not in line])
    assert lines[0] == lines[1]


def test_without_a_checkpoint_a_stopped_command_says_that_nothing_was_saved(capsys, monkeypatch):
    def strike_now(*arguments, **keywords):
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr("stochcalc.engine.loop.runner.Storage", strike_now)
    assert main(VERIFY) == 143
    said = capsys.readouterr().err
    assert "nothing was saved" in said and "--checkpoint FILE" in said


def test_a_command_leaves_the_handlers_of_signals_as_they_were():
    before = signal.getsignal(signal.SIGTERM)
    main(["list", "schemes"])
    assert signal.getsignal(signal.SIGTERM) is before
