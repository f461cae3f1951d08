"""Files of machine code are trusted only if whole and the user's own, and nothing is an error."""

from __future__ import annotations

import os
import stat
from types import SimpleNamespace

import pytest

from stochcalc.engine.compiler import store

NAME = "5" * 64
OTHER = "6" * 64
CODE = bytes(range(256)) * 3


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An empty folder of its own for the cache, not made yet."""
    monkeypatch.setenv("STOCHCALC_CACHE", str(tmp_path / "kept"))
    monkeypatch.setattr(store, "_written", [0])
    return tmp_path / "kept"


@pytest.fixture
def path(place):
    """The file of one piece of code."""
    store.write(NAME, CODE)
    return place / (NAME + store.SUFFIX)


def test_what_was_written_is_read(path):
    assert store.read(NAME) == CODE
    assert store.read(OTHER) is None
    store.write(NAME, b"other code")
    assert store.read(NAME) == b"other code"
    assert store.list_files() == [path] and store.measure_size() == path.stat().st_size


def test_code_may_be_empty_or_look_like_the_header(place):
    for code in (b"", b"\n", store.MAGIC, store.MAGIC * 5):
        store.write(NAME, code)
        assert store.read(NAME) == code


def test_folder_and_file_are_for_the_user_alone(path):
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_is_cut_off_anywhere_is_ignored(path):
    whole = path.read_bytes()
    for length in (*range(160), *range(160, len(whole), 37), len(whole) - 1):
        path.write_bytes(whole[:length])
        assert store.read(NAME) is None
    path.write_bytes(whole + b"\0")
    assert store.read(NAME) is None
    path.write_bytes(whole)
    assert store.read(NAME) == CODE


def flips_that_are_trusted(path, read):
    """Places of bits that may flip without notice, at most one in each byte of the file."""
    whole = path.read_bytes()
    trusted = []
    for place in range(len(whole)):
        broken = bytearray(whole)
        broken[place] ^= 1 << place % 8
        path.write_bytes(broken)
        if read(NAME) is not None:
            trusted.append(place)
    path.write_bytes(whole)
    return trusted


def read_without_checksum(name):
    """A broken twin of `store.read`: it looks at the magic and the name only."""
    content = (store.find_folder() / (name + store.SUFFIX)).read_bytes()
    rest = content[len(store.MAGIC) + 65 :]
    own_name = name.encode() + b"\n"
    if not content.startswith(store.MAGIC) or not rest.startswith(own_name):
        return None
    return rest[len(own_name) :]


def test_a_file_with_a_flipped_bit_is_ignored_and_a_reader_without_checksum_would_trust_it(path):
    assert flips_that_are_trusted(path, store.read) == []
    assert len(flips_that_are_trusted(path, read_without_checksum)) == len(CODE) + 65


def test_a_file_of_another_magic_is_ignored(path):
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"code 1", b"code 0", 1))
    assert store.read(NAME) is None
    path.write_bytes(whole[len(store.MAGIC) :])
    assert store.read(NAME) is None


def test_a_file_under_the_name_of_another_function_is_ignored(path):
    os.rename(path, path.with_name(OTHER + store.SUFFIX))
    assert store.read(OTHER) is None and store.read(NAME) is None


def test_an_owner_who_is_not_the_user_is_not_trusted(path, monkeypatch):
    me = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: me + 1)
    assert store.read(NAME) is None
    before = path.read_bytes()
    store.write(NAME, b"other code")
    store.write(OTHER, b"other code")
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    assert store.list_files() == [] and store.clear() == 0


def test_a_file_of_a_foreign_owner_in_a_folder_of_ours_is_not_trusted(path, monkeypatch):
    usual = os.lstat

    def foreign(asked):
        found = usual(asked)
        if str(asked) != str(path):
            return found
        return SimpleNamespace(st_mode=found.st_mode, st_uid=os.getuid() + 1)

    monkeypatch.setattr(os, "lstat", foreign)
    assert store.read(NAME) is None


@pytest.mark.parametrize("mode", [0o722, 0o720, 0o702, 0o777])
def test_what_others_can_write_to_is_not_trusted(path, mode):
    path.chmod(mode)
    assert store.read(NAME) is None
    path.chmod(0o600)
    path.parent.chmod(mode)
    assert store.read(NAME) is None
    store.write(OTHER, CODE)
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    path.parent.chmod(0o755)
    assert store.read(NAME) == CODE


def test_links_are_not_trusted(path, tmp_path, monkeypatch):
    path.with_name(OTHER + store.SUFFIX).symlink_to(path)
    moved = path.rename(tmp_path / "elsewhere")
    path.symlink_to(moved)
    assert store.read(NAME) is None
    store.write(NAME, CODE)
    assert not path.is_symlink() and store.read(NAME) == CODE
    (tmp_path / "link").symlink_to(path.parent)
    monkeypatch.setenv("STOCHCALC_CACHE", str(tmp_path / "link"))
    assert store.read(NAME) is None


def test_what_is_no_file_is_not_read(place):
    place.mkdir(mode=0o700)
    (place / (NAME + store.SUFFIX)).mkdir()
    os.mkfifo(place / (OTHER + store.SUFFIX))
    assert store.read(NAME) is None and store.read(OTHER) is None
    store.write(NAME, CODE)
    assert store.read(NAME) is None


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "below", "/dev/null/below"):
        monkeypatch.setenv("STOCHCALC_CACHE", str(place))
        store.write(NAME, CODE)
        assert store.read(NAME) is None
        assert store.list_files() == [] and store.measure_size() == 0 and store.clear() == 0


@pytest.mark.parametrize("call", ["replace", "mkdir", "open"])
@pytest.mark.parametrize("error", [PermissionError, FileNotFoundError, OSError])
def test_a_write_that_fails_is_no_error_and_leaves_nothing_behind(place, monkeypatch, call, error):
    def fail(*arguments, **options):
        raise error(call)

    monkeypatch.setattr(os, call, fail)
    store.write(NAME, CODE)
    monkeypatch.undo()
    assert not place.exists() or list(place.iterdir()) == []


def test_a_file_that_cannot_be_read_is_no_error(path, monkeypatch):
    def fail(self):
        raise PermissionError(self)

    monkeypatch.setattr(store.Path, "read_bytes", fail)
    assert store.read(NAME) is None


def test_zero_keeps_nothing_and_reads_nothing(path, monkeypatch):
    monkeypatch.setenv("STOCHCALC_CACHE", "0")
    monkeypatch.chdir(path.parent)
    store.write(OTHER, CODE)
    assert store.read(NAME) is None and store.read(OTHER) is None
    assert store.find_folder() is None and store.list_files() == []
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_without_a_word_the_folder_is_the_usual_one_of_the_user(tmp_path, monkeypatch):
    monkeypatch.setenv("STOCHCALC_CACHE", "")
    monkeypatch.setattr(store.sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert store.find_folder() == tmp_path / "stochcalc"
    monkeypatch.setattr(store.sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert store.find_folder() == tmp_path / "local" / "stochcalc"
    monkeypatch.setattr(store.sys, "platform", "darwin")
    assert store.find_folder().parts[-3:] == ("Library", "Caches", "stochcalc")


def test_the_oldest_files_go_when_there_are_too_many_bytes(place, monkeypatch):
    monkeypatch.setattr(store, "MOST_BYTES", 20_000)
    names = [f"{number:064}" for number in range(99)]
    for age, name in enumerate(names):
        store.write(name, bytes(1000))
        os.utime(place / (name + store.SUFFIX), (age, age))
    left_over = place / (store.BEING_WRITTEN + "x")
    left_over.write_bytes(bytes(1000))
    os.utime(left_over, (0, 0))
    assert store.measure_size() > 100_000
    store.write(NAME, CODE)
    assert store.measure_size() > 100_000  # it is looked at on every hundredth write
    store.write(OTHER, CODE)
    assert store.KEPT_SHARE * 20_000 - 2000 < store.measure_size() <= store.KEPT_SHARE * 20_000
    assert store.read(NAME) == CODE and store.read(OTHER) == CODE
    kept = [name for name in names if store.read(name) is not None]
    assert kept == names[-len(kept) :] and len(kept) > 10
    assert not left_over.exists()
