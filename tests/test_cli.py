"""The command line: what it prints, writes, refuses, and returns."""

import inspect
import re
import subprocess
import sys

import pytest

import stochcalc as sc
from stochcalc.cli import main
from stochcalc.models.presets import PRESETS


def test_verify_prints_a_table_with_twins_and_returns_zero(capsys):
    assert main(["verify", "variation", "--paths", "200000", "--twins"]) == 0
    text = capsys.readouterr().out
    assert "G03" in text and "twin: sum dt^2" in text
    assert re.search(r"^(\d+) of \1 numbers agree", text, re.M)


def test_python_dash_m_runs_the_same_command():
    command = [sys.executable, "-m", "stochcalc", "verify", "G03", "--paths", "4096", "-v"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode in (0, 3) and "E Q, uniform" in done.stdout


def test_too_few_paths_are_undecided_with_status_three_and_the_number_that_would_do(capsys):
    assert main(["verify", "G13", "--paths", "4096", "--seed", "1"]) == 3
    assert "would" in capsys.readouterr().out


def test_out_writes_a_report_and_will_not_overwrite_a_folder_in_use(tmp_path, capsys):
    assert main(["verify", "G03", "--paths", "200000", "--out", str(tmp_path / "a")]) == 0
    assert {path.name for path in (tmp_path / "a").iterdir()} == {
        "report.json",
        "index.html",
        "G03.png",
    }
    with pytest.raises(SystemExit) as stop:
        main(["verify", "G03", "--out", str(tmp_path / "a")])
    assert stop.value.code == 2 and "--force" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments, names",
    [
        (["verify", "nonsense"], "nonsense"),
        (["verify", "--paths", "10"], "10"),
        (["verify", "--paths", "many"], "many"),
        (["verify", "--seed", "-1"], "-1"),
        (["verify", "--workers", "0"], "0"),
        ([], "command"),
        (["prove"], "prove"),
    ],
)
def test_bad_usage_is_status_two_and_names_what_was_wrong(arguments, names, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2 and names in capsys.readouterr().err


def test_an_out_that_is_a_file_is_refused(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    with pytest.raises(SystemExit) as stop:
        main(["verify", "G03", "--out", str(tmp_path / "file")])
    assert stop.value.code == 2 and "folder" in capsys.readouterr().err


def test_converge_prints_a_study_beside_its_exact_errors_and_draws_it(tmp_path, capsys):
    picture = tmp_path / "figure.png"
    command = [
        "converge",
        "--model",
        "gbm",
        "--methods",
        "euler_maruyama,milstein",
        "--levels",
        "3",
        "5",
        "--paths",
        "4096",
        "--set",
        "sigma=0.3",
        "--seed",
        "3",
    ]
    assert main([*command, "--out", str(picture)]) == 0
    text = capsys.readouterr().out
    study = sc.strong_convergence(
        sc.models.gbm(0.5, 0.3),
        1.0,
        1.0,
        methods=("euler_maruyama", "milstein"),
        levels=(3, 4, 5),
        paths=4096,
        rng=3,
    )
    assert (
        str(study) in text and "exact slope" in text and picture.read_bytes().startswith(b"\x89PNG")
    )
    with pytest.raises(SystemExit) as stop:
        main([*command, "--out", str(picture)])
    assert stop.value.code == 2 and "--force" in capsys.readouterr().err


@pytest.mark.parametrize("model", PRESETS)
def test_every_named_model_has_a_preset_that_runs(model):
    preset = PRESETS[model]
    assert set(PRESETS) == set(sc.models.__all__) - {"Model"}
    assert list(preset.parameters) == list(inspect.signature(preset.make).parameters)
    assert sc.solve(preset.model({}), preset.x0, preset.T, n=8, paths=10, rng=1).nonfinite == 0


@pytest.mark.parametrize("moment", ["mean", "square"])
def test_converge_weak_measures_a_bias(moment, capsys):
    assert (
        main(
            ["converge", "--model", "ou", "--weak", moment, "--levels", "1", "3", "--paths", "4096"]
        )
        == 0
    )
    study = capsys.readouterr().out
    assert "Bias of E f(X)" in study and "exact" in study


@pytest.mark.parametrize(
    "arguments, names",
    [
        (["--model", "heston"], "heston"),
        (["--methods", "rk4"], "rk4"),
        (["--set", "rho=1"], "rho"),
        (["--set", "sigma"], "NAME=VALUE"),
        (["--set", "sigma=much"], "much"),
        (["--set", "sigma=nan"], "nan"),
        (["--levels", "4", "4"], "levels"),
        (["--levels", "8", "4"], "levels"),
        (["--paths", "12"], "12"),
        (["--T", "0"], "0"),
        (["--out", "x.bmp"], "x.bmp"),
        (["--out", "nowhere/x.png"], "nowhere"),
        (["--model", "linear_noncommuting", "--set", "A=1"], "takes no numbers"),
        (["--model", "linear_noncommuting", "--methods", "milstein"], "sri2"),
        (["--methods", ""], "methods"),
    ],
)
def test_converge_refuses_bad_usage_with_status_two(arguments, names, capsys):
    command = ["converge", *([] if "--model" in arguments else ["--model", "gbm"]), *arguments]
    with pytest.raises(SystemExit) as stop:
        main(command)
    assert stop.value.code == 2 and names in capsys.readouterr().err
