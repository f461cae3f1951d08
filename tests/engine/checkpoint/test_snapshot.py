"""The file of a checkpoint: exact, whole, and refused when a single bit of it is wrong."""

from __future__ import annotations

import numpy as np
import pytest
from evidence import NIGHTLY

import stochcalc as sc
from stochcalc.engine.checkpoint.snapshot import (
    Snapshot,
    Stage,
    previous_of,
    read,
    read_newest,
    write,
)

FLIPS = 1000 if NIGHTLY else 200


def make_snapshot(seed=1):
    """A snapshot of two stages whose numbers are all kinds of floats."""
    rng = np.random.default_rng(seed)
    record = rng.normal(size=(7, 3))
    record[0] = [0.1 + 0.2, 5e-324, -0.0]
    record[1] = [np.nan, np.inf, -np.inf]
    first = Stage({"paths": "1000"}, [(0, 2), (3, 4)], [(0, 1, 0), (0, 0, 3)], [record, record + 1])
    second = Stage({"paths": "7"}, [(0, 1)], rows=[rng.normal(size=(7, 2))], nonfinite=2)
    return Snapshot({"stream_version": "1"}, [first, second])


def assert_equal(a, b):
    """Both snapshots have the same words and the same bits."""
    assert a.facts == b.facts and len(a.stages) == len(b.stages)
    for one, other in zip(a.stages, b.stages):
        assert one.describe() == other.describe()
        for x, y in zip([*one.records, *one.rows], [*other.records, *other.rows]):
            assert x.tobytes() == y.tobytes()


def test_a_snapshot_is_read_as_it_was_written(tmp_path):
    path = tmp_path / "a.checkpoint"
    write(path, make_snapshot())
    assert_equal(read(path), make_snapshot())
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.checkpoint"]


def test_the_snapshot_before_is_kept_and_stands_in_for_a_damaged_one(tmp_path):
    path = tmp_path / "a.checkpoint"
    write(path, make_snapshot(1))
    write(path, make_snapshot(2))
    assert_equal(read(previous_of(path)), make_snapshot(1))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.warns(RuntimeWarning, match="damaged.*going on from .*previous"):
        found = read_newest(path)
    assert_equal(found, make_snapshot(1))
    assert_equal(read_newest(path), make_snapshot(1))  # as after a kill between two names
    write(path, make_snapshot(3))
    assert_equal(read(previous_of(path)), make_snapshot(1))  # and not the damaged one
    assert_equal(read(path), make_snapshot(3))


def test_without_any_file_there_is_none(tmp_path):
    assert read_newest(tmp_path / "a.checkpoint") is None


def test_every_truncation_is_refused(tmp_path):
    path = tmp_path / "a.checkpoint"
    write(path, make_snapshot())
    whole = path.read_bytes()
    assert len(whole) > 500
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(sc.CheckpointError, match=r"damaged|no checkpoint"):
            read(path)
        with pytest.raises(sc.CheckpointError, match="give another checkpoint="):
            read_newest(path)


def test_every_bit_that_turns_is_noticed(tmp_path):
    path = tmp_path / "a.checkpoint"
    write(path, make_snapshot())
    whole = path.read_bytes()
    places = np.random.default_rng(3).integers(8 * len(whole), size=FLIPS)
    for place in places:
        turned = bytearray(whole)
        turned[place // 8] ^= 1 << (place % 8)
        path.write_bytes(turned)
        with pytest.raises(sc.CheckpointError, match=r"damaged|no checkpoint"):
            read(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda header: header["stages"].append(5),
        lambda header: header["stages"][0].pop("job"),
        lambda header: header["stages"][0]["records"].append([7, 3]),
        lambda header: header["stages"][0]["records"].__setitem__(0, [7, 10**9]),
        lambda header: header["stages"][0]["records"].__setitem__(0, [-7, -3]),
        lambda header: header["stages"][0]["nodes"].append([0, 0]),
        lambda header: header.pop("facts"),
    ],
)
def test_a_header_that_does_not_fit_is_refused_even_with_a_hash_that_does(tmp_path, change):
    import hashlib
    import json

    path = tmp_path / "a.checkpoint"
    write(path, make_snapshot())
    whole = path.read_bytes()[:-32]
    start = whole.index(b"{")
    length = int.from_bytes(whole[start - 8 : start], "little")
    header = json.loads(whole[start : start + length])
    change(header)
    text = json.dumps(header).encode()
    body = whole[: start - 8] + len(text).to_bytes(8, "little") + text + whole[start + length :]
    path.write_bytes(body + hashlib.sha256(body).digest())
    with pytest.raises(sc.CheckpointError, match="does not fit"):
        read(path)


def test_a_disk_that_is_full_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.checkpoint"
    write(path, make_snapshot(1))
    before = path.read_bytes()

    def refuse(number):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", refuse)
    with pytest.raises(OSError, match="No space left"):
        write(path, make_snapshot(2))
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["a.checkpoint"]
