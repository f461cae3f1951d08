"""The pages of the sandbox in Debian's chromium: opened from the disk, read, and called by name."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stochcalc.pages import sandbox
from stochcalc.pages.builder import join_scripts
from stochcalc.pages.fields import PAGES

BROWSER = shutil.which("chromium")
OWN = ("file:", "data:", "blob:")
# The keys with which pages are compared with Python: the largest in every run, the others at night.
KEYS = (
    2**64 - 1,
    pytest.param(7, marks=pytest.mark.nightly),
    pytest.param(2**32, marks=pytest.mark.nightly),
)


@contextmanager
def open_browser() -> Iterator[Any]:
    """Start the browser, and end it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield browser
        browser.close()


def call(browser: Any, files: Sequence[str], names: Sequence[str], body: str) -> Any:
    """Return what a body of JavaScript returns that uses names of the pages' scripts.

    Parameters
    ----------
    browser : Browser
        The browser.
    files : sequence of str
        The scripts in which the names are, such as "noise.js".
    names : sequence of str
        What the body uses of them.
    body : str
        JavaScript with a `return`; numbers should be returned in plain arrays.
    """
    script = join_scripts(PAGES["lambda"], *files)
    page = browser.new_page()
    page.goto("about:blank")
    page.add_script_tag(content=f"{script}\nwindow.lab = {{ {', '.join(names)} }};")
    found = page.evaluate(f"() => {{ const {{ {', '.join(names)} }} = window.lab; {body} }}")
    page.close()
    return found


class ShownPage:
    """A page of the sandbox that is open in the browser, from a file on the disk."""

    def __init__(
        self,
        browser: Any,
        folder: Path,
        name: str,
        address: str = "",
        script: str = "",
        **options: Any,
    ):
        self.file = folder / f"{name}.html"
        sandbox(name).save(self.file)
        self.context = browser.new_context(
            **{"viewport": {"width": 1280, "height": 900}, **options}
        )
        self.page = self.context.new_page()
        self.page.add_init_script(script)
        self.reports: list[str] = []
        self.page.on("console", lambda message: self.reports.append(f"console: {message.text}"))
        self.page.on("pageerror", lambda error: self.reports.append(f"error: {error}"))
        self.page.on("request", lambda request: self._note_request(request.url))
        self.page.goto(self.file.as_uri() + address)
        self.settle()

    def _note_request(self, url: str) -> None:
        """Keep a request to elsewhere."""
        if not url.startswith(OWN):
            self.reports.append(f"request: {url}")

    def next_frame(self) -> None:
        """Wait until what was asked for is drawn; what needs many frames may not be there."""
        self.page.evaluate(
            "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    def settle(self) -> None:
        """Wait until all is drawn; a page that needs many frames says that it is busy."""
        self.next_frame()
        self.page.wait_for_function("document.querySelector('[aria-busy=true]') === null")

    def set(self, **values: str) -> None:
        """Move the page to another state by its address."""
        parts = "&".join(f"{name}={value}" for name, value in values.items())
        self.page.evaluate(f"() => {{ location.hash = {json.dumps('v=1&' + parts)}; }}")
        self.settle()

    def numbers(self) -> dict[str, float]:
        """Return the numbers in the tables by their names, with all digits."""
        cells = self.page.eval_on_selector_all(
            "td[data-cell]", "all => all.map(cell => [cell.dataset.cell, cell.dataset.value])"
        )
        names = [name for name, _ in cells]
        assert len(set(names)) == len(names), names
        return {name: float(value) for name, value in cells if value is not None}

    def live(self) -> str:
        """Return the line that is read aloud."""
        return str(self.page.inner_text("[role=status]"))

    def python(self) -> str:
        """Return the lines of Python that the page shows."""
        return str(self.page.inner_text(".python code"))

    def close(self) -> None:
        """Close the page."""
        self.context.close()


def same_bits(a: Any, b: Any) -> bool:
    """Say whether two arrays of floats have the same bits; 0 and -0 differ."""
    one = np.ascontiguousarray(a, dtype=float)
    two = np.ascontiguousarray(b, dtype=float)
    return one.shape == two.shape and bool((one.view(np.uint64) == two.view(np.uint64)).all())
