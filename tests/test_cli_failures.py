"""What the command line does when the disk, the reader or the package fails.

Exit status 1 of `verify` means that a number was refuted, and nothing else.
"""

import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stochcalc.cli import converge, main, verify
from stochcalc.engine.files import replace_when_written

# As a full disk does, a limit on the size of files lets a small file be made and a larger one fail.
LIMITED = """
import resource, sys
from stochcalc.cli import main
arguments = sys.argv[1:]
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
sys.exit(main(arguments))
"""
LIMIT = 1000  # bytes of a file
STUDY = ["converge", "--model", "gbm", "--levels", "3", "5", "--paths", "2048"]


def run_limited(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command that cannot write more than 1,000 bytes to a file."""
    return subprocess.run(
        [sys.executable, "-c", LIMITED, *arguments], capture_output=True, text=True
    )


@contextmanager
def limited_files(limit: int = LIMIT) -> Iterator[None]:
    """Let this process write no more than 1,000 bytes to a file, or so many, for a while."""
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))


def write_prices(folder: Path) -> Path:
    path = folder / "prices.csv"
    path.write_text("Close\n" + "\n".join(f"{100 + i % 7}" for i in range(40)) + "\n")
    return path


def test_verify_whose_report_cannot_be_written_prints_its_numbers_and_returns_two(tmp_path):
    done = run_limited("verify", "G03", "--paths", "200000", "--out", str(tmp_path / "report"))
    assert done.returncode == 2, done.stderr
    assert "13" in done.stdout or "numbers hold" in done.stdout or "agree" in done.stdout
    assert "could not be written" in done.stderr and "key=" in done.stderr
    assert list((tmp_path / "report").iterdir()) == []


@pytest.mark.parametrize("option", ["--out", "--plot"])
def test_a_picture_that_cannot_be_written_leaves_nothing_and_returns_two(tmp_path, option, capsys):
    picture = tmp_path / "picture.png"
    arguments = [*STUDY, "--out", str(picture)]
    if option == "--plot":
        arguments = ["qv", str(write_prices(tmp_path)), "--column", "Close", "--plot", str(picture)]
    with limited_files():
        assert main(arguments) == 2
    said = capsys.readouterr()
    assert "could not be written" in said.err and said.out
    assert not picture.exists()
    assert {path.suffix for path in tmp_path.iterdir()} <= {".csv"}


def test_a_picture_that_cannot_be_written_leaves_the_old_one_whole(tmp_path, capsys):
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"the old one")
    with limited_files():
        assert main([*STUDY, "--out", str(picture), "--force"]) == 2
    assert "could not be written" in capsys.readouterr().err
    assert picture.read_bytes() == b"the old one"


@pytest.mark.parametrize(
    "arguments, option",
    [(["verify", "G03", "--out"], "--out"), ([*STUDY, "--out"], "--out")],
)
def test_a_place_that_cannot_be_written_to_is_refused_before_anything_is_computed(
    arguments, option, monkeypatch, capsys, tmp_path
):
    def compute(*_: object, **__: object) -> None:
        raise AssertionError("it was computed")

    monkeypatch.setattr(verify.claims, "verify", compute)
    monkeypatch.setattr(converge, "strong_convergence", compute)
    # No process, not even root's, can make a file in /proc.
    with pytest.raises(SystemExit) as stop:
        main([*arguments, "/proc/picture.png"])
    assert stop.value.code == 2
    assert f"{option} /proc/picture.png: cannot be written" in capsys.readouterr().err


def test_an_error_of_the_package_is_not_taken_for_a_refuted_number(monkeypatch, capsys):
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a fault of the package")

    monkeypatch.setattr(verify.claims, "verify", fail)
    assert main(["verify", "G03"]) == 70
    assert "a fault of the package" in capsys.readouterr().err


def test_a_reader_that_goes_away_ends_the_run_without_a_traceback():
    command = [sys.executable, "-m", "stochcalc", "verify", "motion", "--paths", "4096"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None and run.stderr is not None
        run.stdout.close()
        errors = run.stderr.read()
    assert run.returncode == 141 and errors == b""


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path):
    path = tmp_path / "file.txt"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError), replace_when_written(path) as temporary:
        temporary.write_text("half\ud800")
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]
    with replace_when_written(path, tmp_path / "before.txt") as temporary:
        temporary.write_text("new")
    assert path.read_text() == "new" and (tmp_path / "before.txt").read_text() == "old"


def write_commands(folder: Path, out: Path) -> dict[str, list[str]]:
    """Return commands that write to the folder `out`, or to a picture in it."""
    picture = str(out / "picture.png")
    prices = str(write_prices(folder))
    return {
        "verify": ["verify", "G04", "--paths", "2048", "--out", str(out / "report")],
        "converge": [*STUDY, "--out", picture],
        "qv": ["qv", prices, "--column", "Close", "--plot", picture],
    }


def compute_nothing(*arguments: object, **options: object) -> None:
    raise AssertionError("something was computed")


@pytest.mark.parametrize("command", ["verify", "converge", "qv"])
@pytest.mark.parametrize("place", ["a full disk", "/proc/nope"])
def test_a_full_disk_and_a_place_that_is_none_are_found_before_anything_is_computed(
    place, command, tmp_path, monkeypatch, capsys
):
    out = tmp_path / "out" if place == "a full disk" else Path(place)
    words = write_commands(tmp_path, out)[command]
    limit = LIMIT
    if place == "a full disk":
        out.mkdir()
        limit = 0
    monkeypatch.setattr("stochcalc.claims.verify", compute_nothing)
    monkeypatch.setattr(converge, "_measure", compute_nothing)
    monkeypatch.setattr("stochcalc.cli.qv.read_csv", compute_nothing)
    with limited_files(limit), pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 2
    assert str(out) in capsys.readouterr().err
    if place == "a full disk":
        assert not [path for path in out.rglob("*") if path.is_file()]
