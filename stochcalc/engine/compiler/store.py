"""Machine code on disk: one small file for each function, trusted only if it is whole and ours.

A file's name is the digest of everything that decides its content (see `fingerprint`): the function
with all it refers to, the package's source, the versions of Numba and LLVM, the CPU. So a file is
never out of date: what has changed has another name. A file holds a line of magic, the SHA-256 of
the rest, the name, and the object code; no pickle, nothing that is executed to be read.

The folder must belong to the user, and nobody else may write to it; else memory alone is used, as
it is where the folder cannot be written. Writers put a temporary file beside the target and rename
it, so two processes may write at once.

`STOCHCALC_CACHE=DIR` moves the folder, `STOCHCALC_CACHE=0` does without.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
import tempfile
from pathlib import Path

MAGIC = b"stochcalc machine code 1\n"
SUFFIX = ".code"
MOST_BYTES = 128 << 20
KEPT_SHARE = 0.75


def folder() -> Path | None:
    """Return where machine code is kept, whether or not it exists yet; None if it is not kept."""
    asked = os.environ.get("STOCHCALC_CACHE", "")
    if asked == "0":
        return None
    if asked:
        return Path(asked)
    try:
        return _usual_folder() / "stochcalc"
    except RuntimeError:  # a user without a home
        return None


def _usual_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def read(name: str) -> bytes | None:
    """Return the object code of this name; None if there is none that can be trusted."""
    place = folder()
    if place is None or not _is_ours(place, stat.S_ISDIR):
        return None
    path = place / (name + SUFFIX)
    if not _is_ours(path, stat.S_ISREG):
        return None
    try:
        content = path.read_bytes()
    except OSError:
        return None
    start = len(MAGIC)
    rest = content[start + 65 :]
    checksum = hashlib.sha256(rest).hexdigest().encode() + b"\n"
    if content[:start] != MAGIC or content[start : start + 65] != checksum:
        return None
    own_name = name.encode() + b"\n"
    return rest[len(own_name) :] if rest.startswith(own_name) else None


def write(name: str, code: bytes) -> None:
    """Keep object code under this name, if the folder can be written and is ours."""
    place = folder()
    if place is None:
        return
    rest = name.encode() + b"\n" + code
    content = MAGIC + hashlib.sha256(rest).hexdigest().encode() + b"\n" + rest
    with contextlib.suppress(OSError):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _is_ours(place, stat.S_ISDIR):
            _replace(place / (name + SUFFIX), content)
            _make_room(place)


def _replace(path: Path, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".writing-")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _is_ours(path: Path, kind: object) -> bool:
    """Whether a file or folder is of this kind, and belongs to the user, who alone may write it.

    Where the system knows no owners, the kind is all that is asked.
    """
    try:
        found = os.lstat(path)
    except OSError:
        return False
    if not callable(kind) or not kind(found.st_mode):
        return False
    if not hasattr(os, "getuid"):
        return True
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def files() -> list[Path]:
    """Return the files that are kept, the oldest first."""
    place = folder()
    if place is None:
        return []
    found = []
    with contextlib.suppress(OSError):
        for entry in os.scandir(place):
            if entry.name.endswith(SUFFIX):
                with contextlib.suppress(OSError):
                    found.append((entry.stat().st_mtime, Path(entry.path)))
    return [path for _, path in sorted(found)]


def size() -> int:
    """Return how many bytes are kept."""
    total = 0
    for path in files():
        with contextlib.suppress(OSError):
            total += path.stat().st_size
    return total


def clear() -> int:
    """Delete what is kept; return the number of files deleted."""
    deleted = 0
    for path in files():
        with contextlib.suppress(OSError):
            path.unlink()
            deleted += 1
    return deleted


_written = [0]


def _make_room(place: Path) -> None:
    """Delete the oldest files if there are too many bytes; looked at on every hundredth write."""
    _written[0] += 1
    if _written[0] % 100 != 1:
        return
    excess = size() - MOST_BYTES
    if excess <= 0:
        return
    excess += int((1.0 - KEPT_SHARE) * MOST_BYTES)
    for path in files():
        if excess <= 0:
            return
        with contextlib.suppress(OSError):
            excess -= path.stat().st_size
            path.unlink()
