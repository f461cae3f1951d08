"""`--checkpoint` of the commands: a run goes on, and a file that cannot be used is named."""

from __future__ import annotations

import signal

import pytest

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
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("stochcalc.engine.loop.runner.Storage", press)
    assert main([*VERIFY, "--checkpoint", str(path)]) == 130
    assert f"checkpoint={str(path)!r} goes on from here" in capsys.readouterr().err
