"""What a reader of the built pages would trip over: dead links, requests, figures without words.

Every function takes the folder of a site and returns what is wrong, in words.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from architecture import ROOT
from evidence import NIGHTLY

from stochcalc.pages import PAGES

RESOURCES = {"script": "src", "img": "src", "link": "href", "source": "src", "iframe": "src"}
NO_REQUEST = ("canonical", "index", "search", "next", "prev", "up", "author", "license")
LEAST_ALT = 40  # letters that say what a figure of a lesson shows
BUILT = os.environ.get("STOCHCALC_SITE", "")
needs_site = pytest.mark.skipif(
    not BUILT and not NIGHTLY,
    reason="build a site and say where it is: STOCHCALC_SITE=folder",
)


def find_site(folder: Path) -> Path:
    """Return the folder of the site that is built already, or build one in a new folder."""
    if BUILT:
        return Path(BUILT).resolve()
    pytest.importorskip("sphinx_gallery", reason='needs pip install -e ".[docs]"')
    command = [sys.executable, str(ROOT / "gallery" / "site" / "build.py"), str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr[-5000:]
    return folder


@dataclass
class Page(HTMLParser):
    """What a page refers to and what can be referred to in it."""

    links: list[str] = field(default_factory=list)
    resources: list[str] = field(default_factory=list)
    pictures: list[dict[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    formulas: int = 0

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what the tag refers to."""
        found = {name: value or "" for name, value in attrs}
        if "id" in found:
            self.names.add(found["id"])
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        if tag == "img":
            self.pictures.append(found)
        if tag == "math":
            self.formulas += 1
        where = RESOURCES.get(tag, "")
        if found.get(where) and found.get("rel") not in NO_REQUEST:
            self.resources.append(found[where])


@cache
def read_page(path: Path) -> Page:
    """Return what a page holds."""
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def list_pages(site: Path) -> list[Path]:
    """Return the pages of a site."""
    return sorted(path for path in site.rglob("*.html") if "_static" not in path.parts)


def choose_pages(site: Path) -> list[Path]:
    """Return a sample with pages of every kind: the longest of each folder, and the front pages."""
    chosen = {site / "index.html", site / "gallery.html", site / "sandbox.html"}
    folders = {path.parent for path in list_pages(site)}
    for folder in folders:
        pages = list(folder.glob("*.html"))
        chosen.add(max(pages, key=lambda path: path.stat().st_size))
    return sorted(path for path in chosen if path.is_file())


def find_dead_links(site: Path) -> list[str]:
    """Return the links to files, or places in them, that do not exist."""
    dead = []
    for path in list_pages(site):
        page = read_page(path)
        for link in (*page.links, *page.resources):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = path
            if parts.path:
                target = (path.parent / unquote(parts.path)).resolve()
            if not target.is_file():
                dead.append(f"{path.relative_to(site)}: {link}")
            elif parts.fragment and target.suffix == ".html":
                if not has_place(target, unquote(parts.fragment)):
                    dead.append(f"{path.relative_to(site)}: {link}")
    return dead


def has_place(path: Path, name: str) -> bool:
    """Say whether a page has a place of this name; one of the sandbox, whether it is a state."""
    if path.parent.name != "sandbox" or path.stem not in PAGES:
        return name in read_page(path).names
    version, *parts = name.split("&")
    try:
        PAGES[path.stem].read_state(dict(part.split("=") for part in parts))
    except (TypeError, ValueError):
        return False
    return version == "v=1"


def find_requests(site: Path) -> list[str]:
    """Return what pages and styles would load from elsewhere."""
    found = []
    for path in list_pages(site):
        for resource in read_page(path).resources:
            if urlsplit(resource).netloc:
                found.append(f"{path.relative_to(site)}: {resource}")
    for path in site.rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        if "url(http" in text or "url(//" in text or "@import url" in text:
            found.append(f"{path.relative_to(site)} loads from elsewhere")
    return found


def find_false_lists(site: Path) -> list[str]:
    """Return the pages where an initial, as in "Y. Song", was taken for the number of a list."""
    marks = ('<ol class="upperalpha', '<ol class="upperroman')
    found = []
    for path in list_pages(site):
        text = path.read_text(encoding="utf-8")
        if any(mark in text for mark in marks):
            found.append(str(path.relative_to(site)))
    return found


def list_lessons(site: Path) -> list[Path]:
    """Return the pages of the lessons."""
    return sorted(site.glob("learn/*/plot_*.html"))


def find_poor_lessons(site: Path) -> list[str]:
    """Return lessons without a formula, and figures whose words are missing or few."""
    poor = []
    for path in list_lessons(site):
        page = read_page(path)
        if not page.formulas:
            poor.append(f"{path.stem}: no formula")
        figures = [one for one in page.pictures if "lesson-figure" in one.get("class", "")]
        if not figures:
            poor.append(f"{path.stem}: no figure")
        poor += [f"{path.stem}: alt={one.get('alt')!r}" for one in figures if is_mute(one)]
    return poor


def is_mute(picture: dict[str, str]) -> bool:
    """Say whether a picture has too few words."""
    return len(picture.get("alt", "")) < LEAST_ALT


def run_notebook(site: Path, name: str, folder: Path) -> Any:
    """Return the notebook that a lesson's page offers, after all its cells have run in a folder."""
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    (path,) = site.glob(f"_downloads/*/plot_{name}.ipynb")
    notebook = nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MPLBACKEND", raising=False)
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("IPYTHONDIR", str(folder / "ipython"))
        patch.setenv("JUPYTER_PATH", os.path.join(sys.prefix, "share", "jupyter"))
        return client.execute()
