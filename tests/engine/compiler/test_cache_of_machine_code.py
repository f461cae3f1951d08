"""Machine code from disk is the right code or none: whatever becomes of the files, answers stay.

`forget` empties the memory of block steps, so that the next call takes them from disk as a new
process does.
"""

from __future__ import annotations

import collections
import os
import shutil

import numpy as np
import pytest
from compile_counts import compiled_during
from evidence import Rejected, assert_same_bits

import stochcalc as sc
from stochcalc.engine.compiler import pointers, store, surroundings

RATE = -0.7


def solve(drift=lambda t, x: RATE * x):
    sde = sc.SDE(drift, lambda t, x: 0.3)
    return sc.solve(sde, 1.0, 1.0, n=4, paths=300, rng=7, workers=1).x


def euler(slope):
    """The answer of `solve` for the drift `slope * x`, step by step in NumPy."""
    x = [np.full(300, 1.0)]
    for dW in sc.brownian(1.0, 4, paths=300, rng=7).increments.T:
        x.append(x[-1] + slope * x[-1] * 0.25 + 0.3 * dW)
    return np.stack(x, axis=1)


@pytest.fixture
def forget(monkeypatch):
    """Forget the block steps in memory, and forget them again when called."""
    monkeypatch.setattr(pointers, "_known", {})
    return pointers._known.clear


@pytest.fixture
def due(monkeypatch, forget):
    """The answer without any cache."""
    monkeypatch.setenv("STOCHCALC_CACHE", "0")
    answer = solve()
    assert_same_bits(answer, euler(RATE))  # whatever that needs is in memory now
    forget()
    return answer


@pytest.fixture
def place(tmp_path, monkeypatch, due):
    """An empty folder of its own for the cache."""
    monkeypatch.setenv("STOCHCALC_CACHE", str(tmp_path / "kept"))
    return tmp_path / "kept"


@pytest.fixture
def path(place, forget):
    """The one file that the solution leaves."""
    solve()
    forget()
    (found,) = store.list_files()
    return found


def test_a_block_step_comes_from_disk_and_gives_the_same_bits(path, due):
    before = pointers.loads()
    assert compiled_during(lambda: assert_same_bits(solve(), due)) == 0
    assert pointers.loads() == before + 1


def assert_replaced(path, forget, due, whole):
    """What lies at the path is ignored, compiled anew and replaced by what was there at first."""
    assert compiled_during(lambda: assert_same_bits(solve(), due)) == 1
    assert path.read_bytes() == whole
    forget()


@pytest.mark.parametrize("length", [0, 1, 24, 25, 90, 91, 154, 155, 1000, -1])
def test_a_truncated_file_is_replaced(path, forget, due, length):
    whole = path.read_bytes()
    path.write_bytes(whole[:length])
    assert_replaced(path, forget, due, whole)


def test_a_file_with_a_flipped_bit_is_replaced(path, forget, due):
    whole = path.read_bytes()
    for place in range(3, len(whole), len(whole) // 16):
        broken = bytearray(whole)
        broken[place] ^= 0x10
        path.write_bytes(broken)
        assert_replaced(path, forget, due, whole)


def test_the_code_of_another_function_under_this_name_is_replaced(path, forget, due):
    whole = path.read_bytes()
    other = solve(lambda t, x: 0.7 * x)
    with pytest.raises(Rejected):
        assert_same_bits(other, due)
    (foreign,) = set(store.list_files()) - {path}
    shutil.copyfile(foreign, path)
    forget()
    assert_replaced(path, forget, due, whole)


def test_a_file_of_another_version_of_the_format_is_replaced(path, forget, due):
    whole = path.read_bytes()
    path.write_bytes(whole.replace(store.MAGIC, store.MAGIC.replace(b"1", b"2")))
    assert_replaced(path, forget, due, whole)


def test_a_file_of_a_foreign_owner_is_not_loaded(path, forget, due, monkeypatch):
    me = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: me + 1)
    assert compiled_during(lambda: assert_same_bits(solve(), due)) == 1


def test_where_nothing_can_be_written_the_answer_is_right(tmp_path, monkeypatch, forget, due):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("STOCHCALC_CACHE", str(tmp_path / "file" / "below"))
    for _ in range(2):
        assert compiled_during(lambda: assert_same_bits(solve(), due)) == 1
        forget()


def test_a_folder_that_becomes_read_only_is_no_error(place, forget, due, monkeypatch):
    def fail(*arguments, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", fail)
    assert compiled_during(lambda: assert_same_bits(solve(), due)) == 1
    assert list(place.iterdir()) == []


def test_turned_off_nothing_is_written_or_read(path, forget, due, monkeypatch, tmp_path):
    path.write_bytes(b"")
    monkeypatch.setenv("STOCHCALC_CACHE", "0")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "usual"))
    assert compiled_during(lambda: assert_same_bits(solve(), due)) == 1
    assert not (tmp_path / "usual").exists() and path.read_bytes() == b""


def test_another_version_has_files_of_its_own(path, forget, due, monkeypatch):
    monkeypatch.setattr(surroundings, "_describe_surroundings", lambda: ("another version",))
    assert compiled_during(lambda: assert_same_bits(solve(), due)) == 1
    assert len(store.list_files()) == 2
    forget()
    assert compiled_during(lambda: assert_same_bits(solve(), due)) == 0


def test_without_source_files_nothing_is_kept(place, forget, due, monkeypatch):
    monkeypatch.setattr(surroundings, "_at_import", {})
    assert compiled_during(lambda: assert_same_bits(solve(), due)) == 1
    assert store.list_files() == []


def drift_of(table):
    return lambda t, x: table[3] * x


def test_a_large_array_whose_address_is_compiled_in_is_not_kept(place, forget):
    table = np.full(200_000, 0.5)
    assert_same_bits(solve(drift_of(table)), euler(0.5))
    assert store.list_files() == []
    small = np.full(200, 0.5)
    assert_same_bits(solve(drift_of(small)), euler(0.5))
    assert len(store.list_files()) == 1


def test_a_large_array_is_never_taken_for_another_that_once_held_the_same_numbers(place):
    first, second = np.full(200_000, 0.5), np.full(200_000, 0.5)
    assert_same_bits(solve(drift_of(first)), euler(0.5))
    first[:] = 0.25
    assert_same_bits(solve(drift_of(second)), euler(0.5))
    assert_same_bits(solve(drift_of(first)), euler(0.25))
    first[:] = 0.5
    assert_same_bits(solve(drift_of(first)), euler(0.5))


def test_named_tuples_are_told_apart_by_their_fields(place, forget):
    def drift_of(pair):
        return lambda t, x: pair.a * x

    for fields, slope in (("a b", 0.5), ("b a", 0.25)):
        pair = collections.namedtuple("Pair", fields)(0.5, 0.25)
        assert_same_bits(solve(drift_of(pair)), euler(slope))
        forget()
        assert_same_bits(solve(drift_of(pair)), euler(slope))
    assert len(store.list_files()) == 2


def test_a_function_that_prints_works_and_is_not_kept(place, forget, capfd):
    def drift(t, x):
        if t == 0.25:
            print(x)
        return 0.5 * x

    assert_same_bits(solve(drift), euler(0.5))
    assert len(store.list_files()) == 0
    assert len(capfd.readouterr().out.split()) >= 300
