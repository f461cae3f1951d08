"""The command line: what it prints, writes, refuses, and returns."""

import subprocess
import sys

import pytest

from stochcalc.cli import main


def test_verify_prints_a_table_with_twins_and_returns_zero(capsys):
    assert main(["verify", "variation", "--paths", "200000", "--twins"]) == 0
    text = capsys.readouterr().out
    assert "G03" in text and "twin: sum dt^2" in text and "13 of 13 numbers hold" in text


def test_python_dash_m_runs_the_same_command():
    command = [sys.executable, "-m", "stochcalc", "verify", "G03", "--paths", "4096"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode in (0, 3) and "E Q, uniform" in done.stdout


def test_too_few_paths_are_undecided_with_status_three_and_the_number_that_would_do(capsys):
    assert main(["verify", "G13", "--paths", "4096", "--seed", "1"]) == 3
    assert "would" in capsys.readouterr().out


def test_out_writes_a_report_and_will_not_overwrite_a_folder_in_use(tmp_path, capsys):
    assert main(["verify", "G03", "--paths", "200000", "--out", str(tmp_path / "a")]) == 0
    assert {path.name for path in (tmp_path / "a").iterdir()} == {"report.json", "index.html", "G03.png"}
    with pytest.raises(SystemExit) as stop:
        main(["verify", "G03", "--out", str(tmp_path / "a")])
    assert stop.value.code == 2 and "--force" in capsys.readouterr().err


@pytest.mark.parametrize("arguments, names", [
    (["verify", "nonsense"], "nonsense"), (["verify", "--paths", "10"], "10"), (["verify", "--paths", "many"], "many"),
    (["verify", "--seed", "-1"], "-1"), (["verify", "--workers", "0"], "0"), ([], "command"), (["prove"], "prove"),
])
def test_bad_usage_is_status_two_and_names_what_was_wrong(arguments, names, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2 and names in capsys.readouterr().err


def test_an_out_that_is_a_file_is_refused(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    with pytest.raises(SystemExit) as stop:
        main(["verify", "G03", "--out", str(tmp_path / "file")])
    assert stop.value.code == 2 and "folder" in capsys.readouterr().err
