"""The names that commands take: they are listed, and an unknown one is met with the likely one."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest
from architecture import ROOT

import stochcalc as sc
from stochcalc.cli import main, site
from stochcalc.engine import checks
from stochcalc.engine.habits import find_hint
from stochcalc.engine.words import find_closest, suggest
from stochcalc.models.presets import PRESETS


def read_json(capsys: pytest.CaptureFixture[str]) -> dict:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    return json.loads(capsys.readouterr().out, parse_constant=refuse)


def test_list_names_every_claim_model_and_scheme(capsys):
    assert main(["list"]) == 0
    text = capsys.readouterr().out
    for name in (*sc.CLAIMS, *PRESETS, *(m.name for m in sc.METHODS.values() if not m.is_exact)):
        assert f"  {name} " in text, name
    assert main(["list", "schemes"]) == 0
    text = capsys.readouterr().out
    assert "milstein" in text and "G09" not in text and "gbm" not in text


def test_list_as_json_has_the_same_names(capsys):
    assert main(["list", "--json"]) == 0
    found = read_json(capsys)
    assert [claim["id"] for claim in found["claims"]] == sorted(sc.CLAIMS)
    assert [model["name"] for model in found["models"]] == list(PRESETS)
    (milstein,) = (s for s in found["schemes"] if s["name"] == "milstein")
    assert milstein["strong_order"] == sc.METHODS["milstein"].strong_order
    (gbm,) = (model for model in found["models"] if model["name"] == "gbm")
    assert gbm["known"] == ["path", "law"] and gbm["formula"].startswith(r"\mathrm{d}X =")


@pytest.mark.parametrize(
    "arguments, meant",
    [
        (["vrify"], "verify"),
        (["list", "modls"], "models"),
        (["verify", "lamda"], "lambda"),
        (["verify", "G099"], "G09"),
        (["converge", "--model", "gmb"], "gbm"),
        (["converge", "--model", "gbm", "--methods", "milsten"], "milstein"),
        (["converge", "--model", "gbm", "--set", "sgma=1"], "sigma"),
        (["converge", "--model", "gbm", "--weak", "sqare"], "square"),
        (["sample", "digts"], "digits"),
    ],
)
def test_an_unknown_name_is_met_with_the_one_that_it_looks_like(arguments, meant, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    said = capsys.readouterr().err
    assert stop.value.code == 2 and f"did you mean '{meant}'?" in said


def test_a_name_that_looks_like_none_is_met_with_the_list_alone(capsys):
    with pytest.raises(SystemExit):
        main(["converge", "--model", "zzzz"])
    said = capsys.readouterr().err
    assert "did you mean" not in said and "lorenz" in said


def test_a_function_suggests_too():
    with pytest.raises(ValueError, match=r"estimator='bipowr' .*; did you mean 'bipower'\?"):
        sc.quadratic_variation(np.arange(9.0), estimator="bipowr")
    with pytest.raises(ValueError, match=r"must be one of 'all'$"):
        checks.choice("save", "zz", ("all",))
    study = sc.variation_convergence(levels=(2, 4), paths=2048, key=1)
    with pytest.raises(ValueError, match=r"did you mean 'quadratic variation'\?"):
        study.estimates("quadratic varation")


def test_what_is_no_name_suggests_nothing():
    assert suggest(None, ["all"]) == suggest("x" * 100, ["x" * 99]) == suggest("", ["a"]) == ""
    assert suggest("MILSTEIN", ["milstein", "heun"]) == "; did you mean 'milstein'?"


def test_names_are_compared_in_one_place_alone():
    files = [path for path in (ROOT / "stochcalc").rglob("*.py") if path.name != "words.py"]
    assert [path for path in files if "difflib" in path.read_text(encoding="utf-8")] == []
    assert find_closest("close", ["Open", "Close", "CLOSE"]) == "Close"  # the first of them
    assert find_closest("x" * 10**6, ["x" * 63 + "y", "z"]) == "x" * 63 + "y"
    assert find_closest("zz", ["Open", "Close"]) is None
    assert find_hint("Presision", ("n", "precision")) == "give precision="


def test_converge_as_json_is_the_study(capsys):
    command = ["converge", "--model", "gbm", "--levels", "3", "5", "--paths", "4096", "--seed", "3"]
    assert main([*command, "--json"]) == 0
    study = sc.strong_convergence(
        PRESETS["gbm"].model({}),
        1.0,
        1.0,
        methods=["euler_maruyama"],
        levels=range(3, 6),
        paths=4096,
        rng=3,
    )
    assert read_json(capsys) == json.loads(json.dumps(study.to_dict()))


def test_qv_as_json_has_the_numbers_of_the_report(tmp_path, capsys):
    path = tmp_path / "prices.csv"
    prices = 100.0 * np.exp(np.cumsum(np.random.default_rng(1).normal(0.0, 0.01, 200)))
    path.write_text("Close\n" + "\n".join(f"{price:.6f}" for price in prices) + "\n")
    picture = tmp_path / "prices.png"
    command = ["qv", str(path), "--column", "Close", "--json", "--plot", str(picture)]
    assert main(command) == 0
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert "drawn to" in said.err and picture.exists()
    report = sc.volatility(sc.read_csv(path, "Close"))
    assert found["variation"]["realized"]["value"] == report.variation["realized"].value
    assert found["annual"]["medrv"]["high"] == report.annual["medrv"].high
    assert found["rolling"][0] is None  # no window is full yet: nan is not JSON
    assert found["rolling"][-1] == report.rolling.value[-1]
    assert found["jump_test"]["pvalue"] == report.test.pvalue


# ---- the documentation


@pytest.fixture
def build(tmp_path, monkeypatch):
    """A build script that writes the arguments it was given, and fails if it is told to."""
    script = tmp_path / "build.py"
    script.write_text(
        "import pathlib, sys\n"
        "out = pathlib.Path(sys.argv[1])\n"
        "out.mkdir(exist_ok=True)\n"
        "(out / 'index.html').write_text(' '.join(sys.argv[2:]))\n"
        "sys.exit({'--only=fail': 1, '--only=crash': -9, '--only=refuse': 2}.get(sys.argv[2], 0))\n"
    )
    monkeypatch.setattr(site, "find_script", lambda: script)
    monkeypatch.setattr(site, "find_missing", list)
    return tmp_path / "out"


def test_site_runs_the_build_of_the_checkout(build, capsys):
    assert main(["site", str(build), "--only", "riemann"]) == 0
    assert (build / "index.html").read_text() == "--only=riemann"
    assert f"open {build / 'index.html'}" in capsys.readouterr().out
    with pytest.raises(SystemExit) as stop:
        main(["site", str(build)])
    assert stop.value.code == 2 and "--force" in capsys.readouterr().err
    assert main(["site", str(build), "--force", "--only", "fail"]) == 1
    assert main(["site", str(build), "--force", "--only", "crash"]) == 1
    assert main(["site", str(build), "--force", "--only", "refuse"]) == 2


@pytest.mark.parametrize("command", [["site"], ["verify", "G04", "--out"]])
@pytest.mark.parametrize(
    "name, says", [("file", "is a file; name a folder"), ("x" * 300, "too long")]
)
def test_a_folder_that_cannot_be_made_is_refused_first(command, name, says, build, capsys):
    place = build.parent
    (place / "file").write_text("mine")
    with pytest.raises(SystemExit) as stop:
        main([*command, str(place / name)])
    said = capsys.readouterr().err
    assert stop.value.code == 2 and says in said and len(said) < 1000


def test_site_without_a_checkout_or_its_packages_says_what_to_do(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(site, "find_missing", lambda: ["sphinx"])
    with pytest.raises(SystemExit) as stop:
        main(["site", str(tmp_path / "out")])
    said = capsys.readouterr().err
    assert stop.value.code == 2 and "sphinx" in said and ".[docs]" in said
    monkeypatch.setattr(site, "PACKAGE", tmp_path / "stochcalc")
    with pytest.raises(SystemExit) as stop:
        main(["site", str(tmp_path / "out")])
    said = capsys.readouterr().err
    assert stop.value.code == 2 and "clone the repository" in said and str(tmp_path) in said
    assert not (tmp_path / "out").exists()


def test_the_build_is_found_in_this_checkout_and_its_packages_are_looked_for():
    script = site.find_script()
    assert script is not None and script.name == "build.py"
    assert site._is_installed("numpy") and not site._is_installed("no_such_package.at_all")
    asked = subprocess.run([sys.executable, str(script), "--help"], capture_output=True, text=True)
    assert asked.returncode == 0 and "--only" in asked.stdout
