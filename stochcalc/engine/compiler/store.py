"""Machine code on disk: one small file for each function, trusted only if it is whole and ours.

A file's name is the digest of everything that decides its content (see `surroundings`): the
function with all it refers to, the package's source, the versions of Numba and LLVM, the CPU. So a
file is never out of date: what has changed has another name. A file holds a line of magic, the
SHA-256 of the rest, the name, and the object code; no pickle, nothing that is executed to be read.

The folder must belong to the user, and nobody else may write to it; else code is kept in memory
alone, and so it is where the folder cannot be written. A writer puts a temporary file beside the
target and renames it, so two processes may write at once.

`STOCHCALC_CACHE=DIR` moves the folder; with `STOCHCALC_CACHE=0` nothing is kept on disk.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

MAGIC = b"stochcalc machine code 1\n"
SUFFIX = ".code"
BEING_WRITTEN = ".writing-"  # begins the name of a file that is not whole yet
MOST_BYTES = 128 << 20
KEPT_SHARE = 0.75


def find_folder() -> Path | None:
    """Return where machine code is kept, whether or not it exists yet; None if it is not kept."""
    asked = os.environ.get("STOCHCALC_CACHE", "")
    if asked == "0":
        return None
    if asked:
        return Path(asked)
    try:
        return _find_usual_folder() / "stochcalc"
    except RuntimeError:  # a user without a home
        return None


def _find_usual_folder() -> Path:
    """Return the folder where programs of this user keep what they can make again."""
    if sys.platform == "win32":
        return _read_folder("LOCALAPPDATA", Path("AppData", "Local"))
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return _read_folder("XDG_CACHE_HOME", Path(".cache"))


def _read_folder(variable: str, usual: Path) -> Path:
    """Return the folder that an environment variable names, or one in the user's home."""
    named = os.environ.get(variable, "")
    if named:
        return Path(named)
    return Path.home() / usual


def read(name: str) -> bytes | None:
    """Return the object code of this name; None if there is none that can be trusted."""
    place = find_folder()
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
    if not rest.startswith(own_name):
        return None
    return rest[len(own_name) :]


def write(name: str, code: bytes) -> None:
    """Keep object code under this name, if the folder can be written and is ours."""
    place = find_folder()
    if place is None:
        return
    rest = name.encode() + b"\n" + code
    content = MAGIC + hashlib.sha256(rest).hexdigest().encode() + b"\n" + rest
    with contextlib.suppress(OSError):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _is_ours(place, stat.S_ISDIR):
            _replace(place / (name + SUFFIX), content)
            _make_room()


def _replace(path: Path, content: bytes) -> None:
    """Write a file beside `path` and rename it, so that `path` is never half written."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=BEING_WRITTEN)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _is_ours(path: Path, is_of_kind: Callable[[int], bool]) -> bool:
    """Say whether a file or folder is of this kind, and the user alone owns it and may write to it.

    Where the system knows no owners, only the kind is checked. The kind is `stat.S_ISDIR` for a
    folder and `stat.S_ISREG` for a file.
    """
    try:
        status = os.lstat(path)
    except OSError:
        return False
    if not is_of_kind(status.st_mode):
        return False
    if not hasattr(os, "getuid"):
        return True
    return status.st_uid == os.getuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def find_trouble() -> str | None:
    """Return why nothing is kept on disk, in words; None if all is well."""
    place = find_folder()
    if place is None:
        if os.environ.get("STOCHCALC_CACHE") == "0":
            return "it is turned off by STOCHCALC_CACHE=0"
        return "no home folder is known: name a folder by STOCHCALC_CACHE"
    if os.path.lexists(place):
        if not _is_ours(place, stat.S_ISDIR):
            return "it must be a folder, no link, of yours that nobody else can write to"
        if not os.access(place, os.R_OK | os.W_OK | os.X_OK):
            return "the folder cannot be read and written"
        return None
    parent = next(path for path in place.absolute().parents if os.path.lexists(path))
    if not parent.is_dir() or not os.access(parent, os.W_OK | os.X_OK):
        return f"the folder cannot be made in {parent}"
    return None


def list_files() -> list[Path]:
    """Return the files that are kept, the oldest first.

    Among them are those that a process began to write and did not finish.
    """
    place = find_folder()
    if place is None or not _is_ours(place, stat.S_ISDIR):
        return []
    dated = []
    with contextlib.suppress(OSError):
        for entry in os.scandir(place):
            if entry.name.endswith(SUFFIX) or entry.name.startswith(BEING_WRITTEN):
                with contextlib.suppress(OSError):
                    dated.append((entry.stat(follow_symlinks=False).st_mtime, Path(entry.path)))
    return [path for _, path in sorted(dated)]


def measure_size() -> int:
    """Return how many bytes are kept."""
    total = 0
    for path in list_files():
        with contextlib.suppress(OSError):
            total += path.lstat().st_size
    return total


def clear() -> int:
    """Delete what is kept; return the number of files deleted."""
    deleted = 0
    for path in list_files():
        with contextlib.suppress(OSError):
            path.unlink()
            deleted += 1
    return deleted


_written = [0]  # how many files this process has written


def _make_room() -> None:
    """Delete the oldest files if there are more than MOST_BYTES; check it once in 100 writes."""
    _written[0] += 1
    if _written[0] % 100 != 1:
        return
    excess = measure_size() - MOST_BYTES
    if excess <= 0:
        return
    excess += int((1.0 - KEPT_SHARE) * MOST_BYTES)
    for path in list_files():
        if excess <= 0:
            return
        with contextlib.suppress(OSError):
            taken = path.lstat().st_size
            path.unlink()
            excess -= taken
