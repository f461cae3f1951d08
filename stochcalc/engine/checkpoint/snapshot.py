"""The file of a checkpoint: what is finished, with a hash that a damaged file does not pass.

The file is a line that names the format, the length of a header, the header as JSON, the numbers as
raw float64, and the SHA-256 of all that. Nothing in it is executed when it is read, and no float is
rounded. It is written beside the old one and takes its place when it is whole on the disk; the old
one stays, as NAME.previous.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from stochcalc.engine import checks
from stochcalc.engine.files import replace_when_written
from stochcalc.typing import Array

FORMAT = b"stochcalc checkpoint 1\n"
LENGTH = 8  # bytes of the number that says how long the header is
HASH = hashlib.sha256().digest_size
REAL = np.dtype("<f8")


class CheckpointError(ValueError):
    """A checkpoint that cannot be used: it is damaged, in use, or of another run.

    Parameters
    ----------
    message : str
        What is wrong with it, and what to do.

    Examples
    --------
    >>> import stochcalc as sc
    >>> issubclass(sc.CheckpointError, ValueError)
    True
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)


@dataclass
class Stage:
    """How far one job of a run has come.

    Attributes
    ----------
    job : dict of str to str
        The job in words, by field.
    finished : list of (start, stop)
        The ranges of finished blocks.
    nodes : list of (batch, level, i)
        The places of the records in the trees of the batches.
    records : list of ndarray, shape (7, S)
        Their records.
    rows : list of ndarray, shape (paths, columns)
        The stored numbers of each finished range; empty if the job keeps statistics.
    nonfinite, first_nonfinite : int
        How many paths are not finite, and the first of them; -1 if all are finite.
    """

    job: dict[str, str]
    finished: list[tuple[int, int]] = field(default_factory=list)
    nodes: list[tuple[int, int, int]] = field(default_factory=list)
    records: list[Array] = field(default_factory=list)
    rows: list[Array] = field(default_factory=list)
    nonfinite: int = 0
    first_nonfinite: int = -1

    def describe(self) -> dict[str, Any]:
        """Return the stage without its numbers, for the header."""
        return {
            "job": self.job,
            "finished": self.finished,
            "nodes": self.nodes,
            "records": [record.shape for record in self.records],
            "rows": [rows.shape for rows in self.rows],
            "nonfinite": self.nonfinite,
            "first_nonfinite": self.first_nonfinite,
        }


@dataclass
class Snapshot:
    """What a checkpoint holds.

    Attributes
    ----------
    facts : dict of str to str
        What must agree between the run that made it and the one that goes on.
    stages : list of Stage
        The stages of the part of the run that is not finished, in order.
    results : dict of str to str
        The results of the parts that are finished, by name.
    """

    facts: dict[str, str]
    stages: list[Stage] = field(default_factory=list)
    results: dict[str, str] = field(default_factory=dict)


def previous_of(path: Path) -> Path:
    """Return the name of the checkpoint before the last."""
    return path.with_name(path.name + ".previous")


def write(path: Path, snapshot: Snapshot) -> None:
    """Write a checkpoint in the place of the one that is there, which is kept as the previous.

    Raises
    ------
    OSError
        If it cannot be written; then the one that is there stays.
    """
    header = {
        "facts": snapshot.facts,
        "results": snapshot.results,
        "stages": [stage.describe() for stage in snapshot.stages],
    }
    text = json.dumps(header).encode()
    total = hashlib.sha256()
    new = path.with_name(path.name + ".new")
    with replace_when_written(path, previous_of(path), new) as temporary:
        with temporary.open("wb") as file:
            for part in _parts(text, snapshot):
                file.write(part)
                total.update(part)
            file.write(total.digest())
    _sync_folder(path.parent)


def _parts(header: bytes, snapshot: Snapshot) -> Iterator[bytes]:
    """Yield the content of a file, in pieces, without its hash."""
    yield FORMAT + len(header).to_bytes(LENGTH, "little") + header
    for stage in snapshot.stages:
        for numbers in (*stage.records, *stage.rows):
            yield np.ascontiguousarray(numbers, dtype=REAL).tobytes()


def _sync_folder(folder: Path) -> None:
    """Bring the new name of a file to the disk, where the system has such a call."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(path: Path) -> Snapshot:
    """Read one file.

    Raises
    ------
    CheckpointError
        If it is damaged, or no checkpoint of this format.
    OSError
        If it cannot be read.
    """
    content = path.read_bytes()
    if not content.startswith(FORMAT):
        raise CheckpointError(f"{path} is no checkpoint of this version, or its start is damaged")
    body, end = content[:-HASH], content[-HASH:]
    start = len(FORMAT) + LENGTH
    if len(body) < start or hashlib.sha256(body).digest() != end:
        raise CheckpointError(f"{path} is damaged: its SHA-256 is not that of its content")
    length = int.from_bytes(body[len(FORMAT) : start], "little")
    try:
        return _parse(json.loads(body[start : start + length]), body[start + length :])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CheckpointError(f"{path} has a header that does not fit its content") from error


def _parse(header: dict[str, Any], payload: bytes) -> Snapshot:
    """Return the snapshot of a header and of the numbers behind it."""
    numbers = np.frombuffer(payload, REAL).astype(np.float64)
    place = 0

    def take(shape: list[int]) -> Array:
        """Return the next numbers, in this shape."""
        nonlocal place
        size = int(np.prod(shape))
        taken = numbers[place : place + size].reshape(shape)
        place += size
        return taken

    stages = []
    for item in header["stages"]:
        stage = Stage(dict(item["job"]), [(int(a), int(b)) for a, b in item["finished"]])
        stage.nodes = [(int(batch), int(level), int(i)) for batch, level, i in item["nodes"]]
        stage.records = [take(shape) for shape in item["records"]]
        stage.rows = [take(shape) for shape in item["rows"]]
        stage.nonfinite = int(item["nonfinite"])
        stage.first_nonfinite = int(item["first_nonfinite"])
        if len(stage.nodes) != len(stage.records):
            raise ValueError("as many records as nodes")
        stages.append(stage)
    if place != len(numbers):
        raise ValueError("as many numbers as the header says")
    return Snapshot(dict(header["facts"]), stages, dict(header["results"]))


def read_newest(path: Path) -> Snapshot | None:
    """Read a checkpoint, or the previous one if the last is damaged; None if there is neither.

    A damaged one is set aside as NAME.damaged: the next file that is written would make it the
    previous one, in the place of the one that is whole.

    Raises
    ------
    CheckpointError
        If there are files and none of them can be used.
    """
    previous = previous_of(path)
    faults = []
    for file in (path, previous):
        try:
            snapshot = read(file)
        except FileNotFoundError:
            continue
        except (CheckpointError, OSError) as error:
            faults.append(str(error))
            continue
        if faults:
            path.replace(path.with_name(path.name + ".damaged"))
            checks.warn_user(f"{faults[0]}; going on from {previous}, which is older and whole")
        return snapshot
    if faults:
        raise CheckpointError(
            f"{'; '.join(faults)}: give another checkpoint=, or remove {path} and {previous} to "
            "begin again"
        )
    return None
