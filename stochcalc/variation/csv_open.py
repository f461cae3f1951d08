"""The opening of a CSV file, packed by gzip or not, as text in UTF-8."""

from __future__ import annotations

import gzip
import io
import zlib
from os import PathLike
from typing import IO, TextIO

from stochcalc.variation.csv_fields import show_field

GZIP = b"\x1f\x8b"  # the first two bytes of a file that gzip has packed
MOST_UNPACKED = 1 << 30  # bytes: a small file may unpack to a thousand times its size


class CannotUnpackError(ValueError):
    """The error that a file cannot be unpacked, or unpacks to too much; it does not say where."""


def open_text(path: str | PathLike[str]) -> TextIO:
    """Open a file in UTF-8, unpacked if gzip has packed it.

    A byte that is not UTF-8 is read as a lone surrogate, so that it can be reported with its row.

    Raises
    ------
    OSError, ValueError
        If it cannot be opened; the error says that a CSV file is wanted.
    """
    try:
        file = open(path, "rb")
        packed = file.peek(2)[:2] == GZIP
    except (OSError, ValueError) as error:
        kind: type[Exception] = ValueError
        why: object = error
        if isinstance(error, OSError):
            kind = type(error)
            why = error.strerror
        raise kind(
            f"the path {show_field(str(path), 250)} cannot be read ({why}): give the path of a CSV "
            f"file"
        ) from None
    binary: IO[bytes] = file
    if packed:
        binary = io.BufferedReader(_Unpacked(file))
    return io.TextIOWrapper(binary, encoding="utf-8-sig", errors="surrogateescape", newline="")


class _Unpacked(io.RawIOBase):
    """The bytes that a packed file unpacks to, up to `MOST_UNPACKED` of them.

    Parameters
    ----------
    file : binary file
        The packed file; it is closed with this one.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.unpacked = 0
        self.stream = gzip.GzipFile(fileobj=file)

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill a buffer with the next bytes, and return their number."""
        try:
            piece = self.stream.read(len(buffer))
        except (OSError, EOFError, zlib.error) as error:
            raise CannotUnpackError(
                f"the file cannot be unpacked ({error}): it is not the whole of one that gzip has "
                f"packed, fetch it again"
            ) from None
        self.unpacked += len(piece)
        if self.unpacked > MOST_UNPACKED:
            raise CannotUnpackError(
                f"the file unpacks to more than {MOST_UNPACKED:,} bytes: unpack it first (gunzip), "
                f"and give the path of the CSV file"
            )
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        """Close both files."""
        self.stream.close()
        self.file.close()
        super().close()
