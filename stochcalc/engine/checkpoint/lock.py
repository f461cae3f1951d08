"""One writer at a time: a file that one process has locked until it closes it or ends.

The lock is the system's own, so it ends with its process, whatever ended that; and a forked child
does not inherit it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

from stochcalc.engine.checkpoint.snapshot import CheckpointError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_held: set[Path] = set()  # by this process, since the system's lock does not stop its own threads


class Lock:
    """The right to write a checkpoint.

    Raises
    ------
    CheckpointError
        If another run has it.
    OSError
        If the folder cannot be written to.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.with_name(path.name + ".lock")
        self._key = self.path.resolve()
        if self._key in _held:
            raise CheckpointError(f"checkpoint={str(path)!r} is in use by another run here")
        _held.add(self._key)
        try:
            self._file = self._open(path)
        except BaseException:
            _held.discard(self._key)
            raise

    def _open(self, path: Path) -> IO[str]:
        """Return the file of the lock, locked; a file that was removed meanwhile is made again."""
        while True:
            file = self.path.open("a+", encoding="utf-8")
            if fcntl is None:
                return file
            try:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                file.seek(0)
                owner = file.read(100).strip() or "another process"
                file.close()
                raise CheckpointError(
                    f"checkpoint={str(path)!r} is in use by {owner}: wait, or give another file"
                ) from error
            if self._is_current(file):
                file.truncate(0)
                file.write(f"process {os.getpid()}")
                file.flush()
                return file
            file.close()

    def _is_current(self, file: IO[str]) -> bool:
        """Say whether the open file is the one that has the name."""
        try:
            return os.path.samestat(os.fstat(file.fileno()), os.stat(self.path))
        except FileNotFoundError:
            return False

    def release(self) -> None:
        """Give the right back, and remove the file."""
        self.path.unlink(missing_ok=True)
        self._file.close()
        _held.discard(self._key)
