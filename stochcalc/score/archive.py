"""Arrays on disk: named arrays behind a header in JSON, checked before anything is believed.

    stochcalc arrays 1
    SHA-256 of all that follows
    {"what": ..., "facts": {...}, "arrays": [[name, dtype, shape], ...]}
    the bytes of the arrays, one after the other

No part of a file is code, and nothing is unpickled: a file can hold wrong numbers, and nothing
worse. A file is replaced whole or not at all; one that training overwrites leaves the file before
it as NAME.prev, so some complete state exists at any time.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from stochcalc.engine import checks
from stochcalc.engine.files import replace_when_written
from stochcalc.engine.words import show

MAGIC = b"stochcalc arrays 1\n"
DTYPES = ("<f4", "<f8", "<i8")
MOST_BYTES = 1 << 28
MOST_HEADER = 1 << 16

Arrays: TypeAlias = dict[str, NDArray[Any]]  # of one of DTYPES, by name
Facts: TypeAlias = dict[str, Any]  # numbers, texts and lists, by name


def write(path: Path, what: str, facts: Facts, arrays: Arrays, *, keep: bool = False) -> None:
    """Write a file, whole or not at all.

    Parameters
    ----------
    path : Path
        The file.
    what : str
        What the file holds, in a word.
    facts, arrays : dict
        What is written: values that JSON knows, and arrays, by name.
    keep : bool
        Whether the file that was there before becomes NAME.prev.
    """
    flat = {
        name: np.asarray(value, dtype=np.dtype(value.dtype).newbyteorder("<"), order="C")
        for name, value in arrays.items()
    }
    table = [[name, value.dtype.str, list(value.shape)] for name, value in flat.items()]
    body = json.dumps({"what": what, "facts": facts, "arrays": table}).encode() + b"\n"
    body += b"".join(value.tobytes() for value in flat.values())
    old = None
    if keep:
        old = previous(path)
    with replace_when_written(path, old) as temporary:
        digest = hashlib.sha256(body).hexdigest().encode()
        temporary.write_bytes(MAGIC + digest + b"\n" + body)
    _synchronise_folder(path.parent)


def _synchronise_folder(path: Path) -> None:
    """Wait until the new names in a folder are on disk, where the system can do that."""
    if hasattr(os, "O_DIRECTORY"):
        folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def read(path: Path, what: str) -> tuple[Facts, Arrays]:
    """Return the facts and the arrays of a file that says it holds `what`.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        For a file that holds something else, or is damaged.
    """
    if not path.exists():
        raise FileNotFoundError(f"the path {str(path)!r} does not exist: give that of a {what}")
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ValueError(
            f"{path} has more than {MOST_BYTES:,} bytes: it is no file of this library"
        )
    if not content.startswith(MAGIC):
        raise ValueError(
            f"{path} is not a file of this library, or of another version of it: it does not start "
            f"with {MAGIC.decode().strip()!r}"
        )
    digest, _, body = content[len(MAGIC) :].partition(b"\n")
    if hashlib.sha256(body).hexdigest().encode() != digest:
        raise ValueError(
            f"{path} is damaged: its SHA-256 is not the one it states; restore it, or remove it "
            f"and start afresh"
        )
    try:
        head = json.loads(body[: body.index(b"\n", 0, MOST_HEADER)])
        kind = head["what"]
        facts = dict(head["facts"])
        arrays, rest = _read_arrays(head["arrays"], memoryview(body)[body.index(b"\n") + 1 :])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(
            f"{path} has a header that makes no sense ({error}): it was not written by this library"
        ) from error
    if rest:
        raise ValueError(
            f"{path} holds {rest} bytes that its header does not describe: it was not written by "
            f"this library"
        )
    if kind != what:
        raise ValueError(
            f"{path} holds a {str(kind)[:40]}, and a {what} is wanted: give another file"
        )
    return facts, arrays


def read_latest(path: Path, what: str) -> tuple[Facts, Arrays] | None:
    """Return what `read` returns, or None if there is neither the file nor NAME.prev.

    If the file is damaged or missing, NAME.prev is read in its place, with a warning.
    """
    before = previous(path)
    if not path.exists() and not before.exists():
        return None
    try:
        return read(path, what)
    except (ValueError, FileNotFoundError) as error:
        if not before.exists():
            raise
        content = read(before, what)
        checks.warn_user(f"{error}; the state before it, {before}, is used")
        return content


def check_file(name: str, path: object) -> Path:
    """Return the path of a file, after a check that its folder exists.

    `name` is the argument's name, for the error.
    """
    if not isinstance(path, str | Path):
        raise TypeError(f"{name}={show(path)} must be the name of a file")
    file = Path(path)
    if file.is_dir():
        raise ValueError(f"{name}={str(path)!r} is a folder: name a file")
    if not file.parent.is_dir():
        raise ValueError(f"{name}={str(path)!r} lies in no folder that exists: name a file")
    return file


def previous(path: Path) -> Path:
    """Return the file in which the state before the last is kept."""
    return path.with_name(path.name + ".prev")


def _read_arrays(table: Any, data: memoryview) -> tuple[Arrays, int]:
    """Return the arrays that the header's table describes, and the number of bytes left over.

    The arrays are copies that may be written to.
    """
    arrays: Arrays = {}
    place = 0
    for name, dtype, shape in table:
        if dtype not in DTYPES or not isinstance(name, str) or name in arrays:
            raise ValueError(f"array {str(name)[:40]!r} of dtype {str(dtype)[:10]!r}")
        if len(shape) > 8 or not all(
            type(size) is int and 0 <= size <= MOST_BYTES for size in shape
        ):
            raise ValueError(f"array {name[:40]!r} of shape {str(shape)[:40]}")
        bytes_ = math.prod(shape) * np.dtype(dtype).itemsize
        if place + bytes_ > len(data):
            raise ValueError(f"array {name[:40]!r} of shape {shape} in {len(data) - place} bytes")
        arrays[name] = (
            np.frombuffer(data[place : place + bytes_], dtype=dtype).reshape(shape).copy()
        )
        place += bytes_
    return arrays, len(data) - place
