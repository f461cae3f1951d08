"""One browser for all tests of the sandbox; without one they are skipped, and say why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sandbox_pages import BROWSER, open_browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Return the browser."""
    pytest.importorskip(
        "playwright.sync_api", reason='the browser needs pip install -e ".[browser]"'
    )
    if BROWSER is None:
        pytest.skip("needs chromium: apt-get install chromium")
    with open_browser() as started:
        yield started
