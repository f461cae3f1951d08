"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replace_when_written(
    path: Path, previous: Path | None = None, temporary: Path | None = None
) -> Iterator[Path]:
    """Give the name of a new, empty file beside `path`, which takes the place of `path` at the end.

    If writing fails, for instance because the disk is full, the new file is removed and `path` is
    what it was before: absent, or the file that it held.

    Parameters
    ----------
    path : Path
        The file to write.
    previous : Path, optional
        The name that the old file takes, if there is one; without it the old file is gone.
    temporary : Path, optional
        The name of the new file until then, for the only writer of `path`: what is left there by a
        process that was killed is removed. A name that nobody else has by default.

    Yields
    ------
    Path
        The file to write instead, in the same folder and with the same ending.

    Raises
    ------
    OSError
        If the folder does not exist, or cannot be written to.
    """
    # In the same folder, because a file is renamed only within a file system. It is readable as any
    # new file is, not for the owner alone.
    if temporary is None:
        temporary = path.with_name(f".stochcalc-{secrets.token_hex(8)}{path.suffix}")
    else:
        temporary.unlink(missing_ok=True)
    os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    try:
        yield temporary
        with temporary.open("rb") as file:
            # Before the name exists: otherwise a power cut may leave a file of zeros behind it.
            os.fsync(file.fileno())
        if previous is not None and path.exists():
            path.replace(previous)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def try_folder(folder: Path) -> None:
    """Make a folder if it does not exist, and try whether a file can be written in it.

    Raises
    ------
    OSError
        If it cannot be made or written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"0")
        file.flush()
