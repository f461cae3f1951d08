"""`stochcalc cache`: it names the place and the size, empties it, and says why nothing is kept."""

from __future__ import annotations

import os

import pytest

from stochcalc.cli import main
from stochcalc.engine.compiler import store


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder of its own, which does not exist yet."""
    monkeypatch.setenv("STOCHCALC_CACHE", str(tmp_path / "kept"))
    return tmp_path / "kept"


def said(capsys, *arguments):
    assert main(["cache", *arguments]) == 0
    return capsys.readouterr().out.splitlines()


def test_it_prints_the_place_and_the_size(place, capsys):
    assert said(capsys) == [str(place), "0 files, 0 bytes"]
    assert not place.exists()
    store.write("a" * 64, b"code")
    assert said(capsys) == [str(place), f"1 file, {store.measure_size()} bytes"]
    store.write("b" * 64, bytes(2000))
    assert said(capsys) == [str(place), f"2 files, {store.measure_size():,} bytes"]


def test_clear_deletes_the_files_of_the_cache_and_no_other(place, capsys):
    store.write("a" * 64, b"code")
    store.write("b" * 64, b"code")
    (place / (store.BEING_WRITTEN + "half")).write_bytes(b"what a killed process left")
    (place / "letter.txt").write_text("not ours")
    assert said(capsys, "--clear") == [str(place), "3 files deleted"]
    assert [path.name for path in place.iterdir()] == ["letter.txt"]
    assert said(capsys, "--clear") == [str(place), "0 files deleted"]
    assert store.read("a" * 64) is None


def test_it_says_that_it_is_turned_off(monkeypatch, capsys):
    monkeypatch.setenv("STOCHCALC_CACHE", "0")
    assert said(capsys) == ["nothing is kept: it is turned off by STOCHCALC_CACHE=0"]
    assert said(capsys, "--clear")[0] == "0 files deleted"


def test_it_says_that_the_folder_cannot_be_made(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("STOCHCALC_CACHE", str(tmp_path / "file" / "below"))
    assert said(capsys)[-1] == f"nothing is kept: the folder cannot be made in {tmp_path / 'file'}"


def test_it_says_that_the_folder_cannot_be_written(place, monkeypatch, capsys):
    store.write("a" * 64, b"code")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert said(capsys)[-1] == "nothing is kept: the folder cannot be read and written"


def test_a_folder_that_others_can_write_to_is_named_and_left_alone(place, capsys):
    store.write("a" * 64, b"code")
    place.chmod(0o777)
    lines = said(capsys, "--clear")
    assert lines[1] == "0 files deleted" and "nobody else can write" in lines[-1]
    assert len(list(place.iterdir())) == 1


def test_without_a_home_it_asks_for_a_folder(monkeypatch, capsys):
    def no_home():
        raise RuntimeError

    monkeypatch.delenv("STOCHCALC_CACHE", raising=False)
    monkeypatch.setattr(store, "_find_usual_folder", no_home)
    assert said(capsys) == [
        "nothing is kept: no home folder is known: name a folder by STOCHCALC_CACHE"
    ]


def test_the_help_names_the_command(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "cache" in capsys.readouterr().out
