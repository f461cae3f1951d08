"""What the tests of CSV files share: a file to write to."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def written(tmp_path):
    """A function that writes text or bytes to a file and returns its path."""

    def write(content: str | bytes) -> Path:
        path = tmp_path / "prices.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write
